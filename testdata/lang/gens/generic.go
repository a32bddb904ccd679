package gens

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// Generic delegates to generic generators and to methods, whose yield
// stands anywhere and is written in any way.
//
// async
func Generic(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	a, err := rt.Await(each(yield, 1, 2))
	w.Trace("each", a, harness.Show(err))
	l := list[int]{w, []int{5, 6}}
	if err := rt.Await0(l.all(yield)); err != nil {
		w.Err("all", err)
		return a, err
	}
	n, s, err := rt.Await2(several(w, yield, 7))
	return fmt.Sprint(a, n, s), err
}

// async
func each[Y any, S ~string](yield func(Y) (S, error), list ...Y) (s string, err error) {
	for i, v := range list {
		got, err := yield(v)
		if err != nil {
			return s, fmt.Errorf("each %d: %w", i, err)
		}
		s += fmt.Sprint(got)
	}
	return s, nil
}

type list[T any] struct {
	w     *harness.World
	items []T
}

// async
func (l *list[T]) all(yield rt.Yield[T, string]) error {
	defer l.w.Trace("all ends")
	for len(l.items) > 0 {
		v := l.items[0]
		l.items = l.items[1:]
		if _, err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

// async
func several(w *harness.World, yield rt.Yield[int, string], n int) (int, string, error) {
	last := ""
	keep := func(s string) { last = s }
	for ; n > 5; n-- {
		s, err := (yield)(n)
		keep(s)
		if err != nil {
			return n, last, err
		}
	}
	return n, last, nil
}

// LastUses yields what nothing reads afterwards.
//
// async
func LastUses(w *harness.World, yield rt.Yield[int, string]) (string, error) {
	s, list := "text", []int{7, 8}
	p := &list
	if _, err := yield(len(s)); err != nil {
		return "", err
	}
	got, err := yield((*p)[1] + w.Int("last", 1))
	if err != nil {
		return got, err
	}
	return rt.Await(relay(yield, func() int { return len(got) }))
}

// async
func relay(yield rt.Yield[int, string], f func() int) (string, error) { return yield(f()) }
