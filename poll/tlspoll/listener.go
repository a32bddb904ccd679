//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A Listener accepts TLS connections. It is a net.Listener: any goroutine may call its blocking forms and its other methods. Its async
// form belongs to one loop at a time. A Listener must be closed.
//
// It can serve package net/http, without HTTP/2, which that has for a *tls.Conn alone. Request.TLS is then of before the handshake; a
// handler that needs to know more takes the Conn from the context, into which http.Server.ConnContext has put it.
type Listener struct {
	inner  *poll.Listener
	config *tls.Config
}

var _ net.Listener = (*Listener)(nil)

// errNoCertificate refuses a configuration with which no handshake can succeed.
var errNoCertificate = errors.New("tlspoll: the tls.Config of a listener has none of Certificates, GetCertificate and GetConfigForClient")

// Listen announces on an address as poll.Listen does. The config must have a certificate, or a callback that returns one.
func Listen(network, address string, config *tls.Config) (*Listener, error) {
	if config == nil || len(config.Certificates) == 0 && config.GetCertificate == nil && config.GetConfigForClient == nil {
		return nil, errNoCertificate
	}
	inner, err := poll.Listen(network, address)
	if err != nil {
		return nil, err
	}
	return NewListener(inner, config), nil
}

// NewListener returns a Listener that accepts from inner, and closes it when it is closed.
func NewListener(inner *poll.Listener, config *tls.Config) *Listener { return &Listener{inner, config} }

// Addr returns the address that the Listener is bound to.
func (ln *Listener) Addr() net.Addr { return ln.inner.Addr() }

// Close stops listening, as that of poll.Listener.
func (ln *Listener) Close() error { return ln.inner.Close() }

// SetDeadline sets the deadline of accepting, in both forms, as that of poll.Listener. It is none of the connections.
func (ln *Listener) SetDeadline(t time.Time) error { return ln.inner.SetDeadline(t) }

// Accept is AcceptConn as net.Listener has it.
func (ln *Listener) Accept() (net.Conn, error) {
	c, err := ln.AcceptConn()
	if err != nil {
		return nil, err
	}
	return c, nil
}

// AcceptConn waits for the next connection, as that of poll.Listener. It does not wait for the handshake, which a client could drag out
// while others stand in line: the connection's first Read or Write makes it, or [Conn.Handshake]. Cancel: lossless, a connection is
// accepted only when it is returned.
func (ln *Listener) AcceptConn() (*Conn, error) {
	if rt.InTask() {
		op := new(ListenerAcceptConnOp)
		op.Init(ln)
		return rt.Block(op)
	}
	return ln.serve(ln.inner.AcceptConn())
}

// serve makes the TLS connection of one that was accepted, if none failed.
func (ln *Listener) serve(raw *poll.Conn, err error) (*Conn, error) {
	if err != nil {
		return nil, err
	}
	return Server(raw, ln.config), nil
}

// AcceptConnAsync is the async form of AcceptConn.
func (ln *Listener) AcceptConnAsync() rt.Awaitable[*Conn] {
	op := new(ListenerAcceptConnOp)
	op.Init(ln)
	op.Visible()
	return op
}

// AcceptOp returns AcceptConn as an operation, for rt.Select.
func (ln *Listener) AcceptOp() *AcceptWaiter { return &AcceptWaiter{ln.inner.AcceptOp(), ln} }

// An AcceptWaiter is what [Listener.AcceptOp] returns: the [poll.Waiter] of the listener below, with another result.
type AcceptWaiter struct {
	*poll.Waiter[*poll.Conn]
	ln *Listener
}

var _ rt.Waiter = (*AcceptWaiter)(nil)

// Result returns what AcceptConn does, once.
func (w *AcceptWaiter) Result() (*Conn, error) { return w.ln.serve(w.Waiter.Result()) }

// A ListenerAcceptConnOp is the operation of [Listener.AcceptConn], to embed in a frame. The zero value is ready for Init, and so is one
// that has ended.
type ListenerAcceptConnOp struct {
	outcome
	ln     *Listener
	conn   *Conn
	accept poll.ListenerAcceptConnOp
}

// Init prepares an AcceptConn of ln.
func (op *ListenerAcceptConnOp) Init(ln *Listener) {
	op.Reset()
	op.ln, op.conn = ln, nil
}

// Start begins the operation.
func (op *ListenerAcceptConnOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent)
}

// Resume is called by package rt.
func (op *ListenerAcceptConnOp) Resume(fb *rt.Fiber) (done bool) {
	if op.Enter() == 0 {
		op.accept.Init(op.ln.inner)
		if !op.accept.Start(fb, op) {
			return op.Suspend(1)
		}
	}
	op.conn, op.err = op.ln.serve(op.accept.Result())
	op.ln = nil
	return op.End()
}

// Result returns what AcceptConn does.
func (op *ListenerAcceptConnOp) Result() (*Conn, error) {
	err := op.take()
	conn := op.conn
	if !op.held {
		op.conn = nil
	}
	return conn, err
}
