package peers

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type closer struct {
	w    *harness.World
	name string
}

func (c closer) close()                 { c.w.Trace("close " + c.name) }
func (c *closer) shut(why string) error { c.w.Trace("shut "+c.name, why); return nil }

// DeferForms defers calls with arguments, methods and method values, whose
// receivers and arguments are evaluated at the statement.
//
// async
func DeferForms(w *harness.World) (s string, err error) {
	c := closer{w, "one"}
	p := &c
	defer c.close()
	defer p.shut(fmt.Sprint("because ", num(rt.Await(w.Get(1)))))
	defer w.Trace("arguments", w.Int("a", 2), num(rt.Await(w.Get(3))), c.name)
	f := c.close
	defer f()
	c.name = "two"
	p = &closer{w, "three"}
	defer p.close()
	defer func(name string, n *int) { w.Trace(name, *n) }(c.name, new(num(rt.Await(w.Get(4)))))
	if err := rt.Await0(w.Do("body")); err != nil {
		return s, err
	}
	c.name = "four"
	return c.name, rt.Await0(w.Do("last"))
}

// DeferLoops defers in loops what captures their variables.
//
// async
func DeferLoops(w *harness.World) (s string, err error) {
	for i := range 3 {
		defer func() { w.Trace("range", i); s += fmt.Sprint(i) }()
		if rt.Await0(w.Do("a")) != nil {
			i += 10
		}
	}
	for i := 0; i < 3; i++ {
		x := i * 2
		defer func() { x++; w.Trace("for", i, x) }()
		defer w.Trace("plain", i, x)
		if i == 1 {
			continue
		}
		if err := rt.Await0(w.Do("b")); err != nil && i == 2 {
			return s + "early", err
		}
		x *= 10
	}
	return s + "end", nil
}

// DeferResults changes named results in deferred functions, on every way out.
//
// async
func DeferResults(w *harness.World) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			n, err = -n, fmt.Errorf("recovered: %v", p)
		}
	}()
	defer func() { n *= 2 }()
	n = 5
	v, err := rt.Await(w.Get(1))
	if err != nil {
		return v + 100, nil
	}
	n += v
	if _, err := rt.Await(w.Get(2)); err != nil {
		panic(err.Error())
	}
	defer func() { n += 1000 }()
	return rt.Await(w.Get(n))
}

func recoverHelper(w *harness.World, what string) {
	w.Trace(what, recover())
}

// RecoverPlaces recovers only where Go does: in a function that a defer
// statement itself calls.
//
// async
func RecoverPlaces(w *harness.World) (s string, err error) {
	defer func() { s += fmt.Sprint("outer", recover()) }()
	defer func() {
		func() { w.Trace("nested", recover()) }()
		recoverHelper(w, "helper from literal")
	}()
	defer recoverHelper(w, "helper deferred")
	defer func() { w.Trace("first", recover()) }()
	if err := rt.Await0(w.Do("a")); err != nil {
		panic("after a failure")
	}
	w.Trace("no panic", recover())
	if err := rt.Await0(w.Do("b")); err == nil {
		var m map[string]int
		m["x"] = num(rt.Await(w.Get(1)))
	}
	return s + "end", nil
}

// SecondPanic panics while it is panicking, and with values of all kinds.
//
// async
func SecondPanic(w *harness.World) (s string, err error) {
	for i := range 4 {
		v, err := rt.Await(secondPanic(w, i))
		s += fmt.Sprint(v, err != nil, " ")
	}
	return s, nil
}

// async
func secondPanic(w *harness.World, i int) (s string, err error) {
	defer func() {
		p := recover()
		var nilPanic *runtime.PanicNilError
		if e, ok := p.(error); ok && errors.As(e, &nilPanic) {
			p = "nil panic"
		}
		s = fmt.Sprint("got ", p)
	}()
	defer func() {
		if i == 1 {
			panic(fmt.Sprint("second after ", recover()))
		}
		if i == 2 {
			defer func() { w.Trace("inner", recover()) }()
			panic("third")
		}
	}()
	if _, err := rt.Await(w.Get(i)); err != nil && i == 0 {
		return "none", err
	}
	if i == 3 {
		panic(nil)
	}
	panic(i)
}

// OnlyAtTheEnd runs deferred calls once, and not when it suspends.
//
// async
func OnlyAtTheEnd(w *harness.World) (s string, err error) {
	open := 0
	enter := func() func() { open++; w.Trace("enter", open); return func() { open--; w.Trace("leave", open) } }
	defer enter()()
	for i := range 3 {
		if err := rt.Await0(w.Do(fmt.Sprint("step", i))); err != nil {
			return fmt.Sprint("failed with ", open), err
		}
		if i == 1 {
			defer enter()()
		}
		w.Trace("open", open)
	}
	return fmt.Sprint(open), nil
}

// PanicsPass lets only its own panics be seen: a suspension is none.
//
// async
func PanicsPass(w *harness.World) (s string, err error) {
	seen := 0
	defer func() {
		if p := recover(); p != nil {
			seen++
			s = fmt.Sprint("panic", seen)
			panic(p)
		}
		s += fmt.Sprint("seen", seen)
	}()
	for i := range 3 {
		v, err := rt.Await(guarded(w, i))
		s += fmt.Sprint(v, err == nil, " ")
	}
	return s, nil
}

// async
func guarded(w *harness.World, i int) (v int, err error) {
	defer func() {
		if p := recover(); p != nil {
			v = 100 + i
		}
	}()
	v, err = rt.Await(w.Get(i))
	if i == 1 && err == nil {
		panic("guarded")
	}
	return v, err
}

// Unwound leaves through a deferred Goexit if an operation fails.
//
// async
func Unwound(w *harness.World) (s string, err error) {
	failed := false
	defer w.Trace("last")
	defer func() {
		if failed {
			w.Trace("exits", recover())
			runtime.Goexit()
		}
	}()
	for i := range 2 {
		if err := rt.Await0(w.Do("x")); err != nil {
			failed = true
			if i == 1 {
				panic("hidden by the exit")
			}
			return "hidden", err
		}
	}
	return "done", nil
}
