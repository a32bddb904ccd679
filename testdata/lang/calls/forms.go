package calls

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// FormsParentheses has awaits in parentheses, instantiated, over several
// lines, and with comments in them.
//
// async
func FormsParentheses(w *harness.World) (int, error) {
	a, err := (rt.Await[int])(w.Get(1))
	b, err2 := rt.Await((w.Get(2)))
	c, err3 := (rt.Await(w.Get((3))))
	d, err4 := rt.Await[int]((w.Get)(4))
	e, err5 := rt.Await( // why
		// this
		add(
			w,
			a, // one
			/* two */ b,
			one(rt.Await(w.Get(c))), // three
		),
	)
	s, err6 := rt.Await(w.Text(`raw
	text // rt.Await(w.Get(1))
`))
	w.Trace("forms", a, b, c, d, e, s)
	for _, err := range []error{err, err2, err3, err4, err5, err6} {
		if err != nil {
			return e, err
		}
	}
	return a + b + c + d + e, nil
}

// FormsUnicode has names that are not ASCII.
//
// async
func FormsUnicode(w *harness.World) (größe int, err error) {
	for é, 世 := range "ab" {
		x, err := rt.Await(w.Get(é))
		if err != nil {
			continue
		}
		größe += x + int(世)
		f := func() { größe++ }
		f()
	}
	return größe, err
}

// FormsConversions assigns and returns results to interfaces.
//
// async
func FormsConversions(w *harness.World) (any, error) {
	var a, b any
	var err error
	a, err = rt.Await(w.Get(1))
	if err != nil {
		return nil, err
	}
	a, b, err = rt.Await2(w.Two(2, 3))
	if err != nil {
		return []any{a, b}, err
	}
	m := map[any]any{}
	m[a], err = rt.Await(w.Text("x"))
	w.Trace("m", m)
	var s fmt.Stringer
	s, err = rt.Await(stringer(w))
	if err != nil {
		return s == nil, err
	}
	w.Trace("s", s)
	return rt.Await(w.Get(5))
}

type name string

func (n name) String() string { return string(n) + "!" }

// async
func stringer(w *harness.World) (name, error) {
	s, err := rt.Await(w.Text("name"))
	return name(s), err
}

// FormsAssigned assigns to what a closure shares, to results, and to the
// same variable twice.
//
// async
func FormsAssigned(w *harness.World) (n, m int, err error) {
	n, n, err = rt.Await2(w.Two(1, 2))
	f := func() int { return n*10 + m }
	m, n, err = rt.Await2(w.Two(f(), f()+1))
	w.Trace("f", f(), n, m)
	n, m = m, n
	n, err = rt.Await(w.Get(n + m))
	m += n
	if err == nil {
		n, err := rt.Await(w.Get(f()))
		m += n
		if err != nil {
			return n, m, err
		}
	}
	return f(), m, err
}

// FormsPasses hands results on as they are.
//
// async
func FormsPasses(w *harness.World) (a int, b string, c bool, err error) {
	if a, b, c, err = rt.Await3(w.Three(1, "b", true)); err != nil {
		return rt.Await3(w.Three(a+5, b+"?", c))
	}
	return rt.Await3(passes(w, a))
}

// async
func passes(w *harness.World, n int) (int, string, bool, error) {
	defer w.Trace("passed", n)
	return rt.Await3(w.Three(n, fmt.Sprint(n), n > 0))
}

// FormsSame awaits one function at many places in one frame.
//
// async
func FormsSame(w *harness.World) (string, error) {
	x, errX := rt.Await(box(w, 1))
	y, errY := rt.Await(box(w, 2))
	x.v += 10
	z, errZ := rt.Await(box(w, x.v+y.v))
	list := []*boxed{x, y, z}
	for i := range 2 {
		b, err := rt.Await(box(w, i))
		if err != nil {
			w.Err("box", err)
			continue
		}
		list = append(list, b)
	}
	s := ""
	for _, b := range list {
		s += fmt.Sprint(b.v, b.get(), ";")
	}
	return s, firstOf(errX, errY, errZ)
}

type boxed struct {
	v   int
	get func() int
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// async
func box(w *harness.World, v int) (*boxed, error) {
	b := boxed{v: v}
	b.get = func() int { v++; return v + b.v }
	if err := rt.Await0(w.Do("box")); err != nil {
		return &b, err
	}
	b.v *= 2
	return &b, nil
}
