package rt_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// waits is a step that waits for some of ws and logs who of them is done, as 1, and who is not, as 0; within of zero is no limit.
func waits[W rt.Awaited](w *world, name string, within time.Duration, until rt.Until, ws ...W) step {
	if within != 0 {
		return call(
			func() rt.Awaitable[rt.Pair[[]W, []W]] { return rt.WaitWithinAsync(within, until, ws...) },
			func() (rt.Pair[[]W, []W], error) {
				done, pending, err := rt.WaitWithin(within, until, ws...)
				return rt.Pack2(done, pending), err
			}, waited(w, name, ws))
	}
	return call(
		func() rt.Awaitable[rt.Pair[[]W, []W]] { return rt.WaitAsync(until, ws...) },
		func() (rt.Pair[[]W, []W], error) {
			done, pending, err := rt.Wait(until, ws...)
			return rt.Pack2(done, pending), err
		}, waited(w, name, ws))
}

func waited[W rt.Awaited](w *world, name string, ws []W) func(rt.Pair[[]W, []W], error) error {
	return func(p rt.Pair[[]W, []W], err error) error {
		who := ""
		for _, x := range ws {
			switch {
			case len(p.First) > 0 && any(p.First[0]) == any(x):
				who += "1"
				p.First = p.First[1:]
			case len(p.Second) > 0 && any(p.Second[0]) == any(x):
				who += "0"
				p.Second = p.Second[1:]
			}
		}
		if len(p.First)+len(p.Second) > 0 {
			w.Errorf("%s: done %v, pending %v: not in the order of the arguments", name, p.First, p.Second)
		}
		w.log("%s:%s:%s", name, who, kindOf(err))
		return err
	}
}

// CPython: asyncio.wait([]) raises ValueError "Set of Tasks/Futures is empty."; of a coroutine TypeError, which cannot be written
// here, since W is an Awaited.
func TestC107_WaitOfNothing(t *testing.T) {
	inBothForms(t, func(w *world) {
		defer func() {
			if _, ok := recover().(rt.Misuse); !ok {
				w.Error("no Misuse")
			}
		}()
		w.run(w.spawn(waits[rt.Awaited](w, "wait", 0, rt.UntilAll)))
	})
	misuse(t, func() { rt.Wait[*rt.Task[int]](rt.UntilFirst) })
}

// CPython, tasks that fail after 10 ms, sleep 9 s, and sleep 10 ms, with a timeout of 50 ms:
//
//	done [True, False, True], pending [False, True, False], the second neither cancelled nor done
func TestC108_WaitReturnsWhoIsDoneAndCancelsNobody(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		tasks := []*rt.Task[struct{}]{w.spawn(sleep(10), fail(boom)), w.spawn(sleep(9000)), w.spawn(sleep(10))}
		w.runs(50, waits(w, "some", 50, rt.UntilAll, tasks...))
		w.traced("some:101:nil")
		if _, err := tasks[0].Result(); err != boom {
			w.Errorf("error %v, want boom", err)
		}
		w.runs(9000, waits(w, "all", 0, rt.UntilAll, tasks...))
		w.traced("all:111:nil")
		// Done already, or without time, it is a point where a cancel comes in and does not wait.
		more := append(tasks, w.spawn(sleep(100)))
		w.runs(9000, waits(w, "first", 0, rt.UntilFirst, more...), waits(w, "error", 0, rt.UntilError, more...),
			waits(w, "none", -1, rt.UntilAll, more...),
			timeout(0, w.came("timeout"), waits(w, "canceled", 0, rt.UntilFirst, more...)))
		w.traced("first:1110:nil error:1110:nil none:1110:nil canceled::canceled timeout:timeout0")
		w.run(more[3])
		// Somebody who waits hears of a panic as of an error.
		panics := w.spawn(sleep(1), do(func() { panic("boom") }))
		w.run(w.spawn(waits(w, "panic", 0, rt.UntilError, panics, w.spawn(sleep(50)))))
		w.traced("panic:10:nil")
		w.runs(9150, sleep(49))
	})
}

// CPython: the wait is cancelled, the task neither cancelled nor done, its _callbacks None.
func TestC109_CancelOfWaitLeavesTheTasksRunning(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		inner := w.spawn(await(f.WaitAsync, func(v int, err error) error { w.log("inner:%d:%s", v, kindOf(err)); return err }))
		g := rt.NewFuture[int]()
		task := w.spawn(waits[rt.Awaited](w, "wait", 100, rt.UntilAll, inner, g))
		w.turns(2)
		task.Cancel(nil)
		w.turns(1)
		w.traced("wait::canceled")
		if inner.Done() || g.Done() {
			w.Error("the cancel of the wait reached what it waited for")
		}
		f.SetResult(7)
		g.SetResult(8) // nobody stands in its line: a wake of who waited would panic
		w.run(inner)
		w.traced("inner:7:nil")
		if now := w.clock.Now(); now != 0 {
			w.Errorf("ended at %d, want 0: the timer is left", now)
		}
	})
}

// CPython, two futures, the second set one iteration after the first: 2 done, 0 pending.
func TestC110_WaitForTheFirstReturnsAllThatAreDone(t *testing.T) {
	inBothForms(t, func(w *world) {
		f, g, h := rt.NewFuture[int](), rt.NewFuture[string](), rt.NewFuture[int]()
		task := w.spawn(waits[rt.Awaited](w, "wait", 0, rt.UntilFirst, h, f, g))
		w.turns(2)
		f.SetResult(1)
		g.SetResult("2") // before the waiter runs
		w.run(task)
		w.traced("wait:011:nil")
	})
}

// CPython, tasks that are cancelled, sleep 20 ms, fail after 30 ms, and sleep 9 s: done [True, True, True, False].
func TestC111_WaitForAnErrorIgnoresCancels(t *testing.T) {
	inBothForms(t, func(w *world) {
		tasks := []*rt.Task[struct{}]{w.spawn(sleep(10)), w.spawn(sleep(20)), w.spawn(sleep(30), fail(errors.New("boom"))), w.spawn(sleep(9000))}
		w.turns(1)
		tasks[0].Cancel(nil)
		w.runs(30, waits(w, "wait", 0, rt.UntilError, tasks...))
		w.traced("wait:1110:nil")
		w.runs(9000, waits(w, "rest", 0, rt.UntilError, tasks[0], tasks[1], tasks[3])) // without an error: all
		w.traced("rest:111:nil")
		f, g := rt.NewFuture[int](), rt.NewFuture[int]()
		f.Cancel(nil)
		task := w.spawn(waits(w, "futures", 0, rt.UntilError, f, g))
		w.turns(2)
		w.traced("")
		g.SetError(errors.New("boom"))
		w.run(task)
		w.traced("futures:11:nil")
	})
}

// CPython: the handle of the timeout is cancelled.
func TestC112_WaitCancelsItsTimer(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.runs(5, waits(w, "wait", 1000, rt.UntilAll, w.spawn(sleep(5))))
		w.traced("wait:1:nil")
		polls := len(w.poller.Waits())
		w.poller.OnWait(1, w.loop.Stop)
		w.loop.Run()
		if wait := w.poller.Waits()[polls]; wait >= 0 {
			w.Errorf("the loop waits %v for a time that does not matter any more", wait)
		}
	})
}

func TestWaitOfTheSameTwice(t *testing.T) {
	inBothForms(t, func(w *world) {
		a, b := w.spawn(sleep(5)), w.spawn(sleep(10))
		w.runs(5, waits(w, "first", 0, rt.UntilFirst, b, a, a))
		w.runs(10, waits(w, "all", 0, rt.UntilAll, a, b, b))
		w.traced("first:011:nil all:111:nil")
	})
}

func TestWaitFromAGoroutine(t *testing.T) {
	w := newWorld(t)
	f := rt.NewFutureOn[int](w.loop)
	g := rt.NewFutureOn[int](w.loop)
	ended := make(chan string)
	go func() {
		done, pending, err := rt.Wait(rt.UntilFirst, f, g)
		w.loop.Post(w.loop.Stop)
		ended <- fmt.Sprint(len(done) == 1 && done[0] == g, len(pending), err)
	}()
	w.loop.CallSoon(func() { g.SetResult(1) })
	w.loop.Run()
	if got := <-ended; got != "true 1 <nil>" {
		t.Error(got)
	}
	misuse(t, func() { rt.Wait(rt.UntilFirst, rt.NewFuture[int]()) })
	w.loop.CallSoon(func() { misuse(t, func() { rt.Wait(rt.UntilFirst, f) }) })
	w.turns(1)
	f.SetResult(1)
}

func TestWaitByHand(t *testing.T) {
	f, g := rt.NewFuture[int](), rt.NewFuture[int]()
	co := rt.Drive(rt.WaitAsync(rt.UntilAll, f, g))
	co.Send()
	f.SetResult(1)
	g.SetResult(2)
	if _, done := co.Send(); !done {
		t.Fatal("not done")
	}
	if p, err := co.Result(); len(p.First) != 2 || err != nil {
		t.Errorf("%v, %v", p, err)
	}
	misuse(t, func() {
		co := rt.Drive(rt.WaitWithinAsync(1, rt.UntilAll, rt.NewFuture[int]()))
		co.Send()
		co.Result()
	})
}

func TestSweepOfWait(t *testing.T) {
	boom := errors.New("boom")
	for _, until := range []rt.Until{rt.UntilFirst, rt.UntilError, rt.UntilAll} {
		sweep(t, 12, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
			ended := 0
			works := func(last step) *rt.Task[struct{}] {
				return w.spawn(ignored(), ignored(), ignored(), do(func() { ended++ }), last)
			}
			works3 := []*rt.Task[struct{}]{works(ignored()), works(fail(boom)), works(yield())}
			waited := 0
			waiter := func() *rt.Task[struct{}] {
				return w.spawn(
					call(
						func() rt.Awaitable[rt.Pair[[]*rt.Task[struct{}], []*rt.Task[struct{}]]] {
							return rt.WaitAsync(until, works3...)
						},
						func() (rt.Pair[[]*rt.Task[struct{}], []*rt.Task[struct{}]], error) {
							done, pending, err := rt.Wait(until, works3...)
							return rt.Pack2(done, pending), err
						},
						func(p rt.Pair[[]*rt.Task[struct{}], []*rt.Task[struct{}]], err error) error {
							waited++
							if n := len(p.First) + len(p.Second); err == nil && n != 3 {
								w.Errorf("%d of 3 tasks", n)
							}
							return err
						}))
			}
			return []*rt.Task[struct{}]{waiter(), works3[0], waiter(), works3[1], works3[2]}, func() {
				if ended != 3 || waited != 2 { // a task that was cancelled goes on, too
					w.Errorf("%d tasks ended, %d waits, want 3 and 2", ended, waited)
				}
			}
		})
	}
}
