package lits

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// DeferAwaits has deferred literals that await, among others that do not.
//
// async
func DeferAwaits(w *harness.World) (s string, err error) {
	defer func() { s += fmt.Sprint("last ", harness.Show(err)) }()
	defer func() {
		if e := rt.Await0(w.Do("second")); e != nil && err == nil {
			err = e
		}
		s += "second "
	}()
	defer w.Trace("plain")
	n := 1
	defer func() {
		for range 2 {
			n += val(rt.Await(w.Get(n)))
		}
		s += fmt.Sprint("first", n, " ")
	}()
	n = 5
	if err := rt.Await0(w.Do("body")); err != nil {
		return s + "failed ", err
	}
	n = 7
	return s + "done ", nil
}

// DeferRecovers has deferred literals that await before and after they
// recover.
//
// async
func DeferRecovers(w *harness.World) (s string, err error) {
	defer func() {
		s += fmt.Sprint("none ", recover())
	}()
	defer func() {
		if rt.Await0(w.Do("before")) != nil {
			return
		}
		p := recover()
		s += fmt.Sprint("recovered ", p, recover(), " ")
		if p != nil {
			err = errors.New("was a panic")
		}
		rt.Await0(w.Do("after"))
	}()
	defer func() {
		rt.Await0(w.Do("third"))
		func() { s += fmt.Sprint("inner ", recover(), " ") }()
	}()
	if rt.Await0(w.Do("x")) == nil {
		panic("p")
	}
	return s, nil
}

// DeferPanics has deferred literals that panic after an await, one on top of
// another.
//
// async
func DeferPanics(w *harness.World) (s string, err error) {
	defer func() {
		rt.Await0(w.Do("outer"))
		s += fmt.Sprint(recover())
	}()
	defer func() {
		defer func() {
			rt.Await0(w.Do("nested"))
			s += fmt.Sprint("nested ", recover(), " ")
			panic("third")
		}()
		if rt.Await0(w.Do("second")) != nil {
			panic(fmt.Sprint("second after ", recover()))
		}
	}()
	if rt.Await0(w.Do("x")) == nil {
		panic("first")
	}
	return "returned ", nil
}

// DeferArguments has deferred literals with arguments, in a loop.
//
// async
func DeferArguments(w *harness.World) (s string, err error) {
	for i := range 3 {
		j := i * 10
		defer func(n int, more ...string) {
			rt.Await0(w.Do(fmt.Sprint(n, more)))
			s += fmt.Sprint(n, i, j, more, " ")
			j++
		}(w.Int("arg", i+5), "a", fmt.Sprint(j))
		j++
		if rt.Await0(w.Do("body")) != nil {
			i += 100
			break
		}
	}
	defer func(v int, err error) (int, error) {
		return rt.Await(w.Get(v))
	}(rt.Await(w.Get(3)))
	return "", nil
}

// DeferInLiteral has deferred literals in literals, and literals in deferred
// ones.
//
// async
func DeferInLiteral(w *harness.World) (s string, err error) {
	defer func() {
		list, e := rt.Await(rt.Gather(
			func() (int, error) { s += "g"; return rt.Await(w.Get(1)) },
			func() (int, error) {
				defer func() { s += "h"; rt.Await0(w.Do("h")) }()
				return val(rt.Await(w.Get(2))), nil
			},
		))
		s += fmt.Sprint(list, harness.Show(e))
	}()
	return s, rt.Await0(rt.Shield0(func() (err error) {
		defer func() {
			if e := rt.Await0(w.Do("inner")); e != nil {
				err = errors.Join(err, e)
			}
		}()
		return rt.Await0(w.Do("body"))
	}))
}

// DeferSpawns starts a task in a deferred literal.
//
// async
func DeferSpawns(w *harness.World) (s string, err error) {
	var t *rt.Task[int]
	func() {}()
	s, err = rt.Await(rt.Shield(func() (string, error) {
		defer func() { t = rt.Spawn(func() (int, error) { return val(rt.Await(w.Get(4))), nil }) }()
		return "x", rt.Await0(w.Do("x"))
	}))
	return fmt.Sprint(s, val(rt.Await(t.Wait()))), err
}

// DeferHidesNew has a deferred literal that awaits where a variable hides
// what the generated code is written with.
//
// async
func DeferHidesNew(w *harness.World) (s string, err error) {
	if new := w.Int("new", 3); new > 0 {
		defer func() { s += fmt.Sprint(new, val(rt.Await(w.Get(new)))) }()
	}
	return "x", rt.Await0(w.Do("x"))
}

// later has a deferred literal that awaits and starts a task, which goes on
// when the frame is used again.
//
// async
func later(w *harness.World, n int, tasks *[]*rt.Task[int]) error {
	n += 10
	defer func() {
		*tasks = append(*tasks, rt.Spawn(func() (int, error) {
			err := rt.Await0(w.Do("task"))
			return n, err
		}))
		rt.Await0(w.Do("deferred"))
		n++
	}()
	n *= 2
	return rt.Await0(w.Do("body"))
}

// DeferOutlived has a literal in a deferred one outlive the frame whose
// variable both share.
//
// async
func DeferOutlived(w *harness.World) (s string, err error) {
	var tasks []*rt.Task[int]
	for n := range 3 {
		w.Err("later", rt.Await0(later(w, n, &tasks)))
	}
	for _, t := range tasks {
		s += fmt.Sprint(val(rt.Await(t.Wait())), " ")
	}
	return s, nil
}

// DefersOnlyDeferred has deferred literals that await nothing themselves, but
// defer literals that do.
//
// async
func DefersOnlyDeferred(w *harness.World) (n int, err error) {
	defer func() {
		defer func() {
			w.Trace("recovered", recover())
			v, e := rt.Await(w.Get(n))
			w.Trace("inner", v, harness.Show(e))
			n += v
		}()
		for i := range 2 {
			defer func(s string) {
				defer func() { w.Err("innermost", rt.Await0(w.Do(s))) }()
				w.Trace("no await", i)
			}(harness.Show(err))
		}
		if n == 1 {
			panic("deferred")
		}
	}()
	return rt.Await(w.Get(0))
}

// DefersInSlots has literals that fill slots and await only when they end.
//
// async
func DefersInSlots(w *harness.World) (s string, err error) {
	err = rt.Await0(rt.Shield0(func() (err error) {
		defer func() {
			e := rt.Await0(w.Do("shielded"))
			w.Trace("ends", harness.Show(err), harness.Show(e))
			s += "shielded "
		}()
		return errors.New("body")
	}))
	n, e := rt.Await(rt.Shield(func() (n int, err error) {
		defer func() { n += val(rt.Await(w.Get(n))) }()
		return w.Int("n", 3), nil
	}))
	return s + fmt.Sprint(n, harness.Show(e)), err
}
