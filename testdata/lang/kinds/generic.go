package kinds

import (
	"cmp"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// GenericFunctions calls generic functions with explicit and inferred types.
//
// async
func GenericFunctions(w *harness.World) (string, error) {
	a, err := rt.Await(echo(w, 1))
	w.Err("a", err)
	b, err := rt.Await(echo[string](w, "b"))
	w.Err("b", err)
	c, err := rt.Await(convert[int, string](w, 3, func(i int) string { return fmt.Sprint(i, "!") }))
	w.Err("c", err)
	d, e, err := rt.Await2(swap(w, 1.5, []int{2}))
	w.Err("d", err)
	f, err := rt.Await(largest(w, []int{3, 9, 4}))
	w.Err("f", err)
	g, err := rt.Await(largest(w, words{"b", "a"}))
	w.Err("g", err)
	return fmt.Sprint(a, b, c, d, e, f, g), nil
}

type words []string

// async
func echo[T any](w *harness.World, v T) (T, error) {
	var zero T
	kept := v
	if err := rt.Await0(w.Do("echo")); err != nil {
		return zero, err
	}
	p := &kept
	if err := rt.Await0(w.Do("pointer")); err != nil {
		*p = zero
		return *p, err
	}
	return kept, nil
}

// async
func convert[T any, U ~string](w *harness.World, v T, f func(T) U) (u U, err error) {
	defer func() { u += "?" }()
	for range 2 {
		u += f(v)
		if v, err = rt.Await(echo(w, v)); err != nil {
			return
		}
	}
	return
}

// async
func swap[A, B any](w *harness.World, a A, b B) (B, A, error) {
	if err := rt.Await0(w.Do("swap")); err != nil {
		return b, a, err
	}
	type both struct {
		a A
		b B
	}
	x := both{a, b}
	return x.b, x.a, nil
}

// async
func largest[S ~[]E, E cmp.Ordered](w *harness.World, list S) (best E, err error) {
	for i := 0; i < len(list); i++ {
		if err := rt.Await0(w.Do("largest")); err != nil {
			continue
		}
		best = max(best, list[i])
	}
	return best, nil
}

type stack[T any] struct {
	w    *harness.World
	list []T
}

// async
func (s *stack[T]) push(v T) error {
	s.list = append(s.list, v)
	defer func() { s.list = append(s.list, v) }()
	return rt.Await0(s.w.Do("push"))
}

// async
func (s *stack[E]) pop() (v E, ok bool, err error) {
	if len(s.list) == 0 {
		return
	}
	if err := rt.Await0(s.w.Do("pop")); err != nil {
		return v, false, err
	}
	v, s.list = s.list[len(s.list)-1], s.list[:len(s.list)-1]
	return v, true, nil
}

type pairs[K comparable, V any] struct {
	w *harness.World
	m map[K]V
}

// async
func (p *pairs[A, B]) get(k A) (A, B, error) {
	v := p.m[k]
	a, err := rt.Await(echo(p.w, k))
	if err != nil {
		return a, v, err
	}
	return rt.Await2(p.again(a, v))
}

// async
func (p *pairs[K, V]) again(k K, v V) (K, V, error) {
	if err := rt.Await0(p.w.Do("again")); err != nil {
		return k, v, err
	}
	return k, v, nil
}

// GenericTypes has methods of generic types.
//
// async
func GenericTypes(w *harness.World) (string, error) {
	s := stack[string]{w: w}
	for _, v := range []string{"a", "b"} {
		if err := rt.Await0(s.push(v)); err != nil {
			w.Err("push", err)
		}
	}
	v, ok, err := rt.Await2(s.pop())
	w.Trace("pop", v, ok, err != nil)
	n, err2 := rt.Await(s.size())
	w.Trace("size", n, err2 != nil)
	e := struct{ stack[int] }{stack[int]{w: w}}
	if err := rt.Await0(e.push(5)); err != nil {
		return "push", err
	}
	i, ok, err := rt.Await2(e.pop())
	m := &pairs[string, int]{w: w}
	k, x, err := rt.Await2(m.get("k"))
	return fmt.Sprint(i, ok, k, x), err
}

// async
func (s stack[T]) size() (int, error) {
	if err := rt.Await0(s.w.Do("size")); err != nil {
		return -1, err
	}
	return len(s.list), nil
}
