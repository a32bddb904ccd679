// Package lits holds programs about async function literals.
package lits

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

func val(v int, err error) int {
	if err != nil {
		return -1
	}
	return v
}

// LitsGather has literals that await several times and share variables.
//
// async
func LitsGather(w *harness.World) (string, error) {
	var log []string
	total := 0
	n := 10
	list, err := rt.Await(rt.Gather(
		func() (int, error) {
			for i := range 3 {
				v, err := rt.Await(w.Get(i))
				if err != nil {
					log = append(log, "a failed")
					continue
				}
				total += v
			}
			return total, nil
		},
		func() (v int, err error) {
			defer func() { log = append(log, fmt.Sprint("b", v)) }()
			if err := rt.Await0(w.Do("b")); err != nil {
				return n, nil
			}
			total *= 2
			return total + n, nil
		},
		func() (int, error) { return n, nil },
		func() (int, error) { return rt.Await(w.Get(n)) },
	))
	return fmt.Sprint(list, total, strings.Join(log, ",")), err
}

// LitsLoop has literals over the variables of each iteration.
//
// async
func LitsLoop(w *harness.World) (s string, err error) {
	var tasks []*rt.Task[string]
	for i := 0; i < 3; i++ {
		name := fmt.Sprint("t", i)
		tasks = append(tasks, rt.Spawn(func() (string, error) {
			for range i {
				if err := rt.Await0(w.Do(name)); err != nil {
					name += "!"
				}
			}
			name += "."
			return fmt.Sprint(name, i), nil
		}))
		name += "x"
		if i == 1 {
			i++
		}
	}
	for _, t := range tasks {
		one, err := rt.Await(t.Wait())
		if err != nil {
			w.Err("task", err)
		}
		s += one + " "
	}
	return s, nil
}

// LitsNested has literals in literals, which share what is around both.
//
// async
func LitsNested(w *harness.World) (s string, err error) {
	depth := 0
	add := func(t string) { s += t }
	err = rt.Await0(rt.Timeout0(time.Hour, func() error {
		inner := "i"
		depth++
		n, err := rt.Await(rt.Timeout(time.Hour, func() (int, error) {
			defer func() { depth++ }()
			inner += fmt.Sprint(depth)
			v, err := rt.Await(rt.Shield(func() (int, error) {
				add("deep")
				depth += 10
				if err := rt.Await0(w.Do(inner)); err != nil {
					return depth, err
				}
				inner += "d"
				return val(rt.Await(w.Get(depth))), nil
			}))
			add(inner)
			return v + 1, err
		}))
		add(fmt.Sprint(n, inner, depth))
		return err
	}))
	return s + fmt.Sprint(depth), err
}

// LitsResults has literals with every number of results, named and not, and
// returns that convert.
//
// async
func LitsResults(w *harness.World) (s string, err error) {
	a, err := rt.Await(rt.Shield(func() (v any, err error) {
		return rt.Await(w.Get(1))
	}))
	s += fmt.Sprintf("%T%v %v ", a, a, harness.Show(err))
	b, err := rt.Await(rt.Shield(func() (v fmt.Stringer, err error) {
		if v == nil {
			err = rt.Await0(w.Do("b"))
		}
		return
	}))
	s += fmt.Sprintf("%T %v ", b, harness.Show(err))
	c, err := rt.Await(rt.Shield(func() ([]int, error) {
		return []int{val(rt.Await(w.Get(2))), val(rt.Await(w.Get(3)))}, rt.Await0(w.Do("c"))
	}))
	return fmt.Sprint(s, c), err
}

// LitsPanics lets the panic of a literal out, past deferred calls.
//
// async
func LitsPanics(w *harness.World) (s string, err error) {
	defer func() { s = fmt.Sprint(s, recover()) }()
	err = rt.Await0(rt.Shield0(func() error {
		defer func() { s += "deferred " }()
		if rt.Await0(w.Do("x")) != nil {
			panic("failed")
		}
		var m map[string]int
		m["x"] = 1
		return nil
	}))
	return s + "not reached", err
}

// LitsPlain has literals that await nothing, with and without captures.
//
// async
func LitsPlain(w *harness.World) (int, error) {
	n := 1
	list, err := rt.Await(rt.Gather(
		func() (int, error) { n++; return n, nil },
		func() (v int, err error) {
			defer func() { v, _ = recover().(int) }()
			panic(n * 10)
		},
	))
	n += 100
	if err := rt.Await0(w.Do("x")); err != nil {
		return n, errors.Join(err)
	}
	return n + list[0] + list[1], err
}

// LitsMethod has literals in a method of a generic type.
//
// async
func LitsMethod(w *harness.World) (string, error) {
	b := &box[string]{v: "b"}
	s, err := rt.Await(b.fill(w, "x", "y"))
	return s + b.v, err
}

type box[T any] struct{ v T }

// async
func (b *box[T]) fill(w *harness.World, list ...T) (string, error) {
	var seen []T
	err := rt.Await0(rt.Shield0(func() error {
		for _, v := range list {
			if rt.Await0(w.Do("fill")) == nil {
				b.v = v
			}
			var zero T
			seen = append(seen, v, zero)
		}
		return nil
	}))
	return fmt.Sprintf("%v %T", seen, seen), err
}

// Unreached has literals that await in code which nothing reaches.
//
// async
func Unreached(w *harness.World) (string, error) {
	c := unreached{}
	for err := error(nil); ; err = rt.Await0(rt.Shield0(func() error {
		w.Trace("never", c.add(1))
		return rt.Await0(w.Do("never"))
	})) {
		w.Err("once", err)
		if err := rt.Await0(w.Do("once")); err != nil {
			return "", err
		}
		break
	}
	return fmt.Sprint(c), nil
}

type unreached struct{ n int }

func (c *unreached) add(n int) int { c.n += n; return c.n }
