package vars

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type point struct {
	x, y int
	in   struct{ list []int }
}

func (p *point) move(d int) *point { p.x += d; return p }
func (p point) sum() int           { return p.x + p.y }

// BoxedOperators uses variables that are shared in every kind of expression.
//
// async
func BoxedOperators(w *harness.World) (string, error) {
	a, b, t, u := 6, 4, true, uint8(3)
	p, f := point{x: 1, y: 2}, func(xs ...int) int { return len(xs) }
	xs, arr, m, ch := []int{1, 2, 3}, [3]int{4, 5, 6}, map[int]string{6: "six"}, make(chan int, 3)
	q, s := &a, "text"
	var i any = 5
	all := func() string { return fmt.Sprint(a, b, t, u, p, len(xs), arr, m, len(ch), *q, s, i) }
	keep := func() { _, _, _, _, _, _ = &f, &ch, &i, &q, &xs, &m }
	keep()
	if err := rt.Await0(w.Do("x")); err != nil {
		a, t, xs = b, !t, xs[1:]
	}
	a++
	b -= 2
	u <<= 1
	*q += 10
	t = !t && a > b
	w.Trace("binary", a*b, a/b, a%b, a&b, a&^b, a-b, -a, ^a, a<<u, !t, t || a == b, a*-b, a - -b, +a)
	w.Trace("index", xs[0], arr[b-2], xs[b-2:], arr[:1], s[a%4], m[a], m[6])
	w.Trace("select", p.x, p.in.list, p.sum(), p.move(b).x, (&p).sum(), f(xs...), f(a, b))
	ch <- a
	ch <- b
	w.Trace("receive", <-ch, <-ch, *q, **(&q))
	switch v := i.(type) {
	case int:
		i = fmt.Sprint(v + a)
	}
	if n, ok := i.(string); ok {
		s += n
	}
	for k, v := range xs {
		p.in.list = append(p.in.list, k*v)
	}
	for range arr {
		arr[0]++
	}
	for k := range p.in.list {
		p.in.list[k]++
	}
	xs[0], a, b = a, b, xs[0]
	p.in.list[0], p.x = p.x, p.in.list[0]
	m[a], arr[1] = s, b
	py, pe := &p.y, &arr[2]
	*py, *pe = 100, 200
	g := f
	f = func(ys ...int) int { return g(ys...) * 10 }
	if err := rt.Await0(w.Do("y")); err != nil {
		i = map[int]point{a: p}
	}
	lit := []any{a, point{x: a, y: b}, &b == q, map[int]bool{a: t}, [...]int{2: a}[2], func() int { return a }(), struct{ a int }{a}}
	w.Trace("literal", lit...)
	w.Trace("all", all(), f(1, 2))
	close(ch)
	delete(m, a)
	return all(), nil
}

// BoxedRecursive has a closure that calls itself, and closures in closures.
//
// async
func BoxedRecursive(w *harness.World) (int, error) {
	depth := 0
	var fib func(int) int
	fib = func(n int) int {
		depth++
		if n < 2 {
			return n
		}
		return fib(n-1) + fib(n-2)
	}
	if err := rt.Await0(w.Do("x")); err != nil {
		return fib(3), err
	}
	twice := func(f func() int) func() int {
		return func() int {
			depth--
			return f() + func() int { depth--; return f() }()
		}
	}
	g := twice(func() int { depth += 100; return depth })
	if err := rt.Await0(w.Do("y")); err != nil {
		return g(), err
	}
	return fib(5) + g() + depth, nil
}

// BoxedHeaders captures variables of init statements in loops.
//
// async
func BoxedHeaders(w *harness.World) (string, error) {
	var fs []func() int
	for i := range 3 {
		switch v := i * 2; {
		case v == 2:
			fs = append(fs, func() int { v++; return v })
			fallthrough
		default:
			if err := rt.Await0(w.Do("switch")); err != nil {
				v = -1
			}
			v += 10
		}
		if v, err := rt.Await(w.Get(i)); err == nil {
			fs = append(fs, func() int { v++; return v })
			if err := rt.Await0(w.Do("if")); err != nil {
				v *= 100
			}
		} else {
			fs = append(fs, func() int { v--; return v })
			if err := rt.Await0(w.Do("else")); err != nil {
				continue
			}
		}
	}
	for v, err := rt.Await(w.Get(1)); err == nil && v < 40; v, err = rt.Await(w.Get(v * 3)) {
		if v == 9 {
			v++
			continue
		}
		fs = append(fs, func() int { v++; return v })
	}
	for k, f := range fs {
		w.Trace("f", k, f(), f())
	}
	return "", nil
}

// BoxedResults has named results that closures share.
//
// async
func BoxedResults(w *harness.World) (n int, s string, err error) {
	add := func(d int) int { n += d; s += "."; return n }
	add(1)
	if n, err = rt.Await(w.Get(add(2))); err != nil {
		add(5)
		return n + 1, s, err
	}
	for i := range 3 {
		if i == n-1 {
			return add(10), s, nil
		}
		if err := rt.Await0(w.Do("x")); err != nil {
			add(i)
			return n, s, err
		}
	}
	return n, s + "end", err
}

// BoxedTypes has variables of all kinds of types that live across awaits and die.
//
// async
func BoxedTypes(w *harness.World) (string, error) {
	var (
		a chan<- int = make(chan int, 1)
		b map[string][]func(int) (int, error)
		c func(...string) = func(...string) {}
		d [2]struct {
			E, f *int `tag:"x"`
		}
		g interface {
			error
			M(a int) (b string)
		}
		h complex128 = 1i
		j *[]map[*point]*point
		k stack[string]
		l error
		n uintptr = 3
		o <-chan struct{}
		q struct{}
		r [0]int
	)
	if err := rt.Await0(w.Do("x")); err != nil {
		l = err
	}
	c("x")
	w.Trace("types", a != nil, b == nil, d, g == nil, h, j == nil, k, l == nil, n, o == nil, q, r)
	if err := rt.Await0(w.Do("y")); err != nil {
		return "", err
	}
	a <- 1
	return fmt.Sprint(b["x"], h*h), nil
}

type stack[T any] struct{ list []T }
