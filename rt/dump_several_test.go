package rt_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// started is a step that awaits what start returns, which has no then.
func started[T any](start func() rt.Awaitable[T]) step { return await(start, nil) }

func TestWhatTasksWaitForAmongSeveral(t *testing.T) {
	inBothForms(t, func(w *world) {
		other, err := rt.NewLoop(rt.LoopOptions{}) // never runs
		if err != nil {
			t.Fatal(err)
		}
		f := rt.NewFutureOn[int](w.loop)
		ch, in := make(chan int), rt.NewReceiverOn(w.loop, make(chan int))
		news := rt.NewBroadcastOn[int](w.loop).Subscribe(1, rt.DropOldest)
		q, e := rt.NewQueueOn[int](w.loop, 0), rt.NewEventOn(w.loop)
		one, two := w.spawn(started(f.WaitAsync)), w.spawn(started(f.WaitAsync))
		one.SetName("one")
		two.SetName("two")
		ended := rt.AsCompleted(one, two)
		waits := func(until rt.Until) step {
			return started(func() rt.Awaitable[rt.Pair[[]rt.Awaited, []rt.Awaited]] {
				return rt.WaitAsync[rt.Awaited](until, one, two, f)
			})
		}
		forever := func() rt.Awaitable[int] { return rt.NewFuture[int]().WaitAsync() }
		for name, c := range map[string]struct {
			step   step
			what   string
			awaits int // tasks that are known to end the wait
		}{
			"select": {selects(among(q.GetOp(), one.WaitOp(), nil, rt.After(time.Second)), nil),
				"a Select: an item of a queue, place 1; the end of one, place 2; a timer, due in 1s", 1},
			"select of one":      {selectsInOrder(among(e.WaitOp()), nil), "a Select: an event, place 1", 0},
			"select of none":     {selects(among(), nil), "a Select of nothing", 0},
			"wait for one":       {waits(rt.UntilFirst), "the first of 3 to be done", 2},
			"wait for all":       {waits(rt.UntilAll), "3 of 3 to be done", 2},
			"wait for a failure": {waits(rt.UntilError), "3 of 3 to be done, or one to fail", 2},
			"wait for a time": {started(func() rt.Awaitable[rt.Pair[[]*rt.Future[int], []*rt.Future[int]]] {
				return rt.WaitWithinAsync(time.Minute, rt.UntilAll, f)
			}), "1 of 1 to be done, for 1m0s at most", 0},
			"race":         {started(func() rt.Awaitable[int] { return rt.RaceAsync(forever, forever) }), "the first of 2 functions to succeed", 2},
			"recv":         {started(func() rt.Awaitable[int] { return rt.RecvAsync(ch) }), "a value of a channel", 0},
			"send":         {started(func() rt.Awaitable[struct{}] { return rt.SendToAsync(make(chan int), 1) }), "a channel to take a value", 0},
			"receiver":     {started(in.RecvAsync), "a value of a channel, place 1", 0},
			"as completed": {started(ended.GetAsync), "the next of 2 to be done, place 1", 2},
			"on":           {started(func() rt.Awaitable[int] { return rt.OnAsync(other, forever) }), "the end of a call on another loop", 0},
			"subscription": {started(news.GetAsync), "an item of a broadcast, place 1", 0},
			"after a drain": {w.nursery(nil, func(n *nest) []step {
				return []step{n.begins(started(forever)), started(func() rt.Awaitable[struct{}] { return n.g.DrainAsync(time.Hour) })}
			}), "1 function to end, for 1h0m0s at most", 1},
			"start in line": {w.nursery(nil, func(n *nest) []step {
				return []step{
					n.limits(1), n.begins(started(forever)),
					started(func() rt.Awaitable[struct{}] {
						return n.g.StartAsync(func(func()) rt.Awaitable[struct{}] { panic("begun") })
					}),
				}
			}), "room in a group of 1 functions", 1},
		} {
			t.Run(name, func(t *testing.T) {
				w := &world{TB: t, loop: w.loop, plain: w.plain}
				task := w.spawn(c.step)
				task.SetName(name)
				w.turns(2)
				s := w.look()
				w.awaits(s, name, c.what)
				if n := len(w.task(s, name).Awaits); n != c.awaits {
					t.Errorf("it awaits %d tasks, want %d", n, c.awaits)
				}
				task.Cancel(nil)
				if name == "on" {
					other.Close() // which ends the call
					w.turnUntil(task.Done)
				}
				w.turns(4)
				if !task.Done() {
					t.Error("it has not ended")
				}
			})
		}
		f.SetResult(1)
		w.turns(3)
	})
}

// A lock that a Select has taken, at once or when its turn came, is the task's that selects.
func TestHolderOfALockThatWasSelected(t *testing.T) {
	inBothForms(t, func(w *world) {
		lock := rt.NewLockOn(w.loop)
		names := []string{"first", "second", "third"}
		var tasks []*rt.Task[struct{}]
		for _, name := range names {
			task := w.spawn(selects(among(lock.LockOp(), rt.NewEvent().WaitOp()), nil), w.forever(name, false))
			task.SetName(name)
			tasks = append(tasks, task)
		}
		waiting := w.spawn(started(lock.LockAsync))
		waiting.SetName("waiting")
		w.turns(1)
		for i, name := range names {
			s := w.look()
			w.awaits(s, "waiting", "a lock, taken by "+name+", place "+string('3'-rune(i)))
			if got := w.task(s, "waiting").Awaits; !slices.Equal(got, []uint64{w.task(s, name).Number}) {
				t.Errorf("waiting awaits %v, want %s", got, name)
			}
			lock.Unlock()
			w.turns(1)
		}
		for _, task := range tasks {
			task.Cancel(nil)
		}
		w.turns(3)
		if !waiting.Done() {
			t.Error("the lock was not handed on")
		}
	})
}

// The lock that a condition takes again for a task that was cancelled is that one's, whoever has cancelled it.
func TestHolderOfALockThatAConditionTookAgain(t *testing.T) {
	inBothForms(t, func(w *world) {
		lock := rt.NewLockOn(w.loop)
		cond := rt.NewCondition(lock)
		task := w.spawn(started(lock.LockAsync), call0(cond.WaitAsync, cond.Wait, func(error) error { return nil }),
			w.forever("waits", false))
		task.SetName("waits")
		w.turns(2)
		canceller := w.spawn(do(func() { task.Cancel(nil) }), w.forever("canceller", false))
		blocked := w.spawn(started(lock.LockAsync))
		blocked.SetName("blocked")
		w.turns(2)
		w.awaits(w.look(), "blocked", "a lock, taken by waits, place 1")
		task.Cancel(nil)
		canceller.Cancel(nil)
		w.turns(2)
		lock.Unlock()
		w.turns(2)
		if !blocked.Done() {
			t.Error("the lock was not handed on")
		}
	})
}

// sleepless is a poller that calls idle where the loop would sleep for ever.
type sleepless struct {
	*rttest.Poller
	idle func()
}

func (p *sleepless) Wait(timeout time.Duration) error {
	if timeout < 0 {
		p.idle()
		timeout = 0
	}
	return p.Poller.Wait(timeout)
}

// Whether what several wait for can still come: deadlocks through Select, Wait, Race and AsCompleted are found, and those that
// something outside could end are none.
func TestF35_DeadlocksAmongSeveral(t *testing.T) {
	type futures = rt.Pair[[]*rt.Future[int], []*rt.Future[int]]
	never := func() *rt.Future[int] { return rt.NewFuture[int]() }
	for name, c := range map[string]struct {
		step func(w *world) step
		dead bool
	}{
		"select":             {func(w *world) step { return selects(among(rt.NewEvent().WaitOp(), rt.NewQueue[int](0).GetOp()), nil) }, true},
		"select of none":     {func(w *world) step { return selects(among(nil), nil) }, true},
		"select with a time": {func(w *world) step { return selects(among(never().WaitOp(), rt.After(time.Hour)), nil) }, false},
		"select with a channel": {func(w *world) step {
			return selects(among(never().WaitOp(), rt.NewReceiver(make(chan int)).RecvOp()), nil)
		}, false},
		"wait": {func(w *world) step {
			return started(func() rt.Awaitable[futures] { return rt.WaitAsync(rt.UntilFirst, never()) })
		}, true},
		"wait for a time": {func(w *world) step {
			return started(func() rt.Awaitable[futures] { return rt.WaitWithinAsync(time.Hour, rt.UntilFirst, never()) })
		}, false},
		"race": {func(w *world) step {
			return started(func() rt.Awaitable[int] { return rt.RaceAsync(never().WaitAsync) })
		}, true},
		"as completed": {func(w *world) step {
			return started(rt.AsCompleted(rt.SpawnOn(w.loop, never().WaitAsync())).GetAsync)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				p := &sleepless{Poller: w.poller}
				loop, err := rt.NewLoop(rt.LoopOptions{Poller: p, Clock: w.clock, Deadlocks: true})
				if err != nil {
					t.Fatal(err)
				}
				p.idle = loop.Stop
				w = &world{TB: w.TB, loop: loop, plain: w.plain}
				err = w.run(w.spawn(c.step(w)))
				if _, dead := errors.AsType[*rt.DeadlockError](err); dead != c.dead {
					w.Errorf("it ended with %v; want a deadlock: %v", err, c.dead)
				}
				if err := loop.Shutdown(-1); err != nil {
					w.Error(err)
				}
			})
		})
	}
}

// A circle of tasks is one only if each needs the next: not through a Select, which has another way out.
func TestCyclesNeedEveryAwait(t *testing.T) {
	inBothForms(t, func(w *world) {
		a, b, e := rt.NewLockOn(w.loop), rt.NewLockOn(w.loop), rt.NewEventOn(w.loop)
		var ops []rt.Waiter
		other := w.spawn(started(b.LockAsync), yield(), started(a.LockAsync))
		selecting := w.spawn(started(a.LockAsync), yield(), selects(func() []rt.Waiter { return ops }, nil))
		selecting.SetName("selecting")
		ops = []rt.Waiter{b.LockOp(), e.WaitOp()}
		w.turns(3)
		if s := w.look(); len(s.Cycles) != 0 || len(w.task(s, "selecting").Awaits) != 1 {
			t.Errorf("there is a way out of\n%v", s)
		}
		e.Set()
		w.turns(2)
		again := w.spawn(selects(among(a.LockOp()), nil)) // behind other
		w.turns(2)
		if s := w.look(); len(s.Cycles) != 0 || !strings.Contains(s.String(), "a Select: a lock") {
			t.Errorf("no circle is in\n%v", s)
		}
		a.Unlock()
		w.turns(2)
		a.Unlock()
		w.turns(2)
		for _, task := range []*rt.Task[struct{}]{other, selecting, again} {
			if !task.Done() {
				t.Error("a task has not ended")
			}
		}
	})
}

// A Select stands in circles if all that could let it go on wait for ever: here each holder of a lock waits for the one that it has.
func TestCyclesThroughSelect(t *testing.T) {
	inBothForms(t, func(w *world) {
		a, b, c := rt.NewLockOn(w.loop), rt.NewLockOn(w.loop), rt.NewLockOn(w.loop)
		selecting := w.spawn(started(a.LockAsync), yield(), selects(among(b.LockOp(), c.LockOp()), nil))
		first := w.spawn(started(b.LockAsync), yield(), started(a.LockAsync))
		second := w.spawn(started(c.LockAsync), yield(), yield(), yield(), started(a.LockAsync))
		for task, name := range map[*rt.Task[struct{}]]string{selecting: "selecting", first: "first", second: "second"} {
			task.SetName(name)
		}
		w.turns(2)
		if s := w.look(); len(s.Cycles) != 0 || w.task(s, "selecting").Waiting == nil || w.task(s, "first").Waiting == nil {
			t.Errorf("the second can let it go on in\n%v", s)
		}
		w.turns(2)
		s := w.look()
		for _, cycle := range []string{"cycle: selecting -> first -> selecting", "cycle: selecting -> second -> selecting"} {
			if !strings.Contains(s.String(), cycle) {
				t.Errorf("no %q in\n%v", cycle, s)
			}
		}
		for _, task := range []*rt.Task[struct{}]{selecting, first, second} {
			task.Cancel(nil)
		}
		w.turns(3)
	})
}
