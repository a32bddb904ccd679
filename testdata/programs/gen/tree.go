package gen

import (
	"cmp"

	"github.com/goasync/goasync/rt"
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

// walk yields the keys in order, the left ones, its own and the right ones. An error ends it, in all trees that have begun.
//
//async:func
func (t *tree[K]) walk(yield rt.Yield[K, struct{}]) error {
	if t == nil {
		return nil
	}
	if err := rt.Await0(t.left.walk(yield)); err != nil {
		return err
	}
	if _, err := yield(t.key); err != nil {
		return err
	}
	return rt.Await0(t.right.walk(yield))
}
