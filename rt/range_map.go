package rt

import "reflect"

// MapIter is what a range statement over a map compiles to if its body awaits: Go's own iteration, which stands between two
// entries while the map changes. As in Go, an entry that is deleted before it is reached is left out, and one that is inserted may
// or may not be. An entry costs about 50 ns.
type MapIter[K comparable, V any] struct {
	iter  reflect.MapIter
	key   K
	value V
}

// RangeMap begins an iteration over m.
func RangeMap[M ~map[K]V, K comparable, V any](m M) *MapIter[K, V] {
	it := new(MapIter[K, V])
	it.iter.Reset(reflect.ValueOf(m))
	return it
}

// Next goes to the next entry; it reports false if there is none.
func (it *MapIter[K, V]) Next() bool { return it.iter.Next() }

// Key returns the key of the entry. It is read before the map changes.
func (it *MapIter[K, V]) Key() (k K) {
	reflect.ValueOf(&it.key).Elem().SetIterKey(&it.iter)
	k, it.key = it.key, k
	return k
}

// Value returns the value of the entry. It is read before the map changes.
func (it *MapIter[K, V]) Value() (v V) {
	reflect.ValueOf(&it.value).Elem().SetIterValue(&it.iter)
	v, it.value = it.value, v
	return v
}
