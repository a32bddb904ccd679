// Package slots holds programs about async functions as values.
package slots

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

func val(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// retry calls f up to n times.
//
// async
func retry[T any](w *harness.World, n int, f func() (T, error)) (T, error) {
	for i := 0; ; i++ {
		v, err := rt.Await(f())
		if err == nil || i == n || errors.Is(err, rt.ErrCoroutineClosed) {
			return v, err
		}
		w.Trace("again", i)
		if err := rt.Await0(w.Do("wait")); err != nil {
			return v, err
		}
	}
}

// each passes on a function with a parameter.
//
// async
func each(list []int, f func(int) error) error {
	for _, v := range list {
		if err := rt.Await0(f(v)); err != nil {
			return err
		}
	}
	return nil
}

// twice only passes its function on.
//
// async
func twice(w *harness.World, f func() (int, error)) (int, error) {
	a, err := rt.Await(retry(w, 1, f))
	if err != nil {
		return a, err
	}
	b, err := rt.Await(retry(w, 0, f))
	return a + b, err
}

// async
func five(w *harness.World) (int, error) { return rt.Await(w.Get(5)) }

// SlotsParameters gives functions, methods, literals and other parameters.
//
// async
func SlotsParameters(w *harness.World) (string, error) {
	n := 0
	a, err := rt.Await(retry(w, 2, func() (int, error) {
		n++
		if err := rt.Await0(w.Do("try")); err != nil {
			return n, err
		}
		n += 10
		return val(rt.Await(w.Get(n))), nil
	}))
	w.Err("a", err)
	b, err := rt.Await(twice(w, func() (int, error) { return rt.Await(five(w)) }))
	w.Err("b", err)
	c, err := rt.Await(retry(w, 1, func() (string, error) { n++; return fmt.Sprint("plain", n), nil }))
	w.Err("c", err)
	sum := 0
	err = rt.Await0(each([]int{1, 2, 3}, func(v int) error {
		x, err := rt.Await(w.Get(v * 10))
		if err != nil && v == 1 {
			return nil
		}
		sum += x
		return err
	}))
	w.Err("each", err)
	m := &machine{w: w}
	d, err := rt.Await(twice(w, m.step))
	return fmt.Sprint(a, b, c, sum, d, m.n, n), err
}

type machine struct {
	w *harness.World
	n int
}

// async
func (m *machine) step() (int, error) {
	m.n++
	return rt.Await(m.w.Get(m.n))
}

// shielded passes on parameters in literals that only return an await of them.
//
// async
func shielded[T any](f func() (T, error), g func(T) error) (T, error) {
	v, err := rt.Await(rt.Shield(func() (T, error) { return rt.Await(f()) }))
	if err != nil {
		return v, err
	}
	return v, rt.Await0(rt.Shield0(func() error { return rt.Await0(g(v)) }))
}

// SlotsForwards has literals that only return an await of a slot of each kind.
//
// async
func SlotsForwards(w *harness.World) (s string, err error) {
	v, err := rt.Await(shielded(func() (int, error) { return rt.Await(five(w)) }, func(v int) error { return rt.Await0(w.Do(fmt.Sprint(v))) }))
	w.Err("parameters", err)
	f := func() (int, error) { v++; return rt.Await(w.Get(v)) }
	a, err := rt.Await(retry(w, 1, func() (int, error) { return rt.Await(f()) }))
	w.Err("variable", err)
	p := &pool[int]{Dial: f}
	b, err := rt.Await(retry(w, 1, func() (int, error) { return rt.Await(p.Dial()) }))
	w.Err("field", err)
	t, err := rt.Await(retry(w, 1, func() (string, error) { return rt.Await(pick("made")()) }))
	return fmt.Sprint(v, a, b, t), err
}

// SlotsVariables holds functions in variables that change.
//
// async
func SlotsVariables(w *harness.World) (s string, err error) {
	x := 1
	f := func() (int, error) {
		x++
		return rt.Await(w.Get(x))
	}
	s += fmt.Sprint(val(rt.Await(f())), val(rt.Await(f())))
	g := f
	x = 10
	s += fmt.Sprint(val(rt.Await(g())), g != nil, f == nil)
	var h func(a int, more ...string) (string, error)
	if h == nil {
		h = func(a int, more ...string) (string, error) {
			if err := rt.Await0(w.Do("h")); err != nil {
				more = append(more, "failed")
			}
			return fmt.Sprint(a, more), nil
		}
	}
	t, _ := rt.Await(h(1))
	u, _ := rt.Await(h(2, "x", "y"))
	v, _ := rt.Await(h(3, []string{"z"}...))
	s += t + u + v
	for i := range 2 {
		k := func(n int) error { s += fmt.Sprint("k", n, i); return nil }
		if i == 1 {
			k = func(n int) error { i += n; return rt.Await0(w.Do(fmt.Sprint("k", i))) }
		}
		w.Err("k", rt.Await0(k(i+5)))
		g, f = f, g
	}
	f = nil
	g = (&machine{w, 3}).step
	s += fmt.Sprint(val(rt.Await(g())), f == nil)
	return s + fmt.Sprint(val(rt.Await(func(a, b int) (int, error) {
		c := val(rt.Await(w.Get(a)))
		return c + b + x, rt.Await0(w.Do("now"))
	}(1, 2)))), nil
}

// SlotsRecursive has a literal that calls itself.
//
// async
func SlotsRecursive(w *harness.World) (int, error) {
	var fib func(n int) (int, error)
	calls := 0
	fib = func(n int) (int, error) {
		calls++
		if n < 2 {
			return rt.Await(w.Get(n))
		}
		a, err := rt.Await(fib(n - 1))
		if err != nil {
			return a, err
		}
		b, err := rt.Await(fib(n - 2))
		return a + b, err
	}
	v, err := rt.Await(fib(4))
	return v*100 + calls, err
}

type op func(int, string) (string, int, error)

// SlotsNamed has a named function type, several results, and errors alone.
//
// async
func SlotsNamed(w *harness.World) (string, error) {
	s, n, err := rt.Await2(apply(w, func(n int, s string) (string, int, error) {
		v, err := rt.Await(w.Get(n))
		return s + "!", v, err
	}))
	w.Err("apply", err)
	t, m, err := rt.Await2(apply(w, func(n int, s string) (string, int, error) { return s, n, nil }))
	return fmt.Sprint(s, n, t, m), err
}

// async
func apply(w *harness.World, o op) (string, int, error) {
	if o == nil {
		return "", 0, nil
	}
	a, n, err := rt.Await2(o(3, "a"))
	if err != nil {
		return a, n, err
	}
	return rt.Await2(o(n, a))
}

// SlotsMethodExpressions calls methods through their types.
//
// async
func SlotsMethodExpressions(w *harness.World) (string, error) {
	m := &machine{w: w}
	a, err := rt.Await((*machine).step(m))
	w.Err("a", err)
	f := (*machine).step
	b, err := rt.Await(f(m))
	w.Err("b", err)
	c, err := rt.Await(reader.Read(&mock{"mock"}, make([]byte, 3)))
	return fmt.Sprint(a, b, c, m.n), err
}
