//go:build linux

package poll

import (
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A Listener accepts connections, of TCP or from Unix sockets. It is a net.Listener: any goroutine may call its blocking forms and its
// other methods. Its async form belongs to one loop at a time, like those of a [Conn]. A Listener must be closed.
type Listener struct {
	descriptor
	made atomic.Pointer[socketFile] // what Close removes; nil unless it listens at a path
	kept atomic.Bool                // Close leaves it
}

var _ net.Listener = (*Listener)(nil)

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
