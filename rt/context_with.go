package rt

import (
	"context"
	"time"
)

// WithContext calls f in the calling task, and ctx bounds it: when ctx is done, every await in f fails, with a *Canceled because of
// context.Cause(ctx), until f has returned, which WithContext waits for. In f, rt.Context has the deadline and the values of ctx
// besides those of the task. No goroutine waits for ctx. Cancel: as lossless as f.
//
// WithContext returns what f returns, the cancel by ctx included: it is context.Canceled for errors.Is, and the cause. If ctx has
// ended by its deadline, it is a *TimeoutError instead. Cancels of the task and of other scopes pass as they are; if one has
// come as well, it is returned instead of the TimeoutError. A Nursery takes the cancel by ctx as an error of the function that returns
// it, as errgroup does: it is none of the group's.
//
// Outside a task it runs f on a loop of its own, as Run does; so a handler of net/http can run async code under its request.
func WithContext[T any](ctx context.Context, f func() (T, error)) (T, error) {
	if t := taskHere(); t != nil {
		s := new(section)
		s.initContext(ctx)
		return within(t, s, f)
	}
	refuseOnLoop("rt.WithContext(ctx, f)")
	return Run(func() (T, error) { return WithContext(ctx, f) })
}

// WithContext0 is WithContext for an f without a result.
func WithContext0(ctx context.Context, f func() error) error {
	_, err := WithContext(ctx, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// WithContextAsync is WithContext in an async function.
func WithContextAsync[T any](ctx context.Context, f func() Awaitable[T]) Awaitable[T] {
	op := new(WithContextOp[T])
	op.Init(ctx, f)
	op.Visible()
	return op
}

// WithContext0Async is WithContext0 in an async function.
func WithContext0Async(ctx context.Context, f func() Awaitable[struct{}]) Awaitable[struct{}] {
	return WithContextAsync(ctx, f)
}

// WithContextOp is the operation of WithContext.
type WithContextOp[T any] struct{ sectionOp[T] }

// WithContext0Op is the operation of WithContext0.
type WithContext0Op struct{ sectionOp[struct{}] }

// Init prepares a call of f under ctx.
func (op *WithContextOp[T]) Init(ctx context.Context, f func() Awaitable[T]) {
	op.init(false, false, 0, f)
	op.section.initContext(ctx)
}

// Init prepares a call of f under ctx.
func (op *WithContext0Op) Init(ctx context.Context, f func() Awaitable[struct{}]) {
	op.init(false, false, 0, f)
	op.section.initContext(ctx)
}

// initContext makes s a section under ctx that was not entered.
func (s *section) initContext(ctx context.Context) {
	s.init(false, false, 0)
	s.outer = &outerContext{ctx: ctx}
}

// outerContext is the context that bounds a section. It is no part of the section, as what it posts may come after the end.
type outerContext struct {
	ctx    context.Context
	scope  *Scope      // of the section; nil once it was left
	stop   func() bool // ends the wait for ctx
	before *values     // of the fiber
	began  time.Duration
}

// enter has ctx cancel s, which fb has entered.
func (o *outerContext) enter(fb *Fiber, s *Scope) {
	l := fb.loop
	o.scope, o.began = s, l.clock.Now()
	o.before = fb.values()
	fb.setValues(&values{ctx: context.WithoutCancel(o.ctx), outer: o.before})
	if d, ok := o.ctx.Deadline(); ok {
		s.until = max(1, o.began+d.Sub(l.Now()))
	}
	if o.ctx.Err() != nil { // then the first await fails, not one soon after
		o.cancel()
		return
	}
	if o.ctx.Done() == nil { // it never ends
		return
	}
	fb.loop.holds.Add(1) // until leave
	o.stop = context.AfterFunc(o.ctx, func() {
		l.Post(o.cancel) // a loop that is closed runs nothing that could be cancelled
	})
}

// cancel cancels the section because ctx is done; on the loop.
func (o *outerContext) cancel() {
	if o.scope != nil {
		o.scope.cancel(context.Cause(o.ctx))
	}
}

// leave undoes enter.
func (o *outerContext) leave(fb *Fiber) {
	if o.stop != nil {
		o.stop()
		fb.loop.holds.Add(-1)
	}
	o.scope = nil
	fb.setValues(o.before)
}

// expired reports whether ctx has ended by its deadline.
func (o *outerContext) expired() bool { return o.ctx.Err() == context.DeadlineExceeded }
