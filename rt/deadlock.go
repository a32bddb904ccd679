package rt

import (
	"fmt"
	"sync"
	"time"
)

// Deadlocks. A loop on which nothing is ready and no timer set sleeps until something outside wakes it: the kernel for a
// descriptor, or another goroutine. If all tasks wait for what only code on the loop could do (unlock, put, set, end), and no
// goroutine can get in, they wait for ever.
//
// No false alarm comes of it, because of who can get in:
//
//   - Post, and so every function that wakes something through it, needs the Loop. The loops that Run and RunAsync make are
//     private until somebody asks for one: RunningLoop, or Fiber.Loop of what Task.Fiber has returned. After that there are no reports,
//     as nothing tells who has only set a timer from who has a goroutine that will Post in an hour; debug mode logs what may be one.
//   - A blocking form outside any task (queue.Put on a goroutine) needs no Loop, only the queue. On a private loop it is refused,
//     unless a hold lasts: of a goroutine of Blocking, or by Hold.
//   - A context from outside that bounds something, by WithContext, is a hold as long as it does, if it can end.
//   - What waits for something outside is an operation that does not say it is inside: those of poll, Blocking, a timer, and all
//     that are not of this package. One of them is enough.
//
// On a loop that is made with LoopOptions.Deadlocks, who has the Loop says by Hold how long something of his may come. The loops of
// RunLoops post to each other, so they are looked at together: see loopGroup.stuck.
//
// While nobody is deadlocked, it costs nothing: the tasks are looked at when the loop has slept for deadlockAfter, once before it
// sleeps on for ever, and only up to the first that waits for something outside. A clock that is not the machine's may move by such a
// sleep, for which nobody has asked; so there they are looked at before as well, and the loop sleeps for ever if one can still go on.

// deadlockAfter is how long a loop has slept before it looks for a deadlock.
const deadlockAfter = time.Second

// DeadlockError is returned by Run, RunEach, RunUntil and their like, and by RunLoopsWith if it is asked for, if no task can ever
// run again (F35). Its text is the tree of what awaits what, with the source lines; tasks that wait for each other in a circle are
// named first.
type DeadlockError struct{ Snapshot *Snapshot }

// Error says who waits for what.
func (e *DeadlockError) Error() string {
	return fmt.Sprintf("rt: deadlock: no task can run, and nothing outside is waited for\n%v", e.Snapshot)
}

// Hold says that somebody outside the loop, who has the Loop, may yet Post to it: until release is called, which is to be done
// once, that no task can run is no deadlock. It matters on loops with LoopOptions.Deadlocks alone. Any goroutine may call both.
func (l *Loop) Hold() (release func()) {
	l.holds.Add(1)
	return sync.OnceFunc(func() {
		l.holds.Add(-1)
		_ = l.Post(func() {}) // it may have looked, and sleep for ever; if it is closed nobody waits
	})
}

// holdMore adds a hold to those that last. It reports false if there is none and the loop is private.
func (l *Loop) holdMore() bool {
	for {
		n := l.holds.Load()
		if n == 0 && l.private.Load() {
			return false
		}
		if l.holds.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// RunningLoop returns the loop that runs the calling code, nil if there is none. Who has asked for it might Post to it from another
// goroutine at any time; so from then on the loop of Run, or RunEach, reports no deadlocks, but in debug mode it logs what may be one.
func RunningLoop() *Loop { return here().loop.lent() }

// RunningLoopIn is RunningLoop for code that has the fiber; it ends the reports of deadlocks, too.
func RunningLoopIn(fb *Fiber) *Loop { return fb.loop.lent() }

// lent notes that the loop's user has it now, and returns it.
func (l *Loop) lent() *Loop {
	if l != nil && l.private.Load() {
		l.private.Store(false)
		l.reports.Store(false)
		l.suspects = l.debug != nil
	}
	return l
}

// idle returns how long the poller waits if nothing is ready and no timer set: for ever, or until it is time to look around.
func (l *Loop) idle() time.Duration {
	switch {
	case !l.reports.Load() && !l.suspects || l.lookedAround:
		return -1
	case l.machine:
		return deadlockAfter
	case !l.waitsInside():
		return -1
	case l.suspects:
		l.suspect()
		return -1
	}
	return deadlockAfter // the poller may still bring something in
}

// slept is called when the poller has waited. It returns a *DeadlockError if no task can ever run.
func (l *Loop) slept() error {
	if _, timer := l.timers.earliest(); timer || !l.ready.empty() || l.dying || !l.reports.Load() && !l.suspects {
		return nil
	}
	l.lookedAround = true
	if !l.waitsInside() {
		return nil
	}
	switch {
	case l.suspects:
		l.suspect()
	case l.member != nil:
		l.member.group.stuck(l)
	default:
		return &DeadlockError{l.snapshot()}
	}
	return nil
}

// waitsInside reports whether all tasks wait for what only code on the loop can do, and nobody who may post holds it. Who has posted and
// then ended his hold may have done so since posts were let in.
func (l *Loop) waitsInside() bool {
	return l.holds.Load() == 0 && !l.door.full.Load() && (l.tasks > 0 || l.member != nil) && l.root.all((*Fiber).waitsInside)
}

// suspect logs, once, that this may be a deadlock.
func (l *Loop) suspect() {
	l.suspects = false
	l.debug.suspect()
}

// goesOn is called when something is about to run that has come since the loop looked around.
func (l *Loop) goesOn() {
	l.lookedAround = false
	if l.member != nil {
		l.member.group.wakes(l)
	}
}

// insider is an operation that says whether only code which runs on the loop can end it, and whatever cancels it. Those of this
// package that have to do with goroutines, other loops or timers, and all others, do not say so.
type insider interface{ inside() bool }

// inside: the other loop is the same one, or one that is looked at together with it.
func (op *OnOp[T]) inside() bool {
	c := op.call
	return c != nil && (c.remote == c.home || c.home.together(c.remote))
}

func (op *TaskWaitOp[T]) inside() bool      { return true }
func (op *FutureWaitOp[T]) inside() bool    { return true }
func (op *LockLockOp) inside() bool         { return true }
func (op *SemaphoreAcquireOp) inside() bool { return true }
func (op *EventWaitOp) inside() bool        { return true }
func (op *ConditionWaitOp) inside() bool    { return true }
func (op *QueuePutOp[T]) inside() bool      { return true }
func (op *QueueGetOp[T]) inside() bool      { return true }
func (op *QueueJoinOp[T]) inside() bool     { return true }
func (op *BarrierWaitOp) inside() bool      { return true }
func (op *GatherOp[T]) inside() bool        { return true }
func (op *groupWait) inside() bool          { return true }
func (op *GroupDrainOp) inside() bool       { return true }
func (op *GroupGoWaitOp) inside() bool      { return true }
func (op *starter) inside() bool            { return true }
func (op *RaceOp[T]) inside() bool          { return true }
func (op *WaitOp[W]) inside() bool          { return !op.limited }

// inside: one that waits for something outside is enough to end the Select. One of nothing never ends by itself.
func (op *SelectOp) inside() bool {
	for i := range op.branches {
		if b := &op.branches[i]; b.runs.wait != nil && !b.runs.waitsInside() {
			return false
		}
	}
	return true
}

// together reports whether l and other are loops of one RunLoops.
func (l *Loop) together(other *Loop) bool {
	return l.member != nil && other.member != nil && l.member.group == other.member.group
}

// waitsInside reports whether fb waits for what only code on the loop can do.
func (fb *Fiber) waitsInside() bool {
	op, ok := fb.wait.(insider)
	return ok && op.inside()
}

// all reports whether f is true for every fiber in s and in the scopes inside it; it ends with the first for which it is not.
func (s *Scope) all(f func(*Fiber) bool) bool {
	for fb := s.fibers; fb != nil; {
		if !f(fb) {
			return false
		}
		if fb = fb.next; fb == s.fibers {
			break
		}
	}
	for c := s.children; c != nil; {
		if !c.all(f) {
			return false
		}
		if c = c.next; c == s.children {
			break
		}
	}
	return true
}
