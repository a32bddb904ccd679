//go:build pending

package calls

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// OrderStatements awaits in expression statements and discards.
//
// async
func OrderStatements(w *harness.World) (err error) {
	rt.Await(w.Get(1))
	rt.Await0(w.Do("x"))
	_ = rt.Await0(w.Do("y"))
	_, _ = rt.Await(w.Get(2))
	_, _, err = rt.Await2(w.Two(1, 2))
	var _, b = rt.Await(w.Get(3))
	var _, _, _ = rt.Await2(w.Two(1, 2))
	var c, d error = rt.Await0(w.Do("z")), rt.Await0(w.Do("zz"))
	var e = rt.Await0(w.Do("e"))
	f, g := rt.Await0(w.Do("f")), w.Int("g", 1)
	w.Err("b", b)
	w.Err("c", c)
	w.Err("d", d)
	w.Err("e", e)
	w.Trace("f", harness.Show(f), g)
	return err
}

// OrderLeft evaluates index and pointer operands of the left side first.
//
// async
func OrderLeft(w *harness.World) (string, error) {
	var err error
	a := []int{0, 0, 0, 0}
	m := map[string]int{}
	i := 1
	at := func(k int) int { w.Trace("at", k); i++; return k }
	ptr := func() *[]int { w.Trace("ptr"); return &a }
	a[at(2)], err = rt.Await(w.Get(20))
	w.Err("index", err)
	(*ptr())[at(3)], err = rt.Await(w.Get(30))
	w.Err("pointer", err)
	m[w.Str("key", "k")], err = rt.Await(w.Get(40))
	w.Err("map", err)
	i, a[i%4], err = rt.Await2(w.Two(0, 50))
	w.Err("both", err)
	a[i], i, err = rt.Await2(w.Two(60, 3))
	w.Err("both", err)
	var s struct {
		p *struct{ v int }
	}
	s.p = &struct{ v int }{}
	s.p.v, err = rt.Await(w.Get(70))
	w.Trace("end", a, m, i, s.p.v)
	return "", err
}
