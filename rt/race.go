package rt

import (
	"errors"
	"fmt"
)

// Race runs fs at the same time, each in a task of its own, and returns the result of the first that succeeds: that returns a
// nil error. The others are cancelled then, and Race returns when they have ended; what they return is dropped, even if it is a
// result.
//
// If all fail it returns their errors, joined in the order of fs, where errors.Is and errors.As find each. A panic of one cancels
// the others and panics in the caller with the same value. A cancel of the caller cancels all, and Race returns it, joined with
// the errors that were none, once all have ended. Cancel: a result that there was before is returned, and the next await fails;
// what comes after is lost. Race of nothing panics with Misuse.
//
// Who has to keep what losers return uses Wait. Outside a task it runs them on a loop of its own, as Run does.
func Race[T any](fs ...func() (T, error)) (T, error) {
	if t := taskHere(); t != nil {
		op := new(RaceOp[T])
		op.Init(plainCalls(fs)...)
		return blockIn[T](t, op)
	}
	refuseOnLoop("rt.Race(fs...)")
	return Run(func() (T, error) { return Race(fs...) })
}

// Race0 is Race for functions without results.
func Race0(fs ...func() error) error {
	calls := make([]func() (struct{}, error), len(fs))
	for i, f := range fs {
		calls[i] = func() (struct{}, error) { return struct{}{}, f() }
	}
	_, err := Race(calls...)
	return err
}

// RaceAsync is Race in an async function.
func RaceAsync[T any](fs ...func() Awaitable[T]) Awaitable[T] {
	op := new(RaceOp[T])
	op.Init(fs...)
	return op
}

// Race0Async is Race0 in an async function.
func Race0Async(fs ...func() Awaitable[struct{}]) Awaitable[struct{}] { return RaceAsync(fs...) }

// Race0Op is the operation of Race0.
type Race0Op struct{ RaceOp[struct{}] }

// RaceOp is the operation of Race.
type RaceOp[T any] struct {
	fs       []func() Awaitable[T]
	racers   []racer[T]
	left     int    // that have not ended
	scope    Scope  // of the racers; cancelled by the first that succeeds or panics, and by Abort
	fiber    *Fiber // who waits
	won      *racer[T]
	panicked *Failure // the first panic
	aborted  error    // what Abort was given, or why nothing was begun
}

// racer is one of those that race, and the keeper of its child.
type racer[T any] struct {
	child valued[T]
	race  *RaceOp[T]
	value T
	err   error // how it failed; cancels by the race are none
	alone bool  // err is a cancel, of it alone
}

// Init prepares a race of fs.
func (op *RaceOp[T]) Init(fs ...func() Awaitable[T]) { *op = RaceOp[T]{fs: fs} }

// Start makes a task of each function; they begin in order, in the next turn of the loop.
func (op *RaceOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	switch {
	case len(op.fs) == 0:
		panic(Misuse("rt: Race of nothing, which nobody can win: ask for the length before"))
	case fb.loop == nil:
		panic(Misuse("rt: Race in a coroutine that is driven by hand: run it as a task on a loop"))
	}
	if op.aborted = fb.Checkpoint(); op.aborted != nil {
		return fb.Ready(parent)
	}
	op.fiber = fb
	op.scope.open(fb.loop, fb.scope)
	op.racers, op.left = make([]racer[T], len(op.fs)), len(op.fs)
	for i, f := range op.fs {
		r := &op.racers[i]
		r.race = op
		r.child.begin(r, &op.scope, f, &r.value)
	}
	op.fs = nil
	fb.Suspend(parent, op)
	return false
}

// ended takes note of the racer's end, and of the race's after the last.
func (r *racer[T]) ended(cancelled bool, err error, x *Failure) {
	op := r.race
	switch {
	case x != nil && op.panicked == nil:
		op.panicked = x
		op.scope.cancel(fmt.Errorf("rt: another one of the race failed: %s", x.describe()))
	case x != nil:
		op.scope.loop.report(x)
	case err == nil && op.won == nil && op.aborted == nil:
		op.won = r
		op.scope.cancel(errRaceOver)
	case err != nil:
		r.err, r.alone = op.scope.failedBy(err, cancelled)
	}
	if op.left--; op.left == 0 {
		op.scope.close()
		op.fiber.meets(op.panicked)
		op.fiber.Wake()
	}
}

// errRaceOver is why losers are cancelled.
var errRaceOver = errors.New("rt: another one has won the race")

// Abort cancels the racers; the race ends when they have. If it is decided, or they are cancelled already with a scope around, it
// refuses: Race returns what it came to and the next operation fails with err.
func (op *RaceOp[T]) Abort(fb *Fiber, err error) Outcome {
	switch {
	case op.won != nil || op.panicked != nil, op.aborted != nil && fb.remains(op.aborted, err):
		return Refused
	case op.aborted == nil:
		op.aborted = err
	}
	cause := err
	if c, ok := err.(*Canceled); ok {
		cause = c.Cause
	}
	op.scope.cancel(cause)
	return Forwarded
}

// Result returns what the winner returned, or why there is none.
func (op *RaceOp[T]) Result() (v T, err error) {
	fb, won, racers, panicked, aborted := op.fiber, op.won, op.racers, op.panicked, op.aborted
	*op = RaceOp[T]{}
	switch {
	case panicked != nil:
		fb.takes(panicked)
		panicked.raise()
	case won != nil:
		return won.value, nil
	}
	var errs []error
	if aborted != nil {
		errs = append(errs, aborted)
	}
	for i := range racers {
		if r := &racers[i]; r.err != nil && (aborted == nil || !r.alone) {
			errs = append(errs, r.err)
		}
	}
	if len(errs) == 1 {
		return v, errs[0]
	}
	return v, errors.Join(errs...)
}
