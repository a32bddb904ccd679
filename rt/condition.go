package rt

// Condition lets tasks that hold a lock wait until another that holds it says that something has changed.
//
//	for !ready {
//		if err := rt.Await0(cond.Wait()); err != nil {
//			return err // the lock is held here, too
//		}
//	}
//
// On a loop nothing else runs between two awaits, so an Event or a Queue is often enough.
type Condition struct {
	home
	lock *Lock
	line ring[*ConditionWaitOp] // who was not notified
}

// NewCondition returns a condition on what l protects. It belongs to the loop of l.
func NewCondition(l *Lock) *Condition { return &Condition{lock: l} }

// Wait unlocks the lock, waits to be notified, and takes the lock again, also if it returns an error, which it does only if it is
// cancelled, or thrown into (statements 157, 158). Cancel: lossless; a notification that has come is kept: Wait returns nil and
// the next await fails (statement 159). It panics with Misuse if the lock is free.
//
// A goroutine that is no task blocks, for which the lock must belong to a loop.
func (c *Condition) Wait() error {
	_, err := block(&c.lock.home, c.WaitAsync(), "condition.Wait()", "rt.NewLockOn")
	return err
}

// WaitAsync is Wait in an async function.
func (c *Condition) WaitAsync() Awaitable[struct{}] {
	op := new(ConditionWaitOp)
	op.Init(c)
	return op
}

// WaitFor waits until pred returns true, which it asks at the beginning and whenever the task was notified; pred must not wait
// itself (statement 161). It returns what Wait returns. Cancel: lossless, as that of Wait.
func (c *Condition) WaitFor(pred func() bool) error {
	_, err := block(&c.lock.home, c.WaitForAsync(pred), "condition.WaitFor(pred)", "rt.NewLockOn")
	return err
}

// WaitForAsync is WaitFor in an async function.
func (c *Condition) WaitForAsync(pred func() bool) Awaitable[struct{}] {
	op := new(ConditionWaitForOp)
	op.Init(c, pred)
	op.Visible()
	return op
}

// Notify wakes the n tasks that have waited longest, or all if there are fewer. They get the lock one by one, when it is free.
// It panics with Misuse if the lock is free now (statements 157, 160).
func (c *Condition) Notify(n int) {
	c.lock.loop.check("condition.Notify")
	c.mustBeLocked("Notify")
	for ; n > 0; n-- {
		op := c.line.pop()
		if op == nil {
			return
		}
		op.state = conditionNotified
		c.lock.line.add(&op.waiter)
	}
}

// NotifyAll is Notify of all tasks that wait.
func (c *Condition) NotifyAll() {
	c.lock.loop.check("condition.NotifyAll")
	c.mustBeLocked("NotifyAll")
	for c.line.first != nil {
		c.Notify(1)
	}
}

func (c *Condition) mustBeLocked(what string) {
	if !c.lock.locked {
		panic(Misuse("rt: " + what + " on a condition whose lock is free: take the lock before"))
	}
}

// ConditionWaitOp is the operation of Condition.Wait.
type ConditionWaitOp struct {
	waiter waiter // in the line of the lock, once it is out of that of the condition
	link   link[*ConditionWaitOp]
	cond   *Condition
	state  conditionState
}

type conditionState uint8

const (
	conditionWaits    conditionState = iota // in the line of the condition
	conditionNotified                       // in that of the lock: set by Notify
	conditionAborted                        // the same: set by Abort, which came before a Notify
)

// Init prepares a wait for c.
func (op *ConditionWaitOp) Init(c *Condition) { *op = ConditionWaitOp{cond: c} }

// Start unlocks the lock and begins the wait.
func (op *ConditionWaitOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	c := op.cond
	c.mustBeLocked("Wait")
	op.waiter.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	c.lock.settle(fb)
	if c.bind(fb.loop) {
		c.line = ring[*ConditionWaitOp]{}
	}
	op.link.of = op
	c.line.add(&op.link)
	fb.Suspend(parent, op)
	c.lock.Unlock()
	return false
}

// Abort has the wait end with err once the lock is taken again; of several errors the last counts, but a scope's cancel, with which
// the next await fails as well, does not take the place of one that is delivered once. A wait that was notified refuses.
func (op *ConditionWaitOp) Abort(fb *Fiber, err error) Outcome {
	switch op.state {
	case conditionNotified:
		return Refused
	case conditionAborted:
		if fb.once(err) || !fb.once(fb.extra.delivered) {
			fb.deliver(err)
		}
		return Forwarded
	}
	c := op.cond
	c.line.remove(&op.link)
	fb.deliver(err)
	op.state = conditionAborted
	if c.lock.takeFor(fb) {
		return Aborted
	}
	c.lock.line.add(&op.waiter)
	return Forwarded
}

// Result returns why the wait ended without a notification, if it did.
func (op *ConditionWaitOp) Result() (struct{}, error) {
	fb := op.waiter.fiber
	*op = ConditionWaitOp{}
	return struct{}{}, fb.delivered()
}

// ConditionWaitForOp is the operation of Condition.WaitFor, a coroutine that waits again and again.
type ConditionWaitForOp struct {
	Frame
	cond *Condition
	pred func() bool
	wait ConditionWaitOp
	err  error
}

// Init prepares a wait for c and pred.
func (op *ConditionWaitForOp) Init(c *Condition, pred func() bool) {
	*op = ConditionWaitForOp{cond: c, pred: pred}
}

// Start begins the wait.
func (op *ConditionWaitForOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	return op.Begin(fb, op, parent)
}

// Resume asks the predicate, and waits if it is false.
func (op *ConditionWaitForOp) Resume(fb *Fiber) (done bool) {
	switch op.Enter() {
	case stateNew: // a point where a cancel comes in, also if the predicate is true
		op.cond.mustBeLocked("WaitFor")
		if err := fb.Checkpoint(); err != nil {
			return op.end(err)
		}
		if !fb.Ready(op) {
			return op.Suspend(1)
		}
	case 2:
		if _, err := op.wait.Result(); err != nil {
			return op.end(err)
		}
	}
	for !op.pred() {
		op.wait.Init(op.cond)
		if !op.wait.Start(fb, op) {
			return op.Suspend(2)
		}
		if _, err := op.wait.Result(); err != nil {
			return op.end(err)
		}
	}
	return op.end(nil)
}

// end ends the wait, and lets go of what it refers to.
func (op *ConditionWaitForOp) end(err error) (done bool) {
	op.cond, op.pred, op.err = nil, nil, err
	return op.End()
}

// Result returns why the wait ended with the predicate false, if it did.
func (op *ConditionWaitForOp) Result() (struct{}, error) {
	op.Check()
	return struct{}{}, op.err
}
