package rt

import "runtime"

// The plain form: annotated functions run as the ordinary Go they are, each task on a goroutine of its own, one of them at
// a time. A plain task is a Task like any other; only its root coroutine, a goCoro, runs ordinary code. Its Resume hands
// the baton to the task's goroutine and blocks the loop's until the baton comes back, when the code is about to wait or has
// ended:
//
//	loop's goroutine                        task's goroutine
//	Resume: hand over, wait          ──>    f runs
//	                                        rt.Block(op): op.Start on the task's fiber; not ready: hand back
//	Suspend; other tasks run         <──
//	op's fiber is woken
//	Resume: hand over, wait          ──>    op.Result; f runs on
//	End                              <──    f returned
//
// So order, timers and cancellation are the loop's own in both forms, and code between two awaits needs no lock in either.
// A plain task costs a goroutine, and some 10 µs a switch, most of it for finding out who asks: it is for tests, for debugging, and
// as the oracle for the generated form. One that has not ended when its loop is closed keeps its goroutine for ever. Run sees to it
// that none is left, but for those that a grace has been too short for, or that a panic does not wait for.

// goCoro is the root coroutine of a plain task: one call of f on a goroutine of its own.
type goCoro[T any] struct {
	Frame
	plainTask

	f      func() (T, error)
	result T
	err    error
}

// plainTask is the part of a goCoro that does not depend on its result: the baton.
type plainTask struct {
	self   Resumable     // the goCoro that this is part of
	fiber  *Fiber        // that it runs on
	run    chan struct{} // to the task's goroutine: go on
	halt   chan halt     // from it: it waits, or has ended
	failed *Failure      // how f ended if it did not return; set before haltEnded, and before haltGoexit if a deferred call panicked
	exited *Failure      // what f awaited called Goexit, and so f's goroutine does; set by exitForReal

	goroutine uint64 // the number of the task's, once it has begun
	waits     Call   // in debug mode: where it has waited last; the zero Call before
}

// halt says why a task's goroutine gave the baton back.
type halt int8

const (
	haltWaits  halt = iota // the task's fiber has suspended
	haltEnded              // f returned or panicked
	haltGoexit             // f called runtime.Goexit, as t.Fatal does
)

// newGoCoro returns the coroutine of a call of f that has not begun.
func newGoCoro[T any](f func() (T, error)) *goCoro[T] {
	co := &goCoro[T]{f: f}
	co.self = co
	co.Visible()
	return co
}

// Start begins the call; the fiber is that of the task whose root this is.
func (co *goCoro[T]) Start(fb *Fiber, parent Resumable) (ready bool) { return Begin(fb, co, parent) }

// Result returns what f returned, or panics as f did.
func (co *goCoro[T]) Result() (T, error) {
	co.Check()
	return co.result, co.err
}

// Resume lets the task's goroutine run until it waits or ends.
func (co *goCoro[T]) Resume(fb *Fiber) (done bool) {
	co.fiber = fb // an async generator runs on those of all who await its values
	if co.Enter() == 0 {
		co.run, co.halt = make(chan struct{}), make(chan halt)
		go co.main()
	} else {
		co.run <- struct{}{}
	}
	switch <-co.halt {
	case haltWaits:
		return co.Suspend(1)
	case haltGoexit:
		co.exit(fb)
	}
	if co.failed != nil {
		co.failAt(fb, co.failed)
		return true
	}
	return co.End()
}

// exit ends the loop's goroutine, and with it Run's, as the task's has ended: by Goexit, or by the panic of a deferred call under
// Goexit.
func (co *goCoro[T]) exit(fb *Fiber) {
	defer func() {
		if co.failed != nil {
			fb.flags |= fiberExiting
			panic(co.failed.Value)
		}
	}()
	runtime.Goexit()
}

// main is the task's goroutine.
func (co *goCoro[T]) main() {
	leave := enterTask(co.fiber.loop, &co.plainTask)
	why := haltGoexit
	defer func() {
		if why == haltGoexit && co.exited != nil { // only its goroutine exits: the one that called Goexit ended Run
			why = haltEnded
			if co.failed == nil {
				co.failed = co.exited
			}
		}
		leave()
		co.halt <- why
	}()
	co.call()
	why = haltEnded
}

// call calls f and recovers its panic. It returns unless f called Goexit: if a deferred call panicked then, and that is
// recovered here, the Goexit goes on.
func (co *goCoro[T]) call() {
	defer func() {
		if p := recover(); p != nil {
			co.failed = co.fiber.caughtAside(p)
		}
	}()
	co.result, co.err = co.f()
}

// Spawn makes a task of f, which runs beside the calling task from the next turn of the loop on; tasks begin in the order in
// which they were spawned. The caller need not wait for it; when Run's function returns, tasks that are left are cancelled. It
// panics with Misuse where no loop runs.
func Spawn[T any](f func() (T, error)) *Task[T] {
	l := here().loop
	if l == nil {
		panic(Misuse("rt: Spawn where no loop runs: call it inside rt.Run, or use rt.SpawnOn"))
	}
	return SpawnOn[T](l, newGoCoro(f))
}

// Spawn0 is Spawn for an f without a result.
func Spawn0(f func() error) *Task[struct{}] {
	return Spawn(func() (struct{}, error) { return struct{}{}, f() })
}

// Block is how a blocking form waits in a plain task, where InTask reports true: it starts aw on the task's fiber, lets other
// tasks run until aw is done, and returns its result. A cancel of the task comes out of aw as in the generated form.
func Block[T any](aw Awaitable[T]) (T, error) {
	t := here().task
	if t == nil {
		panic(Misuse("rt: Block outside a plain task: call it where rt.InTask reports true"))
	}
	return blockIn(t, aw)
}

// blockIn is Block in t, the caller's task.
func blockIn[T any](t *plainTask, aw Awaitable[T]) (T, error) {
	defer t.exitForReal()
	if !aw.Start(t.fiber, t.self) {
		t.suspend()
	}
	return aw.Result()
}

// suspend lets other tasks run until what was started on t's fiber is done.
func (t *plainTask) suspend() {
	if l := t.fiber.loop; l != nil && l.debug != nil {
		t.waits = caller()
	}
	t.halt <- haltWaits
	<-t.run
}

// exitForReal is deferred by blockIn. Where a coroutine that called runtime.Goexit is awaited, a private panic unwinds those who
// wait; on a goroutine, Goexit itself can do that, and user code cannot recover it.
func (t *plainTask) exitForReal() {
	switch p := recover().(type) {
	case nil:
	case goexit:
		t.exited = p.failure
		runtime.Goexit()
	default:
		panic(p)
	}
}
