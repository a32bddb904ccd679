// Package pipe connects generic workers with queues.
package pipe

import (
	"cmp"
	"errors"
	"slices"

	"github.com/goasync/goasync/rt"
)

// stage has n workers take items from in, until it is closed and empty, and put what f makes of them into out, in whatever order
// that is done. Then it closes out.
//
//async:func
func stage[A, B any](n int, in *rt.Queue[A], out *rt.Queue[B], f func(A) (B, error)) error {
	defer out.Close()
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for range n {
			g.Go(func() error { return rt.Await0(work(in, out, f)) })
		}
		return nil
	}))
}

//async:func
func work[A, B any](in *rt.Queue[A], out *rt.Queue[B], f func(A) (B, error)) error {
	for a, err := range rt.Each(func(yield rt.Yield[A, struct{}]) error { return rt.Await0(items(in, yield)) }) {
		if err != nil {
			return err
		}
		b, err := rt.Await(f(a))
		if err != nil {
			return err
		}
		if err := rt.Await0(out.Put(b)); err != nil {
			return err
		}
	}
	return nil
}

// items yields the items of a queue until it is closed and empty.
//
//async:func
func items[T any](q *rt.Queue[T], yield rt.Yield[T, struct{}]) error {
	for {
		v, err := rt.Await(q.Get())
		if errors.Is(err, rt.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := yield(v); err != nil {
			return err
		}
	}
}

// feed puts items into a queue and closes it.
//
//async:func
func feed[T any](out *rt.Queue[T], items ...T) error {
	defer out.Close()
	for _, v := range items {
		if err := rt.Await0(out.Put(v)); err != nil {
			return err
		}
	}
	return nil
}

// drain takes all items of a queue until it is closed.
//
//async:func
func drain[T any](in *rt.Queue[T]) (all []T, err error) {
	for v, err := range rt.Each(func(yield rt.Yield[T, struct{}]) error { return rt.Await0(items(in, yield)) }) {
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

// through has items pass two stages, with queues of one place between them, and returns what comes out, sorted.
//
//async:func
func through[A, B any, C cmp.Ordered](first func(A) (B, error), second func(B) (C, error), items ...A) ([]C, error) {
	a, b, c := rt.NewQueue[A](1), rt.NewQueue[B](1), rt.NewQueue[C](1)
	var all []C
	err := rt.Await0(rt.Gather0(
		func() error { return rt.Await0(feed(a, items...)) },
		func() error { return rt.Await0(stage(3, a, b, first)) },
		func() error { return rt.Await0(stage(2, b, c, second)) },
		func() (err error) {
			all, err = rt.Await(drain(c))
			return err
		},
	))
	slices.Sort(all)
	return all, err
}
