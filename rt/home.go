package rt

// home is the loop that a lock, a queue or the like belongs to: the one that it was made on, or else that of the first task that
// uses it (statement 168).
type home struct{ loop *Loop }

// bind gives what h is part of to l, that of who uses it. It panics if that belongs to another loop; one that is closed lets go
// of it, and moved says that who still stands in its lines will never run again. A use by hand, without a loop, leaves it free.
func (h *home) bind(l *Loop) (moved bool) {
	if h.loop == l || l == nil {
		return false
	}
	if h.loop != nil && !h.loop.Closed() {
		panic(Misuse("rt: a task uses a lock, a queue or the like of another loop: use it on that loop, by Loop.Post"))
	}
	moved = h.loop != nil
	h.loop = l
	return moved
}

// block is the blocking form of op: in a plain task it waits as one, else it blocks the calling goroutine while a task of
// h's loop waits in its place. what is the call, and how the way to make what it waits for on a loop.
func block[T any](h *home, op Awaitable[T], what, how string) (T, error) {
	if t := taskHere(); t != nil {
		return blockIn(t, op)
	}
	refuseOnLoop(what)
	l := h.loop
	if l == nil {
		panic(Misuse("rt: " + what + " outside any task on something of no loop: make it with " + how + ", or call this inside rt.Run"))
	}
	if !l.holdMore() {
		panic(Misuse("rt: " + what + " on a goroutine that is no task, on something of the loop of rt.Run or rt.RunEach: make it with " + how + " and rt.RunningLoop()"))
	}
	// The hold ends on the loop, which looks around for a deadlock after that.
	return spawnAndWaitThen(l, func() Awaitable[T] { return op }, func() { l.holds.Add(-1) })
}

// place is a fiber's place in a line, whose turn comes once: the core of the operations of Lock, Semaphore, Event and of Queue.Join.
// Who comes to it is handed what it waits for, and a cancel after that does not take it away.
type place struct {
	waiter waiter
	line   *waiters
}

// enter is the first part of Start. It reports false if the operation fails at once, as Result will say.
func (p *place) enter(fb *Fiber) (ok bool) {
	p.waiter.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return false
	}
	return true
}

// wait is the last part of Start: fb stands in line, at the end. op is the operation that p is the core of.
func (p *place) wait(op Operation, line *waiters, fb *Fiber, parent Resumable) (ready bool) {
	p.line = line
	line.add(&p.waiter)
	fb.Suspend(parent, op)
	return false
}

// Abort gives up the place.
func (p *place) Abort(fb *Fiber, err error) Outcome {
	p.line.remove(&p.waiter)
	fb.deliver(err)
	return Aborted
}

// result is Result: why the place was given up, if it was.
func (p *place) result() (struct{}, error) {
	fb := p.waiter.fiber
	p.waiter.fiber, p.line = nil, nil
	return struct{}{}, fb.delivered()
}
