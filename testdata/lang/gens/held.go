package gens

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// held returns an async generator to be asked by hand; its calls of rt block in both forms, on a goroutine.
func held(w *harness.World) *rt.AsyncGenerator[int, string, int] {
	return rt.AsyncPull(func(yield rt.Yield[int, string]) (n int, err error) {
		defer func() { w.Err("held ends", err) }()
		defer func() { w.Err("held cleans", rt.Shield0(rt.YieldNow)) }()
		for ; n < 5; n++ {
			if err := rt.YieldNow(); err != nil {
				return n, err
			}
			if _, err := yield(n); err != nil {
				return n, err
			}
		}
		return n, nil
	})
}

// EachHeld ranges over the rest of a generator that was asked before, to its end or until the loop is left.
//
// async
func EachHeld(w *harness.World) (total int, err error) {
	for _, last := range []int{7, 3} {
		g := held(w)
		v, ok, err := rt.Await2(g.Next())
		w.Trace("asked", v, ok, harness.Show(err))
		for v, err := range rt.Each(g.All) {
			if err != nil {
				w.Err("held", err)
				return total, err
			}
			n, err := rt.Await(w.Get(v))
			if err != nil {
				return total, err
			}
			if total += n; v == last {
				break
			}
		}
		v, ok, err = rt.Await2(g.Next())
		w.Trace("ended", v, ok, harness.Show(err))
	}
	return total, nil
}
