package rttest

import (
	"sync"
	"time"
)

// Poller is a rt.Poller without descriptors. Where a real one would sleep until a timer is due, it moves Clock forward at
// once; with no timer to wait for it blocks until Wake, so that posts from other goroutines arrive. What would have become
// ready on a socket is scripted with OnWait.
//
// All methods but Wake belong to the loop's goroutine, or to the test while the loop does not run.
type Poller struct {
	// Clock is what Wait moves. It must be the clock of the loop.
	Clock *Clock

	wakeOnce sync.Once
	wake     chan struct{} // capacity 1: a wake that nobody has seen yet
	scripts  map[int][]func()
	waits    []time.Duration
	closed   bool

	before func() // of a Scenario: called before each wait
	idle   func() // of a Scenario: called where nothing can happen any more
}

// NewPoller returns a poller that moves clock.
func NewPoller(clock *Clock) *Poller { return &Poller{Clock: clock} }

// OnWait has f called during the n-th Wait from now on, the next one being the first. As in a real poller that is where
// sockets turn out to be ready: f completes operations, sets futures, schedules callbacks.
func (p *Poller) OnWait(n int, f func()) {
	if n < 1 {
		panic("rttest: Poller.OnWait counts from 1, the next Wait")
	}
	if p.scripts == nil {
		p.scripts = make(map[int][]func())
	}
	at := len(p.waits) + n
	p.scripts[at] = append(p.scripts[at], f)
}

// Waits returns the timeouts of the Wait calls so far, in order: 0 where the loop had something ready, negative where it
// would have waited for ever.
func (p *Poller) Waits() []time.Duration { return p.waits }

// Closed reports whether the loop has closed the poller.
func (p *Poller) Closed() bool { return p.closed }

// Prepare forgets the wakes so far.
func (p *Poller) Prepare() {
	select {
	case <-p.wakes():
	default:
	}
}

// Wait runs what OnWait has for this call. Then it returns at once if timeout is 0 or somebody called Wake; otherwise it moves
// the clock by timeout, or blocks until Wake if timeout is negative.
func (p *Poller) Wait(timeout time.Duration) error {
	if p.before != nil && timeout != 0 {
		p.before()
	}
	p.waits = append(p.waits, timeout)
	n := len(p.waits)
	scripts := p.scripts[n]
	delete(p.scripts, n)
	for _, f := range scripts {
		f()
	}
	if timeout == 0 || len(scripts) > 0 {
		return nil
	}
	if timeout < 0 {
		p.waitForWake()
		return nil
	}
	select {
	case <-p.wakes():
	default:
		p.Clock.Advance(timeout)
	}
	return nil
}

// waitForWake blocks until Wake; where that cannot come, for want of another goroutine, a Scenario's loop ends.
func (p *Poller) waitForWake() {
	if p.idle != nil {
		select {
		case <-p.wakes():
		default:
			p.idle()
		}
		return
	}
	<-p.wakes()
}

// Wake makes the Wait that is under way return, or else the next one. Any goroutine may call it, also after Close.
func (p *Poller) Wake() {
	select {
	case p.wakes() <- struct{}{}:
	default: // one is pending already
	}
}

// Close marks the poller closed.
func (p *Poller) Close() error {
	p.closed = true
	return nil
}

// wakes returns the channel of pending wakes, made on first use so that the zero Poller works.
func (p *Poller) wakes() chan struct{} {
	p.wakeOnce.Do(func() { p.wake = make(chan struct{}, 1) })
	return p.wake
}
