package rt

// Future is a value that is set once and can be awaited before (statements 039 to 056). It belongs to one loop: the one it was
// made on, or else that of its first wait or callback, whose goroutine alone may use it; Wait works from any goroutine.
type Future[T any] struct {
	loop  *Loop
	line  waiters
	state futureState
	value T
	err   error
}

type futureState uint8

const (
	futurePending   futureState = iota
	futureUnread                // as futureFinished, in debug mode, with an error that nobody has read yet
	futureFinished              // SetResult or SetError was called
	futureCancelled             // Cancel was called; err is a *Canceled
)

// NewFuture returns a pending future that belongs to the loop of its first wait or callback.
func NewFuture[T any]() *Future[T] { return new(Future[T]) }

// NewFutureOn returns a pending future that belongs to l.
func NewFutureOn[T any](l *Loop) *Future[T] { return &Future[T]{loop: l} }

// SetResult sets the value and wakes who waits, in the order in which they came. It returns ErrInvalidState if f is done.
func (f *Future[T]) SetResult(v T) error {
	f.loop.check("future.SetResult")
	if f.state != futurePending {
		return ErrInvalidState
	}
	f.state, f.value = futureFinished, v
	f.line.wakeAll()
	return nil
}

// SetError sets the error that waiting returns. It returns ErrInvalidState if f is done.
func (f *Future[T]) SetError(err error) error {
	f.loop.check("future.SetError")
	if f.state != futurePending {
		return ErrInvalidState
	}
	f.state, f.err = futureFinished, err
	if f.loop != nil && f.loop.debug != nil && f.line.first == nil {
		f.state = futureUnread
		unread(f.loop.debug.lost, f, "a future", caller().String(), err)
	}
	f.line.wakeAll()
	return nil
}

// Cancel makes waiting return a *Canceled with cause, which may be nil. It reports false, and does nothing, if f is done.
func (f *Future[T]) Cancel(cause error) bool {
	f.loop.check("future.Cancel")
	if f.state != futurePending {
		return false
	}
	f.state, f.err = futureCancelled, &Canceled{Cause: cause}
	f.line.wakeAll()
	return true
}

// Result returns what was set; ErrInvalidState while f is pending, a *Canceled after Cancel.
func (f *Future[T]) Result() (T, error) {
	if f.state <= futureUnread {
		if f.state == futurePending {
			var none T
			return none, ErrInvalidState
		}
		f.state = futureFinished
		f.loop.debug.lost.read(addressOf(f))
	}
	return f.value, f.err
}

// Done reports whether f was set or cancelled.
func (f *Future[T]) Done() bool { return f.state != futurePending }

// Canceled reports whether f was cancelled.
func (f *Future[T]) Canceled() bool { return f.state == futureCancelled }

// AddDoneCallback has fn called with f in a turn of the loop after f is done: never at once (statements 046, 047). The result
// serves to remove it.
func (f *Future[T]) AddDoneCallback(fn func(*Future[T])) *Callback[*Future[T]] {
	cb := NewCallback(fn)
	f.AddCallback(cb)
	return cb
}

// AddCallback is AddDoneCallback for a callback made before; registered twice, it is called twice (statement 048).
func (f *Future[T]) AddCallback(cb *Callback[*Future[T]]) {
	f.loop.check("future.AddCallback")
	if f.loop == nil {
		if f.loop = here().loop; f.loop == nil {
			panic(Misuse("rt: callback on a future of no loop, where no loop runs: make the future with rt.NewFutureOn"))
		}
	}
	register(f.loop, &f.line, f.Done(), cb, f)
}

// RemoveDoneCallback removes every registration of cb and returns how many there were; 0 once f is done (statement 049).
func (f *Future[T]) RemoveDoneCallback(cb *Callback[*Future[T]]) int {
	f.loop.check("future.RemoveDoneCallback")
	return unregister(&f.line, cb)
}

// Wait returns the result of f once it is done. A task may be cancelled while it waits, which cancels f, for all who wait for it
// (statement 081). Where several share a future, await [Wait] instead, which cancels none of what it waits for, and then take the
// Result; or [Shield] the wait, which then goes on until f is done. Cancel: lossless; a result that was set is returned, and the
// next await fails. A goroutine that is no task blocks until f is done, for which f must belong to a loop; it gets ErrLoopClosed if
// that closes before.
func (f *Future[T]) Wait() (T, error) {
	if t := taskHere(); t != nil {
		return blockIn[T](t, &FutureWaitOp[T]{future: f})
	}
	refuseOnLoop("future.Wait()")
	var none T
	if f.loop == nil {
		panic(Misuse("rt: future.Wait() outside any task on a future of no loop: make the future with rt.NewFutureOn"))
	}
	var (
		v   T
		err error
	)
	read := func() { v, err = f.Result() }
	if e := f.loop.blockUntil(func(wake func()) bool {
		if f.Done() {
			read()
			return true
		}
		f.AddDoneCallback(func(*Future[T]) { read(); wake() })
		return false
	}); e != nil {
		return none, e
	}
	return v, err
}

// WaitAsync is Wait in an async function.
func (f *Future[T]) WaitAsync() Awaitable[T] { return &FutureWaitOp[T]{future: f} }

// FutureWaitOp is the operation of Future.Wait.
type FutureWaitOp[T any] struct {
	waiter waiter
	future *Future[T]
}

// Init prepares a wait for f.
func (op *FutureWaitOp[T]) Init(f *Future[T]) { *op = FutureWaitOp[T]{future: f} }

// Start begins the wait.
func (op *FutureWaitOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	f := op.future
	op.waiter.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	if f.loop != fb.loop {
		f.bind(fb.loop)
	}
	if f.state != futurePending {
		return fb.Ready(parent)
	}
	f.line.add(&op.waiter)
	fb.Suspend(parent, op)
	return false
}

// bind gives f to l, the loop of its first wait; a hand-driven wait, without a loop, leaves it free, and so does one of a future that is
// done. It panics if f belongs to another loop, also if f is done, as that loop's goroutine may use it now; once it is closed, what is
// done may be read.
func (f *Future[T]) bind(l *Loop) {
	switch {
	case f.loop == nil:
		if f.state == futurePending {
			f.loop = l
		}
	case l != nil && !(f.loop.Closed() && f.state != futurePending):
		panic(Misuse("rt: a task awaits a future of another loop: pass the result on with Loop.Post"))
	}
}

// Abort ends the wait. A cancel cancels the future with it, and so everybody's wait (statement 081).
func (op *FutureWaitOp[T]) Abort(fb *Fiber, err error) Outcome {
	fb.deliver(err)
	if c, ok := err.(*Canceled); ok {
		op.future.Cancel(c.Cause)
		return Forwarded
	}
	op.future.line.remove(&op.waiter)
	return Aborted
}

// Result returns the future's result, or the error that ended the wait.
func (op *FutureWaitOp[T]) Result() (T, error) {
	fb, f := op.waiter.fiber, op.future
	op.waiter.fiber, op.future = nil, nil
	if err := fb.delivered(); err != nil {
		var none T
		return none, err
	}
	return f.Result()
}
