package rt

import "errors"

// AsyncGenerator is a generator that also awaits: it yields values of type Y, is sent values of type S and returns an R, as in
// PEP 525. Its methods but Result are awaited. It runs in the task that awaits its next value, in that one's scope and with
// its deadlines; it can be asked from several tasks of a loop, one after the other, and from nowhere else.
//
// Asking is a call: others run meanwhile only if the generator awaits something.
//
// A cancel of who waits for a value is delivered to what the generator awaits, which may clean up, or yield all the same. Cancel:
// lossless, a value that was yielded is returned. Asking while it runs for another task, or from within itself, panics with
// Misuse. A panic in it panics at the await of who asked.
type AsyncGenerator[Y, S, R any] struct {
	turns turns
	core  Yielder[Y, S]
	root  GeneratorCoroutine[Y, S, R]
}

// NewAsyncGenerator returns an async generator of co, which has not begun.
func NewAsyncGenerator[Y, S, R any](co GeneratorCoroutine[Y, S, R]) *AsyncGenerator[Y, S, R] {
	f := co.Base()
	if f.state != stateNew || f.parent != nil {
		f.refuse()
	}
	if debugAll {
		f.begun()
	}
	g := &AsyncGenerator[Y, S, R]{root: co}
	g.turns.at = co
	f.parent = &g.turns
	g.core.turns = &g.turns
	co.Yields(&g.core)
	return g
}

// turns says whose turn it is: an async generator's, or that of who awaits its values. It stands where the parent of the
// generator's outermost frame would.
type turns struct {
	at    Resumable // where the generator goes on; nil while it runs, and after its end
	asker Resumable // who awaits a value, while the generator runs
	ended bool
}

// begin passes fb to the generator; parent goes on when it has yielded or ended.
func (t *turns) begin(fb *Fiber, parent Resumable) {
	at := t.at
	t.at, t.asker = nil, parent
	fb.pass(at)
}

// end passes fb, whose leaf yields, back to who asked.
func (t *turns) end(fb *Fiber) {
	asker := t.asker
	t.at, t.asker = fb.leaf, nil
	fb.pass(asker)
}

func (t *turns) Base() *Frame { return nil }

// Resume is called when the generator has ended.
func (t *turns) Resume(fb *Fiber) (done bool) {
	t.end(fb)
	t.at, t.ended = nil, true
	return false
}

// abandon takes the coroutine, which has not begun, from g.
func (g *AsyncGenerator[Y, S, R]) abandon() {
	g.root.Base().parent = nil
	g.turns.at, g.turns.ended = nil, true
}

func (g *AsyncGenerator[Y, S, R]) begun() bool { return g.root.Base().state != stateNew }

// Next resumes the generator and returns what it yields next; ok is false if it has ended: then err is the error that it
// returned, once.
func (g *AsyncGenerator[Y, S, R]) Next() (v Y, ok bool, err error) {
	return g.block(&ask[Y, S, R]{g: g}, "g.Next()")
}

// Send is Next with v as the result of the yield at which the generator stands. The first value is asked for with Next.
func (g *AsyncGenerator[Y, S, R]) Send(v S) (y Y, ok bool, err error) {
	return g.block(&ask[Y, S, R]{g: g, in: v, how: asksSend}, "g.Send(v)")
}

// Throw is Next with thrown as the error of the yield at which the generator stands. One that has not begun ends with thrown
// without running its body.
func (g *AsyncGenerator[Y, S, R]) Throw(thrown error) (y Y, ok bool, err error) {
	return g.block(&ask[Y, S, R]{g: g, err: thrown, how: asksThrow}, "g.Throw(err)")
}

// Close ends the generator: the yield at which it stands returns ErrGeneratorExit. It returns the error that the generator ends
// with, unless that is ErrGeneratorExit (by errors.Is), and ErrCloseIgnored if it yields again. One that has not begun, or has
// ended, is just ended.
func (g *AsyncGenerator[Y, S, R]) Close() error {
	return closed(g.block(&ask[Y, S, R]{g: g, err: ErrGeneratorExit, how: asksClose}, "g.Close()"))
}

// Result returns what the generator returned, once it has ended.
func (g *AsyncGenerator[Y, S, R]) Result() (R, error) { return g.root.Result() }

// block is the blocking form of ask.
func (g *AsyncGenerator[Y, S, R]) block(op *ask[Y, S, R], what string) (v Y, ok bool, err error) {
	t := taskHere()
	if t == nil {
		refuseOnLoop(what)
		panic(Misuse("rt: " + what + " of an async generator where no task runs: call it inside rt.Run, whose loop the generator waits on"))
	}
	p, err := blockIn[Pair[Y, bool]](t, op)
	return p.First, p.Second, err
}

// From returns the rest of the generator, which has not begun, as an awaitable that yields to y: the generator that awaits it
// delegates to it, as by `yield from`.
func (g *AsyncGenerator[Y, S, R]) From(y *Yielder[Y, S]) Awaitable[R] {
	if g.begun() || g.turns.ended {
		panic(Misuse("rt: delegation to a generator that has begun: pass yield to a new call"))
	}
	g.abandon()
	g.root.Yields(y)
	return g.root
}

// NextAsync is Next in an async function.
func (g *AsyncGenerator[Y, S, R]) NextAsync() Awaitable[Pair[Y, bool]] { return &ask[Y, S, R]{g: g} }

// SendAsync is Send in an async function.
func (g *AsyncGenerator[Y, S, R]) SendAsync(v S) Awaitable[Pair[Y, bool]] {
	return &ask[Y, S, R]{g: g, in: v, how: asksSend}
}

// ThrowAsync is Throw in an async function.
func (g *AsyncGenerator[Y, S, R]) ThrowAsync(thrown error) Awaitable[Pair[Y, bool]] {
	return &ask[Y, S, R]{g: g, err: thrown, how: asksThrow}
}

// CloseAsync is Close in an async function.
func (g *AsyncGenerator[Y, S, R]) CloseAsync() Awaitable[struct{}] {
	op := new(AsyncGeneratorCloseOp[Y, S, R])
	op.Init(g)
	return op
}

// ask is the operation of Next, Send and Throw. It is no leaf: the fiber waits for what the generator waits for, and, as a call
// of something that does not wait, it is no point where others run.
type ask[Y, S, R any] struct {
	g   *AsyncGenerator[Y, S, R] // nil once the result was read
	in  S
	err error // that is thrown; then what a generator ends with that has not begun
	how asking
}

type asking int8

const (
	asksNext asking = iota
	asksSend
	asksThrow
	asksClose
	asksNothing // it had ended
)

// Start gives the turn to the generator.
func (op *ask[Y, S, R]) Start(fb *Fiber, parent Resumable) (ready bool) {
	g := op.g
	switch {
	case g.turns.asker != nil:
		panic(Misuse("rt: the async generator is already running: ask for one value at a time, and not from within itself"))
	case g.turns.ended:
		op.how, op.err = asksNothing, nil
		return true
	case op.how == asksNext:
	case !g.begun():
		op.unbegun()
		return true
	default:
		g.core.in, g.core.err, g.core.passed = op.in, op.err, true
	}
	op.err = nil
	g.turns.begin(fb, parent)
	return false
}

// unbegun is Start but for Next for a generator that has not begun.
func (op *ask[Y, S, R]) unbegun() {
	if op.how == asksSend {
		panic(Misuse("rt: Send to a generator that has not begun, where no yield could return the value: call Next first"))
	}
	op.g.abandon()
	op.g.root.Throw(op.err)
	op.how = asksNothing
}

// Result returns what the generator has yielded, or how it has ended.
func (op *ask[Y, S, R]) Result() (p Pair[Y, bool], err error) {
	g := op.g
	err, op.g, op.err = op.err, nil, nil
	switch {
	case op.how == asksNothing:
	case g.turns.ended:
		_, err = g.root.Result()
	default:
		var none Y
		p.First, p.Second = g.core.out, true
		g.core.out = none
	}
	return p, err
}

// AsyncGeneratorNextOp is the operation of AsyncGenerator.Next.
type AsyncGeneratorNextOp[Y, S, R any] struct{ ask[Y, S, R] }

// Init prepares Next of g.
func (op *AsyncGeneratorNextOp[Y, S, R]) Init(g *AsyncGenerator[Y, S, R]) {
	op.ask = ask[Y, S, R]{g: g}
}

// AsyncGeneratorSendOp is the operation of AsyncGenerator.Send.
type AsyncGeneratorSendOp[Y, S, R any] struct{ ask[Y, S, R] }

// Init prepares Send of v to g.
func (op *AsyncGeneratorSendOp[Y, S, R]) Init(g *AsyncGenerator[Y, S, R], v S) {
	op.ask = ask[Y, S, R]{g: g, in: v, how: asksSend}
}

// AsyncGeneratorThrowOp is the operation of AsyncGenerator.Throw.
type AsyncGeneratorThrowOp[Y, S, R any] struct{ ask[Y, S, R] }

// Init prepares Throw of thrown into g.
func (op *AsyncGeneratorThrowOp[Y, S, R]) Init(g *AsyncGenerator[Y, S, R], thrown error) {
	op.ask = ask[Y, S, R]{g: g, err: thrown, how: asksThrow}
}

// AsyncGeneratorCloseOp is the operation of AsyncGenerator.Close.
type AsyncGeneratorCloseOp[Y, S, R any] struct{ ask ask[Y, S, R] }

// Init prepares Close of g.
func (op *AsyncGeneratorCloseOp[Y, S, R]) Init(g *AsyncGenerator[Y, S, R]) {
	op.ask = ask[Y, S, R]{g: g, err: ErrGeneratorExit, how: asksClose}
}

// Start gives the turn to the generator, to end.
func (op *AsyncGeneratorCloseOp[Y, S, R]) Start(fb *Fiber, parent Resumable) (ready bool) {
	return op.ask.Start(fb, parent)
}

// Result returns the error that the generator ended with; see AsyncGenerator.Close.
func (op *AsyncGeneratorCloseOp[Y, S, R]) Result() (struct{}, error) {
	p, err := op.ask.Result()
	return struct{}{}, closed(p.First, p.Second, err)
}

// closed returns what Close returns where its last value and error are these.
func closed[Y any](_ Y, yielded bool, err error) error {
	switch {
	case yielded:
		return ErrCloseIgnored
	case errors.Is(err, ErrGeneratorExit):
		return nil
	}
	return err
}
