package rt

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
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

	panics chan struct{} // closed with the first panic
	ended  chan struct{} // closed when all loops are
	turns  atomic.Int64  // last turns that are left

	mu       sync.Mutex // of what follows
	left     int        // calls that have not ended
	open     int        // loops that are not closed
	errs     []error
	panicked *Failure // the first
	exited   bool     // one has called runtime.Goexit
	dead     bool     // in a deadlock, of which errs tells
	last     bool     // tasks have their last turns, if there is no grace: something has panicked, or is in a deadlock again
	over     bool     // the last turns are
}

// member is what a loopGroup has for one loop.
type member struct {
	group *loopGroup
	until time.Duration // when the grace ends on the loop's clock; 0: it has not begun. The loop's.

	// Under the group's mu.
	asleep bool       // until a post
	posts  uint64     // that there were before
	closed bool       // its goroutine is about to end
	tasks  []TaskInfo // that have not ended then
}

// newLoopGroup makes the loops, all or none.
func newLoopGroup(opts RunOptions, n int, f func(loops []*Loop, i int) Awaitable[struct{}]) (*loopGroup, error) {
	g := &loopGroup{opts: opts, f: f, members: make([]member, n), left: n, open: n, panics: make(chan struct{}), ended: make(chan struct{})}
	for range n {
		l, err := NewLoop(g.loopOptions())
		if err != nil {
			for _, made := range g.loops {
				made.Close()
			}
			return nil, err
		}
		g.members[len(g.loops)].group = g
		l.member = &g.members[len(g.loops)]
		g.loops = append(g.loops, l)
	}
	return g, nil
}

// loopOptions returns what the next loop is made of.
func (g *loopGroup) loopOptions() LoopOptions {
	opts := g.opts.Loop
	opts.PanicErrors = true // RunLoops raises it when all loops have ended
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
		g.returned(l, t)
	})
	var left *SurvivorsError
	defer func() {
		l.Close() // which may post to others
		g.closed(i, left)
	}()
	defer func() {
		if x := l.takeLeft(); x != nil {
			g.failed(x)
		}
		if !noted { // it ended in the last turn, or not at all
			g.returned(l, root)
		}
		left = l.survivors(g.opts.Grace)
	}()
	defer func() { l.runOut(g.grace(i)) }()
	defer func() {
		if x := recover(); x != nil {
			l.dying = true
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

// closed notes that loop i is closed, where left has not ended.
func (g *loopGroup) closed(i int, left *SurvivorsError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m := &g.members[i]
	m.closed = true
	if left != nil {
		m.tasks = left.Tasks
	}
	if g.open--; g.open == 0 {
		close(g.ended)
	}
	g.end()
}

// returned notes that a loop's call has ended, or will not. After the last, all loops stop.
func (g *loopGroup) returned(l *Loop, t *Task[struct{}]) {
	if x := t.failure(); x != nil {
		g.failed(x)
	} else if t.Done() {
		if _, err := t.Result(); err != nil {
			if err, _ = l.root.failedBy(err, l.root.canceled != nil || t.runs.wasCanceled()); err != nil {
				g.fail(err)
			}
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
	defer g.mu.Unlock()
	g.errs = append(g.errs, err)
	g.cancel()
}

// failed is fail for a panic or Goexit.
func (g *loopGroup) failed(x *Failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case x.Goexit:
		g.exited = true
	case g.panicked == nil:
		g.panicked, g.last = x, true
		close(g.panics)
	}
	g.cancel()
}

// cancel cancels what runs on all loops. They go on until all calls have ended, but not for longer than their grace, and for the last
// turns at most if there is none and g.last. g.mu is locked.
func (g *loopGroup) cancel() {
	last := g.last
	for i, l := range g.loops {
		l.Post(func() {
			l.root.cancel(errSibling)
			began := g.members[i].until != 0
			until := g.grace(i)
			switch {
			case until == forever && last:
				l.dying = true
				l.Stop()
			case until < forever && !began:
				l.CallAt(until, l.Stop)
			}
		})
	}
}

// stepPatience is how long RunLoops waits, when something has panicked and the grace is over, for a loop whose code does not let it turn.
const stepPatience = time.Second

// wait waits until all loops are closed. A panic is not held up by a loop that does not turn: by a step that computes, or that blocks.
func (g *loopGroup) wait() {
	select {
	case <-g.ended:
		return
	case <-g.panics:
	}
	patience := time.NewTimer(after(stepPatience, max(0, g.opts.Grace)))
	defer patience.Stop()
	select {
	case <-g.ended:
	case <-patience.C:
	}
}

// outcome is what RunLoops returns, when it has waited.
func (g *loopGroup) outcome() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	errs, panicked := g.errs, g.panicked
	if panicked != nil && g.opts.Loop.PanicErrors {
		errs, panicked = append([]error{panicked}, errs...), nil
	}
	defer func() { panicked.passOn() }()
	if g.exited {
		runtime.Goexit()
	}
	if left := g.survivors(); left != nil {
		errs = append(errs, left)
	}
	return errors.Join(errs...)
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
