package gen

import (
	"iter"

	"github.com/goasync/goasync/rt"
)

type push func(int) bool

// async
func walk(n int, yield func(int) bool) bool { return n == 0 || yield(n) && walk(n-1, yield) }

func plainly(yield func(int) bool) {}

// async
func iterates(f func(func(int) bool), yield func(int) bool) {
	each := yield        // want "yield used as a value; call it, or pass it on to a marked iterator: g(yield)"
	plainly(yield)       // want "yield passed to plainly, which is no marked iterator of its values; mark it with //async, or range over it: for v := range … { if !yield(v) { return } }"
	f(yield)             // want "yield passed to f, which is no marked iterator of its values; mark it with //async, or range over it: for v := range … { if !yield(v) { return } }"
	walk(1, each)        // runs here
	defer walk(1, yield) // want "yield passed on in a defer statement, where the iterator cannot suspend; call walk in the body"
	go walk(1, yield)    // want "yield passed on in a go statement, where the iterator cannot suspend; call walk in the body"
	func() {
		walk(2, yield) // want "yield passed on in a closure; call walk in the iterator itself"
		yield(2)       // want "yield in a closure; call it in the iterator itself"
	}()
	rt.Await0(rt.Sleep(1)) // want "rt.Await0 in an iterator, which cannot be awaited; write yield rt.Yield[V, struct{}] and return an error"
	defer func() {
		rt.Await0(rt.Sleep(2)) // want "rt.Await0 in an iterator, which cannot be awaited; write yield rt.Yield[V, struct{}] and return an error"
	}()
}

// async
func setsUp(n int) iter.Seq[int] { // want "async function setsUp returns an iterator, but does more than that; let its body be return func(yield func(V) bool) { … }, or take that yield as a parameter"
	n++
	return func(yield func(int) bool) { yield(n) }
}

// async
func hidden(yield push) error { return nil } // want "type of yield that hides an iterator's; write the parameter as yield func(V) bool or yield func(K, V) bool, on its own"

// async
func errs(yield func(int) bool) error { return nil } // want "iterator errs with results; return nothing or bool, or take yield rt.Yield[V, struct{}] and return an error"
