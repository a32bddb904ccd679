//go:build linux

package tlspoll

import (
	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Read reads what there is, up to len(p) bytes, waiting for the first; it makes the handshake before. At the end of the stream it returns
// io.EOF; unlike with crypto/tls, never beside bytes, which a caller who looks at the error first would lose. Cancel: lossless, what was
// not returned is there for the next Read.
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

// tryRead reads without waiting; hint is the operation that it serves, if that is one of a loop. The handshake is complete.
func (c *Conn) tryRead(hint *poll.ConnWhenReadableOp, p []byte) (n int, err error) {
	n, err = c.readBuffered(hint, p)
	// An alert, or the answer to a key update. If that cannot be sent, the next Write says so, but for a queue that is full: crypto/tls
	// has given up the update, and cannot read what comes after it.
	if _, failed := c.transport.flush(); failed == errQueueFull && n == 0 {
		err = failed
	}
	return n, err
}

// readBuffered is the Read of crypto/tls, but for an error beside data: that is left to the next one.
func (c *Conn) readBuffered(hint *poll.ConnWhenReadableOp, p []byte) (n int, err error) {
	c.reads.Lock()
	defer c.reads.Unlock()
	if err := c.late; err != nil && len(p) > 0 {
		c.late = nil
		return 0, err
	}
	c.transport.hint = hint
	n, err = c.tls.Read(p)
	c.transport.hint = nil
	if n > 0 && err != nil {
		if err != poll.ErrWouldBlock { // that would be an alert behind the data of which only a part is there
			c.late = err
		}
		err = nil
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
	switch op.Enter() {
	case 0:
		if !op.shake(fb, op) {
			return op.Suspend(transferShakes)
		}
		fallthrough
	case transferShakes:
		if !op.shaken() {
			return op.finish()
		}
		op.wait.Init(op.c.raw, op.try)
		if !op.wait.Start(fb, op) {
			return op.Suspend(transferWaits)
		}
	}
	if _, err := op.wait.Result(); err != nil {
		op.err = err
	}
	return op.finish()
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
