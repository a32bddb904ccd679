package flow

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"sort"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// RangeArrays copies arrays, and does not copy what a pointer points to.
//
// async
func RangeArrays(w *harness.World) (s string, err error) {
	a := [3]int{1, 2, 3}
	for i, v := range a {
		a[2] = 10
		if rt.Await0(w.Do("a")) != nil {
			a[1] = 20
		}
		s += fmt.Sprint(i, v, " ")
	}
	for i, v := range &a {
		a[2] = 30
		if rt.Await0(w.Do("p")) != nil {
			a[1] = 40
		}
		s += fmt.Sprint(i, v, " ")
	}
	for i := range a {
		rt.Await0(w.Do("i"))
		a[i]++
	}
	p := &a
	for i := range p {
		p = nil
		s += fmt.Sprint(i, rt.Await0(w.Do("n")) == nil)
	}
	for range [2]struct{}{} {
		s += fmt.Sprint(rt.Await0(w.Do("s")) == nil)
	}
	for i, v := range func() [2]string { w.Trace("once"); return [2]string{"x", "y"} }() {
		s += fmt.Sprint(i, v, rt.Await0(w.Do("f")) == nil)
	}
	for i := range func() [2]string { w.Trace("called"); return [2]string{"x", "y"} }() {
		s += fmt.Sprint(i, rt.Await0(w.Do("g")) == nil)
	}
	var none *[2]int
	for i := range none {
		s += fmt.Sprint("nil", i, rt.Await0(w.Do("h")) == nil)
	}
	defer func() { s += fmt.Sprint(recover()) }()
	for i, v := range none {
		s += fmt.Sprint("never", i, v, rt.Await0(w.Do("h")) == nil)
	}
	return s, nil
}

// RangeMaps inserts and deletes between awaits; NaN keys are all visited.
//
// async
func RangeMaps(w *harness.World) (s string, err error) {
	m := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}
	var seen []string
	for k, v := range m {
		delete(m, k)
		seen = append(seen, fmt.Sprint(k, v))
		if rt.Await0(w.Do("m")) != nil {
			w.Trace("failed")
		}
	}
	sort.Strings(seen)
	s += fmt.Sprint(seen, len(m))
	nan := math.NaN()
	f := map[float64]int{nan: 1, math.NaN(): 2, 3: 3}
	n := 0
	failed := 0
	for k, v := range f {
		if rt.Await0(w.Do("nan")) != nil {
			failed++
		}
		if k == 3 {
			n++
		}
		n += v
	}
	for range f {
		n += 10
		rt.Await0(w.Do("count"))
		clear(f)
	}
	for k := range map[*int]bool(nil) {
		rt.Await0(w.Do("never"))
		_ = k
	}
	at := map[int]int{5: 6}
	var key int
	list := []int{0, 0}
	for key, list[w.Int("index", 1)] = range at {
		rt.Await0(w.Do("at"))
		at[7], at[key] = 8, 9
		break
	}
	type named map[any]error
	for k, v := range (named{"x": nil}) {
		s += fmt.Sprint(k, v, rt.Await0(w.Do("named")) == nil)
	}
	return fmt.Sprint(s, n, failed, key, list), nil
}

// RangeMapClosures captures the variables of each iteration.
//
// async
func RangeMapClosures(w *harness.World) (s string, err error) {
	fs := map[int]func() int{}
	for k, v := range map[int]int{1: 10, 2: 20, 3: 30} {
		fs[k] = func() int { v += k; return v }
		rt.Await0(w.Do("x"))
		v++
	}
	for _, k := range slices.Sorted(maps.Keys(fs)) {
		s += fmt.Sprint(fs[k](), fs[k](), " ")
	}
	return s, nil
}

// RangeMapInsert may or may not visit what is inserted, but ends.
//
// async
func RangeMapInsert(w *harness.World) (int, error) {
	m := map[int]bool{0: true}
	n := 0
	for k := range m {
		if n++; n == 1 {
			if err := rt.Await0(w.Do("x")); err != nil {
				break
			}
		}
		if _, err := rt.Await(once(n)); err == nil && n < 5 {
			m[k+1], m[k+1000*n] = true, true
		} else {
			clear(m)
		}
	}
	return len(m) / 100, nil
}

// async
func once(n int) (int, error) { return n, rt.Await0(rt.YieldNow()) }

// RangeChannels receives until a channel is closed.
//
// async
func RangeChannels(w *harness.World) (s string, err error) {
	ch := make(chan int, 9)
	for i := range 4 {
		ch <- i
	}
	var fs []func() int
	for v := range ch {
		if v == 1 {
			close(ch)
			ch = nil
		}
		fs = append(fs, func() int { v *= 2; return v })
		if rt.Await0(w.Do("v")) != nil {
			v += 5
		}
	}
	ch = make(chan int, 3)
	ch <- 1
	ch <- 2
	n := 0
	for range ch {
		if n++; n == 2 {
			close(ch)
		}
		rt.Await0(w.Do("n"))
	}
	var list [1]any
	recv := make(chan int, 1)
	recv <- 5
	close(recv)
	for list[0] = range recv {
		rt.Await0(w.Do("list"))
	}
	for _, f := range fs {
		s += fmt.Sprint(f(), " ")
	}
	return fmt.Sprint(s, n, list), nil
}

func upTo(w *harness.World, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer w.Trace("iterator ends")
		for i := range n {
			if !yield(i) {
				w.Trace("stopped at", i)
				return
			}
		}
	}
}

// RangeFuncs leaves loops over functions in every way.
//
// async
func RangeFuncs(w *harness.World) (s string, err error) {
	defer w.Trace("deferred first")
	for i := range upTo(w, 3) {
		if rt.Await0(w.Do("all")) != nil {
			continue
		}
		s += fmt.Sprint(i)
	}
outer:
	for i := range upTo(w, 4) {
		defer w.Trace("deferred in the loop", i)
		for j, v := range slices.All([]string{"x", "y", "z"}) {
			switch e := rt.Await0(w.Do(v)); {
			case e != nil && j == 1:
				break outer
			case j == 2 && i == 0:
				continue outer
			case i == 2:
				goto out
			}
			s += fmt.Sprint(i, j, v, " ")
		}
		for range upTo(w, 2) {
			if err := rt.Await0(w.Do("third")); err != nil {
				return s + "returned", err
			}
			break
		}
	}
	s += "outer"
out:
	for i := range upTo(w, 9) {
		for range upTo(w, 1) {
			if v, err := rt.Await(w.Get(i)); v == 1 {
				w.Trace("returns")
				return w.Str("result", s), err
			}
		}
	}
	return s, nil
}

// RangeFuncShapes has functions of every number of values, and loops that
// assign.
//
// async
func RangeFuncShapes(w *harness.World) (s string, err error) {
	thrice := func(yield func() bool) { _ = yield() && yield() && yield() }
	n := 0
	for range thrice {
		n++
		rt.Await0(w.Do("n"))
	}
	var k, v int
	list := []int{0, 0, 0}
	for k, list[w.Int("index", 2)] = range slices.All([]int{4, 5}) {
		rt.Await0(w.Do("k"))
	}
	for _, v = range slices.All([]int{4, 5}) {
		rt.Await0(w.Do("v"))
	}
	var fs []func() int
	for i := range iter.Seq[int](upTo(w, 2)) {
		fs = append(fs, func() int { i += 10; return i })
		rt.Await0(w.Do("i"))
		i++
	}
	for range fs {
		s += fmt.Sprint(fs[0](), fs[1](), rt.Await0(w.Do("fs")) == nil)
	}
	return fmt.Sprint(s, n, k, v, list), nil
}

// RangeFuncPanics lets panics of the iterator, the body and the clean-up out.
//
// async
func RangeFuncPanics(w *harness.World) (s string, err error) {
	bad := func(yield func(int) bool) {
		defer func() { w.Trace("clean up") }()
		yield(1)
		panic("iterator")
	}
	try := func(f func()) { // what is around the loop is not async
		defer func() { w.Trace("try", recover()) }()
		f()
	}
	try(func() { w.Trace("plain") })
	defer func() {
		if p := recover(); p != nil {
			s += fmt.Sprint("recovered ", p)
		}
	}()
	for i := range upTo(w, 3) {
		if rt.Await0(w.Do("x")) != nil && i == 1 {
			panic("body")
		}
	}
	for range bad {
		rt.Await0(w.Do("y"))
	}
	return s, nil
}

// RangeFuncContinues has an iterator that goes on after the loop was left.
//
// async
func RangeFuncContinues(w *harness.World) (s string, err error) {
	defer func() { s = fmt.Sprint(recover()) }()
	for i := range func(yield func(int) bool) { yield(1); yield(2) } {
		w.Trace("i", i)
		if rt.Await0(w.Do("x")) == nil {
			break
		}
	}
	return s, nil
}

// RangeGeneric ranges over type parameters.
//
// async
func RangeGeneric(w *harness.World) (string, error) {
	a, _ := rt.Await(joined(w, []int{1, 2}, map[string]int{"k": 3}, "é", 2, make(chan int)))
	return a, nil
}

// async
func joined[S ~[]E, E any, M ~map[K]V, K comparable, V any, T ~string, N ~int, C ~chan E](w *harness.World, s S, m M, t T, n N, c C) (out string, err error) {
	for i, v := range s {
		out += fmt.Sprint(i, v, rt.Await0(w.Do("s")) == nil)
	}
	for k, v := range m {
		out += fmt.Sprint(k, v, rt.Await0(w.Do("m")) == nil)
	}
	for i, r := range t {
		out += fmt.Sprint(i, r, rt.Await0(w.Do("t")) == nil)
	}
	for i := range n {
		out += fmt.Sprintf("%T%v %v", i, i, rt.Await0(w.Do("n")) == nil)
	}
	close(c)
	for v := range c {
		out += fmt.Sprint(v, rt.Await0(w.Do("never")))
	}
	return out, nil
}

// RangeTuples assigns key and value at once.
//
// async
func RangeTuples(w *harness.World) (s string, err error) {
	i, a := 2, make([]int, 4)
	for i, a[i] = range []int{7, 8, 9} {
		s += fmt.Sprint(i, a, rt.Await0(w.Do("x")) == nil)
	}
	var r rune
	for i, r = range "aé" {
		s += fmt.Sprint(i, r, rt.Await0(w.Do("r")) == nil)
	}
	for a[val(rt.Await(w.Get(1)))&3] = range 2 {
		s += fmt.Sprint(a, rt.Await0(w.Do("y")) == nil)
	}
	for _, a[w.Int("i", 1)] = range []int{val(rt.Await(w.Get(4)))} {
		s += fmt.Sprint(a)
	}
	for i := range val(rt.Await(w.Get(2))) {
		s += fmt.Sprint(i)
	}
	return s, nil
}

// RangeAssignsShared assigns to variables that closures have captured before.
//
// async
func RangeAssignsShared(w *harness.World) (s string, err error) {
	var i, v, r int
	var k string
	var c rune
	show := func() string { return fmt.Sprint(i, v, r, k, c, " ") }
	for i = range 2 {
		rt.Await0(w.Do("i"))
		s += show()
	}
	for i, v = range []int{5, 6} {
		rt.Await0(w.Do("v"))
		s += show()
	}
	for k = range map[string]bool{"k": true} {
		rt.Await0(w.Do("k"))
		s += show()
	}
	for i, c = range "aé" {
		rt.Await0(w.Do("c"))
		s += show()
	}
	ch := make(chan int, 1)
	ch <- 9
	select {
	case r = <-ch:
		rt.Await0(w.Do("r"))
	default:
	}
	for v = range upTo(w, 2) {
		rt.Await0(w.Do("f"))
		s += show()
	}
	return s + show(), nil
}
