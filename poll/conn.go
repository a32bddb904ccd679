//go:build linux

package poll

import (
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A Conn is a connection that carries a stream: of TCP, or between Unix sockets. It is a net.Conn: its blocking forms and its other
// methods may be called by any goroutine. Its async forms belong to one loop at a time: that of the first operation that had to wait,
// until it is closed. Of those, one at most waits in each direction; a second one fails with [ErrBusy]. Blocking forms outside tasks do not
// count: they wait beside it, and for one another. A Conn must be closed.
//
// Its errors are those of package net: io.EOF; otherwise a *net.OpError around [net.ErrClosed], [os.ErrDeadlineExceeded] or an
// *os.SyscallError. Only an error that was thrown at the task, such as a cancel, is returned as it is.
type Conn struct {
	descriptor
}

var _ net.Conn = (*Conn)(nil)

// newConn makes a Conn of a connected or connecting socket.
func newConn(k kind, sysfd int, remote address, local *net.Addr) *Conn {
	c := new(Conn)
	c.init(k, sysfd)
	c.setRemote(remote)
	c.local.Store(local)
	return c
}

// Close closes the connection. Operations that wait fail with [net.ErrClosed]; what was written is still delivered. It does not block.
func (c *Conn) Close() error { return c.opError("close", c.close()) }

// CloseNow closes the connection and drops what was written and has not been sent; the peer of a TCP connection is told by a reset. Should
// others have duplicates of the descriptor, such as what File returned, that happens when the last of them is closed.
func (c *Conn) CloseNow() error {
	if err := c.SetLinger(0); err != nil {
		return err
	}
	return c.Close()
}

// CloseWrite ends the stream that the peer reads; reading goes on.
func (c *Conn) CloseWrite() error { return c.shutdown(unix.SHUT_WR) }

// CloseRead ends reading here: a Read returns what has come before, and then io.EOF. Writing goes on. The peer of a TCP connection is not
// told.
func (c *Conn) CloseRead() error { return c.shutdown(unix.SHUT_RD) }

// shutdown ends one direction.
func (c *Conn) shutdown(how int) error {
	return c.opError("close", c.control(func(sysfd int) error { return os.NewSyscallError("shutdown", unix.Shutdown(sysfd, how)) }))
}

// ReadOp returns Read as an operation, for rt.Select.
func (c *Conn) ReadOp(p []byte) *Waiter[int] {
	return newTransfer(&c.descriptor, reading, "read", func(int) (int, error) { return c.readSome(p) })
}

// WriteOp returns an operation, for rt.Select, that writes as much of p as the socket takes at once. That is a byte at least, and may be
// less than all of p, without an error: a write of all could be left half done by a Select that chooses another.
func (c *Conn) WriteOp(p []byte) *Waiter[int] {
	return newTransfer(&c.descriptor, writing, "write", func(int) (int, error) { return c.writeSome(p) })
}

// LocalAddr returns the address of this end, a *net.TCPAddr or *net.UnixAddr.
func (c *Conn) LocalAddr() net.Addr { return c.localAddr() }

// RemoteAddr returns the address of the peer, a *net.TCPAddr or *net.UnixAddr. That of a Unix socket which is bound to no name is @.
func (c *Conn) RemoteAddr() net.Addr { return c.remote().netAddr() }

// SetDeadline sets the deadline of reads and writes, in both forms: those that wait then, and those that come later, fail with
// [os.ErrDeadlineExceeded] until it is set anew. The zero time means no deadline. T is a time by [rt.Now], as that of a [Dialer] is: that is
// time.Now, as in package net, but on a loop that was given a Clock, which then decides when the deadline has passed. There a t made of
// time.Now, as by code that knows nothing of loops, is one of another time.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.setDeadline(reading, t); err != nil {
		return c.opError("set", err)
	}
	return c.opError("set", c.setDeadline(writing, t))
}

// SetReadDeadline sets the deadline of reads alone.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.opError("set", c.setDeadline(reading, t)) }

// SetWriteDeadline sets the deadline of writes alone. A write that it cuts short may have written a part.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.opError("set", c.setDeadline(writing, t))
}
