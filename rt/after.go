package rt

import "time"

// After returns a Waiter that completes when d has passed since it was first given to a Select, on the loop's clock; d of zero
// or less is ready at once. It keeps its time when it loses, so that several Selects, one after the other, can share one:
//
//	deadline := rt.After(time.Minute)
//	for {
//		i, err := rt.Await(rt.Select(get, deadline))
//
// Once its time has come it stays ready. A Select of one that another Select waits for panics with Misuse. Cancel: lossless, see
// Select. To wait for the time alone there is Sleep.
func After(d time.Duration) *AfterOp { return &AfterOp{d: d} }

// AfterOp is a time that Select can wait for; see After.
type AfterOp struct {
	timer Timer
	d     time.Duration
	loop  *Loop // since it was first waited for: timer.when is set; before nil
}

// Ready reports whether the time has come.
func (op *AfterOp) Ready() bool {
	return op.d <= 0 || op.loop != nil && op.loop.clock.Now() >= op.timer.when
}

// Start waits for the time.
func (op *AfterOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	if op.timer.seq != timerIdle {
		panic(Misuse("rt: After is waited for twice at the same time: make one for each Select"))
	}
	op.timer.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	if op.Ready() {
		return fb.Ready(parent)
	}
	l := fb.loop
	switch {
	case l == nil:
		panic(Misuse("rt: After in a coroutine that is driven by hand: it needs a loop, run it as a task"))
	case op.loop == nil:
		op.loop = l
		op.timer.when = after(l.clock.Now(), op.d)
	case op.loop != l:
		panic(Misuse("rt: After is waited for on two loops: make one for each"))
	}
	l.timers.add(&op.timer, op.timer.when)
	fb.Suspend(parent, op)
	return false
}

// Abort cancels the timer.
func (op *AfterOp) Abort(fb *Fiber, err error) Outcome {
	op.timer.Cancel()
	fb.deliver(err)
	return Aborted
}

// Result returns the error that ended the wait early, if any.
func (op *AfterOp) Result() (struct{}, error) {
	fb := op.timer.fiber
	op.timer.fiber = nil
	return struct{}{}, fb.delivered()
}
