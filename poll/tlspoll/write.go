//go:build linux

package tlspoll

import (
	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Write writes all of p, in pieces of at most 16 KiB, each of which is encrypted when the socket has taken the one before; it makes the
// handshake before. It returns when the socket has taken everything.
//
// If it fails, the first n bytes of p are part of the stream: they have been encrypted, and the socket has taken them or they are queued.
// What is queued is sent before anything else by the next Write, also by one of no bytes, by [Conn.CloseWrite], and as far as it does not
// have to wait by Read and Close. Cancel: returns the n so far, so that a caller can go on with p[n:]; a deadline that passes likewise.
func (c *Conn) Write(p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(ConnWriteOp)
		op.Init(c, p)
		return rt.Block(op)
	}
	if err := c.Handshake(); err != nil {
		return 0, err
	}
	c.writes.Lock()
	defer c.writes.Unlock()
	wait := c.raw.WhenWritable(func() (done bool) {
		k := 0
		k, done, err = c.tryWrite(p[n:])
		n += k
		return done
	})
	if wait != nil {
		return n, wait
	}
	return n, err
}

// tryWrite writes without waiting and reports how much of p has been encrypted, and whether that and all before it has been sent, or
// failed. The handshake is complete.
func (c *Conn) tryWrite(p []byte) (n int, done bool, err error) {
	for {
		if all, err := c.transport.flush(); !all || err != nil {
			return n, err != nil, err
		}
		if n == len(p) {
			return n, true, nil
		}
		k, err := c.tls.Write(p[n:min(len(p), n+maxPiece)])
		n += k
		if err != nil && c.closed.Load() {
			err = c.errClosed("write") // crypto/tls speaks of the close_notify
		}
		if err != nil {
			return n, true, err
		}
	}
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
	transfer
	wait poll.ConnWhenWritableOp
}

// Init prepares a Write of p to c.
func (op *ConnWriteOp) Init(c *Conn, p []byte) {
	if op.try == nil {
		op.try = op.attempt
	}
	op.begin(c, p)
}

// Start begins the operation.
func (op *ConnWriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent)
}

// Resume is called by package rt.
func (op *ConnWriteOp) Resume(fb *rt.Fiber) (done bool) {
	return op.resume(fb, op, &op.wait, func() { op.wait.Init(op.c.raw, op.try) })
}

// attempt writes, and reports whether that settled the operation.
func (op *ConnWriteOp) attempt() (settled bool) {
	n, last := 0, min(len(op.p), op.spent+fairShare)
	n, settled, op.err = op.c.tryWrite(op.p[op.n:last])
	op.n += n
	if settled && op.err == nil && last < len(op.p) {
		op.spent = op.n
		op.wait.GiveWay()
		return false
	}
	return settled
}
