package rt_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// shield is a step that runs steps under a shield.
func shield(then func(error) error, steps ...step) step {
	async, plain := asFunc(steps)
	return call(
		func() rt.Awaitable[struct{}] { return rt.ShieldAsync(async) },
		func() (struct{}, error) { return rt.Shield(plain) },
		none(then))
}

// cleanup is a step that runs steps under a shield with a deadline.
func cleanup(grace time.Duration, then func(error) error, steps ...step) step {
	async, plain := asFunc(steps)
	return call(
		func() rt.Awaitable[struct{}] { return rt.Cleanup0Async(grace, async) },
		func() (struct{}, error) {
			return struct{}{}, rt.Cleanup0(grace, func() error { _, err := plain(); return err })
		},
		none(then))
}

// next is a step that logs what the next await fails with, and goes on.
func (w *world) next() step {
	return await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("next:%s", kindOf(err)); return nil })
}

// CPython, cancel('cause') and cancel('second') while it awaits shield(…): shield:CancelledError('cause') next:nil next:nil inside:7, the
// future not cancelled, cancelling() 2: who awaits goes on at once and leaves what it shields running; here it waits for its end ([!] of
// 118).
func TestC096_CancelDuringAShieldComesAfterIt(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		task := w.spawn(
			shield(w.came("shield"), wait(w, "inside", f), yield()),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("next:%v", errors.Is(err, cause)); return nil }),
			w.next())
		w.turns(1)
		task.Cancel(cause)
		task.Cancel(errors.New("second"))
		w.turns(3)
		if f.Canceled() || task.Canceling() != 2 {
			w.Errorf("future cancelled %v, cancelling %d", f.Canceled(), task.Canceling())
		}
		f.SetResult(7)
		w.turns(4)
		w.traced("inside:7 shield:nil next:true next:nil")
	})
	// The cancel came before, and was not delivered.
	inBothForms(t, func(w *world) {
		var self *rt.Task[struct{}]
		self = w.spawn(
			do(func() { self.Cancel(cause) }),
			shield(w.came("outer"),
				shield(w.came("inner"), yield(), w.says("cleaned")),
				yield()),
			w.next(), w.next())
		w.run(self)
		w.traced("cleaned inner:nil outer:nil next:canceled next:nil")
	})
}

// CPython, a timeout of 10 around shield(a task that sleeps 15 and says so): "shield:canceled timeout:timeout" at 10, cleaned at 15; that
// we wait is [!] of 118. The others: inner:canceled deadline:timeout error:boom, and the value.
func TestC116_ShieldStopsCancelsFromOutside(t *testing.T) {
	inBothForms(t, func(w *world) {
		// The scope around it is cancelled while it runs, and before.
		w.runs(15, timeout(10, w.came("timeout"),
			shield(w.came("shield"), sleep(15), w.says("cleaned")),
			shield(w.came("again"), yield(), w.says("cleaned")),
			w.forever("next", false)))
		w.traced("cleaned shield:nil cleaned again:nil next:canceled timeout:timeout10")
		// What is cancelled inside comes out, and so do a value and an error.
		boom := errors.New("boom")
		f := rt.NewFuture[int]()
		f.Cancel(nil)
		w.runs(35,
			shield(w.came("inner"), wait(w, "f", f)),
			shield(w.came("deadline"), timeout(20, nil, sleep(30))),
			shield(w.came("error"), fail(boom)))
		w.traced("f:error inner:canceled deadline:timeout20 error:boom")
	})
	inBothForms(t, func(w *world) {
		w.runs(3, call(
			func() rt.Awaitable[int] { return rt.ShieldAsync(w.child(7, sleep(3))) },
			func() (int, error) { return rt.Shield(func() (int, error) { return 7, rt.Sleep(3) }) },
			func(v int, err error) error { w.log("%d:%v", v, err); return nil }))
		w.traced("7:<nil>")
	})
}

// CPython 3.11: the task is cancelled, and the collector logs "Task exception was never retrieved"; [!].
func TestC117_ErrorInAShieldIsReturnedAlsoAfterACancel(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		task := w.spawn(shield(nil, sleep(5), fail(boom)))
		w.turns(1)
		task.Cancel(nil)
		if err := w.run(task); err != boom || task.Canceled() {
			w.Errorf("error %v, cancelled %v; want %v", err, task.Canceled(), boom)
		}
	})
}

// CPython, asyncio.run with a task like each: what is under the shield is cancelled as well; [!].
func TestC118_ShutdownWaitsForAShield(t *testing.T) {
	cleaned := false
	inside := rt.NewFuture[int]()
	err := rt.Run0(func() error {
		rt.Spawn0(func() error {
			return rt.Shield0(func() error {
				defer func() { cleaned = true }()
				_, err := inside.Wait()
				return err
			})
		})
		rt.Spawn0(func() error { // what the shielded one waits for comes while Run cancels what is left
			err := rt.Sleep(time.Hour)
			return rt.Shield0(func() error {
				rt.YieldNow()
				inside.SetResult(1)
				return err
			})
		})
		return rt.YieldNow()
	})
	if err != nil || !cleaned {
		t.Errorf("error %v, cleaned %v: Run returned before the shielded function", err, cleaned)
	}
}

func TestCleanupHasADeadline(t *testing.T) {
	inBothForms(t, func(w *world) {
		task := w.spawn(
			w.forever("body", true),
			cleanup(10, w.came("in_time"), sleep(9)),
			cleanup(10, w.came("too_late"), sleep(11)),
			w.next())
		w.turns(1)
		w.loop.CallLater(5, func() { task.Cancel(nil) })
		w.loop.CallLater(6, func() { task.Cancel(nil) })
		w.run(task)
		w.traced("body:canceled in_time:nil too_late:timeout10 next:canceled")
		if now := w.clock.Now(); now != 24 {
			w.Errorf("ended at %d, want 24", now)
		}
		// Under a scope that stays cancelled.
		w.runs(48, timeout(4, w.came("timeout"),
			w.forever("body", true),
			cleanup(10, w.came("in_time"), sleep(10-1)),
			cleanup(11, w.came("too_late"), w.forever("f", false)),
			w.next(), fail(context.Canceled)))
		w.traced("body:canceled in_time:nil f:canceled too_late:timeout11 next:canceled timeout:canceled")
	})
}
