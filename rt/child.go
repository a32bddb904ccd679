package rt

// child is a fiber that a Gather, a Map or a Nursery runs in its scope: the driver of that fiber, as a task is, without a
// handle that others could hold.
type child[T any] struct {
	runs  Fiber
	of    keeper
	f     func() Awaitable[T] // until the first step
	root  Awaitable[T]        // what f returned; nil at the end
	value *T                  // where the result goes
}

// keeper is who has children, and is told how each of them ends: by an error or nil, or by a failure.
type keeper interface {
	ended(err error, x *Failure)
}

// begin makes the child's fiber ready, in scope.
func (c *child[T]) begin(of keeper, scope *Scope, f func() Awaitable[T], value *T) {
	c.of, c.f, c.value = of, f, value
	c.runs.begin(scope.loop, c, nil)
	c.runs.leaveScope()
	scope.add(&c.runs)
}

func (c *child[T]) Base() *Frame  { return nil }
func (c *child[T]) fiber() *Fiber { return &c.runs }

// Resume begins the call at the first step, and ends the child when the call has ended.
func (c *child[T]) Resume(fb *Fiber) (done bool) {
	if f := c.f; f != nil {
		c.f = nil
		c.root = f()
		if !c.root.Start(fb, c) {
			return false
		}
	}
	v, err := c.root.Result() // a panic here comes back through failed
	if c.value != nil {
		*c.value = v
	}
	c.close(fb, err, nil)
	return true
}

// failed ends the child by x.
func (c *child[T]) failed(fb *Fiber, x *Failure) { c.close(fb, nil, x) }

func (c *child[T]) close(fb *Fiber, err error, x *Failure) {
	fb.flags |= fiberEnded
	fb.leaf, c.root = nil, nil
	fb.endContexts(nil)
	fb.leaveScope()
	fb.loop.tasks--
	c.of.ended(err, x)
}
