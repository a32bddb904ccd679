package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

type small int8
type names []string
type text string

// RangeInts ranges over integers of several types.
//
// async
func RangeInts(w *harness.World) (string, error) {
	for range 2 {
		if err := rt.Await0(w.Do("plain")); err != nil {
			w.Err("plain", err)
		}
	}
	for i := range small(3) {
		if err := rt.Await0(w.Do("small")); err != nil {
			w.Err("small", err)
		}
		w.Trace("i", i)
	}
	for i := range uint8(2) {
		i += 250
		if err := rt.Await0(w.Do("byte")); err != nil {
			w.Err("byte", err)
		}
		i += 5
		w.Trace("i", i)
	}
	for i := range 'c' - 'a' {
		if err := rt.Await0(w.Do("rune")); err != nil {
			w.Err("rune", err)
		}
		w.Trace("i", i)
	}
	for i := range -3 {
		if err := rt.Await0(w.Do("never")); err != nil {
			return "", err
		}
		w.Trace("i", i)
	}
	return "", nil
}

// RangeOnce evaluates its operand once.
//
// async
func RangeOnce(w *harness.World) (int, error) {
	n := 3
	for i := range w.Int("n", n) {
		n = 10
		if i == 1 {
			continue
		}
		if err := rt.Await0(w.Do("n")); err != nil {
			w.Err("n", err)
		}
	}
	xs := []int{1, 2, 3}
	for i, x := range xs {
		xs = append(xs, x)
		xs[0] = 100
		xs[min(i+1, 2)] += 10
		if err := rt.Await0(w.Do("xs")); err != nil {
			w.Err("xs", err)
		}
		w.Trace("x", i, x)
	}
	for i := range xs {
		xs = xs[:1]
		if err := rt.Await0(w.Do("index")); err != nil {
			w.Err("index", err)
		}
		w.Trace("i", i)
	}
	return len(xs), nil
}

// RangeStrings ranges over strings, invalid ones too.
//
// async
func RangeStrings(w *harness.World) (string, error) {
	s := "a\xffé世\xc0"
	for i, r := range s {
		s = "changed"
		if err := rt.Await0(w.Do("rune")); err != nil {
			w.Err("rune", err)
		}
		w.Trace("r", i, r)
		i, r = 0, 0
		w.Trace("reset", i, r)
	}
	for i := range "äb" {
		if err := rt.Await0(w.Do("index")); err != nil {
			w.Err("index", err)
		}
		w.Trace("i", i)
	}
	for range text("né") {
		if err := rt.Await0(w.Do("count")); err != nil {
			w.Err("count", err)
		}
	}
	for _, r := range text("xy") {
		if err := rt.Await0(w.Do("named")); err != nil {
			w.Err("named", err)
		}
		w.Trace("r", string(r))
	}
	return s, nil
}

// RangeNamed ranges over slices with a name, nil ones, and blank variables.
//
// async
func RangeNamed(w *harness.World) (string, error) {
	out := ""
	for _, n := range (names{"a", "b"}) {
		s, err := rt.Await(w.Text(n))
		if err != nil {
			s = "?"
		}
		out += s
	}
	for i := range names(nil) {
		if err := rt.Await0(w.Do("nil")); err != nil {
			return "", err
		}
		out += string(rune(i))
	}
	for _, _ = range []int{1, 2} {
		if err := rt.Await0(w.Do("blank")); err != nil {
			out += "!"
		}
	}
	for _ = range names(nil) {
		if err := rt.Await0(w.Do("never")); err != nil {
			out += "?"
		}
	}
	for i, _ := range [][]int{{1}, {2}} {
		if err := rt.Await0(w.Do("half")); err != nil {
			out += "!"
		}
		out += string(rune('0' + i))
	}
	return out, nil
}

// RangeCaptured captures key and value, which are new in each iteration.
//
// async
func RangeCaptured(w *harness.World) (string, error) {
	var fs []func() (int, string)
	var ps []*string
	for i, s := range []string{"a", "b", "c"} {
		fs = append(fs, func() (int, string) { i++; s += "!"; return i, s })
		if i == 1 {
			continue
		}
		if err := rt.Await0(w.Do(s)); err != nil {
			s += "?"
		}
		ps = append(ps, &s)
	}
	for i := range 3 {
		fs = append(fs, func() (int, string) { i += 5; return i, "" })
		if err := rt.Await0(w.Do("int")); err != nil {
			w.Err("int", err)
		}
		i++
		w.Trace("i", i)
	}
	for _, f := range fs {
		i, s := f()
		w.Trace("f", i, s)
	}
	for _, p := range ps {
		w.Trace("p", *p)
	}
	return "", nil
}

type item struct {
	n    int
	tags [2]string
}

// RangeCopies ranges over structs, whose copies it changes.
//
// async
func RangeCopies(w *harness.World) (int, error) {
	items := []item{{n: 1}, {n: 2}}
	for i, it := range items {
		it.n *= 10
		it.tags[0] = "copy"
		if err := rt.Await0(w.Do("copy")); err != nil {
			items[i].n = -1
		}
		items[i].tags[1] = it.tags[0]
		w.Trace("it", it, items[i])
	}
	for i := range items {
		it := &items[i]
		if err := rt.Await0(w.Do("pointer")); err != nil {
			it.n--
		}
		it.n++
	}
	return items[0].n + items[1].n, nil
}

// RangeAssign assigns to variables that exist, and to what is no variable.
//
// async
func RangeAssign(w *harness.World) (string, error) {
	var i, v int
	for i, v = range []int{7, 8, 9} {
		if i == 2 {
			break
		}
		if err := rt.Await0(w.Do("assign")); err != nil {
			w.Err("assign", err)
		}
	}
	w.Trace("after", i, v)
	var at [3]int
	var where struct{ k, v any }
	for at[w.Int("index", 1)] = range []string{"a", "b"} {
		if err := rt.Await0(w.Do("array")); err != nil {
			w.Err("array", err)
		}
	}
	for where.k, where.v = range []string{"x", "y"} {
		if err := rt.Await0(w.Do("struct")); err != nil {
			w.Err("struct", err)
		}
		w.Trace("where", where)
	}
	m := map[string]rune{}
	for _, m["r"] = range "hé" {
		if err := rt.Await0(w.Do("map")); err != nil {
			w.Err("map", err)
		}
		w.Trace("m", m["r"])
	}
	for i = range 3 {
		i *= 2
		if err := rt.Await0(w.Do("int")); err != nil {
			w.Err("int", err)
		}
	}
	w.Trace("after", i)
	var a any
	for a = range len(m) + 1 {
		if err := rt.Await0(w.Do("any")); err != nil {
			w.Err("any", err)
		}
	}
	w.Trace("a", a, at)
	return "", nil
}
