package rt

// On calls f in a task of its own on l, which may be another loop than the caller's, and returns what f returns (statements 057
// and 236 of asyncio: run_coroutine_threadsafe, awaited). While it waits, other tasks of the caller's loop run. It returns
// ErrLoopClosed if l is closed, or closes before f has returned.
//
//	sum, err := rt.Await(rt.On(loops[1], func() (int, error) { return rt.Await(total(shard)) }))
//
// f runs beside the caller's loop, on l's goroutine: what both touch needs a lock, and what belongs to one loop (futures, locks,
// queues, connections) cannot be used on the other.
//
// A cancel of the caller cancels f's task, and On returns when that has ended, with what f made of it; if f ends without having met the
// cancel, the next await fails. Cancel: as lossless as f. A panic of f panics in the caller with the same value. A goroutine that is no
// task blocks.
func On[T any](l *Loop, f func() (T, error)) (T, error) {
	call := func() Awaitable[T] { return newGoCoro(f) }
	if t := taskHere(); t != nil {
		op := new(OnOp[T])
		op.Init(l, call)
		return blockIn(t, op)
	}
	refuseOnLoop("rt.On(l, f)")
	return spawnAndWait(l, call)
}

// spawnAndWait has a goroutine that is no task wait for a call on l.
func spawnAndWait[T any](l *Loop, call func() Awaitable[T]) (T, error) {
	return spawnAndWaitThen(l, call, func() {})
}

// spawnAndWaitThen is spawnAndWait; ended is called on l when the call has ended.
func spawnAndWaitThen[T any](l *Loop, call func() Awaitable[T], ended func()) (T, error) {
	var t *Task[T]
	if err := l.blockUntil(func(wake func()) bool {
		t = SpawnOn(l, call())
		t.AddDoneCallback(func(*Task[T]) { ended(); wake() })
		return false
	}); err != nil && (t == nil || !t.Done()) { // a task that ended in the loop's last turn could not say so
		var none T
		return none, err
	}
	return t.resultOrExit()
}

// On0 is On for an f without a result.
func On0(l *Loop, f func() error) error {
	_, err := On(l, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// OnAsync is On in an async function.
func OnAsync[T any](l *Loop, f func() Awaitable[T]) Awaitable[T] {
	op := new(OnOp[T])
	op.Init(l, f)
	return op
}

// On0Async is On0 in an async function.
func On0Async(l *Loop, f func() Awaitable[struct{}]) Awaitable[struct{}] { return OnAsync(l, f) }

// OnOp is the operation of On.
type OnOp[T any] struct {
	loop  *Loop
	f     func() Awaitable[T] // until Start
	fiber *Fiber              // who calls
	call  *remoteCall[T]      // nil before Start, and when err is the outcome
	err   error               // why f was not called, or is not waited for
	sent  int                 // cancels of the caller's task that were passed on
}

// On0Op is the operation of On0.
type On0Op struct{ OnOp[struct{}] }

// remoteCall is what both loops of an On share. It is no part of the operation, as it may outlive that.
type remoteCall[T any] struct {
	watcher      watcher
	home, remote *Loop
	values       *values // of the caller

	fiber *Fiber // who waits, of home; nil when its wait is over

	f    func() Awaitable[T] // from here on remote's: until the task is made
	task *Task[T]

	// Written on remote before ended is posted to home.
	result T
	err    error
	failed *Failure
	came   int  // of the cancels that home has sent, those that came before the task's end
	missed bool // the task has ended, or will never run again, and has not failed with the last of them
}

// Init prepares a call of f on l.
func (op *OnOp[T]) Init(l *Loop, f func() Awaitable[T]) { *op = OnOp[T]{loop: l, f: f} }

// Start has l begin the call.
func (op *OnOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.fiber = fb
	if op.err = fb.Checkpoint(); op.err != nil {
		op.f = nil
		return fb.Ready(parent)
	}
	if fb.loop == nil {
		panic(Misuse("rt: On in a coroutine that is driven by hand: run it as a task on a loop"))
	}
	c := &remoteCall[T]{home: fb.loop, remote: op.loop, values: fb.values(), fiber: fb, f: op.f}
	c.watcher.closed = c.closed
	op.f = nil
	if !op.loop.watch(&c.watcher) || op.loop.Post(c.begin) != nil {
		c.fiber, op.err = nil, ErrLoopClosed
		return fb.Ready(parent)
	}
	op.call = c
	fb.Suspend(parent, op)
	return false
}

// begin makes the task; on remote.
func (c *remoteCall[T]) begin() {
	c.task = SpawnOn[T](c.remote, thunk[T](c.f))
	c.task.runs.setValues(c.values)
	c.f = nil
	c.task.AddDoneCallback(c.end)
}

// end passes the task's outcome on; on remote.
func (c *remoteCall[T]) end(t *Task[T]) {
	c.remote.unwatch(&c.watcher)
	c.settle(t)
	c.home.Post(c.ended) // if home has closed, nobody waits
}

// closed passes on that remote has closed before end was called: the task's outcome, if it has ended in the last turn; on remote.
func (c *remoteCall[T]) closed() {
	if c.task != nil && c.task.Done() {
		c.settle(c.task)
	} else {
		c.err, c.missed = ErrLoopClosed, true
	}
	c.home.Post(c.ended)
}

// settle notes the outcome of t, which has ended; on remote.
func (c *remoteCall[T]) settle(t *Task[T]) {
	c.missed = t.runs.missed()
	if c.failed = t.failure(); c.failed == nil {
		c.result, c.err = t.Result()
	}
}

// ended wakes who waits; on home.
func (c *remoteCall[T]) ended() {
	if fb := c.fiber; fb != nil {
		c.fiber = nil
		fb.meets(c.failed)
		fb.Wake()
	}
}

// Abort passes a cancel on to the task, which ends the wait when it ends. It stays the same one, so that the scope that it comes from knows
// it again in what f returns. Any other error ends the wait, and cancels the task.
func (op *OnOp[T]) Abort(fb *Fiber, err error) Outcome {
	call := op.call
	c, canceled := err.(*Canceled)
	if !canceled {
		c = &Canceled{Cause: err}
	}
	once := canceled && fb.once(c)
	if once {
		op.sent++
	}
	call.remote.Post(func() { call.cancel(c, once) }) // after begin; if remote is closed, ended comes
	if canceled {
		return Forwarded
	}
	call.fiber = nil
	op.call, op.err = nil, err
	return Aborted
}

// cancel cancels the task, if it has not ended; on remote. Once says that the cancel is delivered once.
func (c *remoteCall[T]) cancel(err *Canceled, once bool) {
	if once && !c.task.Done() {
		c.came++
	}
	c.task.runs.cancel(err)
}

// unmet reports whether no operation has failed with the last of the cancels sent: it came when f had ended, or f awaited nothing after it,
// or what f has failed with is the cancel of a scope.
func (c *remoteCall[T]) unmet(fb *Fiber, sent int) bool {
	if c.came < sent {
		return true
	}
	if met := cancelIn(c.err); met != nil {
		return !fb.once(met)
	}
	return c.missed
}

// Result returns what f returned, or panics as f did.
func (op *OnOp[T]) Result() (T, error) {
	fb, call, err, sent := op.fiber, op.call, op.err, op.sent
	*op = OnOp[T]{}
	if call == nil {
		var none T
		return none, err
	}
	if sent > 0 && call.unmet(fb, sent) {
		fb.again()
	}
	if call.failed != nil {
		fb.takes(call.failed)
		call.failed.raise()
	}
	return call.result, call.err
}
