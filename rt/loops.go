package rt

import (
	"fmt"
	"runtime"
)

// RunLoops runs n loops, each on a goroutine of its own, as many as there are cores (GOMAXPROCS) if n is not positive. On each it
// calls f in a plain task, with all the loops and the number of its own. Every loop goes on, to serve the others, until all these
// calls have returned; then the tasks that are left are cancelled and run to their end, the loops are closed, and RunLoops returns.
//
// A task stays on its loop for life, so code between two awaits needs no lock against other tasks of that loop, and what is bound to
// a loop (futures, locks, queues, connections) is used on that loop alone. From one loop to another go messages, with Loop.Post,
// and calls, with On:
//
//	err := rt.RunLoopsAsync(0, func(loops []*rt.Loop, i int) rt.Awaitable[struct{}] {
//		return serveAsync(listeners[i])
//	})
//
// The first call that fails cancels everything on all loops; RunLoops returns the errors of the calls, joined, without those that
// are this cancel alone. A panic of a call, or of a task that nobody awaits, cancels everything, too, and then panics out of
// RunLoops with the same value; tasks that refuse to end do not hold it up, as in Run, also those that wait for another loop. A loop that
// does not turn, as a step on it computes or blocks, is waited for a second; if the panic is recovered, that loop ends when it can.
// Where a loop runs on the calling goroutine already it returns ErrLoopRunning, and f is not called.
// RunLoopsWith can say what the loops are made of, and how long the tasks have at the end. Deadlocks are not reported if they are not
// asked for there.
func RunLoops(n int, f func(loops []*Loop, i int) error) error {
	return RunLoopsWith(RunOptions{}, n, f)
}

// RunLoopsAsync is RunLoops for the generated form of f.
func RunLoopsAsync(n int, f func(loops []*Loop, i int) Awaitable[struct{}]) error {
	return RunLoopsAsyncWith(RunOptions{}, n, f)
}

// RunLoopsWith is RunLoops with options; the zero RunOptions are what RunLoops does. Each loop is made of opts.Loop, where
//
//   - Clock, Epoch, Unhandled, Choose and Log are those of all loops, which call them from their own goroutines, several at a time.
//     Unhandled is called on the loop of the task that panicked, and that and all others go on.
//   - Rand seeds a source for each loop, in their order, and is not used after that: with the same seed each loop draws the same
//     numbers again.
//   - Debug, SlowStep and MaxBlocking are for each loop by itself. If MaxBlocking is zero or less, the loops share 8192.
//   - Deadlocks has all loops looked at: when no task of any can run, and none waits for something outside, each that has tasks gets its
//     *DeadlockError, which RunLoopsWith returns, joined, and everything is cancelled. Goroutines that have the loops say by Hold how long
//     they may Post to them. Without it there are no reports, as f hands out the loops.
//   - PanicErrors has RunLoopsWith return the first panic, a *Failure, joined with the other errors.
//   - Poller is for one loop. With several it has to be nil, so that each loop gets its own, or RunLoopsWith panics with Misuse.
//
// The grace of opts begins, on each loop, when its tasks are cancelled: because something has failed, or because all calls have
// returned. Within it the loops go on to serve each other. The calls and tasks of all loops that have not ended then are in one
// *SurvivorsError, joined with what the calls returned, in the order of the loops.
func RunLoopsWith(opts RunOptions, n int, f func(loops []*Loop, i int) error) error {
	return RunLoopsAsyncWith(opts, n, func(loops []*Loop, i int) Awaitable[struct{}] {
		return newGoCoro(func() (struct{}, error) { return struct{}{}, f(loops, i) })
	})
}

// RunLoopsAsyncWith is RunLoopsAsync with options.
func RunLoopsAsyncWith(opts RunOptions, n int, f func(loops []*Loop, i int) Awaitable[struct{}]) error {
	if here().loop != nil {
		return ErrLoopRunning
	}
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	if opts.Loop.Poller != nil && n > 1 {
		panic(Misuse(fmt.Sprintf("rt: RunLoopsWith %d loops and LoopOptions.Poller, which serves one: leave it nil", n)))
	}
	g, err := newLoopGroup(opts, n, f)
	if err != nil {
		return err
	}
	for i := range g.loops {
		go g.run(i)
	}
	g.wait()
	return g.outcome()
}
