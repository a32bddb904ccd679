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
	limits  [2]limit
	writes  sync.Mutex   // blockingWrites
	mu      sync.Mutex   // guards netpoll, and orders deadlines with its making
	netpoll *netpollFile // nil until a blocking form has had to wait
	remote  *address     // the peer's, if there is no room for it in peer; set before others know the descriptor
}

// A limit is the deadline of one direction. But for the deadline itself it belongs to the loop's goroutine.
type limit struct {
	deadline atomic.Int64 // by now(); 0: none. Set by any goroutine
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

// blockingWrites is held by a blocking Write, so that several of them do not mix.
func (fd *descriptor) blockingWrites() *sync.Mutex { return &fd.more().writes }

// deadline returns the deadline of direction d by now(), 0 if there is none.
func (fd *descriptor) deadline(d direction) int64 {
	x := fd.extra.Load()
	if x == nil {
		return 0
	}
	return x.limits[d].deadline.Load()
}

// setDeadline sets the deadline of direction d; the zero time removes it. Any goroutine may call it.
func (fd *descriptor) setDeadline(d direction, t time.Time) error {
	if err := fd.acquire(); err != nil {
		return err
	}
	defer fd.release()
	x := fd.more()
	x.mu.Lock()
	x.limits[d].deadline.Store(deadlineAt(t))
	var err error
	if x.netpoll != nil {
		err = setFileDeadline(x.netpoll.file, d, t)
	}
	x.mu.Unlock()
	if fd.sides[d].waiting.Load() { // as in close
		fd.post(func() { fd.watchDeadline(d) })
	}
	return err
}

// A peer is the address that a descriptor is connected to, in 20 bytes: half of what an address takes.
type peer struct {
	ip   [16]byte // in the form of IPv6
	port uint16
	form peerForm
}

// A peerForm says where the address of the peer is.
type peerForm uint8

const (
	peerNone    peerForm = iota // there is none
	peerIPv4                    // in ip and port
	peerIPv6                    // in ip and port; it has no zone
	peerUnnamed                 // it is unnamed
	peerExtra                   // in the descriptor's extra
)

// setRemote sets the address of the peer, before others know fd.
func (fd *descriptor) setRemote(a address) {
	switch ip := a.ip.Addr(); {
	case !a.isValid():
		fd.peer = peer{}
	case a.name == unnamed:
		fd.peer = peer{form: peerUnnamed}
	case a.name != nil || ip.Zone() != "":
		rare := a // so that a need not be allocated
		fd.more().remote, fd.peer = &rare, peer{form: peerExtra}
	case ip.Is4():
		fd.peer = peer{ip.As16(), a.ip.Port(), peerIPv4}
	default:
		fd.peer = peer{ip.As16(), a.ip.Port(), peerIPv6}
	}
}

// remote returns the address of the peer; the zero value if there is none.
func (fd *descriptor) remote() address {
	p := &fd.peer
	switch p.form {
	case peerIPv4:
		return ipAddress(netip.AddrPortFrom(netip.AddrFrom16(p.ip).Unmap(), p.port))
	case peerIPv6:
		return ipAddress(netip.AddrPortFrom(netip.AddrFrom16(p.ip), p.port))
	case peerUnnamed:
		return unixAddress(unnamed)
	case peerExtra:
		return *fd.extra.Load().remote
	}
	return address{}
}
