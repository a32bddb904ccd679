package main

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
)

// A future is a result that is not there yet: what a coroutine waits for when there is no other coroutine to await. As in
// asyncio it is pending, then finished with a value or an error, or cancelled, once and for ever.
//
// Whoever waits for it is told through the loop. A done callback never runs inside SetResult: it is queued and runs in a turn
// of the loop after the code that set the result has come to its next await. So that code need not expect anything to have
// changed behind its back.

// answer sets one future, cancels another, and prints what that does.
//
//async:func
func answer() error {
	f := rt.NewFuture[int]()
	f.AddDoneCallback(func(f *rt.Future[int]) { fmt.Println("callback:", state(f)) })
	fmt.Println("new:", state(f))

	if err := f.SetResult(42); err != nil {
		return err
	}
	fmt.Println("set:", state(f)+", and the callback has not run")
	if err := rt.Await0(rt.YieldNow()); err != nil {
		return err
	}
	v, err := rt.Await(f.Wait())
	if err != nil {
		return err
	}
	fmt.Println("awaited:", v)
	fmt.Println("set again is refused:", errors.Is(f.SetResult(43), rt.ErrInvalidState))

	failed, cancelled := rt.NewFuture[int](), rt.NewFuture[int]()
	if err := failed.SetError(errors.New("no answer")); err != nil {
		return err
	}
	fmt.Println("another one:", state(failed))
	cancelled.Cancel(errors.New("not needed"))
	fmt.Println("a third one:", state(cancelled))
	_, err = rt.Await(cancelled.Wait())
	fmt.Println("awaited:", err)
	return nil
}

// state describes f.
func state(f *rt.Future[int]) string {
	switch {
	case f.Canceled():
		return "cancelled"
	case !f.Done():
		return "pending"
	}
	v, err := f.Result()
	if err != nil {
		return fmt.Sprintf("finished with the error %v", err)
	}
	return fmt.Sprintf("finished with %d", v)
}

func showFuture() error {
	return rt.RunAsync0(answerAsync())
}
