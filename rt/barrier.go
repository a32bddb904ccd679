package rt

import "errors"

// ErrBarrierBroken is returned by Barrier.Wait if Abort was called, or Reset while it waited.
var ErrBarrierBroken = errors.New("rt: the barrier is broken: it was aborted, or reset while tasks waited at it")

// Barrier lets tasks of one loop wait for each other: a round of Wait ends when as many have come as take part. They are let go
// together, and whoever comes then begins the next round, so a barrier serves any number of rounds (statements 166, 167).
//
// All but Wait belongs to the loop's goroutine, or to that of a plain task.
type Barrier struct {
	home
	line    ring[*BarrierWaitOp]
	waiting int // in line, fewer than parties
	parties int
	broken  bool
}

// NewBarrier returns a barrier for n tasks, at least one. It belongs to the loop of the first task that waits at it.
func NewBarrier(n int) *Barrier { return NewBarrierOn(nil, n) }

// NewBarrierOn returns a barrier for n tasks that belongs to l.
func NewBarrierOn(l *Loop, n int) *Barrier {
	if n < 1 {
		panic(Misuse("rt: a barrier for nobody lets nobody through: give it one task or more"))
	}
	return &Barrier{home: home{l}, parties: n}
}

// Wait waits until as many tasks as take part have come, and returns which of them the caller is: 0 for the first of a round, and
// one less than they are for the last, which does not wait. It returns an error only if the barrier is broken, with
// ErrBarrierBroken, or if it is cancelled, or thrown into: then the caller counts as one that has not come, and the others wait
// on. Cancel: lossless; a round that has ended counts, and the next await fails.
//
// A goroutine that is no task blocks, for which the barrier must belong to a loop; it gets ErrLoopClosed if that closes before.
func (b *Barrier) Wait() (int, error) {
	return block(&b.home, b.WaitAsync(), "barrier.Wait()", "rt.NewBarrierOn")
}

// WaitAsync is Wait in an async function.
func (b *Barrier) WaitAsync() Awaitable[int] { return &BarrierWaitOp{barrier: b} }

// Waiting returns how many tasks wait for the others.
func (b *Barrier) Waiting() int { return b.waiting }

// Broken reports whether Abort was called, and Reset not after it.
func (b *Barrier) Broken() bool { return b.broken }

// Abort breaks the barrier: those who wait get ErrBarrierBroken, and so do those who come, until Reset. A task that takes part and
// cannot come to the next round calls it, or the others would wait for ever.
func (b *Barrier) Abort() {
	b.loop.check("barrier.Abort")
	b.broken = true
	b.breakRound()
}

// Reset begins again with a barrier that is not broken: those who wait get ErrBarrierBroken, those who come later a new round.
func (b *Barrier) Reset() {
	b.loop.check("barrier.Reset")
	b.broken = false
	b.breakRound()
}

// breakRound ends a round that is not complete.
func (b *Barrier) breakRound() {
	for op := b.line.pop(); op != nil; op = b.line.pop() {
		op.fiber.deliver(ErrBarrierBroken)
		op.fiber.Wake() // a Select withdraws what else of it stands in line
	}
	b.waiting = 0
}

// endRound lets those go who wait, and returns how many they were.
func (b *Barrier) endRound() (n int) {
	for op := b.line.pop(); op != nil; op = b.line.pop() {
		op.index = n
		op.fiber.Wake()
		n++
	}
	b.waiting = 0
	return n
}

// settle makes the barrier the loop's that fb runs on.
func (b *Barrier) settle(fb *Fiber) {
	if b.bind(fb.loop) {
		b.line, b.waiting = ring[*BarrierWaitOp]{}, 0
	}
}

// BarrierWaitOp is the operation of Barrier.Wait.
type BarrierWaitOp struct {
	barrier *Barrier
	fiber   *Fiber
	link    link[*BarrierWaitOp]
	index   int
}

// Init prepares a wait at b.
func (op *BarrierWaitOp) Init(b *Barrier) { op.barrier, op.index = b, 0 }

// Start ends the round or begins to wait for its end.
func (op *BarrierWaitOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	b := op.barrier
	op.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	b.settle(fb)
	switch {
	case b.broken:
		fb.deliver(ErrBarrierBroken)
	case b.waiting+1 == b.parties:
		op.index = b.endRound()
	default:
		op.link.of = op
		b.line.add(&op.link)
		b.waiting++
		fb.Suspend(parent, op)
		return false
	}
	return fb.Ready(parent)
}

// Abort gives up the place in line.
func (op *BarrierWaitOp) Abort(fb *Fiber, err error) Outcome {
	op.barrier.line.remove(&op.link)
	op.barrier.waiting--
	fb.deliver(err)
	return Aborted
}

// Result returns which one of the round the caller was, or why it was none.
func (op *BarrierWaitOp) Result() (int, error) {
	fb, index := op.fiber, op.index
	op.barrier, op.fiber = nil, nil
	return index, fb.delivered()
}
