package rt

// Go's channels belong to no loop, and nothing tells when one is ready without receiving from it or sending to it. So where the
// first attempt, which does not block, finds nothing to do, a goroutine waits in the task's place, for the channel or for being
// called back. A cancel calls it back and waits until it says how that went, which it does as soon as it is scheduled: either
// nothing was transferred and nothing will be, or it was before the cancel came, and then the operation has completed.

// Recv receives a value from ch while other tasks run. It returns ErrClosed if ch is closed and empty, and any other error only if
// it is cancelled, or thrown into. Cancel: lossless; a value that was received is returned, and the next await fails. A value that
// was received for a task whose loop is closed before it runs is lost, as the task is.
//
// To select on a channel, or range over it with Each, make a Receiver. Outside a task Recv is <-ch.
func Recv[T any](ch <-chan T) (T, error) {
	if t := taskHere(); t != nil {
		op := new(RecvOp[T])
		op.Init(ch)
		return blockIn[T](t, op)
	}
	refuseOnLoop("rt.Recv(ch)")
	v, ok := <-ch
	return v, orClosed(ok)
}

func orClosed(ok bool) error {
	if ok {
		return nil
	}
	return ErrClosed
}

// RecvAsync is Recv in an async function.
func RecvAsync[T any](ch <-chan T) Awaitable[T] {
	op := new(RecvOp[T])
	op.Init(ch)
	return op
}

// SendTo sends v to ch while other tasks run. It returns an error, and has not sent v, only if it is cancelled, or thrown into.
// Cancel: lossless; once v was received SendTo returns nil, and the next await fails. Sending to a closed channel panics, as in Go.
//
// Outside a task SendTo is ch <- v.
func SendTo[T any](ch chan<- T, v T) error {
	if t := taskHere(); t != nil {
		op := new(SendToOp[T])
		op.Init(ch, v)
		_, err := blockIn[struct{}](t, op)
		return err
	}
	refuseOnLoop("rt.SendTo(ch, v)")
	ch <- v
	return nil
}

// SendToAsync is SendTo in an async function.
func SendToAsync[T any](ch chan<- T, v T) Awaitable[struct{}] {
	op := new(SendToOp[T])
	op.Init(ch, v)
	return op
}

// transfer is a goroutine that waits for a channel: what it shares with the loop. It outlives the operation.
type transfer struct {
	recall  chan struct{} // closed by the loop: do not wait any more
	decided chan struct{} // closed by the goroutine: done and failed are what they are
	done    bool          // there was a transfer, or failed
	failed  *Failure      // the channel to send to was closed
}

// begin has wait run on a goroutine, until there was a transfer, which it reports, or it was called back. After a transfer ended is
// called on l.
func (t *transfer) begin(l *Loop, ended func(), wait func(recall, shut <-chan struct{}) (done bool)) {
	if l == nil {
		panic(Misuse("rt: a channel in a coroutine that is driven by hand: it needs a loop, run it as a task"))
	}
	t.recall, t.decided = make(chan struct{}), make(chan struct{})
	go func() {
		defer func() {
			if p := recover(); p != nil {
				t.done, t.failed = true, newFailure(p)
			}
			close(t.decided)
			if t.done {
				_ = l.Post(ended) // on a closed loop nobody waits any more
			}
		}()
		t.done = wait(t.recall, l.door.shut)
	}()
}

// withdraw calls the goroutine back, and reports whether there was and will be no transfer. Else ended is still called.
func (t *transfer) withdraw() bool {
	select {
	case <-t.decided: // perhaps after an earlier call
	default:
		close(t.recall)
		<-t.decided
	}
	return !t.done
}

// RecvOp is the operation of Recv.
type RecvOp[T any] struct {
	ch    <-chan T
	fiber *Fiber
	call  *recvCall[T] // nil if the first attempt was enough
	value T
	err   error // ErrClosed
}

// recvCall is a transfer with its value.
type recvCall[T any] struct {
	transfer
	value T
	ok    bool
}

// begin has a goroutine receive a value from ch; after that ended is called on l.
func (c *recvCall[T]) begin(l *Loop, ended func(), ch <-chan T) {
	c.transfer.begin(l, ended, func(recall, shut <-chan struct{}) bool {
		select {
		case c.value, c.ok = <-ch:
			return true
		case <-recall:
		case <-shut:
		}
		return false
	})
}

// Init prepares to receive from ch.
func (op *RecvOp[T]) Init(ch <-chan T) { *op = RecvOp[T]{ch: ch} }

// Start receives a value or begins to wait for one.
func (op *RecvOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	select {
	case v, ok := <-op.ch:
		op.value, op.err = v, orClosed(ok)
		return fb.Ready(parent)
	default:
	}
	op.call = new(recvCall[T])
	op.call.begin(fb.loop, fb.Wake, op.ch)
	fb.Suspend(parent, op)
	return false
}

// Abort ends the wait, unless a value has been received.
func (op *RecvOp[T]) Abort(fb *Fiber, err error) Outcome {
	if !op.call.withdraw() {
		return Refused
	}
	op.call = nil
	fb.deliver(err)
	return Aborted
}

// Result returns the value, or why there is none.
func (op *RecvOp[T]) Result() (T, error) {
	fb, call, v, err := op.fiber, op.call, op.value, op.err
	*op = RecvOp[T]{}
	if call != nil {
		return call.value, orClosed(call.ok)
	}
	if e := fb.delivered(); e != nil {
		err = e
	}
	return v, err
}

// SendToOp is the operation of SendTo.
type SendToOp[T any] struct {
	ch    chan<- T
	value T
	fiber *Fiber
	call  *transfer // nil if the first attempt was enough
}

// Init prepares to send v to ch.
func (op *SendToOp[T]) Init(ch chan<- T, v T) { *op = SendToOp[T]{ch: ch, value: v} }

// Start sends the value or begins to wait until it can.
func (op *SendToOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	select {
	case op.ch <- op.value:
		return fb.Ready(parent)
	default:
	}
	ch, v := op.ch, op.value
	op.call = new(transfer)
	op.call.begin(fb.loop, fb.Wake, func(recall, shut <-chan struct{}) bool {
		select {
		case ch <- v:
			return true
		case <-recall:
		case <-shut:
		}
		return false
	})
	fb.Suspend(parent, op)
	return false
}

// Abort ends the wait, unless the value has been sent.
func (op *SendToOp[T]) Abort(fb *Fiber, err error) Outcome {
	if !op.call.withdraw() {
		return Refused
	}
	op.call = nil
	fb.deliver(err)
	return Aborted
}

// Result returns why the value was not sent, if it was not. It panics if the channel was closed.
func (op *SendToOp[T]) Result() (struct{}, error) {
	fb, call := op.fiber, op.call
	*op = SendToOp[T]{}
	if call != nil {
		if call.failed != nil {
			call.failed.raise()
		}
		return struct{}{}, nil
	}
	return struct{}{}, fb.delivered()
}
