package rt

import (
	"iter"
	"runtime"
	"slices"
)

// Ranging is what a range statement over a function compiles to if its body awaits: the function runs on a coroutine of Go's own
// (iter.Pull) and is stopped however the loop is left. A panic in it panics out of Next or Stop; a panic of the body passes
// through it, as does runtime.Goexit.
type Ranging[K, V any] struct {
	defers *Defers
	next   func() (K, V, bool)
	stop   func()
	key    K
	value  V
	inside bool     // in the function; if it panics, to the end
	over   string   // why the function may not yield any more
	x      *Failure // how the body ended that does not return
}

// Range begins a loop over f in the coroutine with the deferred calls d.
func Range[V any](d *Defers, f func(yield func(V) bool)) *Ranging[V, struct{}] {
	return Range2(d, func(yield func(V, struct{}) bool) { f(func(v V) bool { return yield(v, struct{}{}) }) })
}

// Range0 is Range for a function that yields no values.
func Range0(d *Defers, f func(yield func() bool)) *Ranging[struct{}, struct{}] {
	return Range2(d, func(yield func(struct{}, struct{}) bool) { f(func() bool { return yield(struct{}{}, struct{}{}) }) })
}

// Range2 is Range for a function that yields two values.
func Range2[K, V any](d *Defers, f func(yield func(K, V) bool)) *Ranging[K, V] {
	r := &Ranging[K, V]{defers: d}
	r.next, r.stop = iter.Pull2(func(yield func(K, V) bool) {
		f(func(k K, v V) bool {
			if r.over != "" {
				panic(rangeError(r.over))
			}
			more := yield(k, v)
			if r.x != nil {
				r.x.pass()
			}
			return more
		})
	})
	loops := d.loops()
	loops.list = append(loops.list, r)
	return r
}

// Next runs the function to its next yield; it reports false if it has returned.
func (r *Ranging[K, V]) Next() (ok bool) {
	r.inside = true
	r.key, r.value, ok = r.next()
	r.inside = false
	if !ok {
		r.end("whole loop exit")
	}
	return ok
}

// Key returns the first value that was yielded.
func (r *Ranging[K, V]) Key() K { return r.key }

// Value returns the second value that was yielded.
func (r *Ranging[K, V]) Value() V { return r.value }

// Stop leaves the loop: the yield at which the function stands returns false.
func (r *Ranging[K, V]) Stop() {
	r.end("function for loop body returned false")
	r.stop()
}

// leave stops the function because the body ended by x.
func (r *Ranging[K, V]) leave(x *Failure) {
	switch {
	case x == nil:
		r.Stop()
		return
	case r.inside: // its own panic
		r.end("whole loop exit")
		return
	}
	r.x = x
	r.end("loop body panic")
	r.stop()
	if !x.Goexit {
		panic(rangeError("recovered a loop body panic and did not resume panicking"))
	}
}

// pass panics or exits in a function that the body ranges over.
func (x *Failure) pass() {
	if x.Goexit {
		runtime.Goexit()
	}
	panic(x.Value)
}

// end notes that the function may not yield any more.
func (r *Ranging[K, V]) end(why string) {
	r.over = "continued iteration after " + why
	loops := r.defers.loops()
	if i := slices.Index(loops.list, leaver(r)); i >= 0 {
		loops.list = slices.Delete(loops.list, i, i+1)
	}
}

// rangeError is a panic of Go's for a function that is ranged over.
type rangeError string

func (e rangeError) Error() string { return "runtime error: range function " + string(e) }

// RuntimeError makes it a runtime.Error, as Go's is.
func (rangeError) RuntimeError() {}

// leaver is a loop over a function that is to be left.
type leaver interface{ leave(x *Failure) }

// loops returns where the loops over functions of a coroutine are noted.
func (d *Defers) loops() *exitPoint {
	if d.exit == nil {
		d.exit = &exitPoint{defers: d}
	}
	return d.exit
}

// looping reports whether a loop over a function is under way.
func (d *Defers) looping() bool { return d.exit != nil && len(d.exit.list) > 0 }

// leaveLoops leaves the loops over functions that the end of the body is in, innermost first, before deferred calls run.
func (d *Defers) leaveLoops(fb *Fiber) {
	for d.looping() {
		d.failure = leaveLoop(fb, d.exit.list[len(d.exit.list)-1], d.failure)
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
			after.Prev = x
		}
	}()
	r.leave(x)
	returned = true
	return x
}
