//go:build linux

package tlspoll

import (
	"crypto/tls"
	"net"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Dial connects to an address as poll.Dial does, and makes the handshake. If config, which may be nil, has no ServerName, it is the host of
// the address. Cancel: closes the socket, nothing is left behind.
func Dial(network, address string, config *tls.Config) (*Conn, error) {
	if rt.InTask() {
		op := new(DialOp)
		op.Init(network, address, config)
		return rt.Block(op)
	}
	raw, err := poll.Dial(network, address)
	if err != nil {
		return nil, err
	}
	c := Client(raw, configFor(address, config))
	complete := false
	defer func() {
		if !complete { // it failed, or a callback has panicked
			c.Close()
		}
	}()
	if err := c.Handshake(); err != nil {
		return nil, err
	}
	complete = true
	return c, nil
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
	op := new(DialOp)
	op.Init(network, address, config)
	op.Visible()
	return op
}

// A DialOp is the operation of [Dial], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type DialOp struct {
	outcome
	address string
	config  *tls.Config
	conn    *Conn // that makes its handshake, or the result
	dial    poll.DialOp
	shake   ConnHandshakeOp
}

// The states of a DialOp beside 0, begun: what it awaits.
const (
	dialConnects = 1 + iota
	dialShakes
)

// Init prepares a Dial.
func (op *DialOp) Init(network, address string, config *tls.Config) {
	op.Reset()
	op.address, op.config, op.conn = address, config, nil
	op.dial.Init(network, address)
}

// Start begins the operation.
func (op *DialOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent)
}

// Resume is called by package rt.
func (op *DialOp) Resume(fb *rt.Fiber) (done bool) {
	switch op.Enter() {
	case 0:
		if !op.dial.Start(fb, op) {
			return op.Suspend(dialConnects)
		}
		fallthrough
	case dialConnects:
		raw, err := op.dial.Result()
		if op.err = err; err != nil {
			return op.finish()
		}
		op.conn = Client(raw, configFor(op.address, op.config))
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
	if op.err != nil && op.conn != nil {
		op.conn.Close()
		op.conn = nil
	}
	op.address, op.config = "", nil
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
