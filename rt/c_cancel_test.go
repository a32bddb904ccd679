package rt_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"weak"

	"github.com/goasync/goasync/rt"
)

// sees is a step that awaits f and logs whether a cancel came; it goes on in any case.
func sees(w *world, name string, f *rt.Future[int]) step {
	return await(f.WaitAsync, func(v int, err error) error {
		w.log("%s:%v", name, isCanceled(err))
		return nil
	})
}

// CPython, a task that awaits a future nobody else refers to: collected, "Task was destroyed but it is pending!". [!] Where a timer refers
// to what the task waits for, as in a sleep, it ends there, too.
func TestC073_LoopHoldsItsTasks(t *testing.T) {
	inBothForms(t, func(w *world) {
		// Nobody but the loop refers to the task, and nobody but the task to what it waits for.
		held := weak.Make(w.spawn(w.forever("waits", true), w.says("ended")))
		w.turns(1)
		runtime.GC()
		if task := held.Value(); task == nil {
			w.Error("a suspended task was collected")
		} else {
			task.Cancel(nil)
		}
		w.turns(2)
		w.traced("waits:canceled ended")
	})
}

// CPython: first:True, second neither cancelled nor the task done; second:False, done() True, cancelled() False, cancelling() 1. [!] is
// about scopes.
func TestC085_CaughtCancel(t *testing.T) {
	inBothForms(t, func(w *world) {
		second := rt.NewFuture[int]()
		task := w.spawn(
			sees(w, "first", rt.NewFuture[int]()),
			sees(w, "second", second),
		)
		w.turns(1)
		task.Cancel(nil)
		w.turns(3)
		w.traced("first:true")
		if second.Canceled() || task.Done() {
			w.Error("the cancel came a second time")
		}
		second.SetResult(1)
		w.turns(1)
		w.traced("second:false")
		if !task.Done() || task.Canceled() || task.Canceling() != 1 {
			w.Errorf("done %v, cancelled %v, cancelling %d; want a task that ended well and was cancelled once", task.Done(), task.Canceled(), task.Canceling())
		}
	})
}

// CPython, and a sleep(0) after it: done:False after:False sleep:True. [!]
func TestC087_EveryAwaitIsACancelPoint(t *testing.T) {
	inBothForms(t, func(w *world) {
		done := rt.NewFuture[int]()
		done.SetResult(7)
		var self *rt.Task[struct{}]
		self = w.spawn(
			do(func() { self.Cancel(nil) }),
			sees(w, "done", done), // does not block, and fails all the same
			sees(w, "after", done),
		)
		w.turns(1)
		w.traced("done:true after:false")
	})
}

// CPython, raise CancelledError: cancelled() True.
func TestC088_CancelErrorByHand(t *testing.T) {
	inBothForms(t, func(w *world) {
		task := w.spawn(fail(context.Canceled))
		w.turns(1)
		if !task.Canceled() {
			w.Error("a task that returns context.Canceled is not cancelled")
		}
	})
}

// CPython: cleanup:True, exception() ValueError('boom'), cancelled() False.
func TestC089_AnotherErrorWins(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		task := w.spawn(sees(w, "cleanup", rt.NewFuture[int]()), fail(boom))
		w.turns(1)
		task.Cancel(nil)
		w.turns(1)
		w.traced("cleanup:true")
		if _, err := task.Result(); err != boom || task.Canceled() {
			w.Errorf("error %v, cancelled %v; want %v and not cancelled", err, task.Canceled(), boom)
		}
	})
}

// CPython: inner:True, then inner_ends outer:True, both cancelled.
func TestC090_CancelOfAnAwaitOfATaskGoesToTheTask(t *testing.T) {
	inBothForms(t, func(w *world) {
		inner := w.spawn(
			await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { w.log("inner:%v", isCanceled(err)); return nil }),
			yield(), // cleanup that takes a turn
			w.says("inner_ends"),
			fail(context.Canceled),
		)
		outer := w.spawn(await(inner.WaitAsync, func(_ struct{}, err error) error {
			w.log("outer:%v", errors.Is(err, context.Canceled))
			return err
		}))
		w.turns(1)
		outer.Cancel(nil)
		w.turns(1)
		w.traced("inner:true")
		w.turns(2)
		w.traced("inner_ends outer:true")
		if !outer.Canceled() || !inner.Canceled() {
			w.Errorf("cancelled: outer %v, inner %v; want both", outer.Canceled(), inner.Canceled())
		}
	})
}

// CPython: inner:True outer:None goes_on, neither cancelled.
func TestC091_InnerTaskSwallowsTheCancel(t *testing.T) {
	inBothForms(t, func(w *world) {
		inner := w.spawn(sees(w, "inner", rt.NewFuture[int]()))
		outer := w.spawn(
			await(inner.WaitAsync, func(_ struct{}, err error) error { w.log("outer:%v", err); return err }),
			yield(),
			w.says("goes_on"),
		)
		w.turns(1)
		outer.Cancel(nil)
		w.turns(3)
		w.traced("inner:true outer:<nil> goes_on")
		if outer.Canceled() || inner.Canceled() {
			w.Errorf("cancelled: outer %v, inner %v; want neither", outer.Canceled(), inner.Canceled())
		}
	})
}

// CPython, cancel('first') and cancel('second'): cancelling() 2, CancelledError('first'), then:False.
func TestC093_TwoCancelsDeliverOneError(t *testing.T) {
	inBothForms(t, func(w *world) {
		first, second := errors.New("first"), errors.New("second")
		later := rt.NewFuture[int]()
		later.SetResult(7)
		task := w.spawn(
			await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
				w.log("%v:%v", errors.Is(err, first), errors.Is(err, second))
				return nil
			}),
			sees(w, "then", later),
		)
		w.turns(1)
		task.Cancel(first)
		task.Cancel(second)
		if n := task.Canceling(); n != 2 {
			w.Errorf("cancelling %d, want 2", n)
		}
		w.turns(2)
		w.traced("true:false then:false")
	})
}

// CPython: nothing in the iteration in which the task ends, cancelled:True in the next.
func TestC095_CallbacksOfACancelledTask(t *testing.T) {
	inBothForms(t, func(w *world) {
		task := w.spawn(await(rt.NewFuture[int]().WaitAsync, nil))
		task.AddDoneCallback(func(task *rt.Task[struct{}]) { w.log("cancelled:%v", task.Canceled()) })
		w.turns(1)
		task.Cancel(nil)
		w.turns(1)
		w.traced("")
		w.turns(1)
		w.traced("cancelled:true")
	})
}
