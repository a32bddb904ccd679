package calls

import (
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// RecurseTree walks a tree, two awaits of itself in one expression.
//
// async
func RecurseTree(w *harness.World) (int, error) {
	t := &tree{&tree{nil, nil, 1}, &tree{&tree{nil, nil, 3}, nil, 4}, 2}
	n, err := rt.Await(t.sum(w))
	if err != nil {
		w.Err("tree", err)
	}
	return n, err
}

type tree struct {
	left, right *tree
	v           int
}

// async
func (t *tree) sum(w *harness.World) (int, error) {
	if t == nil {
		return 0, nil
	}
	v, err := rt.Await(w.Get(t.v))
	if err != nil {
		return -100, err
	}
	defer w.Trace("left", v)
	return total(v, one(rt.Await(t.left.sum(w))), one(rt.Await(t.right.sum(w)))), nil
}

func total(vs ...int) (n int) {
	for _, v := range vs {
		n = n*10 + v
	}
	return n
}

// RecurseMutual has three functions that call each other.
//
// async
func RecurseMutual(w *harness.World) (string, error) {
	even, err := rt.Await(isEven(w, 5))
	w.Trace("even", even)
	if err != nil {
		return "failed", err
	}
	deep, err := rt.Await(isOdd(w, 300))
	w.Trace("odd", deep)
	return "", err
}

// async
func isEven(w *harness.World, n int) (bool, error) {
	if n == 0 {
		return true, rt.Await0(w.Do("bottom"))
	}
	return rt.Await(isOdd(w, n-1))
}

// async
func isOdd(w *harness.World, n int) (bool, error) {
	if n == 0 {
		return false, nil
	}
	if n%100 == 3 {
		if err := rt.Await0(w.Do("three")); err != nil {
			return false, err
		}
	}
	odd, err := rt.Await(isEven(w, n-1))
	return odd, err
}

// RecurseDefer unwinds deferred calls of many levels.
//
// async
func RecurseDefer(w *harness.World) (n int, err error) {
	n, err = rt.Await(descend(w, 5))
	return
}

// async
func descend(w *harness.World, n int) (r int, err error) {
	defer func() { r++; w.Trace("level", n, r) }()
	if n == 0 {
		return 0, rt.Await0(w.Do("bottom"))
	}
	r, err = rt.Await(descend(w, n-1))
	r *= 2
	return r, err
}
