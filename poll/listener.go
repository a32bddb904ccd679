//go:build linux

package poll

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A Listener accepts connections, of TCP or from Unix sockets. It is a net.Listener: any goroutine may call its blocking forms and its other methods. Its async
// form belongs to one loop at a time, like those of a [Conn]. A Listener must be closed.
type Listener struct {
	descriptor
	made atomic.Pointer[socketFile] // what Close removes; nil unless it listens at a path
	kept atomic.Bool                // Close leaves it
}

var _ net.Listener = (*Listener)(nil)

// Listen announces on an address, by the rules of net.Listen. The accept queue is as long as the system allows. The error is a
// *net.OpError.
//
// Of the networks tcp, tcp4 and tcp6, a host that is missing or a wildcard means all addresses, of both families for tcp, and port 0 means
// one that is free. A host name is looked up by the calling goroutine.
//
// Of the network unix, the address is the path of a file, which Close removes if it is still the one that Listen has made; or, if it begins
// with @, an abstract name, of which no file tells. The file of a listener that ended without removing it is replaced; one at which
// somebody still listens, or that is no socket, is left alone, and the error is EADDRINUSE. (Statement 228; asyncio replaces any socket.)
func Listen(network, address string) (*Listener, error) {
	fail := func(addr net.Addr, err error) (*Listener, error) {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: addr, Err: err}
	}
	if network == "unix" {
		addr := &net.UnixAddr{Net: network, Name: address}
		ln, err := listenUnix(addr)
		if err != nil {
			return fail(addr, err)
		}
		return ln, nil
	}
	addr, err := net.ResolveTCPAddr(network, address)
	if err != nil {
		return fail(nil, err)
	}
	ln, err := listen(network, addr)
	if err != nil {
		return fail(addr, err)
	}
	return ln, nil
}

// listen chooses the family as package net does: one socket serves both for a wildcard of network tcp, if the system has IPv6.
func listen(network string, addr *net.TCPAddr) (*Listener, error) {
	wildcard := addr.IP == nil || addr.IP.IsUnspecified()
	switch {
	case network == "tcp" && wildcard:
		any6 := netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(addr.Port))
		ln, err := listenOn(any6, unix.AF_INET6, false)
		if errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EADDRNOTAVAIL) {
			return listenOn(netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(addr.Port)), unix.AF_INET, false)
		}
		return ln, err
	case network == "tcp4" && wildcard:
		return listenOn(netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(addr.Port)), unix.AF_INET, false)
	case network == "tcp6" && wildcard:
		return listenOn(netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(addr.Port)), unix.AF_INET6, true)
	}
	ap := addr.AddrPort()
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	return listenOn(ap, familyOf(ap.Addr()), network == "tcp6")
}

// listenOn listens on one address.
func listenOn(addr netip.AddrPort, family int, v6only bool) (*Listener, error) {
	sysfd, err := newSocket(kindTCP, family) // what it sets is inherited by the connections
	if err != nil {
		return nil, err
	}
	if err := bindAndListen(sysfd, addr, family, v6only); err != nil {
		unix.Close(sysfd)
		return nil, err
	}
	ln := new(Listener)
	ln.init(kindTCP, sysfd)
	ln.localAddr()
	return ln, nil
}

// bindAndListen prepares a new socket for accepting.
func bindAndListen(sysfd int, addr netip.AddrPort, family int, v6only bool) error {
	if err := unix.SetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if family == unix.AF_INET6 {
		only := 0
		if v6only {
			only = 1
		}
		if err := unix.SetsockoptInt(sysfd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	if err := unix.Bind(sysfd, toSockaddr(addr, family)); err != nil {
		return os.NewSyscallError("bind", err)
	}
	return os.NewSyscallError("listen", unix.Listen(sysfd, backlog))
}

// Addr returns the address that the Listener is bound to, a *net.TCPAddr or *net.UnixAddr.
func (ln *Listener) Addr() net.Addr { return *ln.local.Load() }

// Close stops listening. An accept that waits fails with [net.ErrClosed]; connections that were not accepted are reset.
func (ln *Listener) Close() error {
	if file := ln.made.Swap(nil); !ln.kept.Load() {
		file.remove() // before the socket is closed: nobody takes the file for a stale one and replaces it meanwhile
	}
	return ln.opError("close", ln.close())
}

// SetDeadline sets the deadline of accepting, in both forms, as [Conn.SetDeadline] does.
func (ln *Listener) SetDeadline(t time.Time) error {
	return ln.opError("set", ln.setDeadline(reading, t))
}

// Accept is AcceptConn as net.Listener has it.
func (ln *Listener) Accept() (net.Conn, error) {
	c, err := ln.AcceptConn()
	if err != nil {
		return nil, err
	}
	return c, nil
}

// AcceptConn waits for the next connection. One that the peer has given up meanwhile is skipped. An error such as EMFILE is returned and
// leaves the Listener intact: accept again when descriptors are free. Cancel: lossless, a connection is accepted only when it is returned.
func (ln *Listener) AcceptConn() (c *Conn, err error) {
	if rt.InTask() {
		op := new(ListenerAcceptConnOp)
		op.Init(ln)
		return rt.Block(op)
	}
	err = ln.do(reading, "Listener.AcceptConn", func(sysfd int) (err error) {
		c, err = ln.acceptOn(sysfd)
		return err
	})
	return c, ln.opError("accept", err)
}

// acceptOn takes a connection off the queue.
func (ln *Listener) acceptOn(sysfd int) (*Conn, error) {
	conn, peer, err := accept(sysfd)
	if err != nil {
		return nil, err
	}
	return newConn(ln.kind, conn, peer, ln.local.Load()), nil
}

// AcceptConnAsync is the async form of AcceptConn.
func (ln *Listener) AcceptConnAsync() rt.Awaitable[*Conn] {
	op := new(ListenerAcceptConnOp)
	op.Init(ln)
	op.Visible()
	return op
}

// AcceptOp returns AcceptConn as an operation, for rt.Select.
func (ln *Listener) AcceptOp() *Waiter[*Conn] {
	return newWaiter(&ln.descriptor, reading, "accept", ln.acceptOn)
}

// A ListenerAcceptConnOp is the operation of [Listener.AcceptConn], to embed in a frame. The zero value is ready for Init, and so is one
// that has ended.
type ListenerAcceptConnOp struct {
	operation
	ln   *Listener
	conn *Conn
}

// Init prepares an AcceptConn of ln.
func (op *ListenerAcceptConnOp) Init(ln *Listener) {
	op.begin(&ln.descriptor, reading)
	op.ln, op.conn = ln, nil
}

// Start begins the operation.
func (op *ListenerAcceptConnOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ListenerAcceptConnOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		op.ln = nil
		return op.finish("accept")
	}
	return op.Suspend(1)
}

// try accepts once and reports whether that settled the operation.
func (op *ListenerAcceptConnOp) try(fb *rt.Fiber) (settled bool) {
	if !op.mayTry() {
		return op.err != nil
	}
	if op.err = op.fd.acquire(); op.err != nil {
		return true
	}
	conn, err := op.ln.acceptOn(op.fd.sysfd)
	op.fd.release()
	if err == unix.EAGAIN {
		op.blocked()
		return false
	}
	op.conn, op.err = conn, err
	if loop := fb.Loop(); err == nil && loop != nil && loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceIO, Fiber: fb, Detail: fmt.Sprintf("descriptor %d: accepted %d", op.fd.sysfd, conn.sysfd)})
	}
	return true
}

// Result returns what AcceptConn does.
func (op *ListenerAcceptConnOp) Result() (*Conn, error) {
	err := op.outcome()
	conn := op.conn
	if !op.held {
		op.conn = nil
	}
	return conn, err
}
