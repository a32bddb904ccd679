package rt

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
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
// RunLoops with the same value. Where a loop runs on the calling goroutine already it returns ErrLoopRunning, and f is not called.
func RunLoops(n int, f func(loops []*Loop, i int) error) error {
	return RunLoopsAsync(n, func(loops []*Loop, i int) Awaitable[struct{}] {
		return newGoCoro(func() (struct{}, error) { return struct{}{}, f(loops, i) })
	})
}

// RunLoopsAsync is RunLoops for the generated form of f.
func RunLoopsAsync(n int, f func(loops []*Loop, i int) Awaitable[struct{}]) error {
	if here().loop != nil {
		return ErrLoopRunning
	}
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	g := &loopGroup{loops: make([]*Loop, n), f: f, left: n}
	for i := range g.loops {
		l, err := NewLoop(LoopOptions{PanicErrors: true, MaxBlocking: blockingShare(n)})
		if err != nil {
			for _, made := range g.loops[:i] {
				made.Close()
			}
			return err
		}
		g.loops[i] = l
	}
	var running sync.WaitGroup
	for i := range g.loops {
		running.Go(func() { g.run(i) })
	}
	running.Wait()
	return g.outcome()
}

// errSibling is why the tasks of a loop are cancelled when something has failed on another.
var errSibling = errors.New("rt: something has failed on another loop")

// loopGroup is one RunLoops.
type loopGroup struct {
	loops []*Loop
	f     func(loops []*Loop, i int) Awaitable[struct{}]

	mu       sync.Mutex
	left     int // calls that have not ended
	errs     []error
	panicked *Failure // the first
	exited   bool     // one has called runtime.Goexit
}

// run is the goroutine of loop i.
func (g *loopGroup) run(i int) {
	l := g.loops[i]
	root := SpawnOn[struct{}](l, thunk[struct{}](func() Awaitable[struct{}] { return g.f(g.loops, i) }))
	noted := false
	root.AddDoneCallback(func(t *Task[struct{}]) {
		noted = true
		g.ended(l, t)
	})
	defer l.Close()
	defer func() {
		if x := l.takeLeft(); x != nil {
			g.failed(x)
		}
		if !noted { // it ended in the last turn
			g.ended(l, root)
		}
	}()
	defer l.runOut(forever)
	defer func() {
		if x := recover(); x != nil {
			g.failed(newFailure(x))
		}
		if l.exited {
			g.failed(&Failure{Goexit: true})
		}
	}()
	if err := l.Run(); err != nil {
		if x, ok := err.(*Failure); ok {
			g.failed(x)
		} else {
			g.fail(fmt.Errorf("rt: loop %d: %w", i, err))
		}
	}
}

// ended notes that a loop's call has ended. After the last, all loops stop.
func (g *loopGroup) ended(l *Loop, t *Task[struct{}]) {
	if x := t.failure(); x != nil {
		g.failed(x)
	} else if _, err := t.Result(); err != nil && (l.root.canceled == nil || !errors.Is(err, l.root.canceled)) {
		g.fail(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left--; g.left == 0 {
		for _, l := range g.loops {
			l.Post(l.Stop) // one that is closed has ended
		}
	}
}

// fail notes an error and cancels what runs on all loops.
func (g *loopGroup) fail(err error) {
	g.mu.Lock()
	g.errs = append(g.errs, err)
	g.mu.Unlock()
	g.cancel()
}

// failed is fail for a panic or Goexit.
func (g *loopGroup) failed(x *Failure) {
	g.mu.Lock()
	if x.Goexit {
		g.exited = true
	} else if g.panicked == nil {
		g.panicked = x
	}
	g.mu.Unlock()
	g.cancel()
}

func (g *loopGroup) cancel() {
	for _, l := range g.loops {
		l.Post(func() { l.root.cancel(errSibling) })
	}
}

// outcome is what RunLoops returns, when all loops have ended.
func (g *loopGroup) outcome() error {
	defer func() { g.panicked.passOn() }()
	if g.exited {
		runtime.Goexit()
	}
	return errors.Join(g.errs...)
}
