package rt

import (
	"context"
	"time"
)

// Context returns the context of the running task, to be given to code that takes one. It is done
//
//   - when the scope that the caller is in is cancelled, or one around it, up to a shield: a Timeout, a Nursery, the end of Run;
//   - when the task itself is cancelled, from behind a shield when it has left that;
//   - when the caller has left the scope, or the task has ended.
//
// Its cause, by context.Cause, is that of the cancel; where a deadline has passed, Err is context.DeadlineExceeded. Deadline is
// the earliest of those of Timeout, MoveOn, Cleanup0 and WithContext around the caller, by the clock of Now. Value finds
// what SetValue and WithContext have set. A task that went on after its cancel was delivered gets a new one.
//
// The context may be used from any goroutine; it costs none, and nothing until it is asked for. In a callback of the loop
// the context has values alone and is never done. Where neither runs, Context panics with Misuse.
func Context() context.Context { return runningFiber("rt.Context").context() }

// ContextIn is Context in an async function.
func ContextIn(fb *Fiber) context.Context {
	if fb.loop == nil { // driven by hand, perhaps inside a task
		return Context()
	}
	return fb.context()
}

// runningFiber returns the fiber of the task or callback that runs on the calling goroutine. It panics with Misuse if there is
// none; what is the call, as a user writes it.
func runningFiber(what string) *Fiber {
	s := here()
	switch {
	case s.task != nil:
		return s.task.fiber
	case s.loop != nil && s.loop.current != nil:
		return s.loop.current
	case s.loop != nil: // a call, which has no fiber
		return &Fiber{loop: s.loop, extra: &fiberExtra{values: s.loop.values}}
	}
	panic(Misuse("rt: " + what + " outside any task: call it inside rt.Run, or in an //async function that a loop runs"))
}

// scopeContext is the context of one fiber in one scope.
type scopeContext struct {
	done       context.Context // never seen by users, but through views of it
	cancel     context.CancelCauseFunc
	base       *contextBase // the parent of done
	view       *contextView // the latest
	fiber      *Fiber
	scope      *Scope
	until      time.Duration // the deadline, on the loop's clock; 0: none
	prev, next *scopeContext // in the scope's list
	outer      *scopeContext // in the fiber's list: of a scope further out
}

// contextView is what users see of a scopeContext: it, and the values that were set when it was asked for.
type contextView struct {
	context.Context
	values *values
}

// Value returns the value of key.
func (c *contextView) Value(key any) any {
	if found := c.values.find(key); found != nil {
		return found
	}
	return c.Context.Value(key) // the context package's own keys
}

// context returns the context of fb where it is.
func (fb *Fiber) context() context.Context {
	if fb.scope == nil { // a callback, or a task that has ended
		return &contextView{context.Background(), fb.values()}
	}
	x := fb.more()
	due := fb.scope.err()
	if c, ok := x.pending.(*Canceled); ok && due == nil {
		due = c
	}
	c := x.contexts
	switch until, _ := fb.scope.deadline(); {
	case c == nil || c.scope != fb.scope:
		c = nil
	case c.until != until: // Group.Start has moved the scope; who has the old one keeps it until fb leaves that
		c = nil
	case due == nil && c.done.Err() != nil: // it was of a cancel that is over
		c.end()
		c = nil
	}
	if c == nil {
		c = newScopeContext(fb)
		if due != nil {
			c.fail(due)
		}
	}
	return c.seen(x.values)
}

// newScopeContext returns a context of fb in its scope. It is ended last to first.
func newScopeContext(fb *Fiber) *scopeContext {
	c := &scopeContext{fiber: fb, scope: fb.scope, base: &contextBase{expired: make(chan struct{})}}
	if when, ok := fb.scope.deadline(); ok {
		c.until, c.base.deadline = when, fb.loop.wall(when)
	}
	c.done, c.cancel = context.WithCancelCause(c.base)
	c.link()
	return c
}

// link puts c into the lists of its scope and its fiber.
func (c *scopeContext) link() {
	s, x := c.scope, c.fiber.more()
	if c.next = s.contexts; c.next != nil {
		c.next.prev = c
	}
	s.contexts = c
	c.outer, x.contexts = x.contexts, c
}

// seen returns c with the values v.
func (c *scopeContext) seen(v *values) context.Context {
	if c.view == nil || c.view.values != v {
		c.view = &contextView{c.done, v}
	}
	return c.view
}

// fail has c be done because an await of its fiber fails with err, or would.
func (c *scopeContext) fail(err error) {
	cause := err
	if e, ok := err.(*Canceled); ok {
		cause = e.Cause // nil: context.Canceled
	}
	if cause == context.DeadlineExceeded {
		c.base.expire()
		return
	}
	c.cancel(cause)
}

// end has the last of its fiber's contexts be done because the fiber has left the scope, and forgets it.
func (c *scopeContext) end() {
	c.cancel(nil)
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		c.scope.contexts = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	}
	c.fiber.extra.contexts = c.outer
}

// endContexts ends the contexts of fb in s, which it leaves, or all if s is nil.
func (fb *Fiber) endContexts(s *Scope) {
	if fb.extra == nil {
		return
	}
	for c := fb.extra.contexts; c != nil && (s == nil || c.scope == s); c = c.outer {
		c.end()
	}
}

// failContexts tells the contexts of fb that its task was cancelled.
func (fb *Fiber) failContexts(err *Canceled) {
	if fb.extra == nil {
		return
	}
	for c := fb.extra.contexts; c != nil; c = c.outer {
		c.fail(err)
	}
}

// failContexts tells the contexts in s that it was cancelled, by err.
func (s *Scope) failContexts(err error) {
	for c := s.contexts; c != nil; c = c.next {
		c.fail(err)
	}
}

// abandonContexts tells all contexts under s that the loop is closed.
func (s *Scope) abandonContexts() {
	s.failContexts(ErrLoopClosed)
	eachInRing(s.children, (*Scope).nextChild, (*Scope).abandonContexts)
}

// deadline returns the earliest deadline of s and the scopes around it, up to a shield.
func (s *Scope) deadline() (when time.Duration, ok bool) {
	for ; s != nil; s = s.parent {
		if s.until != 0 && (!ok || s.until < when) {
			when, ok = s.until, true
		}
		if s.shield {
			break
		}
	}
	return when, ok
}

// contextBase is the parent of a context: it knows the deadline. The context package lets a context end with DeadlineExceeded only
// if its own timer does it, which is not the loop's, or if its parent has; so it has a parent that can.
type contextBase struct {
	deadline time.Time     // zero: none
	expired  chan struct{} // closed by expire
	err      error         // set by expire
	f        func()        // ends the context; set when that is made
}

// expire ends the context with DeadlineExceeded.
func (b *contextBase) expire() {
	if b.err != nil {
		return
	}
	b.err = context.DeadlineExceeded
	close(b.expired)
	if b.f != nil {
		b.f()
	}
}

// Deadline returns the deadline.
func (b *contextBase) Deadline() (time.Time, bool) { return b.deadline, !b.deadline.IsZero() }

// Done is for the context package, as Err and AfterFunc.
func (b *contextBase) Done() <-chan struct{} { return b.expired }

// Err returns DeadlineExceeded once expire was called.
func (b *contextBase) Err() error { return b.err }

// Value finds nothing: values are the view's.
func (b *contextBase) Value(any) any { return nil }

// AfterFunc has expire call f. By it the context package needs no goroutine for the context.
func (b *contextBase) AfterFunc(f func()) (stop func() bool) {
	b.f = f
	return func() bool {
		was := b.f != nil
		b.f = nil
		return was
	}
}

// String is how a context derived from it prints.
func (b *contextBase) String() string { return "rt.Context" }
