package local

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// Generic has local types in generic functions, of which each instance has
// types of its own.
//
// async
func Generic(w *harness.World) (string, error) {
	a, err := rt.Await(instance[int, string](w, 1))
	if err != nil {
		return "a", err
	}
	b, err := rt.Await(instance[int, bool](w, 1))
	if err != nil {
		return "b", err
	}
	s := &set[string, int]{}
	c, err := rt.Await(s.add(w, "k", 1))
	if err != nil {
		return "c", err
	}
	d, err := rt.Await(s.keep(w))
	e, f := s.same(a), s.same(b)
	return fmt.Sprintf("%T %T %v %v %v %T %v %v %v", a, b, a == b, c, d, c, e, f, err), nil
}

// async
func instance[K comparable, V any](w *harness.World, k K) (any, error) {
	type mark struct{ k K }
	type pair struct {
		mark
		next *pair
	}
	p := pair{mark: mark{k}}
	if err := rt.Await0(w.Do("instance")); err != nil {
		return p, err
	}
	q, err := rt.Await(get(w, &pair{next: &p}))
	return q.next.mark, err
}

type set[K comparable, V any] struct{ m map[K]V }

func (s *set[K, V]) same(v any) bool { _, ok := v.(K); return ok }

// async
func (s *set[A, B]) add(w *harness.World, a A, b B) (any, error) {
	type entry struct {
		a A
		b B
	}
	type entries = map[A][]entry
	all := entries{a: {{a, b}}}
	err := rt.Await0(rt.Shield0(func() error {
		more := entries{}
		for k, v := range all {
			more[k] = append(v, entry{a: a})
		}
		if err := rt.Await0(w.Do("add")); err != nil {
			return err
		}
		all = more
		return nil
	}))
	return all, err
}

// async
func (s *set[_, _]) keep(w *harness.World) (int, error) {
	type held struct{ s string }
	h := held{"kept"}
	err := rt.Await0(rt.Shield0(func() error {
		h.s += "!"
		if err := rt.Await0(w.Do("keep")); err != nil {
			return err
		}
		s.m = nil
		return nil
	}))
	return len(s.m) + len(h.s), err
}

// GenericLocal has generic types that are local.
//
// async
func GenericLocal(w *harness.World) (string, error) {
	type pair[A, B any] struct {
		a A
		b B
	}
	type twice[T any] = pair[T, T]
	type chain[T interface{ ~int | ~string }] struct {
		v    T
		next *chain[T]
	}
	p := pair[int, string]{1, "p"}
	q := twice[bool]{b: true}
	c := &chain[int]{1, &chain[int]{v: 2}}
	if err := rt.Await0(w.Do("x")); err != nil {
		p.a, q.a, c = 5, true, c.next
	}
	n, err := rt.Await(rt.Shield(func() (twice[int], error) {
		r := twice[int]{c.v, 2}
		err := rt.Await0(w.Do("y"))
		return pair[int, int]{r.b, p.a}, err
	}))
	s, err2 := rt.Await(outer(w, c.v))
	return fmt.Sprint(p, q, c.v, n, harness.Show(err), s, harness.Show(err2)), nil
}

// async
func outer[T any](w *harness.World, v T) (string, error) {
	type both[U any] struct {
		t T
		u U
		p *both[U]
	}
	b := both[string]{v, "u", &both[string]{}}
	if err := rt.Await0(w.Do("outer")); err != nil {
		b.p = nil
	}
	c := both[[]both[T]]{u: []both[T]{{u: v}}}
	err := rt.Await0(w.Do("outer"))
	return fmt.Sprint(b.t, b.u, b.p != nil, len(c.u)), err
}
