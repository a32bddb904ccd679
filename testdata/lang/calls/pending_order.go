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
