//go:build pending

package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// SwitchReturns ends in every clause.
//
// async
func SwitchReturns(w *harness.World) (int, error) {
	v, err := rt.Await(w.Get(1))
	switch {
	case err != nil:
		return 0, err
	case v == 1:
		v, err := rt.Await(w.Get(11))
		return v, err
	default:
		panic("never")
	}
}

// SwitchLabel is broken out of by name, from a loop in it.
//
// async
func SwitchLabel(w *harness.World) (string, error) {
	out := ""
again:
	for i := 0; ; i++ {
	choose:
		switch {
		case i < 3:
			for j := 0; ; j++ {
				v, err := rt.Await(w.Get(j))
				if err != nil {
					break again
				}
				if v == i {
					break choose
				}
				if v == 2 {
					continue again
				}
				out += "."
			}
		default:
			break again
		}
		out += ";"
	}
	return out, nil
}
