package rt

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

// errSibling is why the tasks of a loop are cancelled when something has failed on another.
var errSibling = errors.New("rt: something has failed on another loop")

// loopGroup is one RunLoops.
type loopGroup struct {
	opts    RunOptions
	loops   []*Loop
	members []member // of each loop
	f       func(loops []*Loop, i int) Awaitable[struct{}]

	mu       sync.Mutex
	left     int // calls that have not ended
	errs     []error
	panicked *Failure // the first
	exited   bool     // one has called runtime.Goexit
}

// member is what belongs to one loop's goroutine, and after its end to that of RunLoops.
type member struct {
	until time.Duration // when the grace ends on the loop's clock; 0: it has not begun
	tasks []TaskInfo    // that have not ended then
}

// open makes the loops, all or none.
func (g *loopGroup) open() error {
	for range g.members {
		l, err := NewLoop(g.loopOptions())
		if err != nil {
			for _, made := range g.loops {
				made.Close()
			}
			return err
		}
		g.loops = append(g.loops, l)
	}
	return nil
}

// loopOptions returns what the next loop is made of.
func (g *loopGroup) loopOptions() LoopOptions {
	opts := g.opts.Loop
	opts.PanicErrors = true // RunLoops raises it when all loops have ended
	opts.Deadlocks = false
	if opts.MaxBlocking <= 0 {
		opts.MaxBlocking = blockingShare(len(g.members))
	}
	if r := opts.Rand; r != nil {
		opts.Rand = rand.NewPCG(r.Uint64(), r.Uint64())
	}
	return opts
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
		if !noted { // it ended in the last turn, or not at all
			g.ended(l, root)
		}
		if left := l.survivors(g.opts.Grace); left != nil {
			g.members[i].tasks = left.Tasks
		}
	}()
	defer func() { l.runOut(g.grace(i)) }()
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

// grace returns when the grace of loop i ends, which begins now if it has not; on that loop.
func (g *loopGroup) grace(i int) time.Duration {
	m := &g.members[i]
	if m.until == 0 {
		m.until = g.loops[i].graceUntil(g.opts.Grace)
	}
	return m.until
}

// ended notes that a loop's call has ended, or will not. After the last, all loops stop.
func (g *loopGroup) ended(l *Loop, t *Task[struct{}]) {
	if x := t.failure(); x != nil {
		g.failed(x)
	} else if t.Done() {
		if _, err := t.Result(); err != nil && (l.root.canceled == nil || !errors.Is(err, l.root.canceled)) {
			g.fail(err)
		}
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

// cancel cancels what runs on all loops. They go on until all calls have ended, but not for longer than their grace.
func (g *loopGroup) cancel() {
	for i, l := range g.loops {
		l.Post(func() {
			l.root.cancel(errSibling)
			if began := g.members[i].until != 0; began {
				return
			}
			if until := g.grace(i); until < forever {
				l.CallAt(until, l.Stop)
			}
		})
	}
}

// outcome is what RunLoops returns, when all loops have ended.
func (g *loopGroup) outcome() error {
	if x := g.panicked; x != nil && g.opts.Loop.PanicErrors {
		g.panicked = nil
		g.errs = append([]error{x}, g.errs...)
	}
	defer func() { g.panicked.passOn() }()
	if g.exited {
		runtime.Goexit()
	}
	if left := g.survivors(); left != nil {
		g.errs = append(g.errs, left)
	}
	return errors.Join(g.errs...)
}

// survivors returns the tasks of all loops that have not ended, nil if there is none.
func (g *loopGroup) survivors() *SurvivorsError {
	var tasks []TaskInfo
	for i := range g.members {
		tasks = append(tasks, g.members[i].tasks...)
	}
	if len(tasks) == 0 {
		return nil
	}
	return &SurvivorsError{Grace: g.opts.Grace, Tasks: tasks}
}
