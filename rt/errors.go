package rt

import (
	"context"
	"errors"
)

var (
	// ErrLoopRunning is returned by Run where the loop, or another loop on the same goroutine, is running already, and by Close
	// of a loop that runs.
	ErrLoopRunning = errors.New("rt: a loop is running here already: spawn a task on it, or run the second loop on another goroutine")
	// ErrLoopClosed is returned by what needs an open loop.
	ErrLoopClosed = errors.New("rt: the loop is closed")
	// ErrLoopStopped is returned by RunUntil if the loop was stopped before the task had ended.
	ErrLoopStopped = errors.New("rt: the loop was stopped before the task ended")
	// ErrClosed is returned by Put to a queue that is closed, and by Get from a queue, or Recv from a channel, that is closed and
	// empty.
	ErrClosed = errors.New("rt: the queue or channel is closed")
	// ErrInvalidState is returned by Result of a future or task that is pending, and by SetResult or SetError of a future that
	// is done.
	ErrInvalidState = errors.New("rt: invalid state: Result before the end, or SetResult after it")
	// ErrCoroutineClosed is what every await of a coroutine fails with while Close ends it.
	ErrCoroutineClosed = errors.New("rt: the coroutine is being closed")
	// ErrCloseIgnored is returned by Close of a coroutine or generator that did not end: it waits for something that cannot be
	// aborted, goes on awaiting whatever fails, or yields again.
	ErrCloseIgnored = errors.New("rt: the coroutine ignored Close: return when an await or a yield fails")
	// errNotSelected is what the losers of a Select are aborted with. It is no cancel, which some would pass on.
	errNotSelected = errors.New("rt: Select has completed another operation")
	// ErrGeneratorExit is thrown into a generator by Close; a generator returns it, or cleans up and returns what it likes.
	ErrGeneratorExit = errors.New("rt: the generator is being closed")
)

// Canceled is the error of an await that was cancelled. errors.Is(err, context.Canceled) holds for it, and for what Cause is.
type Canceled struct {
	// Scope is the scope that was cancelled, nil if it was the task or the future itself. By its identity the owner of a scope
	// tells its own cancel from another's.
	Scope *Scope
	// Cause says why; it may be nil.
	Cause error

	ofTask bool // it is a task's, which is to meet it
}

// Error describes the cancel with its cause.
func (c *Canceled) Error() string {
	if c.Cause == nil || c.Cause == context.Canceled {
		return "rt: canceled"
	}
	return "rt: canceled: " + c.Cause.Error()
}

// Unwrap returns context.Canceled and the cause.
func (c *Canceled) Unwrap() []error {
	if c.Cause == nil {
		return []error{context.Canceled}
	}
	return []error{context.Canceled, c.Cause}
}
