package local

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// MakersTypes makes functions whose coroutines have types of their makers.
//
// async
func MakersTypes(w *harness.World) (s string, err error) {
	a, err := rt.Await(stamped(w, "a")(2))
	w.Err("stamped", err)
	b, err := rt.Await(crated(w, 5.5)(a))
	return fmt.Sprint(a, b), err
}

// async
func stamped(w *harness.World, name string) func(int) (int, error) {
	const size = 2
	if name != "" {
		type stamp struct {
			name string
			at   [size]int
		}
		first := stamp{name: name}
		return func(n int) (int, error) {
			first.at[1]++
			last := stamp{first.name, [size]int{n}}
			v, err := rt.Await(w.Get(n))
			w.Trace("stamps", fmt.Sprintf("%v %v %T", first, last, last))
			return v, err
		}
	}
	return w.Get
}

// async
func crated[T any](w *harness.World, x T) (f func(int) (string, error)) {
	type crate[L any] struct {
		value T
		label L
	}
	c := crate[string]{x, "c"}
	f = func(n int) (string, error) {
		err := rt.Await0(w.Do(c.label))
		c = crate[string]{c.value, c.label + "!"}
		return fmt.Sprint(c, crate[int]{x, n}), err
	}
	return f
}
