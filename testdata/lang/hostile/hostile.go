// Package hostile declares what generated code might take for granted.
package hostile

import (
	r "github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

func newInt(n int) *int        { return &n }
func append(a, b int) int      { return a*10 + b }
func rt(w *harness.World)      { w.Trace("rt") }
func utf8(w *harness.World)    { w.Trace("utf8") }
func recover(w *harness.World) { w.Trace("no recover") }

type co struct{ fb, done int }

// HostilePackage uses them.
//
// async
func HostilePackage(w *harness.World) (s string, err error) {
	n := 1
	f := func() int { n++; return n }
	for i, x := range []int{3, 4} {
		v, err := r.Await(w.Get(x))
		if err != nil {
			w.Trace("v", v, append(1, 2))
			continue
		}
		n = append(n, i)
	}
	for i, c := range "aé" {
		rt(w)
		utf8(w)
		if err := r.Await0(w.Do(string(c))); err != nil {
			n += i
		}
	}
	p := newInt(n)
	*p++
	recover(w)
	state := co{fb: *p, done: f()}
	var t bool = true
	if err := r.Await0(w.Do("x")); err != nil {
		t = false
		state.fb++
	}
	w.Trace("state", state, t)
	return
}

// HostileTypes has locals called like types.
//
// async
func HostileTypes(w *harness.World) (s string, err error) {
	for error, any := range []string{"a"} {
		bool, rune, byte, struct2 := error, any, 3, 4
		e := r.Await0(w.Do(any))
		error += byte
		w.Trace("odd", bool, rune, byte, struct2, e == nil)
		p := &error
		if e := r.Await0(w.Do("x")); e != nil {
			*p++
		}
		var m int
		var q *int
		w.Trace("odd", error, any, m, q == nil)
	}
	return
}
