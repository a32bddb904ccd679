package defers

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// PanicRecovered recovers in a deferred literal and sets the results.
//
// async
func PanicRecovered(w *harness.World) (r string, err error) {
	for i := range 4 {
		s, e := rt.Await(safe(w, i))
		r += s + ";"
		w.Err("safe", e)
	}
	return r, nil
}

// async
func safe(w *harness.World, how int) (s string, err error) {
	defer func() {
		if p := recover(); p != nil {
			s = fmt.Sprintf("%s recovered %v", s, p)
		}
	}()
	s += "a"
	switch how {
	case 0:
		panic("first")
	case 1:
		if err := rt.Await0(w.Do("before")); err != nil {
			panic(err)
		}
		var m map[int]int
		m[0]++
	case 2:
		s, err = rt.Await(throws(w))
		s += "never"
	}
	return s + "b", rt.Await0(w.Do("after"))
}

// async
func throws(w *harness.World) (string, error) {
	defer w.Trace("unwinding")
	defer func() { recover(); panic("second") }()
	if err := rt.Await0(w.Do("throws")); err != nil {
		return "", err
	}
	panic(fmt.Errorf("first"))
}

// PanicHelpers recovers in functions of every kind, and not in those where
// Go does not.
//
// async
func PanicHelpers(w *harness.World) (n int, err error) {
	for i := range 8 {
		_, e := rt.Await(guarded(w, i))
		w.Err("guarded", e)
		n++
	}
	return
}

type guard struct{ w *harness.World }

func (g guard) recover()   { g.w.Trace("guard", recover()) }
func (g *guard) indirect() { func() { g.w.Trace("indirect", recover()) }() }

func helper(w *harness.World, what string) { w.Trace(what, recover()) }
func simple()                              { _ = recover() }

// async
func guarded(w *harness.World, how int) (s string, err error) {
	g := guard{w}
	defer func() { w.Trace("outermost", recover()) }()
	defer w.Trace("outer")
	switch how {
	case 0:
		defer g.recover()
	case 1:
		defer g.indirect()
	case 2:
		defer helper(w, "helper")
	case 3:
		defer simple()
	case 4:
		defer func() { helper(w, "nested") }()
	case 5:
		defer func() { defer helper(w, "deferred twice") }()
	case 6:
		defer recover()
	case 7:
		defer func() { panic(fmt.Sprint("again ", recover())) }()
	}
	if err := rt.Await0(w.Do("x")); err != nil {
		w.Trace("panics")
	}
	panic(how)
}

// PanicValues panics with odd values and is not recovered.
//
// async
func PanicValues(w *harness.World) (string, error) {
	defer w.Trace("unwound")
	_, err := rt.Await(w.Get(1))
	if err != nil {
		var p *harness.World
		p.Trace("x")
	}
	_, err = rt.Await(w.Get(2))
	if errors.Is(err, harness.ErrScript) {
		panic(err)
	}
	a := []int{1}
	v, _ := rt.Await(w.Get(3))
	if v != 0 {
		return "", nil
	}
	w.Trace("index", a[v+1])
	return "", nil
}

// PanicNil panics with nil.
//
// async
func PanicNil(w *harness.World) (r string, err error) {
	defer func() {
		p := recover()
		_, isNil := p.(*runtime.PanicNilError)
		r = fmt.Sprint(isNil)
	}()
	if err := rt.Await0(w.Do("x")); err != nil {
		return "failed", err
	}
	panic(nil)
}

// PanicTwice panics while panicking, and once more.
//
// async
func PanicTwice(w *harness.World) (r string, err error) {
	defer func() { r = fmt.Sprint(recover()); w.Trace("last", recover()) }()
	defer func() { panic("three") }()
	defer func() {
		defer func() { w.Trace("inner", recover()) }()
		panic("inner")
	}()
	defer func() { panic("two") }()
	if err := rt.Await0(w.Do("x")); err != nil {
		return "failed", err
	}
	panic("one")
}

// PanicAgain raises what it recovered again, through several coroutines.
//
// async
func PanicAgain(w *harness.World) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Trace("caught", p)
			panic(p)
		}
	}()
	n, err = rt.Await(again(w, 3))
	return
}

// async
func again(w *harness.World, depth int) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Trace("again", depth, p)
			if depth == 2 {
				n, err = 77, fmt.Errorf("recovered %v", p)
				return
			}
			panic(p)
		}
	}()
	if depth == 0 {
		panic("bottom")
	}
	if n, err = rt.Await(again(w, depth-1)); err != nil {
		w.Trace("err", depth, n, err)
		if err := rt.Await0(w.Do("x")); err != nil {
			panic(err)
		}
	}
	return n + 1, err
}

// PanicReused panics in a coroutine that is used again.
//
// async
func PanicReused(w *harness.World) (r string, err error) {
	for i := range 4 {
		n, s, e := rt.Await2(tried(w, i))
		r += fmt.Sprint(n, s, e, ";")
	}
	return
}

// async
func tried(w *harness.World, i int) (n int, s string, err error) {
	defer func() {
		if p := recover(); p != nil {
			s += fmt.Sprint("p", p)
		}
	}()
	n++
	n, err = rt.Await(odd(w, i))
	s += "ok"
	return
}

// async
func odd(w *harness.World, i int) (n int, err error) {
	n += 3
	if err = rt.Await0(w.Do("odd")); err != nil {
		return
	}
	if i%2 == 1 {
		panic(i)
	}
	return
}

// PanicLeftOf panics in an operand left or right of an await.
//
// async
func PanicLeftOf(w *harness.World) (r string, err error) {
	defer func() { r = fmt.Sprint(recover()) }()
	boom := func(s string) int { w.Trace("boom"); panic(s) }
	sum := func(a, b int, err error, c int) int { return a + b + c }
	_ = sum
	three := func(a, b int) int { return a + b }
	if v, _ := rt.Await(w.Get(1)); v == 0 {
		w.Trace("sum", three(boom("left"), one(rt.Await(w.Get(2)))))
	}
	w.Trace("sum", three(one(rt.Await(w.Get(3))), boom("right")))
	return
}

func one(v int, err error) int { return v }

// PanicGoexit ends the goroutine.
//
// async
func PanicGoexit(w *harness.World) (err error) {
	defer w.Trace("outer", 1)
	defer func() { w.Trace("recovered", recover()) }()
	if err := rt.Await0(exits(w)); err != nil {
		w.Err("exits", err)
		return err
	}
	w.Trace("never")
	return nil
}

// async
func exits(w *harness.World) (err error) {
	defer func() { w.Trace("inner", recover()) }()
	if err = rt.Await0(w.Do("x")); err != nil {
		return err
	}
	runtime.Goexit()
	return
}

// PanicSame recovers a panic and awaits a call that panics with the same value,
// and recovers that: where the first interrupted a Goexit, the second did not.
//
// async
func PanicSame(w *harness.World) (string, error) { return rt.Await(panicSame(w, 2)) }

// async
func panicSame(w *harness.World, depth int) (s string, err error) {
	if depth == 0 {
		return "end", nil
	}
	defer func() {
		w.Trace("recovered", depth, recover())
		t, err := rt.Await(panicSame(w, depth-1))
		w.Trace("behind", depth, t, err != nil)
		s += t
	}()
	defer func() {
		rt.Await0(w.Do("deferred"))
		panic(4)
	}()
	return fmt.Sprint(depth), rt.Await0(w.Do("body"))
}
