//go:build linux

package poll

import (
	"errors"
	"net"
	"os"
	"sync/atomic"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// ErrBusy is the error of an operation in a direction of a socket in which another one of the loop already waits: one reads, one writes,
// one accepts. Blocking forms outside tasks do not count: they wait beside it, and for one another.
var ErrBusy = errors.New("poll: another operation already waits in this direction of the socket")

// ErrOtherLoop is the error of an operation on a socket that a loop uses which has not been closed, and which is not the one that runs it.
var ErrOtherLoop = errors.New("poll: the socket belongs to another loop, which has not been closed")

const (
	// closing is set in descriptor.refs by close, once and for ever. The rest of the word counts references.
	closing = 1 << 31
	// held is the reference of the descriptor itself, which close gives back.
	held = 1
)

// A descriptor is a non-blocking socket, or what else a File is of, closed safely while others use it.
//
// A system call runs between acquire and release. Close sets closing, after which acquire fails, and gives back the reference that the
// descriptor has had from the start; whoever releases the last one destroys it. So no call can reach a number that has a new owner, and
// nobody who closes has to wait.
//
// The sides belong to the goroutine of the loop in home, and so do the waiters, which others only look at.
//
// There may be many idle descriptors. These are 80 bytes on 64-bit machines, which is a size of the allocator's; what most of them do
// without hangs from extra.
type descriptor struct {
	sysfd    int
	refs     atomic.Uint32
	peerIP   [16]byte // remote has these three
	peerPort uint16
	peerForm peerForm
	kind     kind
	sides    [2]side
	waiters  [2]atomic.Pointer[rt.Fiber]     // whom readiness wakes, by direction; nil while nobody waits
	home     atomic.Pointer[Poller]          // where it is registered; nil until an operation has had to wait on a loop
	local    atomic.Pointer[net.Addr]        // nil: not known; an accepted connection's is at first its listener's
	extra    atomic.Pointer[descriptorExtra] // nil until it is needed
}

// init makes fd the owner of a non-blocking descriptor.
func (fd *descriptor) init(k kind, sysfd int) {
	fd.kind, fd.sysfd = k, sysfd
	fd.refs.Store(held)
}

// acquire takes a reference: sysfd stays open and is nobody else's until release. It fails with net.ErrClosed once close has begun.
func (fd *descriptor) acquire() error {
	for {
		n := fd.refs.Load()
		if n&closing != 0 || n == 0 {
			return net.ErrClosed
		}
		if fd.refs.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// release gives a reference back, and destroys the descriptor if it was the last one.
func (fd *descriptor) release() error {
	if fd.giveBack() {
		return fd.destroy()
	}
	return nil
}

// giveBack gives a reference back, and reports whether it was the last one: the caller then has to destroy the descriptor.
func (fd *descriptor) giveBack() (last bool) { return fd.refs.Add(^uint32(0)) == closing }

// control calls f with the descriptor, which stays open meanwhile.
func (fd *descriptor) control(f func(sysfd int) error) error {
	if err := fd.acquire(); err != nil {
		return err
	}
	defer fd.release()
	return f(fd.sysfd)
}

// isClosing reports whether close has begun.
func (fd *descriptor) isClosing() bool { return fd.refs.Load()&closing != 0 }

// close ends all operations with net.ErrClosed and never blocks. Any goroutine may call it.
func (fd *descriptor) close() error {
	old := fd.refs.Or(closing)
	if old&closing != 0 || old == 0 {
		return net.ErrClosed
	}
	fd.unfollowAll()
	err := fd.release()
	// An operation on the loop says that it waits, then looks for closing; here it is the other way round. One of the two sees the other.
	if fd.concerns(reading) || fd.concerns(writing) {
		fd.post(func() {
			fd.stop(reading)
			fd.stop(writing)
		})
	}
	return err
}

// destroy closes the descriptor; nobody has a reference, and no one can get one.
func (fd *descriptor) destroy() error {
	if p := fd.home.Load(); p != nil {
		p.remove(fd)
	}
	x := fd.extra.Load()
	if x != nil && x.lingers.Load() {
		go fd.closeNumber(x) // nobody learns how that ends
		return nil
	}
	return fd.closeNumber(x)
}

// closeNumber gives the descriptor's number back.
func (fd *descriptor) closeNumber(x *descriptorExtra) error {
	if x != nil && x.reset {
		defer fd.resetter()()
	}
	if x != nil && x.netpoll != nil {
		return x.netpoll.file.Close() // wakes the blocking forms; the number is closed when they have left
	}
	return os.NewSyscallError("close", unix.Close(fd.sysfd))
}

// resetter returns what makes the descriptor blocking again, once nobody reads it here.
func (fd *descriptor) resetter() (reset func()) {
	number, err := unix.FcntlInt(uintptr(fd.sysfd), unix.F_DUPFD_CLOEXEC, 0)
	return func() {
		if err == nil { // else none was left: it stays non-blocking for the others
			_ = unix.SetNonblock(number, false)
			unix.Close(number)
		}
	}
}

// post runs f on the goroutine of fd's loop. If the loop has been closed, f has nobody left to serve.
func (fd *descriptor) post(f func()) {
	if p := fd.home.Load(); p != nil {
		_ = p.loop.Post(f)
	}
}

// admit checks that an operation that runs on loop may use direction d. Only the loop's goroutine calls it.
func (fd *descriptor) admit(loop *rt.Loop, d direction) error {
	p := fd.home.Load()
	if p == nil {
		return nil
	}
	if p.loop != loop {
		if p.isEnded() {
			return nil // attach takes it over
		}
		return ErrOtherLoop
	}
	if fd.sides[d].busy {
		return ErrBusy
	}
	return nil
}

// pollerOf returns the Poller of loop, also behind others, as a test's is; nil if it has none.
func pollerOf(loop *rt.Loop) *Poller {
	for p := loop.Poller(); ; {
		switch outer := p.(type) {
		case *Poller:
			return outer
		case interface{ Unwrap() rt.Poller }:
			p = outer.Unwrap()
		default:
			return nil
		}
	}
}

// attach registers fd in the Poller of loop, unless it is there already. The caller has found that a system call would block.
func (fd *descriptor) attach(loop *rt.Loop) error {
	if loop == nil {
		panic(rt.Misuse("poll: a socket is awaited without a loop; run the coroutine with rt.RunAsync or on a loop instead of by hand"))
	}
	old := fd.home.Load()
	switch {
	case old == nil:
	case old.loop == loop:
		return nil
	case !old.isEnded(): // it has come since admit
		return ErrOtherLoop
	}
	p := pollerOf(loop)
	if p == nil {
		panic(rt.Misuse("poll: the loop's Poller cannot wait for sockets; leave LoopOptions.Poller nil or use poll.NewPoller, in tests by rttest.UsePoller"))
	}
	if err := fd.acquire(); err != nil {
		return err
	}
	defer fd.release()
	if p.loop == nil {
		p.loop = loop
	}
	if !fd.home.CompareAndSwap(old, p) { // two loops at once
		return ErrOtherLoop
	}
	fd.forget() // now that the sides are this loop's
	if err := p.add(fd); err != nil {
		fd.home.Store(nil)
		return err
	}
	return nil
}
