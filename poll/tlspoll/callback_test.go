//go:build linux

package tlspoll

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// handshakeCallbacks have a configuration call f from each of its callbacks, of a server or a client.
var handshakeCallbacks = map[string]struct {
	server bool
	set    func(config *tls.Config, f func())
}{
	"GetConfigForClient": {true, func(config *tls.Config, f func()) {
		config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { f(); return nil, nil }
	}},
	"GetCertificate": {true, func(config *tls.Config, f func()) {
		own := config.Certificates[0]
		config.Certificates = nil
		config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { f(); return &own, nil }
	}},
	"VerifyConnection": {false, func(config *tls.Config, f func()) {
		config.VerifyConnection = func(tls.ConnectionState) error { f(); return nil }
	}},
	"VerifyPeerCertificate": {false, func(config *tls.Config, f func()) {
		config.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { f(); return nil }
	}},
	"KeyLogWriter": {true, func(config *tls.Config, f func()) { config.KeyLogWriter = writerFunc(f) }},
}

// A writerFunc is a Writer that calls it.
type writerFunc func()

func (f writerFunc) Write(p []byte) (int, error) { f(); return len(p), nil }

// callbackPair returns a connection with one of the callbacks, which calls f.
func callbackPair(t *testing.T, name string, f func(c *Conn)) *Conn {
	server, client := configs()
	callback := handshakeCallbacks[name]
	ours, peers := client, server
	if callback.server {
		ours, peers = server, client
	}
	var c *Conn
	callback.set(ours, func() { f(c) })
	c, _ = pair(t, ours, peers, callback.server)
	return c
}

// TestCallback_Closes: a callback may close the connection, itself and by others, as often as it is called, and set deadlines before.
func TestCallback_Closes(t *testing.T) {
	for name := range handshakeCallbacks {
		t.Run(name, func(t *testing.T) {
			inForms(t, func(t *testing.T, run func(func() error) error) {
				c := callbackPair(t, name, func(c *Conn) {
					if err := c.SetDeadline(time.Now().Add(time.Hour)); err != nil && !errors.Is(err, net.ErrClosed) {
						t.Error(err)
					}
					if state := c.ConnectionState(); state.HandshakeComplete {
						t.Error("the handshake is complete before it has ended")
					}
					var group sync.WaitGroup
					group.Go(func() { c.Close() })
					group.Wait()
					c.Close()
				})
				if err := run(c.Handshake); !errors.Is(err, net.ErrClosed) && !errors.Is(err, context.Canceled) {
					t.Errorf("the handshake: %v", err)
				}
			})
		})
	}
}

// TestCallback_Waits: a callback that reads, writes or shakes hands on its own connection waits for itself, until somebody closes that.
func TestCallback_Waits(t *testing.T) {
	for what, do := range map[string]func(c *Conn) error{
		"Handshake": (*Conn).Handshake,
		"Read":      func(c *Conn) error { _, err := c.Read(make([]byte, 1)); return err },
		"WaitRead":  (*Conn).WaitRead,
		"Write":     func(c *Conn) error { _, err := c.Write([]byte("x")); return err },
	} {
		t.Run(what, func(t *testing.T) {
			inForms(t, func(t *testing.T, run func(func() error) error) {
				begun := make(chan struct{})
				c := callbackPair(t, "GetConfigForClient", func(c *Conn) {
					close(begun)
					if err := do(c); !errors.Is(err, net.ErrClosed) {
						t.Errorf("%s in a callback: %v", what, err)
					}
				})
				go func() {
					<-begun
					c.Close()
				}()
				if err := run(c.Handshake); !errors.Is(err, net.ErrClosed) && !errors.Is(err, context.Canceled) {
					t.Errorf("the handshake: %v", err)
				}
			})
		})
	}
}

// TestCallback_NeverReturns: who waits while another one drives the handshake, whose callback does not return, is woken when the connection
// is closed.
func TestCallback_NeverReturns(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	c := callbackPair(t, "GetConfigForClient", func(*Conn) {
		close(begun)
		<-release
	})
	driver := make(chan error)
	go func() { driver <- c.Handshake() }()
	<-begun
	blocked := make(chan error, 2)
	for range cap(blocked) {
		go func() { blocked <- c.Handshake() }()
	}
	err := rt.Run0(func() error {
		var waiting []*rt.Task[struct{}]
		for _, do := range []func() error{
			c.Handshake,
			func() error { _, err := c.Read(make([]byte, 1)); return err },
			func() error { _, err := c.Write([]byte("x")); return err },
			c.WaitRead,
		} {
			waiting = append(waiting, rt.Spawn0(do))
		}
		cancelled := rt.Spawn0(c.Handshake)
		rt.YieldNow()
		cancelled.Cancel(nil)
		if _, err := cancelled.Wait(); err == nil {
			t.Error("a wait that is cancelled succeeds")
		}
		c.Close()
		for i, task := range waiting {
			if _, err := task.Wait(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("operation %d: %v", i, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for range cap(blocked) {
		if err := <-blocked; !errors.Is(err, net.ErrClosed) {
			t.Errorf("a goroutine: %v", err)
		}
	}
	close(release)
	if err := <-driver; !errors.Is(err, net.ErrClosed) && !errors.Is(err, context.Canceled) {
		t.Errorf("who drove: %v", err)
	}
	if err := c.Handshake(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("later: %v", err)
	}
}

// A ticketCache is a ClientSessionCache whose Put, which a Read calls, does something.
type ticketCache struct{ put func() }

func (ticketCache) Get(string) (*tls.ClientSessionState, bool) { return nil, false }
func (cache ticketCache) Put(string, *tls.ClientSessionState)  { cache.put() }

// TestCallback_InRead: a callback within a Read, for a session ticket, may write, set deadlines, and close.
func TestCallback_InRead(t *testing.T) {
	for _, closes := range []bool{false, true} {
		inForms(t, func(t *testing.T, run func(func() error) error) {
			server, client := configs()
			var c *Conn
			puts := 0
			client.ClientSessionCache = ticketCache{func() {
				puts++
				if err := c.SetDeadline(time.Now().Add(time.Hour)); err != nil {
					t.Error(err)
				}
				if closes {
					c.Close()
				}
				switch n, err := c.Write([]byte("x")); {
				case closes && !errors.Is(err, net.ErrClosed), !closes && (n != 1 || err != nil):
					t.Errorf("Write in a callback: %d, %v", n, err)
				}
			}}
			var peer *tls.Conn
			c, peer = pair(t, client, server, false)
			c.SetReadDeadline(time.Now().Add(patience))
			err := run(func() error {
				if err := rt.Await0(c.Handshake()); err != nil {
					return err
				}
				go peer.Write([]byte("y"))
				_, err := rt.Await(c.Read(make([]byte, 1)))
				return err
			})
			if closes != errors.Is(err, net.ErrClosed) || !closes && err != nil {
				t.Errorf("closed in a Read: %t, which returns %v", closes, err)
			}
			if puts != 1 {
				t.Errorf("%d tickets have come, want one", puts)
			}
		})
	}
}
