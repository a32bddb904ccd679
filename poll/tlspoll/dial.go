//go:build linux

package tlspoll

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A Dialer connects to addresses, and makes the handshake. It is what tls.Dialer is in crypto/tls. The zero value is ready, and does what
// Dial does. It may be used by any number of tasks and goroutines at once, as long as nobody changes it.
type Dialer struct {
	// NetDialer connects; nil: the zero poll.Dialer. Its Timeout and Deadline are for the handshake, too: of both together.
	NetDialer *poll.Dialer
	// Config is that of the connections; nil: the zero one. If it has no ServerName, it is the host of the address.
	Config *tls.Config
}

// Dial connects to an address as poll.Dial does, and makes the handshake. It is a Dial of a [Dialer] with the config, which may be nil.
func Dial(network, address string, config *tls.Config) (*Conn, error) {
	return (&Dialer{Config: config}).Dial(network, address)
}

// Dial connects to an address as that of poll.Dialer does, and makes the handshake. If the time is over before that is complete, the error
// is one whose Timeout method reports true. Cancel: closes the socket, nothing is left behind.
func (d *Dialer) Dial(network, address string) (*Conn, error) {
	if rt.InTask() {
		op := new(DialOp)
		op.init(d, network, address)
		return rt.Block(op)
	}
	until := d.until(rt.Now())
	raw, err := d.netDialer().Dial(network, address)
	if err != nil {
		return nil, err
	}
	c := d.client(raw, address, until)
	if err := c.shake(until); err != nil {
		return nil, err
	}
	return c, nil
}

// shake makes the handshake of c, which was dialed, on the calling goroutine. Unless it succeeds c is closed.
func (c *Conn) shake(until time.Time) error {
	complete := false
	defer func() {
		if !complete { // it failed, or a callback has panicked
			c.Close()
		}
	}()
	if err := c.Handshake(); err != nil {
		return err
	}
	complete = true
	c.limit(time.Time{}, until)
	return nil
}

// DialContext is Dial under ctx, as that of tls.Dialer, for code that is not async: DialTLSContext of net/http's Transport, for example.
// That speaks HTTP/1.1 then, and sets no Response.TLS, as it looks for a *tls.Conn; so Config.NextProtos must not offer h2.
//
// If ctx ends, also during the handshake, the error is a *net.OpError that is [context.Canceled], or [context.DeadlineExceeded], and nothing
// is left behind. The context that callbacks of the Config see is that of the connection, without the values of ctx. Async code has no need
// of DialContext: what cancels a task cancels its Dial, and rt.WithContext bounds anything by a context.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	var c *Conn
	var err error
	if rt.InTask() {
		c, err = rt.Block(rt.WithContextAsync(ctx, func() rt.Awaitable[*Conn] { return d.DialAsync(network, address) }))
	} else {
		c, err = d.dialUnder(ctx, network, address)
	}
	if err == nil {
		return c, nil
	}
	if _, ok := err.(*net.OpError); !ok && ctx.Err() != nil {
		err = &net.OpError{Op: "dial", Net: network, Err: err}
	}
	return nil, err
}

// dialUnder is Dial under ctx on the calling goroutine, which is no task's.
func (d *Dialer) dialUnder(ctx context.Context, network, address string) (*Conn, error) {
	until := d.until(rt.Now())
	raw, err := d.netDialer().DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := d.client(raw.(*poll.Conn), address, until)
	stop := context.AfterFunc(ctx, func() { c.Close() }) // which ends the handshake
	defer stop()                                         // a callback may panic
	err = c.shake(until)
	if !stop() {
		err = ctx.Err()
	}
	return c, err
}

func (d *Dialer) netDialer() *poll.Dialer {
	if d.NetDialer == nil {
		return new(poll.Dialer)
	}
	return d.NetDialer
}

// until returns when a Dial that begins now has to be done; the zero Time: never.
func (d *Dialer) until(now time.Time) (until time.Time) {
	net := d.netDialer()
	if net.Timeout > 0 {
		until = now.Add(net.Timeout)
	}
	if !net.Deadline.IsZero() && (until.IsZero() || net.Deadline.Before(until)) {
		until = net.Deadline
	}
	return until
}

// client returns the connection over raw to address, which was dialed, with its handshake to be made in time.
func (d *Dialer) client(raw *poll.Conn, address string, until time.Time) *Conn {
	c := Client(raw, configFor(address, d.Config))
	c.limit(until, until)
	return c
}

// limit sets the deadline of a connection that nobody else has yet to at, if the Dial is limited: if until is not zero.
func (c *Conn) limit(at, until time.Time) {
	if !until.IsZero() {
		c.SetDeadline(at)
	}
}

// configFor returns config with a ServerName. The address has been dialed.
func configFor(address string, config *tls.Config) *tls.Config {
	switch {
	case config == nil:
		config = new(tls.Config)
	case config.ServerName != "":
		return config
	default:
		config = config.Clone()
	}
	config.ServerName, _, _ = net.SplitHostPort(address)
	return config
}

// DialAsync is the async form of Dial.
func DialAsync(network, address string, config *tls.Config) rt.Awaitable[*Conn] {
	return (&Dialer{Config: config}).DialAsync(network, address)
}

// DialAsync is the async form of Dial.
func (d *Dialer) DialAsync(network, address string) rt.Awaitable[*Conn] {
	op := new(DialOp)
	op.init(d, network, address)
	op.Visible()
	return op
}

// A DialOp is the operation of [Dial], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type DialOp struct {
	outcome
	dialer  *Dialer
	address string
	until   time.Time                // it has to be done; zero: never
	dial    rt.Awaitable[*poll.Conn] // connects
	conn    *Conn                    // that makes its handshake, or the result
	shake   ConnHandshakeOp
}

// The states of a DialOp beside 0, begun: what it awaits.
const (
	dialConnects = 1 + iota
	dialShakes
)

// Init prepares a Dial.
func (op *DialOp) Init(network, address string, config *tls.Config) {
	op.init(&Dialer{Config: config}, network, address)
}

// init prepares a Dial of d.
func (op *DialOp) init(d *Dialer, network, address string) {
	op.Reset()
	op.dialer, op.address, op.until, op.conn = d, address, time.Time{}, nil
	op.dial = d.netDialer().DialAsync(network, address)
}

// Start begins the operation.
func (op *DialOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent)
}

// Resume is called by package rt.
func (op *DialOp) Resume(fb *rt.Fiber) (done bool) {
	switch op.Enter() {
	case 0:
		op.until = op.dialer.until(rt.NowIn(fb))
		if !op.dial.Start(fb, op) {
			return op.Suspend(dialConnects)
		}
		fallthrough
	case dialConnects:
		raw, err := op.dial.Result()
		if op.err = err; err != nil {
			return op.finish()
		}
		op.conn = op.dialer.client(raw, op.address, op.until)
		op.shake.Init(op.conn)
		if !op.shake.Start(fb, op) {
			return op.Suspend(dialShakes)
		}
	}
	returned := false
	defer func() {
		if !returned { // a callback has panicked
			op.conn.Close()
		}
	}()
	_, op.err = op.shake.Result()
	returned = true
	return op.finish()
}

// finish ends the frame, and closes a connection that is not wanted.
func (op *DialOp) finish() (done bool) {
	switch {
	case op.conn == nil:
	case op.err != nil:
		op.conn.Close()
		op.conn = nil
	default:
		op.conn.limit(time.Time{}, op.until)
	}
	op.dialer, op.address, op.until, op.dial = nil, "", time.Time{}, nil
	return op.End()
}

// Result returns what Dial does.
func (op *DialOp) Result() (*Conn, error) {
	err := op.take()
	conn := op.conn
	if !op.held {
		op.conn = nil
	}
	return conn, err
}
