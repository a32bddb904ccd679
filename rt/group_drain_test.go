package rt_test

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// refused is a then that logs whether the error is that of a group that is being drained, and returns the error.
func (w *world) refused(name string) func(error) error {
	return func(err error) error {
		w.log("%s:%v", name, errors.Is(err, rt.ErrDraining))
		return err
	}
}

// meetsFirst are the steps of a function that says what its first await comes to.
func (w *world) meetsFirst(name string) []step {
	return []step{do(func() { w.log("%s", name) }), call0(rt.YieldNowAsync, rt.YieldNow, w.refused(name)), w.says("never")}
}

// What waits for its turn when Drain begins is refused, and what is given to the group then. None of it is an error of the nursery.
func TestDrainTakesNothing(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.runs(4, w.nursery(w.came("nursery"), func(n *nest) []step {
			line := func(then func(error) error, wait func(func(error) error, ...step) step) step {
				return n.begins(wait(then, w.says("never")), w.says("never"))
			}
			starts := func(then func(error) error, steps ...step) step {
				return n.starts(then, func(step) []step { return steps })
			}
			return []step{
				do(func() { n.g.OnError(func(err error) { w.Error(err) }) }),
				n.begins(sleep(4), w.says("begun")),
				line(w.refused("wait"), n.waits), line(w.refused("supervise"), n.superviseWaits), line(w.refused("start"), starts),
				n.begins(sleep(2),
					n.begins(w.meetsFirst("go")...), n.supervises(w.meetsFirst("supervised")...),
					n.waits(w.refused("late_wait"), w.says("never"))),
				n.begins(sleep(2), n.superviseWaits(w.refused("late_supervise"), w.says("never"))),
				n.begins(sleep(2), starts(w.refused("late_start"), w.says("never"))),
				n.limits(1),
				n.begins(w.meetsFirst("queued")...), n.supervises(w.meetsFirst("queued_supervised")...),
				sleep(1),
				n.drains(10, w.came("drain")),
			}
		}), w.next())
		w.traced("queued queued:true queued_supervised queued_supervised:true " +
			"wait:true supervise:true start:true " +
			"late_wait:true late_supervise:true late_start:true go go:true supervised supervised:true " +
			"begun drain:nil nursery:nil next:nil")
	})
}

// Cancels of a group are those of what it refuses, too, and of a function that cleans up.
func TestDrainThatExpiresWithRefused(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		w.runs(6, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.limits(1),
				n.begins(w.forever("a", false)),
				n.begins(w.forever("b", true), shield(nil, sleep(6)), w.says("cleaned"), fail(boom)),
				n.drains(5, w.came("drain")),
			}
		}))
		w.traced("b:canceled a:canceled cleaned drain:timeout5 nursery:boom")
	})
}

// A function that takes work from elsewhere takes none while the group is drained.
func TestDraining(t *testing.T) {
	inBothForms(t, func(w *world) {
		work := rt.NewQueueOn[int](w.loop, 0)
		w.runs(8, w.nursery(w.came("nursery"), func(n *nest) []step {
			takes := func() step {
				var get *rt.QueueGetOp[int]
				return selectsInOrder(func() []rt.Waiter {
					get = work.GetOp()
					return []rt.Waiter{n.g.Draining().WaitOp(), get}
				}, func(i int, err error) error {
					switch {
					case err != nil:
						return err
					case i == 0:
						w.log("stops@%d", w.clock.Now())
						return &rt.Canceled{}
					}
					v, err := get.Result()
					w.log("took:%d", v)
					return err
				})
			}
			puts := func(v int) step { return do(func() { work.TryPut(v) }) }
			asks := do(func() { w.log("draining:%v", n.g.Draining().IsSet()) })
			return []step{
				n.begins(takes(), takes(), takes()),
				n.begins(sleep(6), puts(3), sleep(2), asks),
				sleep(1), puts(1), sleep(1), puts(2), sleep(2), asks,
				n.drains(10, w.came("drain")), asks,
			}
		}))
		w.traced("took:1 took:2 draining:false stops@4 draining:true drain:nil draining:false nursery:nil")
		if work.Len() != 1 {
			w.Errorf("%d items are left, want 1", work.Len())
		}
	})
	// Asked for the first time while it is so.
	inBothForms(t, func(w *world) {
		w.runs(2, w.nursery(nil, func(n *nest) []step {
			waits := call0(
				func() rt.Awaitable[struct{}] { return n.g.Draining().WaitAsync() },
				func() error { return n.g.Draining().Wait() }, w.came("draining"))
			return []step{n.begins(sleep(2), waits), n.drains(10, w.came("drain"))}
		}))
		w.traced("draining:nil drain:nil")
	})
}

// Whenever somebody is cancelled: what was given is begun, or refused, and nothing is left.
func TestSweepOfADrain(t *testing.T) {
	sweep(t, 24, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		given, begun, running := 0, 0, 0
		worker := []step{do(func() { begun++; running++ }), ignored(), ignored(), do(func() { running-- })}
		counts := func(err error) error {
			if err == nil {
				given++
			}
			return nil // the next one is given, too
		}
		tasks = append(tasks, w.spawn(w.nursery(nil, func(n *nest) []step {
			gives := []step{
				n.waits(counts, worker...), do(func() { given++ }), n.begins(worker...),
				n.superviseWaits(counts, worker...), n.waits(counts, worker...),
			}
			return []step{
				do(func() { n.g.OnError(func(err error) { w.Error(err) }) }), n.limits(3),
				n.begins(gives...), n.begins(gives...),
				ignored(), n.drains(100, nil),
			}
		})), w.spawn(yield(), yield(), yield()))
		return tasks, func() {
			if running != 0 || begun != given || !tasks[0].Done() {
				w.Errorf("%d run, %d of %d begun, done %v", running, begun, given, tasks[0].Done())
			}
		}
	})
}
