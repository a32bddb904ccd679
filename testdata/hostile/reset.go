//go:build linux

package hostile

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A Step is how far a client goes before it resets the connection.
type Step struct {
	Name string
	do   func(to Target, raw Peer) error
}

// Steps are those of the protocol, with and without TLS.
var Steps = []Step{
	{"connected", func(Target, Peer) error { return nil }},
	{"part of a record of TLS sent", func(_ Target, raw Peer) error {
		_, err := raw.Write([]byte{22, 3, 1, 0, 200, 1, 0})
		return err
	}},
	{"zeros sent, which are no TLS", func(_ Target, raw Peer) error {
		_, err := raw.Write(flood[:1<<10])
		return err
	}},
	{"handshake begun", beginHandshake},
	{"echo received", func(to Target, raw Peer) error { return Ping(to.over(raw), "hello") }},
	{"echo not received", func(to Target, raw Peer) error {
		_, err := to.over(raw).Write([]byte("hello"))
		return err
	}},
	{"half-closed", func(to Target, raw Peer) error {
		c := to.over(raw)
		if err := Ping(c, "hello"); err != nil {
			return err
		}
		return c.CloseWrite()
	}},
	{"in the midst of a large message", func(to Target, raw Peer) error {
		c := to.over(raw)
		if err := Ping(c, "hello"); err != nil {
			return err
		}
		go c.Write(flood) // until the reset; the server is stuck before the end, since nobody reads all of the echo
		_, err := io.CopyN(io.Discard, c, int64(len(flood)/4))
		return err
	}},
}

// beginHandshake sends the first flight of TLS alone.
func beginHandshake(to Target, raw Peer) error {
	if !to.TLS {
		return nil
	}
	raw.SetReadDeadline(time.Unix(1, 0))
	if err := to.over(raw).(*tls.Conn).Handshake(); !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("a handshake that reads nothing: %v", err)
	}
	return nil
}

// ResetAt goes as far as s and resets the connection.
func (to Target) ResetAt(s Step) error {
	raw, err := to.DialRaw()
	if err != nil {
		return err
	}
	defer Abort(raw)
	if err := s.do(to, raw); err != nil && !Broken(err) {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return nil
}

// Broken reports whether err says that the other side has gone.
func Broken(err error) bool { return errors.Is(err, unix.EPIPE) || errors.Is(err, unix.ECONNRESET) }
