//go:build linux

package poll

import (
	"net"
	"net/netip"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A packetWrite is a datagram that is to be sent.
type packetWrite struct {
	p       []byte
	n       int      // how many bytes were sent
	to      peerAddr // zero: to whom the socket is connected
	invalid error    // why to cannot be sent to
	family  int      // of the socket
}

// call sends the datagram.
func (w *packetWrite) call(sysfd int) (err error) {
	if w.invalid != nil {
		return w.invalid
	}
	var to rawAddr
	if !w.to.isZero() {
		if err := to.set(w.to, w.family); err != nil {
			return err
		}
	}
	if w.n, err = sendto(sysfd, w.p, &to); err == unix.EAGAIN {
		return whyBlocked(sysfd, w.to)
	}
	return err
}

func (w *packetWrite) moved() (bytes int) { return w.n }

// write is the blocking form named form. It allocates nothing unless it has to wait.
func (c *PacketConn) write(form string, w packetWrite) (n int, err error) {
	w.family = c.family
	err = c.once(writing, func(sysfd int) error { return w.call(sysfd) })
	if isBlocked(err) {
		return c.writeLater(form, w)
	}
	return w.n, c.opError("write", w.to, err)
}

// writeLater waits, with w on the heap.
func (c *PacketConn) writeLater(form string, w packetWrite) (n int, err error) {
	err = c.send(form, w.call)
	return w.n, c.opError("write", w.to, err)
}

// Write sends p as one datagram to the peer that the socket is connected to, waiting while the socket's buffer has no room. It sends all of
// p or nothing. That it was sent does not mean that it arrives. Cancel: lossless, it returns the error of a cancel only if it has sent
// nothing.
func (c *PacketConn) Write(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(PacketConnWriteOp)
		op.Init(c, p)
		return rt.Block(op)
	}
	return c.write("PacketConn.Write", packetWrite{p: p})
}

// WriteTo is Write to addr, a *net.UDPAddr or *net.UnixAddr, on a socket that is not connected. Cancel: lossless, as Write.
func (c *PacketConn) WriteTo(p []byte, addr net.Addr) (n int, err error) {
	if rt.InTask() {
		op := new(PacketConnWriteToOp)
		op.Init(c, p, addr)
		return rt.Block(op)
	}
	to, err := c.destination(addr)
	return c.write("PacketConn.WriteTo", packetWrite{p: p, to: to, invalid: err})
}

// WriteToAddrPort is WriteTo of a UDP socket with an address that needs no allocation. Cancel: lossless, as Write.
func (c *PacketConn) WriteToAddrPort(p []byte, addr netip.AddrPort) (n int, err error) {
	if rt.InTask() {
		op := new(PacketConnWriteToAddrPortOp)
		op.Init(c, p, addr)
		return rt.Block(op)
	}
	to, err := c.destinationPort(addr)
	return c.write("PacketConn.WriteToAddrPort", packetWrite{p: p, to: to, invalid: err})
}

// WriteAsync is the async form of Write.
func (c *PacketConn) WriteAsync(p []byte) rt.Awaitable[int] {
	op := new(PacketConnWriteOp)
	op.Init(c, p)
	op.Visible()
	return op
}

// WriteToAsync is the async form of WriteTo.
func (c *PacketConn) WriteToAsync(p []byte, addr net.Addr) rt.Awaitable[int] {
	op := new(PacketConnWriteToOp)
	op.Init(c, p, addr)
	op.Visible()
	return op
}

// WriteToAddrPortAsync is the async form of WriteToAddrPort.
func (c *PacketConn) WriteToAddrPortAsync(p []byte, addr netip.AddrPort) rt.Awaitable[int] {
	op := new(PacketConnWriteToAddrPortOp)
	op.Init(c, p, addr)
	op.Visible()
	return op
}

// A packetWriteOp is what the operations that send a datagram have in common.
type packetWriteOp struct {
	packetOp
	packetWrite
}

// Start begins the operation.
func (op *packetWriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *packetWriteOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb, &op.packetWrite) || !op.park(fb, op) {
		to := op.to
		op.p, op.to, op.invalid = nil, peerAddr{}, nil
		return op.finish(to)
	}
	return op.Suspend(1)
}

// Result returns what the method does that the operation is of.
func (op *packetWriteOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}

// init prepares the operation anew.
func (op *packetWriteOp) init(c *PacketConn, p []byte, to peerAddr, invalid error) {
	op.begin(c, writing)
	op.packetWrite = packetWrite{p: p, to: to, invalid: invalid, family: c.family}
}

// A PacketConnWriteOp is the operation of [PacketConn.Write], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type PacketConnWriteOp struct{ packetWriteOp }

// Init prepares a Write of p to c.
func (op *PacketConnWriteOp) Init(c *PacketConn, p []byte) { op.init(c, p, peerAddr{}, nil) }

// A PacketConnWriteToOp is the operation of [PacketConn.WriteTo], to embed in a frame. The zero value is ready for Init, and so is one that
// has ended.
type PacketConnWriteToOp struct{ packetWriteOp }

// Init prepares a WriteTo of p to addr.
func (op *PacketConnWriteToOp) Init(c *PacketConn, p []byte, addr net.Addr) {
	to, err := c.destination(addr)
	op.init(c, p, to, err)
}

// A PacketConnWriteToAddrPortOp is the operation of [PacketConn.WriteToAddrPort], to embed in a frame. The zero value is ready for Init, and
// so is one that has ended.
type PacketConnWriteToAddrPortOp struct{ packetWriteOp }

// Init prepares a WriteToAddrPort of p to addr.
func (op *PacketConnWriteToAddrPortOp) Init(c *PacketConn, p []byte, addr netip.AddrPort) {
	to, err := c.destinationPort(addr)
	op.init(c, p, to, err)
}
