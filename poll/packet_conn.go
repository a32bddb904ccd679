//go:build linux

package poll

import (
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A PacketConn is a socket for datagrams: of UDP, or of Unix sockets (the network unixgram). [ListenPacket] makes one that receives from
// everybody, [DialPacket] one that is connected to a single peer.
//
// It is a net.PacketConn and a net.Conn in one type, as *net.UDPConn and *net.UnixConn are: being connected is a state of the socket that
// takes no operation away but WriteTo, which fails with [net.ErrWriteToConnected]; a Write without a peer fails with EDESTADDRREQ or
// ENOTCONN. Both families share it because they do the same; they differ in their addresses, which a program that allocates nothing for a
// datagram uses in the forms with AddrPort, of UDP alone, and the others as net.Addr.
//
// A datagram is received whole by one operation, or not at all. What the buffer has no room for is cut off, which [PacketConn.ReadMsg]
// reports. A datagram without data is one as well: it is read as 0 bytes without an error, never as io.EOF, also by an empty buffer. UDP
// drops what its receive buffer has no room for; a Unix socket has its senders wait. A datagram that the network does not take is sent in
// vain: an error that an earlier one met, such as ECONNREFUSED because nobody listens at the peer's port, is that of the next operation,
// whichever it is, on a socket that is connected; others are not told. (Statements 194, 232.) One that is too large is EMSGSIZE.
//
// Any goroutine may call the blocking forms and the other methods. The async forms belong to one loop at a time, as those of a [Conn] do;
// of those one at most waits in each direction, a second one fails with [ErrBusy]. A PacketConn must be closed.
//
// Its errors are those of package net: a *net.OpError around [net.ErrClosed], [os.ErrDeadlineExceeded], an *os.SyscallError or a
// *net.AddrError. Only an error that was thrown at the task, such as a cancel, is returned as it is.
type PacketConn struct {
	descriptor
	network string // as the user named it
	family  int
	laddr   net.Addr
	raddr   net.Addr // nil unless connected
	rooms   rooms
}

var (
	_ net.PacketConn = (*PacketConn)(nil)
	_ net.Conn       = (*PacketConn)(nil)
	_ syscall.Conn   = (*PacketConn)(nil)
)

// newPacketConn makes a PacketConn of a socket that has its addresses.
func newPacketConn(network string, family, sysfd int, connected bool) *PacketConn {
	c := &PacketConn{network: network, family: family}
	if family == unix.AF_UNIX {
		c.init(kindUnixgram, sysfd)
	} else {
		c.init(kindUDP, sysfd)
	}
	c.laddr = nameOf(unix.SYS_GETSOCKNAME, sysfd).netAddr()
	if c.laddr == nil { // a Unix socket without a name, which package net shows so
		c.laddr = &net.UnixAddr{Net: network, Name: "@"}
	}
	c.local.Store(&c.laddr)
	if connected {
		peer := nameOf(unix.SYS_GETPEERNAME, sysfd)
		c.raddr = peer.netAddr()
		c.setRemote(ipAddress(peer.ip))
		if name, ok := c.raddr.(*net.UnixAddr); ok {
			c.setRemote(unixAddress(name))
		}
	}
	return c
}

// Close closes the socket. Operations that wait fail with [net.ErrClosed]; what was written is still sent, what was not read is lost. The
// file of a Unix socket is left, as package net leaves it. Close does not block.
func (c *PacketConn) Close() error {
	err := c.close()
	c.rooms.end()
	return c.opError("close", peerAddr{}, err)
}

// LocalAddr returns the address of this end, a *net.UDPAddr or *net.UnixAddr. That of a Unix socket without a name is @.
func (c *PacketConn) LocalAddr() net.Addr { return c.laddr }

// RemoteAddr returns the address of the peer, a *net.UDPAddr or *net.UnixAddr, nil if the socket is not connected.
func (c *PacketConn) RemoteAddr() net.Addr { return c.raddr }

// SetDeadline sets the deadline of reads and writes, in both forms: those that wait then, and those that come later, fail with
// [os.ErrDeadlineExceeded] until it is set anew. The zero time means no deadline; t is by rt.Now, see [Conn.SetDeadline].
func (c *PacketConn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline sets the deadline of reads alone.
func (c *PacketConn) SetReadDeadline(t time.Time) error {
	return c.opError("set", peerAddr{}, c.setDeadline(reading, t))
}

// SetWriteDeadline sets the deadline of writes alone.
func (c *PacketConn) SetWriteDeadline(t time.Time) error {
	err := c.setDeadline(writing, t)
	c.followIn(&c.rooms)
	c.rooms.stop()
	return c.opError("set", peerAddr{}, err)
}

// SetReadBuffer asks for a receive buffer of the given size in bytes. The kernel doubles it, to account for its own needs, and lowers it to
// the doubled net.core.rmem_max.
func (c *PacketConn) SetReadBuffer(bytes int) error {
	return c.setOption(unix.SOL_SOCKET, unix.SO_RCVBUF, bytes)
}

// SetWriteBuffer asks for a send buffer of the given size in bytes, which the kernel treats as that of SetReadBuffer, with
// net.core.wmem_max.
func (c *PacketConn) SetWriteBuffer(bytes int) error {
	return c.setOption(unix.SOL_SOCKET, unix.SO_SNDBUF, bytes)
}

// SyscallConn gives access to the descriptor; see [Conn.SyscallConn].
func (c *PacketConn) SyscallConn() (syscall.RawConn, error) { return c.syscallConn() }

// opError makes what package net would return of an error of operation op, which concerned to, or else the peer.
func (c *PacketConn) opError(op string, to peerAddr, err error) error {
	if err == nil {
		return nil
	}
	addr := to.netAddr()
	if addr == nil {
		addr = c.raddr
	}
	return &net.OpError{Op: op, Net: c.network, Source: c.laddr, Addr: addr, Err: err}
}

// destination converts the address that a datagram is to be sent to.
func (c *PacketConn) destination(addr net.Addr) (peerAddr, error) {
	if c.raddr != nil {
		return peerAddr{}, net.ErrWriteToConnected
	}
	return peerAddrOf(addr, c.family)
}

// destinationPort is destination for an address of package netip.
func (c *PacketConn) destinationPort(addr netip.AddrPort) (peerAddr, error) {
	switch {
	case c.raddr != nil:
		return peerAddr{}, net.ErrWriteToConnected
	case c.family == unix.AF_UNIX:
		return peerAddr{}, &net.AddrError{Err: "address has an IP address; a Unix socket takes a *net.UnixAddr, with WriteTo", Addr: addr.String()}
	case !addr.IsValid():
		return peerAddr{}, &net.AddrError{Err: "address is not valid; a UDP socket takes one with an IP address"}
	}
	return peerAddr{ip: addr}, nil
}
