// Package other returns values whose types its users cannot name.
package other

import "github.com/goasync/goasync/transform/testdata/check/other/internal/inner"

type hidden struct{ N int }

func (h *hidden) Add() int { h.N++; return h.N }

func Hidden() hidden { return hidden{1} }

func New() *hidden { return new(hidden) }

func Pair() (hidden, error) { return hidden{}, nil }

func Inner() inner.T { return inner.T{N: 1} }

// Alias is a name for a hidden type, and number none for int.
type Alias = hidden

type number = int

func Number() number { return 1 }

var Struct struct{ n int }

var Interface interface{ start() }
