package harness

import (
	"runtime"

	"github.com/goasync/goasync/rt"
)

// Get is an operation that results in v.
//
// async
func (w *World) Get(v int) (int, error) {
	if err := rt.Await0(w.wait("get", v)); err != nil {
		return 0, err
	}
	return v, nil
}

// Do is an operation without a result.
//
// async
func (w *World) Do(what string) error {
	return rt.Await0(w.wait("do "+what, 0))
}

// Text is an operation that results in a string.
//
// async
func (w *World) Text(s string) (string, error) {
	err := rt.Await0(w.wait("text "+s, 0))
	if err != nil {
		return "", err
	}
	return s, nil
}

// Two is an operation with two results.
//
// async
func (w *World) Two(a, b int) (int, int, error) {
	if err := rt.Await0(w.wait("two", a, b)); err != nil {
		return 0, 0, err
	}
	return a, b, nil
}

// Three is an operation with three results.
//
// async
func (w *World) Three(a int, b string, c bool) (x int, y string, z bool, err error) {
	if err = rt.Await0(w.wait("three", a)); err != nil {
		return
	}
	return a, b, c, nil
}

// wait does what the script says.
//
// async
func (w *World) wait(what string, values ...int) error {
	k, o := w.next()
	w.Trace(what, values)
	switch o {
	case Ready:
		return nil
	case Fail:
		return ErrScript
	case Cancel:
		w.cancel(errCause)
	case Exit:
		runtime.Goexit()
	}
	var err error
	switch {
	case w.hand != nil: // who throws and closes
		err = rt.Await0(w.hand.turn())
	case o == Thrown:
		err = ErrScript
	case o == Closed:
		err = rt.ErrCoroutineClosed
	default:
		err = rt.Await0(rt.YieldNow())
	}
	if err != nil {
		w.Err("interrupted", err)
		return err
	}
	switch o {
	case Late:
		return ErrScript
	case Panic:
		panic(Scripted(k))
	}
	return nil
}
