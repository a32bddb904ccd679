package rt_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// ends are steps that take n of what has ended from q, and log which of ws they are.
func ends[W rt.Awaited](w *world, q *rt.Queue[W], n int, ws ...W) (steps []step) {
	for range n {
		steps = append(steps, call(q.GetAsync, q.Get, func(x W, err error) error {
			if errors.Is(err, rt.ErrClosed) {
				w.log("closed")
				return nil
			}
			w.log("%d:%s", slices.IndexFunc(ws, func(y W) bool { return any(x) == any(y) }), kindOf(err))
			return err
		}))
	}
	return steps
}

// CPython, tasks that sleep 30, 10 and 20 ms: [0.01, 0.02, 0.03].
func TestC113_AsCompletedGivesTasksInTheOrderOfTheirEnds(t *testing.T) {
	inBothForms(t, func(w *world) {
		early := w.spawn(sleep(1))
		w.run(early)
		tasks := []*rt.Task[struct{}]{w.spawn(sleep(30)), w.spawn(sleep(10), fail(errors.New("boom"))), early, w.spawn(sleep(20))}
		q := rt.AsCompleted(tasks...)
		// Two that end while nobody asks keep their order, too.
		w.runs(31, slices.Concat(ends(w, q, 1, tasks...), []step{sleep(25)}, ends(w, q, 4, tasks...))...)
		w.traced("2:nil 1:nil 3:nil 0:nil closed")
	})
	inBothForms(t, func(w *world) { // of several types, and of none
		f, g := rt.NewFuture[int](), rt.NewFuture[string]()
		ws := []rt.Awaited{f, g, w.spawn(sleep(5))}
		q := rt.AsCompleted(ws...)
		task := w.spawn(ends(w, q, 3, ws...)...)
		w.turns(2)
		g.SetResult("")
		f.Cancel(nil)
		w.run(task)
		w.traced("1:nil 0:nil 2:nil")
		if q := rt.AsCompleted[rt.Awaited](); !q.Closed() || q.Len() > 0 {
			w.Error("of nothing, it is not closed")
		}
	})
	w, other := newWorld(t), newWorld(t)
	misuse(t, func() { rt.AsCompleted(rt.NewFutureOn[int](w.loop), rt.NewFutureOn[int](other.loop)) })
}

// CPython, tasks that sleep 10 ms and 9 s, a timeout of 50 ms: 0.01, TimeoutError, the second task neither done nor cancelled.
func TestC114_TimeoutOfAsCompletedCancelsNoTask(t *testing.T) {
	inBothForms(t, func(w *world) {
		tasks := []*rt.Task[struct{}]{w.spawn(sleep(10)), w.spawn(sleep(9000), w.says("slept"))}
		q := rt.AsCompleted(tasks...)
		w.runs(50, timeout(50, w.came("timeout"), ends(w, q, 2, tasks...)...))
		w.traced("0:nil -1:canceled timeout:timeout50")
		w.run(tasks[1])
		w.traced("slept")
		if last, ok := q.TryGet(); !ok || last != tasks[1] {
			w.Error("the second task has not come afterwards")
		}
	})
}

// CPython, as_completed([a, a]): [0.001], one value.
func TestC115_AsCompletedGivesDuplicatesOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		a, b := w.spawn(sleep(5)), w.spawn()
		w.run(b)
		q := rt.AsCompleted(a, b, a, b, a)
		w.run(w.spawn(ends(w, q, 2, a, b)...))
		w.traced("1:nil 0:nil")
		if !q.Closed() || q.Len() != 0 {
			w.Errorf("closed %v, %d are left", q.Closed(), q.Len())
		}
	})
}

// nexts are steps that take n items of g.
func nexts(w *world, g *rt.AsyncGenerator[int, struct{}, struct{}], n int) (steps []step) {
	for range n {
		steps = append(steps, await(g.NextAsync, func(p rt.Pair[int, bool], err error) error {
			w.log("%d:%v:%s", p.First, p.Second, kindOf(err))
			return nil
		}))
	}
	return steps
}

func TestAllOfAQueue(t *testing.T) {
	w := newWorld(t)
	q := rt.NewQueue[int](2)
	g := q.AllAsync()
	task := w.spawn(nexts(w, g, 4)...)
	w.turns(2)
	q.TryPut(1)
	w.turns(2)
	q.TryPut(2)
	q.TryPut(3)
	q.Close()
	w.run(task)
	w.traced("1:true:nil 2:true:nil 3:true:nil 0:false:nil")
	// A cancel while it waits ends it; an item that comes then is not lost.
	q = rt.NewQueue[int](2)
	g = q.AllAsync()
	task = w.spawn(nexts(w, g, 2)...)
	w.turns(2)
	task.Cancel(nil)
	w.turns(1)
	q.TryPut(1)
	w.run(task)
	w.traced("0:false:canceled 0:false:nil")
	if q.Len() != 1 {
		w.Error("the item is lost")
	}
	// In the plain form, and left early.
	err := rt.Run0(func() error {
		q := rt.NewQueue[int](3)
		q.TryPut(1)
		q.TryPut(2)
		q.TryPut(3)
		for v, err := range rt.Each(q.All) {
			if w.log("%d:%v", v, err); v == 2 {
				break
			}
		}
		q.Close()
		for v, err := range rt.Each(q.All) {
			w.log("%d:%v", v, err)
		}
		return nil
	})
	w.traced("1:<nil> 2:<nil> 3:<nil>")
	if err != nil {
		t.Error(err)
	}
}

func TestSweepOfAsCompleted(t *testing.T) {
	rttest.Sweep(t, func(s *rttest.Scenario) {
		var works []*rt.Task[struct{}]
		for i := range 3 {
			works = append(works, s.Go(fmt.Sprint("work", i), newScript([]step{ignored(), ignored()})))
		}
		q := rt.AsCompleted(works...)
		seen := 0
		asks := func() rt.Awaitable[struct{}] {
			var steps []step
			for range 3 {
				steps = append(steps, await(q.GetAsync, func(x *rt.Task[struct{}], err error) error {
					if err == nil {
						if seen++; !x.Done() {
							s.Error("a task that has not ended")
						}
					}
					return err
				}))
			}
			return newScript(steps)
		}
		ask := s.Go("ask", asks())
		s.Go("ask too", newScript([]step{await(asks, func(_ struct{}, err error) error {
			if errors.Is(err, rt.ErrClosed) {
				return nil
			}
			return err
		})}))
		s.Check(func() {
			if left := q.Len(); seen+left != 3 || !q.Closed() {
				s.Errorf("%d were seen, %d are left, closed %v", seen, left, q.Closed())
			}
			if err := s.Err(ask); err == nil && seen != 3 {
				s.Errorf("ask got all its values, but %d were seen", seen)
			}
		})
	})
}
