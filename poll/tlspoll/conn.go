//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A Conn is a TLS connection over a [poll.Conn]. It is a net.Conn: its blocking forms and its other methods may be called by any
// goroutine. Its async forms belong to one loop at a time, and at most one operation waits in each direction, as on a poll.Conn; a second
// one fails with [poll.ErrBusy]. A Conn must be closed.
//
// Its errors are those that a tls.Conn over a net.Conn has: io.EOF after the peer's close_notify; io.ErrUnexpectedEOF if the stream ends
// within a record; a *net.OpError around [net.ErrClosed], [os.ErrDeadlineExceeded] or an *os.SyscallError; what crypto/tls says of the
// peer. As with crypto/tls, a stream that ends between two records without close_notify is io.EOF, too. Only an error that was thrown at
// the task, such as a cancel, is returned as it is.
type Conn struct {
	tls       *tls.Conn
	raw       *poll.Conn
	transport transport
	pending   atomic.Pointer[handshake] // nil: it is complete
	closed    atomic.Bool               // Close has been called
	refused   bool                      // the Config asks for renegotiation

	reads    sync.Mutex // guards what follows, and transport.hint; nobody who holds it waits
	late     error      // of a Read that has returned data
	hasAhead bool       // ahead has been read, by WaitRead
	ahead    [1]byte
	writes   sync.Mutex // held by a blocking Write, so that several of them do not mix
}

var _ net.Conn = (*Conn)(nil)

// Client returns the client's end of a TLS connection over raw. As for tls.Client, config must have a ServerName or set
// InsecureSkipVerify. The handshake is made by the first Read or Write, or by [Conn.Handshake]. From now on raw is used by the Conn alone,
// but for its deadlines and addresses.
func Client(raw *poll.Conn, config *tls.Config) *Conn {
	c := newConn(raw, config, false)
	c.tls = tls.Client(&c.transport, config)
	return c
}

// Server returns the server's end of a TLS connection over raw. As for tls.Server, config must have a certificate, or a callback that
// returns one. The handshake is made by the first Read or Write, or by [Conn.Handshake]. From now on raw is used by the Conn alone, but
// for its deadlines and addresses.
func Server(raw *poll.Conn, config *tls.Config) *Conn {
	c := newConn(raw, config, true)
	c.tls = tls.Server(&c.transport, config)
	return c
}

func newConn(raw *poll.Conn, config *tls.Config, server bool) *Conn {
	c := &Conn{raw: raw, refused: config != nil && config.Renegotiation != tls.RenegotiateNever}
	h := newHandshake(c, server)
	c.transport.raw, c.transport.shaking = raw, h
	c.pending.Store(h)
	return c
}

// Close closes the connection, and does not block. Operations that wait fail with [net.ErrClosed]. The peer is told by a close_notify, if
// the handshake is complete and the socket takes it at once, behind what is queued. It does after a Write that has succeeded, unless the
// socket's buffer is full to the last bytes; who has to be sure calls [Conn.CloseWrite] before, which waits.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return c.errClosed("close")
	}
	h := c.pending.Load()
	if h == nil {
		c.tls.CloseWrite() // its error says what earlier writes said
		c.transport.flush()
	}
	err := c.raw.Close()
	if h != nil {
		h.abandon()
	}
	if errors.Is(err, net.ErrClosed) { // crypto/tls, or a callback, was faster
		return nil
	}
	return err
}

// errClosed is the error of what is done to a connection that is closed.
func (c *Conn) errClosed(op string) error {
	return &net.OpError{Op: op, Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: net.ErrClosed}
}

// ConnectionState returns what was negotiated. Until the handshake is complete it is the zero value.
func (c *Conn) ConnectionState() tls.ConnectionState {
	if c.pending.Load() != nil {
		return tls.ConnectionState{} // crypto/tls would wait
	}
	return c.tls.ConnectionState()
}

// NetConn returns the connection below, a *poll.Conn. Reading from it or writing to it destroys the session.
func (c *Conn) NetConn() net.Conn { return c.raw }

// LocalAddr returns the address of this end.
func (c *Conn) LocalAddr() net.Addr { return c.raw.LocalAddr() }

// RemoteAddr returns the address of the peer.
func (c *Conn) RemoteAddr() net.Addr { return c.raw.RemoteAddr() }

// SetDeadline sets the deadline of reads and writes, in both forms: those that wait then, and those that come later, fail with
// [os.ErrDeadlineExceeded] until it is set anew. The zero time means no deadline; t is by rt.Now, as for a poll.Conn. Unlike with
// crypto/tls, a deadline that passes ends nothing for good: neither the handshake, which heeds both, nor the session.
func (c *Conn) SetDeadline(t time.Time) error { return c.raw.SetDeadline(t) }

// SetReadDeadline sets the deadline of reads alone.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.raw.SetReadDeadline(t) }

// SetWriteDeadline sets the deadline of writes alone. What [Conn.Write] says of a cancel holds for one that it cuts short.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.raw.SetWriteDeadline(t) }

// refuseOnLoop panics if the calling goroutine runs a loop, which form, a blocking form that is about to block, would stop.
func refuseOnLoop(form string) {
	if rt.OnLoop() {
		panic(rt.Misuse("tlspoll: " + form + " would block the loop that runs it; in an async function await it, as in rt.Await(" + form +
			"(…)), elsewhere use " + form + "Async"))
	}
}
