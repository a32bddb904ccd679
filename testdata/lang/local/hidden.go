package local

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// HiddenForms has names of async forms in text that names these forms.
//
// async
func HiddenForms(w *harness.World) (s string, err error) {
	n, err := rt.Await(rt.Shield(func() (int, error) {
		return rt.Await(twice(w, 1, func(plusAsync int) (int, error) { return rt.Await(plus(w, plusAsync)) }))
	}))
	w.Err("parameter", err)
	if n > 0 {
		plusAsync := n + 1
		h := hidden{f: plus}
		h.f = func(_ *harness.World, n int) (plusAsync int, err error) { return rt.Await(plus(w, n)) }
		w.Trace("variable", plusAsync, h.f == nil)
	}
	for plusAsync, twiceAsync := range []int{3, 4} {
		f := hidden{f: func(w *harness.World, twiceAsync2 int) (int, error) {
			return rt.Await(twice(w, plusAsync, func(v int) (int, error) { return rt.Await(plus(w, twiceAsync+twiceAsync2+v)) }))
		}}
		w.Trace("loop", plusAsync, twiceAsync, f.f != nil)
	}
	switch plusAsync := any(n).(type) {
	case int:
		w.Trace("clause", plusAsync+1, hidden{f: plus}.f != nil)
	case string:
		w.Trace("clause", plusAsync+"s")
	}
	return fmt.Sprint(s, n), rt.Await0(w.Do("end"))
}

type hidden struct {
	f      func(*harness.World, int) (int, error)
	fAsync func(*harness.World, int) rt.Awaitable[int]
}

// async
func (h hidden) call(w *harness.World, n int) (int, error) { return rt.Await(h.f(w, n)) }

// async
func plus(w *harness.World, n int) (int, error) {
	return rt.Await(w.Get(n + 1))
}

// async
func twice(w *harness.World, n int, f func(int) (int, error)) (int, error) {
	v, err := rt.Await(f(n))
	return v * 2, err
}

// HiddenLiterals has names of literals' coroutines where these are made.
//
// async
func HiddenLiterals(w *harness.World) (s string, err error) {
	var h hidden
	if w != nil {
		hiddenLiteralsFunc1Async, hiddenLiteralsFunc2Async := 1, "two"
		h.f = func(w *harness.World, hiddenLiteralsFunc1Coro int) (int, error) {
			n, err := rt.Await(w.Get(hiddenLiteralsFunc1Async))
			hiddenLiteralsFunc1Async++
			return n + hiddenLiteralsFunc1Coro, err
		}
		w.Trace("before", hiddenLiteralsFunc1Async, hiddenLiteralsFunc2Async)
	}
	v, err := rt.Await(h.call(w, 3))
	w.Err("called", err)
	for hiddenLiteralsFunc2Coro := range 2 {
		defer func(n int) {
			if rt.Await0(w.Do("deferred")) != nil {
				s += fmt.Sprint(n, hiddenLiteralsFunc2Coro)
			}
		}(hiddenLiteralsFunc2Coro + 5)
	}
	return fmt.Sprint(s, v), rt.Await0(w.Do("end"))
}

// HiddenPredeclared has names that Go predeclares where the generated code
// needs them.
//
// async
func HiddenPredeclared(w *harness.World) (s string, err error) {
	defer w.Trace("deferred")
	var h hidden
	for int, error := range []number{2, 3} {
		h.f = func(w *harness.World, n number) (number, failure) { return rt.Await(plus(w, n+error)) }
		if v := number(int); v > 0 {
			h.f = func(w *harness.World, n number) (number, failure) {
				m, err := rt.Await(w.Get(n))
				return m + error + v, err
			}
		}
		func() { w.Trace("loop", int, error) }()
	}
	v, err := rt.Await(h.call(w, 1))
	w.Err("called", err)
	if true := v; true == 0 {
		return "zero", nil
	}
	return fmt.Sprint(s, v), rt.Await0(w.Do("end"))
}

type number = int

// HiddenTypes has variables called like types of the function that are
// declared at package level.
//
// async
func HiddenTypes(w *harness.World) (s string, err error) {
	var h hidden
	if spot := 1; w != nil {
		w.Trace("spot", spot)
		for spot := range 2 {
			w.Trace("spot", spot)
			type spot struct{ n int }
			p, q := spot{spot2()}, []spot{}
			h.f = func(w *harness.World, n int) (int, error) {
				q = append(q, p)
				m, err := rt.Await(w.Get(n + p.n))
				return m + len(q), err
			}
		}
	}
	v, err := rt.Await(h.call(w, 1))
	return fmt.Sprint(s, v), err
}

func spot2() int { return 2 }

// HiddenMakers has such names in functions that make async functions.
//
// async
func HiddenMakers(w *harness.World) (s string, err error) {
	a, err := rt.Await(counting(w, 1, plus)(w, 4))
	w.Err("counting", err)
	for _, n := range []int{0, 6} {
		v, err := rt.Await(counting(w, n, plus)(w, n))
		w.Trace("counting", v, harness.Show(err))
	}
	{
		countingAsync := 1
		if a > 0 {
			w.Err("if", rt.Await0(w.Do("if")))
			countingAsync = 2
		}
		a += countingAsync
	}
	f := counting(w, a, plus)
	b, err := rt.Await(f(w, a))
	return fmt.Sprint(s, a, b), err
}

// async
func counting(w *harness.World, plusAsync int, f func(*harness.World, int) (int, error)) (countingFunc1Async func(*harness.World, int) (int, error)) {
	type count struct{ n, calls int }
	c := count{n: plusAsync}
	if count := plusAsync; count > 5 {
		type count struct{ n int }
		w.Trace("count", count{plusAsync})
		return f
	}
	if plusAsync == 0 {
		return plus
	}
	return func(w *harness.World, n int) (int, error) {
		c.calls++
		old := count{c.n, c.calls}
		v, err := rt.Await(f(w, n))
		w.Trace("old", old)
		return v + c.calls, err
	}
}
