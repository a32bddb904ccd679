package peers

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// SuspendInDefer suspends inside deferred functions, which change the
// results.
//
// async
func SuspendInDefer(w *harness.World) (n int, err error) {
	defer func() {
		if e := rt.Await0(w.Do("flush")); e != nil {
			err = errors.Join(err, e)
			n = -n
		}
	}()
	for i := range 2 {
		defer func() {
			v, e := rt.Await(w.Get(i + 10))
			if e == nil {
				n += v
			}
		}()
	}
	n, err = rt.Await(w.Get(1))
	if err != nil {
		return 5, err
	}
	return n * 100, rt.Await0(w.Do("body"))
}

// RecoverInDefer suspends before and after it recovers, and panics again.
//
// async
func RecoverInDefer(w *harness.World) (s string, err error) {
	defer func() {
		s += fmt.Sprint("outer ", recover())
	}()
	defer func() {
		rt.Await0(w.Do("before"))
		p := recover()
		s += fmt.Sprint("inner ", p, " ")
		if rt.Await0(w.Do("after")) != nil {
			panic("again")
		}
	}()
	if v, err := rt.Await(w.Get(3)); err == nil {
		var list []int
		s += fmt.Sprint(list[v])
	}
	return "fine ", nil
}

// DeferOrder mixes deferred functions that suspend and others, in a loop with
// a branch.
//
// async
func DeferOrder(w *harness.World) (s string, err error) {
	say := func(what string, n int) { s += fmt.Sprint(what, n, " ") }
	for i := range 4 {
		if i%2 == 0 {
			defer say("plain", i)
		} else {
			defer func(n int) {
				say("async", num(rt.Await(w.Get(n))))
			}(i * 10)
		}
		if err := rt.Await0(w.Do("loop")); err != nil && i > 1 {
			return "failed ", err
		}
	}
	return "end ", nil
}
