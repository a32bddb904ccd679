// Package nameable has variables of types that a generated file cannot name.
package nameable

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/transform/testdata/check/other"
)

// async
func fields() (int, error) {
	a := other.Hidden() // want "a lives across an await and its type other.hidden is unexported; convert the value to a type that this package can name, or to an interface"
	b := other.Inner()  // want "b lives across an await and its type inner.T is of an internal package; convert the value to a type that this package can name, or to an interface"
	c := other.Struct   // want "c lives across an await and its type other.n is unexported; convert the value to a type that this package can name, or to an interface"
	if err := rt.Await0(rt.Sleep(1)); err != nil {
		return 0, err
	}
	n := a.N
	n += b.N
	return n + sum(c), nil
}

// What stands beside the await, and not across it, is a local of Resume.
//
// async
func locals(wait bool) (int, error) {
	n := 0
	a := other.Hidden()    // want "a is used beside an await and its type other.hidden is unexported; convert the value to a type that this package can name, or to an interface"
	b := other.Inner()     // want "b is used beside an await and its type inner.T is of an internal package; convert the value to a type that this package can name, or to an interface"
	c, err := other.Pair() // want "c is used beside an await and its type other.hidden is unexported; convert the value to a type that this package can name, or to an interface"
	n += c.Add()
	if wait {
		n = a.N
		n += b.N
		if err := rt.Await0(rt.Sleep(1)); err != nil {
			return n, err
		}
	} else {
		n = a.N
		n += b.N
	}
	return n, err
}

// async
func values() (int, error) {
	n := sum(other.Hidden(), rt.Await0(rt.Sleep(1))) // want "this value is needed after an await and its type other.hidden is unexported; convert the value to a type that this package can name, or to an interface"
	n = sum(other.Inner(), rt.Await0(rt.Sleep(1)))   // want "this value is needed after an await and its type inner.T is of an internal package; convert the value to a type that this package can name, or to an interface"
	return n, nil
}

// async
func get[T any](v T) (T, error) { return v, rt.Await0(rt.Sleep(1)) }

// async
func result() (int, error) {
	c, err := rt.Await(get(other.New())) // want "the result of this await has the type other.hidden, which is unexported; convert the value to a type that this package can name, or to an interface"
	return c.Add(), err
}

// async
func captured() error {
	c := other.Interface // want "c is captured by a function literal that awaits and its type other.start is unexported; convert the value to a type that this package can name, or to an interface"
	return rt.Await0(rt.Shield0(func() error {
		sum(c)
		return rt.Await0(rt.Sleep(1))
	}))
}

// What is gone before an await has no need of a name, nor has an alias.
//
// async
func fine() (int, error) {
	n := other.Number()
	c := other.New()
	n += c.Add()
	var a interface{ Add() int } = c
	var b other.Alias
	if err := rt.Await0(rt.Sleep(1)); err != nil {
		return n + b.Add(), err
	}
	return a.Add(), nil
}

func sum(...any) int { return 0 }

type box struct{ n int }

func makeBox(n int) box { return box{n} }

// async
func hides[box any](v box) (box, error) {
	x := makeBox(3) // want "x lives across an await and its type box is hidden by a type parameter of the function; rename that"
	err := rt.Await0(rt.Sleep(1))
	_ = x.n
	return v, err
}

type holder[K any] struct{ k K }

// async
func (h *holder[box]) hides() (int, error) {
	x := makeBox(3) // want "x lives across an await and its type box is hidden by a type parameter of the function; rename that"
	err := rt.Await0(rt.Sleep(1))
	return x.n, err
}
