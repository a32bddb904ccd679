package rt

import (
	"errors"
	"fmt"
)

// Gather runs fs at the same time, each in a task of its own, waits for all of them, and returns their results in the order of
// fs (statements 098 to 104). Of no fs it returns at once.
//
// The first error cancels the others; Gather waits until they have ended and returns that error alone. A panic of one of them
// cancels the others, too, and panics in the caller with the same value. A cancel of the caller cancels all of them, and Gather
// returns it, joined with the first error that was none, once all have ended. Cancel: what they had returned by then is lost.
//
// Outside a task it runs them on a loop of its own, as Run does.
func Gather[T any](fs ...func() (T, error)) ([]T, error) {
	if t := taskHere(); t != nil {
		op := new(GatherOp[T])
		op.Init(plainCalls(fs)...)
		return blockIn[[]T](t, op)
	}
	refuseOnLoop("rt.Gather(fs...)")
	return Run(func() ([]T, error) { return Gather(fs...) })
}

// Gather0 is Gather for functions without results.
func Gather0(fs ...func() error) error {
	calls := make([]func() (struct{}, error), len(fs))
	for i, f := range fs {
		calls[i] = func() (struct{}, error) { return struct{}{}, f() }
	}
	_, err := Gather(calls...)
	return err
}

// plainCalls returns functions that make plain calls of fs.
func plainCalls[T any](fs []func() (T, error)) []func() Awaitable[T] {
	calls := make([]func() Awaitable[T], len(fs))
	for i, f := range fs {
		calls[i] = func() Awaitable[T] { return newGoCoro(f) }
	}
	return calls
}

// GatherAsync is Gather in an async function.
func GatherAsync[T any](fs ...func() Awaitable[T]) Awaitable[[]T] {
	op := new(GatherOp[T])
	op.Init(fs...)
	return op
}

// Gather0Async is Gather0 in an async function.
func Gather0Async(fs ...func() Awaitable[struct{}]) Awaitable[struct{}] {
	op := new(Gather0Op)
	op.Init(fs...)
	return op
}

// GatherOp is the operation of Gather, and the core of that of Map, which begins only so many calls at a time.
type GatherOp[T any] struct {
	fs       []func() Awaitable[T]    // of a Gather
	item     func(i int) Awaitable[T] // of a Map, in place of fs
	count    int                      // calls to make
	limit    int                      // of calls at a time; not positive: none
	begun    int
	left     int      // children that have begun and not ended
	fiber    *Fiber   // who waits
	scope    Scope    // of the children; cancelled by the first of them that fails, and by Abort
	values   []T      // where the children put their results
	err      error    // why nothing was begun, or the first error of a child
	alone    bool     // err is a cancel, of a child alone
	panicked *Failure // the first panic of a child
	aborted  error    // what Abort was given
}

// Gather0Op is the operation of Gather0.
type Gather0Op struct{ GatherOp[struct{}] }

// Result returns the first error, as GatherOp.Result does.
func (op *Gather0Op) Result() (struct{}, error) {
	_, err := op.GatherOp.Result()
	return struct{}{}, err
}

// Init prepares the calls of fs.
func (op *GatherOp[T]) Init(fs ...func() Awaitable[T]) {
	*op = GatherOp[T]{fs: fs, count: len(fs)}
}

// Start makes a task of each function; they begin in order, in the next turn of the loop.
func (op *GatherOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	if op.err = fb.Checkpoint(); op.err != nil || op.count == 0 {
		return fb.Ready(parent)
	}
	if fb.loop == nil {
		panic(Misuse("rt: Gather or Map in a coroutine that is driven by hand: run it as a task on a loop"))
	}
	op.fiber = fb
	op.scope.open(fb.loop, fb.scope)
	op.values = make([]T, op.count)
	first := op.count
	if op.limit > 0 {
		first = min(op.limit, op.count)
	}
	children := make([]valued[T], first)
	for i := range children {
		op.begin(&children[i])
	}
	op.fs = nil
	fb.Suspend(parent, op)
	return false
}

// begin begins the next function, as c.
func (op *GatherOp[T]) begin(c *valued[T]) {
	i := op.begun
	op.begun++
	op.left++
	var f func() Awaitable[T]
	if op.fs != nil {
		f = op.fs[i]
	} else {
		f = func() Awaitable[T] { return op.item(i) }
	}
	c.begin(op, &op.scope, f, &op.values[i])
	c.runs.setValues(op.fiber.values()) // not those of the call whose end makes room
}

// Abort cancels the children; the gather ends when they have. If they are being cancelled already because one has failed, or with
// a scope around, it refuses: the gather returns that error and the next operation fails with err.
func (op *GatherOp[T]) Abort(fb *Fiber, err error) Outcome {
	switch {
	case op.aborted == nil && op.scope.canceled != nil, op.aborted != nil && fb.remains(op.aborted, err):
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

// ended takes note of a child's end. Another takes its place, unless the gather is cancelled; after the last, who waits is woken.
func (op *GatherOp[T]) ended(cancelled bool, err error, x *Failure) {
	switch {
	case x != nil && op.panicked == nil:
		op.panicked = x
		op.scope.cancel(fmt.Errorf("rt: one of the functions failed: %s", x.describe()))
	case x != nil:
		op.scope.loop.report(x)
	case err != nil && op.err == nil:
		if op.err, op.alone = op.scope.failedBy(err, cancelled); op.err != nil {
			op.scope.cancel(op.err)
		}
	}
	if op.left--; op.begun < op.count && op.scope.err() == nil {
		op.begin(new(valued[T]))
	}
	if op.left > 0 {
		return
	}
	op.scope.close()
	op.fiber.meets(op.panicked)
	op.fiber.Wake()
}

// Result returns the children's results, or the first error.
func (op *GatherOp[T]) Result() ([]T, error) {
	g := *op
	*op = GatherOp[T]{}
	switch {
	case g.panicked != nil:
		g.fiber.takes(g.panicked)
		g.panicked.raise()
	case g.aborted != nil && g.err != nil && !g.alone:
		return nil, errors.Join(g.aborted, g.err)
	case g.aborted != nil:
		return nil, g.aborted
	case g.err != nil:
		return nil, g.err
	}
	if g.values == nil {
		return []T{}, nil
	}
	return g.values, nil
}
