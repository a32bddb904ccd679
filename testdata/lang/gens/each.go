package gens

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// feed yields what it gets, and awaits when it ends.
//
// async
func feed(w *harness.World, n int, yield rt.Yield[int, struct{}]) (err error) {
	defer func() {
		w.Err("feed ends", err)
		w.Err("feed cleans", rt.Await0(w.Do("clean")))
	}()
	for i := range n {
		v, err := rt.Await(w.Get(i))
		if err != nil {
			return fmt.Errorf("feed: %w", err)
		}
		if _, err := yield(v); err != nil {
			w.Err("feed told", err)
			return err
		}
	}
	return nil
}

// even is a generator that awaits nothing.
//
// async
func even(yield rt.Yield[int, struct{}]) error {
	for i := 0; i < 8; i += 2 {
		if _, err := yield(i); err != nil {
			return err
		}
	}
	return errors.New("no more")
}

type feeder struct {
	w *harness.World
	n int
}

// async
func (f *feeder) all(yield rt.Yield[int, struct{}]) error { return rt.Await0(feed(f.w, f.n, yield)) }

// Each is left by its end, an error, a break and a return.
//
// async
func Each(w *harness.World) (total int, err error) {
	defer func() { w.Trace("each ends", total) }()
	for v, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error { return rt.Await0(feed(w, 3, yield)) }) {
		if err != nil {
			w.Err("feed", err)
			continue
		}
		total += v
	}
	w.Trace("first", total)
	for v, err := range rt.Each((&feeder{w, 4}).all) {
		n, e := rt.Await(w.Get(v))
		if err != nil || e != nil {
			w.Trace("second", harness.Show(err), harness.Show(e))
			return total, e
		}
		if total += n; n == 2 {
			break
		}
	}
	w.Trace("second", total)
	for v, err := range rt.Each(even) {
		if total += v; err != nil {
			w.Err("even", err)
		}
	}
	return total, nil
}

// EachNested leaves two loops at once, by break, continue and goto.
//
// async
func EachNested(w *harness.World) (s string, err error) {
	n := 0
outer:
	for a, e := range rt.Each((&feeder{w, 4}).all) {
		if e != nil {
			s += "!"
		}
		for v := range counted(w, 2) {
			for b, e := range rt.Each(func(yield rt.Yield[string, struct{}]) error {
				defer w.Trace("inner ends", n)
				for range 2 {
					n++
					if _, err := yield(fmt.Sprint(a, n)); err != nil {
						return rt.Await0(w.Do("told"))
					}
				}
				return rt.Await0(w.Do("end"))
			}) {
				s += b
				if _, err := rt.Await(w.Get(n)); err != nil || e != nil {
					w.Trace("error", harness.Show(e))
					goto out
				}
				switch {
				case a == 0 && v == 1:
					continue outer
				case a == 2:
					break outer
				case a == 1:
					continue
				}
				if n == 2 {
					break
				}
			}
		}
		w.Trace("round", a, s)
	}
	return s, nil
out:
	w.Trace("out", s)
	return s + "out", rt.Await0(w.Do("out"))
}

// EachPanics panics in the loop's body and recovers outside.
//
// async
func EachPanics(w *harness.World) (n int, err error) {
	defer func() { w.Trace("recovered", n, recover()) }()
	for v, err := range rt.Each((&feeder{w, 2}).all) {
		if err != nil {
			return n, err
		}
		if n += v; n == 1 {
			panic("body")
		}
	}
	return
}

// EachBreaks ranges over what panics, and over what recovers the body's panic.
//
// async
func EachBreaks(w *harness.World) (n int, err error) {
	defer func() { w.Trace("recovered", n, recover()) }()
	func() {
		w.Trace("starts")
	}()
	for v := range rt.Each(func(yield rt.Yield[int, struct{}]) error {
		defer func() { w.Trace("swallowed", recover()) }()
		_, err := yield(w.Int("yields", 1))
		return err
	}) {
		if n, err = rt.Await(w.Get(v)); err != nil {
			break
		}
	}
	for v, err := range rt.Each(func(yield rt.Yield[int, struct{}]) error {
		if _, err := yield(2); err != nil {
			panic("leaving")
		}
		panic("boom")
	}) {
		if n, e := rt.Await(w.Get(v)); e != nil {
			return n, errors.Join(e, err)
		}
	}
	return
}

// Doubles is an async generator that ranges over another. Asynchronous.
//
// async
func Doubles(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	for v, err := range rt.Each((&feeder{w, 3}).all) {
		if err != nil {
			return "failed", err
		}
		if s, err := yield(2 * v); err != nil {
			w.Err("doubles", err)
			return s, err
		}
	}
	return "doubled", nil
}

// EachDeferred ranges in a deferred literal.
//
// async
func EachDeferred(w *harness.World) (err error) {
	defer func() {
		for v, e := range rt.Each(func(yield rt.Yield[int, struct{}]) error { return rt.Await0(feed(w, 2, yield)) }) {
			w.Trace("in the deferred", v, harness.Show(e))
			if v == 1 {
				break
			}
		}
	}()
	return rt.Await0(w.Do("body"))
}

// EachKinds ranges over values of a local type, of a type parameter, and over
// what an interface's methods yield.
//
// async
func EachKinds(w *harness.World) (s string, err error) {
	type pair struct{ a, b int }
	for p, err := range rt.Each(func(yield rt.Yield[pair, struct{}]) error {
		for i := range 3 {
			if _, err := yield(pair{i, w.Int("b", i*i)}); err != nil {
				return err
			}
		}
		return nil
	}) {
		n, e := rt.Await(w.Get(p.b))
		if s += fmt.Sprint(p.a, n); err != nil || e != nil {
			break
		}
	}
	list, err := rt.Await(collected(w, "a", "b"))
	if err != nil {
		return s, err
	}
	var k keeper = keeps{w, list}
	for v := range k.each {
		if err := rt.Await0(w.Do(v)); err != nil {
			return s + v, err
		}
	}
	for v, err := range rt.Each(k.send) {
		if s += v; err != nil {
			return s, err
		}
	}
	return s, nil
}

// async
func collected[T any](w *harness.World, list ...T) (all []T, err error) {
	for v, err := range rt.Each(func(yield rt.Yield[T, struct{}]) error {
		for _, v := range list {
			if _, err := yield(v); err != nil {
				return err
			}
		}
		return rt.Await0(w.Do("collected"))
	}) {
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

type keeper interface {
	each(yield func(string) bool)
	eachAsync() *rt.Iter[string]
	send(yield rt.Yield[string, struct{}]) error
	sendAsync() *rt.AsyncGenerator[string, struct{}, struct{}]
}

type keeps struct {
	w    *harness.World
	list []string
}

// async
func (k keeps) each(yield func(string) bool) {
	for _, v := range k.list {
		if !yield(v) {
			k.w.Trace("kept", v)
			return
		}
	}
}

// async
func (k keeps) send(yield rt.Yield[string, struct{}]) error {
	for v := range k.each {
		if err := rt.Await0(k.w.Do("send " + v)); err != nil {
			return err
		}
		if _, err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

// KeptBy passes yield on to an interface's method.
//
// async
func KeptBy(w *harness.World, yield func(string) bool) {
	var k keeper = keeps{w, []string{"x", "y", "z"}}
	k.each(yield)
	w.Trace("kept by")
}

// EachBeside leaves loops while a task that it has started is ready: the source ends before that begins, unless it awaits.
//
// async
func EachBeside(w *harness.World) (n int, err error) {
	for i := range 2 {
		beside := rt.Spawn0(func() error { w.Trace("beside", i); return rt.Await0(w.Do("beside")) })
		n, err = rt.Await(first(w, i == 1))
		w.Trace("first", n, harness.Show(err))
		_, e := rt.Await(beside.Wait())
		w.Err("waited", e)
	}
	return n, err
}

// async
func first(w *harness.World, cleans bool) (n int, err error) {
	for v, _ := range rt.Each(func(yield rt.Yield[int, struct{}]) error {
		defer func() {
			w.Trace("source leaves")
			if cleans {
				w.Err("source cleans", rt.Await0(w.Do("clean")))
			}
		}()
		_, err := yield(1)
		return err
	}) {
		return rt.Await(w.Get(v))
	}
	return 0, nil
}
