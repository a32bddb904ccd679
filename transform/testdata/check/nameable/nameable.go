// Package nameable has variables of types that a generated file cannot name.
package nameable

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/transform/testdata/check/other"
)

// async
func fields() (int, error) {
	type local int
	a := other.Hidden()       // want "a lives across an await and its type other.hidden is unexported; convert the value to a type that this package can name"
	b := other.Inner()        // want "b lives across an await and its type inner.T is of an internal package; convert the value to a type that this package can name"
	c := []*local{new(local)} // want "c lives across an await and its type local is declared in the function; declare it at package level"
	if err := rt.Await0(rt.Sleep(1)); err != nil {
		return 0, err
	}
	n := a.N
	n += b.N
	n += int(*c[0])
	return n, nil
}

// What stands beside the await, and not across it, is a local of Resume.
//
// async
func locals(wait bool) (int, error) {
	type local int
	n := 0
	a := other.Hidden() // want "a is used beside an await and its type other.hidden is unexported; convert the value to a type that this package can name"
	b := other.Inner()  // want "b is used beside an await and its type inner.T is of an internal package; convert the value to a type that this package can name"
	c := local(1)
	if wait {
		n = a.N
		n += b.N
		n += int(c)
		if err := rt.Await0(rt.Sleep(1)); err != nil {
			return 0, err
		}
	} else {
		n = a.N
		n += b.N
		n += int(c)
	}
	return n, nil
}

// async
func values() (int, error) {
	type local int
	newLocal := func() local { return 1 }            // want "newLocal lives across an await and its type local is declared in the function; declare it at package level"
	n := sum(other.Hidden(), rt.Await0(rt.Sleep(1))) // want "this value is needed after an await and its type other.hidden is unexported; convert the value to a type that this package can name"
	n = sum(other.Inner(), rt.Await0(rt.Sleep(1)))   // want "this value is needed after an await and its type inner.T is of an internal package; convert the value to a type that this package can name"
	n = sum(newLocal(), rt.Await0(rt.Sleep(1)))      // want "this value is needed after an await and its type local is declared in the function; declare it at package level"
	return n, nil
}

func sum(...any) int { return 0 }
