package rt

// Supervise is Go for functions whose errors concern nobody else, as those of a server's connections: an error of f is given to
// the function of OnError, and cancels nothing. A cancel is no error, as for Nursery. A panic is that of the nursery, as for Go. Supervise panics
// with Misuse if there is no OnError, as errors would be lost.
func (g *Group) Supervise(f func() error) {
	g.mustBeHere("group.Supervise")
	g.supervise(plainCall(f))
}

// SuperviseIn is Supervise in an async function.
func (g *Group) SuperviseIn(fb *Fiber, f func() Awaitable[struct{}]) {
	g.mustBeOn(fb, "Supervise")
	g.supervise(f)
}

func (g *Group) supervise(f func() Awaitable[struct{}]) {
	g.mustReport("Supervise")
	g.add((*supervisor)(g), f)
}

// mustReport panics if nobody is told of the errors of the functions that the method what is given.
func (g *Group) mustReport(what string) {
	if g.report == nil {
		panic(Misuse("rt: group." + what + " where nobody is told of errors: call group.OnError before"))
	}
}

// SuperviseWait is Supervise that waits for f's turn, after Limit: it returns when f has been begun. It fails, and f is not called, if
// the caller is cancelled before that, or, with ErrDraining, if Drain has begun to wait. Cancel: lossless.
func (g *Group) SuperviseWait(f func() error) error {
	op := new(GroupSuperviseWaitOp)
	op.Init(g, plainCall(f))
	return g.block(op, "SuperviseWait")
}

// SuperviseWaitAsync is SuperviseWait in an async function.
func (g *Group) SuperviseWaitAsync(f func() Awaitable[struct{}]) Awaitable[struct{}] {
	op := new(GroupSuperviseWaitOp)
	op.Init(g, f)
	return op
}

// GroupSuperviseWaitOp is the operation of Group.SuperviseWait.
type GroupSuperviseWaitOp struct{ GroupGoWaitOp }

// Init prepares a SuperviseWait of f in g.
func (op *GroupSuperviseWaitOp) Init(g *Group, f func() Awaitable[struct{}]) {
	op.GroupGoWaitOp = GroupGoWaitOp{group: g, of: (*supervisor)(g), f: f}
}

// Start begins f if there is room.
func (op *GroupSuperviseWaitOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.group.mustReport("SuperviseWait")
	return op.start(fb, parent, "SuperviseWait")
}

// OnError has report called with each error of a supervised function, on the loop, when that has ended; its context has the
// function's values. It must not block, and a panic of it is one of a callback.
func (g *Group) OnError(report func(err error)) { g.report = report }

// supervisor is a group as it is told of the end of a supervised child.
type supervisor Group

func (s *supervisor) ended(cancelled bool, err error, x *Failure) {
	g := (*Group)(s)
	defer g.ended(cancelled, nil, x) // also if report panics
	errs, _ := sift(err, nil, cancelled)
	for _, err := range errs {
		g.report(err)
	}
}
