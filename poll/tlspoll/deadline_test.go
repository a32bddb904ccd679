//go:build linux

package tlspoll

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A scopedWait waits for ever, unless its deadline or a scope ends it.
type scopedWait struct {
	name     string
	deadline func(time.Time) error
	do       func() error
}

// ownEarlier has the wait end at its own deadline, since that of its scope is later.
func (wait *scopedWait) ownEarlier(t *testing.T) {
	t.Helper()
	wait.deadline(time.Now().Add(time.Millisecond))
	err := rt.Timeout0(time.Hour, wait.do)
	if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s, whose own deadline is earlier: %v, want os.ErrDeadlineExceeded and not the error of a scope", wait.name, err)
	}
}

// scopeEarlier has it end at its scope's, since its own is later.
func (wait *scopedWait) scopeEarlier(t *testing.T) {
	t.Helper()
	wait.deadline(time.Now().Add(time.Hour))
	var inside error
	err := rt.Timeout0(time.Millisecond, func() error { inside = wait.do(); return inside })
	if _, ok := errors.AsType[*rt.TimeoutError](err); !ok || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s, whose scope's deadline is earlier: %v, want a *rt.TimeoutError", wait.name, err)
	}
	if _, ok := errors.AsType[*rt.Canceled](inside); !ok {
		t.Errorf("%s, inside: %v, want a *rt.Canceled", wait.name, inside)
	}
}

// TestDeadlineOfConnAndOfScope: the earlier one ends a wait, and loses nothing of what was read or written.
func TestDeadlineOfConnAndOfScope(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
		run(t, func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			written := 0
			write := func() error {
				n, err := rt.Await(c.Write(tooMuch))
				written += n
				return err
			}
			for _, wait := range []scopedWait{
				{"Read", c.SetReadDeadline, func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err }},
				{"WaitRead", c.SetReadDeadline, func() error { return rt.Await0(c.WaitRead()) }},
				{"poll.ReadFull", c.SetReadDeadline, func() error { _, err := rt.Await(poll.ReadFull(c, make([]byte, 2))); return err }},
				{"Reader.ReadLine", c.SetReadDeadline, func() error { _, err := rt.Await(poll.NewReader(c).ReadLine()); return err }},
				{"Copy from it", c.SetReadDeadline, func() error { _, err := rt.Await(poll.Copy(io.Discard, c)); return err }},
				{"Write", c.SetWriteDeadline, write},
			} {
				wait.ownEarlier(t)
				wait.scopeEarlier(t)
			}
			c.SetDeadline(time.Time{})
			if _, err := peer.Write([]byte("x")); err != nil {
				t.Error(err)
			}
			buf := make([]byte, 2)
			if n, err := rt.Await(c.Read(buf)); string(buf[:n]) != "x" || err != nil {
				t.Errorf("Read after the deadlines: %q, %v", buf[:n], err)
			}
			closing := rt.Spawn0(func() error { return rt.Await0(c.CloseWrite()) })
			n, err := rt.Await(rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) }))
			if n != int64(written) {
				t.Errorf("%d bytes have come, want the %d written", n, written)
			}
			_, closed := rt.Await(closing.Wait())
			return errors.Join(err, closed)
		})
	})
}

// TestDeadlineOfWriterAndOfScope: of a Writer, and of a Copy to a connection, too.
func TestDeadlineOfWriterAndOfScope(t *testing.T) {
	c, _ := serverPair(t)
	run(t, func() error {
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		for _, wait := range []scopedWait{
			{"Writer.Write", c.SetWriteDeadline, func() error { _, err := rt.Await(poll.NewWriter(c).Write(tooMuch)); return err }},
			{"Copy to it", c.SetWriteDeadline, func() error {
				_, err := rt.Await(poll.Copy(c, bytes.NewReader(tooMuch)))
				return err
			}},
		} {
			wait.ownEarlier(t)
			wait.scopeEarlier(t)
		}
		return nil
	})
}

// TestDeadlineOfHandshakeAndOfScope: of a handshake with a peer that is silent.
func TestDeadlineOfHandshakeAndOfScope(t *testing.T) {
	server, client := configs()
	run(t, func() error {
		for _, weServe := range []bool{true, false} {
			for _, check := range []func(*scopedWait, *testing.T){(*scopedWait).ownEarlier, (*scopedWait).scopeEarlier} {
				raw, _ := rawPair(t)
				c := Client(raw, client)
				if weServe {
					c = Server(raw, server)
				}
				check(&scopedWait{"Handshake", c.SetDeadline, func() error { return rt.Await0(c.Handshake()) }}, t)
				c.Close()
			}
		}
		return nil
	})
}
