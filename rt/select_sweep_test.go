package rt_test

import (
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
)

// Selectors take items from two queues, put items into a third, take a permit and a lock, whatever comes first, while others do
// the same without Select. Whoever is cancelled when: every item is somewhere, every permit is back, the lock is free.
func TestSweepOfSelect(t *testing.T) {
	for _, inOrder := range []bool{false, true} {
		sweep(t, 20, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
			a, b, full := rt.NewQueue[int](0), rt.NewQueue[int](1), rt.NewQueue[int](1)
			full.TryPut(1)
			lock, sem := rt.NewLock(), rt.NewSemaphore(1)
			put, got := []int{1}, []int{}
			selects := selects
			if inOrder {
				selects = selectsInOrder
			}
			puts := func(q *rt.Queue[int], v int) step {
				return call0(func() rt.Awaitable[struct{}] { return q.PutAsync(v) }, func() error { return q.Put(v) }, func(err error) error {
					if err == nil {
						put = append(put, v)
					}
					return nil
				})
			}
			gets := func(v int, err error) error {
				if err == nil {
					got = append(got, v)
				}
				return err
			}
			for selector := range 3 {
				var steps []step
				for round := range 4 {
					var (
						getA, getB *rt.QueueGetOp[int]
						putOp      *rt.QueuePutOp[int]
						release    func()
					)
					v := 1000 + 10*selector + round
					steps = append(steps, selects(func() []rt.Waiter {
						getA, getB, putOp, release = a.GetOp(), b.GetOp(), full.PutOp(v), nil
						return []rt.Waiter{getA, lock.LockOp(), getB, sem.AcquireOp(), putOp}
					}, func(i int, err error) error {
						switch i {
						case 0:
							return gets(getA.Result())
						case 1:
							release = lock.Unlock
						case 2:
							return gets(getB.Result())
						case 3:
							release = sem.Release
						case 4:
							put = append(put, v)
						}
						return nil // also of a cancel: the next one goes on
					}), ignored(), do(func() {
						if release != nil {
							release()
						}
					}))
				}
				tasks = append(tasks, w.spawn(steps...))
			}
			tasks = append(tasks,
				w.spawn(puts(a, 10), ignored(), puts(a, 11), ignored(), puts(b, 20), puts(b, 21), ignored(), puts(b, 22)),
				w.spawn(call(full.GetAsync, full.Get, gets), ignored(), call(full.GetAsync, full.Get, gets)),
				w.spawn(call0(lock.LockAsync, lock.Lock, nil), ignored(), do(lock.Unlock)),
				w.spawn(call0(sem.AcquireAsync, sem.Acquire, nil), ignored(), do(sem.Release)))
			return tasks, func() {
				for _, q := range []*rt.Queue[int]{a, b, full} {
					for v, ok := q.TryGet(); ok; v, ok = q.TryGet() {
						got = append(got, v)
						w.turns(2) // who waited for room has put one
					}
				}
				for _, task := range tasks {
					task.Cancel(nil) // who waits for room
				}
				w.turns(8)
				for _, q := range []*rt.Queue[int]{a, b, full} {
					for v, ok := q.TryGet(); ok; v, ok = q.TryGet() {
						got = append(got, v)
					}
				}
				slices.Sort(put)
				slices.Sort(got)
				if !slices.Equal(put, got) || lock.Locked() || sem.Available() != 1 {
					w.Errorf("put %v, got %v, locked %v, %d permits", put, got, lock.Locked(), sem.Available())
				}
			}
		})
	}
}
