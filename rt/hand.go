package rt

// hand is the driver of a coroutine that is driven by Send, made at the first one.
type hand struct{ runs Fiber }

func (h *hand) Base() *Frame  { return nil }
func (h *hand) fiber() *Fiber { return &h.runs }

func (h *hand) Resume(fb *Fiber) (done bool) {
	fb.flags |= fiberEnded
	fb.leaf = nil
	return true
}

func (h *hand) failed(*Fiber, *Failure) { panic("rt: a hand-driven coroutine has a frame") }

// handOf returns the fiber by which co is driven by hand, a new one if co has not begun.
func handOf(co Resumable) *Fiber {
	f := co.Base()
	switch p := f.parent.(type) {
	case *hand:
		return &p.runs
	case nil:
		if f.state != stateNew {
			f.refuse()
		}
		if debugAll {
			f.begun()
		}
		h := new(hand)
		h.runs = Fiber{leaf: co, credit: maxCredit, flags: fiberHand}
		f.parent = h
		return &h.runs
	case driver:
		panic(Misuse("rt: a task or a generator drives this coroutine: await the task, or drive the generator"))
	}
	f.refuseByState()
	panic(Misuse("rt: another coroutine awaits this one: drive the outermost"))
}

// refuseByState panics if the coroutine is running or has ended.
func (f *Frame) refuseByState() {
	if f.state < stateNew {
		f.refuse()
	}
}

// Send runs co, which no loop drives, to its next suspension and returns what it then waits for, or done if it has ended: then
// Result says how. The first Send begins it. Send panics with Misuse if co has ended or is running, if a loop or another
// coroutine drives it, and if what it waits for is not done yet.
func Send(co Resumable) (waits Operation, done bool) {
	co.Base().refuseByState()
	fb := handOf(co)
	switch {
	case fb.flags&fiberRunning != 0:
		panic(Misuse("rt: Send to a coroutine from within itself"))
	case fb.wait != nil:
		panic(Misuse("rt: Send before what the coroutine waits for is done: complete it, or use Throw"))
	}
	fb.drive()
	return fb.wait, fb.flags&fiberEnded != 0
}

// drive runs fb until it waits or has ended.
func (fb *Fiber) drive() {
	for fb.attempt() {
	}
}

// attempt runs fb until it waits, has ended, or is ready to go on at once (again).
func (fb *Fiber) attempt() (again bool) {
	fb.advance()
	return fb.flags&(fiberEnded|fiberWoken) == fiberWoken
}

// advance resumes the leaf and then whoever awaits it, until something suspends or the driver has been resumed, with a recover.
func (fb *Fiber) advance() {
	fb.flags = fb.flags&^fiberReady | fiberRunning
	defer func() {
		if fb.flags&fiberRunning != 0 {
			fb.rescue(recover())
		}
	}()
	for (fb.leaf.Resume(fb) || fb.flags&fiberPassed != 0) && fb.ascend() {
	}
	fb.flags &^= fiberRunning
}

// rescue has fb go on with the parent of what panicked with p, or called Goexit if p is nil. It reports whether this goroutine is
// exiting.
func (fb *Fiber) rescue(p any) (exits bool) {
	x := fb.caught(p)
	exits = p == nil || fb.exiting()
	fb.panicked(x)
	fb.flags = fb.flags&^fiberRunning | fiberWoken
	if exits { // suspended callers are unwound before this goroutine ends
		fb.drive()
		if fb.extra != nil {
			fb.extra.failure.passOn() // of a generator
		}
	}
	return exits
}

// Throw has the innermost await of co, driven by hand or by a task, fail with err: what co waits for is aborted, or, if it
// waits for nothing, its next operation fails. Driven by hand it then runs to its next suspension. If co has not begun and
// nothing drives it, the call ends without running its body; ended is then true and the caller stores err as its result.
func Throw(co Resumable, err error) (ended bool) {
	f := co.Base()
	f.refuseUnlessRunning()
	if f.state == stateNew && f.parent == nil {
		f.state = stateDone
		return true
	}
	fb := fiberOf(co)
	fb.throw(err)
	if fb.flags&(fiberHand|fiberRunning|fiberEnded) == fiberHand && fb.wait == nil {
		fb.drive()
	}
	return false
}

// refuseUnlessRunning panics if the coroutine has ended.
func (f *Frame) refuseUnlessRunning() {
	if f.state == stateDone || f.state == stateFailed {
		f.refuse()
	}
}

// fiberOf returns the fiber that co is suspended or running on.
func fiberOf(co Resumable) *Fiber {
	for {
		switch p := co.Base().parent.(type) {
		case driver:
			return p.fiber()
		case nil:
			panic(Misuse("rt: Throw into a coroutine that runs below the one that is driven: throw into that one"))
		default:
			co = p
		}
	}
}

// maxIgnored is how often a coroutine that is being closed may use up its failing awaits before Close gives up.
const maxIgnored = 16

// Close ends co, which no loop drives: every await fails with ErrCoroutineClosed, also in deferred calls, until it has ended.
// A coroutine that has not begun, or has ended, is left alone. ErrCloseIgnored says that it did not end: it waits for an
// operation that cannot be aborted, and may be closed again after that, or it awaits on and on whatever fails.
func Close(co Resumable) error {
	f := co.Base()
	switch f.state {
	case stateRunning:
		panic(Misuse("rt: Close of a coroutine from within itself"))
	case stateDone, stateFailed:
		return nil
	case stateNew:
		if f.parent == nil {
			f.state = stateDone
			return nil
		}
	}
	fb := handOf(co)
	if fb.flags&fiberRunning != 0 {
		panic(Misuse("rt: Close of a coroutine from within itself"))
	}
	fb.flags |= fiberClosing
	fb.credit = -1
	if fb.wait != nil {
		fb.abort(ErrCoroutineClosed)
	}
	if fb.wait == nil {
		for i := 0; i < maxIgnored && fb.attempt(); i++ {
		}
	}
	if fb.flags&fiberEnded == 0 {
		return ErrCloseIgnored
	}
	return nil
}

// Drive returns aw as a coroutine to be driven by hand: aw itself if it is one.
func Drive[T any](aw Awaitable[T]) Coroutine[T] {
	if co, ok := aw.(Coroutine[T]); ok {
		return co
	}
	co := &driven[T]{aw: aw}
	co.Visible()
	return co
}

// driven is a coroutine that awaits aw and returns its result.
type driven[T any] struct {
	Frame
	aw     Awaitable[T]
	result T
	err    error
}

func (co *driven[T]) Resume(fb *Fiber) (done bool) {
	if co.Enter() == stateNew && !co.aw.Start(fb, co) {
		return co.Suspend(1)
	}
	co.result, co.err = co.aw.Result()
	return co.End()
}

func (co *driven[T]) Start(fb *Fiber, parent Resumable) (ready bool) { return Begin(fb, co, parent) }
func (co *driven[T]) Send() (waits Operation, done bool)             { return Send(co) }
func (co *driven[T]) Close() error                                   { return Close(co) }

func (co *driven[T]) Result() (T, error) {
	co.Check()
	return co.result, co.err
}

func (co *driven[T]) Throw(err error) {
	if Throw(co, err) {
		co.err = err
	}
}
