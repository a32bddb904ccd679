package rt

// maxCredit is how many operations a fiber may complete at once before it lets others run.
const maxCredit = 256

// maxFailing is how many awaits in a row may fail at once before the fiber lets others run.
const maxFailing = 64

// Fiber is what runs coroutines: the innermost one, what that waits for, its scope, its credit. 80 bytes.
//
// A fiber is ready (in the loop's queue), running, suspended on an operation, or has ended.
type Fiber struct {
	leaf   Resumable  // what is resumed next, and while it runs still what was resumed; its frames' parents lead to the driver
	wait   Operation  // what it is suspended on; nil if it is ready or running
	loop   *Loop      // nil if driven by hand
	credit int32      // operations until it must yield; negative: the next one takes the slow path
	flags  fiberFlags //
	scope  *Scope     // nil if driven by hand, or ended
	prev   *Fiber     // in the scope's ring
	next   *Fiber
	extra  *fiberExtra // what is rare; nil until it is needed
}

type fiberFlags uint32

const (
	fiberQueued    fiberFlags = 1 << iota // in the ready queue: set by Wake, cleared when it is resumed
	fiberEnded                            // its driver has been resumed; nothing may wake it
	fiberThrown                           // a throw has aborted an operation and the fiber has not been resumed since: another throw is dropped
	fiberDelivered                        // extra.delivered is the result of the operation that just ended
	fiberHand                             // driven by hand: Wake sets fiberWoken instead of queueing
	fiberWoken                            // driven by hand, and ready
	fiberRunning                          // driven by hand, and on the stack
	fiberClosing                          // driven by hand: every operation fails until the end
	fiberCallback                         // runs a callback, is no task
	fiberFailed                           // ended by a panic or Goexit outside any frame: extra.failure
	fiberCancelled                        // ended with an error that is a cancel
	fiberBegun                            // a task or a child whose first step was made
	fiberPassed                           // what it resumed has given way to fb.leaf, which goes on at once; set by pass
	fiberForwarded                        // the wait for a task has passed a cancel on to it: set by TaskWaitOp.Abort, cleared by Result
	fiberUnread                           // of a loop in debug mode: ended with an error that nobody has read yet
	fiberExiting                          // a panic passes natively through its frames on a goroutine that is exiting; set by leaveByGoexit
	fiberBelow                            // it goes on in waitExiting, below on the stack; set by exitWait
	fiberOwnCancel                        // the cancel that fiberForwarded tells of is delivered once: by the task, or by who awaits it
	fiberBranch                           // no fiber but a branch of one, see branch: Wake tells who has it
	fiberAway                             // an iterator's: its leaf was resumed without a recover and has not come back; see Iter.Next
	fiberGuarded                          // driven by hand: a suspended caller of the leaf may have deferred calls, which its panic must reach; set by Leave
	fiberShown                            // the user has it, by Task.Fiber, and so the loop if Loop is called
)

// fiberReady are the flags that end when the fiber is resumed.
const fiberReady = fiberThrown | fiberQueued | fiberWoken

// fiberExtra is the part of a fiber that few fibers need.
type fiberExtra struct {
	pending   error     // thrown while it ran or was ready: the next operation fails with it
	delivered error     // what the operation that was aborted, or never began, fails with; its Result takes it
	failing   *Failure  // the last panic on its way up, so that it keeps its first stack
	failure   *Failure  // how the driver's own part ended
	above     Resumable // who awaits the leaf, if that has just failed; see Frame.failAt
	cancels   int       // calls of Task.Cancel, and cancels passed on by who awaits the task
	canceled  *Canceled // the last of them
	own       *Canceled // the last by the task itself: what pending is then, unless it was delivered since
	failed    int       // operations since one failed at once, it included; 0 once the fiber has yielded
	notes     *notes    // for dumps

	values   *values       // what its contexts find; copied to what it spawns
	contexts *scopeContext // its contexts that are in use, innermost scope first
}

func (fb *Fiber) more() *fiberExtra {
	if fb.extra == nil {
		fb.extra = new(fiberExtra)
	}
	return fb.extra
}

// Loop returns the loop that fb runs on, nil if it is driven by hand. It is for operations: who keeps the loop, to Post to it what
// does not end the operation, holds it, by Hold. Called on what Task.Fiber returned it is as RunningLoop: on a loop of Run it ends the
// reports of deadlocks.
func (fb *Fiber) Loop() *Loop {
	if fb.flags&fiberShown != 0 {
		fb.loop.lent()
	}
	return fb.loop
}

// Operation returns what fb is suspended on, nil if it is ready or running. It is for who wakes fb, and belongs to the loop's goroutine.
func (fb *Fiber) Operation() Operation { return fb.wait }

// Checkpoint is the first thing in the Start of every library operation. It spends a credit and returns the error that is
// due: one that was thrown, the cancel of a scope, or that the coroutine is being closed. The operation then ends with this
// error, through Ready.
func (fb *Fiber) Checkpoint() error {
	fb.credit--
	if fb.credit >= 0 {
		return nil
	}
	return fb.due()
}

// Spend is for an operation that has moved much at once: used of the most that a fiber may move before it lets others run. It takes the
// same share of the fiber's credit, beside the one that Checkpoint takes; the operation completes, as ever, before others run.
func (fb *Fiber) Spend(used, most int) {
	if fb.flags&fiberBranch != 0 {
		fb = fb.whole()
	}
	fb.credit = max(fb.credit-int32(maxCredit*min(used, most)/most), -1)
}

// due is the slow path of Checkpoint. Without an error the fiber is out of credit, as Ready will see.
func (fb *Fiber) due() error {
	fb.credit = -1
	x := fb.extra
	if x != nil && x.pending != nil {
		err := x.pending
		x.pending = nil
		x.failed++
		return err
	}
	if fb.flags&fiberClosing != 0 {
		fb.more().failed++
		return ErrCoroutineClosed
	}
	if fb.scope != nil {
		if err := fb.scope.err(); err != nil {
			fb.more().failed++
			return err
		}
	}
	if x != nil && x.failed > 0 {
		x.failed++ // what failed took the credit; the operations after it count until the fiber yields
	}
	return nil
}

// interrupted reports whether the next operation must take the slow path.
func (fb *Fiber) interrupted() bool {
	return fb.extra != nil && fb.extra.pending != nil || fb.flags&fiberClosing != 0 || fb.scope != nil && fb.scope.err() != nil
}

// refill gives the fiber new credit, unless an error is due.
func (fb *Fiber) refill() {
	if fb.interrupted() {
		fb.credit = -1
		return
	}
	fb.credit = maxCredit
}

// Ready is what Start returns when the operation has completed, or failed, at once. It is true, or false if the fiber must let
// others run first; it is then queued again and parent resumed in its turn.
func (fb *Fiber) Ready(parent Resumable) (ready bool) {
	return fb.credit >= 0 || fb.readySlowly(parent)
}

func (fb *Fiber) readySlowly(parent Resumable) (ready bool) {
	if x := fb.extra; x != nil && x.failed > 0 && x.failed%maxFailing != 0 {
		return true // something failed: the cleanup goes on at once, for a while
	}
	if x := fb.extra; x != nil {
		x.failed = 0
	}
	fb.GiveWay(parent)
	return false
}

// GiveWay has an operation that is in the midst of much work let others run: fb is queued behind what is ready, with new credit, and
// parent, the operation itself, resumed then. Start or Resume then returns false. A cancel that comes meanwhile is met by the next
// Checkpoint.
func (fb *Fiber) GiveWay(parent Resumable) {
	fb.yield(parent)
	fb.refill()
}

// yield queues fb behind what is ready; parent is resumed then.
func (fb *Fiber) yield(parent Resumable) {
	fb.leaf = parent
	fb.Wake()
}

// Suspend notes that fb waits for op, which parent awaits; Start or Resume then returns false.
func (fb *Fiber) Suspend(parent Resumable, op Operation) {
	fb.leaf, fb.wait = parent, op
	fb.flags &^= fiberDelivered
	if fb.credit < 0 {
		fb.refill()
	}
	if x := fb.extra; x != nil {
		x.failed = 0
	}
}

// Wake makes fb ready: the operation it waits for has completed. It is called on the loop's goroutine, once for each Suspend; a
// second one panics, since an operation that wakes for an earlier wait would end a later one.
func (fb *Fiber) Wake() {
	if fb.flags&(fiberQueued|fiberEnded|fiberHand|fiberBranch) != 0 {
		fb.wakeSpecially()
		return
	}
	fb.flags |= fiberQueued
	if fb.wait != nil {
		fb.wait = nil
	}
	l := fb.loop
	if l.observed {
		l.observeWake(fb)
	}
	l.ready.push(fb)
}

func (fb *Fiber) wakeSpecially() {
	switch {
	case fb.flags&fiberEnded != 0:
		panic(Misuse("rt: Wake of a fiber that has ended: an operation must wake once for each Suspend"))
	case fb.flags&(fiberQueued|fiberWoken) != 0:
		panic(Misuse("rt: Wake of a fiber that is ready already: an operation must wake once for each Suspend"))
	}
	fb.wait = nil
	if fb.flags&fiberBranch != 0 {
		fb.flags |= fiberEnded
		fb.leaf.(*branch).woken()
		return
	}
	fb.flags |= fiberWoken
}

// Throw has the operation that fb waits for, or else its next one, fail once with err, as if by itself: for tests that inject
// errors (package rttest). Two before fb has run again deliver the first. It belongs to the loop's goroutine.
func (fb *Fiber) Throw(err error) { fb.throw(err) }

// throw has the operation that fb waits for, or else its next one, fail with err.
func (fb *Fiber) throw(err error) {
	if fb.flags&fiberEnded != 0 {
		return
	}
	if fb.wait != nil {
		if fb.abort(err) {
			if fb.flags&(fiberQueued|fiberWoken) != 0 { // else it will be woken later
				fb.flags |= fiberThrown
			}
			return
		}
	} else if fb.flags&fiberThrown != 0 {
		return // one is on its way (statement 093)
	}
	if x := fb.more(); x.pending == nil {
		x.pending = err
	}
	fb.credit = -1
}

// abort asks what fb waits for to end with err; false: it refused.
func (fb *Fiber) abort(err error) (taken bool) {
	switch fb.wait.Abort(fb, err) {
	case Aborted:
		fb.Wake()
	case Refused:
		return false
	}
	return true
}

// cancelSoon throws err, a cancel of fb's task; from behind a shield that fb has entered, when fb has left it.
func (fb *Fiber) cancelSoon(err *Canceled) {
	for s := fb.scope; s != nil && s.owner == fb; s = s.parent {
		if s.shield {
			if s.held == nil {
				s.held = err
			}
			return
		}
	}
	fb.failContexts(err)
	fb.throw(err)
}

// once reports whether err is a cancel that is delivered once, to whoever awaits then: not that of a scope which fb is in, with which
// every await fails.
func (fb *Fiber) once(err error) bool {
	c, ok := err.(*Canceled)
	return ok && !fb.scope.within(c.Scope)
}

// remains is for an Abort with err of what was aborted with first before and still ends: whether it must refuse, so that err is met
// by the next operation. So does the cancel of a task which comes while that leaves a scope whose time has passed. Two cancels of
// the task are met once (statement 093).
func (fb *Fiber) remains(first, err error) bool { return fb.once(err) && !fb.once(first) }

// again has the next operation fail with the last cancel of fb's task, which no operation has failed with.
func (fb *Fiber) again() {
	if x := fb.extra; x.canceled != nil && x.pending == nil { // it was not taken back
		x.pending = x.canceled
		fb.credit = -1
	}
}

// cancelDue takes the cancel that fb's next operation would fail with; nil if there is none.
func (fb *Fiber) cancelDue() error {
	if x := fb.extra; x != nil {
		if c, ok := x.pending.(*Canceled); ok {
			x.pending = nil
			return c
		}
	}
	return fb.scope.err()
}

// deliver notes err as the result of the operation that fb waits for or begins, which delivered returns. So an operation that
// seldom fails needs no room for an error.
func (fb *Fiber) deliver(err error) {
	fb.more().delivered = err
	fb.flags |= fiberDelivered
}

// delivered takes what deliver noted; nil if the operation was not aborted.
func (fb *Fiber) delivered() error {
	if fb == nil || fb.flags&fiberDelivered == 0 {
		return nil
	}
	fb.flags &^= fiberDelivered
	err := fb.extra.delivered
	fb.extra.delivered = nil
	return err
}

// climb goes on with whoever awaited the leaf, which has ended, or with whom it has given way to.
func (fb *Fiber) climb() {
	for fb.ascend() && (fb.leaf.Resume(fb) || fb.flags&fiberPassed != 0) {
	}
}

// pass has fb go on at once with next, when what is running has suspended: an async generator and who awaits its values take
// turns by it, as neither is a call of the other.
func (fb *Fiber) pass(next Resumable) {
	fb.leaf = next
	fb.flags |= fiberPassed
}

// ascend makes the leaf, which has ended, give way to who awaits it, unless it has passed the turn. It reports false if the
// leaf was the driver.
func (fb *Fiber) ascend() bool {
	if fb.flags&(fiberEnded|fiberPassed) != 0 {
		passed := fb.flags&fiberPassed != 0
		fb.flags &^= fiberPassed
		return passed
	}
	f := fb.leaf.Base()
	fb.leaf = f.parent
	if f.state == stateDone {
		f.parent = nil
	} else {
		fb.leaf = fb.extra.above
		fb.extra.above = nil
	}
	return true
}

// exiting reports whether the panic that was just recovered leaves a goroutine that goes on exiting after it.
func (fb *Fiber) exiting() bool { return fb != nil && fb.flags&fiberExiting != 0 }

// panicked notes that what fb resumed last has ended by x; its parent is resumed next.
func (fb *Fiber) panicked(x *Failure) {
	fb.wait = nil
	fb.flags &^= fiberExiting
	f := fb.leaf.Base()
	if f == nil {
		fb.leaf.(driver).failed(fb, x)
		return
	}
	fb.leaf = f.parent
	f.fail(x)
}
