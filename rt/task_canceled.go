package rt

import (
	"context"
	"errors"
)

// ErrTaskCanceled is what a TaskCanceledError is for errors.Is.
var ErrTaskCanceled = errors.New("rt: the task that was awaited has been cancelled")

// TaskCanceledError is what Task.Wait returns in a task that was not cancelled itself, if the task that it waits for was. It is
// ErrTaskCanceled for errors.Is, and not context.Canceled: who waits goes on, and has an error.
type TaskCanceledError struct {
	// Err is what the cancelled task returned. What else is in it, errors.Is and errors.As find, the cause of the cancel too.
	Err error
}

// Error says that it was the awaited task, and what that returned.
func (e *TaskCanceledError) Error() string { return ErrTaskCanceled.Error() + ": " + e.Err.Error() }

// Is reports whether target is ErrTaskCanceled or in Err, but not for a cancel.
func (e *TaskCanceledError) Is(target error) bool {
	return target == ErrTaskCanceled || target != context.Canceled && errors.Is(e.Err, target)
}

// As finds what errors.As finds in Err, but for a *Canceled.
func (e *TaskCanceledError) As(target any) bool {
	if _, ok := target.(**Canceled); ok {
		return false
	}
	return errors.As(e.Err, target)
}

// Uncancel takes back one Cancel and returns how many are left, never less than none. When none is left, a cancel that was not
// delivered yet is dropped, also one that waits for the task to leave a Shield (statement 094). It is for a task that has been
// cancelled, has met the error, and goes on: those who ask Canceling are then told so. Scopes that were cancelled stay so.
func (t *Task[T]) Uncancel() (left int) { return t.runs.uncancel() }

// uncancel is Task.Uncancel.
func (fb *Fiber) uncancel() (left int) {
	fb.loop.check("task.Uncancel")
	x := fb.extra
	if x == nil || x.cancels == 0 {
		return 0
	}
	if x.cancels--; x.cancels > 0 {
		return x.cancels
	}
	x.canceled = nil
	if _, ok := x.pending.(*Canceled); ok {
		x.pending = nil
	}
	for s := fb.scope; s != nil && s.owner == fb; s = s.parent {
		s.held = nil
	}
	return 0
}

// wasCanceled reports whether fb's task was cancelled, and that was not taken back.
func (fb *Fiber) wasCanceled() bool { return fb.extra != nil && fb.extra.canceled != nil }

// cancelled reports whether the code that fb runs was cancelled: its task, or a scope around it.
func (fb *Fiber) cancelled() bool { return fb.scope.err() != nil || fb.wasCanceled() }

// mustMeet reports whether c is a cancel of fb's task or of a scope that fb is in: none that the code has had from elsewhere.
func (fb *Fiber) mustMeet(c *Canceled) bool {
	return !fb.once(c) || fb.wasCanceled() && (c.ofTask || c == fb.extra.canceled)
}

// selfCanceled returns the cancel that fb's task made itself and has not met yet, nil if there is none.
func (fb *Fiber) selfCanceled() *Canceled {
	if x := fb.extra; x != nil && x.own != nil && x.pending == error(x.own) {
		return x.own
	}
	return nil
}
