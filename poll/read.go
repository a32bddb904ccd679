//go:build linux

package poll

import (
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Read reads what there is, up to len(p) bytes, waiting for the first. At the end of the stream it returns io.EOF. Cancel: lossless, what
// was not returned is there for the next Read.
func (c *Conn) Read(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(ConnReadOp)
		op.Init(c, p)
		return rt.Block(op)
	}
	err = c.do(reading, "Conn.Read", func(int) (err error) {
		n, err = c.readSome(p)
		return err
	})
	return n, c.opError("read", err)
}

// readSome is one attempt to read into p. The caller has a reference.
func (fd *descriptor) readSome(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err = fd.receive(p)
	if err == nil && n == 0 {
		err = io.EOF
	}
	return n, err
}

// ReadAsync is the async form of Read.
func (c *Conn) ReadAsync(p []byte) rt.Awaitable[int] {
	op := new(ConnReadOp)
	op.Init(c, p)
	op.Visible()
	return op
}

// A ConnReadOp is the operation of [Conn.Read], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ConnReadOp struct{ readOp }

// Init prepares a Read of c into p.
func (op *ConnReadOp) Init(c *Conn, p []byte) { op.prepare(&c.descriptor, p) }

// Start begins the operation.
func (op *ConnReadOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ConnReadOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		op.p = nil
		return op.finish("read")
	}
	return op.Suspend(1)
}

// A readOp is what reads have in common.
type readOp struct {
	operation
	p []byte
	n int
}

// prepare begins a read of fd into p.
func (op *readOp) prepare(fd *descriptor, p []byte) {
	op.begin(fd, reading)
	op.p, op.n = p, 0
}

// try receives once and reports whether that settled the operation.
func (op *readOp) try(fb *rt.Fiber) (settled bool) {
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
	n, err := fd.receive(op.p)
	fd.release()
	switch {
	case err == unix.EAGAIN:
		op.blocked()
		return false
	case err != nil:
		op.err = err
		return true
	case n == 0:
		op.err = io.EOF
	case fd.emptied(n, len(op.p)):
		op.blocked()
	}
	op.n = n
	fb.Spend(n, fairShare)
	if loop := fb.Loop(); loop != nil && loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceIO, Fiber: fb, Detail: fmt.Sprintf("descriptor %d: read %d bytes", fd.sysfd, n)})
	}
	return true
}

// Result returns what Read does.
func (op *readOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}
