package gens

import (
	"runtime"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// A body of a loop calls Goexit, and a deferred call of it panics. What is
// ranged over recovers the panic; the Goexit goes on.

// ExitsFunction ranges over a function.
//
// async
func ExitsFunction(w *harness.World) error {
	defer func() { w.Trace("outer", recover()) }()
	for v := range guarded(w) {
		if err := rt.Await0(exiting(w, v)); err != nil {
			return err
		}
	}
	w.Trace("never")
	return nil
}

func guarded(w *harness.World) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		defer w.Trace("left")
		func() {
			defer func() { w.Trace("recovered", recover()) }()
			if !yield(w.Int("first", 1)) {
				return
			}
		}()
		w.Trace("returns")
	}
}

// ExitsIterator ranges over a marked iterator.
//
// async
func ExitsIterator(w *harness.World) error {
	defer func() { w.Trace("outer", recover()) }()
	for v := range func(yield func(int) bool) { exitsCount(w, yield) } {
		if err := rt.Await0(exiting(w, v)); err != nil {
			return err
		}
	}
	w.Trace("never")
	return nil
}

// ExitsMarked ranges over a marked iterator without a goroutine.
//
// async
func ExitsMarked(w *harness.World) error {
	defer func() { w.Trace("outer", recover()) }()
	for v := range exitsSeq(w) {
		if err := rt.Await0(exiting(w, v)); err != nil {
			return err
		}
	}
	w.Trace("never")
	return nil
}

// async
func exitsSeq(w *harness.World) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		defer w.Trace("left")
		exitsCount(w, yield)
		w.Trace("returns")
	}
}

// async
func exitsCount(w *harness.World, yield func(int) bool) {
	defer func() { w.Trace("recovered", recover()) }()
	if !yield(w.Int("first", 1)) {
		return
	}
	w.Trace("goes on")
	yield(w.Int("second", 2))
}

// ExitsEach ranges over what an async generator yields.
//
// async
func ExitsEach(w *harness.World) error {
	defer func() { w.Trace("outer", recover()) }()
	for v, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error { return rt.Await0(exitsGenerator(w, yield)) }) {
		if err != nil {
			return err
		}
		if err := rt.Await0(exiting(w, v)); err != nil {
			return err
		}
	}
	w.Trace("never")
	return nil
}

// async
func exitsGenerator(w *harness.World, yield rt.Yield[int, struct{}]) (err error) {
	defer func() { w.Trace("left", rt.Await0(w.Do("leaving")) == nil) }()
	err = rt.Await0(exitsInner(w, yield))
	w.Trace("returns")
	return err
}

// async
func exitsInner(w *harness.World, yield rt.Yield[int, struct{}]) error {
	defer func() { w.Trace("recovered", recover()) }()
	_, err := yield(w.Int("first", 1))
	w.Trace("goes on", err == nil)
	return err
}

// exiting exits, and while it does panics.
//
// async
func exiting(w *harness.World, v int) error {
	defer func() {
		if rt.Await0(w.Do("exiting")) == nil && v > 0 {
			panic("while exiting")
		}
	}()
	if err := rt.Await0(w.Do("body")); err != nil {
		return err
	}
	runtime.Goexit()
	return nil
}
