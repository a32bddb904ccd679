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
	return fmt.Sprint(n, self.Canceled(), errors.Is(err, rt.ErrTaskCanceled), errors.Is(err, context.Canceled)), nil
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

// CancelHandles has functions of a group pass themselves on, one of which is
// cancelled by another.
//
// async
func CancelHandles(w *harness.World) (s string, err error) {
	var known []*rt.TaskHandle
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for i := range 2 {
			g.Go(func() error {
				self := rt.CurrentTask()
				self.SetName(fmt.Sprint("member ", i))
				known = append(known, self)
				defer func() { w.Trace(self.Name(), self.Done(), self.Canceling()) }()
				return rt.Await0(w.Do(self.Name()))
			})
		}
		if err := rt.Await0(w.Do("body")); err != nil {
			return err
		}
		if len(known) > 0 {
			w.Trace("cancels", known[0].Name(), known[0].Cancel(errors.New("enough")))
		}
		return nil
	}))
	for _, h := range known {
		s += fmt.Sprint(h.Name(), h.Done(), h.Canceled(), h.Canceling(), ";")
	}
	return s, err
}
