package rt

import (
	"context"
	"errors"
	"time"
)

// Timeout calls f and gives it d to return: after that every await in f fails, with a *Canceled because of
// context.DeadlineExceeded, until f has returned, which Timeout waits for (statement 120). f runs in the calling task. Without
// any time, d of zero or less, its first await fails.
//
// Timeout returns what f returns, but for the cancel of its own deadline, which comes out as a *TimeoutError. A value that f
// returns after the deadline counts, and so does another error (statement 121). The cancel of another scope or of the task
// passes as it is; if one has come as well, it is returned instead of the TimeoutError. Cancel: as lossless as f.
//
// Outside a task it runs f on a loop of its own, as Run does.
func Timeout[T any](d time.Duration, f func() (T, error)) (T, error) {
	if t := taskHere(); t != nil {
		s := new(section)
		s.init(false, true, d)
		return within(t, s, f)
	}
	refuseOnLoop("rt.Timeout(d, f)")
	return Run(func() (T, error) { return Timeout(d, f) })
}

// Timeout0 is Timeout for an f without a result.
func Timeout0(d time.Duration, f func() error) error {
	_, err := Timeout(d, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// TimeoutAsync is Timeout in an async function.
func TimeoutAsync[T any](d time.Duration, f func() Awaitable[T]) Awaitable[T] {
	op := new(TimeoutOp[T])
	op.Init(d, f)
	op.Visible()
	return op
}

// Timeout0Async is Timeout0 in an async function.
func Timeout0Async(d time.Duration, f func() Awaitable[struct{}]) Awaitable[struct{}] {
	return TimeoutAsync(d, f)
}

// TimeoutOp is the operation of Timeout.
type TimeoutOp[T any] struct{ sectionOp[T] }

// Timeout0Op is the operation of Timeout0.
type Timeout0Op struct{ sectionOp[struct{}] }

// Init prepares a call of f with d to return.
func (op *TimeoutOp[T]) Init(d time.Duration, f func() Awaitable[T]) { op.init(false, true, d, f) }

// Init prepares a call of f with d to return.
func (op *Timeout0Op) Init(d time.Duration, f func() Awaitable[struct{}]) { op.init(false, true, d, f) }

// MoveOn0 is Timeout0 for an f that may be cut short: it reports whether the deadline has passed, also if f has returned all the
// same (statement 130), and the cancel of the deadline is no error. What f returns besides that is.
func MoveOn0(d time.Duration, f func() error) (expired bool, err error) {
	if t := taskHere(); t != nil {
		s := new(section)
		s.init(false, true, d)
		_, err := within(t, s, func() (struct{}, error) { return struct{}{}, f() })
		return s.movedOn(err)
	}
	refuseOnLoop("rt.MoveOn0(d, f)")
	return Run(func() (bool, error) { return MoveOn0(d, f) })
}

// MoveOn is MoveOn0 for an f with a result, which counts also if the deadline has passed.
func MoveOn[T any](d time.Duration, f func() (T, error)) (v T, expired bool, err error) {
	if t := taskHere(); t != nil {
		s := new(section)
		s.init(false, true, d)
		v, err := within(t, s, f)
		expired, err := s.movedOn(err)
		return v, expired, err
	}
	refuseOnLoop("rt.MoveOn(d, f)")
	p, err := Run(func() (Pair[T, bool], error) {
		v, expired, err := MoveOn(d, f)
		return Pair[T, bool]{v, expired}, err
	})
	return p.First, p.Second, err
}

// MoveOnAsync is MoveOn in an async function.
func MoveOnAsync[T any](d time.Duration, f func() Awaitable[T]) Awaitable[Pair[T, bool]] {
	op := new(MoveOnOp[T])
	op.Init(d, f)
	op.Visible()
	return op
}

// MoveOnOp is the operation of MoveOn.
type MoveOnOp[T any] struct{ sectionOp[T] }

// Init prepares a call of f with d to return.
func (op *MoveOnOp[T]) Init(d time.Duration, f func() Awaitable[T]) { op.init(false, true, d, f) }

// Result returns what f returned, but for the cancel of the deadline, and whether that has passed.
func (op *MoveOnOp[T]) Result() (p Pair[T, bool], err error) {
	p.First, err = op.sectionOp.Result()
	p.Second, err = op.section.movedOn(err)
	return p, err
}

// movedOn returns what MoveOn0 does where Timeout0 returns err.
func (s *section) movedOn(err error) (expired bool, _ error) {
	if t, ok := err.(*TimeoutError); ok && t.Err == error(s.scope.canceled) {
		err = nil
	}
	return s.scope.canceled != nil, err
}

// MoveOn0Async is MoveOn0 in an async function.
func MoveOn0Async(d time.Duration, f func() Awaitable[struct{}]) Awaitable[bool] {
	op := new(MoveOn0Op)
	op.Init(d, f)
	op.Visible()
	return op
}

// MoveOn0Op is the operation of MoveOn0.
type MoveOn0Op struct{ sectionOp[struct{}] }

// Init prepares a call of f with d to return.
func (op *MoveOn0Op) Init(d time.Duration, f func() Awaitable[struct{}]) { op.init(false, true, d, f) }

// Result returns whether the deadline has passed, and what f returned but for that.
func (op *MoveOn0Op) Result() (expired bool, err error) {
	_, err = op.sectionOp.Result()
	return op.section.movedOn(err)
}

// TimeoutError is what Timeout and Cleanup0 return if the function was cancelled by their deadline. It is
// context.DeadlineExceeded for errors.Is, and not context.Canceled: who waits for a call that timed out is not cancelled.
type TimeoutError struct {
	// After is the time that the function had.
	After time.Duration
	// Err is what the function returned: the cancel, or an error around it. What else is in it, errors.Is and errors.As find.
	Err error
}

// Error says how long the function had, and what it met besides.
func (e *TimeoutError) Error() string {
	text := "rt: timed out after " + e.After.String()
	if _, bare := e.Err.(*Canceled); !bare {
		text += ": " + e.Err.Error()
	}
	return text
}

// Timeout is true, as in a net.Error.
func (e *TimeoutError) Timeout() bool { return true }

// Is reports whether target is context.DeadlineExceeded or in Err, but not for a cancel.
func (e *TimeoutError) Is(target error) bool {
	return target == context.DeadlineExceeded || target != context.Canceled && errors.Is(e.Err, target)
}

// As finds what errors.As finds in Err, but for a *Canceled.
func (e *TimeoutError) As(target any) bool {
	if _, ok := target.(**Canceled); ok {
		return false
	}
	return errors.As(e.Err, target)
}
