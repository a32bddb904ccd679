package rt

import "time"

// Shield calls f where cancels from outside do not reach: those of scopes around it and of the task wait until f has returned,
// and the next await after it fails. The caller waits for f, so that nothing of it is left behind (statement 118). f runs in the
// calling task; what it bounds itself, with Timeout for example, it bounds still. Shield returns what f returns. Cancel: lossless.
//
// An f that never returns can never be cancelled: give cleanup a deadline, with Cleanup0. Called outside a task, Shield is f().
func Shield[T any](f func() (T, error)) (T, error) {
	if t := taskHere(); t != nil {
		s := new(section)
		s.init(true, false, 0)
		return within(t, s, f)
	}
	refuseOnLoop("rt.Shield(f)")
	return f()
}

// Shield0 is Shield for an f without a result.
func Shield0(f func() error) error {
	_, err := Shield(func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// ShieldAsync is Shield in an async function.
func ShieldAsync[T any](f func() Awaitable[T]) Awaitable[T] {
	op := new(ShieldOp[T])
	op.Init(f)
	op.Visible()
	return op
}

// Shield0Async is Shield0 in an async function.
func Shield0Async(f func() Awaitable[struct{}]) Awaitable[struct{}] { return ShieldAsync(f) }

// ShieldOp is the operation of Shield.
type ShieldOp[T any] struct{ sectionOp[T] }

// Shield0Op is the operation of Shield0.
type Shield0Op struct{ sectionOp[struct{}] }

// Init prepares a call of f.
func (op *ShieldOp[T]) Init(f func() Awaitable[T]) { op.init(true, false, 0, f) }

// Init prepares a call of f.
func (op *Shield0Op) Init(f func() Awaitable[struct{}]) { op.init(true, false, 0, f) }

// Cleanup0 is Shield0 with a deadline: f has grace to return, whatever was cancelled before, and after that its awaits fail and
// Cleanup0 returns a *TimeoutError. It is for deferred calls that await:
//
//	defer func() { rt.Await0(rt.Cleanup0(time.Second, func() error { return rt.Await0(c.flush()) })) }()
//
// Outside a task it runs f on a loop of its own, as Run does.
func Cleanup0(grace time.Duration, f func() error) error {
	if t := taskHere(); t != nil {
		s := new(section)
		s.init(true, true, grace)
		_, err := within(t, s, func() (struct{}, error) { return struct{}{}, f() })
		return err
	}
	refuseOnLoop("rt.Cleanup0(grace, f)")
	return Run0(func() error { return Cleanup0(grace, f) })
}

// Cleanup0Async is Cleanup0 in an async function.
func Cleanup0Async(grace time.Duration, f func() Awaitable[struct{}]) Awaitable[struct{}] {
	op := new(Cleanup0Op)
	op.Init(grace, f)
	op.Visible()
	return op
}

// Cleanup0Op is the operation of Cleanup0.
type Cleanup0Op struct{ sectionOp[struct{}] }

// Init prepares a call of f with grace to return.
func (op *Cleanup0Op) Init(grace time.Duration, f func() Awaitable[struct{}]) {
	op.init(true, true, grace, f)
}
