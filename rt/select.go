package rt

import "math/rand/v2"

// Waiter is an operation that one can hold, to give it to Select: what GetOp, LockOp, WaitOp and the like return, and After.
//
// Who writes one promises that Abort, given an error that is no *Canceled, ends the wait at once, returns Aborted and leaves
// everything as if nobody had waited; and that nothing is handed over before Wake. So Blocking, which cannot take back what it
// has begun, SendTo, whose value the other side may have, Condition.Wait, which has to take its lock again, and calls of functions are
// no Waiters; spawn a task for them and select on its end, or use Race.
type Waiter interface {
	Operation
	// Start begins the wait; see Awaitable.
	Start(fb *Fiber, parent Resumable) (ready bool)
	// Ready reports whether Start would complete at once. It hands nothing over.
	Ready() bool
}

// Select waits until one of ws has completed and returns its index; the result is then read from the operation:
//
//	get, stop := jobs.GetOp(), quit.WaitOp()
//	switch i, err := rt.Await(rt.Select(get, stop, rt.After(time.Second))); {
//	case err != nil:
//		return err
//	case i == 0:
//		job, err := get.Result()
//
// If several are ready it takes one of them at random, by the loop's source (LoopOptions.Rand), so that none is starved.
// SelectInOrder prefers the first. A nil Waiter is never ready, and a Select of none waits until it is cancelled, as in Go.
//
// The others are withdrawn as soon as one completes, in the same step: one item is taken, one lock, one permit, never two, and
// nothing is lost of what a loser waited for. A loser can be given to the next Select; the winner is used up when its Result
// was read. What a loser's Result returns has no meaning.
//
// Select returns an error, and the index -1, only if it is cancelled, or thrown into. It has completed nothing then, and
// leaves alone what it waited for, also the tasks and futures, which a cancel of their own Wait would cancel. Cancel: lossless;
// what was handed over before is returned, and the next await fails.
//
// Outside a task it runs on a loop of its own, as Run does.
func Select(ws ...Waiter) (int, error) {
	return selectAsTask("rt.Select(ws...)", false, ws)
}

// SelectInOrder is Select, but of several that are ready it takes the first.
func SelectInOrder(ws ...Waiter) (int, error) {
	return selectAsTask("rt.SelectInOrder(ws...)", true, ws)
}

func selectAsTask(what string, inOrder bool, ws []Waiter) (int, error) {
	if t := taskHere(); t != nil {
		return blockIn(t, &SelectOp{ws: ws, inOrder: inOrder})
	}
	refuseOnLoop(what)
	return Run(func() (int, error) { return selectAsTask(what, inOrder, ws) })
}

// SelectAsync is Select in an async function.
func SelectAsync(ws ...Waiter) Awaitable[int] { return &SelectOp{ws: ws} }

// SelectInOrderAsync is SelectInOrder in an async function.
func SelectInOrderAsync(ws ...Waiter) Awaitable[int] { return &SelectOp{ws: ws, inOrder: true} }

// SelectOp is the operation of Select.
//
// If one of its waiters is ready, that one alone is started. Else each gets a branch and stands in its line with that, until the
// first of them wakes its branch.
type SelectOp struct {
	ws       []Waiter
	branches []branch
	fiber    *Fiber
	won      int // index of the winner; -1 before
	inOrder  bool
	waits    bool // the fiber is suspended here
}

// SelectInOrderOp is the operation of SelectInOrder.
type SelectInOrderOp struct{ SelectOp }

// Init prepares a select of ws.
func (op *SelectOp) Init(ws ...Waiter) { *op = SelectOp{ws: ws} }

// Init prepares a select of ws.
func (op *SelectInOrderOp) Init(ws ...Waiter) { op.SelectOp = SelectOp{ws: ws, inOrder: true} }

// Start completes one that is ready, or begins to wait for all.
func (op *SelectOp) Start(fb *Fiber, parent Resumable) (ready bool) {
	op.fiber, op.won = fb, -1
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	if i := op.ready(fb.loop); i >= 0 {
		op.take(fb, i)
	}
	if op.won < 0 {
		op.begin(fb)
	}
	if op.won >= 0 {
		return fb.Ready(parent)
	}
	op.waits = true
	fb.Suspend(parent, op)
	return false
}

// take starts the waiter of this index, which is ready, on a branch of its own: what it comes to may stand in the fiber, and is
// read later than the end of the Select.
func (op *SelectOp) take(fb *Fiber, index int) {
	op.branches = make([]branch, 1)
	b := &op.branches[0]
	b.begin(fb, op, index)
	if op.ws[index].Start(&b.runs, b) {
		op.completed(index)
	}
	op.withdraw() // if it was not ready after all
}

// ready returns the index of a waiter that is ready, -1 if there is none. Each has the same chance, which takes one pass: the
// n-th that is found takes the place of the one before with a chance of 1 in n.
func (op *SelectOp) ready(l *Loop) int {
	found, n := -1, 0
	for i, w := range op.ws {
		if w == nil || !w.Ready() {
			continue
		}
		if op.inOrder {
			return i
		}
		if n++; n == 1 || l.intN(n) == 0 {
			found = i
		}
	}
	return found
}

// intN returns a number from 0 to n-1 at random; l is nil for what is driven by hand.
func (l *Loop) intN(n int) int {
	if l == nil {
		return rand.IntN(n)
	}
	return l.rand().IntN(n)
}

// begin starts every waiter on a branch, until one completes all the same. If one panics, none is left in its line.
func (op *SelectOp) begin(fb *Fiber) {
	begun := false
	defer func() {
		if !begun {
			op.withdraw()
		}
	}()
	op.branches = make([]branch, len(op.ws))
	for i, w := range op.ws {
		if w == nil {
			continue
		}
		b := &op.branches[i]
		b.begin(fb, op, i)
		if w.Start(&b.runs, b) {
			op.completed(i)
		}
		if op.won >= 0 {
			op.withdraw() // this one, if it was another that has completed
			break
		}
	}
	begun = true
}

// completed takes note that the waiter of this index has been handed what it waited for, and withdraws the others before
// anybody can hand them something.
func (op *SelectOp) completed(index int) {
	if op.won >= 0 {
		panic(Misuse("rt: two operations of one Select have completed each other: give them to two Selects"))
	}
	op.won = index
	op.withdraw()
	if op.waits {
		op.waits = false
		op.fiber.Wake()
	}
}

// withdraw ends the branches that wait, from the last to the first: in a line in which two of them stand, the end of the first
// could make it the other's turn.
func (op *SelectOp) withdraw() {
	for i := len(op.branches) - 1; i >= 0; i-- {
		b := &op.branches[i]
		wait := b.runs.wait
		if wait == nil {
			continue
		}
		b.runs.wait = nil
		b.runs.flags |= fiberEnded
		if wait.Abort(&b.runs, errNotSelected) != Aborted {
			panic(Misuse("rt: an operation given to Select did not let itself be aborted: spawn a task for it, and select on the task's WaitOp"))
		}
	}
}

// Abort withdraws all.
func (op *SelectOp) Abort(fb *Fiber, err error) Outcome {
	op.withdraw()
	op.waits = false
	fb.deliver(err)
	return Aborted
}

// Result returns the index of the waiter that has completed, or -1 and the error that ended the wait.
func (op *SelectOp) Result() (int, error) {
	fb, won := op.fiber, op.won
	*op = SelectOp{}
	if won >= 0 {
		return won, nil
	}
	return -1, fb.delivered()
}
