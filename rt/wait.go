package rt

import (
	"context"
	"errors"
	"time"
)

// Awaited is a Task or a Future, of whatever type.
type Awaited interface {
	// Done reports whether it has a result.
	Done() bool
	// Canceled reports whether it was cancelled.
	Canceled() bool

	belongsTo() *Loop
	runner() *Fiber           // who ends it; nil if that is not known
	joins(fb *Fiber) *waiters // the line that fb, which is about to wait, may stand in
	fails() bool              // it is done with an error that is no cancel, or panicked
}

// Until says how long Wait waits.
type Until int8

const (
	// UntilFirst is until one is done.
	UntilFirst Until = iota
	// UntilError is until one has failed, cancels not counted, or else until all are done (statement 111).
	UntilError
	// UntilAll is until all are done.
	UntilAll
)

// Wait waits until one of ws, or all of them, are done, and returns those that are, and those that are not, each in the order of
// ws (statements 107 to 112). Of several types, W is Awaited:
//
//	done, pending, err := rt.Await2(rt.Wait[rt.Awaited](rt.UntilFirst, task, future))
//
// It returns no error of theirs, which stand in their results, and cancels none of them. Nor does a cancel of the caller, after
// which Wait returns the cancel alone. Cancel: lossless. Wait of nothing panics with Misuse.
//
// A goroutine that is no task blocks, for which the first must belong to a loop; it gets ErrLoopClosed if that closes before.
func Wait[W Awaited](until Until, ws ...W) (done, pending []W, err error) {
	op := new(WaitOp[W])
	op.Init(until, ws...)
	return op.block("rt.Wait(until, tasks...)")
}

// WaitWithin is Wait for d at most. That its time has passed is no error: it returns who is done then (statement 108).
func WaitWithin[W Awaited](d time.Duration, until Until, ws ...W) (done, pending []W, err error) {
	op := new(WaitWithinOp[W])
	op.Init(d, until, ws...)
	return op.block("rt.WaitWithin(d, until, tasks...)")
}

// WaitAsync is Wait in an async function.
func WaitAsync[W Awaited](until Until, ws ...W) Awaitable[Pair[[]W, []W]] {
	op := new(WaitOp[W])
	op.Init(until, ws...)
	return op
}

// WaitWithinAsync is WaitWithin in an async function.
func WaitWithinAsync[W Awaited](d time.Duration, until Until, ws ...W) Awaitable[Pair[[]W, []W]] {
	op := new(WaitWithinOp[W])
	op.Init(d, until, ws...)
	return op
}

func (op *WaitOp[W]) block(what string) (done, pending []W, err error) {
	op.mustHaveSome()
	h := home{op.ws[0].belongsTo()}
	p, err := block(&h, Awaitable[Pair[[]W, []W]](op), what, "rt.NewFutureOn")
	return p.First, p.Second, err
}

// WaitOp is the operation of Wait, and the core of that of WaitWithin. For each that is not done it stands in the line with a
// branch, and so hears of every end before anything else runs.
type WaitOp[W Awaited] struct {
	ws      []W
	places  []waitPlace // by index of ws
	timer   Timer       // of the time limit
	limit   time.Duration
	fiber   *Fiber
	left    int // of ws, not done; 0 also once it is enough
	until   Until
	limited bool
}

// waitPlace is a branch that stands in the line of one that is not done.
type waitPlace struct {
	branch branch
	waiter waiter
	line   *waiters // nil if it is done
}

// WaitWithinOp is the operation of WaitWithin.
type WaitWithinOp[W Awaited] struct{ WaitOp[W] }

// Init prepares a wait for ws.
func (op *WaitOp[W]) Init(until Until, ws ...W) { *op = WaitOp[W]{until: until, ws: ws} }

// Init prepares a wait for ws, of d at most.
func (op *WaitWithinOp[W]) Init(d time.Duration, until Until, ws ...W) {
	op.WaitOp = WaitOp[W]{until: until, ws: ws, limited: true, limit: d}
}

func (op *WaitOp[W]) mustHaveSome() {
	if len(op.ws) == 0 {
		panic(Misuse("rt: Wait of nothing: ask for the length before"))
	}
}

// Start begins the wait, unless there is nothing to wait for.
func (op *WaitOp[W]) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.mustHaveSome()
	op.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	if op.count(fb) || op.limited && op.limit <= 0 {
		return fb.Ready(parent)
	}
	if op.limited && fb.loop == nil {
		panic(Misuse("rt: WaitWithin in a coroutine that is driven by hand: it needs a loop, run it as a task"))
	}
	op.places = make([]waitPlace, len(op.ws)+1)
	for i, w := range op.ws {
		if !w.Done() {
			op.places[i].line = w.joins(fb)
		}
	}
	for i := range op.ws {
		if p := &op.places[i]; p.line != nil {
			p.branch.begin(fb, op, i)
			p.waiter.fiber = &p.branch.runs
			p.line.add(&p.waiter)
		}
	}
	if op.limited {
		p := &op.places[len(op.ws)]
		p.branch.begin(fb, op, len(op.ws))
		op.timer.fiber = &p.branch.runs
		fb.loop.timers.add(&op.timer, after(fb.loop.clock.Now(), op.limit))
	}
	fb.Suspend(parent, op)
	return false
}

// count counts who is not done, and reports whether that is few enough. It panics if one is of another loop than fb's; until now nothing
// has begun.
func (op *WaitOp[W]) count(fb *Fiber) (enough bool) {
	for _, w := range op.ws {
		w.joins(fb)
		switch {
		case !w.Done():
			op.left++
		case op.until == UntilFirst, op.until == UntilError && w.fails():
			enough = true
		}
	}
	return enough || op.left == 0
}

// completed takes note of the end of one, or of the time.
func (op *WaitOp[W]) completed(index int) {
	if index < len(op.ws) {
		op.places[index].line = nil
		op.left--
		if op.left > 0 && op.until != UntilFirst && !(op.until == UntilError && op.ws[index].fails()) {
			return
		}
	}
	op.leave()
	op.fiber.Wake()
}

// leave leaves all lines, and cancels the timer.
func (op *WaitOp[W]) leave() {
	for i := range op.places {
		if p := &op.places[i]; p.line != nil {
			p.line.remove(&p.waiter)
		}
	}
	if op.limited {
		op.timer.Cancel()
	}
}

// Abort ends the wait alone.
func (op *WaitOp[W]) Abort(fb *Fiber, err error) Outcome {
	op.leave()
	fb.deliver(err)
	return Aborted
}

// Result returns who is done now, and who is not (statement 110); or the error that ended the wait.
func (op *WaitOp[W]) Result() (p Pair[[]W, []W], err error) {
	fb, ws := op.fiber, op.ws
	*op = WaitOp[W]{}
	if err := fb.delivered(); err != nil {
		return p, err
	}
	for _, w := range ws {
		if w.Done() {
			p.First = append(p.First, w)
		} else {
			p.Second = append(p.Second, w)
		}
	}
	return p, nil
}

func (t *Task[T]) belongsTo() *Loop { return t.runs.loop }

func (t *Task[T]) runner() *Fiber { return &t.runs }

func (t *Task[T]) joins(fb *Fiber) *waiters {
	if fb.loop != t.runs.loop {
		t.runs.mustBeOn(fb.loop)
	}
	return &t.line
}

func (t *Task[T]) fails() bool {
	if t.failure() != nil {
		return true
	}
	_, err := t.Result()
	return err != nil && !t.Canceled()
}

func (f *Future[T]) belongsTo() *Loop { return f.loop }

func (f *Future[T]) runner() *Fiber { return nil }

func (f *Future[T]) joins(fb *Fiber) *waiters {
	if f.loop != fb.loop {
		f.bind(fb.loop)
	}
	return &f.line
}

func (f *Future[T]) fails() bool { return f.err != nil && !errors.Is(f.err, context.Canceled) }
