//go:build linux

package poll

import (
	"fmt"
	"math"
	"net"
	"os"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A direction of a descriptor.
type direction uint8

const (
	reading direction = iota // receive, accept
	writing                  // send, connect
)

func (d direction) String() string { return [...]string{"read", "write"}[d] }

const (
	readable = unix.EPOLLIN | unix.EPOLLPRI | unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	writable = unix.EPOLLOUT | unix.EPOLLHUP | unix.EPOLLERR
	// final are the events after which a short read does not mean that an edge will follow: the end of the stream may have come together
	// with the data, and a receive stops at urgent data with more behind it.
	final = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR | unix.EPOLLPRI
)

const (
	passed int64 = 1             // a deadline that is in the past by every clock
	never  int64 = math.MaxInt64 // one that does not come by the machine's clock; that of a loop may decide
)

// deadlineAt converts a deadline by time.Now to the clock of now; 0 for the zero time, which means none.
func deadlineAt(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	in, n := int64(time.Until(t)), now()
	if in > never-n {
		return never
	}
	return max(n+in, passed)
}

// timeOf converts a deadline back, for Go's netpoller.
func timeOf(at int64) time.Time {
	if at == 0 || at == never {
		return time.Time{}
	}
	return clockStart.Add(time.Duration(at))
}

// A side is one direction of a descriptor. It belongs to the loop's goroutine.
type side struct {
	busy  bool // an operation has waited in this direction and not ended
	ready bool // a system call may succeed; only meaningful once registered
	ended bool // an event of final has been seen: a short read does not mean that an edge will follow
	held  bool // who waits, waits for a Waiter, which does its work before it is woken
}

// emptied reports whether a receive of n bytes into size has shown that the socket is empty, so that whatever comes later is a new edge.
// Between what the writers of a Unix socket send, and behind descriptors that are passed over it, a receive stops with more behind it.
func (fd *descriptor) emptied(n, size int) bool {
	return n < size && n < maxTransfer && fd.kind == kindTCP && !fd.sides[reading].ended
}

// waits reports whether an operation waits in direction d. Any goroutine may call it: those who close, or set a deadline.
func (fd *descriptor) waits(d direction) bool { return fd.waiters[d].Load() != nil }

// forget is for a descriptor that joins a loop: nothing is known, nobody waits.
func (fd *descriptor) forget() {
	x := fd.extra.Load()
	for d := range fd.sides {
		fd.sides[d] = side{ready: true}
		fd.waiters[d].Store(nil)
		if x != nil {
			x.limits[d].timer, x.limits[d].timerAt = nil, 0
		}
	}
}

// expired reports whether the deadline of direction d has passed.
func (fd *descriptor) expired(d direction) bool {
	at := fd.deadline(d)
	return at != 0 && (at == passed || at <= now())
}

// tooLate returns the error of an operation whose deadline has passed. That of Close counts more: after a timeout one may set another
// deadline and try again, for ever if the descriptor is closed.
func (fd *descriptor) tooLate() error {
	if fd.isClosing() {
		return net.ErrClosed
	}
	return os.ErrDeadlineExceeded
}

// concerns reports whether the loop has something to do in direction d when the descriptor is closed: an operation that waits, or a timer.
func (fd *descriptor) concerns(d direction) bool {
	return fd.waits(d) || fd.deadline(d) != 0
}

// notify records what the kernel reported and wakes whom it concerns.
func (fd *descriptor) notify(loop *rt.Loop, events uint32) {
	if loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceReady, Detail: fmt.Sprintf("descriptor %d: %s", fd.sysfd, eventNames(events))})
	}
	if events&final != 0 {
		fd.sides[reading].ended = true
	}
	if events&readable != 0 {
		fd.wake(reading)
	}
	if events&writable != 0 {
		fd.wake(writing)
	}
}

// wake makes direction d ready and wakes the fiber that waits in it, if any. It belongs to the loop's goroutine.
func (fd *descriptor) wake(d direction) {
	s := &fd.sides[d]
	s.ready = true
	fiber := fd.waiters[d].Load()
	if fiber == nil {
		return
	}
	if s.held && !fiber.Operation().(completer).complete(fiber) {
		return
	}
	fd.unlink(d)
	if loop := fiber.Loop(); loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceSet, Fiber: fiber, Detail: fmt.Sprintf("descriptor %d: %s", fd.sysfd, d)})
	}
	fiber.Wake()
}

// link makes fiber the one that direction d wakes. The caller must then look for what link may have come too late for: closing.
func (fd *descriptor) link(d direction, fiber *rt.Fiber) {
	fd.waiters[d].Store(fiber)
	if fd.deadline(d) != 0 {
		fd.startTimer(d)
	}
}

// unlink makes direction d wake nobody. A timer is left: the next deadline is seldom earlier, so that it can be used again.
func (fd *descriptor) unlink(d direction) {
	fd.sides[d].held = false
	fd.waiters[d].Store(nil)
}

// startTimer makes sure that somebody looks at the deadline of direction d, which there is, when it passes.
func (fd *descriptor) startTimer(d direction) {
	l := &fd.extra.Load().limits[d]
	at := l.deadline.Load()
	if at == never {
		return
	}
	if l.timer != nil {
		if l.timerAt <= at {
			return // it will start another one then
		}
		l.timer.Cancel()
	}
	l.timerAt = at
	l.timer = fd.waiters[d].Load().Loop().CallLater(time.Duration(at-now()), func() {
		l.timer = nil
		// The loop's clock decides. A new deadline set meanwhile stays.
		l.deadline.CompareAndSwap(at, passed)
		fd.watchDeadline(d)
	})
}

// stop is the loop's part of closing: the operation that waits in direction d is woken, to find the descriptor closed.
func (fd *descriptor) stop(d direction) {
	if x := fd.extra.Load(); x != nil && x.limits[d].timer != nil {
		x.limits[d].timer.Cancel()
		x.limits[d].timer = nil
	}
	fd.wake(d)
}

// watchDeadline wakes the fiber that waits in direction d if the deadline has passed, and otherwise comes back when it does.
func (fd *descriptor) watchDeadline(d direction) {
	switch {
	case !fd.waits(d) || fd.deadline(d) == 0:
	case fd.expired(d):
		fd.wake(d)
	default:
		fd.startTimer(d)
	}
}

// eventNames spells out the bits of an epoll event.
func eventNames(events uint32) string {
	names := ""
	for _, e := range [...]struct {
		bit  uint32
		name string
	}{
		{unix.EPOLLIN, "IN"}, {unix.EPOLLPRI, "PRI"}, {unix.EPOLLOUT, "OUT"}, {unix.EPOLLRDHUP, "RDHUP"}, {unix.EPOLLHUP, "HUP"}, {unix.EPOLLERR, "ERR"},
	} {
		if events&e.bit != 0 {
			if names != "" {
				names += "|"
			}
			names += e.name
		}
	}
	return names
}
