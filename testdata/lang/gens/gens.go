// Package gens holds generators.
package gens

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// Count yields in loops, expressions and conditions.
//
// async
func Count(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	out := ""
	for i := range 3 {
		got, err := yield(i)
		w.Trace("got", got, harness.Show(err))
		if err != nil {
			return out, err
		}
		out += got
	}
	if got, err := yield(10); err != nil {
		w.Err("if", err)
	} else if s, err := yield(len(got)); err != nil {
		return "", fmt.Errorf("wrapped: %w", err)
	} else {
		out += s
	}
	yield(w.Int("argument", 11))
	_, _ = yield(12)
	u := text(yield(one(yield(13))))
	out += u
	return yield(14)
}

func one(s string, err error) int { return len(s) }

func text(s string, err error) string { return s + "|" }

// Stubborn swallows every error.
//
// async
func Stubborn(w *harness.World, yield rt.Yield[int, string]) (r string, err error) {
	defer func() { w.Trace("end", r, harness.Show(err)) }()
	for n := 0; n < 4; n++ {
		if s, e := yield(n); e != nil {
			w.Err("swallowed", e)
			r += "!"
			continue
		} else if s == "" {
			r += "-"
		}
		r += "."
	}
	return
}

// Delegates yields from others, one of them twice.
//
// async
func Delegates(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	defer w.Trace("outer ends")
	a, err := rt.Await(Inner(w, 100, yield))
	w.Trace("inner", a, harness.Show(err))
	b, err := rt.Await(Inner(w, 200, yield))
	if err != nil {
		s, e := yield(-1)
		return s, errors.Join(err, e)
	}
	c, err := rt.Await((&walker{w}).walk(yield, &node{&node{nil, nil, 1}, &node{nil, nil, 3}, 2}))
	w.Trace("walked", c)
	return a + b + fmt.Sprint(c), err
}

// Inner is delegated to.
//
// async
func Inner(w *harness.World, from int, yield rt.Yield[int, string]) (s string, err error) {
	defer func() { w.Trace("inner ends", from, s) }()
	for i := from; i < from+2; i++ {
		got, err := yield(i)
		if err != nil {
			return s, err
		}
		s += got
	}
	return s, nil
}

type walker struct{ w *harness.World }

type node struct {
	left, right *node
	v           int
}

// async
func (k *walker) walk(yield rt.Yield[int, string], n *node) (int, error) {
	if n == nil {
		return 0, nil
	}
	left, err := rt.Await(k.walk(yield, n.left))
	if err != nil {
		return left, err
	}
	if _, err := yield(n.v); err != nil {
		k.w.Err("walk", err)
		return left, err
	}
	right, err := rt.Await(k.walk(yield, n.right))
	return left + right + n.v, err
}

// Panics panics after an error is thrown in.
//
// async
func Panics(w *harness.World, yield rt.Yield[int, string]) (s string, err error) {
	defer func() {
		if p := recover(); p != nil {
			s = fmt.Sprint("recovered ", p)
			defer w.Trace("deferred in deferred")
			if p == 2 {
				panic("again")
			}
		}
	}()
	for i := range 4 {
		if _, err := yield(i); err != nil {
			panic(i)
		}
	}
	return "end", nil
}

// Never yields only if it must.
//
// async
func Never(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	for i := range 0 {
		if s, err := yield(i); err != nil {
			return s, err
		}
	}
	return "none", errors.New("none")
}

// Shadowed has a local called yield.
//
// async
func Shadowed(w *harness.World, yield rt.Yield[int, string]) (s string, err error) {
	s, err = yield(1)
	{
		yield := s + "!"
		defer func() { w.Trace("local", yield) }()
		yield += "?"
	}
	if err != nil {
		return
	}
	fs := []func() string{}
	for i := range 2 {
		fs = append(fs, func() string { i++; return fmt.Sprint(i, s) })
		s, err = yield(i + 10)
	}
	return fs[0]() + fs[1](), err
}
