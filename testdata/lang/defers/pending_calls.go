//go:build pending

package defers

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// DeferArguments evaluates what it defers at the statement.
//
// async
func DeferArguments(w *harness.World) (r string, err error) {
	a, s := 1, []string{"s"}
	b := false
	shift := 3
	defer w.Trace("plain", a, s[0], b)
	defer keep(w, w.Int("argument", a), a == 2, 1<<shift, nil, s...)
	defer func(n int, err *error) { w.Trace("literal", n, *err == nil, a) }(a, &err)
	defer fmt.Sprint("dropped", a)
	defer func() string { w.Trace("result dropped"); return r }()
	f := func(s string) { w.Trace("f", s) }
	defer f(s[0])
	f = func(s string) { w.Trace("other f", s) }
	a, b = 2, true
	s[0] = "t"
	if err := rt.Await0(w.Do("x")); err != nil {
		a = 3
		return "failed", err
	}
	defer two(pair(w))
	defer w.Trace("end", a, s[0], b)
	a++
	return "done", nil
}
