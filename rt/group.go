package rt

import (
	"container/list"
	"fmt"
)

// Group is the tasks of a Nursery. It is used on the loop of the nursery alone, by its body and by what runs in it, until the
// nursery has ended.
//
//	Go         an error of the function cancels the others
//	Start      as Go, once the function says that it is ready
//	Supervise  an error of the function is reported
//
// GoWait and SuperviseWait are the same for who waits until there is room, after Limit.
type Group struct {
	scope    Scope         // of the body and the children
	inBody   bool          // the body has not ended
	running  int           // children that have begun and not ended; if there are none, none waits in line
	limit    int           // of these at a time; 0: none
	line     list.List     // of *turn: functions that wait for their turn
	report   func(error)   // by OnError
	fiber    *Fiber        // who waits for the children, after the body
	drain    *GroupDrainOp // the body's wait for them, before it has ended; nil: it does not. None waits in line meanwhile
	draining *Event        // is set meanwhile; nil: nobody has asked for it
	errs     []error       // of the body and the children, but for cancels, in the order in which they came
	panicked *Failure      // the first panic of the body or a child
	childs   bool          // it is a child's: who waits has not awaited it yet
	outside  error         // a cancel that was not made by the group, if it reached the body or the wait
	due      bool          // outside is a cancel of the task that has the nursery, or of a scope around it, which that has met
}

// Go has f run beside the others, as a task of the group, from the next turn of the loop on, or when its turn comes, after Limit.
// If the group has been cancelled already, or Drain waits, f runs to its first await, which fails; so what f was given is cleaned up.
// Go panics with Misuse if the nursery has ended (statement 144), or if it is called on another loop or on a goroutine that runs none.
func (g *Group) Go(f func() error) {
	g.mustBeHere("group.Go")
	g.add(g, plainCall(f))
}

// GoIn is Go in an async function.
func (g *Group) GoIn(fb *Fiber, f func() Awaitable[struct{}]) {
	g.mustBeOn(fb, "Go")
	g.add(g, f)
}

// plainCall returns a function that makes a plain call of f.
func plainCall(f func() error) func() Awaitable[struct{}] {
	return func() Awaitable[struct{}] {
		return newGoCoro(func() (struct{}, error) { return struct{}{}, f() })
	}
}

// mustBeOn panics if fb, which calls the method what, runs on another loop than the group.
func (g *Group) mustBeOn(fb *Fiber, what string) {
	if g.scope.loop != nil && fb.loop != g.scope.loop {
		panic(Misuse("rt: group." + what + " on another loop than the nursery's: give that loop a nursery of its own"))
	}
}

// mustBeHere panics if the calling goroutine, which calls what, does not run code of the group's loop.
func (g *Group) mustBeHere(what string) {
	if g.scope.loop != nil && here().loop != g.scope.loop {
		panic(Misuse("rt: " + what + " on a goroutine that does not run the nursery's loop: call it in the nursery, or there by Loop.Post"))
	}
}

// mustRun panics if the nursery has ended.
func (g *Group) mustRun() {
	if !g.inBody && g.running == 0 {
		panic(Misuse("rt: group.Go after the nursery has ended: the group is for its body and the functions in it alone"))
	}
}

// add has f run as a child when its turn has come; of is told how it ends.
func (g *Group) add(of keeper, f func() Awaitable[struct{}]) {
	g.mustRun()
	values := g.scope.loop.runningValues()
	if g.full() && g.drain == nil {
		g.line.PushBack(&turn{of: of, f: f, values: values})
		return
	}
	g.begin(of, f, values)
}

// begin begins a child whose turn has come, with the values of who gave it to the group.
func (g *Group) begin(of keeper, f func() Awaitable[struct{}], values *values) {
	g.running++
	c := new(child[struct{}])
	c.begin(of, g.intake(), f)
	c.runs.setValues(values)
}

// Cancel has every await of the body and of the functions in the group fail, until they have ended, with a *Canceled because of
// cause, which may be nil. That is no error of the nursery. Only the first cancel counts, and none after the end.
func (g *Group) Cancel(cause error) {
	g.scope.loop.check("group.Cancel")
	if g.inBody || g.running > 0 {
		g.scope.cancel(cause)
	}
}

// enter begins the body, on fb.
func (g *Group) enter(fb *Fiber) {
	g.scope.enter(fb)
	g.inBody = true
}

// exit ends the body. fb leaves the scope, so that what cancels the children does not cancel the wait for them.
func (g *Group) exit(fb *Fiber) {
	g.scope.exit(fb)
	g.inBody = false
}

// returned ends the body by its return.
func (g *Group) returned(fb *Fiber, err error) {
	cancelled := err != nil && fb.cancelled()
	g.exit(fb)
	g.sifts(fb, err, cancelled)
	g.settle()
}

// failed ends the body by x. If it exits after a child has panicked, the goroutine goes on exiting once that panic is recovered.
func (g *Group) failed(fb *Fiber, x *Failure) {
	first := g.panicked
	g.fails(x)
	if exit := x.recovered(); exit != nil && first != nil && !first.Goexit {
		over := *first
		over.Prev = exit
		g.panicked = &over
	}
	g.exit(fb)
	g.settle()
}

// ended takes note of the end of a child whose errors cancel the others.
func (g *Group) ended(cancelled bool, err error, x *Failure) {
	if x != nil {
		g.childs = g.childs || g.panicked == nil
		g.fails(x)
	} else if err != nil {
		errs, _ := sift(err, nil, cancelled)
		g.fail(errs)
	}
	g.over()
}

// over gives the place of a child that has ended to the next.
func (g *Group) over() {
	g.running--
	g.advance()
	g.settle()
}

// fail adds errs, the first of which cancels the group.
func (g *Group) fail(errs []error) {
	if len(errs) > 0 {
		g.errs = append(g.errs, errs...)
		g.scope.cancel(errs[0])
	}
}

// fails is fail for a panic. The nursery panics with the first.
func (g *Group) fails(x *Failure) {
	if g.panicked != nil {
		g.scope.loop.report(x)
		return
	}
	g.panicked = x
	g.scope.cancel(fmt.Errorf("rt: a function of the group failed: %s", x.describe()))
}

// sifts takes note of what the body returned, which fb has left, or what fb's wait for the children was aborted with: errors, and
// cancels from outside, which cancel the group as well. One that fb is to meet goes before one that the body had from elsewhere, as
// from a future. cancelled is as for sift.
func (g *Group) sifts(fb *Fiber, err error, cancelled bool) {
	errs, cancel := sift(err, g.scope.canceled, cancelled)
	g.fail(errs)
	if cancel == nil {
		return
	}
	c := cancelIn(cancel)
	if due := c != nil && fb.mustMeet(c); g.outside == nil || due && !g.due {
		g.outside, g.due = cancel, due
	}
	var cause error
	if c != nil {
		cause = c.Cause
	}
	g.scope.cancel(cause)
}

// settle closes the scope once nothing runs in it, and wakes who waits.
func (g *Group) settle() {
	if g.running > 0 {
		return
	}
	if g.inBody {
		if g.drain != nil {
			g.drain.drained()
		}
		return
	}
	g.scope.close()
	if fb := g.fiber; fb != nil {
		if g.childs {
			fb.meets(g.panicked)
		}
		fb.Wake()
	}
}

// groupWait is a group as the operation of waiting for its children, after the body.
type groupWait Group

// Start waits if there is a child left; then it is a point where a cancel comes in, though the wait goes on.
func (op *groupWait) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.fiber = fb
	if op.running == 0 {
		return true
	}
	if err := fb.Checkpoint(); err != nil && op.Abort(fb, err) == Refused {
		fb.more().pending = err
	}
	fb.Suspend(parent, op)
	return false
}

// Abort cancels the children; the wait ends when they have. It refuses if they were cancelled already with a scope around.
func (op *groupWait) Abort(fb *Fiber, err error) Outcome {
	if op.due && fb.remains(cancelIn(op.outside), err) {
		return Refused
	}
	(*Group)(op).sifts(fb, err, true)
	return Forwarded
}

// Result returns what the nursery returns, or panics as the first that did.
func (op *groupWait) Result() (struct{}, error) {
	fb := op.fiber
	op.fiber = nil
	if op.panicked != nil {
		(*Group)(op).raise(fb)
	}
	if len(op.errs) == 0 {
		return struct{}{}, op.outside
	}
	(*Group)(op).again(fb)
	return struct{}{}, &GroupError{Errors: op.errs}
}

// raise panics on fb, which has waited for the children, as the first that panicked, with the stack that this has.
func (g *Group) raise(fb *Fiber) {
	if d := fb.loop.debug; d != nil {
		d.lost.hidden(g.errs, g.panicked)
	}
	if g.childs {
		fb.takes(g.panicked)
	} else {
		fb.more().failing = g.panicked
	}
	g.again(fb)
	g.panicked.raise()
}

// again has fb's next await fail with a cancel of its task that gives way to the errors of the group, or to a panic, unless it was taken
// back. That of a scope around it comes again by itself.
func (g *Group) again(fb *Fiber) {
	if g.due && fb.once(cancelIn(g.outside)) && fb.wasCanceled() {
		fb.cancelSoon(cancelIn(g.outside))
	}
}
