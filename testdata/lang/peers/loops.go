package peers

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type small int8
type wide uint64

// RangeInts ranges over integers of every type.
//
// async
func RangeInts(w *harness.World) (s string, err error) {
	for i := range 2 {
		s += fmt.Sprintf("%T%v%v ", i, i, num(rt.Await(w.Get(i))))
	}
	for i := range uint8(2) {
		s += fmt.Sprintf("%T%v%v ", i, i, num(rt.Await(w.Get(int(i)))))
	}
	for i := range int64(1) {
		s += fmt.Sprintf("%T%v%v ", i, i, num(rt.Await(w.Get(int(i)))))
	}
	for i := range small(2) {
		i += 100
		s += fmt.Sprintf("%T%v%v ", i, i, num(rt.Await(w.Get(int(i)))))
	}
	for i := range wide(num(rt.Await(w.Get(1))) + 1) {
		s += fmt.Sprintf("%T%v%v ", i, i, num(rt.Await(w.Get(int(i)))))
	}
	var r rune
	for r = range 'c' - 'a' {
		s += fmt.Sprintf("%T%v%v ", r, r, num(rt.Await(w.Get(int(r)))))
	}
	for range uintptr(2) {
		s += fmt.Sprint(num(rt.Await(w.Get(9))))
	}
	for i := range small(-3) {
		s += fmt.Sprint("never", i, num(rt.Await(w.Get(9))))
	}
	return fmt.Sprint(s, r), nil
}

type names []string
type grid [2][2]int
type text string
type pipe chan int

// RangeKinds ranges over named slices, pointers to arrays, strings and
// channels.
//
// async
func RangeKinds(w *harness.World) (s string, err error) {
	for i, n := range (names{"x", "y"}) {
		s += fmt.Sprint(i, n, num(rt.Await(w.Get(i))))
	}
	g := grid{{1, 2}, {3, 4}}
	for i, row := range &g {
		g[1][1]++
		s += fmt.Sprint(i, row, num(rt.Await(w.Get(i))))
		row[0] = 100
		for j := range &row {
			s += fmt.Sprint(row[j], num(rt.Await(w.Get(j))))
		}
	}
	for i, c := range text("aé\xff世") {
		s += fmt.Sprint(" ", i, c, num(rt.Await(w.Get(i))))
	}
	for i := range "é世" {
		s += fmt.Sprint(" ", i, num(rt.Await(w.Get(i))))
	}
	ch := make(pipe, 3)
	ch <- 5
	ch <- 6
	for v := range ch {
		if v == 6 {
			close(ch)
		}
		s += fmt.Sprint(" ", v, num(rt.Await(w.Get(v))))
	}
	return s, nil
}

// RangeArrayCopies ranges over a copy of an array, also of one in a struct or
// behind a pointer.
//
// async
func RangeArrayCopies(w *harness.World) (s string, err error) {
	a := [3]int{1, 2, 3}
	st := struct{ a [2]int }{[2]int{7, 8}}
	p := &st
	for i, v := range a {
		a = [3]int{10, 20, 30}
		s += fmt.Sprint(i, v, num(rt.Await(w.Get(v))), " ")
	}
	for i, v := range st.a {
		st.a[1] = 80
		s += fmt.Sprint(i, v, num(rt.Await(w.Get(v))), " ")
	}
	for i, v := range p.a {
		p.a[1]++
		p = &struct{ a [2]int }{}
		s += fmt.Sprint(i, v, num(rt.Await(w.Get(v))), " ")
	}
	for _, v := range [...]int{a[0], st.a[1], num(rt.Await(w.Get(4)))} {
		a[0], st.a[1] = 0, 0
		s += fmt.Sprint(v, num(rt.Await(w.Get(v))), " ")
	}
	return fmt.Sprint(s, a, st), nil
}

// RangeNaN visits every NaN key of a map, and none that was cleared.
//
// async
func RangeNaN(w *harness.World) (s string, err error) {
	m := map[float64]int{}
	for i := range 3 {
		m[math.NaN()] = 1 << i
	}
	sum := 0
	for k, v := range m {
		if k != k {
			sum += v
		}
		if rt.Await0(w.Do("nan")) != nil {
			sum += 100
		}
	}
	n := 0
	for range m {
		n++
		rt.Await0(w.Do("clear"))
		clear(m)
	}
	return fmt.Sprint(sum, n, len(m)), nil
}

// RangeMapChanges deletes what was not visited yet, and changes values.
//
// async
func RangeMapChanges(w *harness.World) (s string, err error) {
	m := map[int]string{}
	for i := range 20 {
		m[i] = fmt.Sprint(i)
	}
	visited := 0
	for k, v := range m {
		if v == "gone" {
			w.Trace("a deleted entry")
		}
		visited++
		if visited == 3 {
			for other := range m {
				if other != k {
					m[other] = "gone"
					delete(m, other)
				}
			}
		}
		m[k] = "seen"
		if visited < 6 && rt.Await0(w.Do("m")) != nil {
			visited += 10
		}
	}
	keys := slices.Collect(maps.Values(m))
	sort.Strings(keys)
	return fmt.Sprint(visited, len(keys), keys[0]), nil
}

type set = map[string]bool

// RangeMapOnce evaluates the map once; another one in its variable changes
// nothing.
//
// async
func RangeMapOnce(w *harness.World) (s string, err error) {
	m := set{"a": true}
	calls := 0
	get := func() set { calls++; return m }
	for k, v := range get() {
		m = set{"b": false}
		s += fmt.Sprint(k, v, num(rt.Await(w.Get(1))))
	}
	var k string
	var list [2]bool
	for k, list[calls] = range get() {
		s += fmt.Sprint(k, list, num(rt.Await(w.Get(2))))
	}
	for k = range (set{}) {
		s += "never"
		rt.Await0(w.Do("never"))
	}
	return fmt.Sprint(s, calls, k), nil
}

// RangeFunc suspends in the body of a loop over a function.
//
// async
func RangeFunc(w *harness.World) (s string, err error) {
	var tree *node
	for _, v := range []int{3, 2, 1} {
		tree = &node{v, tree}
	}
	all := func(yield func(int, *node) bool) {
		defer w.Trace("all ends")
		i := 0
		for n := tree; n != nil; n = n.next {
			if !yield(i, n) {
				return
			}
			i++
		}
	}
	for i, n := range all {
		if _, err := rt.Await(w.Get(n.v)); err != nil {
			if i == 1 {
				break
			}
			continue
		}
		n.v += 10
		for _, m := range all {
			if m == n {
				break
			}
			s += fmt.Sprint(m.v, num(rt.Await(w.Get(i))), " ")
		}
	}
	return fmt.Sprint(s, tree.v), nil
}

// RangeAssigns ranges into variables that were there before.
//
// async
func RangeAssigns(w *harness.World) (s string, err error) {
	i, v := 7, 8
	for i, v = range []int{5, 6} {
		s += fmt.Sprint(i, v, num(rt.Await(w.Get(v))), " ")
		i += 10
	}
	s += fmt.Sprint("after ", i, v)
	st := struct {
		k string
		n *int
	}{n: &i}
	for st.k, *st.n = range map[string]int{"k": 9} {
		s += fmt.Sprint(st.k, i, num(rt.Await(w.Get(i))), " ")
	}
	list := []rune{0, 0}
	for v, list[v&1] = range "xyz" {
		s += fmt.Sprint(v, list, num(rt.Await(w.Get(v))), " ")
	}
	for range []int{} {
		v = num(rt.Await(w.Get(100)))
	}
	var x any
	for x = range 2 {
		s += fmt.Sprintf("%T%v", x, num(rt.Await(w.Get(1))))
	}
	return fmt.Sprint(s, i, v, list, x), nil
}
