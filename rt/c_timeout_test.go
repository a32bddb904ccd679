package rt_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// timeout is a step that runs steps with a deadline.
func timeout(d time.Duration, then func(error) error, steps ...step) step {
	async, plain := asFunc(steps)
	return call(
		func() rt.Awaitable[struct{}] { return rt.TimeoutAsync(d, async) },
		func() (struct{}, error) { return rt.Timeout(d, plain) },
		none(then))
}

// CPython, wait_for: "slept timeout:nil after" at 5, no timer left; the error; 7 also without a timeout.
func TestC119_CallInTime(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.runs(5, timeout(10, w.came("timeout"), sleep(5), w.says("slept")), w.says("after"))
		w.traced("slept timeout:nil after")
		// The deadline is gone: with nothing left to do the loop waits for ever.
		polls := len(w.poller.Waits())
		w.poller.OnWait(1, w.loop.Stop)
		w.loop.Run()
		if wait := w.poller.Waits()[polls]; wait >= 0 {
			w.Errorf("the loop waits %v for a deadline that was met", wait)
		}
		boom := errors.New("boom")
		if err := w.runs(5, timeout(10, nil, fail(boom))); err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
	})
	// With values, and a time that is longer than the clock can show.
	inBothForms(t, func(w *world) {
		w.runs(3, call(
			func() rt.Awaitable[int] {
				return rt.TimeoutAsync(1<<63-1, w.child(7, sleep(3)))
			},
			func() (int, error) {
				return rt.Timeout(1<<63-1, func() (int, error) { return 7, rt.Sleep(3) })
			},
			func(v int, err error) error { w.log("%d:%v", v, err); return nil }))
		w.traced("7:<nil>")
	})
}

// CPython, wait_for: body:canceled cleaned, TimeoutError() from CancelledError() at 30.
func TestC120_TimeoutWaitsForTheEndOfWhatItCancels(t *testing.T) {
	inBothForms(t, func(w *world) {
		// Cleanup under a shield takes longer than the timeout.
		err := w.runs(30, timeout(10, nil,
			w.forever("body", true),
			shield(nil, sleep(20), w.says("cleaned")),
			await(rt.YieldNowAsync, nil)))
		w.traced("body:canceled cleaned")
		var expired *rt.TimeoutError
		if !errors.As(err, &expired) || expired.After != 10 || !expired.Timeout() {
			w.Errorf("error %v, want a timeout after 10", err)
		}
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || isCanceled(err) {
			w.Errorf("error %v must be a passed deadline and no cancel", err)
		}
		if err.Error() != "rt: timed out after 10ns" {
			w.Errorf("it says %q", err)
		}
	})
}

// CPython, wait_for: a:canceled swallows:None b:canceled fails:boom.
func TestC121_WhatTheCancelledFunctionReturnsCounts(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		w.runs(20,
			timeout(10, w.came("swallows"), w.forever("a", true)),
			timeout(10, w.came("fails"), w.forever("b", true), fail(boom)))
		w.traced("a:canceled swallows:nil b:canceled fails:boom")
	})
}

// CPython, wait_for with 0 and -5: TimeoutError, the coroutine is not begun; of a done future its result. asyncio.timeout: begins, the done
// future's value, TimeoutError at the await after it. [!] of 083 and 087.
func TestC122_NoTimeFailsTheFirstAwait(t *testing.T) {
	// The function begins, so that what it was given is cleaned up, and its first await fails, as 083 and 087 have it.
	inBothForms(t, func(w *world) {
		done := rt.NewFuture[int]()
		done.SetResult(1)
		for _, d := range []time.Duration{0, -5} {
			w.runs(0, timeout(d, w.came("timeout"), w.says("begins"), sees(w, "done", done), yield(), w.says("never")))
			w.traced(fmt.Sprintf("begins done:true timeout:timeout%d", d))
		}
	})
}

// CPython, wait_for: body:canceled cleaned wait_for:canceled('cause'), the task cancelled at 0.
func TestC123_CancelOfTheCallerCancelsTheCall(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		task := w.spawn(timeout(10, func(err error) error { w.log("%s:%v", kindOf(err), errors.Is(err, cause)); return err },
			w.forever("body", true), yield(), w.says("cleaned"), fail(&rt.Canceled{Cause: cause})))
		w.turns(1)
		task.Cancel(cause)
		w.turns(3)
		w.traced("body:canceled cleaned canceled:true")
		if !task.Canceled() || w.clock.Now() != 0 {
			w.Errorf("cancelled %v at %d", task.Canceled(), w.clock.Now())
		}
	})
}

// CPython 3.11, the same with wait_for: "value:7 timeout:nil then:nil", the cancel swallowed. With asyncio.timeout: "value:canceled
// timeout:canceled", the task cancelled; that the value comes is [!] of 084.
func TestC124_CancelAsTheCallEndsIsNotSwallowed(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		task := w.spawn(
			timeout(10, w.came("timeout"), wait(w, "value", f)),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("then:%s", kindOf(err)); return err }))
		w.turns(1)
		f.SetResult(7)
		task.Cancel(nil)
		w.turns(1)
		w.traced("value:7 timeout:nil then:canceled")
		if !task.Canceled() {
			w.Error("the cancel was swallowed")
		}
	})
}

// CPython 3.11: wait_for returns the value in both orders. asyncio.timeout around the await raises TimeoutError in both; that the result
// wins if it is first is [!] of 084.
func TestC125_ResultInTheIterationOfTheDeadlineWins(t *testing.T) {
	for _, first := range []string{"result", "deadline"} {
		inBothForms(t, func(w *world) {
			f := rt.NewFuture[int]()
			set := func() { w.loop.CallAt(10, func() { f.SetResult(7) }) }
			if first == "result" {
				set()
			}
			task := w.spawn(timeout(10, w.came("timeout"), wait(w, "value", f)))
			w.turns(1)
			if first == "deadline" {
				set()
			}
			w.run(task)
			if first == "result" {
				w.traced("value:7 timeout:nil")
			} else { // the future is cancelled already, and nothing is stolen from it
				w.traced("value:error timeout:timeout10")
			}
		})
	}
}

// CPython: in asyncio.timeout the same task, 1 of 1; in wait_for of 3.11 a task of its own, 1 of 2.
func TestC126_TimeoutRunsInTheCallingTask(t *testing.T) {
	inBothForms(t, func(w *world) {
		var self *rt.Task[struct{}]
		tasks := 0
		self = w.spawn(timeout(10, nil,
			do(func() {
				if w.loop.Current() != self.Fiber() {
					w.Error("the function does not run on the fiber of its caller")
				}
				tasks = w.loop.Tasks()
			}), sleep(1),
			do(func() {
				if w.loop.Current() != self.Fiber() {
					w.Error("the function does not run on the fiber of its caller after an await")
				}
			})))
		if err := w.run(self); err != nil || tasks != 1 {
			w.Errorf("error %v, %d tasks", err, tasks)
		}
	})
}

// CPython, asyncio.timeout: "hand:canceled own:timeout body:canceled both:timeout". There no cancel says whose it is; here the last is not
// that of the timeout.
func TestC127_OnlyItsOwnDeadlineIsATimeout(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		// A cancel that is not its own: of a future, by hand, of the task.
		w.runs(1, timeout(10, w.came("hand"), sleep(1), fail(&rt.Canceled{Cause: boom})))
		// Time counts from the begin of the call.
		w.runs(21, sleep(10), timeout(10, w.came("own"), sleep(9), sleep(9)))
		// A cancel made elsewhere, though the deadline has passed.
		w.runs(31, timeout(10, w.came("both"), w.forever("body", true), fail(context.Canceled)))
		w.traced("hand:canceled own:timeout10 body:canceled both:canceled")
	})
}

// CPython, asyncio.timeout: "body:canceled timeout:canceled" in both orders, the task cancelled; "inner:canceled outer:timeout" in both. An
// error raised from the cancel is no cancel there. One who cancels himself when he sees the error: "timeout:canceled next:canceled
// next:nil", where the cancel comes twice; here it comes once.
func TestC128_CancelInTheIterationOfTheDeadlineWins(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		for _, cancelAt := range []time.Duration{9, 11} { // before the deadline and after it, in one iteration
			task := w.spawn(timeout(10, func(err error) error { w.log("timeout:%v", errors.Is(err, cause)); return err },
				w.forever("body", false)))
			w.turns(1)
			w.loop.CallLater(cancelAt, func() { task.Cancel(cause) })
			w.clock.Advance(20)
			w.run(task)
			w.traced("body:canceled timeout:true")
			if !task.Canceled() {
				w.Error("the task is not cancelled")
			}
		}
		// The same for the deadline of a scope around it, whose timeout it then is; also if the error is not bare.
		for _, outer := range []time.Duration{9, 11} {
			for _, wrap := range []string{"%w", "body: %w"} {
				task := w.spawn(timeout(outer, w.came("outer"),
					timeout(10, func(err error) error { w.log("inner:%s", kindOf(err)); return err },
						await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { return fmt.Errorf(wrap, err) }))))
				w.turns(1)
				w.clock.Advance(20)
				w.run(task)
				w.traced(fmt.Sprintf("inner:canceled outer:timeout%d", outer))
			}
		}
		// A cancel that comes after the error has been seen is due as well.
		var self *rt.Task[struct{}]
		self = w.spawn(timeout(10, func(err error) error { w.log("timeout:%v", errors.Is(err, cause)); return nil },
			await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { self.Cancel(cause); return err })),
			w.next())
		w.run(self)
		w.traced("timeout:true next:nil")
	})
}

// CPython, asyncio.timeout: "body:canceled inner:canceled outer:timeout" at 10, "body:canceled inner:timeout outer:timeout" at 20, the same
// at 30 if the body of the outer one goes on.
func TestC129_NestedTimeouts(t *testing.T) {
	inBothForms(t, func(w *world) {
		nested := func(outer, inner time.Duration) step {
			return timeout(outer, w.came("outer"),
				timeout(inner, func(err error) error { w.log("inner:%s", kindOf(err)); return err }, w.forever("body", false)))
		}
		w.runs(10, nested(10, 20))
		w.traced("body:canceled inner:canceled outer:timeout10")
		// Outside the inner literal the outer one goes on: its error there is an error like another.
		w.runs(30, nested(30, 20))
		w.traced("body:canceled inner:timeout20 outer:timeout20")
		w.runs(60, timeout(30, w.came("outer"),
			timeout(20, w.came("inner"), w.forever("body", false)), sleep(20)))
		w.traced("body:canceled inner:timeout20 outer:timeout30")
	})
}

// moveOn is a step that runs steps until d has passed.
func moveOn(d time.Duration, then func(bool, error) error, steps ...step) step {
	async, plain := asFunc(steps)
	return call(
		func() rt.Awaitable[bool] { return rt.MoveOn0Async(d, async) },
		func() (bool, error) { return rt.MoveOn0(d, func() error { _, err := plain(); return err }) },
		then)
}

// CPython, expired() after bodies like these: False:nil True:timeout True:nil True:boom, False:timeout of the inner one, False:canceled. To
// take a timeout for no error, as the second does, is MoveOn's own.
func TestC130_ExpiredIsToldAlsoIfTheFunctionReturned(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		logs := func(expired bool, err error) error { w.log("%v:%s", expired, kindOf(err)); return nil }
		w.runs(9, moveOn(10, logs, sleep(9)))
		w.runs(19, moveOn(10, logs, sleep(11)))
		w.runs(29, moveOn(10, logs, w.forever("body", true)))
		w.runs(39, moveOn(10, logs, w.forever("body", true), fail(boom)))
		w.traced("false:nil true:nil body:canceled true:nil body:canceled true:boom")
		// The timeout of a function inside is no deadline of this one.
		w.runs(49, moveOn(20, logs, timeout(10, nil, sleep(11))))
		w.traced("false:timeout10")
		// Nor is a cancel.
		task := w.spawn(moveOn(10, func(expired bool, err error) error { logs(expired, err); return err }, w.forever("body", false)))
		w.turns(1)
		task.Cancel(nil)
		w.run(task)
		w.traced("body:canceled false:canceled")
	})
}

// CPython, asyncio.timeout(-1): body no_await:nil, expired() False; await:timeout, True. Here the scope is cancelled as it is entered, and
// so MoveOn says true.
func TestC131_DeadlineInThePast(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.runs(0, timeout(-1, w.came("no_await"), w.says("body")))
		w.runs(0, moveOn(-1, func(expired bool, err error) error { w.log("%v:%v", expired, err); return nil }))
		w.runs(0, timeout(-1, w.came("await"), sleep(0), w.says("never")))
		w.traced("body no_await:nil true:<nil> await:timeout-1")
	})
}

// CPython, asyncio.timeout: first:canceled body:canceled timeout:timeout cancelling:1 awaits.
func TestC133_CancellingIsWhatItWasBefore(t *testing.T) {
	inBothForms(t, func(w *world) {
		var self *rt.Task[struct{}]
		self = w.spawn(
			do(func() { self.Cancel(nil) }), w.forever("first", true),
			timeout(10, w.came("timeout"), w.forever("body", false)),
			do(func() { w.log("cancelling:%d", self.Canceling()) }), sleep(1), w.says("awaits"))
		if err := w.run(self); err != nil {
			w.Error(err)
		}
		w.traced("first:canceled body:canceled timeout:timeout10 cancelling:1 awaits")
	})
}

// CPython 3.11: ValueError("fetch") from CancelledError(), a group of boom and CancelledError(), and boom pass as they are; what is found
// in them is as in 3.13.
func TestC134_OtherErrorsPassAndCancelsInErrorsAreFound(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		// An error around the cancel, alone and beside another.
		wraps := func(wrap func(error) error) error {
			return w.run(w.spawn(timeout(10, nil, await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { return wrap(err) }))))
		}
		err := wraps(func(err error) error { return fmt.Errorf("fetch: %w", err) })
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			w.Errorf("error %v, want a passed deadline and no cancel", err)
		}
		if want := "rt: timed out after 10ns: fetch: rt: canceled: context deadline exceeded"; err.Error() != want {
			w.Errorf("it says %q, want %q", err, want)
		}
		err = wraps(func(err error) error { return errors.Join(errors.New("first"), fmt.Errorf("%w, %w", boom, err)) })
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || !errors.Is(err, boom) {
			w.Errorf("error %v, want a passed deadline, boom and no cancel", err)
		}
		var canceled *rt.Canceled
		var expired *rt.TimeoutError
		if errors.As(err, &canceled) || !errors.As(fmt.Errorf("outer: %w", err), &expired) {
			w.Errorf("errors.As finds the cancel in %v, or no timeout", err)
		}
		err = wraps(func(err error) error { return errors.Join(err, uncomparable{[]int{1}}) })
		if other, ok := errors.AsType[uncomparable](err); !ok || len(other.s) != 1 || errors.Is(err, boom) {
			w.Errorf("errors.As does not find in %v what is beside the cancel", err)
		}
		if err = wraps(func(error) error { return boom }); err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
	})
}
