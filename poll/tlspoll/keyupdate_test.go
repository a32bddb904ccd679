//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/goasync/goasync/rt"
)

// updatingPair is a pair, ours the client, whose peer's records are written by hand. The handshake is complete.
func updatingPair(t *testing.T) (c *Conn, peer *tls.Conn, tcp *net.TCPConn, w *recordWriter) {
	t.Helper()
	server, client := configs()
	server.SessionTicketsDisabled = true
	keys := new(keyLog)
	server.KeyLogWriter = keys
	c, peer = pair(t, client, server, false)
	if err := errors.Join(c.Handshake(), peer.Handshake()); err != nil {
		t.Fatal(err)
	}
	return c, peer, peer.NetConn().(*net.TCPConn), newRecordWriter(t, c.ConnectionState(), keys.secret(t, "SERVER_TRAFFIC_SECRET_0"))
}

// TestKeyUpdate_IsAnswered: also if nothing is written, and the sessions go on with the new keys.
func TestKeyUpdate_IsAnswered(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, _, tcp, w := updatingPair(t)
		tcp.Write(w.keyUpdate(true, 5))
		answer := make([]byte, 5+5+1+16) // header, message, type, tag
		reading := make(chan error)
		buf := make([]byte, 10)
		go func() {
			reading <- run(func() error {
				n, err := rt.Await(c.Read(buf))
				buf = buf[:n]
				return err
			})
		}()
		if _, err := io.ReadFull(tcp, answer); err != nil || answer[0] != typeApplication {
			t.Errorf("the answer is %v, %v", answer, err)
		}
		tcp.Write(w.record(typeApplication, []byte("hello")))
		if err := <-reading; string(buf) != "hello" || err != nil {
			t.Errorf("read %q, %v", buf, err)
		}
	})
}

// TestKeyUpdate_BetweenWrites: what is written before the answer and after it is under the right keys.
func TestKeyUpdate_BetweenWrites(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, peer, tcp, w := updatingPair(t)
		const rounds = 5
		go func() {
			for range rounds {
				tcp.Write(w.keyUpdate(true, 5))
				tcp.Write(w.record(typeApplication, []byte("x")))
			}
		}()
		err := run(func() error {
			buf := make([]byte, 1)
			for range rounds {
				if _, err := rt.Await(c.Read(buf)); err != nil {
					return err
				}
				if _, err := rt.Await(c.Write(buf)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		got := make([]byte, rounds)
		if _, err := io.ReadFull(peer, got); string(got) != "xxxxx" || err != nil {
			t.Errorf("the peer has read %q, %v", got, err)
		}
	})
}

// TestKeyUpdate_Flood: a peer that asks for answers without end, and does not read them, ends the session before they take much memory.
func TestKeyUpdate_Flood(t *testing.T) {
	c, _, tcp, w := updatingPair(t)
	flooding := make(chan struct{})
	go func() {
		defer close(flooding)
		for err := error(nil); err == nil; {
			_, err = tcp.Write(append(w.keyUpdate(true, 5), w.record(typeApplication, []byte("x"))...))
		}
	}()
	within(t, "the flood", func() {
		if _, done, err := c.tryWrite(tooMuch); done || err != nil { // fills the socket's buffers
			t.Errorf("a write to who does not read: done %t, %v", done, err)
		}
		most, err := 0, error(nil)
		for err == nil {
			_, err = c.Read(make([]byte, 10))
			if q := c.transport.queue; q != nil {
				most = max(most, len(*q)-c.transport.sent)
			}
		}
		if most > maxQueue || most < maxQueue/2 {
			t.Errorf("up to %d bytes were queued; the bound is %d", most, maxQueue)
		}
		if err != errQueueFull {
			t.Errorf("Read: %v", err)
		}
		if _, err = c.Write([]byte("x")); err != errQueueFull {
			t.Errorf("Write: %v", err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	<-flooding
}
