//go:build linux

package poll

import (
	"net"
	"net/netip"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A packetRead is a datagram that is to be received.
type packetRead struct {
	p     []byte
	n     int // how many bytes of p it has filled
	from  peerAddr
	named bool // whether from is asked for
}

// call receives the datagram.
func (r *packetRead) call(sysfd int) (err error) {
	if !r.named {
		r.n, err = recvfrom(sysfd, r.p, nil)
		return err
	}
	var from rawAddr
	if r.n, err = recvfrom(sysfd, r.p, &from); err == nil {
		r.from = from.get()
	}
	return err
}

func (r *packetRead) moved() (bytes int) { return r.n }

// read is the blocking form named form. It allocates nothing unless it has to wait.
func (c *PacketConn) read(form string, r packetRead) (packetRead, error) {
	err := c.once(reading, func(sysfd int) error { return r.call(sysfd) })
	if err == unix.EAGAIN {
		err = c.readLater(form, &r)
	}
	return r, c.opError("read", peerAddr{}, err)
}

// readLater waits, with a copy of r on the heap.
func (c *PacketConn) readLater(form string, r *packetRead) error {
	later := *r
	err := c.later(reading, form, later.call)
	*r = later
	return err
}

// Read receives a datagram into p and returns its size in bytes, which is 0 for one without data. What p has no room for is cut off.
// Cancel: lossless, a datagram is taken only when it is returned.
func (c *PacketConn) Read(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(PacketConnReadOp)
		op.Init(c, p)
		return rt.Block(op)
	}
	r, err := c.read("PacketConn.Read", packetRead{p: p})
	return r.n, err
}

// ReadFrom is Read that says who has sent the datagram: addr is a *net.UDPAddr or *net.UnixAddr, nil if that is a Unix socket without a
// name. An IPv4 address is shown as one also by a socket for both families. Cancel: lossless, as Read.
func (c *PacketConn) ReadFrom(p []byte) (n int, addr net.Addr, err error) {
	if rt.InTask() {
		op := new(PacketConnReadFromOp)
		op.Init(c, p)
		r, err := rt.Block(op)
		return r.First, r.Second, err
	}
	r, err := c.read("PacketConn.ReadFrom", packetRead{p: p, named: true})
	return r.n, r.from.netAddr(), err
}

// ReadFromAddrPort is ReadFrom that allocates nothing for the address, which is the zero value for a Unix socket. Cancel: lossless, as
// Read.
func (c *PacketConn) ReadFromAddrPort(p []byte) (n int, addr netip.AddrPort, err error) {
	if rt.InTask() {
		op := new(PacketConnReadFromAddrPortOp)
		op.Init(c, p)
		r, err := rt.Block(op)
		return r.First, r.Second, err
	}
	r, err := c.read("PacketConn.ReadFromAddrPort", packetRead{p: p, named: true})
	return r.n, r.from.ip, err
}

// ReadAsync is the async form of Read.
func (c *PacketConn) ReadAsync(p []byte) rt.Awaitable[int] {
	op := new(PacketConnReadOp)
	op.Init(c, p)
	op.Visible()
	return op
}

// ReadFromAsync is the async form of ReadFrom.
func (c *PacketConn) ReadFromAsync(p []byte) rt.Awaitable[rt.Pair[int, net.Addr]] {
	op := new(PacketConnReadFromOp)
	op.Init(c, p)
	op.Visible()
	return op
}

// ReadFromAddrPortAsync is the async form of ReadFromAddrPort.
func (c *PacketConn) ReadFromAddrPortAsync(p []byte) rt.Awaitable[rt.Pair[int, netip.AddrPort]] {
	op := new(PacketConnReadFromAddrPortOp)
	op.Init(c, p)
	op.Visible()
	return op
}

// A packetReadOp is what the operations that receive a datagram have in common.
type packetReadOp struct {
	packetOp
	packetRead
}

// Start begins the operation.
func (op *packetReadOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *packetReadOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb, &op.packetRead) || !op.park(fb, op) {
		op.p = nil
		return op.finish(peerAddr{})
	}
	return op.Suspend(1)
}

// init prepares the operation anew.
func (op *packetReadOp) init(c *PacketConn, p []byte, named bool) {
	op.begin(c, reading)
	op.packetRead = packetRead{p: p, named: named}
}

// result returns what was received, and lets it go.
func (op *packetReadOp) result() (n int, from peerAddr, err error) {
	err = op.outcome()
	from = op.from
	if !op.held {
		op.from = peerAddr{}
	}
	return op.n, from, err
}

// A PacketConnReadOp is the operation of [PacketConn.Read], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type PacketConnReadOp struct{ packetReadOp }

// Init prepares a Read of c into p.
func (op *PacketConnReadOp) Init(c *PacketConn, p []byte) { op.init(c, p, false) }

// Result returns what Read does.
func (op *PacketConnReadOp) Result() (n int, err error) {
	n, _, err = op.result()
	return n, err
}

// A PacketConnReadFromOp is the operation of [PacketConn.ReadFrom], to embed in a frame. The zero value is ready for Init, and so is one
// that has ended.
type PacketConnReadFromOp struct{ packetReadOp }

// Init prepares a ReadFrom of c into p.
func (op *PacketConnReadFromOp) Init(c *PacketConn, p []byte) { op.init(c, p, true) }

// Result returns what ReadFrom does.
func (op *PacketConnReadFromOp) Result() (rt.Pair[int, net.Addr], error) {
	n, from, err := op.result()
	return rt.Pair[int, net.Addr]{First: n, Second: from.netAddr()}, err
}

// A PacketConnReadFromAddrPortOp is the operation of [PacketConn.ReadFromAddrPort], to embed in a frame. The zero value is ready for Init,
// and so is one that has ended.
type PacketConnReadFromAddrPortOp struct{ packetReadOp }

// Init prepares a ReadFromAddrPort of c into p.
func (op *PacketConnReadFromAddrPortOp) Init(c *PacketConn, p []byte) { op.init(c, p, true) }

// Result returns what ReadFromAddrPort does.
func (op *PacketConnReadFromAddrPortOp) Result() (rt.Pair[int, netip.AddrPort], error) {
	n, from, err := op.result()
	return rt.Pair[int, netip.AddrPort]{First: n, Second: from.ip}, err
}
