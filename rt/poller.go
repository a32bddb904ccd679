package rt

import "time"

// Poller waits for readiness on behalf of a loop. Only Wake may be called from other goroutines.
//
// A Poller that stands before another, to see or to change what it does, has a method Unwrap() Poller, by which package poll finds its own.
type Poller interface {
	// Prepare forgets the wakes so far: a Wake after it makes the next Wait return.
	Prepare()
	// Wait collects readiness and wakes the fibers concerned before it returns. It blocks for at most timeout: not at all if
	// that is 0, for ever if it is negative. It may return early, with nothing done.
	Wait(timeout time.Duration) error
	// Wake makes Wait return. It is not called after Close.
	Wake()
	// Close lets go of what the poller holds; the loop does not wait again.
	Close() error
}

// Clock is where a loop's time comes from. It must not go back.
type Clock interface {
	// Now returns the time since an arbitrary start.
	Now() time.Duration
}

// monotonic is the clock of the machine.
type monotonic struct{ start time.Time }

func newMonotonic() monotonic { return monotonic{time.Now()} }

func (m monotonic) Now() time.Duration { return time.Since(m.start) }

// openPoller makes the poller of a loop whose options name none.
var openPoller = func() (Poller, error) { return newTimersPoller(), nil }

// RegisterPoller says how loops made from now on get their poller. Package poll calls it when it is initialised.
func RegisterPoller(open func() (Poller, error)) { openPoller = open }

// timersPoller knows no sockets: it waits for time to pass, or to be woken. Its timer wakes it as others do, and goes on when a post
// has ended a sleep, as most often the next one is to end at the same time: so a post costs little more than a channel's send and
// receive, also with timers outstanding. The price is that a sleep which time has ended costs a goroutine.
type timersPoller struct {
	woken chan struct{} // holds one value if Wake was called since Prepare
	clock monotonic
	timer *time.Timer   // calls Wake; made when first needed
	armed time.Duration // when timer fires or fired, by clock
}

// timerSlack is by how much the timer may be late, to save setting it again.
const timerSlack = time.Microsecond

func newTimersPoller() *timersPoller {
	return &timersPoller{woken: make(chan struct{}, 1), clock: newMonotonic()}
}

func (p *timersPoller) Prepare() {
	select {
	case <-p.woken:
	default:
	}
}

func (p *timersPoller) Wait(timeout time.Duration) error {
	if timeout == 0 {
		return nil
	}
	if timeout > 0 {
		p.arm(timeout)
	}
	<-p.woken
	return nil
}

// arm has the timer fire no later than in the given time. If it fires earlier, but not before now, that is left; the clock shows no
// less than armed when it does, so its wake cannot have come before, to be forgotten by Prepare.
func (p *timersPoller) arm(in time.Duration) {
	now := p.clock.Now()
	at := after(now, in)
	if now < p.armed && p.armed <= after(at, timerSlack) {
		return
	}
	p.armed = at
	if p.timer == nil {
		p.timer = time.AfterFunc(in, p.Wake)
	} else {
		p.timer.Reset(in)
	}
}

func (p *timersPoller) Wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

func (p *timersPoller) Close() error {
	if p.timer != nil {
		p.timer.Stop()
	}
	return nil
}
