package rttest

import (
	"context"
	"sync"
	"time"

	"github.com/goasync/goasync/rt"
)

// Poller is a rt.Poller without descriptors. Where a real one would sleep until a timer is due, it moves Clock forward at
// once; with no timer to wait for it blocks until Wake, so that posts from other goroutines arrive. What would have become
// ready on a socket is scripted with OnWait, or found out by a real poller: see UsePoller.
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
	real     rt.Poller // by UsePoller; nil: there are no sockets

	before func() // of a Scenario: called before each wait
	idle   func() // of a Scenario: called where nothing can happen any more
	looks  func() // while look runs the loop: all that the wait does
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
	if p.real != nil {
		p.real.Prepare()
	}
}

// Wait runs what OnWait has for this call, and looks at the sockets. Then it returns at once if timeout is 0, something is ready or
// somebody called Wake; otherwise it moves the clock by timeout, or blocks until Wake, or a socket is ready, if timeout is negative.
func (p *Poller) Wait(timeout time.Duration) error {
	if p.looks != nil {
		p.looks()
		return errLooked
	}
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
	if p.real != nil {
		if err := p.real.Wait(0); err != nil {
			return err
		}
	}
	switch {
	case timeout == 0 || len(scripts) > 0 || p.ready():
		return nil
	case timeout < 0:
		return p.waitForWake()
	}
	select {
	case <-p.wakes():
	default:
		p.Clock.Advance(timeout)
	}
	return nil
}

// ready reports whether the wait has made something ready, by a socket or by what before has done. Where neither can be, it does not ask.
func (p *Poller) ready() bool {
	if p.real == nil && p.before == nil {
		return false
	}
	loop := rt.RunningLoop()
	if loop == nil {
		return false
	}
	stats, err := loop.Stats(context.Background())
	return err == nil && stats.Ready > 0
}

// waitForWake blocks until Wake; where that cannot come, for want of another goroutine, a Scenario's loop ends.
func (p *Poller) waitForWake() error {
	switch {
	case p.idle != nil:
		select {
		case <-p.wakes():
		default:
			p.idle()
		}
	case p.real != nil:
		return p.real.Wait(-1)
	default:
		<-p.wakes()
	}
	return nil
}

// Wake makes the Wait that is under way return, or else the next one. Any goroutine may call it, also after Close.
func (p *Poller) Wake() {
	select {
	case p.wakes() <- struct{}{}:
	default: // one is pending already
	}
	if p.real != nil {
		p.real.Wake()
	}
}

// Close marks the poller closed, and closes the one of UsePoller.
func (p *Poller) Close() error {
	p.closed = true
	if p.real != nil {
		return p.real.Close()
	}
	return nil
}

// Unwrap returns the poller of UsePoller, nil if there is none. Package poll looks for its own there.
func (p *Poller) Unwrap() rt.Poller { return p.real }

// wakes returns the channel of pending wakes, made on first use so that the zero Poller works.
func (p *Poller) wakes() chan struct{} {
	p.wakeOnce.Do(func() { p.wake = make(chan struct{}, 1) })
	return p.wake
}
