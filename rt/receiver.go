package rt

// Receiver receives from a Go channel for the tasks of one loop, and can be selected on and ranged over, which Recv, for want
// of a place to keep a value, cannot:
//
//	in := rt.NewReceiver(ch)
//	recv := in.RecvOp()
//	switch i, err := rt.Await(rt.Select(recv, rt.After(time.Second))); {
//
//	for v, err := range rt.Each(in.All) {
//
// Where nothing can be received at once, a goroutine receives one value for who waits. If that task turns to something else just
// then, because Select has another winner or it is cancelled, the Receiver keeps the value, and the next Recv returns it: nothing
// is lost and the order is kept. So one Receiver is made for a channel and used for all that is received from it here; Held says
// whether it has a value that has left the channel.
//
// It belongs to the loop of the first task that uses it. All but Recv belongs to that loop's goroutine, or to that of a plain
// task.
type Receiver[T any] struct {
	home
	ch     <-chan T
	line   ring[*ReceiverRecvOp[T]]
	pump   *recvCall[T] // receives the next value; nil if nobody waits
	held   T            // if holds
	holds  bool         // then nobody waits
	closed bool         // so is the channel
}

// NewReceiver returns a Receiver of ch. It belongs to the loop of the first task that uses it.
func NewReceiver[T any](ch <-chan T) *Receiver[T] { return &Receiver[T]{ch: ch} }

// NewReceiverOn returns a Receiver of ch that belongs to l.
func NewReceiverOn[T any](l *Loop, ch <-chan T) *Receiver[T] {
	return &Receiver[T]{home: home{l}, ch: ch}
}

// Recv returns the next value, and ErrClosed if the channel is closed and empty. Who waits gets one in the order in which they
// came. It returns any other error only if it is cancelled, or thrown into. Cancel: lossless, see Receiver.
//
// A goroutine that is no task blocks, for which the Receiver must belong to a loop; it gets ErrLoopClosed if that closes before.
func (r *Receiver[T]) Recv() (T, error) {
	return block(&r.home, r.RecvAsync(), "receiver.Recv()", "rt.NewReceiverOn")
}

// RecvAsync is Recv in an async function.
func (r *Receiver[T]) RecvAsync() Awaitable[T] { return r.RecvOp() }

// RecvOp returns Recv as an operation, for Select.
func (r *Receiver[T]) RecvOp() *ReceiverRecvOp[T] { return &ReceiverRecvOp[T]{receiver: r} }

// Held reports whether a value has been received that no task has got yet.
func (r *Receiver[T]) Held() bool { return r.holds }

// All is an async generator of the values, until the channel is closed and empty. Leaving the loop takes no further value. Cancel:
// lossless.
func (r *Receiver[T]) All(yield Yield[T, struct{}]) error { return plainSeries(r.Recv, yield) }

// AllAsync is All in an async function.
func (r *Receiver[T]) AllAsync() *AsyncGenerator[T, struct{}, struct{}] {
	return newSeries(r.RecvAsync)
}

// fill takes a value from the channel if there is one and nobody waits, and reports whether there is something for who comes
// now.
func (r *Receiver[T]) fill() bool {
	if r.holds || r.closed {
		return true
	}
	if r.pump != nil {
		return false
	}
	select {
	case v, ok := <-r.ch:
		r.keep(v, ok)
		return true
	default:
		return false
	}
}

// keep keeps what came from the channel, for nobody in particular.
func (r *Receiver[T]) keep(v T, ok bool) { r.held, r.holds, r.closed = v, ok, !ok }

// take takes what fill has found.
func (r *Receiver[T]) take() (v T, err error) {
	if !r.holds {
		return v, ErrClosed
	}
	v, r.held, r.holds = r.held, v, false
	return v, nil
}

// start has a goroutine receive a value.
func (r *Receiver[T]) start() {
	p := new(recvCall[T])
	r.pump = p
	p.begin(r.loop, func() { r.pumped(p) }, r.ch)
}

// stop calls the goroutine back if nobody waits any more. What it had received before is kept.
func (r *Receiver[T]) stop() {
	p := r.pump
	if p == nil || r.line.first != nil {
		return
	}
	r.pump = nil
	if !p.withdraw() {
		r.keep(p.value, p.ok)
	}
}

// pumped hands what p has received to who has waited longest, or keeps it. Who is left waits for the next.
func (r *Receiver[T]) pumped(p *recvCall[T]) {
	if r.pump != p {
		return // stop has kept it
	}
	r.pump = nil
	r.keep(p.value, p.ok)
	for r.line.first != nil && (r.holds || r.closed) {
		op := r.line.pop()
		op.value, op.err = r.take()
		op.fiber.Wake()
	}
	if r.line.first != nil {
		r.start()
	}
}

// settle makes the receiver the loop's that fb runs on.
func (r *Receiver[T]) settle(fb *Fiber) {
	if fb.loop == nil {
		panic(Misuse("rt: Recv of a Receiver in a coroutine that is driven by hand: it needs a loop, run it as a task"))
	}
	if r.bind(fb.loop) {
		r.line = ring[*ReceiverRecvOp[T]]{}
		r.stop()
	}
}

// ReceiverRecvOp is the operation of Receiver.Recv.
type ReceiverRecvOp[T any] struct {
	fiber    *Fiber
	receiver *Receiver[T]
	link     link[*ReceiverRecvOp[T]]
	value    T
	err      error // ErrClosed
}

// Init prepares to receive from r.
func (op *ReceiverRecvOp[T]) Init(r *Receiver[T]) { *op = ReceiverRecvOp[T]{receiver: r} }

// Ready reports whether there is a value, or the channel is closed. To find out, the Receiver takes the value from the channel and
// keeps it.
func (op *ReceiverRecvOp[T]) Ready() bool {
	if op.receiver == nil {
		refuseUsedUp("receiver.RecvOp()")
	}
	return op.receiver.fill()
}

// Start takes a value or begins to wait for one.
func (op *ReceiverRecvOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	r := op.receiver
	op.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	r.settle(fb)
	if r.fill() {
		op.value, op.err = r.take()
		return fb.Ready(parent)
	}
	op.link.of = op
	r.line.add(&op.link)
	if r.pump == nil {
		r.start()
	}
	fb.Suspend(parent, op)
	return false
}

// Abort gives up the place in line.
func (op *ReceiverRecvOp[T]) Abort(fb *Fiber, err error) Outcome {
	r := op.receiver
	r.line.remove(&op.link)
	r.stop()
	fb.deliver(err)
	return Aborted
}

// Result returns the value, or why there is none.
func (op *ReceiverRecvOp[T]) Result() (T, error) {
	fb, v, err := op.fiber, op.value, op.err
	*op = ReceiverRecvOp[T]{}
	if e := fb.delivered(); e != nil {
		err = e
	}
	return v, err
}
