package rt

import "context"

// Blocking runs f, which may block, on a goroutine of its own, and waits for its result while other tasks run. Its ctx has the
// values and the deadline of rt.Context (statement 234).
//
// LoopOptions.MaxBlocking bounds how many such goroutines a loop has at a time. Who comes while there are as many waits for one to
// return, first come, first served. So an f must not wait for what comes of another Blocking of the same loop.
//
// When the waiting task is cancelled before f was called, f never is. Once f runs, ctx is cancelled with the same cause, Blocking
// returns at once, and f is abandoned: it runs on, keeps its place among those of MaxBlocking until it returns, and what it returns
// is dropped (statement 235). Cancel: what f did is not undone, what it returns is lost; nothing if f was not called yet. A panic of
// f panics in the caller with the same value; that of an abandoned f, which has no caller, is a panic in the loop.
//
// At the end, Run waits for tasks, and so for an f that a task under a Shield waits for, but, unlike asyncio, for no f that is
// abandoned, as Go programs do not wait for goroutines either (statement 237): f should heed ctx. Who has to wait for f shields the
// call, or has f say that it is done, by a sync.WaitGroup.
//
// f runs beside the tasks of the loop, so it must not touch what they share without a lock, and blocking forms in it block its
// goroutine. Called outside a task, Blocking is f(context.Background()).
func Blocking[T any](f func(ctx context.Context) (T, error)) (T, error) {
	if t := taskHere(); t != nil {
		var op BlockingOp[T]
		op.Init(f)
		return blockIn(t, &op)
	}
	refuseOnLoop("rt.Blocking(f)")
	return f(context.Background())
}

// Blocking0 is Blocking for an f without a result.
func Blocking0(f func(ctx context.Context) error) error {
	_, err := Blocking(without(f))
	return err
}

// BlockingAsync is the async form of Blocking.
func BlockingAsync[T any](f func(ctx context.Context) (T, error)) Awaitable[T] {
	op := new(BlockingOp[T])
	op.Init(f)
	return op
}

// Blocking0Async is the async form of Blocking0.
func Blocking0Async(f func(ctx context.Context) error) Awaitable[struct{}] {
	return BlockingAsync(without(f))
}

// without turns a function without a result into one with an empty result.
func without(f func(context.Context) error) func(context.Context) (struct{}, error) {
	return func(ctx context.Context) (struct{}, error) { return struct{}{}, f(ctx) }
}

// BlockingOp is the operation of Blocking, for embedding.
type BlockingOp[T any] struct {
	f    func(context.Context) (T, error)
	call *blockingCall[T] // nil before Start, and when err is the outcome
	err  error            // why f was not called or is abandoned
}

// Blocking0Op is the operation of Blocking0, for embedding.
type Blocking0Op struct{ BlockingOp[struct{}] }

// Init makes op ready for a call of f.
func (op *Blocking0Op) Init(f func(context.Context) error) { op.BlockingOp.Init(without(f)) }

// blockingCall is one call of f: what its goroutine and the loop share. It is no part of the operation, since an abandoned
// call outlives that.
type blockingCall[T any] struct {
	loop  *Loop
	fiber *Fiber        // who waits; nil once abandoned. The loop's alone.
	turn  *blockingTurn // while it waits to be begun, else nil. The loop's alone.
	ctx   *scopeContext // The loop's, but for what f sees of it.

	// Written by the goroutine before it posts.
	result T
	err    error
	failed *Failure
}

// Init makes op ready for a call of f.
func (op *BlockingOp[T]) Init(f func(ctx context.Context) (T, error)) {
	*op = BlockingOp[T]{f: f}
}

// Start begins the call of f on a new goroutine, or waits for the turn to do so.
func (op *BlockingOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	if op.err = fb.Checkpoint(); op.err != nil {
		op.f = nil
		return fb.Ready(parent)
	}
	loop := fb.loop
	if loop == nil {
		panic(Misuse("rt: Blocking needs a loop: run the coroutine with rt.RunAsync or rt.SpawnOn, not by hand"))
	}
	c := &blockingCall[T]{loop: loop, fiber: fb, ctx: newScopeContext(fb)}
	f, ctx := op.f, c.ctx.seen(fb.values())
	op.f, op.call = nil, c
	if loop.blocking.full() {
		c.turn = loop.blocking.wait(func() {
			c.turn = nil
			c.begin(ctx, f)
		})
	} else {
		c.begin(ctx, f)
	}
	fb.Suspend(parent, op)
	return false
}

// begin makes the goroutine.
func (c *blockingCall[T]) begin(ctx context.Context, f func(context.Context) (T, error)) {
	c.loop.blocking.running++ // until ended
	c.loop.holds.Add(1)       // the same
	go c.main(ctx, f)
}

// main is the goroutine of the call.
func (c *blockingCall[T]) main(ctx context.Context, f func(context.Context) (T, error)) {
	returned := false
	defer func() {
		if p := recover(); p != nil {
			c.failed = newFailure(p)
		} else if !returned {
			c.failed = &Failure{Goexit: true}
		}
		if err := c.loop.Post(c.ended); err != nil {
			c.abandoned() // the loop is closed: nobody waits
		}
	}()
	c.result, c.err = f(ctx)
	returned = true
}

// ended wakes who waits for the call, and lets the next call begin; on the loop.
func (c *blockingCall[T]) ended() {
	c.loop.holds.Add(-1)
	c.loop.blocking.returned()
	if fb := c.fiber; fb != nil {
		c.ctx.end()
		fb.meets(c.failed)
		fb.Wake()
		return
	}
	c.abandoned()
}

// abandoned drops the call's outcome, but no panic.
func (c *blockingCall[T]) abandoned() {
	if x := c.failed; x != nil && !x.Goexit {
		panic(x.Value)
	}
}

// Abort gives up the place in line, or abandons the call.
func (op *BlockingOp[T]) Abort(fb *Fiber, err error) Outcome {
	if t := op.call.turn; t != nil {
		fb.loop.blocking.line.remove(&t.link)
	}
	op.call.fiber = nil
	op.call.ctx.fail(err)
	op.call.ctx.end()
	op.call, op.err = nil, err
	return Aborted
}

// Result returns what f returned, or the error of the abort, or panics as f did.
func (op *BlockingOp[T]) Result() (T, error) {
	call, err := op.call, op.err
	op.call, op.err = nil, nil
	if call == nil {
		var none T
		return none, err
	}
	if call.failed != nil {
		call.fiber.takes(call.failed)
		call.failed.raise()
	}
	return call.result, call.err
}
