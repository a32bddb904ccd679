//go:build linux

package poll

import (
	"os"
	"sync"
	"syscall"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A Unix socket takes only so many datagrams that nobody has read (net.unix.max_dgram_qlen). A sender to one that is full gets EAGAIN and,
// if it is connected, an edge once there is room. One that is not connected gets no such edge, as the kernel does not know what it is after.
// It gets another one, and at once: of the buffer that the attempt itself has taken and given back. Who tried again for that would do so
// for as long as the peer does not read, at the price of a whole core.
//
// So it waits for a socket of its own that it connects to the peer for this purpose, a room: that one is writable when the peer has room.
// It costs a descriptor, and a goroutine that Go's netpoller wakes; only who waits for such a peer has one. The operation is parked on its
// own socket as well, which wakes it for deadlines and closing.

// A peerFull is why a datagram could not be sent: the peer that is called name has no room. No user gets to see it.
type peerFull struct{ name string }

func (e *peerFull) Error() string { return "poll: the queue of " + e.name + " is full" }

// whyBlocked returns what EAGAIN means about a datagram to the given address: EAGAIN if the socket's own buffer has no room, so that an
// edge will follow, otherwise a *peerFull.
func whyBlocked(sysfd int, to peerAddr) error {
	if to.name == "" || !hasRoom(sysfd) {
		return unix.EAGAIN
	}
	return &peerFull{to.name}
}

// hasRoom reports whether the buffer of a Unix socket takes another datagram, of whatever size: it does until what is in it, and was sent
// but not read yet, is as much as the buffer. That it is ready for writing says more, namely that it is a quarter at most; a socket that is
// not may have room all the same, and an edge comes only when it is ready.
func hasRoom(sysfd int) bool {
	used, err := unix.IoctlGetInt(sysfd, unix.SIOCOUTQ)
	if err != nil {
		return false
	}
	size, err := unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_SNDBUF)
	return err == nil && used < size
}

// isBlocked reports whether a datagram could not be sent yet.
func isBlocked(err error) bool {
	_, full := err.(*peerFull)
	return full || err == unix.EAGAIN
}

// A room is a wait until a Unix socket can be sent to.
type room struct {
	watch *os.File // connected to it
	found bool     // it could; belongs to the loop of the operation that waits
}

// newRoom begins a wait for the socket called name. An error is what a send to it would be, or that there are no descriptors left.
func newRoom(name string) (*room, error) {
	sysfd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	s := packetSocket{family: unix.AF_UNIX}
	if err := s.name(unix.SYS_CONNECT, "connect", sysfd, &peerAddr{name: name}); err != nil {
		unix.Close(sysfd)
		return nil, err
	}
	return &room{watch: os.NewFile(uintptr(sysfd), "room")}, nil
}

// wait blocks the calling goroutine until there is room, or nobody to have any. It fails if stop comes first, or a deadline of watch. It is
// called once.
func (r *room) wait() error {
	defer r.watch.Close()
	raw, err := r.watch.SyscallConn()
	if err != nil {
		return err
	}
	// To ask is also what makes the kernel report an edge when the answer changes.
	return raw.Write(func(sysfd uintptr) bool { return isReady(int(sysfd), writing) })
}

// stop ends wait, from any goroutine. It does not block.
func (r *room) stop() { r.watch.SetWriteDeadline(pastDeadline) }

// findRoom has the operation woken when the peer has room.
func (op *packetOp) findRoom(loop *rt.Loop, name string) error {
	if loop == nil {
		return nil // which park refuses
	}
	r, err := newRoom(name)
	if err != nil {
		return err
	}
	op.room = r
	op.c.rooms.add(r, false)
	fd := op.fd
	go func() {
		if r.wait() == nil {
			_ = loop.Post(func() { // of a loop that is closed nobody waits
				r.found = true
				fd.wake(writing)
			})
		}
	}()
	return nil
}

// leaveRoom ends the wait for room, if there is one.
func (op *packetOp) leaveRoom() {
	if op.room == nil {
		return
	}
	op.c.rooms.remove(op.room)
	op.room.stop()
	op.room = nil
}

// rooms are those in which the operations of a socket wait.
type rooms struct {
	mu  sync.Mutex
	all map[*room]bool // whether it is a blocking form that waits
}

// add has end, and if a blocking form waits in r, also stop, end r.wait from now on.
func (rs *rooms) add(r *room, blocking bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.all == nil {
		rs.all = make(map[*room]bool)
	}
	rs.all[r] = blocking
}

// remove undoes add.
func (rs *rooms) remove(r *room) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(rs.all, r)
}

// stop ends the waits of blocking forms: they look again for what has changed.
func (rs *rooms) stop() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for r, blocking := range rs.all {
		if blocking {
			r.stop()
		}
	}
}

// end ends all waits: the socket is closed. An operation on a loop learns that from its own socket; one whose loop has been closed is
// never resumed.
func (rs *rooms) end() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for r := range rs.all {
		r.stop()
	}
}

// awaitRoom blocks the calling goroutine until the peer has room, the deadline has passed, or one of these should be looked at anew.
func (c *PacketConn) awaitRoom(name string) error {
	r, err := newRoom(name)
	if err != nil {
		return err
	}
	c.rooms.add(r, true)
	defer c.rooms.remove(r)
	r.watch.SetWriteDeadline(timeOf(c.deadline(writing))) // after add: who sets another one stops the wait
	if c.isClosing() {                                    // likewise
		r.stop()
	}
	_ = r.wait() // the next attempt finds out
	return nil
}

// send is a blocking form, named form, whose system call is call, which says why it would block as whyBlocked does.
func (c *PacketConn) send(form string, call func(sysfd int) error) error {
	err := c.once(writing, call)
	for {
		if full, ok := err.(*peerFull); ok {
			refuseOnLoop(form)
			if err := c.awaitRoom(full.name); err != nil {
				return err
			}
			err = c.once(writing, call)
			continue
		}
		if err != syscall.EAGAIN {
			return err
		}
		err = c.later(writing, form, call)
	}
}
