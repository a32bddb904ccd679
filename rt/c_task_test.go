package rt_test

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// CPython: spawned before body after; from a task: spawned child.
func TestC059_SpawnRunsNothing(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.loop.CallSoon(w.logs("before"))
		w.spawn(w.says("body"))
		w.loop.CallSoon(w.logs("after"))
		w.log("spawned")
		w.turns(1)
		w.traced("spawned before body after")

		// Inside a task, too.
		w.spawn(do(func() {
			w.spawn(w.says("child"))
			w.log("spawned")
		}))
		w.turns(2)
		w.traced("spawned child")
	})
}

// CPython, two iterations: a b c d a2 b2 c2 d2.
func TestC060_TasksStartInOrder(t *testing.T) {
	inBothForms(t, func(w *world) {
		for _, name := range []string{"a", "b", "c", "d"} {
			w.spawn(w.says("%s", name), yield(), w.says("%s2", name))
		}
		w.turns(2)
		w.traced("a b c d a2 b2 c2 d2")
	})
}

// CPython, current_task(): none a call:none b poll:none a b callback:none none.
func TestC061_CurrentDuringItsStepOnly(t *testing.T) {
	inBothForms(t, func(w *world) {
		var a, b *rt.Task[struct{}]
		who := func() string {
			if fb := w.loop.Current(); rt.CurrentTask() != (*rt.TaskHandle)(fb) {
				return "two"
			}
			switch rt.CurrentTask() {
			case nil:
				return "none"
			case a.Handle():
				return "a"
			case b.Handle():
				return "b"
			}
			return "unknown"
		}
		says := do(func() { w.log("%s", who()) })
		a = w.spawn(says, yield(), says)
		w.loop.CallSoon(func() { w.log("call:%s", who()) })
		b = w.spawn(says, yield(), says) // the last of its turn: the poll after it must see none
		b.AddDoneCallback(func(*rt.Task[struct{}]) { w.log("callback:%s", who()) })
		w.poller.OnWait(2, func() { w.log("poll:%s", who()) })
		w.log("%s", who())
		if err := w.run(b); err != nil {
			t.Error(err)
		}
		w.log("%s", who())
		w.traced("none a call:none b poll:none a b callback:none none")
	})
}

// CPython, cancel('boom') for Cancel(boom): yield:True wait:CancelledError('boom') yield:True.
func TestC062_ResumedWithAValueOrAnError(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		task := w.spawn(
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("yield:%v", err == nil); return nil }),
			await(f.WaitAsync, func(v int, err error) error {
				w.log("wait:%d:%v", v, errors.Is(err, boom))
				return nil
			}),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("yield:%v", err == nil); return nil }),
		)
		w.turns(2)
		task.Cancel(boom)
		if err := w.run(task); err != nil {
			w.Error(err)
		}
		w.traced("yield:true wait:0:true yield:true")
	})
}

// CPython, done() after the first step: False, False, True, True, with ValueError('boom'); after the second: False, True; y1 r | y2 f:1.
func TestC063_WhatAStepMayEndWith(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		waits := w.spawn(wait(w, "f", f))
		yields := w.spawn(w.says("y1"), yield(), w.says("y2"))
		returns := w.spawn(w.says("r"))
		fails := w.spawn(fail(boom))
		w.turns(1)
		w.log("|")
		if waits.Done() || yields.Done() || !returns.Done() || !fails.Done() {
			w.Errorf("done after one step: waits %v, yields %v, returns %v, fails %v", waits.Done(), yields.Done(), returns.Done(), fails.Done())
		}
		if _, err := fails.Result(); err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
		w.turns(1)
		if waits.Done() || !yields.Done() {
			w.Errorf("done after two steps: waits %v, yields %v", waits.Done(), yields.Done())
		}
		f.SetResult(1)
		w.turns(1)
		if !waits.Done() {
			w.Error("not woken by its future")
		}
		w.traced("y1 r | y2 f:1")
	})
}

// CPython: a:7 b:error c:error; result() None, ValueError('boom'), CancelledError('boom').
func TestC064_WokenTaskReadsTheFuture(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		good, bad, gone := rt.NewFuture[int](), rt.NewFuture[int](), rt.NewFuture[int]()
		a, b, c := w.spawn(wait(w, "a", good)), w.spawn(wait(w, "b", bad)), w.spawn(wait(w, "c", gone))
		w.turns(1)
		good.SetResult(7)
		bad.SetError(boom)
		gone.Cancel(boom)
		w.turns(1)
		w.traced("a:7 b:error c:error")
		if _, err := a.Result(); err != nil {
			w.Errorf("a: %v", err)
		}
		if _, err := b.Result(); err != boom {
			w.Errorf("b: %v, want %v", err, boom)
		}
		var canceled *rt.Canceled
		if _, err := c.Result(); !errors.As(err, &canceled) || canceled.Cause != boom {
			w.Errorf("c: %v, want a *Canceled because of %v", err, boom)
		}
	})
}

// CPython, an iteration each: set, then before woken:1 woken:1 after.
func TestC065_FromSetToResumptionIsOneHop(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		w.spawn(wait(w, "woken", f))
		w.spawn(wait(w, "woken", f))
		w.turns(1)
		w.loop.CallSoon(func() {
			w.loop.CallSoon(w.logs("before"))
			f.SetResult(1)
			w.log("set")
			w.loop.CallSoon(w.logs("after"))
		})
		w.turns(1)
		w.traced("set")
		w.turns(1)
		w.traced("before woken:1 woken:1 after")
	})
}

// CPython, an iteration each: child, ends, parent; then at_once.
func TestC066_ParentResumesOneIterationAfterTheChild(t *testing.T) {
	inBothForms(t, func(w *world) {
		child := w.spawn(w.says("child"), yield(), w.says("ends"))
		w.spawn(await(child.WaitAsync, nil), w.says("parent"))
		w.turns(1)
		w.traced("child")
		w.turns(1)
		w.traced("ends")
		w.turns(1)
		w.traced("parent")

		// A child that is done already is awaited without a yield.
		w.spawn(await(child.WaitAsync, nil), w.says("at_once"))
		w.turns(1)
		w.traced("at_once")
	})
}

// CPython: cancel() False, cancelled() False, cancelling() 0, result() None.
func TestC080_CancelOfADoneTask(t *testing.T) {
	inBothForms(t, func(w *world) {
		task := w.spawn()
		w.turns(1)
		if task.Cancel(nil) {
			w.Error("Cancel of a done task reports true")
		}
		if task.Canceled() || task.Canceling() != 0 {
			w.Errorf("cancelled %v, cancelling %d", task.Canceled(), task.Canceling())
		}
		if _, err := task.Result(); err != nil {
			w.Error(err)
		}
	})
}

// CPython: cancel() True, the future cancelled at once; saw:True one iteration later; (done(), cancelled()) after each: (False, False),
// (False, False), (True, False); of the task that lets it through: (True, True).
func TestC081_CancelReachesTheFutureAtOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		task := w.spawn(
			await(f.WaitAsync, func(_ int, err error) error { w.log("saw:%v", isCanceled(err)); return nil }),
			yield(),
			fail(rt.ErrInvalidState),
		)
		w.turns(1)
		if !task.Cancel(nil) {
			w.Error("Cancel reports false")
		}
		if !f.Canceled() {
			w.Error("the future is not cancelled at once")
		}
		w.traced("")
		check := func(when string) {
			if task.Done() || task.Canceled() {
				w.Errorf("%s: done %v, cancelled %v, before the body has ended", when, task.Done(), task.Canceled())
			}
		}
		check("after Cancel")
		w.turns(1)
		w.traced("saw:true")
		check("after the error came")
		w.turns(1)
		if !task.Done() || task.Canceled() {
			w.Errorf("at the end: done %v, cancelled %v; the body failed otherwise", task.Done(), task.Canceled())
		}

		// A task that lets the error through ends cancelled.
		task = w.spawn(await(rt.NewFuture[int]().WaitAsync, nil))
		w.turns(1)
		task.Cancel(nil)
		w.turns(1)
		if !task.Done() || !task.Canceled() {
			w.Errorf("done %v, cancelled %v, want both", task.Done(), task.Canceled())
		}
	})
}

func isCanceled(err error) bool {
	var canceled *rt.Canceled
	return errors.As(err, &canceled)
}

// CPython, cancel('cause'): result() raises CancelledError('cause').
func TestC082_CancelHasACause(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		task := w.spawn(await(rt.NewFuture[int]().WaitAsync, nil))
		w.turns(1)
		task.Cancel(cause)
		w.turns(1)
		_, err := task.Result()
		var canceled *rt.Canceled
		if !errors.As(err, &canceled) || canceled.Cause != cause || !errors.Is(err, cause) {
			w.Errorf("error %v (%[1]T), want a *Canceled because of %v", err, cause)
		}
	})
}

// CPython, with a finally around the body: cancel() True, cancelling() 1, nothing of it runs, cancelled() True. [!]
func TestC083_CancelBeforeTheFirstStepComesAtTheFirstAwait(t *testing.T) {
	inBothForms(t, func(w *world) {
		task := w.spawn(
			w.says("body"),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("saw:%v", isCanceled(err)); return err }),
			w.says("never"),
		)
		if !task.Cancel(nil) || task.Canceling() != 1 {
			w.Errorf("cancelling %d, want 1", task.Canceling())
		}
		w.turns(1)
		w.traced("body saw:true")
		if !task.Canceled() {
			w.Error("not cancelled")
		}
	})
}

// CPython: the await raises CancelledError, the task is cancelled, and the future keeps 7. [!]
func TestC084_CancelDoesNotStealAValue(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		task := w.spawn(
			wait(w, "value", f),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("then:%v", isCanceled(err)); return err }),
		)
		w.turns(1)
		f.SetResult(7)
		task.Cancel(nil)
		w.turns(1)
		w.traced("value:7 then:true")
		if v, err := f.Result(); v != 7 || err != nil {
			w.Errorf("the future holds %v, %v", v, err)
		}
		if !task.Canceled() {
			w.Error("not cancelled")
		}
	})
}
