//go:build pending

package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

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
