package rt

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// maxWait is the longest that a loop waits at once (statement 004).
const maxWait = 24 * time.Hour

// Loop runs fibers, callbacks and timers, one at a time, on the goroutine that calls Run or RunUntil. Everything but Post,
// Running and Closed belongs to that goroutine, or to the one that sets the loop up while it does not run.
type Loop struct {
	ready    readyQueue
	until    uint   // where in it the turn under way ends
	current  *Fiber // being stepped
	stopping bool   // the turn under way is the last: set by Stop
	timers   timers
	caller   Fiber // that of the timers which call functions; never runs
	poller   Poller
	clock    Clock
	machine  bool       // clock is that of the machine
	epoch    time.Time  // when clock shows zero
	stream   *rand.Rand // of Rand; nil until it is needed
	values   *values    // of the call that is running, if it was scheduled where there are some
	trace    func(TraceEvent)
	choose   func(n int) int // nil: first in, first out
	chosen   bool            // what is ready first is not to be passed over: it unwinds a panic, or was chosen already
	debug    *debugMode      // nil outside debug mode
	observed bool            // trace or debug is set

	unhandled   func(*Failure)
	fatal       *Failure // a panic that ends Run after the turn
	panicErrors bool     // it is returned, not raised
	exited      bool     // the last Run was left by Goexit
	runsOut     bool     // Run's, or RunEach's: when that ends, the tasks that are left are cancelled
	raised      *Failure // the panic that ended the last Run
	left        *Failure // the first panic, while Run's tasks ran out, that nobody handled
	dying       bool     // a panic is on its way out: see turnLast

	member *member // of RunLoops; nil: of none

	root  Scope // of all fibers that are in no other
	tasks int   // that have not ended

	blocking blockingCalls
	counts   counts
	numbered uint64 // tasks that were given a number, for their names

	private      atomic.Bool  // made by Run, whose caller cannot reach it: nobody has asked for it
	reports      atomic.Bool  // deadlocks; set on private loops and by LoopOptions.Deadlocks
	holds        atomic.Int64 // who may post all the same
	lookedAround bool         // for a deadlock, since something ran
	suspects     bool         // a deadlock is to be logged, once, that is none if who has asked for the loop posts to it

	door    door
	running atomic.Bool
	closed  atomic.Bool
}

// LoopOptions say what a loop is made of; the zero value is what programs use.
type LoopOptions struct {
	// Poller waits for readiness; nil: the one that package poll registered, or one that knows timers alone.
	Poller Poller
	// Clock is what timers use; nil: the monotonic clock.
	Clock Clock
	// Epoch is the time of day at which Clock shows zero; the zero Time: midnight UTC of January 1, 2000. It is not used without
	// a Clock.
	Epoch time.Time
	// Rand is where rt.Rand draws from; nil: a source with a random seed. The loop's goroutine alone uses it.
	Rand rand.Source
	// Unhandled is called when a callback panics, or a task that nobody awaits. If it is nil, such a panic ends Run with the
	// same value, and if nobody recovers that, with the stack of the panic in the message. So does a panic of Unhandled. Tasks
	// that refuse to end do not hold it up: see Run.
	Unhandled func(*Failure)
	// Choose says which of the n ≥ 1 tasks and calls that are ready in this turn runs next, by its place in the queue, from 0; nil:
	// always the first, as asyncio has it (statement 001). It is asked before every step, on the loop's goroutine, for tests that
	// try other orders (package rttest); it may cancel tasks. The calls keep their order among each other.
	Choose func(n int) int
	// Debug puts the loop into debug mode, which is slow: it finds misuse and reports slow steps and lost errors. The environment
	// variable GOASYNCDEBUG does it for all loops.
	Debug bool
	// SlowStep is how long a step may take in debug mode before it is reported; not positive: 100 ms.
	SlowStep time.Duration
	// Log is where debug mode reports; nil: slog.Default().
	Log *slog.Logger
	// Deadlocks has Run and RunUntil return a *DeadlockError when no task can run and none waits for something outside. Who has
	// the Loop and may Post to it says so with Hold, or it is reported although a post was to come. The loops of the functions
	// Run and RunEach report deadlocks as long as nobody has asked for them.
	Deadlocks bool
	// MaxBlocking is how many goroutines Blocking has at a time; zero or less: 512. One that blocks in the kernel, in a file
	// system that hangs for example, keeps a thread, and Go ends a program that has more than 10,000 of them
	// (debug.SetMaxThreads), so the sum over all loops should stay below that. RunLoops shares 8192 among many loops.
	MaxBlocking int
	// PanicErrors has Run, RunUntil, RunWith and Shutdown return a panic that would come out of them as their error, a *Failure;
	// RunWith joins it with what it returns otherwise.
	PanicErrors bool
}

// NewLoop returns a loop that is not running. It fails if the poller does, for want of file descriptors for example.
func NewLoop(opts LoopOptions) (*Loop, error) {
	l := &Loop{poller: opts.Poller, clock: opts.Clock, unhandled: opts.Unhandled, choose: opts.Choose, panicErrors: opts.PanicErrors}
	l.door.shut = make(chan struct{})
	l.ready, l.timers = newReadyQueue(), newTimers()
	l.caller = Fiber{loop: l, flags: fiberCallback}
	l.root.loop = l
	l.epoch = opts.Epoch
	l.reports.Store(opts.Deadlocks)
	l.blocking.max = opts.MaxBlocking
	if l.blocking.max <= 0 {
		l.blocking.max = defaultBlocking
	}
	if l.clock == nil {
		m := newMonotonic()
		l.clock, l.machine, l.epoch = m, true, m.start
	} else if l.epoch.IsZero() {
		l.epoch = defaultEpoch
	}
	if opts.Rand != nil {
		l.stream = rand.New(opts.Rand)
	}
	if l.poller == nil {
		p, err := openPoller()
		if err != nil {
			return nil, err
		}
		l.poller = p
	}
	if opts.Debug || debugAll {
		l.debug, l.observed = newDebug(l, opts), true
	}
	if !l.machine {
		clocked.Add(1)
	}
	return l, nil
}

// Run runs the loop until Stop. It returns ErrLoopRunning if a loop runs on this goroutine or this loop on another one,
// ErrLoopClosed, or the poller's error; a panic that nobody handles panics out of it, and runtime.Goexit ends the calling
// goroutine. It may be called again.
func (l *Loop) Run() error {
	return l.run(l.stops, nil)
}

func (l *Loop) stops() bool { return l.stopping }

// run turns the loop, at least once, until ended. If it is left by Goexit, the panic of a deferred call that nobody has recovered
// goes on out of it, as in Go: one that nobody handles, or else what root, which may be nil, returns.
func (l *Loop) run(ended func() bool, root func() *Failure) error {
	if l.closed.Load() {
		return ErrLoopClosed
	}
	leave, ok := enterLoop(l)
	if !ok {
		return ErrLoopRunning
	}
	if !l.running.CompareAndSwap(false, true) {
		leave()
		return ErrLoopRunning
	}
	l.exited, l.dying = true, false
	defer func() {
		l.stopping, l.current = false, nil
		if l.debug != nil {
			l.debug.end()
		}
		l.running.Store(false)
		leave()
		if l.exited {
			x := l.takeFatal()
			if x == nil && root != nil {
				x = root()
			}
			if x != nil && !x.Goexit {
				l.raised, l.dying = x, true
				x.crash()
			}
		}
	}()
	err := l.turns(ended)
	l.exited = false
	if x := l.takeFatal(); x != nil {
		return l.end(x)
	}
	return err
}

// turns turns the loop, at least once, until ended or a panic that ends it.
func (l *Loop) turns(ended func() bool) error {
	for {
		if err := l.turn(); err != nil || l.fatal != nil || ended() {
			return err
		}
	}
}

// takeFatal returns the panic that ends the loop, nil for none, once.
func (l *Loop) takeFatal() *Failure {
	x := l.fatal
	l.fatal = nil
	return x
}

// end ends Run by x: it panics, or returns x as an error.
func (l *Loop) end(x *Failure) error {
	l.dying = true
	if !l.panicErrors {
		l.raised = x
		x.crash()
	}
	return x
}

// RunUntil runs l until t has ended and returns its result; a task that panicked panics out of it as out of Run, one that called
// runtime.Goexit ends the calling goroutine. Had a deferred call panicked under Goexit, and nobody recovered, that panic comes out
// first. It returns ErrLoopStopped if the loop is stopped first, and else what Run returns (statement 011).
func RunUntil[T any](l *Loop, t *Task[T]) (T, error) {
	var none T
	if l.closed.Load() {
		return none, ErrLoopClosed
	}
	if l.running.Load() || here() != (seat{}) {
		return none, ErrLoopRunning
	}
	stop := t.AddDoneCallback(func(*Task[T]) { l.Stop() })
	defer t.RemoveDoneCallback(stop)
	if err := l.run(l.stops, t.failure); err != nil {
		return none, err
	}
	if !t.Done() {
		return none, ErrLoopStopped
	}
	if x := t.failure(); x != nil && !x.Goexit {
		return none, l.end(x)
	}
	return t.resultOrExit()
}

// Stop ends Run after the turn that is under way, or, before Run, after one turn that does not wait (statements 009, 010).
func (l *Loop) Stop() { l.stopping = true }

// Close closes the loop and its poller and drops what is ready or scheduled; tasks that have not ended never run again. It
// returns ErrLoopRunning, and does nothing, while the loop runs. Closing twice is allowed.
func (l *Loop) Close() error {
	if l.running.Load() {
		return ErrLoopRunning
	}
	if l.closed.Swap(true) {
		return nil
	}
	if !l.machine {
		clocked.Add(-1)
	}
	if l.debug != nil {
		l.debug.close()
	}
	l.door.close()
	l.root.abandonContexts()
	l.ready, l.timers = newReadyQueue(), newTimers()
	return l.poller.Close()
}

// Running reports whether Run is under way; any goroutine may ask.
func (l *Loop) Running() bool { return l.running.Load() }

// Closed reports whether Close was called; any goroutine may ask.
func (l *Loop) Closed() bool { return l.closed.Load() }

// Time returns the loop's clock, which all its timers use. It is monotonic and counts from an arbitrary start.
func (l *Loop) Time() time.Duration { return l.clock.Now() }

// Poller returns the poller that the loop was made with.
func (l *Loop) Poller() Poller { return l.poller }

// Current returns the fiber of the task that is running, nil between tasks and in callbacks (statement 061).
func (l *Loop) Current() *Fiber {
	if fb := l.current; fb != nil && fb.flags&fiberCallback == 0 {
		return fb
	}
	return nil
}

// push queues fb behind what is ready, and behind what was posted before (statement 019).
func (l *Loop) push(fb *Fiber) {
	l.letIn()
	l.ready.push(fb)
}

// pushCall is push for a call.
func (l *Loop) pushCall(e entry) {
	l.letIn()
	l.ready.pushCall(e)
}

// letIn queues what was posted.
func (l *Loop) letIn() {
	if l.door.full.Load() {
		l.door.drain(&l.ready)
	}
}

// turn is one iteration: see the package comment.
func (l *Loop) turn() error {
	if err := l.begin(); err != nil {
		return err
	}
	l.finish()
	return nil
}

// begin begins a turn: it finds what is ready, up to l.until.
func (l *Loop) begin() error {
	l.counts.turns++
	if l.observed {
		l.observeTurn()
	}
	l.letIn()
	if l.ready.empty() && l.ready.mask >= minRing {
		l.ready.settle()
	}
	if err := l.poll(l.timeout()); err != nil {
		return err
	}
	l.timers.fire(l)
	if l.until = l.ready.begin(); l.fatal != nil {
		l.until = l.ready.head
	}
	if l.lookedAround && l.ready.head != l.until {
		l.goesOn()
	}
	return nil
}

// timeout returns how long the poller may wait; negative: for ever.
func (l *Loop) timeout() time.Duration {
	if l.stopping || !l.ready.empty() {
		return 0
	}
	when, ok := l.timers.earliest()
	if !ok {
		return l.idle()
	}
	now := l.clock.Now()
	if when <= now {
		return 0 // also if the difference does not fit
	}
	return min(when-now, maxWait)
}

// poll lets the poller wait. The order keeps every post: wakes so far are forgotten, then the sleep is announced, then the
// door is looked at once more; a post after that sees the announcement and wakes.
func (l *Loop) poll(timeout time.Duration) error {
	if timeout != 0 {
		l.poller.Prepare()
		l.counts.waits++ // also if a post is here before the wait: it may have woken the loop
		l.door.sleeping.Store(true)
		if l.door.full.Load() {
			timeout = 0
		}
		if l.observed {
			l.Trace(TraceEvent{Kind: TraceWait})
		}
	}
	var err error
	if timeout == 0 {
		err = l.poller.Wait(0)
	} else {
		err = l.wait(timeout)
	}
	l.door.sleeping.Store(false)
	l.letIn()
	if timeout != 0 && err == nil {
		return l.slept()
	}
	return err
}

// batch runs what is ready up to l.until. One recover serves all of it: after a panic the fiber's next frame goes on at the front
// of the queue, in another batch of the same turn.
func (l *Loop) batch() {
	returned := false
	defer func() {
		if !returned {
			l.rescue(recover())
		}
	}()
	for l.ready.head != l.until {
		if l.choose != nil {
			l.chooseNext()
		}
		fb := l.ready.pop()
		l.current = fb
		if l.observed {
			l.observe(fb)
		}
		if fb == nil {
			l.ready.calls.pop().call()
			continue
		}
		fb.flags &^= fiberReady // and to its next suspension, or to the end:
		if fb.leaf.Resume(fb) || fb.flags&fiberPassed != 0 {
			fb.climb()
		}
	}
	l.current = nil
	returned = true
}

// chooseNext has Choose bring something of this turn to the front.
func (l *Loop) chooseNext() {
	if l.chosen {
		l.chosen = false
		return
	}
	l.current = nil
	n := int(l.until - l.ready.head)
	i := l.choose(n)
	if i < 0 || i >= n {
		panic(Misuse(fmt.Sprintf("rt: LoopOptions.Choose returned %d of %d that are ready", i, n)))
	}
	l.ready.bringForward(uint(i))
}

// rescue takes up after a panic with value p, or after Goexit if p is nil, in batch.
func (l *Loop) rescue(p any) {
	fb := l.current
	defer func() { l.current, l.values = nil, nil }()
	if fb == nil || fb.leaf == nil { // a call, or what is called at the end of a task
		if p != nil {
			l.report(newFailure(p))
		}
		return
	}
	x := fb.caught(p)
	exits := p == nil || fb.exiting()
	fb.panicked(x)
	l.goOn(fb)
	if exits {
		l.goexit(fb)
	}
}

// goOn has fb resumed before everything else, unless it has ended.
func (l *Loop) goOn(fb *Fiber) {
	if fb.flags&fiberEnded == 0 {
		fb.flags |= fiberQueued
		l.ready.pushFront(fb)
		l.chosen = l.choose != nil
	}
}

// report hands a failure that nobody will see to the loop's user, or notes that it ends Run. Then the step under way is the last one,
// up to its next suspension: in both forms of a function, so also where it goes on after a panic, in front of the turn's end.
func (l *Loop) report(x *Failure) {
	if x.Goexit {
		return
	}
	if l.unhandled != nil {
		if x = l.tell(x); x == nil {
			return
		}
	}
	if l.fatal == nil {
		l.fatal = x
	}
	l.until = l.ready.head
}

// tell calls Unhandled and returns how that failed, if it panicked.
func (l *Loop) tell(x *Failure) (failed *Failure) {
	defer func() {
		if p := recover(); p != nil {
			failed = newFailure(p)
		}
	}()
	l.unhandled(x)
	return nil
}
