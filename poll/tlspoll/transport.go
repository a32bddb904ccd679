//go:build linux

package tlspoll

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/goasync/goasync/poll"
)

const (
	// maxPiece is how much of a Write is encrypted at a time, in bytes: what fits in one record. The next piece is not before the socket
	// has taken this one.
	maxPiece = 16 << 10
	// maxQueue bounds what is queued for the socket, in bytes. A piece takes a good quarter of it. The rest is for what reading makes
	// crypto/tls send, answers to key updates above all: a peer that asks for more of them than fit, and does not read, ends the
	// session.
	maxQueue = 4 * maxPiece
)

// errQueueFull ends a session whose queue has been full.
var errQueueFull = errors.New("tlspoll: the peer asks for key updates and does not read the answers")

// A transport is the connection that crypto/tls sees. It never waits: Read returns poll.ErrWouldBlock if nothing is there, and Write puts
// everything in a queue, which flush sends.
type transport struct {
	raw *poll.Conn

	shaking *handshake // until it is complete: who reads. It belongs to the handshake's coroutine, and after it never changes
	// hint is the operation of the Read in progress, if that is one of a loop. Guarded by Conn.reads.
	hint *poll.ConnWhenReadableOp

	mu    sync.Mutex // guards what follows; nobody who holds it waits
	queue *[]byte    // what is to be sent, from queues; nil: nothing
	sent  int        // how much of it has been
	err   error      // why nothing can be sent any more
}

var _ net.Conn = (*transport)(nil)

// queues has buffers for queues: an idle connection has none.
var queues = sync.Pool{New: func() any {
	b := make([]byte, 0, maxPiece+maxPiece/8)
	return &b
}}

// Read reads what is there. During the handshake it waits, which only the coroutine can do.
func (t *transport) Read(p []byte) (n int, err error) {
	switch {
	case t.shaking != nil:
		return t.shaking.read(p)
	case t.hint != nil:
		return t.hint.TryRead(p)
	}
	return t.raw.TryRead(p)
}

// Write queues all of p: a short write would end the session, since crypto/tls does not send a record again.
func (t *transport) Write(p []byte) (n int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return 0, t.err
	}
	if t.queue == nil {
		t.queue = queues.Get().(*[]byte)
	}
	// The flights of a handshake may be longer, but are bounded by our own certificates.
	if t.shaking == nil && len(*t.queue)-t.sent+len(p) > maxQueue {
		t.err = errQueueFull
		return 0, t.err
	}
	if t.sent > len(*t.queue)/2 { // else a queue that is never empty would grow for ever
		*t.queue = append((*t.queue)[:0], (*t.queue)[t.sent:]...)
		t.sent = 0
	}
	*t.queue = append(*t.queue, p...)
	return len(p), nil
}

// flush sends what is queued, as far as the socket takes it, and reports whether that was all. After an error nothing is sent any more.
func (t *transport) flush() (all bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queue == nil || t.err != nil {
		return true, t.err
	}
	n, err := t.raw.TryWrite((*t.queue)[t.sent:])
	t.sent += n
	if err == poll.ErrWouldBlock {
		return false, nil
	}
	t.err = err
	if cap(*t.queue) <= maxQueue {
		*t.queue = (*t.queue)[:0]
		queues.Put(t.queue)
	}
	t.queue, t.sent = nil, 0
	return true, err
}

// Close closes the connection. Crypto/tls calls it when the context of the handshake ends.
func (t *transport) Close() error { return t.raw.Close() }

// LocalAddr returns the address of this end.
func (t *transport) LocalAddr() net.Addr { return t.raw.LocalAddr() }

// RemoteAddr returns the address of the peer.
func (t *transport) RemoteAddr() net.Addr { return t.raw.RemoteAddr() }

// SetDeadline is for callbacks of a tls.Config, which see the transport as ClientHelloInfo.Conn.
func (t *transport) SetDeadline(at time.Time) error { return t.raw.SetDeadline(at) }

// SetReadDeadline is as SetDeadline.
func (t *transport) SetReadDeadline(at time.Time) error { return t.raw.SetReadDeadline(at) }

// SetWriteDeadline does nothing: crypto/tls bounds its close_notify by it, which is only queued here, and would stop what is queued.
func (t *transport) SetWriteDeadline(time.Time) error { return nil }
