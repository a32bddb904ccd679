package scopes

import (
	"context"
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// CancelSelf cancels itself, takes it back, and does it again.
//
// async
func CancelSelf(w *harness.World) (string, error) {
	var self *rt.Task[int]
	self = rt.Spawn(func() (int, error) {
		self.Cancel(errors.New("first"))
		w.Trace("left", self.Uncancel())
		if err := rt.Await0(w.Do("goes on")); err != nil {
			return 0, err
		}
		self.Cancel(errors.New("second"))
		return 7, nil
	})
	n, err := rt.Await(self.Wait())
	return fmt.Sprint(n, self.Cancelled(), errors.Is(err, rt.ErrTaskCanceled), errors.Is(err, context.Canceled)), nil
}

// CancelOther waits for a task that others cancel.
//
// async
func CancelOther(w *harness.World) (string, error) {
	inner := rt.Spawn0(func() error { return rt.Await0(idle(w)) })
	outer := rt.Spawn(func() (string, error) {
		_, err := rt.Await(inner.Wait())
		w.Trace("inner", errors.Is(err, rt.ErrTaskCanceled), errors.Is(err, context.Canceled))
		return "goes on", rt.Await0(w.Do("after"))
	})
	if err := rt.Await0(w.Do("before")); err != nil {
		w.Err("before", err)
	}
	if err := rt.Await0(rt.YieldNow()); err != nil {
		w.Err("yield", err)
	}
	inner.Cancel(nil)
	return rt.Await(outer.Wait())
}

// async
func idle(w *harness.World) error {
	defer w.Trace("idle ends")
	return rt.Await0(rt.NewEvent().Wait())
}
