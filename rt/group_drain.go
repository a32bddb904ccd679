package rt

import (
	"context"
	"errors"
	"time"
)

// ErrDraining is why functions are cancelled, or not begun, that a group is given while Drain waits.
var ErrDraining = errors.New("rt: the group is being drained: it takes nothing new until that is over")

// Drain waits until all functions of the group that have begun have ended, and gives them grace for it: after that it cancels the
// group, waits on, and returns a *TimeoutError. It is for the body of the nursery; what the functions share can be closed after it. A
// cancel of the caller, or of the group, cancels the functions, and Drain returns it when they have ended. Cancel: as lossless as what
// runs in the group.
//
// While it waits the group takes nothing. GoWait, SuperviseWait and Start fail, also where they wait for their turn, with a *Canceled
// for which errors.Is(err, ErrDraining) holds, and do not call the function. A function that Go or Supervise is given then, or was
// given and has not had its turn, runs to its first await, which fails in the same way, as in a group that was cancelled; so what it
// was given is cleaned up. None of these is an error of the nursery, also where a function returns it. Draining tells the functions.
//
// After a Drain that has returned nil, the group takes functions as before. After one that has cancelled the group, every await of the
// body fails. It is the body's to say whether that is an error.
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

// Draining returns an event that is set while Drain waits, for functions that take work from elsewhere until then: they select on its
// WaitOp, or ask IsSet. It is the same one at each call, and the group's to set and to clear. A body that returns without Drain does not
// set it.
//
//	i, err := rt.Await(rt.SelectInOrder(g.Draining().WaitOp(), get))
func (g *Group) Draining() *Event {
	if g.draining == nil {
		g.draining = NewEventOn(g.scope.loop)
		g.draining.set = g.drain != nil
	}
	return g.draining
}

// intake is the scope of a child that begins now.
func (g *Group) intake() *Scope {
	if g.drain != nil {
		return g.drain.refusal().Scope
	}
	return &g.scope
}

// GroupDrainOp is the operation of Group.Drain.
type GroupDrainOp struct {
	group   *Group
	grace   time.Duration
	timer   Timer
	fiber   *Fiber
	refused *Scope // of children that were given to the group while op waits; nil before the first
	expired bool   // it has cancelled the group
	err     error  // the cancel that came
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
	op.refuseLine()
	if g.draining != nil {
		g.draining.Set()
	}
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

// refusal is what the functions fail with that the group is given while op waits.
func (op *GroupDrainOp) refusal() *Canceled {
	if op.refused == nil {
		op.refused = new(Scope)
		op.refused.open(op.group.scope.loop, &op.group.scope)
		op.refused.cancel(ErrDraining)
	}
	return op.refused.canceled
}

// refuseLine refuses all who wait for their turn. What nobody waits for begins, cancelled.
func (op *GroupDrainOp) refuseLine() {
	g := op.group
	for g.line.Len() > 0 {
		t := g.line.Remove(g.line.Front()).(*turn)
		if t.fiber == nil {
			g.begin(t.of, t.f, t.values)
			continue
		}
		t.fiber.deliver(op.refusal())
		t.fiber.Wake()
	}
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
	g := op.group
	g.drain = nil
	if g.draining != nil {
		g.draining.Clear()
	}
	if op.refused != nil {
		op.refused.close()
	}
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
