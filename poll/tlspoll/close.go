//go:build linux

package tlspoll

import (
	"errors"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// errEarly is the error of CloseWrite where there is no stream yet to end.
var errEarly = errors.New("tlspoll: CloseWrite before the handshake is complete; call Handshake first")

// CloseWrite ends the stream that the peer reads, by a close_notify, and waits until the socket has taken that and all before it; reading
// goes on. As with crypto/tls, the socket below is not shut down. Cancel: lossless, the close_notify is queued, and later writes fail; the
// next CloseWrite sends it.
func (c *Conn) CloseWrite() error {
	if rt.InTask() {
		op := new(ConnCloseWriteOp)
		op.Init(c)
		_, err := rt.Block(op)
		return err
	}
	err := c.queueEnd()
	if err != nil {
		return err
	}
	wait := c.raw.WhenWritable(func() (done bool) {
		_, done, err = c.tryWrite(nil)
		return done
	})
	return errors.Join(wait, err)
}

// queueEnd queues the close_notify, once.
func (c *Conn) queueEnd() error {
	if c.pending.Load() != nil {
		return errEarly
	}
	return c.tls.CloseWrite()
}

// CloseWriteAsync is the async form of CloseWrite.
func (c *Conn) CloseWriteAsync() rt.Awaitable[struct{}] {
	op := new(ConnCloseWriteOp)
	op.Init(c)
	op.Visible()
	return op
}

// A ConnCloseWriteOp is the operation of [Conn.CloseWrite], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type ConnCloseWriteOp struct {
	outcome
	c    *Conn
	wait poll.ConnWhenWritableOp
}

// Init prepares a CloseWrite of c.
func (op *ConnCloseWriteOp) Init(c *Conn) {
	op.Reset()
	op.c = c
}

// Start begins the operation.
func (op *ConnCloseWriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent)
}

// Resume is called by package rt.
func (op *ConnCloseWriteOp) Resume(fb *rt.Fiber) (done bool) {
	if op.Enter() == 0 {
		if op.err = op.c.queueEnd(); op.err != nil {
			op.c = nil
			return op.End()
		}
		op.wait.Init(op.c.raw, op.attempt)
		if !op.wait.Start(fb, op) {
			return op.Suspend(1)
		}
	}
	if _, err := op.wait.Result(); err != nil {
		op.err = err
	}
	op.c = nil
	return op.End()
}

// attempt sends what is queued, and reports whether that settled the operation.
func (op *ConnCloseWriteOp) attempt() (settled bool) {
	_, settled, op.err = op.c.tryWrite(nil)
	return settled
}

// Result returns what CloseWrite does.
func (op *ConnCloseWriteOp) Result() (struct{}, error) {
	return struct{}{}, op.take()
}
