package rt

// child is a fiber that a Nursery runs in its scope: the driver of that fiber, as a task is, without a Task that others could wait for;
// its own code may pass on a TaskHandle. The connections of a server are children: 112 bytes are a size of the allocator's.
type child[T any] struct {
	runs Fiber
	of   keeper
	root Awaitable[T] // until the first step a thunk, at the end nil
}

// valued is a child of a Gather, a Map or a Race, who want its result.
type valued[T any] struct {
	child[T]
	value *T // where the result goes
}

// keeper is who has children, and is told how each of them ends: by an error or nil, or by a failure. cancelled says, of one with an
// error, whether it was cancelled, alone or with a scope around it. The child's fiber has ended.
type keeper interface {
	ended(cancelled bool, err error, x *Failure)
}

// begin makes the child's fiber ready, in scope, to run f.
func (c *child[T]) begin(of keeper, scope *Scope, f func() Awaitable[T]) { c.beginAs(c, of, scope, f) }

// begin is begin of a child whose result goes to value.
func (c *valued[T]) begin(of keeper, scope *Scope, f func() Awaitable[T], value *T) {
	c.value = value
	c.beginAs(c, of, scope, f)
}

// beginAs is begin of self, of which c is a part.
func (c *child[T]) beginAs(self driver, of keeper, scope *Scope, f func() Awaitable[T]) {
	c.of, c.root = of, thunk[T](f)
	c.runs.begin(scope, self, nil)
}

func (c *child[T]) Base() *Frame  { return nil }
func (c *child[T]) fiber() *Fiber { return &c.runs }

// Resume begins the call at the first step, and ends the child when the call has ended.
func (c *child[T]) Resume(fb *Fiber) (done bool) {
	if !c.ready(fb, c) {
		return false
	}
	_, err := c.root.Result() // a panic here comes back through failed
	c.close(fb, err, nil)
	return true
}

// Resume is Resume of a child that stores its result.
func (c *valued[T]) Resume(fb *Fiber) (done bool) {
	if !c.ready(fb, c) {
		return false
	}
	v, err := c.root.Result()
	*c.value = v
	c.close(fb, err, nil)
	return true
}

// ready begins the call for self, at the first step, and reports whether it has ended.
func (c *child[T]) ready(fb *Fiber, self driver) bool {
	if fb.flags&fiberBegun != 0 {
		return true
	}
	fb.flags |= fiberBegun
	c.root = c.root.(thunk[T])()
	return c.root.Start(fb, self)
}

// failed ends the child by x.
func (c *child[T]) failed(fb *Fiber, x *Failure) { c.close(fb, nil, x.elsewhere()) }

func (c *child[T]) close(fb *Fiber, err error, x *Failure) {
	if x == nil {
		err = fb.endsWith(err)
	}
	cancelled := err != nil && fb.cancelled()
	fb.flags |= fiberEnded
	fb.leaf, c.root = nil, nil
	fb.endContexts(nil)
	fb.leaveScope()
	l := fb.loop
	l.tasks--
	if l.observed {
		l.observeEnd(fb)
	}
	c.of.ended(cancelled, err, x)
}
