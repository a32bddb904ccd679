package vars

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// NamesOurs has variables called like what is generated.
//
// async
func NamesOurs(w *harness.World) (result int, err2 error) {
	co, fb, done, state, parent := 1, 2, true, 4, "5"
	Start, Result, Frame, Defers, Init, Resume, Send, Throw, Close := 1, 2, 3, 4, 5, 6, 7, 8, 9
	call1, range1, index1, tmp1, err, width1, arg1, raise, call := 1, 2, 3, 4, 5, 6, 7, 8, 9
	defer func(raise int) { w.Trace("deferred", raise, call, co, arg1) }(raise + co)
	for result1, yield := range []int{10, 20} {
		v, e := rt.Await(w.Get(yield + co))
		call1 += v
		co, fb = fb, co
		state++
		if e != nil {
			err2 = e
		}
		done = !done
		result += result1
	}
	call2, e := rt.Await(w.Get(w.Int("operand", Start)))
	add := func() { co++; Frame++; Result += co }
	add()
	if e := rt.Await0(w.Do(parent)); e != nil {
		add()
	}
	w.Trace("ours", co, fb, done, state, parent, Start, Result, Frame, Defers, Init, Resume, Send, Throw, Close)
	w.Trace("ours", call1, range1, index1, tmp1, err, width1, call2, e == nil)
	return result, err2
}

// NamesImports has variables called like the imports that are generated.
//
// async
func NamesImports(w *harness.World) (int, error) {
	n, e := rt.Await(w.Get(1))
	{
		rt := n + 1
		harness, utf8 := rt*2, "utf8"
		n += harness + len(utf8)
	}
	for i := range "é!" {
		n += i
		if err := rt.Await0(w.Do("x")); err != nil {
			n = -n
		}
	}
	{
		rt2, rt := 5, 3
		n += rt * rt2
		defer func() { w.Trace("rt", rt) }()
	}
	m, e2 := rt.Await(pair(w, n))
	w.Trace("m", m, e == nil)
	return n, e2
}

// async
func pair(w *harness.World, rt int) (fb int, err error) {
	fb = rt
	for co := range rt % 7 {
		fb += co
	}
	return
}

// NamesParameters has parameters called like what is generated.
//
// async
func NamesParameters(w *harness.World) (int, error) {
	a, err := rt.Await(odd(w, 1, 2, 3, nil))
	if err != nil {
		return a, err
	}
	return rt.Await(blanks(w, 1, 2, "s"))
}

// async
func odd(co *harness.World, fb, done int, err int, state func()) (result int, parent error) {
	if state != nil {
		state()
	}
	result, parent = rt.Await(co.Get(fb + done))
	result += err
	return
}

// async
func blanks(w *harness.World, _, used int, _ string) (int, error) {
	_, err := rt.Await(w.Get(1))
	return used, err
}

type Result struct{ Start int }

// NamesReceivers has odd receivers.
//
// async
func NamesReceivers(w *harness.World) (int, error) {
	r := Result{3}
	a, err := rt.Await(r.get(w))
	if err != nil {
		return a, err
	}
	b, err := rt.Await(r.none(w))
	if err != nil {
		return b, err
	}
	c, err := rt.Await((&r).blank(w))
	return a + b + c, err
}

// async
func (Result Result) get(w *harness.World) (int, error) {
	v, err := rt.Await(w.Get(Result.Start))
	Result.Start += v
	return Result.Start, err
}

// async
func (Result) none(w *harness.World) (int, error) { return rt.Await(w.Get(4)) }

// async
func (_ *Result) blank(w *harness.World) (int, error) { return rt.Await(w.Get(5)) }

// NamesCoroutines has a constant and variables called like its coroutine.
//
// async
func NamesCoroutines(w *harness.World) (int, error) { return rt.Await(again(w, 2)) }

// async
func again(w *harness.World, depth int) (int, error) {
	const againCoro = 3
	if depth == 0 {
		return againCoro, nil
	}
	a, err := rt.Await(w.Get(againCoro))
	if err == nil {
		againCoro, err := rt.Await(again(w, depth-1))
		if err == nil {
			againCoro, err = rt.Await(again(w, depth-1))
		}
		return a + againCoro, err
	}
	return againCoro, rt.Await0(w.Do("failed"))
}

// NamesItself calls itself in text that stays as it is, ahead of a constant of
// its own name.
//
// async
func NamesItself(w *harness.World) (int, error) {
	var f func(*harness.World) (int, error)
	if w == nil {
		f = NamesItself
	}
	if err := rt.Await0(w.Do("a")); err != nil {
		return 0, err
	}
	const NamesItself = 5
	if f != nil {
		return 0, nil
	}
	return NamesItself, rt.Await0(w.Do("b"))
}
