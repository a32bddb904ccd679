package flow

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// PlacesRange awaits in what every kind of range statement ranges over.
//
// async
func PlacesRange(w *harness.World) (s string, err error) {
	for i, c := range strings.Repeat("é!", val(rt.Await(w.Get(2)))&3) {
		s += fmt.Sprint(i, c, rt.Await0(w.Do("string")) == nil, " ")
	}
	arrays := [2][2]int{{1, 2}, {3, 4}}
	for i, v := range arrays[val(rt.Await(w.Get(1)))&1] {
		arrays[1][1] = 9
		s += fmt.Sprint(i, v, rt.Await0(w.Do("array")) == nil, " ")
	}
	for i := range &arrays[val(rt.Await(w.Get(0)))&1] {
		s += fmt.Sprint(i, rt.Await0(w.Do("pointer")) == nil, " ")
	}
	maps := map[int]map[string]bool{1: {"k": true}}
	for k, v := range maps[val(rt.Await(w.Get(1)))] {
		maps = nil
		s += fmt.Sprint(k, v, rt.Await0(w.Do("map")) == nil, " ")
	}
	open := func(n int) chan int {
		ch := make(chan int, 2)
		ch <- n
		close(ch)
		return ch
	}
	for v := range open(val(rt.Await(w.Get(5)))) {
		s += fmt.Sprint(v, rt.Await0(w.Do("channel")) == nil, " ")
	}
	for v := range upTo(w, val(rt.Await(w.Get(2)))) {
		s += fmt.Sprint(v, rt.Await0(w.Do("func")) == nil, " ")
	}
	for range val(rt.Await(w.Get(2))) {
		s += fmt.Sprint(rt.Await0(w.Do("int")) == nil, " ")
	}
	return s, nil
}

// PlacesRangeLeft awaits in what every kind of range statement assigns to.
//
// async
func PlacesRangeLeft(w *harness.World) (s string, err error) {
	keys, vals := make([]any, 3), make([]any, 3)
	at := func(what string, i int) int { w.Trace(what, i); return i & 1 }
	for keys[at("k", 0)], vals[at("v", val(rt.Await(w.Get(1))))] = range []int{5, 6} {
		s += fmt.Sprint(keys, vals, " ")
	}
	for keys[val(rt.Await(w.Get(1)))&1], vals[at("v", 1)] = range map[int]string{7: "m"} {
		s += fmt.Sprint(keys, vals, " ")
	}
	ch := make(chan int, 1)
	ch <- 8
	close(ch)
	for keys[val(rt.Await(w.Get(2)))&3] = range ch {
		s += fmt.Sprint(keys, " ")
	}
	for keys[at("k", val(rt.Await(w.Get(0))))], vals[val(rt.Await(w.Get(2)))&3] = range "z" {
		s += fmt.Sprint(keys, vals, " ")
	}
	for _, vals[val(rt.Await(w.Get(1)))&1] = range slices.All([]string{"f"}) {
		s += fmt.Sprint(vals, rt.Await0(w.Do("body")) == nil, " ")
	}
	var n int
	var arrays [2][2]int
	for n, arrays[val(rt.Await(w.Get(1)))&1][0] = range [...]int{3, 4} {
		s += fmt.Sprint(arrays, n)
	}
	return s, nil
}

// PlacesLabels leaves every kind of labelled statement by its label.
//
// async
func PlacesLabels(w *harness.World) (s string, err error) {
	n := 0
	{
		if n++; rt.Await0(w.Do("block")) != nil {
			goto block
		}
		s += "b"
	inner:
		for {
			switch {
			case n > 2:
				goto block
			case rt.Await0(w.Do("loop")) != nil:
				break inner
			}
			n++
		}
		s += "i"
	}
block:
	if n > 1 {
		if rt.Await0(w.Do("if")) != nil && n < 5 {
			n++
			goto block
		}
		s += "c"
	}
choice:
	switch any(n).(type) {
	case int:
		for range 2 {
			if rt.Await0(w.Do("type")) != nil {
				break choice
			}
		}
		s += "t"
	}
	ch := make(chan int, 1)
	ch <- n
sel:
	select {
	case v := <-ch:
		for {
			if rt.Await0(w.Do("select")) == nil {
				break sel
			}
			if v++; v > 4 {
				break
			}
		}
		s += fmt.Sprint("v", v)
	default:
	}
	return fmt.Sprint(s, n), nil
}

// PlacesInit awaits in init statements of every kind of statement, whose
// variables are captured.
//
// async
func PlacesInit(w *harness.World) (s string, err error) {
	var fs []func() int
	if a, err := rt.Await(w.Get(1)); err == nil {
		fs = append(fs, func() int { a++; return a })
		rt.Await0(w.Do("if"))
		a *= 10
	} else if b, err := rt.Await(w.Get(2)); err == nil {
		fs = append(fs, func() int { a, b = b, a; return a + b })
		rt.Await0(w.Do("else"))
	}
	switch c, err := rt.Await(w.Get(3)); x := any(c).(type) {
	case int:
		fs = append(fs, func() int { c, x = c+1, x+10; return c + x })
		if rt.Await0(w.Do("switch")) != nil || err != nil {
			c += 100
		}
		x++
	}
	for d, err := rt.Await(w.Get(4)); err == nil && d < 7; d, err = rt.Await(w.Get(d + 1)) {
		fs = append(fs, func() int { d += 20; return d })
		if rt.Await0(w.Do("for")) != nil {
			d++
		}
	}
	switch e := val(rt.Await(w.Get(5))); e {
	case 5, val(rt.Await(w.Get(6))):
		fs = append(fs, func() int { e--; return e })
	}
	for _, f := range fs {
		s += fmt.Sprint(f(), f(), " ")
	}
	return s, nil
}

func counted(w *harness.World, name string, n int) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		defer func() { w.Trace(name, "left", recover() != nil) }()
		for i := range n {
			if !yield(i, name) {
				w.Trace(name, "stopped", i)
				return
			}
		}
		w.Trace(name, "through")
	}
}

// PlacesFuncExits leaves three loops over functions, one inside another, in
// every way and from every depth.
//
// async
func PlacesFuncExits(w *harness.World) (s string, err error) {
	for mode := range 8 {
		r, err := rt.Await(funcExit(w, mode))
		s += fmt.Sprint(r, harness.Show(err), " ")
	}
	return s, nil
}

// async
func funcExit(w *harness.World, mode int) (s string, err error) {
	defer func() {
		if p := recover(); p != nil {
			s += fmt.Sprint("!", p)
		}
	}()
	defer w.Trace("deferred", mode)
a:
	for i, x := range counted(w, "a", 2) {
	b:
		for j, y := range counted(w, "b", 2) {
			for k, z := range counted(w, "c", 2) {
				s += fmt.Sprint(x, i, y, j, z, k, ",")
				if err := rt.Await0(w.Do(fmt.Sprint(mode, i, j, k))); err != nil {
					return s + "failed", err
				}
				switch mode {
				case 1:
					break
				case 2:
					continue b
				case 3:
					break b
				case 4:
					continue a
				case 5:
					break a
				case 6:
					goto out
				case 7:
					panic("seven")
				case 0:
					return s + "returned", nil
				}
				break
			}
			if j == 0 {
				continue
			}
			s += "."
		}
		s += ";"
	}
	s += "end"
out:
	return s + "out", nil
}
