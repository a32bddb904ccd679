package rt

import "time"

// Poller waits for readiness on behalf of a loop. Only Wake may be called from other goroutines.
type Poller interface {
	// Prepare forgets the wakes so far: a Wake after it makes the next Wait return.
	Prepare()
	// Wait collects readiness and wakes the fibers concerned before it returns. It blocks for at most timeout: not at all if
	// that is 0, for ever if it is negative.
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

// timersPoller knows no sockets: it waits for time to pass, or to be woken.
type timersPoller struct {
	woken chan struct{} // holds one value if Wake was called since Prepare
	timer *time.Timer   // made when first needed
}

func newTimersPoller() *timersPoller { return &timersPoller{woken: make(chan struct{}, 1)} }

func (p *timersPoller) Prepare() {
	select {
	case <-p.woken:
	default:
	}
}

func (p *timersPoller) Wait(timeout time.Duration) error {
	switch {
	case timeout == 0:
	case timeout < 0:
		<-p.woken
	default:
		if p.timer == nil {
			p.timer = time.NewTimer(timeout)
		} else {
			p.timer.Reset(timeout)
		}
		select {
		case <-p.woken:
			p.timer.Stop()
		case <-p.timer.C:
		}
	}
	return nil
}

func (p *timersPoller) Wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

func (p *timersPoller) Close() error { return nil }
