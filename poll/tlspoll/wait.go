//go:build linux

package tlspoll

import (
	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// WaitRead waits until a Read, of at least a byte, would return at once, with data, io.EOF or an error; it makes the handshake before. So a
// connection that is idle needs no buffer of its own. It takes the place of a Read. Cancel: lossless.
func (c *Conn) WaitRead() error {
	if rt.InTask() {
		op := new(ConnWaitReadOp)
		op.Init(c)
		_, err := rt.Block(op)
		return err
	}
	if err := c.Handshake(); err != nil {
		return err
	}
	return c.raw.WhenReadable(func() (done bool) { return c.tryAhead(nil) })
}

// tryAhead reads what comes first, for the next Read, and reports whether that would return.
func (c *Conn) tryAhead(hint *poll.ConnWhenReadableOp) (done bool) {
	c.reads.Lock()
	defer c.reads.Unlock()
	if c.hasAhead || c.late != nil {
		return true
	}
	n, err := c.readTLS(hint, c.ahead[:])
	c.hasAhead = n > 0
	if err == poll.ErrWouldBlock {
		return c.hasAhead
	}
	c.late = err
	return true
}

// WaitReadAsync is the async form of WaitRead.
func (c *Conn) WaitReadAsync() rt.Awaitable[struct{}] {
	op := new(ConnWaitReadOp)
	op.Init(c)
	op.Visible()
	return op
}

// A ConnWaitReadOp is the operation of [Conn.WaitRead], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type ConnWaitReadOp struct {
	transfer
	wait poll.ConnWhenReadableOp
}

// Init prepares a WaitRead of c.
func (op *ConnWaitReadOp) Init(c *Conn) {
	if op.try == nil {
		op.try = op.attempt
	}
	op.begin(c, nil)
}

// Start begins the operation.
func (op *ConnWaitReadOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent)
}

// Resume is called by package rt.
func (op *ConnWaitReadOp) Resume(fb *rt.Fiber) (done bool) {
	return op.resume(fb, op, &op.wait, func() { op.wait.Init(op.c.raw, op.try) })
}

// attempt reports whether a Read would return.
func (op *ConnWaitReadOp) attempt() (settled bool) { return op.c.tryAhead(&op.wait) }

// Result returns what WaitRead does.
func (op *ConnWaitReadOp) Result() (struct{}, error) { return struct{}{}, op.take() }
