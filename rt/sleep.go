package rt

import "time"

// Sleep waits for d to pass on the loop's clock; d of zero or less lets the others run once, as YieldNow. It returns an error
// only if it is cancelled, or thrown into. Cancel: lossless. A goroutine that is no task sleeps as by time.Sleep.
func Sleep(d time.Duration) error {
	if t := taskHere(); t != nil {
		op := new(SleepOp)
		op.Init(d)
		_, err := blockIn[struct{}](t, op)
		return err
	}
	refuseOnLoop("rt.Sleep(d)")
	time.Sleep(d)
	return nil
}

// SleepAsync is Sleep in an async function.
func SleepAsync(d time.Duration) Awaitable[struct{}] {
	op := new(SleepOp)
	op.Init(d)
	return op
}

// SleepOp is the operation of Sleep.
type SleepOp struct {
	timer Timer // until Start its when is the duration; its fiber stays set until Result
}

// Init prepares a sleep of d.
func (op *SleepOp) Init(d time.Duration) { *op = SleepOp{timer: Timer{when: d}} }

// Start begins to sleep.
func (op *SleepOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.timer.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	d := op.timer.when
	if d <= 0 {
		if fb.credit < 0 {
			fb.refill()
		}
		fb.yield(parent)
		return false
	}
	l := fb.loop
	if l == nil {
		panic(Misuse("rt: Sleep in a coroutine that is driven by hand: it needs a loop, run it as a task"))
	}
	l.timers.add(&op.timer, after(l.clock.Now(), d))
	fb.Suspend(parent, op)
	return false
}

// Abort cancels the timer.
func (op *SleepOp) Abort(fb *Fiber, err error) Outcome {
	op.timer.Cancel()
	fb.deliver(err)
	return Aborted
}

// Result returns the error that ended the sleep early, if any.
func (op *SleepOp) Result() (struct{}, error) {
	fb := op.timer.fiber
	op.timer.fiber = nil
	return struct{}{}, fb.delivered()
}

// YieldNow lets everything run that is ready, once. It returns an error only if it is cancelled, or thrown into. Cancel: lossless;
// one that comes while the others run is met by the next await. On a goroutine that is no task it does nothing.
func YieldNow() error {
	if t := taskHere(); t != nil {
		_, err := blockIn[struct{}](t, new(YieldNowOp))
		return err
	}
	return nil
}

// YieldNowAsync is YieldNow in an async function.
func YieldNowAsync() Awaitable[struct{}] { return new(YieldNowOp) }

// YieldNowOp is the operation of YieldNow.
type YieldNowOp struct{ fiber *Fiber }

// Init prepares a yield.
func (op *YieldNowOp) Init() { op.fiber = nil }

// Start queues the fiber behind what is ready.
func (op *YieldNowOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	fb.credit--
	if fb.credit < 0 || fb.flags&(fiberQueued|fiberEnded|fiberHand) != 0 || fb.loop.observed {
		return op.startSlowly(fb, parent)
	}
	fb.leaf = parent // what yield does
	fb.flags |= fiberQueued
	fb.loop.ready.push(fb)
	return false
}

func (op *YieldNowOp) startSlowly(fb *Fiber, parent Resumable) (ready bool) {
	if fb.credit < 0 {
		if err := fb.due(); err != nil {
			op.fiber = fb
			fb.deliver(err)
			return fb.Ready(parent)
		}
		fb.refill()
	}
	fb.yield(parent)
	return false
}

// Result returns the error that it failed with, if any.
func (op *YieldNowOp) Result() (struct{}, error) {
	if op.fiber == nil {
		return struct{}{}, nil
	}
	fb := op.fiber
	op.fiber = nil
	return struct{}{}, fb.delivered()
}
