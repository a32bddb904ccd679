package rt

import (
	"context"
	"time"
)

// Drain waits until all functions of the group have ended, those too that they begin meanwhile, and gives them grace for it: after
// that it cancels the group, waits on, and returns a *TimeoutError. It is for the body of the nursery, which takes no work while it
// waits; what they share can be closed after it. A cancel of the caller, or of the group, cancels the functions, and Drain returns
// it when they have ended. Cancel: as lossless as what runs in the group.
//
// After a Drain that has cancelled the group, every await of the body fails. It is the body's to say whether that is an error.
func (g *Group) Drain(grace time.Duration) error {
	op := new(GroupDrainOp)
	op.Init(g, grace)
	return g.block(op, "Drain")
}

// DrainAsync is Drain in an async function.
func (g *Group) DrainAsync(grace time.Duration) Awaitable[struct{}] {
	op := new(GroupDrainOp)
	op.Init(g, grace)
	return op
}

// GroupDrainOp is the operation of Group.Drain.
type GroupDrainOp struct {
	group   *Group
	grace   time.Duration
	timer   Timer
	fiber   *Fiber
	expired bool  // it has cancelled the group
	err     error // the cancel that came
}

// Init prepares a Drain of g.
func (op *GroupDrainOp) Init(g *Group, grace time.Duration) {
	*op = GroupDrainOp{group: g, grace: grace}
}

// Start waits if there is a child left.
func (op *GroupDrainOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	g := op.group
	if g.scope.owner != fb {
		panic(Misuse("rt: group.Drain outside the body of the nursery: a function of the group would wait for itself"))
	}
	op.fiber = fb
	due := fb.Checkpoint()
	if due != nil {
		op.Abort(fb, due)
	}
	if g.running == 0 {
		return fb.Ready(parent)
	}
	g.drain = op
	fb.Suspend(parent, op)
	switch l := fb.loop; {
	case due != nil:
	case op.grace <= 0:
		op.expire()
	default:
		op.timer.fiber, op.timer.f = &l.caller, op.expire
		l.timers.add(&op.timer, after(l.clock.Now(), op.grace))
	}
	return false
}

// expire cancels the group, and so aborts op.
func (op *GroupDrainOp) expire() {
	if s := &op.group.scope; s.canceled == nil {
		op.expired = true
		s.cancel(context.DeadlineExceeded)
	}
}

// drained ends the wait: no child is left.
func (op *GroupDrainOp) drained() {
	op.group.drain = nil
	op.timer.Cancel()
	op.fiber.Wake()
}

// Abort cancels the children; the wait ends when they have. It refuses if they were cancelled already with the group or a scope
// around.
func (op *GroupDrainOp) Abort(fb *Fiber, err error) Outcome {
	switch {
	case op.err == nil:
		op.err = err
	case fb.remains(op.err, err):
		return Refused
	}
	op.group.scope.cancel(causeOf(err))
	return Forwarded
}

// Result returns nil if the children ended by themselves.
func (op *GroupDrainOp) Result() (struct{}, error) {
	err := op.err
	if op.expired {
		err = &TimeoutError{After: op.grace, Err: err}
	}
	*op = GroupDrainOp{}
	return struct{}{}, err
}
