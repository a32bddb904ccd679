package gen

import (
	"cmp"
	"iter"
)

// A tree is a sorted tree.
type tree[K cmp.Ordered] struct {
	left, right *tree[K]
	key         K
}

// insert returns t with a key.
func (t *tree[K]) insert(key K) *tree[K] {
	switch {
	case t == nil:
		return &tree[K]{key: key}
	case key < t.key:
		t.left = t.left.insert(key)
	case key > t.key:
		t.right = t.right.insert(key)
	}
	return t
}

// keys is an iterator over the keys in order. Its async form is a pull iterator without a goroutine.
//
//async:func
func (t *tree[K]) keys() iter.Seq[K] {
	return func(yield func(K) bool) { t.walk(yield) }
}

// walk yields the keys of t, and reports whether to go on.
//
//async:func
func (t *tree[K]) walk(yield func(K) bool) bool {
	return t == nil || t.left.walk(yield) && yield(t.key) && t.right.walk(yield)
}

// merge is an iterator over the keys of both trees in order.
//
//async:func
func merge[K cmp.Ordered](a, b *tree[K]) iter.Seq[K] {
	return func(yield func(K) bool) {
		next, stop := iter.Pull(b.keys())
		defer stop()
		other, ok := next()
		for key := range a.keys() {
			for ; ok && other < key; other, ok = next() {
				if !yield(other) {
					return
				}
			}
			if !yield(key) {
				return
			}
		}
		for ; ok && yield(other); other, ok = next() {
		}
	}
}
