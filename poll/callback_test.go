//go:build linux

package poll

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// This file has callbacks of users do to what calls them what they can: close it, above all, which must not wait for the callback.

// A lendable is what has a descriptor to lend.
type lendable interface {
	syscall.Conn
	io.Closer
}

// lenders make one of each kind, and what makes it readable.
var lenders = map[string]func(t *testing.T) (of lendable, feed func()){
	"Conn": func(t *testing.T) (lendable, func()) {
		c, peer := connPair(t)
		return c, func() { peer.Write([]byte("x")) }
	},
	"Unix Conn": func(t *testing.T) (lendable, func()) {
		c, peer := pairOver(t, "unix")
		return c, func() { peer.Write([]byte("x")) }
	},
	"Conn of a file": func(t *testing.T) (lendable, func()) {
		c, peer := connPair(t)
		shared, err := FromConn(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shared.Close() })
		return shared, func() { peer.Write([]byte("x")) }
	},
	"Listener": func(t *testing.T) (lendable, func()) {
		ln := listenLocal(t)
		return ln, func() {
			if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
				c.Close()
			}
		}
	},
	"File": func(t *testing.T) (lendable, func()) {
		r, w := pipe(t)
		return r, func() { w.Write([]byte("x")) }
	},
	"PacketConn": func(t *testing.T) (lendable, func()) {
		server, client := linkUDP(t, "udp4", "127.0.0.1:0")
		return server, func() { client.Write([]byte("x")) }
	},
}

// TestRaw_Closes: a callback of SyscallConn may close what it was lent, in its first call or a later one, and have others do so. What it
// was lent stays open until it returns.
func TestRaw_Closes(t *testing.T) {
	for name, lender := range lenders {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(t *testing.T) error {
				for attempt := 1; attempt <= 2; attempt++ {
					for _, done := range []bool{true, false} {
						of, feed := lender(t)
						raw, err := of.SyscallConn()
						if err != nil {
							return err
						}
						calls := 0
						err = raw.Read(func(fd uintptr) bool {
							if calls++; calls < attempt {
								go feed()
								return false
							}
							var group sync.WaitGroup
							group.Go(func() { of.Close() })
							group.Wait()
							if openAt(int(fd)) == "" {
								t.Errorf("call %d: the descriptor was closed under it", calls)
							}
							raw.Control(func(uintptr) { t.Error("the descriptor is lent after Close") })
							return done
						})
						if done && err != nil || !done && !errors.Is(err, net.ErrClosed) && !errors.Is(err, os.ErrClosed) {
							t.Errorf("closed in call %d, done %t: %v", attempt, done, err)
						}
					}
				}
				return nil
			})
		})
	}
}

// TestRaw_ControlCloses: so may that of Control.
func TestRaw_ControlCloses(t *testing.T) {
	for name, lender := range lenders {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(t *testing.T) error {
				of, _ := lender(t)
				raw, err := of.SyscallConn()
				if err != nil {
					return err
				}
				return raw.Control(func(fd uintptr) {
					if err := of.Close(); err != nil {
						t.Error(err)
					}
					if openAt(int(fd)) == "" {
						t.Error("the descriptor was closed under it")
					}
				})
			})
		})
	}
}

// TestRaw_OtherDirection: while one direction waits in Go's netpoller, a callback of the other one sets deadlines, writes, and closes.
func TestRaw_OtherDirection(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, done := range []bool{true, false} {
			c, peer := pairOver(t, network)
			fill(c)
			var writer sync.WaitGroup
			writer.Go(func() {
				if n, err := c.Write(tooMuch); n == len(tooMuch) || !errors.Is(err, net.ErrClosed) {
					t.Errorf("the Write beside it: %d, %v", n, err)
				}
			})
			raw, err := c.SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			calls := 0
			within(t, "the callback, and the Write beside it", func() {
				err := raw.Read(func(uintptr) bool {
					if calls++; calls == 1 {
						go peer.Write([]byte("x"))
						return false
					}
					if err := c.SetDeadline(time.Now().Add(time.Hour)); err != nil {
						t.Error(err)
					}
					if _, err := c.TryWrite(nil); err != nil {
						t.Error(err)
					}
					c.Close()
					return done
				})
				if done && err != nil || !done && !errors.Is(err, net.ErrClosed) {
					t.Errorf("closed in the callback, done %t: %v", done, err)
				}
				writer.Wait()
			})
		}
	})
}

// A closingStream closes a connection when it is called, and goes on.
type closingStream struct {
	c    *Conn
	left int // how many calls come before that
	with io.ReadWriter
}

func (s *closingStream) touch() {
	if s.left--; s.left < 0 {
		s.c.Close()
	}
}

func (s *closingStream) Read(p []byte) (int, error)  { s.touch(); return s.with.Read(p) }
func (s *closingStream) Write(p []byte) (int, error) { s.touch(); return s.with.Write(p) }

// TestCopy_Closes: what Copy calls closes the connection at the other end of it.
func TestCopy_Closes(t *testing.T) {
	inBothForms(t, func(t *testing.T) error {
		for left := range 2 {
			c, peer := connPair(t)
			go io.Copy(peer, io.LimitReader(endless{}, 1<<20))
			n, err := rt.Await(Copy(&closingStream{c, left, new(bytes.Buffer)}, c))
			if n == 0 || !errors.Is(err, net.ErrClosed) {
				t.Errorf("from a Conn: %d, %v", n, err)
			}
			c, _ = connPair(t)
			zeros := struct {
				io.Reader
				io.Writer
			}{endless{}, nil}
			_, err = rt.Await(Copy(c, &closingStream{c, left, zeros}))
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("to a Conn: %v", err)
			}
		}
		return nil
	})
}

// endless reads zeros.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestServer_CallbacksClose: OnError, OnDrain and handlers close the listener and the connections, each as often as it likes.
func TestServer_CallbacksClose(t *testing.T) {
	for form, serve := range map[string]func(s *Server, ln *Listener, handler func(*Conn) error) error{
		"plain": func(s *Server, ln *Listener, handler func(*Conn) error) error {
			return rt.Run0(func() error { return s.Serve(ln, handler) })
		},
		"outside": func(s *Server, ln *Listener, handler func(*Conn) error) error { return s.Serve(ln, handler) },
	} {
		t.Run(form, func(t *testing.T) {
			ln := listenLocal(t)
			peer := dialNet(t, ln)
			var errs []error
			var served *Conn
			s := &Server{
				Grace: -1,
				OnError: func(c *Conn, err error) {
					errs = append(errs, err)
					c.Close()
					ln.Close()
				},
				OnDrain: func() {
					ln.Close()
					served.Close()
				},
			}
			within(t, "Serve", func() {
				err := serve(s, ln, func(c *Conn) error {
					served = c
					ln.Close()
					_, err := rt.Await(c.Read(make([]byte, 1))) // until OnDrain closes it
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
			if len(errs) != 1 || !errors.Is(errs[0], net.ErrClosed) {
				t.Errorf("reported: %v", errs)
			}
			if _, err := peer.Read(make([]byte, 1)); err != io.EOF && !isBroken(err) {
				t.Errorf("the peer's Read: %v", err)
			}
		})
	}
}
