//go:build pending

package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// IfReturns ends in both branches.
//
// async
func IfReturns(w *harness.World) (int, error) {
	v, err := rt.Await(w.Get(1))
	if err != nil {
		if err := rt.Await0(w.Do("cleanup")); err != nil {
			return -1, err
		}
		return -2, err
	} else {
		_, err := rt.Await(w.Get(2))
		return v, err
	}
}
