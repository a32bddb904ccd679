//go:build pending

package kinds

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// MethodsPromoted calls methods through embedded structs and pointers.
//
// async
func MethodsPromoted(w *harness.World) (int, error) {
	m := middle{base{w, 1}}
	o := outer{&middle{base{w, 10}}, "o"}
	sum := 0
	for i := range 2 {
		a, err := rt.Await(m.Add(i))
		w.Err("a", err)
		b, err := rt.Await(m.Peek(i))
		w.Err("b", err)
		c, err := rt.Await(o.Add(i))
		w.Err("c", err)
		d, err := rt.Await(o.Peek(i))
		w.Err("d", err)
		e, err := rt.Await(o.middle.base.Peek(i))
		w.Err("e", err)
		w.Trace("values", a, b, c, d, e, m.n, o.n)
		sum += a + b + c + d + e
	}
	return sum, nil
}
