// Package vars holds programs about variables: where they live, who shares them, what they are called.
package vars

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ShadowMixed declares some and assigns others, again and again.
//
// async
func ShadowMixed(w *harness.World) (r int, err error) {
	a, err := rt.Await(w.Get(1))
	b, err := rt.Await(w.Get(2))
	a, c, err := rt.Await2(w.Two(3, 4))
	w.Trace("outer", a, b, c)
	if a, err := rt.Await(w.Get(a + 10)); err == nil {
		a, d, e := a+1, a+2, err
		b, d := a, d+b
		w.Trace("inner", a, b, d, e)
		a, err := rt.Await(w.Get(b))
		w.Trace("innermost", a, err)
	}
	{
		c, b := b, c
		_, a, err := rt.Await2(w.Two(b, c))
		w.Trace("block", a, b, c, harness.Show(err))
		{
			a := fmt.Sprint(a)
			b, err := rt.Await(w.Text(a))
			w.Trace("text", a, b, harness.Show(err))
		}
	}
	return a*100 + b*10 + c, err
}

// ShadowParameters shadows parameters and results.
//
// async
func ShadowParameters(w *harness.World) (n int, err error) {
	n = 5
	for n := range 2 {
		w, n := w, n+10
		err := rt.Await0(w.Do("loop"))
		w.Trace("n", n, err != nil)
	}
	func(n int) { n++; w.Trace("literal", n) }(n)
	n, m := n+1, n
	if err := rt.Await0(w.Do("m")); err != nil {
		err = errors.New("shadow")
		w.Trace("err", err)
	}
	return n*10 + m, err
}

// ShadowSelf declares a variable with the value of the one it shadows.
//
// async
func ShadowSelf(w *harness.World) (string, error) {
	s := "a"
	{
		s := s + "b"
		{
			s, err := rt.Await(w.Text(s + "c"))
			s = s + "d"
			if err := rt.Await0(w.Do(s)); err != nil {
				s = "?"
			}
			w.Trace("three", s, err != nil)
		}
		p := &s
		if err := rt.Await0(w.Do(s)); err != nil {
			*p += "!"
		}
		w.Trace("two", s)
		{
			s := func() string { s += "~"; return s }
			if err := rt.Await0(w.Do(s())); err != nil {
				w.Trace("err", s())
			}
			w.Trace("two", s(), *p)
		}
	}
	w.Trace("one", s)
	return s, nil
}

// ShadowTypes has variables called like types, builtins and constants.
//
// async
func ShadowTypes(w *harness.World) (r string, err error) {
	for i, s := range []string{"a", "b"} {
		len, string, nil, true, new, int, append := i, s, "nil", 0, 7, 8, 9
		if _, err := rt.Await(w.Text(string)); err != error(zero) {
			len++
		}
		p := &new
		f := func() { int++; *p++ }
		f()
		w.Trace("odd", len, string, nil, true, new, int, append)
	}
	for range "xy" {
		utf8, false, struct2 := 1, 2, 3
		if err := rt.Await0(w.Do("y")); err != nil {
			utf8, false = false, utf8
		}
		w.Trace("odd", utf8, false, struct2)
	}
	return
}

var zero error

// ShadowPackage has locals with the name of a package-level variable, which
// is used beside them.
//
// async
func ShadowPackage(w *harness.World) (string, error) {
	x = 100
	var fs []func() int
	{
		x := 1
		if _, err := rt.Await(w.Get(x)); err != nil {
			w.Err("get", err)
		}
		fs = append(fs, func() int { x++; return x })
		w.Trace("inner", x)
	}
	w.Trace("package", x)
	x++
	{
		x := x + 1
		err := rt.Await0(w.Do("x"))
		w.Trace("x", x, err == nil)
	}
	if err := rt.Await0(w.Do("after")); err != nil {
		x--
	}
	w.Trace("package", x, fs[0](), fs[0]())
	x = 100
	return "", nil
}

// ShadowNumbered has variables whose names are those that a second x gets.
//
// async
func ShadowNumbered(w *harness.World) (string, error) {
	y := 1
	add := func() { y2 := 5; y += y2 }
	{
		y := 10
		inner := func(y2 int) int { y3 := y2; y += y2 + y3; return y }
		if err := rt.Await0(w.Do("y")); err != nil {
			y++
		}
		f := func() int { y2, y3 := 7, 8; y += y2 * y3; return y }
		w.Trace("inner", inner(2), f(), y)
	}
	if err := rt.Await0(w.Do("y")); err != nil {
		y++
	}
	add()
	y2 := y * 2
	if err := rt.Await0(w.Do("y")); err != nil {
		y2++
	}
	g := func() int { y2 := 1; y += y2; return y }
	w.Trace("y", g(), y, y2)
	return "", nil
}

var x = 100
