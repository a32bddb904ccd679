//go:build pending

package kinds

import (
	"cmp"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// GenericTypes has methods of generic types.
//
// async
func GenericTypes(w *harness.World) (string, error) {
	s := stack[string]{w: w}
	for _, v := range []string{"a", "b"} {
		if err := rt.Await0(s.push(v)); err != nil {
			w.Err("push", err)
		}
	}
	v, ok, err := rt.Await2(s.pop())
	w.Trace("pop", v, ok, err != nil)
	n, err := rt.Await(s.size())
	w.Trace("size", n, err != nil)
	e := struct{ stack[int] }{stack[int]{w: w}}
	if err := rt.Await0(e.push(5)); err != nil {
		return "push", err
	}
	i, ok, err := rt.Await2(e.pop())
	m := &pairs[string, int]{w: w}
	k, x, err := rt.Await2(m.get("k"))
	return fmt.Sprint(i, ok, k, x), err
}

// async
func (s stack[_]) size() (int, error) {
	if err := rt.Await0(s.w.Do("size")); err != nil {
		return -1, err
	}
	return len(s.list), nil
}
