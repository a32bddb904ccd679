//go:build linux

package poll

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

func init() {
	rt.RegisterPoller(func() (rt.Poller, error) { return NewPoller() })
}

const (
	maxEvents = 128
	// busyFor is how long a loop may run without parking before Wait parks it once, so that Go's scheduler looks at its netpoller.
	busyFor = int64(time.Millisecond)
	// breath is how long that park takes at least, in nanoseconds.
	breath = 1000
	// slack is by how much the timer may be late, in nanoseconds, to save setting it again for the same deadline computed anew.
	slack = 1000
)

// A Poller waits for sockets with epoll, without holding a thread. Each loop has its own.
// Prepare and Wait belong to the loop's goroutine, Wake to any.
type Poller struct {
	table
	loop    *rt.Loop // set by the first descriptor that joins; others see it through descriptor.home
	timerfd int      // in the epoll set: ends Wait at its deadline
	file    *os.File // the epoll descriptor, registered in Go's netpoller
	raw     syscall.RawConn
	poll    func(uintptr) bool // p.pollOnce and p.breatheOnce, bound once
	breathe func(uintptr) bool

	// Of the current Wait.
	events    [maxEvents]unix.EpollEvent
	owners    [maxEvents]*descriptor // of events, while they are dispatched
	collected int                    // how many of events are valid
	err       error                  // what epoll_wait said
	calls     int                    // how often the callback was called: more than once means that it parked in between

	armed     int64 // when the timerfd expires, by now(); 0: it has expired
	busySince int64 // the first Wait after the last park, by now(); 0: it has just parked
}

var _ rt.Poller = (*Poller)(nil)

// pastDeadline is what Wake sets. It is in the past by the time of day, and by the monotonic clock: a time without a reading of that
// would have SetReadDeadline ask for the time of day, which more than doubles the price of a wake.
var pastDeadline = clockStart.Add(-50 * 365 * 24 * time.Hour)

var clockStart = time.Now()

// now is a monotonic clock in nanoseconds; it never returns 0.
func now() int64 { return int64(time.Since(clockStart)) + 1 }

// NewPoller opens a Poller. It fails with EMFILE or ENFILE if the process or the system has too many descriptors open; a Poller needs two.
func NewPoller() (*Poller, error) {
	p := new(Poller)
	var err error
	if p.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if p.timerfd, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		unix.Close(p.epfd)
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	if err := p.open(); err != nil {
		unix.Close(p.timerfd)
		if p.file != nil {
			p.file.Close()
		} else {
			unix.Close(p.epfd)
		}
		return nil, err
	}
	return p, nil
}

// open registers the timerfd in the epoll set and the epoll descriptor in Go's netpoller.
func (p *Poller) open() error {
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(p.timerfd)}
	if err := unix.EpollCtl(p.epfd, unix.EPOLL_CTL_ADD, p.timerfd, &event); err != nil {
		return os.NewSyscallError("epoll_ctl", err)
	}
	if err := unix.SetNonblock(p.epfd, true); err != nil { // what makes NewFile register it
		return os.NewSyscallError("fcntl", err)
	}
	p.file = os.NewFile(uintptr(p.epfd), "epoll")
	if err := p.file.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("poll: go's netpoller does not take the epoll descriptor: %w", err)
	}
	p.poll, p.breathe = p.pollOnce, p.breatheOnce
	var err error
	p.raw, err = p.file.SyscallConn()
	return err
}

// Prepare forgets the wakes so far: a Wake that begins after Prepare makes the next Wait return.
// It always clears the deadline, even if nothing seems to have woken the loop: a wake that came late leaves one in the past.
func (p *Poller) Prepare() { p.file.SetReadDeadline(time.Time{}) }

// Wake makes the Wait that is running, or the next one, return. Any goroutine may call it.
func (p *Poller) Wake() { p.file.SetReadDeadline(pastDeadline) }

// Wait collects what is ready and wakes the fibers that wait for it. If nothing is ready it blocks until something is, the timeout has
// passed (0: not at all; negative: for ever) or Wake is called. It may return early, and with nothing done.
func (p *Poller) Wait(timeout time.Duration) error {
	p.collected, p.calls, p.err = 0, 0, nil
	parked := false
	if timeout == 0 {
		p.pollOnce(0)
	} else {
		if timeout > 0 {
			p.arm(int64(timeout))
		}
		switch err := p.raw.Read(p.poll); {
		case err == nil:
			parked = p.calls > 1
		case errors.Is(err, os.ErrDeadlineExceeded):
			parked = p.calls > 0
			if !parked { // woken before it could poll: sockets must not starve behind posts
				p.pollOnce(0)
			}
		default:
			return fmt.Errorf("poll: wait: %w", os.ErrClosed)
		}
	}
	if p.err != nil {
		return os.NewSyscallError("epoll_wait", p.err)
	}
	p.dispatch()
	if parked {
		p.busySince = 0
		return nil
	}
	return p.keepFair()
}

// pollOnce collects events without blocking and reports whether the wait is over.
func (p *Poller) pollOnce(uintptr) (over bool) {
	p.calls++
	p.collected, p.err = epollWait(p.epfd, p.events[:])
	return p.collected > 0 || p.err != nil
}

// dispatch passes the collected events on to the descriptors that own them now, which it looks up under one lock.
func (p *Poller) dispatch() {
	events, owners := p.events[:p.collected], p.owners[:p.collected]
	p.ownersOf(events, owners)
	for i, fd := range owners {
		owners[i] = nil // it may be closed and forgotten
		if fd != nil {
			fd.notify(p.loop, events[i].Events)
		} else if int(events[i].Fd) == p.timerfd {
			p.armed = 0
		}
	}
}

// arm makes the timerfd expire no later than in the given number of nanoseconds. If it expires earlier already, that is left: the loop
// computes its deadline anew after each Wait.
func (p *Poller) arm(in int64) {
	at := now() + in
	if at < 0 { // overflow: as good as never
		return
	}
	if p.armed != 0 && p.armed <= at+slack {
		return
	}
	if setTimer(p.timerfd, in) == nil { // it cannot fail: the arguments are valid
		p.armed = at
	}
}

// keepFair parks the goroutine for a moment if it has not parked for a millisecond. The current Wait returns after it in any case, so
// that a wake may be forgotten here: the loop looks at its queue next.
func (p *Poller) keepFair() error {
	t := now()
	if p.busySince == 0 {
		p.busySince = t
		return nil
	}
	if t-p.busySince < busyFor {
		return nil
	}
	p.busySince = 0
	p.calls = 0
	p.Prepare() // a deadline in the past would not let it park
	if err := p.raw.Read(p.breathe); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("poll: wait: %w", os.ErrClosed)
	}
	return nil
}

// breatheOnce parks the first time. The timer is set here, after Read has begun: an event ahead of that would not end the park.
func (p *Poller) breatheOnce(uintptr) (over bool) {
	if p.calls++; p.calls > 1 {
		return true
	}
	p.armed = 0
	return setTimer(p.timerfd, breath) != nil
}

// Close releases the Poller's descriptors. A Wait that is running returns an error that is [os.ErrClosed]. Sockets that were registered
// stay open and join the next loop that uses them.
func (p *Poller) Close() error {
	if !p.end() {
		return nil
	}
	err := p.file.Close()
	return errors.Join(err, os.NewSyscallError("close", unix.Close(p.timerfd)))
}
