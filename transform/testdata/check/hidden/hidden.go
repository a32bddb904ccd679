// Package hidden has values whose types other packages cannot name.
package hidden

// Alias is a name for a hidden type.
type Alias = counter

type counter struct{ n int }

type number = int

func (c *counter) Add() int { c.n++; return c.n }

func New() *counter { return new(counter) }

func Number() number { return 1 }

func Pair() (counter, error) { return counter{}, nil }

var Struct struct{ n int }

func Get() (*counter, error) { return New(), nil }

type awaitable interface{ Start() }

var Interface interface{ start() }
