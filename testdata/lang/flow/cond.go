package flow

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ok reports, and traces, whether an operation succeeded.
func ok(w *harness.World, err error) bool {
	w.Err("ok", err)
	return err == nil
}

// val is an operation's value, -1 if it failed.
func val(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// CondIf awaits in conditions, with &&, || and ! around it.
//
// async
func CondIf(w *harness.World) (s string, err error) {
	if rt.Await0(w.Do("a")) != nil {
		s += "a"
	}
	if x := w.Int("x", 1); x == 1 && ok(w, rt.Await0(w.Do("b"))) || x == 2 {
		s += "b"
	} else {
		s += "B"
	}
	if w.Bool("p", false) && ok(w, rt.Await0(w.Do("c"))) {
		s += "c"
	}
	if !(w.Bool("q", true) || ok(w, rt.Await0(w.Do("d")))) {
		s += "d"
	} else if ok(w, rt.Await0(w.Do("e"))) && (w.Bool("r", true) && !ok(w, rt.Await0(w.Do("f"))) || ok(w, rt.Await0(w.Do("g")))) {
		s += "e"
	} else if v, err := rt.Await(w.Get(3)); err == nil && !(v > 3 || rt.Await0(w.Do("h")) == nil) {
		s += "h"
	} else {
		s += "E"
		if err := rt.Await0(w.Do("i")); err != nil {
			w.Err("i", err)
		}
	}
	return s, nil
}

// CondFor awaits in the condition, the post statement and the body.
//
// async
func CondFor(w *harness.World) (s string, err error) {
	for i := 0; i < 3 && ok(w, rt.Await0(w.Do("cond"))); i += val(rt.Await(w.Get(1))) + 1 {
		s += fmt.Sprint(i)
		if i == 2 {
			continue
		}
		s += "."
	}
	n := 0
	for rt.Await0(w.Do("again")) == nil {
		if n++; n == 3 {
			break
		}
	}
	for val(rt.Await(w.Get(n))) < 5 && n < 9 {
		n += 2
		if err := rt.Await0(w.Do("body")); err != nil {
			n++
			continue
		}
	}
	return fmt.Sprint(s, n), nil
}

// CondClosure has loop variables that the condition and the post statement
// capture across awaits.
//
// async
func CondClosure(w *harness.World) (string, error) {
	var all []func() int
	keep := func(f func() int, v int) int { all = append(all, f); return v }
	for i := 0; keep(func() int { i += 100; return i }, i) < val(rt.Await(w.Get(3))) && i < 3; i = keep(func() int { i++; return i }, i) + val(rt.Await(w.Get(0))) + 1 {
		all = append(all, func() int { return i })
		if i > 5 {
			break
		}
	}
	s := ""
	for _, f := range all {
		s += fmt.Sprint(f(), " ")
	}
	return s, nil
}

type flag bool

// CondTyped has booleans of a type of their own.
//
// async
func CondTyped(w *harness.World) (flag, error) {
	is := func(err error) flag { return flag(err == nil) }
	a := flag(w.Bool("a", true)) && is(rt.Await0(w.Do("b")))
	b := !a || is(rt.Await0(w.Do("c"))) && flag(w.Bool("d", true))
	var c flag = 1 < 2 && rt.Await0(w.Do("e")) == nil
	var d any = rt.Await0(w.Do("f")) == nil && 1 < 2
	w.Trace(fmt.Sprintf("%T %v", d, d), a, b, c)
	if a && is(rt.Await0(w.Do("g"))) {
		w.Trace("g")
	}
	return a && b && c || is(rt.Await0(w.Do("h"))), nil
}

// CondOperands awaits in both operands of && and || everywhere an expression
// can stand.
//
// async
func CondOperands(w *harness.World) (_ string, err error) {
	list := []bool{
		w.Bool("a", true) && ok(w, rt.Await0(w.Do("1"))),
		ok(w, rt.Await0(w.Do("2"))) || w.Bool("b", false),
		w.Bool("c", false) || ok(w, rt.Await0(w.Do("3"))) && ok(w, rt.Await0(w.Do("4"))),
		(w.Bool("d", false) || ok(w, rt.Await0(w.Do("5")))) && w.Bool("e", true),
	}
	show := func(list ...any) string { return fmt.Sprint(list...) }
	s := show(w.Int("f", 1), w.Bool("g", true) && ok(w, rt.Await0(w.Do("6"))), w.Int("h", 2), w.Bool("i", false) || ok(w, rt.Await0(w.Do("7"))))
	m := map[bool]int{w.Bool("j", true) && ok(w, rt.Await0(w.Do("8"))): w.Int("k", 3), false != ok(w, rt.Await0(w.Do("9"))): 2}
	for b := ok(w, rt.Await0(w.Do("10"))) && true; b; b = b && ok(w, rt.Await0(w.Do("11"))) && len(s) < 12 {
		s += "."
	}
	defer func() { w.Trace("end", recover() != nil) }()
	return show(list, s, m, errors.Is(rt.Await0(w.Do("12")), harness.ErrScript) || ok(w, rt.Await0(w.Do("13"))) == (w.Bool("l", true) && ok(w, rt.Await0(w.Do("14"))))), rt.Await0(w.Do("15"))
}

// CondUntyped has comparisons whose type is that of what takes them.
//
// async
func CondUntyped(w *harness.World) (s string, err error) {
	take := func(f flag, n int, list ...any) string { return fmt.Sprintf("%T %v %v %T", f, f, n, list) }
	s = take(w.Int("a", 1) == 1 && w.Int("b", 2) == 2, val(rt.Await(w.Get(3))), w.Int("c", 4) == 5 || w.Int("d", 6) == 6, val(rt.Await(w.Get(7))))
	s += take(w.Int("e", 1) == 1 || rt.Await0(w.Do("f")) == nil, val(rt.Await(w.Get(8))))
	flags := map[flag]flag{w.Int("g", 1) > 0 && w.Int("h", 2) > 3: rt.Await0(w.Do("i")) == nil, true: w.Int("j", 1) == 1 && w.Int("k", 1) == 1}
	var f flag
	f = w.Int("l", 1) == 1 && (rt.Await0(w.Do("m")) == nil || w.Int("n", 1) == 1)
	return fmt.Sprint(s, flags, f, !f), nil
}

// CondNested nests && and || in the right operands of one another.
//
// async
func CondNested(w *harness.World) (s string, err error) {
	yes := func(n int) bool { return w.Bool(fmt.Sprint(n), n&1 == 1) }
	is := func(n int) string { return fmt.Sprint("op", n) }
	for i := range 4 {
		a := yes(i) && (yes(i>>1) || ok(w, rt.Await0(w.Do(is(1)))))
		b := yes(i) || yes(i>>1) && ok(w, rt.Await0(w.Do(is(2))))
		c := yes(i) && (yes(i>>1) || (ok(w, rt.Await0(w.Do(is(3)))) && yes(1)))
		d := (yes(i) || ok(w, rt.Await0(w.Do(is(4))))) && !(yes(i>>1) && ok(w, rt.Await0(w.Do(is(5)))))
		s += fmt.Sprint(a, b, c, d, " ")
		if !(yes(i) && ok(w, rt.Await0(w.Do(is(6))))) || (yes(i>>1) || ok(w, rt.Await0(w.Do(is(7))))) && yes(3) {
			s += "!"
		}
		if (yes(i) || ok(w, rt.Await0(w.Do(is(8))))) && yes(i>>1) {
			s += "?"
		}
	}
	return s, nil
}
