//go:build linux

package poll

import (
	"fmt"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Write writes all of p, waiting as often as the socket's buffer is full. If it fails, n bytes have been written: they are the first n
// of p, and the kernel has them. Cancel: returns the n written so far, so that a caller can go on with p[n:].
func (c *Conn) Write(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(ConnWriteOp)
		op.Init(c, p)
		return rt.Block(op)
	}
	c.writes.Lock()
	defer c.writes.Unlock()
	err = c.do(writing, "Conn.Write", func(sysfd int) error {
		k, err := sendAll(sysfd, p[n:])
		n += k
		return err
	})
	return n, c.opError("write", err)
}

// sendAll sends from p until all is sent or a call fails; it may have sent some when it fails.
func sendAll(sysfd int, p []byte) (n int, err error) {
	for n < len(p) {
		k, err := send(sysfd, p[n:])
		if err != nil {
			return n, err
		}
		n += k
	}
	return n, nil
}

// writeSome sends as much of p as the socket takes now. It fails with EAGAIN only if that is nothing.
func writeSome(sysfd int, p []byte) (n int, err error) {
	n, err = sendAll(sysfd, p)
	if n > 0 && err == unix.EAGAIN {
		err = nil
	}
	return n, err
}

// WriteAsync is the async form of Write.
func (c *Conn) WriteAsync(p []byte) rt.Awaitable[int] {
	op := new(ConnWriteOp)
	op.Init(c, p)
	op.Visible()
	return op
}

// A ConnWriteOp is the operation of [Conn.Write], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ConnWriteOp struct {
	operation
	p []byte // what is left to write
	n int    // how much has been written
}

// Init prepares a Write of p to c.
func (op *ConnWriteOp) Init(c *Conn, p []byte) {
	op.begin(&c.descriptor, writing)
	op.p, op.n = p, 0
}

// Start begins the operation.
func (op *ConnWriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ConnWriteOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		op.p = nil
		return op.finish("write")
	}
	return op.Suspend(1)
}

// try sends as much as the socket takes, but no more than its fair share, and reports whether that settled the operation.
func (op *ConnWriteOp) try(fb *rt.Fiber) (settled bool) {
	if len(op.p) == 0 {
		return true
	}
	if !op.mayTry() {
		return op.err != nil
	}
	fd := op.fd
	if op.err = fd.acquire(); op.err != nil {
		return true
	}
	n, err := sendAll(fd.sysfd, op.p[:min(len(op.p), fairShare)])
	fd.release()
	op.p = op.p[n:]
	op.n += n
	fb.Spend(n, fairShare)
	if loop := fb.Loop(); n > 0 && loop != nil && loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceIO, Fiber: fb, Detail: fmt.Sprintf("descriptor %d: wrote %d bytes", fd.sysfd, n)})
	}
	if err == unix.EAGAIN {
		op.blocked()
		return false
	}
	op.err = err
	op.more = err == nil && len(op.p) > 0
	return !op.more
}

// Result returns what Write does.
func (op *ConnWriteOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}
