package rt

import "iter"

// Iter drives a marked Go iterator, func(yield func(V) bool), without a goroutine: a pull iterator. It may be driven from any
// goroutine, one at a time. A panic in it panics out of the call that drove it.
//
// The coroutine of such a function is that of a generator that is sent bools: `ok := yield(v)` compiles to Yield and Continue
// of its Yielder.
type Iter[V any] struct {
	generator *Generator[V, bool, struct{}]
}

// NewIter returns an iterator of co, which has not begun.
func NewIter[V any](co GeneratorCoroutine[V, bool, struct{}]) *Iter[V] {
	return &Iter[V]{NewGenerator[V, bool, struct{}](co)}
}

// Next returns the next value; ok is false if there is none.
func (it *Iter[V]) Next() (v V, ok bool) { return it.generator.Next() }

// Stop ends the iteration: the yield at which it stands returns false. As in Go, one that goes on yielding after that is a bug
// and panics. Stop does nothing if the iterator has ended, and runs nothing of one that has not begun.
func (it *Iter[V]) Stop() {
	g := it.generator
	switch {
	case g.runs.flags&fiberEnded != 0:
	case !g.begun():
		g.Close()
	default:
		g.core.stops = true
		if _, yielded := g.Next(); yielded {
			panic(Misuse("rt: an iterator yields after yield returned false: return then"))
		}
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

// Iter2 is Iter for a function of two values, func(yield func(K, V) bool), whose coroutine yields pairs.
type Iter2[K, V any] struct {
	pairs *Iter[Pair[K, V]]
}

// NewIter2 returns an iterator of co, which has not begun.
func NewIter2[K, V any](co GeneratorCoroutine[Pair[K, V], bool, struct{}]) *Iter2[K, V] {
	return &Iter2[K, V]{NewIter[Pair[K, V]](co)}
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

// Continue is Received for an iterator: what its yield returns.
func (y *Yielder[Y, S]) Continue() bool { return !y.stops }
