//go:build pending

package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// LabelNames has labels with the names of generated ones.
//
// async
func LabelNames(w *harness.World) (n int, err error) {
await1:
	for i := range 2 {
	for1:
		for j := range 3 {
			if j == 1 {
				continue for1
			}
			if i == 1 {
				continue await1
			}
			n++
		}
	}
next1:
	for i := range 3 {
		if _, err := rt.Await(w.Get(i)); err != nil {
			continue next1
		}
	end1:
		for {
			for range 2 {
				n += 100
				if n > 300 {
					break end1
				}
				continue next1
			}
		}
	}
await2:
	for i := 0; i < 3; i++ {
		for {
			n++
			continue await2
		}
	}
	_, err = rt.Await(w.Get(2))
	return n, err
}
