package rt

import (
	"errors"
	"iter"
)

// Yield is the parameter that makes a function a generator: yield(v) hands v to whoever drives it, suspends, and returns what
// Send was given, or the error of Throw.
type Yield[Y, S any] = func(Y) (S, error)

// GeneratorCoroutine is the coroutine of a generator that has not begun.
type GeneratorCoroutine[Y, S, R any] interface {
	Coroutine[R]
	// Yields tells the coroutine where it yields to.
	Yields(y *Yielder[Y, S])
}

// Generator yields values of type Y, is sent values of type S and returns an R, driven by hand as in PEP 342. It may be driven
// from any goroutine, one at a time. A panic in it panics out of the call that drove it.
type Generator[Y, S, R any] struct {
	producer[Y, S]
	root GeneratorCoroutine[Y, S, R]
}

// NewGenerator returns a generator of co, which has not begun.
func NewGenerator[Y, S, R any](co GeneratorCoroutine[Y, S, R]) *Generator[Y, S, R] {
	g := &Generator[Y, S, R]{root: co}
	g.begin(co)
	co.Yields(&g.core)
	return g
}

// Next resumes the generator and returns what it yields next; ok is false if it has ended.
func (g *Generator[Y, S, R]) Next() (v Y, ok bool) { return g.next(false) }

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
