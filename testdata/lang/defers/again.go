package defers

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// AgainByGoto has a loop made of a goto: each time round the variables are new
// ones, for deferred literals too.
//
// async
func AgainByGoto(w *harness.World) (s string, err error) {
	i := 0
again:
	x := i * 10
	var y int
	defer func() { s += fmt.Sprint(x, ",", y, ";") }()
	if err := rt.Await0(w.Do("step")); err != nil {
		return s, err
	}
	x++
	y += i
	if i++; i < 3 {
		goto again
	}
	return "", nil
}

// AgainAwaiting has one that awaits.
//
// async
func AgainAwaiting(w *harness.World) (s string, err error) {
	i := 0
again:
	x := i * 10
	defer func() {
		rt.Await0(w.Do("deferred"))
		s += fmt.Sprint(x, ";")
	}()
	if err := rt.Await0(w.Do("step")); err != nil {
		return s, err
	}
	x++
	if i++; i < 3 {
		goto again
	}
	return "", nil
}

// AgainInIterator has one in an iterator.
//
// async
func AgainInIterator(w *harness.World) (s string, err error) {
	for v := range func(yield func(int) bool) { againSeq(w, yield) } {
		if err := rt.Await0(w.Do("body")); err != nil {
			return s, err
		}
		s += fmt.Sprint(v, " ")
	}
	return s, nil
}

// async
func againSeq(w *harness.World, yield func(int) bool) {
	i := 0
again:
	x := i * 10
	defer func() { w.Trace("x", x) }()
	if !yield(x) {
		return
	}
	if i++; i < 3 {
		goto again
	}
}

func ident[E any](x E) E { return x }

func second[K, V any](k K, v V) V { return v }

func applied(s *string, f func(int) int, g func(string, int) int) { *s += fmt.Sprint(f(7), g("a", 8)) }

// AgainGeneric defers calls whose arguments are generic functions.
//
// async
func AgainGeneric(w *harness.World) (s string, err error) {
	defer applied(&s, ident, second)
	defer applied(&s, ident[int], second[string])
	defer applied(&s, func(i int) int { return i + 1 }, second)
	return "x", rt.Await0(w.Do("step"))
}
