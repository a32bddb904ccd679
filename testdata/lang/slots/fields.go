package slots

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// A pool has functions in fields, with their async forms beside them.
type pool[C any] struct {
	idle       []C
	Dial       func() (C, error)
	DialAsync  func() rt.Awaitable[C]
	Close      func(C) error
	CloseAsync func(C) rt.Awaitable[struct{}]
}

// async
func (p *pool[C]) with(f func(C) error) (err error) {
	var c C
	if n := len(p.idle); n > 0 {
		c, p.idle = p.idle[n-1], p.idle[:n-1]
	} else if c, err = rt.Await(p.Dial()); err != nil {
		return err
	}
	defer func() {
		if err != nil && p.Close != nil {
			rt.Await0(p.Close(c))
			return
		}
		p.idle = append(p.idle, c)
	}()
	return rt.Await0(f(c))
}

// SlotsFields fills fields in a literal and by assignment.
//
// async
func SlotsFields(w *harness.World) (s string, err error) {
	n := 0
	p := &pool[*int]{Dial: func() (*int, error) {
		n++
		c := new(n * 10)
		return c, rt.Await0(w.Do("dial"))
	}}
	for i := range 3 {
		if i == 1 {
			p.Close = func(c *int) error { s += fmt.Sprint("closed", *c, " "); return rt.Await0(w.Do("close")) }
		}
		err := rt.Await0(p.with(func(c *int) error {
			*c += i
			return rt.Await0(w.Do(fmt.Sprint("use", *c)))
		}))
		w.Err("with", err)
	}
	return fmt.Sprint(s, n, len(p.idle)), nil
}

// SlotsFieldsInside fills fields in a literal that awaits nothing itself, with literals that capture what is declared there.
//
// async
func SlotsFieldsInside(w *harness.World) (s string, err error) {
	open := func(c int) (int, error) { return rt.Await(w.Get(c)) }
	var p *pool[int]
	keep := func(n int) error {
		p = &pool[int]{Dial: func() (int, error) { return rt.Await(open(n)) }, idle: []int{n}}
		x := n + 1
		p.Close = func(c int) error {
			a, err := rt.Await(w.Get(c + x))
			x += a
			s += fmt.Sprint("closed", x, " ")
			return err
		}
		return nil
	}
	w.Err("keep", rt.Await0(keep(2)))
	for i := range 3 {
		w.Err("with", rt.Await0(p.with(func(c int) error { return rt.Await0(w.Do(fmt.Sprint("use", c, i))) })))
	}
	return fmt.Sprint(s, len(p.idle)), rt.Await0(p.Close(3))
}

var hook func(*harness.World) error
var hookAsync func(*harness.World) rt.Awaitable[struct{}]

// SlotsPackage has a package variable.
//
// async
func SlotsPackage(w *harness.World) (string, error) {
	hook = nil
	if hook != nil {
		return "set", nil
	}
	hook = announce
	err := rt.Await0(hook(w))
	w.Err("hook", err)
	hook = func(w *harness.World) error { return rt.Await0(w.Do("literal")) }
	return "", rt.Await0(hook(w))
}

// async
func announce(w *harness.World) error { return rt.Await0(w.Do("announce")) }

// A route is a function that is an element of something.
type route struct {
	name       string
	serve      func(*harness.World, int) (string, error)
	serveAsync func(*harness.World, int) rt.Awaitable[string]
}

// async
func number(w *harness.World, n int) (string, error) {
	n, err := rt.Await(w.Get(n))
	return fmt.Sprint("number", n), err
}

// SlotsElements awaits functions that are kept in a slice and in a map.
//
// async
func SlotsElements(w *harness.World) (s string, err error) {
	routes := []route{{name: "n", serve: number}, {name: "t", serve: func(w *harness.World, n int) (string, error) {
		return rt.Await(w.Text(fmt.Sprint(s, n)))
	}}}
	byName := make(map[string]route)
	for i, r := range routes {
		t, err := rt.Await(r.serve(w, i))
		w.Err(r.name, err)
		s += t
		byName[r.name] = r
	}
	for _, name := range []string{"t", "none", "n"} {
		r, ok := byName[name]
		if !ok {
			s += "?"
			continue
		}
		t, err := rt.Await(r.serve(w, 7))
		if err != nil {
			return s, err
		}
		s += t
	}
	t, err := rt.Await(routes[0].serve(w, 8))
	return s + t, err
}

// A reader has both forms of its method, as do those who implement it.
type reader interface {
	Read(p []byte) (int, error)
	ReadAsync(p []byte) rt.Awaitable[int]
}

type mock struct{ s string }

func (m *mock) Read(p []byte) (int, error) { return copy(p, m.s), nil }
func (m *mock) ReadAsync(p []byte) rt.Awaitable[int] {
	return rt.Func(func() (int, error) { return m.Read(p) })
}

type failing struct{ err error }

func (f failing) Read(p []byte) (int, error)           { return 0, f.err }
func (f failing) ReadAsync(p []byte) rt.Awaitable[int] { return rt.Fail[int](f.err) }

type counting struct {
	reader
	n int
}

// async
func (c *counting) Read(p []byte) (int, error) {
	n, err := rt.Await(c.reader.Read(p))
	c.n += n
	return n, err
}

// async
func slurp[R reader](w *harness.World, r R) (string, error) {
	var b [16]byte
	n, err := rt.Await(r.Read(b[:]))
	if err != nil {
		return "", err
	}
	return string(b[:n]), rt.Await0(w.Do("slurped"))
}

// SlotsInterfaces awaits methods of interfaces, mocks and type parameters.
//
// async
func SlotsInterfaces(w *harness.World) (s string, err error) {
	c := &counting{reader: &mock{"hello"}}
	for _, r := range []reader{c, &mock{"x"}, failing{harness.ErrScript}, c} {
		t, err := rt.Await(slurp(w, r))
		s += fmt.Sprint(t, harness.Show(err), " ")
	}
	t, err := rt.Await(slurp(w, c))
	return fmt.Sprint(s, t, c.n), err
}

// SlotsNursery starts children of a nursery with values of every kind.
//
// async
func SlotsNursery(w *harness.World) (s string, err error) {
	m := &machine{w: w}
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { s += "a"; return rt.Await0(w.Do("a")) })
		for i := range 2 {
			g.Go(func() error {
				defer func() { s += fmt.Sprint("b", i) }()
				_, err := rt.Await(m.step())
				return err
			})
		}
		g.Go(m.run)
		return rt.Await0(w.Do("body"))
	}))
	return fmt.Sprint(s, m.n), err
}

// async
func (m *machine) run() error {
	m.n += 100
	return rt.Await0(m.w.Do("run"))
}

// logged makes a function that traces before and after another.
//
// async
func logged[T any](w *harness.World, name string, next func() (T, error)) func() (T, error) {
	count := 0
	return func() (T, error) {
		count++
		w.Trace("before", name, count)
		defer w.Trace("after", name)
		return rt.Await(next())
	}
}

// limited returns another function or a literal of its own.
//
// async
func (m *machine) limited(n int, next func(int) error) (f func(int) error) {
	switch {
	case n == 0:
		return nil
	case n == 1:
		return next
	}
	f = func(k int) error {
		if m.n++; m.n > n {
			return fmt.Errorf("more than %d", n)
		}
		if err := rt.Await0(m.w.Do("limited")); err != nil {
			return err
		}
		return rt.Await0(next(k + m.n))
	}
	return
}

// pickAsync is written by hand.
func pick(s string) func() (string, error) {
	return func() (string, error) { return s, nil }
}

func pickAsync(s string) func() rt.Awaitable[string] {
	return func() rt.Awaitable[string] { return rt.Value(s) }
}

// SlotsMakers awaits what functions make.
//
// async
func SlotsMakers(w *harness.World) (s string, err error) {
	f := logged(w, "outer", logged(w, "inner", func() (int, error) { s += "f"; return rt.Await(five(w)) }))
	s += fmt.Sprint(val(rt.Await(f())), val(rt.Await(f())), val(rt.Await(logged(w, "now", (&machine{w: w}).step)())))
	m := &machine{w: w}
	say := func(k int) error { s += fmt.Sprint("say", k); return rt.Await0(w.Do("say")) }
	for n := range 4 {
		g := m.limited(n, say)
		if g == nil {
			s += "nil "
			continue
		}
		w.Err("g", rt.Await0(g(n)))
	}
	w.Err("each", rt.Await0(each([]int{1, 2}, m.limited(9, m.limited(1, say)))))
	t, err := rt.Await(pick("picked")())
	u, _ := rt.Await(retry(w, 1, pick("again")))
	return s + t + u, err
}

// SlotsMakersBefore has makers left of an await in one expression.
//
// async
func SlotsMakersBefore(w *harness.World) (string, error) {
	m := &machine{w: w}
	a, err := rt.Await(retry(w, val(rt.Await(w.Get(1)))&1, logged(w, "first", m.step)))
	w.Err("a", err)
	b, err := rt.Await(add(w, logged(w, "left", m.step), val(rt.Await(w.Get(2)))))
	w.Err("b", err)
	return fmt.Sprint(a, b), rt.Await0(m.limited(3, m.limited(0, nil))(val(rt.Await(w.Get(3)))))
}

// async
func add(w *harness.World, f func() (int, error), n int) (int, error) {
	v, err := rt.Await(f())
	return v + n, err
}

// times calls f n times.
//
// async
func times(f func() (string, error), n int) (s string, err error) {
	for range n {
		t, err := rt.Await(f())
		if err != nil {
			return s, err
		}
		s += t
	}
	return s, nil
}

// SlotsMadeBefore makes functions left of awaits, before which they are kept.
//
// async
func SlotsMadeBefore(w *harness.World) (s string, err error) {
	s, err = rt.Await(times(pick("a"), val(rt.Await(w.Get(2)))))
	w.Err("argument", err)
	f, n := logged(w, "b", pick("c")), val(rt.Await(w.Get(1)))
	t, err := rt.Await(times(f, n))
	w.Err("variable", err)
	m := &machine{w: w}
	g, n := m.limited(3, func(k int) error { s += fmt.Sprint(k); return rt.Await0(w.Do("last")) }), val(rt.Await(w.Get(4)))
	return s + t, rt.Await0(g(n))
}

// ParametersReused fills a slot with a literal whose body assigns to a
// parameter by a := that declares another variable: a closure sees that.
//
// async
func ParametersReused(w *harness.World) (string, error) {
	n, err := rt.Await(given(w, func(n int, s string) (int, error) {
		see := func() string { return fmt.Sprint(n, s) }
		n, m := n+1, w.Int("m", 2)
	again:
		s, k := s+"b", n*m
		if k < 9 {
			n++
			s := "inner"
			w.Trace("inner", s)
			goto again
		}
		w.Trace("seen", see())
		return k, nil
	}))
	return fmt.Sprint(n), err
}

// async
func given(w *harness.World, f func(int, string) (int, error)) (int, error) {
	n, err := rt.Await(w.Get(3))
	if err != nil {
		return n, err
	}
	return rt.Await(f(n, "a"))
}
