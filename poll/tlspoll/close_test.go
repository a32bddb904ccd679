//go:build linux

package tlspoll

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"crypto/tls"
	"github.com/goasync/goasync/rt"
)

// TestClose: the peer sees a close_notify after all that was written; operations that wait are woken.
func TestClose(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			if err := c.CloseWrite(); err != errEarly {
				t.Errorf("CloseWrite before the handshake: %v", err)
			}
			data := noise(1 << 16)
			err := run(func() error {
				if _, err := rt.Await(c.Write(data)); err != nil {
					return err
				}
				return c.Close()
			})
			if err != nil {
				t.Error(err)
			}
			wantStream(t, peer, data) // the end is io.EOF also without a close_notify; that it has come is said by what follows
			if _, err := peer.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("the peer's read: %v", err)
			}
			if err := c.Close(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("a second Close: %v", err)
			}
			for what, err := range map[string]error{
				"Read":       run(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err }),
				"Write":      run(func() error { _, err := rt.Await(c.Write(data)); return err }),
				"CloseWrite": run(func() error { return rt.Await0(c.CloseWrite()) }),
			} {
				if !errors.Is(err, net.ErrClosed) {
					t.Errorf("%s when closed: %v", what, err)
				}
			}
		})
	})
}

// TestCloseNotify: Close and CloseWrite send the record of a close_notify, once.
func TestCloseNotify(t *testing.T) {
	for what, end := range map[string]func(c *Conn) error{
		"Close":      (*Conn).Close,
		"CloseWrite": func(c *Conn) error { return errors.Join(c.CloseWrite(), c.CloseWrite(), c.Close()) },
	} {
		t.Run(what, func(t *testing.T) {
			server, client := configs()
			server.SessionTicketsDisabled = true
			c, peer := pair(t, server, client, true)
			within(t, what, func() {
				if err := errors.Join(c.Handshake(), peer.Handshake(), end(c)); err != nil {
					t.Error(err)
				}
				got, err := io.ReadAll(peer.NetConn())
				const want = 5 + 2 + 1 + 16 // header, alert, type, tag
				if len(got) != want || err != nil {
					t.Errorf("%d bytes have been sent, %v; want %d", len(got), err, want)
				}
			})
		})
	}
}

// TestClose_Waiting: a close ends operations that wait, in both forms.
func TestClose_Waiting(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, peer := serverPair(t)
		if err := errors.Join(c.Handshake(), peer.Handshake()); err != nil {
			t.Error(err)
		}
		err := run(func() error {
			return rt.Gather0(
				func() error {
					if _, err := rt.Await(c.Read(make([]byte, 1))); !errors.Is(err, net.ErrClosed) {
						t.Errorf("Read: %v", err)
					}
					return nil
				},
				func() error {
					if n, err := rt.Await(c.Write(tooMuch)); n == len(tooMuch) || !errors.Is(err, net.ErrClosed) {
						t.Errorf("Write: %d, %v", n, err)
					}
					return nil
				},
				func() error {
					go func() {
						peer.NetConn().Read(make([]byte, 1)) // so that the Write has begun
						c.Close()
					}()
					return nil
				},
			)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestTruncation: a connection that is cut within a record is io.ErrUnexpectedEOF.
func TestTruncation(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, peer := serverPair(t)
		if err := errors.Join(c.Handshake(), peer.Handshake()); err != nil {
			t.Error(err)
		}
		peer.NetConn().Write([]byte{typeApplication, 3, 3, 0, 100, 1, 2, 3})
		peer.NetConn().Close()
		err := run(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
		if err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
	})
}

// TestBadRecord: a record that is not the peer's ends the session, and the peer is told without a Write.
func TestBadRecord(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, peer := serverPair(t)
		if err := errors.Join(c.Handshake(), peer.Handshake()); err != nil {
			t.Error(err)
		}
		peer.NetConn().Write(append([]byte{typeApplication, 3, 3, 0, 50}, make([]byte, 50)...))
		for range 2 {
			err := run(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
			if local, ok := errors.AsType[*net.OpError](err); !ok || local.Op != "local error" {
				t.Errorf("Read: %v", err)
			}
		}
		_, err := peer.Read(make([]byte, 1))
		if remote, ok := errors.AsType[*net.OpError](err); !ok || remote.Op != "remote error" || !strings.Contains(err.Error(), "bad record MAC") {
			t.Errorf("the peer is told %v", err)
		}
	})
}
