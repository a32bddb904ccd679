// Package names has declarations where the generated ones belong.
package names

import (
	busyCoro "errors"
)

// async
func fetch() error { return nil } // want "async form fetchAsync of fetch is declared at names.go:11:6 already; rename that, or name the form with //async:twin Name"

func fetchAsync() error { return busyCoro.New("") }

// async
func load() error { return nil }

type loadCoro struct{}

// async
func busy() error { return nil }

type client struct{ sizeAsync int }

// async
func (c *client) size() error { return nil } // want "async form sizeAsync of size is declared at names.go:21:21 already; rename that, or name the form with //async:twin Name"

// async
func (c *client) send() error { return nil } // want "async form sendAsync of send is declared at names.go:29:17 already; rename that, or name the form with //async:twin Name"

func (c client) sendAsync() {}

// async
func clientSend() error { return nil }

//async:twin Twin
func first() error { return nil }

//async:twin Twin
func second() error { return nil } // want "async form Twin of second is declared at names.go:35:6 already; rename that, or name the form with //async:twin Name"

//async:twin fetchTwo
func fine() error { return nil }

// async
func pick[int any](list []int) error { return nil } // want "the type parameter hides int, which the generated code needs as Go predeclares it; rename it"

// async
func (c *of[bool]) pick() error { return nil } // want "the type parameter hides bool, which the generated code needs as Go predeclares it; rename it"

type of[T any] struct{}
