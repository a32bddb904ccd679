// Package gen has misuses of yield.
package gen

import "github.com/goasync/goasync/rt"

// async
func inner(yield rt.Yield[int, string], n int) error {
	_, err := yield(n)
	return err
}

// async
func uses(yield func(int) (string, error)) (int, error) {
	keep := yield             // want "yield used as a value; call it, or pass it on in rt.Await(g(yield))"
	f := func() { yield(1) }  // want "yield in a closure; call it in the async generator itself"
	rt.Await0(inner(keep, 1)) // want "rt.Await0 of the generator inner without this function's own yield; pass the parameter yield on, or drive innerAsync by hand"
	inner(yield, 1)           // want "call of inner without rt.Await0, which blocks the loop; write rt.Await0(inner(…)), or give rt.Blocking a function that calls it" "yield used as a value; call it, or pass it on in rt.Await(g(yield))"
	defer yield(1)            // want "defer of yield, which cannot suspend there; call yield in the body"
	go yield(1)               // want "yield in a go statement; call it in the body"
	if s, err := yield(1); err != nil {
		return len(s), rt.Await0(rt.Sleep(1))
	}
	f()
	return 1, rt.Await0(inner(yield, 2))
}

// async
func notOne() error {
	return rt.Await0(inner(nil, 1)) // want "rt.Await0 of the generator inner without this function's own yield; pass the parameter yield on, or drive innerAsync by hand"
}

// async
func renamed(emit rt.Yield[int, string]) error { // want "emit of type rt.Yield, which makes a generator of a function only if it is called yield; rename it, or write its type as func(int) (string, error)"
	_, err := rt.Await(emit(1))
	return err
}
