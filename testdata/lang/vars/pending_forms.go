//go:build pending

package vars

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// NamesForms has variables called like the async forms and coroutines that
// the generated code names.
//
// async
func NamesForms(w *harness.World) (int, error) {
	workAsync, recurCoro, recurAsync := 1, 2, 3
	t := rt.Spawn(func() (int, error) { return rt.Await(work(w, workAsync)) })
	n, err := rt.Await(recur(w, recurCoro))
	if err != nil {
		return n, err
	}
	add := func() { workAsync++; recurAsync += workAsync; recurCoro *= 2 }
	add()
	{
		work, recur, GetAsync := 4, 5, 6
		v, err := rt.Await(w.Get(work + recur))
		w.Trace("inner", work, recur, GetAsync, v, err != nil)
	}
	u := rt.Spawn(func() (int, error) { return rt.Await(recur(w, recurAsync)) })
	v, err := rt.Await(t.Wait())
	if err != nil {
		return v, err
	}
	x, err := rt.Await(u.Wait())
	return v + n + x + recurCoro, err
}
