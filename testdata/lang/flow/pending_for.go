//go:build pending

package flow

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ForCapturedPost has closures over its variable in body and post.
//
// async
func ForCapturedPost(w *harness.World) (string, error) {
	var fs []func() int
	for i := 0; i < 4; func() { i++ }() {
		if _, err := rt.Await(w.Get(i)); err != nil {
			w.Err("at", err)
		}
		fs = append(fs, func() int { i += 10; return i })
	}
	for _, f := range fs {
		w.Trace("f", f(), f())
	}
	return "", nil
}
