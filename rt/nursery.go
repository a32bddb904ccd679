package rt

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Nursery calls f in the calling task, with a group in which f, and what runs in the group, can start functions beside it:
//
//	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
//		for {
//			c, err := rt.Await(ln.AcceptConn())
//			if err != nil {
//				return err
//			}
//			g.Go(func() error { return rt.Await0(serve(c)) })
//		}
//	}))
//
// Nursery returns when f and all the functions have, so none is left behind (statements 136, 143). The first error, of f or of a
// function, cancels all the others, f too; the errors, also those that come while the others are being cancelled, are returned
// together, as a *GroupError (statements 137, 138, 140). A function that was cancelled is no error, and does not cancel the others
// (statement 139); context.Canceled of one that was not, as of a request with a context of its own, or of a WithContext whose context
// has ended, is, as with errgroup. A panic cancels the others, too, and when they have ended it panics out of Nursery with the same
// value.
//
// A cancel of the caller cancels all of them, and Nursery returns it when they have ended; if there is a *GroupError, it returns
// that, or panics if one of them has, and the next await fails with the cancel (statement 142). Cancel: as lossless as what runs in the
// group.
//
// Outside a task it runs f on a loop of its own, as Run does.
func Nursery(f func(g *Group) error) error {
	if t := taskHere(); t != nil {
		return new(Group).run(t, f)
	}
	refuseOnLoop("rt.Nursery(f)")
	return Run0(func() error { return Nursery(f) })
}

// run is Nursery in the plain task t.
func (g *Group) run(t *plainTask, f func(g *Group) error) error {
	fb := t.fiber
	g.enter(fb)
	exits := true
	defer func() {
		if exits {
			g.exiting(t)
		}
	}()
	g.runBody(fb, f)
	exits = false
	_, err := blockIn(t, (*groupWait)(g))
	return err
}

// runBody runs f, as the body. It returns unless f has called runtime.Goexit: if a deferred call panicked then, and that is
// recovered here, the Goexit goes on.
func (g *Group) runBody(fb *Fiber, f func(g *Group) error) {
	returned := false
	defer func() {
		if !returned {
			g.failed(fb, fb.caughtAside(recover()))
		}
	}()
	err := f(g)
	returned = true
	g.returned(fb, err)
}

// exiting waits for the children in the plain task t, whose goroutine exits since the body has called Goexit, and then panics as
// the first that did.
func (g *Group) exiting(t *plainTask) {
	if !(*groupWait)(g).Start(t.fiber, t.self) {
		t.suspend()
	}
	if !g.panicked.Goexit {
		g.raise(t.fiber)
	}
}

// NurseryAsync is Nursery in an async function.
func NurseryAsync(f func(g *Group) Awaitable[struct{}]) Awaitable[struct{}] {
	op := new(NurseryOp)
	op.Init(f)
	op.Visible()
	return op
}

// NurseryOp is the operation of Nursery. It is a coroutine: the fiber waits for whatever the body waits for, and then for the
// children.
type NurseryOp struct {
	Frame
	f     func(g *Group) Awaitable[struct{}] // until Start
	group *Group                             // not part of the operation: f may keep it, and the operation is used again
	body  Awaitable[struct{}]                // until it has ended
	err   error
}

// Init prepares a nursery with the body f.
func (op *NurseryOp) Init(f func(g *Group) Awaitable[struct{}]) { *op = NurseryOp{f: f} }

// Start begins the body.
func (op *NurseryOp) Start(fb *Fiber, parent Resumable) (ready bool) { return op.Begin(fb, op, parent) }

// Resume runs the body to its next suspension or its end, and then waits for the children.
func (op *NurseryOp) Resume(fb *Fiber) (done bool) {
	switch state := op.Enter(); state {
	case stateNew, 1:
		if !op.runBody(fb, state) {
			return op.Suspend(1)
		}
		if !(*groupWait)(op.group).Start(fb, op) {
			return op.Suspend(2)
		}
	}
	g := op.group
	op.group = nil
	_, op.err = (*groupWait)(g).Result()
	return op.End()
}

// runBody begins the body, or reads its result, and reports whether it has ended.
func (op *NurseryOp) runBody(fb *Fiber, state int32) (ended bool) {
	returned := false
	defer func() {
		if returned || op.group == nil {
			return
		}
		p := recover()
		op.body = nil
		x := fb.caught(p)
		if p == nil || fb.exiting() {
			op.exiting(fb, fb.caughtExiting(p))
			return
		}
		op.group.failed(fb, x)
		ended = true
	}()
	if state == stateNew {
		f := op.f
		op.f = nil
		g := new(Group)
		g.enter(fb)
		op.group = g
		op.body = f(g)
		if !op.body.Start(fb, op) {
			returned = true
			return false
		}
	}
	_, err := op.body.Result()
	op.body = nil
	returned = true
	op.group.returned(fb, err)
	return true
}

// exiting waits for the children on a goroutine that is exiting, since the body, which has ended by x, has called Goexit. Then that
// goes on, with the first panic of the body or a child.
func (op *NurseryOp) exiting(fb *Fiber, x *Failure) {
	g := op.group
	g.failed(fb, x)
	fb.waitExiting(func(parent Resumable) bool { return (*groupWait)(g).Start(fb, parent) })
	if !g.panicked.Goexit {
		fb.flags |= fiberExiting
		g.raise(fb)
	}
}

// Result returns what came of the body and the functions in the group.
func (op *NurseryOp) Result() (struct{}, error) {
	op.Check()
	return struct{}{}, op.err
}

// GroupError is the errors of a Nursery's body and of the functions in its group, in the order in which they came; errors.Is and
// errors.As look into each.
type GroupError struct{ Errors []error }

// Error returns the text of the only error, or of all of them with their number.
func (e *GroupError) Error() string {
	if len(e.Errors) == 1 {
		return e.Errors[0].Error()
	}
	texts := make([]string, len(e.Errors))
	for i, err := range e.Errors {
		texts[i] = err.Error()
	}
	return fmt.Sprintf("%d errors: %s", len(texts), strings.Join(texts, "; "))
}

// Unwrap returns the errors.
func (e *GroupError) Unwrap() []error { return e.Errors }

// sift takes err apart into errors and cancels. It returns the errors, whole where no cancel is in them, and one of the cancels,
// but for own, which is nobody's business any more. cancelled says whether the code that returned err was cancelled. If it was, whatever
// is context.Canceled is a cancel, as a context of the task gives it. If not, only what the code may have been told by this package is,
// as a cancel of a future: see foreign. The rest comes from another context, and is an error.
func sift(err error, own *Canceled, cancelled bool) (errs []error, cancel error) {
	errs, cancel = takeApart(err, own, cancelled)
	if cancel == error(own) {
		cancel = nil
	}
	return errs, cancel
}

// takeApart is sift that returns own, too, if there is no other cancel.
func takeApart(err error, own *Canceled, cancelled bool) (errs []error, cancel error) {
	switch {
	case err == nil:
		return nil, nil
	case !errors.Is(err, context.Canceled):
		return []error{err}, nil
	}
	switch e := err.(type) {
	case *Canceled:
		if cancelled || !e.foreign() {
			return nil, e
		}
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			some, c := takeApart(part, own, cancelled)
			errs = append(errs, some...)
			if cancel == nil || cancel == error(own) && c != nil {
				cancel = c
			}
		}
		if cancel != nil {
			return errs, cancel
		}
	case interface{ Unwrap() error }:
		errs, cancel = takeApart(e.Unwrap(), own, cancelled)
		if len(errs) == 0 && cancel != nil && cancel != error(own) {
			cancel = err // with the words around it
		}
		if cancel != nil {
			return errs, cancel
		}
	}
	if cancelled {
		return nil, err
	}
	return []error{err}, nil
}

// failedBy returns what s's child has failed with that ended with err: err, or once s is cancelled the errors in it, nil if there are
// none; and whether it is a cancel and nothing else. cancelled is as for sift.
func (s *Scope) failedBy(err error, cancelled bool) (failed error, alone bool) {
	errs, _ := sift(err, s.canceled, cancelled)
	switch {
	case s.canceled == nil:
		return err, len(errs) == 0
	case len(errs) == 1:
		return errs[0], false
	}
	return errors.Join(errs...), false
}

// foreign reports whether c cannot be a cancel of code around which no scope was cancelled: it is that of a scope which the code has
// left, as of a WithContext whose context has ended. To refuse work, a Drain has a scope of its own.
func (c *Canceled) foreign() bool { return c.Scope != nil && c.Cause != ErrDraining }

// cancelIn returns the first *Canceled in err, nil if there is none.
func cancelIn(err error) *Canceled {
	c, _ := errors.AsType[*Canceled](err)
	return c
}
