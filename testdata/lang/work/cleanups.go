package work

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// CleanupLadder takes back what was done, in a ladder of labels.
//
// async
func CleanupLadder(w *harness.World) (s string, err error) {
	done := 0
	if err = rt.Await0(w.Do("a")); err != nil {
		goto failed
	}
	done++
	if err = rt.Await0(w.Do("b")); err != nil {
		goto undoA
	}
	done++
	for range 2 {
		if err = rt.Await0(w.Do("c")); err != nil {
			goto undoB
		}
		done++
	}
	return fmt.Sprint("all ", done), nil

undoB:
	s += "b"
	if e := rt.Await0(w.Do("undo b")); e != nil {
		err = errors.Join(err, e)
	}
undoA:
	s += "a"
	if e := rt.Await0(w.Do("undo a")); e != nil {
		err = errors.Join(err, e)
	}
failed:
	return fmt.Sprint(s, done), err
}

// CleanupStack does it with deferred calls, which a success takes back.
//
// async
func CleanupStack(w *harness.World) (s string, err error) {
	var undo []func()
	defer func() {
		for i := len(undo) - 1; i >= 0 && err != nil; i-- {
			undo[i]()
		}
		s += fmt.Sprint(len(undo))
	}()
	for _, name := range []string{"x", "y", "z"} {
		v, err := rt.Await(w.Text(name))
		if err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
		undo = append(undo, func() { s += "-" + name + v })
		s += v
	}
	if err := rt.Await0(w.Do("commit")); err != nil {
		return s, err
	}
	undo = nil
	return s, nil
}

// CleanupErrors wraps errors at every level, and finds them again.
//
// async
func CleanupErrors(w *harness.World) (string, error) {
	err := rt.Await0(nested(w, 3))
	var at *levelError
	if errors.As(err, &at) {
		return fmt.Sprint(at.level, errors.Is(err, harness.ErrScript), strings.Count(err.Error(), "level")), nil
	}
	return harness.Show(err), nil
}

type levelError struct {
	level int
	err   error
}

func (e *levelError) Error() string { return fmt.Sprintf("level %d: %v", e.level, e.err) }
func (e *levelError) Unwrap() error { return e.err }

// async
func nested(w *harness.World, level int) (err error) {
	defer func() {
		if err != nil {
			err = &levelError{level, err}
		}
	}()
	if level == 0 {
		return nil
	}
	if err = rt.Await0(w.Do("down")); err != nil {
		return
	}
	if err := rt.Await0(nested(w, level-1)); err != nil {
		return fmt.Errorf("in %d: %w", level, err)
	}
	return rt.Await0(w.Do("up"))
}

// CleanupPanics turns panics of one kind into errors, and lets others through.
//
// async
func CleanupPanics(w *harness.World) (s string, err error) {
	for _, text := range []string{"1", "", "300", "x"} {
		v, err := rt.Await(parseByte(w, text))
		s += fmt.Sprint(v, harness.Show(err), " ")
	}
	return s, nil
}

type parseError struct{ text string }

// async
func parseByte(w *harness.World, text string) (b byte, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case parseError:
			err = fmt.Errorf("bad %q", p.text)
		default:
			panic(p)
		}
	}()
	fail := func() { panic(parseError{text}) }
	n := 0
	for _, c := range text {
		if err := rt.Await0(w.Do(string(c))); err != nil {
			return b, err
		}
		if c < '0' || c > '9' {
			fail()
		}
		if n = n*10 + int(c-'0'); n > 255 {
			fail()
		}
		b = byte(n)
	}
	if text == "" {
		fail()
	}
	return
}

// CleanupAllErrors goes on after errors and returns all of them.
//
// async
func CleanupAllErrors(w *harness.World) (n int, err error) {
	var errs []error
	for i := range 4 {
		v, err := rt.Await(w.Get(i))
		if err != nil {
			errs = append(errs, fmt.Errorf("%d: %w", i, err))
			continue
		}
		n += v
	}
	defer func() { err = errors.Join(errs...) }()
	if len(errs) == 0 {
		return n, nil
	}
	return -n, rt.Await0(w.Do("report"))
}

type tx struct {
	w     *harness.World
	rows  map[string]int
	saved []map[string]int
}

func (t *tx) begin() { t.saved = append(t.saved, clone(t.rows)) }

func (t *tx) end(err *error) {
	last := len(t.saved) - 1
	if *err != nil || recover() != nil {
		t.rows = t.saved[last]
	}
	t.saved = t.saved[:last]
}

func clone(m map[string]int) map[string]int {
	c := map[string]int{}
	for k, v := range m {
		c[k] = v
	}
	return c
}

// async
func (t *tx) set(key string, v int, more ...string) (err error) {
	t.begin()
	defer t.end(&err)
	t.rows[key] = v
	for i, k := range more {
		if err := rt.Await0(t.set(k, v+i+1, more[:i]...)); err != nil && i == 0 {
			return err
		}
	}
	t.rows[key], err = rt.Await(t.w.Get(v * 10))
	return err
}

// CleanupTransaction nests transactions whose deferred calls look at the
// error.
//
// async
func CleanupTransaction(w *harness.World) (string, error) {
	t := &tx{w: w, rows: map[string]int{"a": 1}}
	err1 := rt.Await0(t.set("a", 2, "b", "c"))
	err2 := rt.Await0(t.set("d", 3))
	return fmt.Sprint(t.rows, len(t.saved), err1 == nil, err2 == nil), nil
}
