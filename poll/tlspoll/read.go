//go:build linux

package tlspoll

import (
	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Read reads what there is, up to len(p) bytes, waiting for the first; it makes the handshake before. At the end of the stream it returns
// io.EOF; unlike with crypto/tls, never beside bytes, which a caller who looks at the error first would lose. There is no ReadOp for
// rt.Select: it waits for a task that reads, as in the example. Cancel: lossless, what was not returned is there for the next Read.
func (c *Conn) Read(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(ConnReadOp)
		op.Init(c, p)
		return rt.Block(op)
	}
	if err := c.Handshake(); err != nil {
		return 0, err
	}
	wait := c.raw.WhenReadable(func() (done bool) {
		n, err = c.tryRead(nil, p)
		return err != poll.ErrWouldBlock
	})
	if wait != nil {
		return 0, wait
	}
	return n, err
}

// tryRead reads without waiting; hint is the operation that it serves, if that is one of a loop. The handshake is complete. An error
// beside data is left to the next call.
func (c *Conn) tryRead(hint *poll.ConnWhenReadableOp, p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	c.reads.Lock()
	defer c.reads.Unlock()
	if c.hasAhead {
		n = copy(p, c.ahead[:])
		c.hasAhead = false
	}
	if n < len(p) && c.late == nil {
		more, err := c.readTLS(hint, p[n:])
		if n += more; n == 0 || err != poll.ErrWouldBlock { // which is to be found anew
			c.late = err
		}
	}
	if n > 0 {
		return n, nil
	}
	err, c.late = c.late, nil
	return 0, err
}

// readTLS is the Read of crypto/tls. Its error may be poll.ErrWouldBlock beside data: then an alert is behind that, of which only a part
// is there.
func (c *Conn) readTLS(hint *poll.ConnWhenReadableOp, p []byte) (n int, err error) {
	c.transport.hint = hint
	n, err = c.tls.Read(p)
	c.transport.hint = nil
	// It may have queued an alert, or the answer to a key update. If that cannot be sent, the next Write says so, but for a queue that is
	// full: crypto/tls has given up the update then, and cannot read what comes after it.
	if _, failed := c.transport.flush(); failed == errQueueFull && n == 0 {
		err = failed
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
type ConnReadOp struct {
	transfer
	wait poll.ConnWhenReadableOp
}

// Init prepares a Read of c into p.
func (op *ConnReadOp) Init(c *Conn, p []byte) {
	if op.try == nil {
		op.try = op.attempt
	}
	op.begin(c, p)
}

// Start begins the operation.
func (op *ConnReadOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent)
}

// Resume is called by package rt.
func (op *ConnReadOp) Resume(fb *rt.Fiber) (done bool) {
	return op.resume(fb, op, &op.wait, func() { op.wait.Init(op.c.raw, op.try) })
}

// attempt reads, and reports whether that settled the operation.
func (op *ConnReadOp) attempt() (settled bool) {
	op.n, op.err = op.c.tryRead(&op.wait, op.p)
	if op.err == poll.ErrWouldBlock {
		op.err = nil
		return false
	}
	return true
}
