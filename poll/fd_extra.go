//go:build linux

package poll

import (
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/goasync/goasync/rt"
)

// descriptorExtra is the part of a descriptor that few need: deadlines, blocking forms, addresses that are no plain ones.
type descriptorExtra struct {
	limits    [2]limit
	writes    sync.Mutex   // lockWrites
	mu        sync.Mutex   // guards followers and netpoll, and orders deadlines with its making
	followers *followers   // nil unless a deadline was set on a loop with a Clock
	netpoll   *netpollFile // nil until a blocking form has had to wait
	remote    *address     // the peer's, in the form peerExtra; set before others know the descriptor
	lingers   atomic.Bool  // to close the descriptor may take long
	reset     bool         // the descriptor was blocking, and is to be again when it is closed: others may share it; set before as well
}

// A limit is the deadline of one direction. But for the deadline itself it belongs to the loop's goroutine.
type limit struct {
	deadline atomic.Int64 // by now(); 0: none, never: nor by the machine's clock. Set by any goroutine
	timer    *rt.Timer    // will look at the deadline at timerAt; nil: none is set
	timerAt  int64        // by now()
}

// A netpollFile is a descriptor in Go's netpoller.
type netpollFile struct {
	file *os.File        // owns the number
	raw  syscall.RawConn // nil if Go's netpoller does not take it
}

// more returns the part of fd that few need. Any goroutine may call it.
func (fd *descriptor) more() *descriptorExtra {
	if x := fd.extra.Load(); x != nil {
		return x
	}
	fd.extra.CompareAndSwap(nil, new(descriptorExtra))
	return fd.extra.Load()
}

// lockWrites locks what a blocking form that writes holds, so that several of them do not mix, and returns it. form is as in block: one
// that runs on a loop is refused if another one holds the lock.
func (fd *descriptor) lockWrites(form string) *sync.Mutex {
	writes := &fd.more().writes
	if !writes.TryLock() {
		refuseOnLoop(form)
		writes.Lock()
	}
	return writes
}

// deadline returns the deadline of direction d by now(), 0 if there is none.
func (fd *descriptor) deadline(d direction) int64 {
	x := fd.extra.Load()
	if x == nil {
		return 0
	}
	return x.limits[d].deadline.Load()
}

// setDeadline sets the deadline of direction d, by rt.Now; the zero time removes it. Any goroutine may call it.
func (fd *descriptor) setDeadline(d direction, t time.Time) error {
	if err := fd.acquire(); err != nil {
		return err
	}
	defer fd.release()
	if t.IsZero() && fd.extra.Load() == nil {
		return nil // there is none
	}
	x := fd.more()
	x.mu.Lock()
	x.unfollow(d)
	at := deadlineAt(t)
	if loop := rt.ClockedLoop(); loop != nil && at != 0 {
		at = fd.follow(x, d, loop, t)
	}
	x.limits[d].deadline.Store(at)
	var err error
	if x.netpoll != nil {
		err = setFileDeadline(x.netpoll.file, d, timeOf(at))
	}
	x.mu.Unlock()
	if fd.waits(d) { // as in close
		fd.post(func() { fd.watchDeadline(d) })
	}
	return err
}

// A peerForm says where the address of the peer is.
type peerForm uint8

const (
	peerNone    peerForm = iota // there is none
	peerIPv4                    // in peerIP, in the form of IPv6, and peerPort
	peerIPv6                    // in peerIP and peerPort; it has no zone
	peerUnnamed                 // it is unnamed
	peerExtra                   // in the descriptor's extra
)

// setRemote sets the address of the peer, before others know fd.
func (fd *descriptor) setRemote(a address) {
	ip := a.ip.Addr()
	switch {
	case !a.isValid():
		fd.peerForm = peerNone
		return
	case a.name == unnamed:
		fd.peerForm = peerUnnamed
		return
	case a.name != nil || ip.Zone() != "":
		rare := a // so that a need not be allocated
		fd.more().remote, fd.peerForm = &rare, peerExtra
		return
	case ip.Is4():
		fd.peerForm = peerIPv4
	default:
		fd.peerForm = peerIPv6
	}
	fd.peerIP, fd.peerPort = ip.As16(), a.ip.Port()
}

// remote returns the address of the peer; the zero value if there is none.
func (fd *descriptor) remote() address {
	switch ip := netip.AddrFrom16(fd.peerIP); fd.peerForm {
	case peerIPv4:
		return ipAddress(netip.AddrPortFrom(ip.Unmap(), fd.peerPort))
	case peerIPv6:
		return ipAddress(netip.AddrPortFrom(ip, fd.peerPort))
	case peerUnnamed:
		return unixAddress(unnamed)
	case peerExtra:
		return *fd.extra.Load().remote
	}
	return address{}
}
