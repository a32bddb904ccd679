package rt

import (
	"context"
	"errors"
	"runtime"
)

// Task is a coroutine that runs on a loop by itself: a fiber, and a future of its end. It ends when its coroutine does: then,
// in one step, its result is there, its fiber has left its scope, and who waits for it is woken.
//
// All its methods but Wait belong to the loop's goroutine.
type Task[T any] struct {
	runs Fiber
	root Awaitable[T] // the coroutine; before the first step perhaps a thunk, after the end perhaps a settled
	line waiters
}

// thunk is the root of a task whose coroutine is made at its first step, so that a panic while it is made is the task's.
type thunk[T any] func() Awaitable[T]

func (thunk[T]) Start(*Fiber, Resumable) bool { panic("rt: a thunk is called, not started") }
func (thunk[T]) Result() (T, error)           { panic("rt: a thunk has no result") }

// settled is the root of a task that has ended whose operation can be asked only once.
type settled[T any] struct {
	value T
	err   error
}

func (settled[T]) Start(*Fiber, Resumable) bool { panic("rt: settled") }
func (s *settled[T]) Result() (T, error)        { return s.value, s.err }

// SpawnOn makes a task of aw on l. Nothing of it runs before the next turn, and tasks begin in the order in which they were
// made (statements 059, 060). It panics once l is closed.
func SpawnOn[T any](l *Loop, aw Awaitable[T]) *Task[T] {
	if debugAll {
		given(aw)
	}
	l.mustBeOpen("SpawnOn")
	t := &Task[T]{root: aw}
	t.runs.begin(&l.root, (*taskRoot[T])(t), aw)
	return t
}

// SpawnIn is Spawn in an async function: it makes a task of what f returns on fb's loop.
func SpawnIn[T any](fb *Fiber, f func() Awaitable[T]) *Task[T] {
	if fb.loop == nil {
		panic(Misuse("rt: Spawn in a coroutine that is driven by hand: run it as a task on a loop"))
	}
	return SpawnOn[T](fb.loop, thunk[T](f))
}

// Spawn0In is Spawn0 in an async function.
func Spawn0In(fb *Fiber, f func() Awaitable[struct{}]) *Task[struct{}] { return SpawnIn(fb, f) }

// begin makes fb the ready fiber of a task in scope. If aw is the call of a coroutine, it becomes the fiber's leaf itself, with the
// task as its parent: then its first step needs no recover but the loop's.
func (fb *Fiber) begin(scope *Scope, root driver, aw any) {
	l := scope.loop
	fb.loop, fb.credit, fb.leaf = l, maxCredit, root
	if co, ok := aw.(Resumable); ok {
		if f := co.Base(); f.flags&frameVisible != 0 {
			if f.state != stateNew || f.parent != nil {
				f.refuse()
			}
			f.parent = root
			fb.leaf = co
			fb.flags = fiberBegun
		}
	}
	fb.setValues(l.runningValues())
	scope.add(fb)
	l.tasks++
	if l.observed {
		l.observeSpawn(fb)
	}
	fb.flags |= fiberQueued
	l.push(fb)
}

// taskRoot is a task as the driver of its fiber.
type taskRoot[T any] Task[T]

func (t *taskRoot[T]) Base() *Frame  { return nil }
func (t *taskRoot[T]) fiber() *Fiber { return &t.runs }

// Resume begins a root that is no coroutine, and ends the task when the root has ended.
func (t *taskRoot[T]) Resume(fb *Fiber) (done bool) {
	if fb.flags&fiberBegun == 0 {
		fb.flags |= fiberBegun
		if f, ok := t.root.(thunk[T]); ok {
			t.root = f()
		}
		if !t.root.Start(fb, t) {
			return false
		}
	}
	t.end(fb)
	return true
}

// end reads the result and ends the task.
func (t *taskRoot[T]) end(fb *Fiber) {
	var err error
	if co, ok := t.root.(Resumable); ok {
		if f := co.Base(); f.state == stateFailed {
			t.close(fb, f.endedBy())
			return
		}
		_, err = t.root.Result()
	} else {
		s := new(settled[T])
		s.value, s.err = t.root.Result() // a panic here comes back through failed
		t.root, err = s, s.err
	}
	if ends := fb.endsWith(err); ends != nil && err == nil {
		t.root, err = &settled[T]{err: ends}, ends
	}
	if err != nil && fb.loop.debug != nil && t.line.first == nil {
		t.unread(err)
	}
	t.close(fb, nil)
}

// unread notes that t ends with err, which nobody waits for, unless that is a cancel and nothing else.
func (t *taskRoot[T]) unread(err error) {
	fb := &t.runs
	if errs, _ := sift(err, nil, true); len(errs) > 0 {
		fb.flags |= fiberUnread
		unread(fb.loop.debug.lost, fb, fb.Name(), fb.notes().made, err)
	}
}

// endsWith returns the error that fb's task ends with whose code has returned err: its own cancel if it has met none and returned no
// error (statement 086). It notes whether that is a cancel.
func (fb *Fiber) endsWith(err error) error {
	if err == nil {
		if own := fb.selfCanceled(); own != nil {
			err = own
		}
	}
	if err != nil && errors.Is(err, context.Canceled) {
		fb.flags |= fiberCancelled
	}
	return err
}

// failed ends the task by x: its root is no coroutine and panicked.
func (t *taskRoot[T]) failed(fb *Fiber, x *Failure) {
	fb.flags |= fiberFailed
	fb.more().failure = x
	t.root = nil
	t.close(fb, x)
}

// close ends the task, by x if that is not nil.
func (t *taskRoot[T]) close(fb *Fiber, x *Failure) {
	l := fb.loop
	fb.flags |= fiberEnded
	fb.leaf = nil
	fb.endContexts(nil)
	fb.leaveScope()
	l.tasks--
	if l.observed {
		l.observeEnd(fb)
	}
	switch {
	case x == nil:
	case t.line.first == nil:
		l.report(x)
	default:
		eachInRing(t.line.first, (*waiter).nextInLine, func(w *waiter) { w.fiber.meets(x) })
	}
	t.line.wakeAll()
}

// Result returns what the task's coroutine returned, and panics as it did if it panicked. While the task has not ended it
// returns ErrInvalidState.
func (t *Task[T]) Result() (T, error) {
	if t.runs.flags&(fiberEnded|fiberFailed|fiberUnread) != fiberEnded {
		switch {
		case t.runs.flags&fiberFailed != 0:
			t.runs.extra.failure.raise()
		case t.runs.flags&fiberUnread == 0:
			var none T
			return none, ErrInvalidState
		}
		t.runs.loop.debug.lost.read(addressOf(&t.runs))
	}
	return t.root.Result()
}

// resultOrExit is Result for code that is no coroutine: if the task called runtime.Goexit, so does the caller.
func (t *Task[T]) resultOrExit() (T, error) {
	if x := t.failure(); x != nil && x.Goexit {
		runtime.Goexit()
	}
	return t.Result()
}

// failure returns how the task ended if it did not return, else nil.
func (t *Task[T]) failure() *Failure {
	if t.runs.flags&fiberFailed != 0 {
		return t.runs.extra.failure
	}
	if co, ok := t.root.(Resumable); ok && co.Base().state == stateFailed {
		return co.Base().endedBy()
	}
	return nil
}

// Done reports whether the task has ended.
func (t *Task[T]) Done() bool { return t.runs.flags&fiberEnded != 0 }

// Canceled reports whether the task has ended with an error that is context.Canceled.
func (t *Task[T]) Canceled() bool { return t.runs.flags&fiberCancelled != 0 }

// Cancel has what the task awaits, or awaits next, fail once with a *Canceled with cause, which may be nil. It reports false if
// the task has ended. A cancel before the first step is delivered at the first await, so that deferred calls run; one that
// comes after the awaited value does not take it away (statements 080 to 085). Two cancels before the task has run again
// deliver one error. A task that has cancelled itself, and returns without another await and without an error, ends cancelled
// (statement 086).
func (t *Task[T]) Cancel(cause error) bool { return t.runs.cancelFor(cause) }

// cancelFor is Task.Cancel.
func (fb *Fiber) cancelFor(cause error) bool {
	fb.loop.check("task.Cancel")
	return fb.cancel(&Canceled{Cause: cause, ofTask: true})
}

// cancel counts a cancel and throws err. One cancel can come on several ways, if the fibers of a scope await each other: it
// counts once.
func (fb *Fiber) cancel(err *Canceled) bool {
	if fb.flags&fiberEnded != 0 {
		return false
	}
	x := fb.more()
	if x.canceled == err {
		return true
	}
	x.canceled = err
	x.cancels++
	fb.cancelSoon(err)
	if fb.loop != nil && fb.loop.current == fb {
		x.own = err
		if first, ok := x.pending.(*Canceled); ok {
			x.own = first
		}
	}
	return true
}

// Canceling returns how often Cancel was called before the end.
func (t *Task[T]) Canceling() int { return t.runs.cancelling() }

func (fb *Fiber) cancelling() int {
	if fb.extra == nil {
		return 0
	}
	return fb.extra.cancels
}

// Fiber returns the fiber that the task runs on. The loop of Run goes on to report deadlocks until the fiber is asked for it, by
// Fiber.Loop.
func (t *Task[T]) Fiber() *Fiber {
	t.runs.flags |= fiberShown
	return &t.runs
}

// AddDoneCallback has fn called with t in a turn of the loop after t has ended. The result serves to remove it.
func (t *Task[T]) AddDoneCallback(fn func(*Task[T])) *Callback[*Task[T]] {
	cb := NewCallback(fn)
	t.AddCallback(cb)
	return cb
}

// AddCallback is AddDoneCallback for a callback made before; registered twice, it is called twice.
func (t *Task[T]) AddCallback(cb *Callback[*Task[T]]) {
	t.runs.loop.check("task.AddCallback")
	register(t.runs.loop, &t.line, t.Done(), cb, t)
}

// RemoveDoneCallback removes every registration of cb and returns how many there were; 0 once the task has ended.
func (t *Task[T]) RemoveDoneCallback(cb *Callback[*Task[T]]) int {
	t.runs.loop.check("task.RemoveDoneCallback")
	return unregister(&t.line, cb)
}

// Wait returns the task's result once it has ended, or panics as it did. If a task that waits is cancelled, the cancel goes to
// t, and the wait ends when t does (statements 090, 091); where several wait for t, await [Wait] instead, which cancels nothing, and
// then take the Result. Cancel: lossless, the task keeps its result; if it ends before it has met the cancel, Wait returns that, and
// the next await fails. If t was cancelled by others, Wait returns a *TaskCanceledError, which is no cancel of who waits (statement
// 092). A goroutine that is no task blocks; it gets ErrLoopClosed if the loop closes before.
func (t *Task[T]) Wait() (T, error) {
	if caller := taskHere(); caller != nil {
		return blockIn[T](caller, &TaskWaitOp[T]{task: t})
	}
	refuseOnLoop("task.Wait()")
	if err := t.runs.loop.blockUntil(func(wake func()) bool {
		if !t.Done() {
			t.AddDoneCallback(func(*Task[T]) { wake() })
			return false
		}
		return true
	}); err != nil && !t.Done() { // nor could a task that ended in the loop's last turn say so
		var none T
		return none, err
	}
	return t.resultOrExit() // nothing changes it any more
}

// WaitAsync is Wait in an async function.
func (t *Task[T]) WaitAsync() Awaitable[T] { return &TaskWaitOp[T]{task: t} }

// TaskWaitOp is the operation of Task.Wait.
type TaskWaitOp[T any] struct {
	waiter waiter
	task   *Task[T]
}

// Init prepares a wait for t.
func (op *TaskWaitOp[T]) Init(t *Task[T]) { *op = TaskWaitOp[T]{task: t} }

// Start begins the wait.
func (op *TaskWaitOp[T]) Start(fb *Fiber, parent Resumable) (ready bool) {
	t := op.task
	op.waiter.fiber = fb
	if err := fb.Checkpoint(); err != nil {
		fb.deliver(err)
		return fb.Ready(parent)
	}
	if fb.loop != t.runs.loop {
		t.runs.mustBeOn(fb.loop)
	}
	if t.Done() {
		return fb.Ready(parent)
	}
	if &t.runs == fb {
		panic(Misuse("rt: a task awaits itself and would wait for ever"))
	}
	t.line.add(&op.waiter)
	fb.Suspend(parent, op)
	return false
}

// mustBeOn panics if fb's task is awaited by one of l, another loop, also if it has ended, as its loop's goroutine may use it now; once that
// is closed, what has ended may be read. A hand-driven wait has no loop.
func (fb *Fiber) mustBeOn(l *Loop) {
	if l != nil && !(fb.loop.Closed() && fb.flags&fiberEnded != 0) {
		panic(Misuse("rt: a task awaits a task of another loop: pass the result on with Loop.Post"))
	}
}

// missed reports whether fb's task has ended without an operation that could fail with its cancel.
func (fb *Fiber) missed() bool {
	if fb.extra == nil {
		return false
	}
	_, ok := fb.extra.pending.(*Canceled)
	return ok
}

// Abort passes a cancel on to the task; any other error ends the wait alone.
func (op *TaskWaitOp[T]) Abort(fb *Fiber, err error) Outcome {
	if c, ok := err.(*Canceled); ok {
		op.task.runs.cancel(c)
		fb.flags |= fiberForwarded
		if fb.once(c) {
			fb.flags |= fiberOwnCancel
		}
		return Forwarded
	}
	fb.deliver(err)
	op.task.line.remove(&op.waiter)
	return Aborted
}

// Result returns the task's result.
func (op *TaskWaitOp[T]) Result() (T, error) {
	fb, t := op.waiter.fiber, op.task
	op.waiter.fiber, op.task = nil, nil
	passed, once := fb.flags&fiberForwarded != 0, fb.flags&fiberOwnCancel != 0
	fb.flags &^= fiberForwarded | fiberOwnCancel
	if err := fb.delivered(); err != nil {
		var none T
		return none, err
	}
	if x := t.failure(); x != nil {
		fb.takes(x)
		if once && t.runs.missed() {
			fb.again()
		}
	}
	v, err := t.Result()
	if once {
		if c := cancelIn(err); c == nil && t.runs.missed() || c != nil && !fb.once(c) {
			fb.again() // it ended before it met the cancel, or by that of a scope
		}
	}
	if t.Canceled() && !passed {
		err = &TaskCanceledError{Err: err}
	}
	return v, err
}
