package rt_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// CPython, (done(), cancelled()) before and after, then what the setters and cancel() do to it, in this order:
//
//	set_result(1)    (False, False) (True, False) InvalidStateError InvalidStateError False, and still 1
//	set_exception    (False, False) (True, False) InvalidStateError InvalidStateError False, and still ValueError('boom')
//	cancel('cause')  (False, False) (True, True) InvalidStateError InvalidStateError False, and still CancelledError('cause')
func TestC039_FutureLeavesPendingOnce(t *testing.T) {
	boom := errors.New("boom")
	for name, end := range map[string]func(*rt.Future[int]){
		"result": func(f *rt.Future[int]) { f.SetResult(1) },
		"error":  func(f *rt.Future[int]) { f.SetError(boom) },
		"cancel": func(f *rt.Future[int]) { f.Cancel(boom) },
	} {
		f := rt.NewFuture[int]()
		if f.Done() || f.Canceled() {
			t.Errorf("%s: done or cancelled while pending", name)
		}
		end(f)
		v, err := f.Result()
		if !f.Done() || f.Canceled() != (name == "cancel") {
			t.Errorf("%s: done %v, cancelled %v", name, f.Done(), f.Canceled())
		}
		f.SetResult(2)
		f.SetError(errors.New("second"))
		f.Cancel(nil)
		if v2, err2 := f.Result(); v2 != v || err2 != err || f.Canceled() != (name == "cancel") {
			t.Errorf("%s: was %v, %v and became %v, %v", name, v, err, v2, err2)
		}
	}
}

// CPython: result() of the future and of the task InvalidStateError('Result is not set.').
func TestC040_ResultOfAPendingFuture(t *testing.T) {
	w := newWorld(t)
	if _, err := rt.NewFuture[int]().Result(); err != rt.ErrInvalidState {
		t.Errorf("Result of a pending future: %v, want %v", err, rt.ErrInvalidState)
	}
	task := w.spawn(yield())
	if _, err := task.Result(); err != rt.ErrInvalidState {
		t.Errorf("Result of a pending task: %v, want %v", err, rt.ErrInvalidState)
	}
	if err := w.run(task); err != nil {
		t.Error(err)
	}
}

// CPython: each time InvalidStateError('invalid state') from both.
func TestC041_SettingADoneFuture(t *testing.T) {
	for name, end := range map[string]func(*rt.Future[int]){
		"result": func(f *rt.Future[int]) { f.SetResult(1) },
		"error":  func(f *rt.Future[int]) { f.SetError(errors.New("boom")) },
		"cancel": func(f *rt.Future[int]) { f.Cancel(nil) },
	} {
		f := rt.NewFuture[int]()
		end(f)
		if err := f.SetResult(2); err != rt.ErrInvalidState {
			t.Errorf("%s, then SetResult: %v", name, err)
		}
		if err := f.SetError(errors.New("late")); err != rt.ErrInvalidState {
			t.Errorf("%s, then SetError: %v", name, err)
		}
	}
}

// CPython: cancel() True, cancelled and done; again False; the callback one iteration later: cancelled:True. Of one that is done: False,
// not cancelled, result 1.
func TestC042_CancelOfAFuture(t *testing.T) {
	w := newWorld(t)
	f := rt.NewFutureOn[int](w.loop)
	f.AddDoneCallback(func(f *rt.Future[int]) { w.log("cancelled:%v", f.Canceled()) })
	if !f.Cancel(nil) || !f.Canceled() || !f.Done() {
		t.Error("Cancel of a pending future did not cancel it")
	}
	if f.Cancel(nil) {
		t.Error("the second Cancel reports true")
	}
	w.traced("")
	w.turns(1)
	w.traced("cancelled:true")

	done := rt.NewFuture[int]()
	done.SetResult(1)
	if done.Cancel(nil) || done.Canceled() {
		t.Error("Cancel changed a future that was done")
	}
	if v, err := done.Result(); v != 1 || err != nil {
		t.Errorf("after a Cancel that came too late: %v, %v", v, err)
	}
}

// CPython, cancel('cause') and cancel(): result() raises CancelledError('cause') and CancelledError().
func TestC043_ResultOfACancelledFutureHasTheCause(t *testing.T) {
	cause := errors.New("cause")
	f := rt.NewFuture[int]()
	f.Cancel(cause)
	_, err := f.Result()
	var canceled *rt.Canceled
	if !errors.As(err, &canceled) || canceled.Cause != cause {
		t.Errorf("error %v (%[1]T), want a *Canceled with the cause", err)
	}
	if !errors.Is(err, cause) {
		t.Errorf("%v is not its cause", err)
	}
	f = rt.NewFuture[int]()
	f.Cancel(nil)
	if _, err := f.Result(); !errors.As(err, &canceled) {
		t.Errorf("error %v (%[1]T) after Cancel(nil), want a *Canceled", err)
	}
}

// CPython: issubclass(CancelledError, Exception) False, issubclass(CancelledError, TimeoutError) False.
func TestC044_CancelIsToldFromOtherErrors(t *testing.T) {
	f := rt.NewFuture[int]()
	f.Cancel(errors.New("cause"))
	_, err := f.Result()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is context.DeadlineExceeded", err)
	}
	f = rt.NewFuture[int]()
	f.SetError(errors.New("boom"))
	if _, err := f.Result(); errors.Is(err, context.Canceled) {
		t.Errorf("%v is context.Canceled", err)
	}
}

// CPython, of a future and of a task: three times the object that was set or raised.
func TestC045_ResultGivesTheErrorEachTime(t *testing.T) {
	boom := errors.New("boom")
	f := rt.NewFuture[int]()
	f.SetError(boom)
	for range 3 {
		if _, err := f.Result(); err != boom {
			t.Errorf("error %v, want %v", err, boom)
		}
	}
	inBothForms(t, func(w *world) {
		task := w.spawn(fail(boom))
		w.turns(1)
		for range 3 {
			if _, err := task.Result(); err != boom {
				w.Errorf("error %v, want %v", err, boom)
			}
		}
	})
}

// CPython, each of the three: before | a b c after.
func TestC046_DoneCallbacksAreNeverSynchronous(t *testing.T) {
	for name, end := range map[string]func(*rt.Future[int]){
		"result": func(f *rt.Future[int]) { f.SetResult(1) },
		"error":  func(f *rt.Future[int]) { f.SetError(errors.New("boom")) },
		"cancel": func(f *rt.Future[int]) { f.Cancel(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f := rt.NewFutureOn[int](w.loop)
			for _, name := range []string{"a", "b", "c"} {
				f.AddDoneCallback(func(*rt.Future[int]) { w.log("%s", name) })
			}
			w.loop.CallSoon(w.logs("before"))
			w.loop.CallSoon(func() {
				end(f)
				w.loop.CallSoon(w.logs("after"))
				w.log("|")
			})
			w.turns(2)
			w.traced("before | a b c after")
		})
	}
}

// CPython: | before callback after.
func TestC047_CallbackOnADoneFutureIsScheduled(t *testing.T) {
	w := newWorld(t)
	f := rt.NewFutureOn[int](w.loop)
	f.SetResult(1)
	w.loop.CallSoon(func() {
		w.loop.CallSoon(w.logs("before"))
		f.AddDoneCallback(func(*rt.Future[int]) { w.log("callback") })
		w.loop.CallSoon(w.logs("after"))
		w.log("|")
	})
	w.turns(2)
	w.traced("| before callback after")
}

// CPython: twice once twice; removed 2, then 0: once; of a task: task waiter task.
func TestC048_CallbackAddedTwice(t *testing.T) {
	w := newWorld(t)
	f := rt.NewFutureOn[int](w.loop)
	twice := rt.NewCallback(func(*rt.Future[int]) { w.log("twice") })
	f.AddCallback(twice)
	f.AddDoneCallback(func(*rt.Future[int]) { w.log("once") })
	f.AddCallback(twice)
	f.SetResult(1)
	w.turns(1)
	w.traced("twice once twice")

	f = rt.NewFutureOn[int](w.loop)
	f.AddCallback(twice)
	f.AddDoneCallback(func(*rt.Future[int]) { w.log("once") })
	f.AddCallback(twice)
	if n := f.RemoveDoneCallback(twice); n != 2 {
		t.Errorf("removed %d, want 2", n)
	}
	if n := f.RemoveDoneCallback(twice); n != 0 {
		t.Errorf("removed %d again, want 0", n)
	}
	f.SetResult(1)
	w.turns(1)
	w.traced("once")

	// On a task, too, where who waits stands in the same line.
	task := w.spawn(yield())
	of := rt.NewCallback(func(*rt.Task[struct{}]) { w.log("task") })
	task.AddCallback(of)
	w.spawn(await(task.WaitAsync, nil), w.says("waiter"))
	w.turns(1)
	task.AddCallback(of)
	w.turns(2)
	w.traced("task waiter task")
}

// CPython: remove_done_callback 0, then ran.
func TestC049_RemoveAfterCompletion(t *testing.T) {
	w := newWorld(t)
	f := rt.NewFutureOn[int](w.loop)
	cb := f.AddDoneCallback(func(*rt.Future[int]) { w.log("ran") })
	f.SetResult(1)
	if n := f.RemoveDoneCallback(cb); n != 0 {
		t.Errorf("removed %d callbacks of a done future", n)
	}
	w.turns(1)
	w.traced("ran")
}

// CPython: True True.
func TestC050_CallbackReceivesTheFuture(t *testing.T) {
	w := newWorld(t)
	f := rt.NewFutureOn[int](w.loop)
	f.AddDoneCallback(func(got *rt.Future[int]) { w.log("%v", got == f) })
	f.SetResult(1)
	task := w.spawn()
	task.AddDoneCallback(func(got *rt.Task[struct{}]) { w.log("%v", got == task) })
	w.turns(2)
	w.traced("true true")
}

// CPython: a:0 b | new.
func TestC051_CallbacksChangedFromACallback(t *testing.T) {
	w := newWorld(t)
	f := rt.NewFutureOn[int](w.loop)
	var b *rt.Callback[*rt.Future[int]]
	f.AddDoneCallback(func(*rt.Future[int]) {
		w.log("a:%d", f.RemoveDoneCallback(b))
		f.AddDoneCallback(func(*rt.Future[int]) { w.log("new") })
	})
	b = f.AddDoneCallback(func(*rt.Future[int]) { w.log("b") })
	f.SetResult(1)
	w.turns(1)
	w.log("|")
	w.turns(2)
	w.traced("a:0 b | new")
}

// wait is a step that awaits f and logs what came.
func wait[T any](w *world, name string, f *rt.Future[T]) step {
	return await(f.WaitAsync, func(v T, err error) error {
		if err != nil {
			w.log("%s:error", name)
			return err
		}
		w.log("%s:%v", name, v)
		return nil
	})
}

// CPython: a:7 b:7 c:error next.
func TestC055_AwaitOfADoneFutureDoesNotYield(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		f.SetResult(7)
		failed := rt.NewFuture[int]()
		failed.SetError(errors.New("boom"))
		w.spawn(wait(w, "a", f), wait(w, "b", f), wait(w, "c", failed))
		w.loop.CallSoon(w.logs("next"))
		w.turns(1)
		w.traced("a:7 b:7 c:error next")
	})
}

// CPython, three iterations, then set_result: begins, not done, a:7 again:7, done. By hand, f.__await__() yields f; send before f is done
// raises RuntimeError "await wasn't used with future", after it StopIteration(7).
func TestC056_AwaitOfAPendingFutureSuspendsOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		task := w.spawn(w.says("begins"), wait(w, "a", f), wait(w, "again", f))
		w.turns(3)
		w.traced("begins")
		if task.Done() {
			w.Error("done before its future")
		}
		w.loop.CallSoon(func() { f.SetResult(7) })
		w.turns(2)
		w.traced("a:7 again:7")
		if !task.Done() {
			w.Error("not done after its future")
		}
	})
	// By hand: it waits for one operation, and goes on once that is done.
	f := rt.NewFuture[int]()
	co := rt.Drive(f.WaitAsync())
	op, done := co.Send()
	if op == nil || done {
		t.Fatalf("Send: waits for %v, done %v", op, done)
	}
	if misuse(t, func() { co.Send() }) == "" {
		t.Error("Send before the future is done did not panic")
	}
	f.SetResult(7)
	if op, done := co.Send(); op != nil || !done {
		t.Fatalf("Send after the future is done: waits for %v, done %v", op, done)
	}
	if v, err := co.Result(); v != 7 || err != nil {
		t.Errorf("result %v, %v", v, err)
	}
}

// CPython: the task fails with RuntimeError "Task … got Future … attached to a different loop".
func TestC054_FutureOfAnotherLoop(t *testing.T) {
	inBothForms(t, func(w *world) {
		other, _ := rttest.NewLoop(t)
		f := rt.NewFutureOn[int](other)
		task := w.spawn(do(func() {}), call(f.WaitAsync, f.Wait, nil), w.says("never"))
		defer func() {
			if m, ok := recover().(rt.Misuse); !ok || !strings.Contains(string(m), "another loop") {
				w.Errorf("panicked with %v", m)
			}
			if !task.Done() {
				w.Error("the task has not failed")
			}
			w.traced("")
		}()
		w.run(task)
	})
}
