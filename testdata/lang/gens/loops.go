package gens

import (
	"fmt"
	"iter"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// Loops awaits in loops over marked iterators, which it leaves in every way.
//
// async
func Loops(w *harness.World) (string, error) {
	total := 0
	for v := range counted(w, w.Int("n", 3)) {
		n, err := rt.Await(w.Get(v))
		if err != nil {
			w.Err("break", err)
			break
		}
		if total += n; total == 5 {
			continue
		}
		w.Trace("total", total)
	}
outer:
	for v := range func(yield func(int) bool) { Lex(w, yield) } {
		for range small.values {
			n, err := rt.Await(w.Get(v))
			switch {
			case err != nil:
				w.Err("returns", err)
				return fmt.Sprint(total), err
			case n > 20:
				break outer
			case n > 10:
				continue outer
			}
			total += n
		}
	}
	return fmt.Sprint(total), nil
}

// async
func (t *tree) values(yield func(int) bool) { t.walk(yield) }

// Loops2 ranges over pairs, one loop in the other, with deferred calls.
//
// async
func Loops2(w *harness.World) (s string, err error) {
	defer func() { w.Trace("loops end", s) }()
	var k int
	for k, s = range numbered(w, "a", "b") {
		for range times(w) {
			if err := rt.Await0(w.Do(s)); err != nil {
				goto out
			}
		}
		w.Trace("pair", k, s)
	}
	return s + ".", rt.Await0(w.Do("last"))
out:
	w.Trace("out")
	return s, rt.Await0(w.Do("out"))
}

// async
func numbered[V any](w *harness.World, list ...V) iter.Seq2[int, V] {
	return func(yield func(int, V) bool) {
		defer func() { w.Trace("numbered ends", recover()) }()
		for i, v := range list {
			if !yield(i, v) {
				w.Trace("numbered stopped")
				return
			}
		}
	}
}

// async
func times(w *harness.World) func(yield func() bool) {
	return func(yield func() bool) {
		defer w.Trace("times ends")
		for i := 0; i < 2 && yield(); i++ {
		}
	}
}

// Filtered yields in a loop over another iterator.
//
// async
func Filtered(w *harness.World, yield func(int) bool) {
	for v := range filter(counted(w, 4), func(v int) bool { return w.Int("keep", v) != 3 }) {
		if !yield(v) {
			w.Trace("filtered stopped")
			return
		}
	}
	yield(-1)
}

// async
func filter[V any](seq iter.Seq[V], keep func(V) bool) iter.Seq[V] {
	return func(yield func(V) bool) {
		for v := range seq {
			if keep(v) && !yield(v) {
				return
			}
		}
	}
}

// LoopPanics ranges over what panics itself, and recovers.
//
// async
func LoopPanics(w *harness.World) (n int, err error) {
	defer func() { w.Trace("recovered", n, recover()) }()
	for v := range func(yield func(int) bool) { IterPanics(w, yield) } {
		if n, err = rt.Await(w.Get(v)); err != nil {
			return n, err
		}
	}
	return
}

// LoopSwallowed ranges over what recovers the panic of the loop's body, and
// over what goes on after it was stopped.
//
// async
func LoopSwallowed(w *harness.World) (n int, err error) {
	for v := range func(yield func(int) bool) { Swallows(w, yield) } {
		if n, err = rt.Await(w.Get(v)); err != nil {
			break
		}
	}
	for v := range func(yield func(int) bool) { goesOn(w, yield) } {
		if n, err = rt.Await(w.Get(v)); err != nil {
			return n, err
		}
	}
	return
}

// async
func goesOn(w *harness.World, yield func(int) bool) {
	defer w.Trace("went on")
	yield(1)
	part(w, 1, yield)
}

// LoopMethods ranges over what methods yield that take more than yield: of a
// pointer, of a value, of a generic type.
//
// async
func LoopMethods(w *harness.World) (s string, err error) {
	for v := range func(yield func(int) bool) { small.above(w, 1, yield) } {
		n, err := rt.Await(w.Get(v))
		if s += fmt.Sprint(n, " "); err != nil {
			return s, err
		}
	}
	pick := func() *tree { w.Trace("pick"); return small.r }
	for v := range func(yield func(int) bool) { (*pick()).own(w, yield) } {
		if err := rt.Await0(w.Do(fmt.Sprint(v))); err != nil {
			break
		}
	}
	l := list2[string]{w, []string{"x", "y"}}
	for i, v := range func(yield func(int, string) bool) { l.each(yield) } {
		if s += v; rt.Await0(w.Do(v)) != nil {
			return s, fmt.Errorf("at %d", i)
		}
	}
	return s, nil
}

// async
func (t *tree) above(w *harness.World, least int, yield func(int) bool) {
	defer w.Trace("above ends")
	for v := range t.values {
		if v > least && !yield(v) {
			return
		}
	}
}

// async
func (t tree) own(w *harness.World, yield func(int) bool) {
	defer w.Trace("own ends")
	t.v++
	if yield(t.v) {
		yield(-t.v)
	}
}

// LoopRecovered leaves loops over what goes on and recovers the panic that it
// gets for that.
//
// async
func LoopRecovered(w *harness.World) error {
	for i := range 4 {
		if err := rt.Await0(leaves(w, i)); err != nil {
			return err
		}
	}
	return nil
}

// async
func leaves(w *harness.World, kind int) (err error) {
	defer func() { w.Trace("leaves", kind, recover()) }()
	recovers := func() { w.Trace("recovered", recover()) }
	switch kind {
	case 0:
		for v := range func(yield func(int) bool) { insists(w, yield) } {
			w.Err("insists", rt.Await0(w.Do(fmt.Sprint(v))))
			break
		}
	case 1:
		for v := range func(yield func(int) bool) {
			defer recovers()
			yield(w.Int("first", 1))
			yield(2)
		} {
			return rt.Await0(w.Do(fmt.Sprint(v)))
		}
	default:
		for v := range rt.Each(func(yield rt.Yield[int, struct{}]) error {
			defer func() { w.Trace("recovered", recover()) }()
			w.Err("swallows", rt.Await0(swallows(w, yield)))
			yield(2)
			return nil
		}) {
			w.Err("each", rt.Await0(w.Do(fmt.Sprint(v))))
			if kind == 3 {
				panic("body")
			}
			break
		}
	}
	w.Trace("not reached")
	return nil
}

// async
func insists(w *harness.World, yield func(int) bool) {
	defer func() { w.Trace("recovered", recover()) }()
	yield(1)
	yield(2)
}

// async
func swallows(w *harness.World, yield rt.Yield[int, struct{}]) error {
	defer func() { w.Trace("swallowed", recover()) }()
	_, err := yield(w.Int("first", 1))
	return err
}

// LoopOperands ranges over what has several awaits in its arguments.
//
// async
func LoopOperands(w *harness.World) (s string, err error) {
	val := func(n int, err error) int {
		if err != nil {
			return -1
		}
		return n
	}
	for v := range func(yield func(int) bool) {
		between(w, val(1, nil), 2, yield)
	} {
		s += fmt.Sprint(v, " ")
	}
	for v := range upTo(w, val(rt.Await(w.Get(2))), val(rt.Await(w.Get(4)))) {
		s += fmt.Sprint(v, " ")
	}
	for v, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error {
		return rt.Await0(sends(w, val(rt.Await(w.Get(1))), val(rt.Await(w.Get(3))), yield))
	}) {
		s += fmt.Sprint(v, harness.Show(err), " ")
	}
	return s, rt.Await0(w.Do("end"))
}

// async
func between(w *harness.World, from, to int, yield func(int) bool) {
	for i := from; i < to; i++ {
		w.Trace("between", i)
		if !yield(i) {
			return
		}
	}
}

// async
func upTo(w *harness.World, from, to int) iter.Seq[int] {
	return func(yield func(int) bool) {
		between(w, from, to, yield)
	}
}

// async
func sends(w *harness.World, from, to int, yield rt.Yield[int, struct{}]) error {
	for i := from; i < to; i++ {
		if _, err := yield(i); err != nil {
			return err
		}
	}
	return rt.Await0(w.Do("sent"))
}

// LoopReturns returns out of loops that do not await: what they range over ends after that, and may panic or exit.
//
// async
func LoopReturns(w *harness.World) (s string, err error) {
	for i := range 4 {
		v, err := rt.Await(returned(w, i))
		s += fmt.Sprint(v, " ", harness.Show(err), " ")
	}
	return s, err
}

// async
func returned(w *harness.World, kind int) (n int, err error) {
	defer func() { w.Trace("returned", kind, n, recover()) }()
	defer func() { w.Err("cleans", rt.Await0(w.Do("clean"))) }()
	if n, err = rt.Await(w.Get(kind)); err != nil {
		return n, err
	}
	for v := range func(yield func(int) bool) {
		defer w.Trace("leaves", kind)
		for i := 0; yield(i) || kind == 1; i++ {
		}
		if kind == 2 {
			panic("boom")
		}
	} {
		if v == 2 {
			return w.Int("value", v*10), nil
		}
		for range 2 {
			if kind == 3 {
				return
			}
		}
	}
	return -1, nil
}
