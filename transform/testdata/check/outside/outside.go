// Package outside has awaits in code that is not async.
package outside

import "github.com/goasync/goasync/rt"

var err = rt.Await0(rt.Sleep(1)) // want "rt.Await0 in a package-level initialiser; set the variable in a function"

func ordinary() error {
	f := func() error { return rt.Await0(rt.Sleep(1)) } // want "rt.Await0 outside an async function; mark ordinary with //async, or call without rt.Await0"
	return f()
}

type t struct{}

func (t) method() {
	rt.Await0(rt.Sleep(1)) // want "rt.Await0 outside an async function; mark method with //async, or call without rt.Await0"
}

var await = rt.Await[int] // want "rt.Await that is not called; write rt.Await(f(x)) where the results are wanted"

// async
func marked() error {
	g := rt.Await0 // want "rt.Await0 that is not called; write rt.Await0(f(x)) where the results are wanted"
	return g(rt.Await0(rt.Sleep(1)))
}
