package gens

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// Ticks awaits between its yields. Asynchronous.
//
// async
func Ticks(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	out := ""
	for i := range 3 {
		n, err := rt.Await(w.Get(i))
		if err != nil {
			w.Err("get", err)
			return out, err
		}
		got, err := yield(n)
		w.Trace("got", got, harness.Show(err))
		if err != nil {
			return out, err
		}
		out += got
	}
	return out, nil
}

// Cleans awaits in a deferred call, whatever it ends with. Asynchronous.
//
// async
func Cleans(w *harness.World, yield rt.Yield[int, string]) (s string, err error) {
	defer func() {
		e := rt.Await0(w.Do("clean"))
		w.Trace("cleaned", s, harness.Show(err), harness.Show(e))
		if e != nil {
			err = errors.Join(err, e)
		}
	}()
	for i := 0; i < 3; i++ {
		if s, err = yield(i); err != nil {
			return s, fmt.Errorf("at %d: %w", i, err)
		}
	}
	return "cleaned", nil
}

// Stays yields whatever its awaits come to. Asynchronous.
//
// async
func Stays(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	for i := range 2 {
		if _, err := rt.Await(w.Get(i)); err != nil {
			w.Err("still yields", err)
			i += 100
		}
		yield(i)
	}
	return "stays", nil
}

// Relays delegates to generators of both kinds. Asynchronous.
//
// async
func Relays(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	defer w.Trace("relays end")
	a, err := rt.Await(Inner(w, 100, yield))
	w.Trace("inner", a, harness.Show(err))
	b, err := rt.Await(Ticks(w, yield))
	w.Trace("ticks", b, harness.Show(err))
	if err != nil {
		s, e := yield(-1)
		return s, errors.Join(err, e)
	}
	c, err := rt.Await((&ticker{w}).tick(2, yield))
	return a + b + fmt.Sprint(c), err
}

type ticker struct{ w *harness.World }

// async
func (t *ticker) tick(n int, yield rt.Yield[int, string]) (int, error) {
	if n == 0 {
		return rt.Await(t.w.Get(7))
	}
	if _, err := yield(n); err != nil {
		return n, err
	}
	m, err := rt.Await(t.tick(n-1, yield))
	return m + n, err
}

// Breaks panics after its second value. Asynchronous.
//
// async
func Breaks(w *harness.World, yield rt.Yield[int, string]) (s string, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Trace("recovered", p)
			s = fmt.Sprint(p)
			if s == "boom" {
				panic("again")
			}
		}
	}()
	for i := range 3 {
		if _, err := rt.Await(w.Get(i)); err != nil {
			panic(err)
		}
		if i == 2 {
			panic("boom")
		}
		if _, err := yield(i); err != nil {
			return "thrown", err
		}
	}
	return
}
