package harness

import (
	"iter"

	"github.com/goasync/goasync/rt"
)

// NewIter makes a Program of an iterator: a loop over it, which is left at
// the k-th value as the script says. What panics in such a loop is up to
// programs that have one.
func NewIter[V any](name string, plain func(*World, func(V) bool), async func(*World) *rt.Iter[V]) Program {
	return Program{
		Name: name,
		plain: func(w *World) (any, error) {
			return iterate(w, func(yield func(V) bool) { plain(w, yield) })
		},
		async: func(w *World) (any, error) {
			it := async(w)
			if w.script.Others == Yield {
				return iterate(w, it.All())
			}
			return pull(w, it)
		},
	}
}

// NewIterBool is NewIter for a function that returns a bool.
func NewIterBool[V any](name string, plain func(*World, func(V) bool) bool, async func(*World) *rt.Iter[V]) Program {
	return NewIter(name, func(w *World, yield func(V) bool) { plain(w, yield) }, async)
}

// NewSeq is NewIter for a function that returns an iterator.
func NewSeq[V any](name string, plain func(*World) iter.Seq[V], async func(*World) *rt.Iter[V]) Program {
	return NewIter(name, func(w *World, yield func(V) bool) { plain(w)(yield) }, async)
}

// NewIter2 is NewIter for an iterator of two values.
func NewIter2[K, V any](name string, plain func(*World, func(K, V) bool), async func(*World) *rt.Iter2[K, V]) Program {
	pairs := func(seq iter.Seq2[K, V]) iter.Seq[rt.Pair[K, V]] {
		return func(yield func(rt.Pair[K, V]) bool) {
			for k, v := range seq {
				if !yield(rt.Pack2(k, v)) {
					return
				}
			}
		}
	}
	return Program{
		Name: name,
		plain: func(w *World) (any, error) {
			return iterate(w, pairs(func(yield func(K, V) bool) { plain(w, yield) }))
		},
		async: func(w *World) (any, error) { return iterate(w, pairs(async(w).All())) },
	}
}

// stops reports whether the script leaves the loop at the value that came.
func (w *World) stops() bool {
	_, o := w.next()
	return o != Ready && o != Yield
}

// iterate is the loop.
func iterate[V any](w *World, seq iter.Seq[V]) (string, error) {
	for v := range seq {
		w.Trace("value", v)
		if w.stops() {
			return "stopped", nil
		}
	}
	return "ended", nil
}

// pull is the loop by hand.
func pull[V any](w *World, it *rt.Iter[V]) (string, error) {
	for v, ok := it.Next(); ok; v, ok = it.Next() {
		w.Trace("value", v)
		if w.stops() {
			it.Stop()
			it.Stop()
			if v, ok := it.Next(); ok {
				w.Trace("went on after Stop", v)
			}
			return "stopped", nil
		}
	}
	if _, ok := it.Next(); ok {
		w.Trace("went on after its end")
	}
	return "ended", nil
}
