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
	defer c.lockWrites("Conn.Write").Unlock()
	err = c.do(writing, "Conn.Write", func(int) error {
		k, err := c.sendAll(p[n:])
		n += k
		return err
	})
	return n, c.opError("write", err)
}

// sendAll sends from p until all is sent or a call fails; it may have sent some when it fails. The caller has a reference.
func (fd *descriptor) sendAll(p []byte) (n int, err error) {
	for n < len(p) {
		k, err := fd.send(p[n:])
		if err != nil {
			return n, err
		}
		n += k
	}
	return n, nil
}

// writeSome sends as much of p as the socket takes now, but no more than is fair. It fails with EAGAIN only if that is nothing.
func (fd *descriptor) writeSome(p []byte) (n int, err error) {
	n, err = fd.sendAll(p[:min(len(p), fairShare)])
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
type ConnWriteOp struct{ writeOp }

// Init prepares a Write of p to c.
func (op *ConnWriteOp) Init(c *Conn, p []byte) { op.prepare(&c.descriptor, p) }

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

// A writeOp is what writes have in common.
type writeOp struct {
	operation
	p []byte // what is left to write
	n int    // how much has been written
}

// prepare begins a write of p to fd.
func (op *writeOp) prepare(fd *descriptor, p []byte) {
	op.begin(fd, writing)
	op.p, op.n = p, 0
}

// try sends as much as the socket takes, but no more than its fair share, and reports whether that settled the operation.
func (op *writeOp) try(fb *rt.Fiber) (settled bool) {
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
	n, err := fd.sendAll(op.p[:min(len(op.p), fairShare)])
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
func (op *writeOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}
