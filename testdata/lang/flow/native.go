package flow

import (
	"fmt"
	"maps"
	"slices"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// NativeStatements holds everything Go has between awaits.
//
// async
func NativeStatements(w *harness.World) (out string, err error) {
	var (
		m  = map[string]int{"a": 1}
		ch = make(chan int, 3)
		x  any
	)
	if out, err = rt.Await(w.Text("start")); err != nil {
		out = "?"
	}
	for k, v := range m {
		delete(m, k)
		m["b"+k] = v + 1
		if len(m) > 3 {
			break
		}
	}
	ch <- len(m)
	close(ch)
	for v := range ch {
		x = v
	}
	if err := rt.Await0(w.Do("middle")); err != nil {
		x = err.Error()
	}
	switch v := x.(type) {
	case int:
		out += "int"
		x = v + 1
	case string, error:
		out += "text"
		_ = v
	}
	select {
	case v, ok := <-ch:
		w.Trace("closed", v, ok)
	default:
		w.Trace("never")
	}
	for k, v := range maps.All(map[string]int{"k": 1}) {
		if v == 1 {
			out += k
			continue
		}
		return "never", nil
	}
	i := 0
	if i < 3 {
	again:
		i++
		for range 2 {
			if i == 2 {
				goto out
			}
		}
	out:
		w.Trace("i", i)
		if i < 3 {
			out += "l"
			goto again
		}
	}
	func() {
		defer func() { w.Trace("recovered", recover()) }()
		var p *struct{ v int }
		p.v++
	}()
	go func() {}()
	type local struct{ a, b int }
	const factor = 3
	l := local{factor, factor * 2}
	w.Trace("local", l, slices.Max([]int{l.a, l.b}))
	if err := rt.Await0(w.Do("end")); err != nil {
		return out, err
	}
	return out, nil
}

// NativeReturns returns from deep inside statements without an await.
//
// async
func NativeReturns(w *harness.World) (string, error) {
	v, err := rt.Await(w.Get(2))
	for i := range 4 {
		switch {
		case i == v:
			for s := range slices.Values([]string{"x", "y"}) {
				if s == "y" {
					return s, err
				}
			}
		case err != nil:
			select {
			default:
				return "select", nil
			}
		}
	}
	_, err = rt.Await(w.Get(2))
	return "end", err
}

// NativeFunc ranges over a function with a return, a break and a continue of
// a flattened loop in its body.
//
// async
func NativeFunc(w *harness.World) (string, error) {
	out := ""
	seq := func(yield func(int) bool) {
		defer w.Trace("stopped")
		for i := range 4 {
			if !yield(i) {
				return
			}
		}
	}
outer:
	for i := range 5 {
		for x := range seq {
			switch {
			case i == 0 && x == 2:
				continue outer
			case i == 1 && x == 1:
				break
			case i == 3:
				break outer
			}
			out += string(rune('0' + x))
		}
		if err := rt.Await0(w.Do("x")); err != nil {
			out += "!"
			continue
		}
		out += ";"
	}
	for x := range seq {
		if x == 1 {
			v, err := x, error(nil)
			return out + string(rune('a'+v)), err
		}
	}
	return "never", nil
}

// NativeDead has statements that nothing reaches.
//
// async
func NativeDead(w *harness.World) (int, error) {
	const debug = false
	if debug {
		v, err := rt.Await(w.Get(1))
		return v, err
	}
	for false {
		if err := rt.Await0(w.Do("never")); err != nil {
			return 0, err
		}
	}
	switch debug {
	case true:
		_, err := rt.Await(w.Get(2))
		return 1, err
	}
	return 2, rt.Await0(w.Do("end"))
}

// NativeOnly awaits nothing.
//
// async
func NativeOnly(w *harness.World) (n int, err error) {
	for n = range 10 {
		if n == 4 {
			defer func() { n *= 2 }()
			return n, nil
		}
	}
	return
}

// NativeBreaks ends with statements that nothing follows, though there is a
// break in them: it leaves another.
//
// async
func NativeBreaks(w *harness.World) (s string, err error) {
	for i := range 4 {
		v, err := rt.Await(breaks(w, i))
		s += fmt.Sprint(v, harness.Show(err), " ")
	}
	return s, nil
}

// async
func breaks(w *harness.World, i int) (n int, err error) {
	if i > 2 {
		if err := rt.Await0(w.Do("first")); err != nil {
			return i, err
		}
	}
	switch i {
	default:
	outer:
		for {
			select {
			default:
				break outer
			}
		}
		return 10, nil
	case 1:
		for n := range 2 {
			if n > 0 {
				break
			}
			w.Trace("one", n)
		}
		return 11, nil
	case 2:
	inner:
		switch {
		case w.Bool("two", true):
			break inner
		}
		return 12, nil
	}
}
