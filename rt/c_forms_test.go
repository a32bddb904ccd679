package rt_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
)

// call is a step that awaits what start returns, where a plain task calls f, and gives the result to then. A nil then ends the
// script if there is an error.
func call[T any](start func() rt.Awaitable[T], f func() (T, error), then func(T, error) error) step {
	var (
		result func() (T, error)
		begun  rt.Awaitable[T]
	)
	return step{
		begin: func(fb *rt.Fiber, parent rt.Resumable) bool {
			begun = start()
			result = begun.Result
			return begun.Start(fb, parent)
		},
		block: func() {
			v, err := f()
			result = func() (T, error) { return v, err }
		},
		end: func() error {
			v, err := result()
			if then == nil {
				return err
			}
			return then(v, err)
		},
	}
}

// call0 is call for what has an error alone.
func call0(start func() rt.Awaitable[struct{}], f func() error, then func(error) error) step {
	return call(start, func() (struct{}, error) { return struct{}{}, f() }, none(then))
}

// none makes a then of a function of the error alone.
func none(then func(error) error) func(struct{}, error) error {
	if then == nil {
		return nil
	}
	return func(_ struct{}, err error) error { return then(err) }
}

// asFunc returns steps as a function for a combinator, in both forms.
func asFunc(steps []step) (async func() rt.Awaitable[struct{}], plain func() (struct{}, error)) {
	return func() rt.Awaitable[struct{}] { return newScript(steps) },
		func() (struct{}, error) { return plainScript(steps) }
}

// came is a then that logs what kind of error came, and goes on.
func (w *world) came(name string) func(error) error {
	return func(err error) error {
		w.log("%s:%s", name, kindOf(err))
		return nil
	}
}

// kindOf names what an error is for its receiver.
func kindOf(err error) string {
	var expired *rt.TimeoutError
	var missed *rt.MissedError
	switch {
	case err == nil:
		return "nil"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &expired):
		return fmt.Sprintf("timeout%d", expired.After)
	case errors.As(err, &missed):
		return fmt.Sprintf("missed%d", missed.Missed)
	case err == rt.ErrClosed:
		return "closed"
	case err == rt.ErrTooSlow:
		return "too_slow"
	case err == rt.ErrBarrierBroken:
		return "broken"
	}
	return err.Error()
}

// forever is a step that waits for nothing, and logs what came.
func (w *world) forever(name string, goOn bool) step {
	return await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
		w.log("%s:%s", name, kindOf(err))
		if goOn {
			return nil
		}
		return err
	})
}

// runs runs a task of steps to its end, and expects the clock to show when then.
func (w *world) runs(when time.Duration, steps ...step) error {
	w.Helper()
	err := w.run(w.spawn(steps...))
	if now := w.clock.Now(); now != when {
		w.Errorf("ended at %d, want %d", now, when)
	}
	return err
}
