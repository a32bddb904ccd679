package rt

import (
	"context"
	"errors"
	"time"
)

// section is a part of a task's work in a scope of its own: what Timeout, Shield and Cleanup0 have in common. The task's own
// fiber enters it, runs a function and leaves it; no other task is made (statement 126).
//
//	Timeout   a deadline; cancels from outside come in
//	Shield    no deadline; cancels from outside wait
//	Cleanup0  a deadline; cancels from outside wait
//	WithContext  a context; cancels from outside come in
type section struct {
	scope   Scope
	limited bool
	limit   time.Duration // until the deadline
	timer   Timer         // of the deadline
	outer   *outerContext // of WithContext; else nil
	expire  func()        // what timer calls; made once, kept when the operation that this is part of is used again
}

// init makes s a section that was not entered.
func (s *section) init(shield, limited bool, limit time.Duration) {
	*s = section{scope: Scope{shield: shield}, limited: limited, limit: limit, expire: s.expire}
}

// enter puts fb into s. A deadline that has passed cancels s before its first await (statement 131).
func (s *section) enter(fb *Fiber) {
	s.scope.enter(fb)
	switch {
	case s.outer != nil:
		s.outer.enter(fb, &s.scope)
	case !s.limited:
	case s.limit <= 0:
		s.scope.cancel(context.DeadlineExceeded)
	default:
		if s.expire == nil {
			s.expire = func() { s.scope.cancel(context.DeadlineExceeded) }
		}
		l := fb.loop
		s.timer.fiber, s.timer.f = &l.caller, s.expire
		s.scope.until = after(l.clock.Now(), s.limit)
		l.timers.add(&s.timer, s.scope.until)
	}
}

// leave takes fb out of s if it is in it.
func (s *section) leave(fb *Fiber) {
	if fb.scope != &s.scope {
		return
	}
	s.timer.Cancel()
	if s.outer != nil {
		s.outer.leave(fb)
	}
	s.scope.leave(fb)
}

// outcome turns what the function returned into what the section returns, once fb has left it: the section's own cancel, found
// by identity, becomes a TimeoutError, unless a cancel from outside is due as well, which then wins (statement 128).
func (s *section) outcome(fb *Fiber, err error) error {
	own := s.scope.canceled
	if err == nil || own == nil || !errors.Is(err, own) {
		return err
	}
	if !s.scope.shield {
		if outer := fb.cancelDue(); outer != nil && err == error(own) {
			return outer
		} else if outer != nil {
			return errors.Join(outer, err)
		}
	}
	switch o := s.outer; {
	case o == nil:
		return &TimeoutError{After: s.limit, Err: err}
	case o.expired():
		return &TimeoutError{After: fb.loop.clock.Now() - o.began, Err: err}
	}
	return err
}

// within runs f in s, in the plain task t.
func within[T any](t *plainTask, s *section, f func() (T, error)) (T, error) {
	s.enter(t.fiber)
	defer s.leave(t.fiber) // if f does not return
	v, err := f()
	s.leave(t.fiber)
	return v, s.outcome(t.fiber, err)
}

// sectionOp is a call in a section: the operation of Timeout, Shield and Cleanup0. It is a coroutine, not a leaf: the fiber
// waits for whatever the function waits for.
type sectionOp[T any] struct {
	Frame
	section section
	f       func() Awaitable[T] // until Start
	root    Awaitable[T]        // what f returned
	value   T
	err     error
}

// init makes op a call of f that has not begun.
func (op *sectionOp[T]) init(shield, limited bool, limit time.Duration, f func() Awaitable[T]) {
	var none T
	op.Reset()
	op.section.init(shield, limited, limit)
	op.f, op.root, op.value, op.err = f, nil, none, nil
}

// Start enters the section and begins the call in it.
func (op *sectionOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	return op.Begin(fb, op, parent)
}

// Resume runs the call to its next suspension or its end.
func (op *sectionOp[T]) Resume(fb *Fiber) (done bool) {
	state := op.Enter()
	defer op.leave(fb)
	if state == stateNew {
		op.section.enter(fb)
		f := op.f
		op.f = nil
		op.root = f()
		if !op.root.Start(fb, op) {
			return op.Suspend(1)
		}
	}
	op.value, op.err = op.root.Result()
	return op.End()
}

// leave leaves the section if the call has ended, also by a panic, which passes on.
func (op *sectionOp[T]) leave(fb *Fiber) {
	if op.state > stateNew {
		return // suspended
	}
	op.root = nil
	op.section.leave(fb)
	op.err = op.section.outcome(fb, op.err)
}

// Result returns what the function returned, its own cancel as a *TimeoutError.
func (op *sectionOp[T]) Result() (T, error) {
	op.Check()
	return op.value, op.err
}
