package rt

// Defers holds the deferred calls of one coroutine. Frames of functions that defer embed it behind Frame; Resume begins
//
//	state := co.Enter()
//	defer co.Leave(fb, co, &done)
//
// in this order: the other way round, a Resume of a running coroutine would run its deferred calls or swallow the Misuse.
//
// Most functions defer once, and return: that takes no more than these three words.
type Defers struct {
	first deferred   // nil if there is none
	exit  *exitPoint // made when it is first needed
}

// deferred is one deferred call: a func() of Defer, a func() error of DeferErr, a func(raise func()) of DeferCall, or a *deferredCo.
type deferred any

// deferredCo is a call of DeferCo.
type deferredCo struct {
	co   Resumable
	then func() // reads co's result, panics if co did
}

// push records a deferred call.
func (d *Defers) push(c deferred) {
	if d.first == nil {
		d.first = c
		return
	}
	exit := d.more()
	exit.calls = append(exit.calls, c)
}

// pop takes the last deferred call, nil if there is none.
func (d *Defers) pop() (c deferred) {
	if exit := d.exit; exit != nil && len(exit.calls) > 0 {
		last := len(exit.calls) - 1
		c, exit.calls[last] = exit.calls[last], nil
		exit.calls = exit.calls[:last]
		return c
	}
	c, d.first = d.first, nil
	return c
}

// failure returns the panic under way, nil once it is recovered.
func (d *Defers) failure() *Failure {
	if d.exit == nil {
		return nil
	}
	return d.exit.failure
}

func (d *Defers) setFailure(x *Failure) {
	if x != nil || d.exit != nil {
		d.more().failure = x
	}
}

// Defer records f, to be called when the coroutine ends as `defer f()` would call it: recover works in f, and a nil f panics
// only then.
func (d *Defers) Defer(f func()) {
	if f == nil {
		f = callNil
	}
	d.push(f)
}

// callNil panics as the call of a nil function does. A native defer of nil itself, below the deferred Leave of a panic, would
// damage the goroutine's panics beyond recovery.
func callNil() {
	var f func()
	f()
}

// DeferCall records a deferred call with arguments. For `defer g(a, b)` f is
//
//	func(raise func()) { defer g(a, b); raise() }
//
// where a and b were evaluated at the defer statement: raise panics if a panic is under way, so recover works in g.
func (d *Defers) DeferCall(f func(raise func())) { d.push(f) }

// DeferErr is Defer for a function whose error is dropped, as a defer statement drops it: defer c.Close().
func (d *Defers) DeferErr(f func() error) {
	if f == nil {
		d.Defer(nil)
		return
	}
	d.push(f)
}

// DeferCo records a deferred function literal that awaits: co is its call, result panics if co has failed. What the literal's
// recover() compiles to is Recover of the deferring coroutine.
func (d *Defers) DeferCo(co Resumable, result func()) {
	d.push(&deferredCo{co, result})
}

// Recover returns the value of the panic under way and ends the panic; nil if there is none.
func (d *Defers) Recover() any {
	x := d.failure()
	if x == nil || x.Goexit {
		return nil
	}
	x.over = true
	d.setFailure(x.recovered())
	return x.Value
}

// Leave is deferred by Resume. If the coroutine has not suspended, it runs the deferred calls, last to first, under the panic
// that is under way if there is one, and sets *done unless one of them suspends.
//
// Under runtime.Goexit nothing can come back to the code below, so for a deferred literal that awaits the loop turns in here. Driven
// by hand, its awaits fail with ErrCoroutineClosed.
func (d *Defers) Leave(fb *Fiber, self Resumable, done *bool) {
	f := self.Base()
	if f.state != stateRunning { // suspended
		fb.guard(f)
		return
	}
	if !*done {
		p := recover()
		if p == nil {
			d.leaveByGoexit(fb, f, &Failure{Goexit: true})
			return
		}
		x := fb.caught(p)
		if fb.exiting() {
			d.leaveByGoexit(fb, f, fb.caughtExiting(p))
			return
		}
		d.setFailure(x)
	} else if d.first == nil && (d.exit == nil || d.exit.result == nil && !d.looping()) {
		f.state = stateDone
		return
	}
	if *done = d.runCalls(fb, self, f); !*done {
		fb.guard(f)
	}
}

// guard notes that a coroutine with deferred calls, whose frame is f, has suspended.
func (fb *Fiber) guard(f *Frame) {
	if fb != nil && fb.flags&fiberHand != 0 && fb.leaf.Base() != f {
		fb.flags |= fiberGuarded
	}
}

// runCalls runs the deferred calls that are left and ends the coroutine; false: one of them has suspended.
func (d *Defers) runCalls(fb *Fiber, self Resumable, f *Frame) (done bool) {
	returned := false
	defer func() {
		if !returned { // one of them called Goexit
			d.leaveByGoexit(fb, f, fb.caughtExiting(recover()))
		}
	}()
	done = d.runEach(fb, self, f)
	returned = true
	return done
}

// runEach is runCalls but for Goexit in a deferred call.
func (d *Defers) runEach(fb *Fiber, self Resumable, f *Frame) (done bool) {
	if d.exit != nil && d.exit.result != nil {
		d.finishCo(fb)
	}
	if !d.leaveLoops(fb, self) {
		f.state = Exiting
		return false
	}
	for c := d.pop(); c != nil; c = d.pop() {
		call, suspends := c.(*deferredCo)
		if !suspends {
			d.setFailure(runDeferred(fb, c, d.failure()))
			continue
		}
		d.more().result = call.then
		if !d.begin(fb, call.co, self) {
			f.state = Exiting
			return false
		}
		d.finishCo(fb)
	}
	if x := d.failure(); x != nil {
		f.failAt(fb, x)
		d.setFailure(nil)
		return true
	}
	f.state = stateDone
	if fb != nil && fb.extra != nil {
		fb.extra.failing = nil
	}
	return true
}

// begin starts the deferred coroutine co. It counts as visible, since a panic in it must not pass natively through Leave.
func (d *Defers) begin(fb *Fiber, co, self Resumable) (ready bool) {
	co.Base().Visible()
	exit := d.more()
	exit.self = self
	return Begin(fb, co, exit)
}

// finishCo reads the result of the deferred coroutine that has ended.
func (d *Defers) finishCo(fb *Fiber) {
	result := d.exit.result
	d.exit.result = nil
	d.setFailure(runDeferred(fb, result, d.failure()))
}

// leaveByGoexit runs the deferred calls on a goroutine that is exiting; x is the Goexit, or the panic of a deferred call of
// a coroutine further in. What is left of a panic at the end goes on natively: recovered or not, Go takes up the Goexit after it.
func (d *Defers) leaveByGoexit(fb *Fiber, f *Frame, x *Failure) {
	returned := false
	defer func() {
		if !returned { // one of them called Goexit again
			d.leaveByGoexit(fb, f, fb.caughtExiting(recover()))
		}
	}()
	exit := d.more()
	exit.failure = x
	d.leaveLoopsExiting(fb)
	for c := d.pop(); c != nil; c = d.pop() {
		call, suspends := c.(*deferredCo)
		if !suspends {
			exit.failure = runDeferred(fb, c, exit.failure)
			continue
		}
		call.co.Base().Visible()
		d.push(call.then) // the next, also if another task's Goexit passes here
		if !finishExiting(fb, func(fb *Fiber, parent Resumable) bool { return Begin(fb, call.co, parent) }) {
			d.pop()
		}
	}
	x, exit.failure, exit.result = exit.failure, nil, nil
	returned = true
	// The frame that the driver resumed is failed by the driver, which still needs its parent.
	if fb == nil || fb.leaf == nil || fb.leaf.Base() != f {
		f.fail(x)
	}
	if !x.Goexit {
		fb.flags |= fiberExiting
		panic(x.Value)
	}
}

// runDeferred runs one deferred call as Go would with the panic x under way, and returns the panic under way after it. The call
// is made by a native defer statement, or recover would not work in it.
func runDeferred(fb *Fiber, c deferred, x *Failure) (after *Failure) {
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover()
		if p == nil {
			return // Goexit
		}
		if x.panics() && identical(p, x.Value) {
			after = x // not recovered
			return
		}
		after = fb.caught(p)
		if fb.exiting() { // and so is the caller
			panic(p)
		}
		if x != nil && after != x {
			after.Prev = x
		}
	}()
	switch call := c.(type) {
	case func():
		func() {
			defer call()
			x.goOn()
		}()
	case func() error:
		func() {
			defer call()
			x.goOn()
		}()
	case func(raise func()):
		call(func() { x.goOn() })
	}
	returned = true
	if x.panics() {
		x.over = true
		return x.recovered()
	}
	return x
}

// exitPoint is the part of Defers that few frames need. It awaits their deferred coroutines: it resumes the frame behind its body, so
// that Resume of generated code needs no case for it.
type exitPoint struct {
	defers  *Defers
	self    Resumable
	calls   []deferred // after the first
	result  func()     // of the deferred coroutine that is under way
	failure *Failure   // the panic under way, nil once it is recovered
	list    []leaver   // loops over functions that are under way, outermost first
}

func (e *exitPoint) Base() *Frame { return e.self.Base() }

func (e *exitPoint) Resume(fb *Fiber) (done bool) {
	e.Base().Enter()
	defer e.defers.Leave(fb, e.self, &done)
	return true
}
