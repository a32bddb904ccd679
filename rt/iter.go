package rt

import "iter"

// Iter drives a marked Go iterator, func(yield func(V) bool), without a goroutine: a pull iterator, of one iteration. It may
// be driven from any goroutine, one at a time. A panic in it panics out of the call that drove it, and ends it.
//
// The coroutine of such a function yields as that of a generator does, but `ok := yield(v)` compiles to Yield and Continue
// of its Yielder.
//
// Driving it from within itself panics with Misuse: there, or there it seems to have ended and its next yield panics.
type Iter[V any] struct {
	producer[V, bool]
	root IterCoroutine[V]
}

// IterCoroutine is the coroutine of an iterator that has not begun.
type IterCoroutine[V any] interface {
	Resumable
	// Start begins it for parent, another iterator that passes its own yield on.
	Start(fb *Fiber, parent Resumable) (ready bool)
	// Result returns what the function returned, once it has ended, or panics as it did; true for one that returns nothing.
	Result() bool
	// Yields tells the coroutine where it yields to.
	Yields(y *Yielder[V, bool])
}

// NewIter returns an iterator of co, which has not begun.
func NewIter[V any](co IterCoroutine[V]) *Iter[V] {
	it := &Iter[V]{root: co}
	it.begin(co)
	co.Yields(&it.core)
	return it
}

// Next returns the next value; ok is false if there is none.
func (it *Iter[V]) Next() (v V, ok bool) {
	// There is no deferred call here, as it would cost as much as all the rest: if the leaf panics or calls Goexit, that passes
	// on natively and leaves fiberAway behind. This is right while no suspended caller of the leaf defers anything (fiberGuarded).
	fb := &it.runs
	if fb.flags != fiberHand {
		return it.nextSpecially()
	}
	fb.flags = fiberHand | fiberAway
	if fb.leaf.Resume(fb) {
		return it.ended()
	}
	if fb.flags != fiberHand|fiberAway || fb.wait != nil {
		fb.flags &^= fiberAway
		return it.suspended()
	}
	fb.flags = fiberHand
	var none V
	v, it.core.out = it.core.out, none
	return v, true
}

// nextSpecially is Next for an iterator that does not stand at a yield, or has a caller that defers something.
func (it *Iter[V]) nextSpecially() (v V, ok bool) {
	if it.runs.flags&fiberAway != 0 {
		it.leave()
	}
	return it.next(false)
}

// leave takes the iterator, which is away, for ended. It has, by a panic or Goexit, or else it is running, below on the stack:
// nothing here tells which. But only what is running has a next yield, or an end, and that panics with Misuse.
func (it *Iter[V]) leave() {
	it.core.ending = &ending{misuse: drivenFromWithin}
	it.runs.flags = it.runs.flags&^fiberAway | fiberEnded
}

// ended is the rest of Next where the leaf has ended.
func (it *Iter[V]) ended() (v V, ok bool) {
	fb := &it.runs
	if fb.flags&fiberAway == 0 { // leave was called from within
		it.core.ending.refuse()
	}
	fb.flags &^= fiberAway
	return it.next(true)
}

// Stop ends the iteration: the yield at which it stands returns false. As in a loop of Go's, one that goes on yielding after
// that panics there. Stop does nothing if the iterator has ended, and runs nothing of one that has not begun.
func (it *Iter[V]) Stop() { it.stop(&ending{why: leftEarly}) }

func (it *Iter[V]) stop(why *ending) {
	switch {
	case it.runs.flags&fiberAway != 0:
		it.leave()
	case it.runs.flags&fiberEnded != 0:
	case !it.begun():
		it.abandon()
	default:
		it.end(why)
	}
}

// All ranges over what is left; leaving the loop early stops the iterator.
func (it *Iter[V]) All() iter.Seq[V] {
	return func(yield func(V) bool) {
		defer it.Stop()
		for v, ok := it.Next(); ok && yield(v); v, ok = it.Next() {
		}
	}
}

// From returns the iterator, which has not begun, as what yields to y: the iterator that starts it passes its own yield on.
func (it *Iter[V]) From(y *Yielder[V, bool]) IterCoroutine[V] {
	if it.begun() || it.runs.flags&fiberEnded != 0 {
		panic(Misuse("rt: yield passed on to an iterator that has begun: pass yield to a new call"))
	}
	it.abandon()
	it.root.Yields(y)
	return it.root
}

// Iter2 is Iter for a function of two values, func(yield func(K, V) bool), whose coroutine yields pairs.
type Iter2[K, V any] struct{ pairs Iter[Pair[K, V]] }

// NewIter2 returns an iterator of co, which has not begun.
func NewIter2[K, V any](co IterCoroutine[Pair[K, V]]) *Iter2[K, V] {
	it := &Iter2[K, V]{}
	it.pairs.root = co
	it.pairs.begin(co)
	co.Yields(&it.pairs.core)
	return it
}

// Next returns the next two values; ok is false if there are none.
func (it *Iter2[K, V]) Next() (k K, v V, ok bool) {
	p, ok := it.pairs.Next()
	return p.First, p.Second, ok
}

// Stop ends the iteration; see Iter.Stop.
func (it *Iter2[K, V]) Stop() { it.pairs.Stop() }

// All ranges over what is left; leaving the loop early stops the iterator.
func (it *Iter2[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for p := range it.pairs.All() {
			if !yield(p.First, p.Second) {
				return
			}
		}
	}
}

// From returns the iterator as what yields to y; see Iter.From.
func (it *Iter2[K, V]) From(y *Yielder[Pair[K, V], bool]) IterCoroutine[Pair[K, V]] {
	return it.pairs.From(y)
}
