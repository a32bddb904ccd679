// Package flow holds programs about control flow.
package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// IfElse awaits in every branch of a chain.
//
// async
func IfElse(w *harness.World) (string, error) {
	for i := range 4 {
		if i == 0 {
			if err := rt.Await0(w.Do("zero")); err != nil {
				return "zero", err
			}
		} else if v, err := rt.Await(w.Get(i)); err != nil {
			w.Err("first", err)
		} else if u, err := rt.Await(w.Get(v * 10)); err != nil {
			w.Err("second", err)
		} else if u > 15 {
			w.Trace("large", u, v)
			if err := rt.Await0(w.Do("large")); err != nil {
				return "large", err
			}
		} else {
			w.Trace("small", u, v)
		}
	}
	return "end", nil
}

// IfCondition changes in its body what the condition read.
//
// async
func IfCondition(w *harness.World) (int, error) {
	x := 1
	if x == 1 {
		x = 2
		if _, err := rt.Await(w.Get(x)); err != nil {
			return x, err
		}
		w.Trace("still in the branch", x)
	} else {
		w.Trace("wrong branch")
	}
	return x, nil
}

// IfLazy initialises what it tests.
//
// async
func IfLazy(w *harness.World) (int, error) {
	var cache *int
	sum := 0
	for range 3 {
		if cache == nil {
			v, err := rt.Await(w.Get(5))
			if err != nil {
				continue
			}
			cache = &v
		}
		sum += *cache
		*cache++
	}
	return sum, nil
}

// IfInit declares in init statements, with and without awaits, and shadows.
//
// async
func IfInit(w *harness.World) (string, error) {
	s, err := rt.Await(w.Text("a"))
	if s := s + "b"; err == nil {
		if s, err := rt.Await(w.Text(s + "c")); err == nil {
			w.Trace("inner", s)
			if s := s + "d"; s != "" {
				if err := rt.Await0(w.Do(s)); err != nil {
					return s, err
				}
				w.Trace("innermost", s)
			}
		}
		w.Trace("middle", s)
	}
	return s, err
}

// IfNative stays as it is written but for its init.
//
// async
func IfNative(w *harness.World) (r string, err error) {
	for i := 0; i < 5; i++ {
		if v, err := rt.Await(w.Get(i)); err != nil {
			w.Err("skipped", err)
			continue
		} else if v == 3 {
			r += "!"
			break
		} else if v == 1 {
			return "one", nil
		} else {
			r += "."
		}
	}
	return r, err
}

// IfBoolean evaluates conditions with && and || as far as needed.
//
// async
func IfBoolean(w *harness.World) error {
	for i := range 4 {
		if w.Bool("a", i&1 != 0) && w.Bool("b", i&2 != 0) || w.Bool("c", i == 0) {
			if err := rt.Await0(w.Do("yes")); err != nil {
				return err
			}
		} else if !w.Bool("d", i == 1) {
			if err := rt.Await0(w.Do("no")); err != nil {
				return err
			}
		}
	}
	return nil
}

// IfReturns ends in both branches.
//
// async
func IfReturns(w *harness.World) (int, error) {
	v, err := rt.Await(w.Get(1))
	if err != nil {
		if err := rt.Await0(w.Do("cleanup")); err != nil {
			return -1, err
		}
		return -2, err
	} else {
		_, err := rt.Await(w.Get(2))
		return v, err
	}
}
