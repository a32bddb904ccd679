package rt

// Yielder is the core of a generator or an iterator, which its coroutines hold.
type Yielder[Y, S any] struct {
	out    Y    // what it yields; read by who drives it
	passed bool // Send or Throw was called since the last yield: in or err is to be received
	in     S
	err    error
	ending *ending // it is to end; nil before
	turns  *turns  // of an async generator; else nil
}

// An ending is why the coroutines of a generator or an iterator may not yield any more.
type ending struct {
	why     string   // the rest of the panic of one that yields
	x       *Failure // how the loop's body ended that does not return: yield then ends so, too
	misuse  Misuse   // instead of why: the panic of one that yields
	refused bool     // one went on yielding
}

// drivenFromWithin is the panic of a generator or an iterator that drives itself.
const drivenFromWithin = Misuse("rt: the generator is already running: it cannot be driven from within itself")

// Yield notes v as what the coroutine co yields; co then suspends and is what is resumed next.
func (y *Yielder[Y, S]) Yield(fb *Fiber, co Resumable, v Y) {
	if y.ending != nil {
		y.ending.refuse()
	}
	fb.leaf = co
	y.out = v
	if y.turns != nil {
		y.turns.end(fb)
	}
}

func (e *ending) refuse() {
	if e.misuse != "" {
		panic(e.misuse)
	}
	e.refused = true
	panic(rangeError("continued iteration after " + e.why))
}

// returned is called when what a loop ranges over has returned after the body ended that way: it may not do so if it recovered
// the panic of refuse.
func (e *ending) returned() {
	if e.refused {
		panic(errRecovered)
	}
}

// Received returns what Send or Throw passed to the coroutine that yielded.
func (y *Yielder[Y, S]) Received() (in S, err error) {
	if y.passed {
		return y.take()
	}
	return in, err
}

func (y *Yielder[Y, S]) take() (in S, err error) {
	var none S
	if y.ending != nil {
		y.ending.received()
	}
	in, err = y.in, y.err
	y.in, y.err, y.passed = none, nil, false
	return in, err
}

// Continue is Received for an iterator: what its yield returns.
func (y *Yielder[Y, S]) Continue() bool { return y.ending == nil || y.ending.received() }

// received is what yield does in what is to end.
func (e *ending) received() bool {
	if e.x != nil {
		e.x.raise()
	}
	return false
}

// producer is what generators and iterators are: a fiber of its own for a coroutine that yields. It is driven from any
// goroutine, one at a time.
type producer[Y, S any] struct {
	runs Fiber
	core Yielder[Y, S]
	root Resumable
}

// begin makes p the driver of co, which has not begun.
func (p *producer[Y, S]) begin(co Resumable) {
	f := co.Base()
	if f.state != stateNew || f.parent != nil {
		f.refuse()
	}
	if debugAll {
		f.begun()
	}
	p.root = co
	f.parent = (*producerRoot[Y, S])(p)
	p.runs = Fiber{leaf: co, credit: maxCredit, flags: fiberHand}
}

// producerRoot is a producer as the driver of its fiber.
type producerRoot[Y, S any] producer[Y, S]

func (p *producerRoot[Y, S]) Base() *Frame            { return nil }
func (p *producerRoot[Y, S]) fiber() *Fiber           { return &p.runs }
func (p *producerRoot[Y, S]) failed(*Fiber, *Failure) { panic("rt: a generator has a frame") }

func (p *producerRoot[Y, S]) Resume(fb *Fiber) (done bool) {
	fb.flags |= fiberEnded
	fb.leaf = nil
	if f := p.root.Base(); f.state == stateFailed {
		fb.more().failure = f.endedBy()
	}
	return true
}

// next runs the coroutine to its next yield; ok is false if it has ended. If resumed is true, the leaf was resumed already and has
// ended, and its caller goes on.
func (p *producer[Y, S]) next(resumed bool) (v Y, ok bool) {
	fb := &p.runs
	if fb.flags&(fiberRunning|fiberEnded) != 0 {
		return p.refuse()
	}
	fb.flags = fb.flags&^fiberReady | fiberRunning // what advance does, without a call
	defer func() {
		if fb.flags&fiberRunning != 0 {
			if exits := fb.rescue(recover()); !exits { // else next does not return
				v, ok = p.suspended()
			}
		}
	}()
	for (resumed || fb.leaf.Resume(fb)) && fb.ascend() {
		resumed = false
		if fb.leaf == p.root {
			fb.flags &^= fiberGuarded // root has no callers
		}
	}
	fb.flags &^= fiberRunning
	if fb.flags&(fiberEnded|fiberWoken) != 0 || fb.wait != nil {
		return p.suspended()
	}
	var none Y
	v, p.core.out = p.core.out, none
	return v, true
}

// suspended is the rest of next where the coroutine may have done something other than yield.
func (p *producer[Y, S]) suspended() (v Y, ok bool) {
	fb := &p.runs
	for fb.flags&(fiberEnded|fiberWoken) == fiberWoken {
		fb.advance()
	}
	switch {
	case fb.wait != nil:
		panic(Misuse("rt: a generator awaits something other than yield: only an async generator can, which a loop drives"))
	case fb.flags&fiberEnded != 0:
		if f := p.root.Base(); f.state == stateFailed {
			f.raise()
		}
		return v, false
	}
	var none Y
	v, p.core.out = p.core.out, none
	return v, true
}

// end has the coroutine, which has begun and not ended, receive that it is to end, and runs it to its end.
func (p *producer[Y, S]) end(why *ending) {
	p.core.ending = why
	if why.x.panics() {
		p.runs.more().failing = why.x // which may have interrupted a Goexit
	}
	p.next(false)
}

func (p *producer[Y, S]) begun() bool { return p.root.Base().state != stateNew }

// abandon takes the coroutine, which has not begun, from p.
func (p *producer[Y, S]) abandon() {
	p.root.Base().parent = nil
	p.runs.flags |= fiberEnded
}

// refuse says no to driving what is running, and the end of what has ended.
func (p *producer[Y, S]) refuse() (v Y, ok bool) {
	if p.runs.flags&fiberRunning != 0 {
		panic(drivenFromWithin)
	}
	return v, false
}
