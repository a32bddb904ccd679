package kinds

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// ParamsArrays has variables whose type is a type parameter that stands for
// arrays: an assignment to an element writes the variable, and its address is
// the variable's.
//
// async
func ParamsArrays(w *harness.World) (string, error) {
	a, err := rt.Await(paramsWritten(w, [2]int{1, 2}))
	if err != nil {
		return "", err
	}
	m, err := rt.Await(paramsUnion(w, [3]int{1, 2, 3}))
	if err != nil {
		return "", err
	}
	var kept []*int
	var slices [][]int
	for i := range 3 {
		p, err := rt.Await(paramsAddressed[[2]int](w, i))
		if err != nil {
			return "", err
		}
		s, err := rt.Await(paramsSliced[[2]int](w, i))
		if err != nil {
			return "", err
		}
		kept, slices = append(kept, p), append(slices, s)
	}
	return fmt.Sprint(a, m, *kept[0], *kept[1], *kept[2], slices), nil
}

// async
func paramsWritten[A ~[2]int](w *harness.World, a A) (int, error) {
	f := func() int { return a[0] }
	if err := rt.Await0(w.Do("a")); err != nil {
		return 0, err
	}
	a[0] = 5
	if err := rt.Await0(w.Do("b")); err != nil {
		return 0, err
	}
	return f(), nil
}

// async
func paramsUnion[A [2]int | [3]int](w *harness.World, a A) (int, error) {
	f := func() int { return a[1] }
	if err := rt.Await0(w.Do("a")); err != nil {
		return 0, err
	}
	a[1]++
	return f() + a[1], nil
}

// async
func paramsAddressed[A ~[2]int](w *harness.World, n int) (*int, error) {
	var a A
	p := &a[0]
	*p = n
	if err := rt.Await0(w.Do("a")); err != nil {
		return p, err
	}
	a[1]++
	return p, nil
}

// async
func paramsSliced[A ~[2]int](w *harness.World, n int) ([]int, error) {
	var a A
	s := a[:]
	s[0] = n
	if err := rt.Await0(w.Do("a")); err != nil {
		return s, err
	}
	a[1] = 1
	return s, nil
}

// ParamsPointers has constraints that are pointers.
//
// async
func ParamsPointers(w *harness.World) (string, error) {
	n, s := 3, "x"
	a, err := rt.Await(paramsPointer(w, &n))
	if err != nil {
		return "", err
	}
	b, err := rt.Await(paramsEither(w, &s))
	return fmt.Sprint(a, b), err
}

// async
func paramsPointer[P *int](w *harness.World, p P) (int, error) {
	if err := rt.Await0(w.Do("p")); err != nil {
		return 0, err
	}
	return *p, nil
}

// async
func paramsEither[P *int | *string](w *harness.World, p P) (bool, error) {
	if err := rt.Await0(w.Do("p")); err != nil {
		return false, err
	}
	return p != nil, nil
}

type yieldEach func(int) bool

type yieldPairs func(int, string) bool

type yieldNone func() bool

// ParamsYields ranges over functions whose yield has a type of its own, or is
// of a type parameter.
//
// async
func ParamsYields(w *harness.World) (s string, err error) {
	for x := range func(yield yieldEach) { _ = yield(1) && yield(2) } {
		s += fmt.Sprint(x, one(rt.Await(w.Get(x))), " ")
	}
	for k, v := range func(yield yieldPairs) { _ = yield(1, "a") && yield(2, "b") } {
		s += fmt.Sprint(k, v, one(rt.Await(w.Get(k))), " ")
	}
	for range func(yield yieldNone) { _ = yield() && yield() } {
		s += fmt.Sprint(one(rt.Await(w.Get(5))), " ")
	}
	t, err := rt.Await(paramsYield(w, func(yield yieldEach) { _ = yield(1) && yield(2) }))
	return s + t, err
}

// async
func paramsYield[Y ~func(int) bool](w *harness.World, f func(Y)) (s string, err error) {
	for x := range f {
		s += fmt.Sprint(x, one(rt.Await(w.Get(x))), " ")
	}
	return s, nil
}
