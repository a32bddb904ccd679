package rt

import (
	"container/list"
	"errors"
)

// ErrNotReady is what Group.Start returns if the function returned nil before it was ready.
var ErrNotReady = errors.New("rt: the function ended before it was ready: call ready when what it does can be used")

// Start has f run beside the others, as GoWait does, and waits until f calls ready: when it can be connected to, for example. From
// then on f is a function of the group. What f comes to before that is Start's: its error, ErrNotReady if there is none, its
// panic. A cancel of the caller before that cancels f, waits for it, and is returned, joined with f's error if that is no cancel.
// If that comes before f's turn, f is not called; nor is it, and the error is ErrDraining, if Drain has begun to wait before. So after
// an error nothing of f is left. Cancel: as lossless as f.
//
// The first call of ready counts, unless f has been cancelled already. It is for code on the loop: called on another goroutine, in a
// call of Blocking for example, it panics with Misuse; Loop.Post(ready) can be used there.
func (g *Group) Start(f func(ready func()) error) error {
	op := new(GroupStartOp)
	op.Init(g, func(ready func()) Awaitable[struct{}] {
		return newGoCoro(func() (struct{}, error) { return struct{}{}, f(ready) })
	})
	return g.block(op, "Start")
}

// StartAsync is Start in an async function.
func (g *Group) StartAsync(f func(ready func()) Awaitable[struct{}]) Awaitable[struct{}] {
	op := new(GroupStartOp)
	op.Init(g, f)
	return op
}

// GroupStartOp is the operation of Group.Start.
type GroupStartOp struct {
	fiber   *Fiber
	starter *starter // nil once Start has failed
}

// starter is the function that a Start has begun: the operation that the caller waits on, and the keeper of the child. It is no part of
// the GroupStartOp, as the child outlives that.
type starter struct {
	group    *Group
	f        func(ready func()) Awaitable[struct{}] // until it has begun
	place    *list.Element                          // in the group's line; nil while it stands in none
	scope    Scope                                  // of the child: in the caller's scope, and once it is ready in the group's
	fiber    *Fiber                                 // who waits; nil once the child is ready or has ended
	ready    bool
	aborted  error    // what Abort was given
	err      error    // of a child that ended before it was ready
	panicked *Failure // or how it ended otherwise
}

// Init prepares a Start of f in g.
func (op *GroupStartOp) Init(g *Group, f func(ready func()) Awaitable[struct{}]) {
	*op = GroupStartOp{starter: &starter{group: g, f: f}}
}

// Start begins the child, or waits for its turn.
func (op *GroupStartOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	s := op.starter
	op.fiber = fb
	if !s.group.admits(fb, "Start") {
		return fb.Ready(parent)
	}
	s.fiber = fb
	if s.group.full() {
		s.place = s.group.line.PushBack(&turn{start: s, fiber: fb})
	} else {
		s.begin()
	}
	fb.Suspend(parent, s)
	return false
}

// begin begins the child, in the caller's scope. It is one of the group's that run from now on.
func (s *starter) begin() {
	s.place = nil
	s.group.running++
	s.scope.open(s.fiber.loop, s.fiber.scope)
	f := s.f
	s.f = nil
	c := new(child[struct{}])
	c.begin(s, &s.scope, func() Awaitable[struct{}] { return f(s.isReady) })
	c.runs.setValues(s.fiber.values())
}

// isReady hands the child over to the group and lets the caller go on.
func (s *starter) isReady() {
	s.group.mustBeHere("ready, of group.Start,")
	if s.fiber == nil || s.aborted != nil {
		return
	}
	s.ready = true
	s.scope.close()
	s.scope.open(s.group.scope.loop, &s.group.scope)
	if s.scope.err() != nil { // the caller is behind a shield in a group that is cancelled
		s.scope.spread()
	}
	s.wake()
}

func (s *starter) wake() {
	fb := s.fiber
	s.fiber = nil
	fb.Wake()
}

// Abort cancels the child; the Start ends when it has. It refuses if that was cancelled already with a scope around. Before its turn
// the child is not begun.
func (s *starter) Abort(fb *Fiber, err error) Outcome {
	switch {
	case s.place != nil:
		s.group.line.Remove(s.place)
		s.place, s.fiber = nil, nil
		fb.deliver(err)
		return Aborted
	case s.aborted == nil:
		s.aborted = err
	case fb.remains(s.aborted, err):
		return Refused
	}
	s.scope.cancel(causeOf(err))
	return Forwarded
}

// causeOf returns the cause with which what err has cancelled cancels in turn.
func causeOf(err error) error {
	if c, ok := err.(*Canceled); ok {
		return c.Cause
	}
	return err
}

// ended takes note of the child's end.
func (s *starter) ended(cancelled bool, err error, x *Failure) {
	s.scope.close()
	if s.ready {
		s.group.ended(cancelled, err, x)
		return
	}
	s.err, s.panicked = err, x
	s.fiber.meets(x)
	s.wake()
	s.group.over()
}

// Result returns nil once the child is ready.
func (op *GroupStartOp) Result() (struct{}, error) {
	fb, s := op.fiber, op.starter
	*op = GroupStartOp{}
	if err := fb.delivered(); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, s.result(fb)
}

func (s *starter) result(fb *Fiber) error {
	switch {
	case s.ready:
		return nil
	case s.panicked != nil:
		fb.takes(s.panicked)
		s.panicked.raise()
	case s.aborted != nil:
		if errs, _ := sift(s.err, nil, true); len(errs) > 0 {
			return errors.Join(s.aborted, s.err)
		}
		return s.aborted
	case s.err != nil:
		return s.err
	}
	return ErrNotReady
}
