package rt

import (
	"iter"
	"runtime"
	"slices"
)

// Ranging is what a range statement over a function compiles to if its body awaits: the function runs on a coroutine of Go's own
// (iter.Pull), or is a marked iterator's coroutine, and is stopped however the loop is left. A panic in it panics out of Next or
// Stop; a panic of the body passes through it, as does runtime.Goexit.
type Ranging[K, V any] struct {
	defers *Defers
	next   func() (K, V, bool)
	stop   func(*ending)
	key    K
	value  V
	inside bool // in the function; if it panics, to the end
}

// Why a function may not yield any more, in the words of Go's panics.
const (
	leftEarly  = "function for loop body returned false"
	afterEnd   = "whole loop exit"
	afterPanic = "loop body panic"
)

// errRecovered is what a loop panics with if what it ranges over recovers a panic of the body or of a yield that came too late.
const errRecovered = rangeError("recovered a loop body panic and did not resume panicking")

// Range begins a loop over f in the coroutine with the deferred calls d.
func Range[V any, Y ~func(V) bool](d *Defers, f func(yield Y)) *Ranging[V, struct{}] {
	return Range2(d, func(yield func(V, struct{}) bool) { f(func(v V) bool { return yield(v, struct{}{}) }) })
}

// Range0 is Range for a function that yields no values.
func Range0[Y ~func() bool](d *Defers, f func(yield Y)) *Ranging[struct{}, struct{}] {
	return Range2(d, func(yield func(struct{}, struct{}) bool) { f(func() bool { return yield(struct{}{}, struct{}{}) }) })
}

// Range2 is Range for a function that yields two values.
func Range2[K, V any, Y ~func(K, V) bool](d *Defers, f func(yield Y)) *Ranging[K, V] {
	var end *ending
	next, stop := iter.Pull2(func(yield func(K, V) bool) {
		f(func(k K, v V) bool {
			if end != nil {
				end.refuse()
			}
			more := yield(k, v)
			if end != nil && end.x != nil {
				end.x.pass()
			}
			return more
		})
		end = &ending{why: afterEnd}
	})
	return newRanging(d, next, func(e *ending) {
		end = e
		stop()
	})
}

// RangeIter begins a loop over a marked iterator.
func RangeIter[V any](d *Defers, it *Iter[V]) *Ranging[V, struct{}] {
	return newRanging(d, func() (v V, none struct{}, ok bool) {
		v, ok = it.Next()
		return v, none, ok
	}, it.stop)
}

// RangeIter2 is RangeIter for an iterator of two values.
func RangeIter2[K, V any](d *Defers, it *Iter2[K, V]) *Ranging[K, V] {
	return newRanging(d, it.Next, it.pairs.stop)
}

func newRanging[K, V any](d *Defers, next func() (K, V, bool), stop func(*ending)) *Ranging[K, V] {
	r := &Ranging[K, V]{defers: d, next: next, stop: stop}
	loops := d.more()
	loops.list = append(loops.list, r)
	return r
}

// Next runs the function to its next yield; it reports false if it has returned.
func (r *Ranging[K, V]) Next() (ok bool) {
	r.inside = true
	r.key, r.value, ok = r.next()
	r.inside = false
	if !ok {
		r.forget()
	}
	return ok
}

// Key returns the first value that was yielded.
func (r *Ranging[K, V]) Key() K { return r.key }

// Value returns the second value that was yielded.
func (r *Ranging[K, V]) Value() V { return r.value }

// Stop leaves the loop: the yield at which the function stands returns false.
func (r *Ranging[K, V]) Stop() {
	r.forget()
	end := &ending{why: leftEarly}
	r.stop(end)
	end.returned()
}

// leave stops the function because the body ended by x.
func (r *Ranging[K, V]) leave(x *Failure) {
	switch {
	case x == nil:
		r.Stop()
		return
	case r.inside: // its own panic
		r.forget()
		return
	}
	r.forget()
	r.stop(&ending{why: afterPanic, x: x})
	if x.recovered() == nil { // else the Goexit goes on
		panic(errRecovered)
	}
}

// pass panics or exits in a function that the body ranges over. If that recovers a panic that has interrupted a Goexit, it exits.
func (x *Failure) pass() {
	if x.recovered() != nil {
		defer x.goOn()
		runtime.Goexit()
	}
	panic(x.Value)
}

// forget takes the loop, which is left, from those under way.
func (r *Ranging[K, V]) forget() { r.defers.more().forget(r) }

func (e *exitPoint) forget(r leaver) {
	if i := slices.Index(e.list, r); i >= 0 {
		e.list = slices.Delete(e.list, i, i+1)
	}
}

// rangeError is a panic of Go's for a function that is ranged over.
type rangeError string

func (e rangeError) Error() string { return "runtime error: range function " + string(e) }

// RuntimeError makes it a runtime.Error, as Go's is.
func (rangeError) RuntimeError() {}

// leaver is a loop over a function that is to be left.
type leaver interface{ leave(x *Failure) }

// asker is a leaver that takes time to be left.
type asker interface {
	leaver
	Start(fb *Fiber, parent Resumable) (ready bool)
	ends(x *Failure) (starts bool)
}

// more returns the part of d that few frames need.
func (d *Defers) more() *exitPoint {
	if d.exit == nil {
		d.exit = &exitPoint{defers: d}
	}
	return d.exit
}

// looping reports whether a loop over a function is under way.
func (d *Defers) looping() bool { return d.exit != nil && len(d.exit.list) > 0 }

// leaveLoops leaves the loops over functions that the end of self's body is in, innermost first, before deferred calls run. It
// reports false if it has suspended: what is under way then is noted as the result of a deferred call.
func (d *Defers) leaveLoops(fb *Fiber, self Resumable) (done bool) {
	for d.looping() {
		r := d.exit.list[len(d.exit.list)-1]
		if a, ok := r.(asker); ok {
			if !a.ends(d.exit.failure) {
				continue
			}
			x := d.exit.failure
			d.exit.result = func() { a.leave(x) }
			d.exit.self = self
			if !a.Start(fb, d.exit) {
				return false
			}
			d.finishCo(fb)
			continue
		}
		d.exit.failure = leaveLoop(fb, r, d.exit.failure)
	}
	return true
}

// leaveLoopsExiting is leaveLoops on a goroutine that is exiting.
func (d *Defers) leaveLoopsExiting(fb *Fiber) {
	for d.looping() {
		r := d.exit.list[len(d.exit.list)-1]
		if a, ok := r.(asker); ok && (!a.ends(d.exit.failure) || !finishExiting(fb, a.Start)) {
			continue
		}
		d.exit.failure = leaveLoop(fb, r, d.exit.failure)
	}
}

// leaveLoop leaves r because the body ended by x, and returns how it ends after that.
func leaveLoop(fb *Fiber, r leaver, x *Failure) (after *Failure) {
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover()
		switch {
		case p == nil: // Goexit
		case x != nil && !x.Goexit && identical(p, x.Value):
			after = x
		default:
			after = fb.caught(p)
			if fb.exiting() { // and so is the caller
				panic(p)
			}
			if after != x && !after.Goexit {
				after.Prev = x
			}
		}
	}()
	r.leave(x)
	returned = true
	return x
}
