package rt

import (
	"errors"
	"iter"
)

// Yield is the parameter that makes a function a generator: yield(v) hands v to whoever drives it, suspends, and returns what
// Send was given, or the error of Throw.
type Yield[Y, S any] = func(Y) (S, error)

// Yielder is the core of a generator, which its coroutines hold.
type Yielder[Y, S any] struct {
	out    Y    // what it yields; read by who drives it
	passed bool // Send or Throw was called since the last yield: in or err is to be received
	stops  bool // Iter.Stop was called: see Continue
	in     S
	err    error
}

// Yield notes v as what the generator yields; co then suspends and is what is resumed next.
func (y *Yielder[Y, S]) Yield(fb *Fiber, co Resumable, v Y) {
	fb.leaf = co
	y.out = v
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
	in, err = y.in, y.err
	y.in, y.err, y.passed = none, nil, false
	return in, err
}

// GeneratorCoroutine is the coroutine of a generator that has not begun.
type GeneratorCoroutine[Y, S, R any] interface {
	Coroutine[R]
	// Yields tells the coroutine where it yields to.
	Yields(y *Yielder[Y, S])
}

// Generator yields values of type Y, is sent values of type S and returns an R, driven by hand as in PEP 342. It may be driven
// from any goroutine, one at a time. A panic in it panics out of the call that drove it.
type Generator[Y, S, R any] struct {
	runs Fiber
	core Yielder[Y, S]
	root GeneratorCoroutine[Y, S, R]
}

// NewGenerator returns a generator of co, which has not begun.
func NewGenerator[Y, S, R any](co GeneratorCoroutine[Y, S, R]) *Generator[Y, S, R] {
	g := &Generator[Y, S, R]{root: co}
	f := co.Base()
	if f.state != stateNew || f.parent != nil {
		f.refuse()
	}
	f.parent = (*generatorRoot[Y, S, R])(g)
	g.runs = Fiber{leaf: co, credit: maxCredit, flags: fiberHand}
	co.Yields(&g.core)
	return g
}

// generatorRoot is a generator as the driver of its fiber.
type generatorRoot[Y, S, R any] Generator[Y, S, R]

func (g *generatorRoot[Y, S, R]) Base() *Frame            { return nil }
func (g *generatorRoot[Y, S, R]) fiber() *Fiber           { return &g.runs }
func (g *generatorRoot[Y, S, R]) failed(*Fiber, *Failure) { panic("rt: a generator has a frame") }

func (g *generatorRoot[Y, S, R]) Resume(fb *Fiber) (done bool) {
	fb.flags |= fiberEnded
	fb.leaf = nil
	return true
}

// Next resumes the generator and returns what it yields next; ok is false if it has ended.
func (g *Generator[Y, S, R]) Next() (v Y, ok bool) {
	fb := &g.runs
	if fb.flags&(fiberRunning|fiberEnded) != 0 {
		return g.refuse()
	}
	fb.flags = fb.flags&^fiberReady | fiberRunning // what advance does, without a call
	defer func() {
		if fb.flags&fiberRunning != 0 {
			p := recover()
			exits := p == nil || fb.exiting() // this goroutine: then Next does not return
			if fb.rescue(p); !exits {
				v, ok = g.unusual()
			}
		}
	}()
	for fb.leaf.Resume(fb) && fb.ascend() {
	}
	fb.flags &^= fiberRunning
	if fb.flags&(fiberEnded|fiberWoken) != 0 || fb.wait != nil {
		return g.unusual()
	}
	var none Y
	v, g.core.out = g.core.out, none
	return v, true
}

// unusual is the rest of Next where the generator has not just yielded.
func (g *Generator[Y, S, R]) unusual() (v Y, ok bool) {
	fb := &g.runs
	for fb.flags&(fiberEnded|fiberWoken) == fiberWoken {
		fb.advance()
	}
	switch {
	case fb.wait != nil:
		panic(Misuse("rt: a generator awaits something other than yield: only an async generator can, which a loop drives"))
	case fb.flags&fiberEnded != 0:
		if f := g.root.Base(); f.state == stateFailed {
			f.raise()
		}
		return v, false
	}
	var none Y
	v, g.core.out = g.core.out, none
	return v, true
}

// Send is Next with v as the result of the yield at which the generator stands. The first value is asked for with Next.
func (g *Generator[Y, S, R]) Send(v S) (y Y, ok bool) {
	if g.runs.flags&(fiberRunning|fiberEnded) != 0 {
		return g.refuse()
	}
	if !g.begun() {
		panic(Misuse("rt: Send to a generator that has not begun, where no yield could return the value: call Next first"))
	}
	g.core.in, g.core.passed = v, true
	return g.Next()
}

// Throw is Next with err as the error of the yield at which the generator stands. One that has not begun ends with err without
// running its body.
func (g *Generator[Y, S, R]) Throw(err error) (y Y, ok bool) {
	if g.runs.flags&(fiberRunning|fiberEnded) != 0 {
		return g.refuse()
	}
	if !g.begun() {
		g.abandon()
		g.root.Throw(err)
		return y, false
	}
	g.core.err, g.core.passed = err, true
	return g.Next()
}

// Close ends the generator: the yield at which it stands returns ErrGeneratorExit. It returns the error that the generator ends
// with, unless that is ErrGeneratorExit (by errors.Is), and ErrCloseIgnored if it yields again. One that has not begun, or has ended, is just
// ended.
func (g *Generator[Y, S, R]) Close() error {
	switch {
	case g.runs.flags&fiberEnded != 0:
		return nil
	case !g.begun():
		g.abandon()
		return g.root.Close()
	}
	if _, yielded := g.Throw(ErrGeneratorExit); yielded {
		return ErrCloseIgnored
	}
	if _, err := g.root.Result(); err != nil && !errors.Is(err, ErrGeneratorExit) {
		return err
	}
	return nil
}

// Result returns what the generator returned, once it has ended.
func (g *Generator[Y, S, R]) Result() (R, error) { return g.root.Result() }

// All ranges over what is left; leaving the loop early closes the generator.
func (g *Generator[Y, S, R]) All() iter.Seq[Y] {
	return func(yield func(Y) bool) {
		ended := false
		defer func() {
			if !ended {
				g.Close()
			}
		}()
		for {
			v, ok := g.Next()
			if !ok {
				ended = true
				return
			}
			if !yield(v) {
				return
			}
		}
	}
}

// From returns the rest of the generator, which has not begun, as an awaitable that yields to y: the generator that awaits it
// delegates to it, as by `yield from`.
func (g *Generator[Y, S, R]) From(y *Yielder[Y, S]) Awaitable[R] {
	if g.begun() || g.runs.flags&fiberEnded != 0 {
		panic(Misuse("rt: delegation to a generator that has begun: pass yield to a new call"))
	}
	g.abandon()
	g.root.Yields(y)
	return g.root
}

func (g *Generator[Y, S, R]) begun() bool { return g.root.Base().state != stateNew }

// abandon takes the coroutine, which has not begun, from g.
func (g *Generator[Y, S, R]) abandon() {
	g.root.Base().parent = nil
	g.runs.flags |= fiberEnded
}

// refuse says no to driving a generator that is running, and the end of one that has ended.
func (g *Generator[Y, S, R]) refuse() (v Y, ok bool) {
	if g.runs.flags&fiberRunning != 0 {
		panic(Misuse("rt: the generator is already running: it cannot be driven from within itself"))
	}
	return v, false
}

// Pull returns a generator that runs the plain form f: a call of f on a coroutine of Go's own (iter.Pull). One that is not
// driven to its end must be closed.
func Pull[Y, S, R any](f func(Yield[Y, S]) (R, error)) *Generator[Y, S, R] {
	co := &pulled[Y, S, R]{f: f}
	co.Visible()
	return NewGenerator[Y, S, R](co)
}

// Pull0 is Pull for an f without a result.
func Pull0[Y, S any](f func(Yield[Y, S]) error) *Generator[Y, S, struct{}] {
	return Pull(func(yield Yield[Y, S]) (struct{}, error) { return struct{}{}, f(yield) })
}

// pulled is the coroutine of a plain generator.
type pulled[Y, S, R any] struct {
	Frame
	f      func(Yield[Y, S]) (R, error)
	yield  *Yielder[Y, S]
	next   func() (Y, bool)
	result R
	err    error
}

func (co *pulled[Y, S, R]) Yields(y *Yielder[Y, S]) { co.yield = y }

// Resume runs f to its next yield.
func (co *pulled[Y, S, R]) Resume(fb *Fiber) (done bool) {
	if co.Enter() == stateNew {
		co.next, _ = iter.Pull(func(yield func(Y) bool) {
			co.result, co.err = co.f(func(v Y) (S, error) {
				yield(v)
				return co.yield.Received()
			})
		})
	}
	v, yielded := co.next()
	if !yielded {
		return co.End()
	}
	co.yield.Yield(fb, co, v)
	return co.Suspend(1)
}

func (co *pulled[Y, S, R]) Start(fb *Fiber, parent Resumable) bool { return Begin(fb, co, parent) }
func (co *pulled[Y, S, R]) Send() (waits Operation, done bool)     { return Send(co) }
func (co *pulled[Y, S, R]) Close() error                           { return Close(co) }

func (co *pulled[Y, S, R]) Result() (R, error) {
	co.Check()
	return co.result, co.err
}

func (co *pulled[Y, S, R]) Throw(err error) {
	if Throw(co, err) {
		co.err = err
	}
}
