//go:build linux

package tlspoll

import (
	"context"
	"crypto/tls"
	"errors"
	"iter"
	"net"
	"sync"
	"sync/atomic"

	"github.com/goasync/goasync/poll"
)

// A handshake is that of one connection, until it is complete. Crypto/tls runs it as a function that blocks, so it is a coroutine
// (iter.Pull), which pauses where it would have to wait for the peer. One drive at a time takes it on:
//
//	step    runs it to its next pause, or to its end, on a goroutine that may compute, or call back the user, for long
//	flush   sends what it has queued
//	fill    reads what it pauses for
//
// A driver may leave it anywhere, and the next one goes on from there.
type handshake struct {
	c      *Conn
	server bool
	turn   chan struct{} // holds a value unless somebody drives; and one once the connection is closed, for all who wait
	ctx    context.Context
	cancel context.CancelFunc // called when the connection is closed, or at the end

	// mu is held while the coroutine runs, so for long in a step. When a drive has made a step, or has found that there is none to make,
	// no other drive is in one, and who locks it does not wait.
	mu    sync.Mutex
	next  func() (struct{}, bool) // nil: it has not begun
	stop  func()
	pause func(struct{}) bool // yields, for the coroutine
	input []byte              // what it pauses for: to be filled
	ready bool                // input has been filled, by n bytes or err
	n     int
	err   error
	first [1]byte // input before the beginning: no goroutine is made for a client that says nothing
	ended bool    // it has returned, with result
	// result is what the handshake came to.
	result error
}

// errPanicked is the result of a handshake after a callback of the Config has panicked.
var errPanicked = errors.New("tlspoll: the handshake has panicked")

// errRenegotiation refuses what cannot be done: see the package's doc.
var errRenegotiation = errors.New("tlspoll: renegotiation is not supported; leave tls.Config.Renegotiation at tls.RenegotiateNever")

// newHandshake returns the handshake of c, which has not begun.
func newHandshake(c *Conn, server bool) *handshake {
	h := &handshake{c: c, server: server, turn: make(chan struct{}, 1)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.turn <- struct{}{}
	return h
}

// A drive is one call's turn to drive a handshake.
type drive struct {
	*handshake
	left atomic.Bool // it makes no step any more
}

// leave ends the turn.
func (d *drive) leave() {
	d.left.Store(true)
	d.offerTurn()
}

// offerTurn lets one who waits for a turn, or comes later, have it.
func (h *handshake) offerTurn() {
	select {
	case h.turn <- struct{}{}:
	default: // the connection is closed, and the turn has been offered
	}
}

// begins reports whether a turn that has come is one to drive, or, since the connection is closed, to hand on.
func (h *handshake) begins() bool {
	if h.c.closed.Load() {
		h.offerTurn()
		return false
	}
	return true
}

// step runs the handshake to its next pause or its end. Before, it waits for a step that an earlier drive has abandoned.
func (d *drive) step() {
	h := d.handshake
	h.mu.Lock()
	defer h.unlock()
	if d.left.Load() || h.rests() {
		return
	}
	if h.next == nil {
		h.next, h.stop = iter.Pull(h.main)
	}
	paused := false
	defer func() {
		if !paused {
			h.end()
		}
	}()
	h.result = errPanicked // unless main says otherwise
	_, paused = h.next()
}

// atRest reports whether there is no step to make, as far as that can be said without waiting.
func (h *handshake) atRest() bool {
	if !h.mu.TryLock() {
		return false
	}
	defer h.unlock()
	return h.rests()
}

// rests reports whether there is no step to make: the handshake pauses for input, or it has ended.
func (h *handshake) rests() bool {
	if h.server && h.next == nil && h.input == nil {
		h.input = h.first[:]
	}
	return h.ended || h.input != nil && !h.ready
}

// main is the coroutine.
func (h *handshake) main(pause func(struct{}) bool) {
	h.pause = pause
	if h.c.refused {
		h.result = errRenegotiation
		return
	}
	h.result = h.c.tls.HandshakeContext(h.ctx)
	if e, ok := errors.AsType[tls.RecordHeaderError](h.result); ok && e.Conn != nil {
		e.Conn = h.c.raw // the user may want to answer in the peer's own protocol
		h.result = e
	}
}

// end notes that the coroutine has ended.
func (h *handshake) end() {
	h.ended, h.input, h.next, h.stop = true, nil, nil, nil
	h.cancel()
}

// read is transport.Read during the handshake, on its coroutine: it pauses if nothing is there.
func (h *handshake) read(p []byte) (n int, err error) {
	if h.input != nil { // the first byte, which has come before the beginning
		n, err = copy(p, h.input[:h.n]), h.err
	} else {
		if n, err = h.c.raw.TryRead(p); err != poll.ErrWouldBlock {
			return n, err
		}
		h.input, h.ready = p, false
		if !h.pause(struct{}{}) {
			return 0, net.ErrClosed
		}
		n, err = h.n, h.err
	}
	h.input, h.ready = nil, false
	return n, err
}

// fill reads what the handshake pauses for, and reports whether it can go on.
func (h *handshake) fill() (done bool) {
	h.mu.Lock()
	defer h.unlock()
	if h.ended { // the connection has been closed
		return true
	}
	n, err := h.c.raw.TryRead(h.input)
	if err == poll.ErrWouldBlock {
		return false
	}
	h.n, h.err, h.ready = n, err, true
	return true
}

// settled reports whether the handshake has ended, and with what. All that it has queued was sent.
func (h *handshake) settled() (ended bool, err error) {
	h.mu.Lock()
	defer h.unlock()
	if !h.ended {
		return false, nil
	}
	if h.result == nil && h.c.pending.Load() == h { // this is the first drive to see it
		if _, h.result = h.c.transport.flush(); h.result == nil { // else the last of it could not be sent
			h.c.transport.shaking = nil
			h.c.pending.Store(nil)
		}
	}
	return true, h.result
}

// unlock unlocks mu. If c has been closed meanwhile, who closed it could not end the coroutine.
func (h *handshake) unlock() {
	h.mu.Unlock()
	if h.c.closed.Load() {
		h.abandon()
	}
}

// abandon ends the coroutine of a connection that is closed, unless mu is held just now: then unlock does it. It never waits, and nobody
// waits for a turn any more.
func (h *handshake) abandon() {
	h.cancel()
	h.offerTurn()
	if !h.mu.TryLock() {
		return
	}
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	if h.stop != nil {
		h.stop()
	}
	h.result = net.ErrClosed
	h.end()
}
