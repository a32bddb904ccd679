//go:build linux

package tlspoll

import (
	"context"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Handshake makes the handshake, unless it has been made; the first Read or Write does it otherwise. If it fails, so does every later
// call, with the same error. Several callers wait for the same handshake.
//
// What it computes, and the callbacks of the tls.Config, it does on a goroutine of rt.Blocking, of which LoopOptions.MaxBlocking bounds the
// number; so a callback must not wait for another handshake on the same loop, nor for its own connection: a Read or Write in it fails when
// the connection is closed, and not before. It may close the connection and set deadlines. The context that callbacks see ends when the
// connection is closed. While the handshake waits for the peer it keeps a goroutine that sleeps; not before a client has sent its first
// byte, though.
//
// Cancel: lossless, as is a deadline that passes. The next call goes on where it was; who does not want that closes the connection.
func (c *Conn) Handshake() error {
	h := c.pending.Load()
	if h == nil {
		return nil
	}
	if rt.InTask() {
		op := new(ConnHandshakeOp)
		op.Init(c)
		_, err := rt.Block(op)
		return err
	}
	refuseOnLoop("Conn.Handshake")
	if !h.awaitTurn() {
		return c.errClosed("handshake")
	}
	d := &drive{handshake: h}
	defer d.leave()
	return d.block()
}

// awaitTurn blocks the calling goroutine until nobody else drives the handshake. It reports false if the connection has been closed
// meanwhile: who drives may be in a callback that does not end, or the callback may be who waits.
func (h *handshake) awaitTurn() bool {
	<-h.turn
	return h.begins()
}

// block drives the handshake on the calling goroutine.
func (d *drive) block() error {
	for {
		d.step()
		if err := d.c.raw.WhenWritable(d.flushed); err != nil {
			return err
		}
		if ended, err := d.settled(); ended {
			return err
		}
		if err := d.c.raw.WhenReadable(d.fill); err != nil {
			return err
		}
	}
}

// HandshakeAsync is the async form of Handshake.
func (c *Conn) HandshakeAsync() rt.Awaitable[struct{}] {
	op := new(ConnHandshakeOp)
	op.Init(c)
	op.Visible()
	return op
}

// A ConnHandshakeOp is the operation of [Conn.Handshake], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type ConnHandshakeOp struct {
	outcome
	c     *Conn
	drive *asyncDrive
}

// An asyncDrive is a drive on a loop, with what it awaits.
type asyncDrive struct {
	drive
	turns rt.RecvOp[struct{}]
	steps rt.Blocking0Op
	sends poll.ConnWhenWritableOp
	reads poll.ConnWhenReadableOp
}

// The states of a ConnHandshakeOp beside 0, begun: what it awaits.
const (
	shakeTurns = 1 + iota
	shakeSteps
	shakeSends
	shakeReads
)

// Init prepares a Handshake of c.
func (op *ConnHandshakeOp) Init(c *Conn) {
	op.Reset()
	op.c, op.drive = c, nil
}

// Start begins the operation.
func (op *ConnHandshakeOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ConnHandshakeOp) Resume(fb *rt.Fiber) (done bool) {
	state := op.Enter()
	if state == 0 {
		h := op.c.pending.Load()
		if h == nil {
			op.c, op.err = nil, fb.Checkpoint()
			return op.End()
		}
		op.drive = &asyncDrive{drive: drive{handshake: h}}
		state = shakeTurns
		if !op.await(fb, state) {
			return op.Suspend(state)
		}
	}
	for {
		next, err := op.drive.after(state)
		if next == 0 {
			op.err = err
			op.c, op.drive = nil, nil
			return op.End()
		}
		if state = next; !op.await(fb, state) {
			return op.Suspend(state)
		}
	}
}

// await begins what is awaited in state.
func (op *ConnHandshakeOp) await(fb *rt.Fiber, state int32) (ready bool) {
	d := op.drive
	switch state {
	case shakeTurns:
		d.turns.Init(d.turn)
		return d.turns.Start(fb, op)
	case shakeSteps:
		d.steps.Init(func(context.Context) error {
			d.step()
			return nil
		})
		return d.steps.Start(fb, op)
	case shakeSends:
		d.sends.Init(d.c.raw, d.flushed)
		return d.sends.Start(fb, op)
	default:
		d.reads.Init(d.c.raw, d.fill)
		return d.reads.Start(fb, op)
	}
}

// after takes what came of what was awaited in state, and returns what is awaited next, 0 if nothing is, with the outcome.
func (d *asyncDrive) after(state int32) (next int32, err error) {
	if state == shakeTurns {
		if _, err := d.turns.Result(); err != nil {
			return 0, err
		}
		if !d.begins() {
			return 0, d.c.errClosed("handshake")
		}
		if d.atRest() {
			return shakeSends, nil
		}
		return shakeSteps, nil
	}
	defer func() {
		if next == 0 { // also if a callback has panicked
			d.leave()
		}
	}()
	switch state {
	case shakeSteps:
		_, err = d.steps.Result()
		next = shakeSends
	case shakeSends:
		ended := false
		if _, err = d.sends.Result(); err == nil {
			ended, err = d.settled()
		}
		if ended {
			return 0, err
		}
		next = shakeReads
	case shakeReads:
		_, err = d.reads.Result()
		next = shakeSteps
	}
	if err != nil {
		return 0, err
	}
	return next, nil
}

// flushed sends what the handshake has queued, and reports whether that was all. It ends, too, if it cannot be sent: then the
// handshake's next read fails, or its result is an error anyway.
func (d *drive) flushed() (done bool) {
	all, err := d.c.transport.flush()
	return all || err != nil
}

// Result returns what Handshake does.
func (op *ConnHandshakeOp) Result() (struct{}, error) {
	return struct{}{}, op.take()
}
