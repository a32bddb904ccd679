package rt

import "container/list"

// Limit has at most n functions of the group run at a time, from now on; n of zero or less: any number. Those that run already count,
// and go on. What is given to the group when it is full begins in order, as others end. Go and Supervise do not wait for that, which
// keeps as many functions as are given. GoWait, SuperviseWait and Start do, and so hold back who produces them: an accept loop that
// uses SuperviseWait accepts no more connections than are served, and one.
//
// Functions that hold a place and wait for others to get one wait for ever, as with errgroup's SetLimit.
func (g *Group) Limit(n int) {
	g.scope.loop.check("group.Limit")
	g.limit = max(n, 0)
	g.advance()
}

// full reports whether what is given to the group must wait.
func (g *Group) full() bool { return g.limit > 0 && g.running >= g.limit }

// turn is a function that has its turn, or waits for it.
type turn struct {
	of     keeper // who is told how it ends
	f      func() Awaitable[struct{}]
	values *values  // of who gave it to the group
	fiber  *Fiber   // who waits for it; nil: nobody
	start  *starter // instead of of, f and values: what is to begin
}

// advance begins what has waited, while there is room.
func (g *Group) advance() {
	for !g.full() && g.line.Len() > 0 {
		t := g.line.Remove(g.line.Front()).(*turn)
		if t.start != nil {
			t.start.begin()
			continue
		}
		g.begin(t.of, t.f, t.values)
		if t.fiber != nil {
			t.fiber.Wake()
		}
	}
}

// admits is the first part of the Start of an operation, called what, that gives g a function: it reports false if the operation fails
// at once, with what it has delivered to fb.
func (g *Group) admits(fb *Fiber, what string) bool {
	g.mustBeOn(fb, what)
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return false
	}
	g.mustRun()
	if g.drain != nil {
		fb.deliver(g.drain.refusal())
		return false
	}
	return true
}

// GoWait is Go that waits for f's turn: it returns when f has been begun. It fails, and f is not called, if the caller is cancelled
// before that, or, with ErrDraining, if Drain has begun to wait. Cancel: lossless.
func (g *Group) GoWait(f func() error) error {
	op := new(GroupGoWaitOp)
	op.Init(g, plainCall(f))
	return g.block(op, "GoWait")
}

// block is the blocking form of op.
func (g *Group) block(op Awaitable[struct{}], what string) error {
	t := taskHere()
	if t == nil {
		refuseOnLoop("group." + what)
		panic(Misuse("rt: group." + what + " outside any task: the group is for the body of its nursery and the functions in it alone"))
	}
	_, err := blockIn(t, op)
	return err
}

// GoWaitAsync is GoWait in an async function.
func (g *Group) GoWaitAsync(f func() Awaitable[struct{}]) Awaitable[struct{}] {
	op := new(GroupGoWaitOp)
	op.Init(g, f)
	return op
}

// GroupGoWaitOp is the operation of Group.GoWait.
type GroupGoWaitOp struct {
	group *Group
	of    keeper                     // who is told how f ends; until Start
	f     func() Awaitable[struct{}] // until Start
	fiber *Fiber
	place *list.Element // in the group's line
}

// Init prepares a GoWait of f in g.
func (op *GroupGoWaitOp) Init(g *Group, f func() Awaitable[struct{}]) {
	*op = GroupGoWaitOp{group: g, of: g, f: f}
}

// Start begins f if there is room.
func (op *GroupGoWaitOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	return op.start(fb, parent, "GoWait")
}

// start is Start for the method what.
func (op *GroupGoWaitOp) start(fb *Fiber, parent Resumable, what string) (ready bool) {
	g, of, f := op.group, op.of, op.f
	op.fiber, op.of, op.f = fb, nil, nil
	if !g.admits(fb, what) {
		return fb.Ready(parent)
	}
	if !g.full() {
		g.begin(of, f, fb.values())
		return fb.Ready(parent)
	}
	op.place = g.line.PushBack(&turn{of: of, f: f, values: fb.values(), fiber: fb})
	fb.Suspend(parent, op)
	return false
}

// Abort gives up the place in line.
func (op *GroupGoWaitOp) Abort(fb *Fiber, err error) Outcome {
	op.group.line.Remove(op.place)
	fb.deliver(err)
	return Aborted
}

// Result returns why f was not begun, or nil.
func (op *GroupGoWaitOp) Result() (struct{}, error) {
	fb := op.fiber
	*op = GroupGoWaitOp{}
	return struct{}{}, fb.delivered()
}
