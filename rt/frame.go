package rt

// Frame is the header of every coroutine. A generated coroutine embeds it as its first field.
type Frame struct {
	state int32 // where Resume goes on; the constants below
	flags uint32
	// parent: while the coroutine is suspended, who awaits it; nil until its first suspension, as that is when it is needed,
	// except that a task, or a hand-driven root, has its driver from the start. After a failure it is the *Failure. Nil again
	// after the end.
	parent Resumable
}

// States of a frame. Between stateNew and Exiting: suspended at that await, counted from 1 in source order.
const (
	stateNew     int32 = 0  // Resume has not been called; set by Reset
	stateDone    int32 = -1 // returned: results are valid; set by End and by Leave
	stateRunning int32 = -2 // Resume is on the stack; set by Enter
	stateFailed  int32 = -3 // panicked or ended by Goexit: parent is the *Failure; set by fail

	// Exiting is the state while a deferred coroutine is suspended: the body has been left and Defers resumes the rest of the
	// deferred calls itself, so generated code never sees it.
	Exiting int32 = 1<<31 - 1
)

// frameVisible marks a frame that users can hold: see Visible.
const frameVisible uint32 = 1

// Base returns f.
func (f *Frame) Base() *Frame { return f }

// Visible marks a coroutine that code outside its caller can hold. If it panics it must be left failed, not running, so Begin
// puts a recover around it (7 ns). Constructors call it; a frame that is a field of its caller's is not visible.
func (f *Frame) Visible() {
	f.flags |= frameVisible
	if debugAll {
		f.made()
	}
}

// Reset makes f the header of a call that has not begun: what Init does with an embedded frame, new or used.
func (f *Frame) Reset() { *f = Frame{} }

// Enter is the first statement of Resume. It returns the state to go on from and panics with Misuse if the coroutine is
// running or has ended.
func (f *Frame) Enter() (state int32) {
	state = f.state
	if state < stateNew {
		f.refuse()
	}
	f.state = stateRunning
	return state
}

// Suspend notes where Resume goes on; Resume returns its result, which is false.
func (f *Frame) Suspend(state int32) (done bool) {
	f.state = state
	return false
}

// End notes that the coroutine has returned; Resume returns its result, which is true. Functions that defer return true
// instead, since their deferred calls are still to run.
func (f *Frame) End() (done bool) {
	f.state = stateDone
	return true
}

// Check panics as the coroutine did if it failed, and with Misuse if it has not ended. Result calls it first.
func (f *Frame) Check() {
	if f.state != stateDone {
		f.raise()
	}
}

func (f *Frame) raise() {
	if f.state == stateFailed {
		f.endedBy().raise()
	}
	panic(Misuse("rt: Result of a coroutine that has not ended: await it, or drive it until Send reports done"))
}

// fail notes that the coroutine ended by x.
func (f *Frame) fail(x *Failure) {
	f.state = stateFailed
	f.parent = failureLink{x}
}

// failAt is fail for a coroutine that returns from Resume on fb, after it has recovered. If it was resumed by step, and so has
// a parent, that is kept for ascend.
func (f *Frame) failAt(fb *Fiber, x *Failure) {
	if f.parent != nil {
		fb.more().above = f.parent
	}
	f.fail(x)
}

// endedBy returns what fail noted.
func (f *Frame) endedBy() *Failure { return f.parent.(failureLink).Failure }

// refuse panics, saying why the coroutine cannot be begun or resumed in its state.
func (f *Frame) refuse() {
	switch {
	case f.state == stateRunning:
		panic(Misuse("rt: the coroutine is already running: it cannot be started or resumed from within itself"))
	case f.state == stateDone:
		panic(Misuse("rt: the coroutine has ended: a call is awaited once, make a new one"))
	case f.state == stateFailed:
		panic(Misuse("rt: the coroutine has failed (" + f.endedBy().describe() + ") and cannot go on: make a new one"))
	case f.state == stateNew:
		panic(Misuse("rt: the coroutine already belongs to a task or a generator: await the task, or drive the generator"))
	}
	panic(Misuse("rt: the coroutine is already awaited: a call is awaited once, make a new one or spawn a task and await that"))
}

// Begin starts co, which parent awaits, on fb: Start of every coroutine. The link to parent is stored only if co suspends.
func Begin(fb *Fiber, co, parent Resumable) (ready bool) { return co.Base().Begin(fb, co, parent) }

// Begin is the function Begin for the coroutine co whose frame f is: generated code has it at hand, which saves a dynamic call.
func (f *Frame) Begin(fb *Fiber, co, parent Resumable) (ready bool) {
	if f.flags&frameVisible != 0 {
		return beginVisible(fb, co, f, parent)
	}
	if f.state != stateNew {
		f.refuse()
	}
	if co.Resume(fb) {
		return true
	}
	f.parent = parent
	return false
}

// beginVisible is Begin with a recover around co.
func beginVisible(fb *Fiber, co Resumable, f *Frame, parent Resumable) (ready bool) {
	if f.state != stateNew || f.parent != nil {
		f.refuse()
	}
	if debugAll {
		f.begun()
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover()
		if p == nil { // Goexit: it passes on natively
			f.fail(&Failure{Goexit: true})
			return
		}
		f.fail(fb.caught(p))
		if fb.exiting() {
			panic(p)
		}
		ready = true
	}()
	ready = co.Resume(fb)
	if !ready {
		f.parent = parent
	}
	returned = true
	return ready
}

// failureLink lets a frame's parent hold its failure.
type failureLink struct{ *Failure }

func (failureLink) Resume(*Fiber) bool { panic("rt: a failure is no coroutine") }
func (failureLink) Base() *Frame       { panic("rt: a failure has no frame") }
