// Package meet has programs whose tasks meet in locks, queues, barriers and
// the like.
package meet

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// QueueOrders puts the same numbers into queues of each order, with more than
// there is room for.
//
// async
func QueueOrders(w *harness.World) (s string, err error) {
	for i, q := range []*rt.Queue[int]{rt.NewQueue[int](3), rt.NewLIFOQueue[int](3), rt.NewPriorityQueue(3, cmp.Less[int])} {
		err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
			g.Go(func() error {
				defer q.Close()
				for _, v := range []int{4, 2, 5, 1, 3} {
					n, err := rt.Await(w.Get(v))
					if err != nil {
						return err
					}
					if err := rt.Await0(q.Put(n)); err != nil {
						return err
					}
					w.Trace("put", i, n, q.Len())
				}
				return nil
			})
			if err := rt.Await0(w.Do("get")); err != nil {
				return err
			}
			for {
				v, err := rt.Await(q.Get())
				if errors.Is(err, rt.ErrClosed) {
					return nil
				}
				if err != nil {
					return err
				}
				s += fmt.Sprint(v)
			}
		}))
		s += fmt.Sprint(" ", harness.Show(err), "; ")
	}
	return s, err
}

type job struct {
	name string
	rank int
}

// work does the jobs of a queue until it is closed.
//
// async
func work(w *harness.World, q *rt.Queue[job], done map[string]int) error {
	for {
		j, err := rt.Await(q.Get())
		if err != nil {
			if errors.Is(err, rt.ErrClosed) {
				err = nil
			}
			return err
		}
		n, err := rt.Await(finish(w, q, j))
		w.Trace("done", j.name, n, harness.Show(err))
		done[j.name] += n
	}
}

// async
func finish(w *harness.World, q *rt.Queue[job], j job) (int, error) {
	defer q.TaskDone()
	return rt.Await(w.Get(j.rank))
}

// QueueJoin waits for the jobs of two workers, whatever becomes of them.
//
// async
func QueueJoin(w *harness.World) (string, error) {
	q := rt.NewPriorityQueue(0, func(a, b job) bool { return a.rank < b.rank })
	done := make(map[string]int)
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for range 2 {
			g.Go(func() error { return rt.Await0(work(w, q, done)) })
		}
		for i, name := range []string{"c", "a", "b", "d"} {
			if err := rt.Await0(q.Put(job{name, 10 - 3*i})); err != nil {
				return err
			}
		}
		if err := rt.Await0(q.Join()); err != nil {
			return err
		}
		w.Trace("joined", q.Len())
		q.Close()
		return rt.Await0(q.Join()) // nothing is left
	}))
	return fmt.Sprint(done), err
}

// QueueDropped closes a queue at once while tasks wait at both ends of it.
//
// async
func QueueDropped(w *harness.World) (s string, err error) {
	q, empty := rt.NewLIFOQueue[string](2), rt.NewQueue[string](2)
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for _, name := range []string{"a", "b", "c", "d"} {
			g.Go(func() error {
				err := rt.Await0(q.Put(name))
				w.Trace("put", name, harness.Show(err), err == rt.ErrClosed)
				return nil
			})
		}
		g.Go(func() error {
			_, err := rt.Await(empty.Get())
			w.Trace("got", harness.Show(err), err == rt.ErrClosed)
			return nil
		})
		if err := rt.Await0(w.Do("fill")); err != nil {
			return err
		}
		if err := rt.Await0(rt.YieldNow()); err != nil {
			return err
		}
		s = fmt.Sprint(q.CloseNow(), empty.CloseNow(), q.Len())
		return rt.Await0(q.Join())
	}))
	return s, err
}
