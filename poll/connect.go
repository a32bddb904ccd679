//go:build linux

package poll

import (
	"fmt"
	"net"
	"os"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// connect begins to connect to one address. If pending, the connection is settled once it has become writable; otherwise it is or it
// failed.
func (d *Dialer) connect(to address) (c *Conn, pending bool, err error) {
	sysfd, err := newSocket(to.kind(), to.family())
	if err != nil {
		return nil, false, err
	}
	if err := d.prepare(sysfd, to); err != nil {
		unix.Close(sysfd)
		return nil, false, err
	}
	return connectResult(sysfd, to, unix.Connect(sysfd, to.sockaddr(to.family())))
}

// prepare sets a new socket up as d has it.
func (d *Dialer) prepare(sysfd int, to address) error {
	if to.kind() == kindTCP {
		if err := keepAlive(sysfd, d.KeepAlive, d.KeepAliveConfig); err != nil {
			return err
		}
	}
	if err := control(d.Control, sysfd, to.kind(), to.family(), to.String()); err != nil {
		return err
	}
	local, err := d.local(to)
	if err != nil || !local.isValid() {
		return err
	}
	return os.NewSyscallError("bind", unix.Bind(sysfd, local.sockaddr(to.family())))
}

// kind returns the kind of a socket for a.
func (a address) kind() kind {
	if a.name != nil {
		return kindUnix
	}
	return kindTCP
}

// family returns the address family of a socket for a.
func (a address) family() int {
	if a.name != nil {
		return unix.AF_UNIX
	}
	return familyOf(a.ip.Addr())
}

// connectResult takes up what connect said. A connect that a signal interrupts goes on by itself: to make the call again would be an
// error. One to a Unix socket is never pending; EAGAIN says that the listener's queue is full, and no event would say when it is not.
func connectResult(sysfd int, to address, said error) (c *Conn, pending bool, err error) {
	switch said {
	case nil, unix.EISCONN:
		return newConn(to.kind(), sysfd, to, nil), false, nil
	case unix.EINPROGRESS, unix.EALREADY, unix.EINTR:
		return newConn(to.kind(), sysfd, to, nil), true, nil
	default:
		unix.Close(sysfd)
		return nil, false, os.NewSyscallError("connect", said)
	}
}

// connected reports whether a pending connect is settled, and how.
func (c *Conn) connected() (settled bool, err error) {
	if err := c.acquire(); err != nil {
		return true, err
	}
	defer c.release()
	errno, err := unix.GetsockoptInt(c.sysfd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return true, os.NewSyscallError("getsockopt", err)
	}
	if errno != 0 {
		return true, os.NewSyscallError("connect", unix.Errno(errno))
	}
	// Neither an error nor a peer: it was woken too early.
	_, err = unix.Getpeername(c.sysfd)
	return err == nil, nil
}

// settle completes a connection. If nobody listens at a port of this host which the kernel gives the socket itself, it connects the socket
// to itself; then the port is as closed as any other.
func (d *Dialer) settle(c *Conn) error {
	local := c.localAddr()
	if c.kind == kindTCP && !d.hasPort() && addressOf(local) == c.remote() {
		return os.NewSyscallError("connect", unix.ECONNREFUSED)
	}
	return nil
}

// hasPort reports whether d says from which port to connect; otherwise the kernel chooses one.
func (d *Dialer) hasPort() bool {
	a, ok := d.LocalAddr.(*net.TCPAddr)
	return ok && a != nil && a.Port != 0
}

// connectTo connects to one address. An error that was not thrown at the task is a *net.OpError.
func connectTo(d *Dialer, network string, to address) (*Conn, error) {
	if rt.InTask() {
		return rt.Block(connectToAsync(d, network, to))
	}
	return d.connectBlocking(network, to)
}

// connectBlocking is connectTo on the calling goroutine, which is no task's.
func (d *Dialer) connectBlocking(network string, to address) (*Conn, error) {
	c, pending, err := d.connect(to)
	kept := false
	defer func() {
		if c != nil && !kept { // also if block panics
			c.close()
		}
	}()
	if pending {
		wait := c.block(writing, "Dial", func(int) (settled bool) {
			settled, err = c.connected()
			return settled
		})
		if wait != nil {
			err = wait
		}
	}
	if err == nil {
		if err = d.settle(c); err == nil {
			kept = true
			return c, nil
		}
	}
	return nil, d.opError(network, to, err)
}

// connectToAsync is the async form of connectTo.
func connectToAsync(d *Dialer, network string, to address) rt.Awaitable[*Conn] {
	op := new(connectToOp)
	op.Init(d, network, to)
	op.Visible()
	return op
}

// A connectToOp is the operation of connectTo, for embedding.
type connectToOp struct {
	operation // of the socket that is being connected
	dialer    *Dialer
	network   string
	to        address
	conn      *Conn // connecting, or the result
}

// Init prepares a connectTo.
func (op *connectToOp) Init(d *Dialer, network string, to address) {
	op.begin(nil, writing)
	op.dialer, op.network, op.to, op.conn = d, network, to, nil
}

// Start begins the operation.
func (op *connectToOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *connectToOp) Resume(fb *rt.Fiber) (done bool) {
	state := op.Enter()
	settled := op.err != nil // it was aborted
	switch {
	case settled:
	case state == 0:
		settled = !op.check(fb) || op.connect()
	default:
		settled, op.err = op.conn.connected()
	}
	if !settled && op.err == nil && op.park(fb, op) {
		return op.Suspend(1)
	}
	if op.err == nil {
		op.err = op.dialer.settle(op.conn)
	}
	if op.err == nil {
		op.succeeded(fb)
	} else {
		op.failed()
	}
	op.fd, op.dialer, op.to = nil, nil, address{}
	return op.End()
}

// connect makes the system call and reports whether that settled the operation.
func (op *connectToOp) connect() (settled bool) {
	c, pending, err := op.dialer.connect(op.to)
	if err != nil {
		op.err = err
		return true
	}
	op.conn, op.fd = c, &c.descriptor
	return !pending
}

// succeeded ends the operation with the connection.
func (op *connectToOp) succeeded(fb *rt.Fiber) {
	c := op.conn
	c.sides[writing].busy = false
	if loop := fb.Loop(); loop != nil && loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceIO, Fiber: fb, Detail: fmt.Sprintf("descriptor %d: connected", c.sysfd)})
	}
}

// failed closes the socket, if there is one, and completes the error.
func (op *connectToOp) failed() {
	if op.conn != nil {
		op.conn.close()
		op.conn = nil
	}
	if !op.thrown {
		op.err = op.dialer.opError(op.network, op.to, op.err)
	}
}

// Result returns what connectTo does.
func (op *connectToOp) Result() (*Conn, error) {
	err := op.outcome()
	conn := op.conn
	if !op.held {
		op.conn = nil
	}
	return conn, err
}
