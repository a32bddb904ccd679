package rt_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// selects is a step that selects among what ws returns then.
func selects(ws func() []rt.Waiter, then func(int, error) error) step {
	return call(
		func() rt.Awaitable[int] { return rt.SelectAsync(ws()...) },
		func() (int, error) { return rt.Select(ws()...) },
		then)
}

// selectsInOrder is selects, but for the first that is ready.
func selectsInOrder(ws func() []rt.Waiter, then func(int, error) error) step {
	return call(
		func() rt.Awaitable[int] { return rt.SelectInOrderAsync(ws()...) },
		func() (int, error) { return rt.SelectInOrder(ws()...) },
		then)
}

// among returns a function that returns ws.
func among(ws ...rt.Waiter) func() []rt.Waiter { return func() []rt.Waiter { return ws } }

// chose is a then that logs the index, or what kind of error came.
func (w *world) chose(name string) func(int, error) error {
	return func(i int, err error) error {
		w.log("%s:%d:%s", name, i, kindOf(err))
		return err
	}
}

func TestSelectTakesWhatCompletesFirst(t *testing.T) {
	inBothForms(t, func(w *world) {
		a, b := rt.NewQueue[int](0), rt.NewQueue[string](0)
		lock, sem, event := rt.NewLock(), rt.NewSemaphore(1), rt.NewEvent()
		lock.TryLock()
		sem.TryAcquire()
		getA, getB := a.GetOp(), b.GetOp()
		task := w.spawn(selects(among(getA, lock.LockOp(), getB, sem.AcquireOp(), event.WaitOp(), rt.After(10)), w.chose("select")))
		w.turns(2)
		b.TryPut("x")
		// The others were withdrawn in that step: what comes now is not theirs.
		a.TryPut(1)
		lock.Unlock()
		sem.Release()
		event.Set()
		if a.Len() != 1 || lock.Locked() || sem.Available() != 1 {
			w.Errorf("%d items, locked %v, %d permits: a loser has taken something", a.Len(), lock.Locked(), sem.Available())
		}
		if err := w.run(task); err != nil {
			w.Error(err)
		}
		w.traced("select:2:nil")
		if v, err := getB.Result(); v != "x" || err != nil {
			w.Errorf("got %q, %v", v, err)
		}
		if now := w.clock.Now(); now != 0 {
			w.Errorf("ended at %d, want 0", now)
		}
	})
}

func TestSelectOfEachOperation(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]func(w *world) (op rt.Waiter, completes func(), result func() error){
		"get": func(w *world) (rt.Waiter, func(), func() error) {
			q := rt.NewQueue[int](0)
			op := q.GetOp()
			return op, func() { q.TryPut(7) }, func() error {
				v, err := op.Result()
				if v != 7 {
					w.Errorf("got %d, want 7", v)
				}
				return err
			}
		},
		"get of a closed queue": func(w *world) (rt.Waiter, func(), func() error) {
			q := rt.NewQueue[int](0)
			op := q.GetOp()
			return op, q.Close, func() error {
				_, err := op.Result()
				if err != rt.ErrClosed {
					w.Errorf("error %v, want ErrClosed", err)
				}
				return nil
			}
		},
		"put": func(w *world) (rt.Waiter, func(), func() error) {
			q := rt.NewQueue[int](1)
			q.TryPut(1)
			op := q.PutOp(2)
			return op, func() { q.TryGet() }, func() error {
				_, err := op.Result()
				if v, ok := q.TryGet(); v != 2 || !ok {
					w.Errorf("the item is not in the queue: %d, %v", v, ok)
				}
				return err
			}
		},
		"subscription": func(w *world) (rt.Waiter, func(), func() error) {
			b := rt.NewBroadcast[int]()
			op := b.Subscribe(1, rt.CloseSlow).GetOp()
			return op, func() { w.sends(b, 7) }, func() error {
				v, err := op.Result()
				if v != 7 {
					w.Errorf("got %d, want 7", v)
				}
				return err
			}
		},
		"closed subscription": func(w *world) (rt.Waiter, func(), func() error) {
			b := rt.NewBroadcast[int]()
			op := b.Subscribe(1, rt.CloseSlow).GetOp()
			return op, b.Close, func() error {
				if _, err := op.Result(); err != rt.ErrClosed {
					w.Errorf("error %v, want ErrClosed", err)
				}
				return nil
			}
		},
		"join": func(w *world) (rt.Waiter, func(), func() error) {
			q := rt.NewQueue[int](0)
			q.TryPut(1)
			op := q.JoinOp()
			return op, q.TaskDone, func() error { _, err := op.Result(); return err }
		},
		"barrier": func(w *world) (rt.Waiter, func(), func() error) {
			b := rt.NewBarrier(2)
			op := b.WaitOp()
			return op, func() { rt.Drive(b.WaitAsync()).Send() }, func() error {
				_, err := op.Result()
				if b.Waiting() != 0 {
					w.Errorf("%d wait", b.Waiting())
				}
				return err
			}
		},
		"lock": func(w *world) (rt.Waiter, func(), func() error) {
			l := rt.NewLock()
			l.TryLock()
			op := l.LockOp()
			return op, l.Unlock, func() error {
				_, err := op.Result()
				if !l.Locked() {
					w.Error("the lock is free")
				}
				return err
			}
		},
		"acquire": func(w *world) (rt.Waiter, func(), func() error) {
			s := rt.NewSemaphore(1)
			s.TryAcquire()
			op := s.AcquireOp()
			return op, s.Release, func() error {
				_, err := op.Result()
				if s.Available() != 0 {
					w.Error("the permit is free")
				}
				return err
			}
		},
		"event": func(w *world) (rt.Waiter, func(), func() error) {
			e := rt.NewEvent()
			op := e.WaitOp()
			return op, e.Set, func() error { _, err := op.Result(); return err }
		},
		"future": func(w *world) (rt.Waiter, func(), func() error) {
			f := rt.NewFuture[int]()
			op := f.WaitOp()
			return op, func() { f.SetError(boom) }, func() error {
				if _, err := op.Result(); err != boom {
					w.Errorf("error %v, want boom", err)
				}
				return nil
			}
		},
		"task": func(w *world) (rt.Waiter, func(), func() error) {
			f := rt.NewFuture[int]()
			op := rt.SpawnOn(w.loop, f.WaitAsync()).WaitOp()
			return op, func() { f.SetResult(7); w.turns(1) }, func() error {
				v, err := op.Result()
				if v != 7 {
					w.Errorf("got %d, want 7", v)
				}
				return err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				// It loses, then it is waited for again, and completes.
				never := rt.NewEvent()
				other := rt.NewEvent()
				op, completes, result := c(w)
				task := w.spawn(
					selects(among(never.WaitOp(), op, other.WaitOp()), w.chose("loses")),
					selects(among(op, never.WaitOp()), w.chose("waits")),
					step{end: func() error { return result() }})
				w.turns(2)
				other.Set()
				w.turns(2)
				completes()
				if err := w.run(task); err != nil {
					w.Error(err)
				}
				w.traced("loses:2:nil waits:0:nil")

				if name == "task" {
					return // its end takes a turn of the loop
				}
				// It loses and is ready the next time.
				op, completes, result = c(w)
				other.Clear()
				task = w.spawn(
					selects(among(op, other.WaitOp()), w.chose("loses")),
					do(func() { completes() }),
					selects(among(never.WaitOp(), op), w.chose("ready")),
					yield(), sleep(1), // its result waits until it is asked
					step{end: func() error { return result() }})
				w.turns(2)
				other.Set()
				if err := w.run(task); err != nil {
					w.Error(err)
				}
				w.traced("loses:1:nil ready:1:nil")
			})
		})
	}
}

// Of those that are ready each has its chance, by the loop's source, and no other loses anything.
func TestSelectIsFairAndReplays(t *testing.T) {
	run := func(seed uint64, plain bool) (won []int) {
		w := newWorld(t)
		w.loop.Close()
		clock := new(rttest.Clock)
		loop, err := rt.NewLoop(rt.LoopOptions{Poller: rttest.NewPoller(clock), Clock: clock, Rand: rand.NewPCG(seed, 0)})
		if err != nil {
			t.Fatal(err)
		}
		defer loop.Close()
		w.loop, w.plain = loop, plain
		const rounds = 300
		qs := []*rt.Queue[int]{rt.NewQueue[int](0), rt.NewQueue[int](0), rt.NewQueue[int](0)}
		for v := range rounds {
			qs[0].TryPut(v)
			qs[2].TryPut(v)
		}
		taken := make([]int, len(qs))
		steps := make([]step, rounds)
		for i := range steps {
			var ops []*rt.QueueGetOp[int]
			steps[i] = selects(func() (ws []rt.Waiter) {
				ops = nil
				for _, q := range qs {
					ops = append(ops, q.GetOp())
					ws = append(ws, ops[len(ops)-1])
				}
				return ws
			}, func(i int, err error) error {
				if v, e := ops[i].Result(); v != taken[i] || e != nil {
					w.Errorf("item %d of queue %d, %v, want %d", v, i, e, taken[i])
				}
				taken[i]++
				won = append(won, i)
				return err
			})
		}
		if err := w.run(w.spawn(steps...)); err != nil {
			t.Fatal(err)
		}
		if taken[1] != 0 || taken[0] < rounds/3 || taken[2] < rounds/3 {
			t.Errorf("taken %v of %d: the queue in the middle is empty, the others are equal", taken, rounds)
		}
		return won
	}
	first := run(1, false)
	if !slices.Equal(first, run(1, true)) {
		t.Error("a run with the same seed has chosen otherwise")
	}
	if slices.Equal(first, run(2, false)) {
		t.Error("another seed has chosen the same 300 times")
	}
}

func TestSelectInOrderPrefersTheFirst(t *testing.T) {
	inBothForms(t, func(w *world) {
		high, low := rt.NewQueue[int](0), rt.NewQueue[int](0)
		high.TryPut(1)
		high.TryPut(2)
		low.TryPut(3)
		ws := func() []rt.Waiter { return []rt.Waiter{high.GetOp(), low.GetOp()} }
		w.run(w.spawn(selectsInOrder(ws, w.chose("a")), selectsInOrder(ws, w.chose("b")), selectsInOrder(ws, w.chose("c"))))
		w.traced("a:0:nil b:0:nil c:1:nil")
		// If none is ready it waits, for whichever comes.
		task := w.spawn(selectsInOrder(ws, w.chose("d")))
		w.turns(2)
		low.TryPut(4)
		high.TryPut(5)
		w.run(task)
		w.traced("d:1:nil")
		if high.Len() != 1 {
			w.Errorf("%d items, want 1: the loser has taken it", high.Len())
		}
	})
}

// Branches in one line: whoever fills the line walks along it while the losers leave it.
func TestSelectWithBranchesInOneLine(t *testing.T) {
	inBothForms(t, func(w *world) {
		for _, c := range []struct {
			name, want string
			wakes      func(q *rt.Queue[int], e *rt.Event)
			left       int
		}{
			{"put", "a:0:nil b:0:nil", func(q *rt.Queue[int], _ *rt.Event) { q.TryPut(1); q.TryPut(2); q.TryPut(3) }, 1},
			{"set", "a:2:nil b:2:nil", func(_ *rt.Queue[int], e *rt.Event) { e.Set() }, 0},
			{"close", "a:0:nil b:0:nil", func(q *rt.Queue[int], _ *rt.Event) { q.Close() }, 0},
		} {
			q, e := rt.NewQueue[int](1), rt.NewEvent()
			twice := func() []rt.Waiter { return []rt.Waiter{q.GetOp(), q.GetOp(), e.WaitOp(), e.WaitOp()} }
			tasks := []*rt.Task[struct{}]{w.spawn(selects(twice, w.chose("a"))), w.spawn(selects(twice, w.chose("b")))}
			w.turns(2)
			c.wakes(q, e)
			w.turns(1)
			if !tasks[0].Done() || !tasks[1].Done() {
				w.Fatalf("%s: not everybody was woken, trace %v", c.name, w.trace)
			}
			w.traced(c.want)
			if n := q.Len(); n != c.left {
				w.Errorf("%s: %d items are left, want %d", c.name, n, c.left)
			}
		}
		// The end of one place gives nothing to the other of the same select.
		l := rt.NewLock()
		l.TryLock()
		task := w.spawn(selects(func() []rt.Waiter { return []rt.Waiter{l.LockOp(), l.LockOp(), rt.After(5)} }, w.chose("lock")))
		w.run(task)
		w.traced("lock:2:nil")
		l.Unlock()
		if l.Locked() {
			w.Error("the lock went to a loser")
		}
	})
}

func TestSelectOfItsOwnPutAndGet(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](1)
		put := q.PutOp(1)
		w.run(w.spawn(
			selects(func() []rt.Waiter { return []rt.Waiter{q.GetOp(), put} }, w.chose("empty")),
			selects(func() []rt.Waiter { return []rt.Waiter{q.GetOp(), q.PutOp(2)} }, w.chose("full"))))
		w.traced("empty:1:nil full:0:nil")
		if q.Len() != 0 {
			w.Errorf("%d items, want none", q.Len())
		}
	})
}

func TestCancelOfASelectLeavesAllAlone(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		f, g := rt.NewFuture[int](), rt.NewFuture[int]()
		inner := w.spawn(await(g.WaitAsync, func(v int, err error) error { w.log("inner:%d:%s", v, kindOf(err)); return err }))
		q, l := rt.NewQueue[int](1), rt.NewLock()
		l.TryLock()
		full := rt.NewQueue[int](1)
		full.TryPut(1)
		task := w.spawn(selects(among(f.WaitOp(), inner.WaitOp(), q.GetOp(), l.LockOp(), full.PutOp(2), rt.After(100)), w.chose("select")))
		w.turns(2)
		task.Cancel(cause)
		q.TryPut(1)
		l.Unlock()
		full.TryGet()
		w.turns(2)
		w.traced("select:-1:canceled")
		if _, err := task.Result(); !errors.Is(err, cause) {
			w.Errorf("error %v, want one with the cause", err)
		}
		if q.Len() != 1 || l.Locked() || full.Len() != 0 || f.Done() || inner.Done() {
			w.Errorf("items %d, locked %v, full %d, future %v, task %v", q.Len(), l.Locked(), full.Len(), f.Done(), inner.Done())
		}
		g.SetResult(7)
		w.run(inner)
		w.traced("inner:7:nil")
		// No timer is left: with nothing to do the loop waits for ever.
		polls := len(w.poller.Waits())
		w.poller.OnWait(1, w.loop.Stop)
		w.loop.Run()
		if wait := w.poller.Waits()[polls]; wait >= 0 {
			w.Errorf("the loop waits %v for a timer that lost", wait)
		}
	})
}

// What a subscription has missed is told to the Select that completes with it, once.
func TestSelectOfASubscriptionThatHasMissed(t *testing.T) {
	inBothForms(t, func(w *world) {
		b, e := rt.NewBroadcast[int](), rt.NewEvent()
		sub := b.Subscribe(1, rt.DropOldest)
		w.sends(b, 1, 2, 3)
		e.Set()
		hears := func(other rt.Waiter) step {
			var get *rt.SubscriptionGetOp[int]
			return selectsInOrder(func() []rt.Waiter { get = sub.GetOp(); return []rt.Waiter{other, get} }, func(i int, err error) error {
				if i != 1 {
					w.log("%d:%s", i, kindOf(err))
					return err
				}
				v, err := get.Result()
				w.log("%d:%s", v, kindOf(err))
				return nil
			})
		}
		w.run(w.spawn(hears(e.WaitOp()), hears(nil), hears(nil), do(func() { w.sends(b, 4, 5) }), hears(nil), hears(nil), do(b.Close), hears(nil)))
		w.traced("0:nil 0:missed2 3:nil 0:missed1 5:nil 0:closed")
	})
}

// A Select that has completed otherwise does not take part in the round of a barrier.
func TestSelectLeavesABarrier(t *testing.T) {
	inBothForms(t, func(w *world) {
		b, e := rt.NewBarrier(2), rt.NewEvent()
		w.spawn(selects(among(b.WaitOp(), e.WaitOp()), w.chose("select")))
		w.turns(1)
		if b.Waiting() != 1 {
			w.Errorf("%d wait, want 1", b.Waiting())
		}
		e.Set()
		if b.Waiting() != 0 {
			w.Errorf("%d wait, want 0", b.Waiting())
		}
		w.spawn(w.meets(b, "other"))
		w.turns(1)
		b.Abort()
		w.turns(1)
		w.traced("select:1:nil other:broken")
	})
}

// A cancel that comes after the item is the next await's.
func TestCancelAfterASelectHasCompleted(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](0)
		get := q.GetOp()
		task := w.spawn(
			selects(among(rt.NewEvent().WaitOp(), get), func(i int, err error) error {
				v, e := get.Result()
				w.log("%d:%s:%d:%s", i, kindOf(err), v, kindOf(e))
				return nil
			}),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("next:%s", kindOf(err)); return nil }))
		w.turns(2)
		q.TryPut(7)
		task.Cancel(nil)
		w.run(task)
		w.traced("1:nil:7:nil next:canceled")
	})
	// Under a scope that is cancelled already nothing is begun, also if something is ready.
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](0)
		q.TryPut(1)
		w.run(w.spawn(timeout(0, w.came("timeout"), selects(among(q.GetOp()), w.chose("select")))))
		w.traced("select:-1:canceled timeout:timeout0")
		if q.Len() != 1 {
			w.Error("the item was taken")
		}
	})
}

func TestAfter(t *testing.T) {
	inBothForms(t, func(w *world) {
		q := rt.NewQueue[int](0)
		deadline := rt.After(10)
		ws := func() []rt.Waiter { return []rt.Waiter{q.GetOp(), deadline} }
		put := w.spawn(sleep(4), do(func() { q.TryPut(1) }), sleep(4), do(func() { q.TryPut(2) }))
		w.runs(10, selects(ws, w.chose("a")), selects(ws, w.chose("b")), selects(ws, w.chose("c")), // one time for all
			selects(ws, w.chose("d")), // which has come
			selects(among(rt.NewEvent().WaitOp(), rt.After(0)), w.chose("now")),
			selects(among(rt.After(-1)), w.chose("past")))
		w.traced("a:0:nil b:0:nil c:1:nil d:1:nil now:1:nil past:0:nil")
		w.run(put)
		if _, err := deadline.Result(); err != nil {
			w.Error(err)
		}
		// Of two for one time the first wins.
		w.runs(15, selects(among(rt.After(5), rt.After(5)), w.chose("both")))
		w.traced("both:0:nil")
	})
}

// Two Selects may share a time one after the other, not at once, whoever is first: one of them would never be woken.
func TestAfterOfTwoSelectsAtOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		deadline, e := rt.After(10), rt.NewEvent()
		first := w.spawn(selects(among(deadline), w.chose("first")))
		misuse(w, func() { w.run(w.spawn(selects(among(e.WaitOp(), deadline), w.chose("second")))) })
		if e.InLine() != 0 {
			w.Error("the Select that has panicked stands in a line")
		}
		w.run(first)
		w.runs(10, selects(among(deadline), w.chose("third")))
		w.traced("first:0:nil third:0:nil")
	})
}

func TestSelectOfNothingWaitsForACancel(t *testing.T) {
	inBothForms(t, func(w *world) {
		tasks := []*rt.Task[struct{}]{
			w.spawn(selects(among(), w.chose("none"))),
			w.spawn(selects(among(nil, nil), w.chose("nils"))),
			w.spawn(selects(among(nil, rt.After(5), nil), w.chose("one"))),
		}
		w.run(tasks[2])
		w.traced("one:1:nil")
		w.turns(3)
		for _, task := range tasks[:2] {
			task.Cancel(nil)
		}
		w.turns(2)
		w.traced("none:-1:canceled nils:-1:canceled")
	})
}

// An operation that panics leaves nothing of the others behind.
func TestSelectWhoseOperationPanics(t *testing.T) {
	inBothForms(t, func(w *world) {
		other := newWorld(t)
		foreign := rt.NewFutureOn[int](other.loop)
		q, l := rt.NewQueue[int](0), rt.NewLock()
		l.TryLock()
		func() {
			defer func() {
				if _, ok := recover().(rt.Misuse); !ok {
					w.Error("a future of another loop was waited for")
				}
			}()
			w.run(w.spawn(selects(among(q.GetOp(), l.LockOp(), foreign.WaitOp()), nil)))
		}()
		q.TryPut(1)
		l.Unlock()
		if q.Len() != 1 || l.Locked() {
			w.Errorf("%d items, locked %v", q.Len(), l.Locked())
		}
		used := q.GetOp()
		w.run(w.spawn(selects(among(used), func(int, error) error { used.Result(); return nil })))
		defer func() {
			if _, ok := recover().(rt.Misuse); !ok {
				w.Error("an operation that was used up was taken")
			}
		}()
		w.run(w.spawn(selects(among(used), nil)))
	})
}

// forwards is an operation that promises to be a Waiter and is none.
type forwards struct{}

func (forwards) Ready() bool                               { return false }
func (forwards) Abort(*rt.Fiber, error) rt.Outcome         { return rt.Forwarded }
func (f forwards) Start(fb *rt.Fiber, p rt.Resumable) bool { fb.Suspend(p, f); return false }

func TestSelectRefusesWhatCannotBeWithdrawn(t *testing.T) {
	w := newWorld(t)
	e := rt.NewEvent()
	w.spawn(selects(among(forwards{}, e.WaitOp()), nil))
	w.turns(2)
	misuse(t, e.Set)
	w.loop.Close()
}

func TestSelectByHand(t *testing.T) {
	q, l := rt.NewQueue[int](0), rt.NewLock()
	l.TryLock()
	get := q.GetOp()
	co := rt.Drive(rt.SelectAsync(l.LockOp(), get))
	if waits, done := co.Send(); waits == nil || done {
		t.Fatalf("waits for %v, done %v", waits, done)
	}
	q.TryPut(7)
	if _, done := co.Send(); !done {
		t.Fatal("the item did not wake it")
	}
	i, err := co.Result()
	v, e := get.Result()
	if i != 1 || err != nil || v != 7 || e != nil {
		t.Errorf("select %d, %v, got %d, %v", i, err, v, e)
	}
	if l.Unlock(); l.Locked() {
		t.Error("the loser has the lock")
	}
	// Thrown into, and closed.
	boom := errors.New("boom")
	co = rt.Drive(rt.SelectAsync(q.GetOp()))
	co.Send()
	co.Throw(boom)
	if i, err := co.Result(); i != -1 || err != boom {
		t.Errorf("thrown into: %d, %v", i, err)
	}
	co = rt.Drive(rt.SelectAsync(q.GetOp()))
	co.Send()
	if err := co.Close(); err != nil {
		t.Error(err)
	}
	if q.TryPut(1); q.Len() != 1 {
		t.Error("a loser has the item")
	}
	misuse(t, func() {
		co := rt.Drive(rt.SelectAsync(rt.After(time.Second)))
		co.Send()
		co.Result()
	})
}

func TestSelectOutsideATask(t *testing.T) {
	q := rt.NewQueue[int](0)
	q.TryPut(1)
	get := q.GetOp()
	if i, err := rt.Select(rt.After(time.Hour), get); i != 1 || err != nil {
		t.Errorf("select %d, %v", i, err)
	}
	if i, err := rt.SelectInOrder(rt.After(time.Nanosecond)); i != 0 || err != nil {
		t.Errorf("select %d, %v", i, err)
	}
	w := newWorld(t)
	w.loop.CallSoon(func() { misuse(t, func() { rt.Select(get) }) })
	w.turns(1)
}

// Who always finds something ready lets the others run now and then.
func TestSelectLetsOthersRun(t *testing.T) {
	w := newWorld(t)
	e := rt.NewEvent()
	e.Set()
	stopped := false
	busy := rt.SpawnOn(w.loop, rt.Awaitable[struct{}](newLoops(func() (rt.Awaitable[int], bool) {
		return rt.SelectAsync(e.WaitOp(), rt.After(0)), !stopped
	})))
	w.spawn(yield(), do(func() { stopped = true }))
	w.run(busy)
}

// loops is a coroutine that awaits what next returns again and again.
type loops struct {
	rt.Frame
	next func() (aw rt.Awaitable[int], more bool)
	aw   rt.Awaitable[int]
}

func newLoops(next func() (rt.Awaitable[int], bool)) *loops {
	co := &loops{next: next}
	co.Visible()
	return co
}

func (co *loops) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *loops) Result() (struct{}, error)                    { co.Check(); return struct{}{}, nil }

func (co *loops) Resume(fb *rt.Fiber) bool {
	if co.Enter() == 1 {
		co.aw.Result()
	}
	for {
		aw, more := co.next()
		if !more {
			return co.End()
		}
		co.aw = aw
		if !aw.Start(fb, co) {
			return co.Suspend(1)
		}
		aw.Result()
	}
}
