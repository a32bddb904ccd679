package rt

// Supervise is Go for functions whose errors concern nobody else, as those of a server's connections: an error of f is given to
// the function of OnError, and cancels nothing. A cancel is no error. A panic is that of the nursery, as for Go. Supervise panics
// with Misuse if there is no OnError, as errors would be lost.
func (g *Group) Supervise(f func() error) { g.supervise(plainCall(f)) }

// SuperviseIn is Supervise in an async function.
func (g *Group) SuperviseIn(fb *Fiber, f func() Awaitable[struct{}]) {
	g.mustBeOn(fb, "Supervise")
	g.supervise(f)
}

func (g *Group) supervise(f func() Awaitable[struct{}]) {
	if g.report == nil {
		panic(Misuse("rt: group.Supervise where nobody is told of errors: call group.OnError before"))
	}
	g.add((*supervisor)(g), f)
}

// OnError has report called with each error of a supervised function, on the loop, when that has ended; its context has the
// function's values. It must not block, and a panic of it is one of a callback.
func (g *Group) OnError(report func(err error)) { g.report = report }

// supervisor is a group as it is told of the end of a supervised child.
type supervisor Group

func (s *supervisor) ended(err error, x *Failure) {
	g := (*Group)(s)
	defer g.ended(nil, x) // also if report panics
	errs, _ := sift(err, nil)
	for _, err := range errs {
		g.report(err)
	}
}
