// Package defers holds programs about defer, panic and recover.
package defers

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type level int8
type flag bool

func keep(w *harness.World, n int, f flag, l int64, p *int, s ...string) {
	w.Trace("keep", n, f, l, p == nil, s)
}

func pair(w *harness.World) (*harness.World, string) { w.Trace("pair"); return w, "value" }
func two(w *harness.World, s string)                 { w.Trace("two", s) }

// DeferLate changes an argument in a call right of it.
//
// async
func DeferLate(w *harness.World) (r string, err error) {
	a := 1
	bump := func() int { a++; return a * 10 }
	defer w.Trace("late", a, bump(), a)
	defer func(x, y int) { w.Trace("ints", x, y) }(a, bump())
	err = rt.Await0(w.Do("x"))
	return
}

type conn struct {
	w    *harness.World
	name string
}

func (c *conn) close()         { c.w.Trace("close", c.name) }
func (c conn) show()           { c.w.Trace("show", c.name) }
func (c *conn) done(err error) { c.w.Err("done "+c.name, err) }
func (c *conn) flush() error   { c.w.Trace("flush", c.name); return nil }

type closer interface{ close() }

// DeferMethods defers methods by value, by pointer, through interfaces and
// embedded structs.
//
// async
func DeferMethods(w *harness.World) (err error) {
	c := conn{w, "c"}
	p := &conn{w, "p"}
	var i closer = &conn{w, "i"}
	e := struct{ *conn }{p}
	v := struct{ conn }{c}
	defer c.close()
	defer c.show()
	defer p.close()
	defer p.show()
	defer p.flush()
	defer i.close()
	defer e.close()
	defer e.show()
	defer v.close()
	defer v.show()
	defer (*conn).close(p)
	defer conn.show(c)
	bound := c.close
	defer bound()
	defer p.done(err)
	defer (&c).done(errors.New("now"))
	c.name, p.name = "c2", "p2"
	err = rt.Await0(w.Do("x"))
	v.name = "v2"
	p = &conn{w, "other"}
	i = p
	e.conn = p
	return err
}

// DeferLoops defers in loops and branches.
//
// async
func DeferLoops(w *harness.World) (n int, err error) {
	for i := range 3 {
		defer func() { n += i; w.Trace("loop", i, n) }()
		if i == 1 {
			defer w.Trace("branch", i)
			continue
		}
		if err := rt.Await0(w.Do("x")); err != nil {
			defer func(i int) { w.Trace("failed", i) }(i * 10)
		}
	}
	for i := 0; i < 2; i++ {
		defer func() { w.Trace("native", i) }()
	}
	switch v := any(n).(type) {
	case int:
		defer func() { w.Trace("type switch", v) }()
	}
	if y := 5; y > n {
		defer func() { y++; w.Trace("init", y) }()
	}
	{
		z := "z"
		defer func() { w.Trace("block", z) }()
		z += "!"
	}
	return 100, rt.Await0(w.Do("end"))
}

// DeferBuiltins defers builtins.
//
// async
func DeferBuiltins(w *harness.World) (n int, err error) {
	m := map[string]int{"a": 1, "b": 2}
	ch := make(chan int, 1)
	s := []int{1, 2, 3}
	defer func() { _, ok := <-ch; w.Trace("builtins", len(m), ok, s) }()
	defer close(ch)
	defer delete(m, "a")
	defer copy(s, []int{9})
	key := "b"
	defer delete(m, key)
	key = "a"
	if n, err = rt.Await(w.Get(1)); err != nil {
		defer clear(m)
	}
	defer recover()
	return
}

// DeferResults changes named results, also of a return with values.
//
// async
func DeferResults(w *harness.World) (a, b int, err error) {
	defer func() { a, b = b, a; err = errors.Join(err) }()
	defer func() {
		if err != nil {
			b = -1
			err = fmt.Errorf("wrapped: %w", err)
		}
	}()
	a, err = rt.Await(w.Get(1))
	if err != nil {
		return 10, 20, err
	}
	b, err = rt.Await(w.Get(2))
	return a + 5, b, err
}

// DeferOrder runs deferred calls of callee and caller in order.
//
// async
func DeferOrder(w *harness.World) (err error) {
	defer w.Trace("caller 1")
	for i := range 2 {
		err = rt.Await0(callee(w, i))
		w.Err("returned", err)
		defer w.Trace("caller", i)
	}
	return err
}

// async
func callee(w *harness.World, i int) error {
	defer w.Trace("callee 1", i)
	if i == 1 {
		defer w.Trace("callee 2", i)
	}
	if err := rt.Await0(w.Do("callee")); err != nil {
		return err
	}
	defer w.Trace("callee 3", i)
	return nil
}

// DeferNil defers what panics when it is called, and what panics at once.
//
// async
func DeferNil(w *harness.World) (s string, err error) {
	defer func() { s = fmt.Sprint("outer ", recover()) }()
	defer w.Trace("between")
	var f func()
	defer f()
	var g func(int)
	defer g(w.Int("argument", 1))
	w.Trace("deferred")
	if err := rt.Await0(w.Do("x")); err != nil {
		return "failed", err
	}
	var i closer
	defer i.close()
	w.Trace("never")
	return
}

// DeferNilPanic defers nil functions that run under a panic of an awaited call.
//
// async
func DeferNilPanic(w *harness.World) (s string, err error) {
	for i := range 2 {
		v, err := rt.Await(deferNilPanic(w, i == 0))
		w.Trace("v", i, v, err == nil)
	}
	return
}

// async
func deferNilPanic(w *harness.World, arguments bool) (s string, err error) {
	defer func() { s = fmt.Sprint("outer ", recover()) }()
	var f func()
	var g func(int)
	if arguments {
		defer g(w.Int("argument", 1))
	} else {
		defer f()
	}
	return "", rt.Await0(panics(w))
}

// async
func panics(w *harness.World) error {
	err := rt.Await0(w.Do("before"))
	panic(fmt.Sprint("panics ", err == nil))
}

// DeferNever does not defer where it does not get to.
//
// async
func DeferNever(w *harness.World) error {
	v, err := rt.Await(w.Get(1))
	if err != nil {
		return err
	}
	defer w.Trace("deferred", v)
	return rt.Await0(w.Do("y"))
}

// DeferArguments evaluates what it defers at the statement.
//
// async
func DeferArguments(w *harness.World) (r string, err error) {
	a, s := 1, []string{"s"}
	b := false
	shift := 3
	defer w.Trace("plain", a, s[0], b)
	defer keep(w, w.Int("argument", a), a == 2, 1<<shift, nil, s...)
	defer func(n int, err *error) { w.Trace("literal", n, *err == nil, a) }(a, &err)
	defer fmt.Sprint("dropped", a)
	defer func() string { w.Trace("result dropped"); return r }()
	f := func(s string) { w.Trace("f", s) }
	defer f(s[0])
	f = func(s string) { w.Trace("other f", s) }
	a, b = 2, true
	s[0] = "t"
	if err := rt.Await0(w.Do("x")); err != nil {
		a = 3
		return "failed", err
	}
	defer two(pair(w))
	defer w.Trace("end", a, s[0], b)
	a++
	return "done", nil
}

type answer bool

// CallsUntyped defers calls with comparisons and shifts as arguments, whose
// type is the parameter's.
//
// async
func CallsUntyped(w *harness.World) (s string, err error) {
	n := uint(w.Int("n", 3))
	show := func(a answer, b int64, c any, d ...float64) { s += fmt.Sprintf("%T%v %v %T%v %v ", a, a, b, c, c, d) }
	defer show(n == 3, 1<<n, 1<<n)
	defer show(!(n > 3), 1<<n+2, n != 1, 2.5, float64(n))
	if err := rt.Await0(w.Do("x")); err != nil {
		return "failed ", err
	}
	defer show(err == nil && n < 9, -(1 << n), -n, []float64{1, 2}...)
	n = 0
	return "done ", rt.Await0(w.Do("y"))
}
