//go:build linux

package tlspoll

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
)

// forms are a function of a Conn in each form of its operations.
var forms = map[string]func(f func() error) error{
	"blocking": func(f func() error) error { return f() },
	"plain":    rt.Run0,
}

// inForms runs test with c in a plain task, and with blocking forms.
func inForms(t *testing.T, test func(t *testing.T, run func(f func() error) error)) {
	for form, run := range forms {
		t.Run(form, func(t *testing.T) {
			within(t, form, func() { test(t, run) })
		})
	}
}

// TestALPN: both ends agree on a protocol, and say so.
func TestALPN(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		server, client := configs()
		server.NextProtos, client.NextProtos = []string{"a", "b"}, []string{"c", "b"}
		c, peer := pair(t, server, client, true)
		if state := c.ConnectionState(); state.HandshakeComplete || state.Version != 0 {
			t.Errorf("before the handshake the state is %+v", state)
		}
		if err := run(c.Handshake); err != nil {
			t.Error(err)
		}
		for who, state := range map[string]tls.ConnectionState{"ours": c.ConnectionState(), "the peer's": peer.ConnectionState()} {
			if !state.HandshakeComplete || state.NegotiatedProtocol != "b" {
				t.Errorf("%s: complete %t, protocol %q", who, state.HandshakeComplete, state.NegotiatedProtocol)
			}
		}
	})
}

// TestClientCertificates: both ends see who the client is, and one without a certificate is refused.
func TestClientCertificates(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		for _, weServe := range []bool{true, false} {
			server, client := configs()
			server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, trusted().pool
			client.Certificates = []tls.Certificate{trusted().issue("someone")}
			var seen tls.ConnectionState
			if weServe {
				c, _ := pair(t, server, client, true)
				if err := run(c.Handshake); err != nil {
					t.Error(err)
				}
				seen = c.ConnectionState()
			} else {
				c, peer := pair(t, client, server, false)
				if err := run(c.Handshake); err != nil {
					t.Error(err)
				}
				if err := peer.Handshake(); err != nil {
					t.Error(err)
				}
				seen = peer.ConnectionState()
			}
			if len(seen.PeerCertificates) != 1 || seen.PeerCertificates[0].Subject.CommonName != "someone" {
				t.Errorf("weServe %t: the server sees the certificates %v", weServe, seen.PeerCertificates)
			}
		}
		server, client := configs()
		server.ClientAuth = tls.RequireAnyClientCert
		c, peer := pair(t, server, client, true)
		err := run(c.Handshake)
		if err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("a client without a certificate: %v", err)
		}
		_, again := c.Write([]byte("x"))
		if again == nil || again.Error() != err.Error() {
			t.Errorf("Write after a handshake that failed with %q: %v", err, again)
		}
		if _, err := peer.Read(make([]byte, 1)); !strings.Contains(err.Error(), "certificate required") {
			t.Errorf("the client is told %v", err) // so the alert has been sent
		}
	})
}

// TestUntrustedServer: the client's error is that of crypto/tls, and the server is told.
func TestUntrustedServer(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		server, client := configs()
		client.RootCAs = x509.NewCertPool()
		c, peer := pair(t, client, server, false)
		_, bad := errors.AsType[*tls.CertificateVerificationError](run(c.Handshake))
		if !bad {
			t.Error("the client's error is no CertificateVerificationError")
		}
		var remote *net.OpError
		if err := peer.Handshake(); !errors.As(err, &remote) || remote.Op != "remote error" {
			t.Errorf("the server is told %v", err)
		}
	})
}

// TestResumption: a second connection resumes the session of the first, with both ends of this package.
func TestResumption(t *testing.T) {
	for _, version := range versions {
		inForms(t, func(t *testing.T, run func(func() error) error) {
			server, client := configs()
			server.MaxVersion = version
			client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			ln := NewListener(listenLocal(t), server)
			for _, want := range []bool{false, true} {
				var group sync.WaitGroup
				group.Go(func() {
					c, err := ln.AcceptConn()
					if err != nil {
						t.Error(err)
						return
					}
					if err := run(func() error { return echo(c) }); err != nil {
						t.Error(err)
					}
					if got := c.ConnectionState().DidResume; got != want {
						t.Errorf("the server has resumed: %t, want %t", got, want)
					}
				})
				err := run(func() error {
					c, err := Dial("tcp", ln.Addr().String(), client)
					if err != nil {
						return err
					}
					defer c.Close()
					if _, err := c.Write([]byte("x")); err != nil {
						return err
					}
					_, err = c.Read(make([]byte, 1)) // and the ticket, which comes before
					if got := c.ConnectionState().DidResume; got != want {
						t.Errorf("the client has resumed: %t, want %t", got, want)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
				group.Wait()
			}
		})
	}
}

// TestNoTLS: a client that speaks something else gets an answer in that, if the server wants to give one.
func TestNoTLS(t *testing.T) {
	server, _ := configs()
	raw, peer := rawPair(t)
	c := Server(raw, server)
	io.WriteString(peer, "GET / HTTP/1.1\r\n\r\n")
	within(t, "the handshake", func() {
		err := c.Handshake()
		e, ok := errors.AsType[tls.RecordHeaderError](err)
		if !ok || e.Conn != net.Conn(raw) || string(e.RecordHeader[:]) != "GET /" {
			t.Errorf("the handshake: %#v", err)
		}
	})
}

// TestRefused: configurations with which nothing can be done.
func TestRefused(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		server, client := configs()
		client.Renegotiation = tls.RenegotiateOnceAsClient
		c, _ := pair(t, client, server, false)
		if err := run(c.Handshake); err != errRenegotiation {
			t.Errorf("a Config that asks for renegotiation: %v", err)
		}
	})
	if ln, err := Listen("tcp", "127.0.0.1:0", new(tls.Config)); err != errNoCertificate {
		t.Errorf("Listen without a certificate: %v, %v", ln, err)
	}
	if _, err := Dial("tcp", "127.0.0.1:no port", nil); err == nil {
		t.Error("Dial without a port succeeded")
	}
}

// TestServerName: Dial checks the certificate for the host that was dialed.
func TestServerName(t *testing.T) {
	server, client := configs()
	ln, err := Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var group sync.WaitGroup
	defer group.Wait()
	for name, ok := range map[string]bool{"": true, "localhost": true, "example.org": false} {
		inForms(t, func(t *testing.T, run func(func() error) error) {
			group.Go(func() {
				c, err := ln.Accept()
				if err != nil {
					t.Error(err)
					return
				}
				c.(*Conn).Handshake()
				c.Close()
			})
			config := client.Clone()
			config.ServerName = name
			err := run(func() error {
				c, err := Dial("tcp", ln.Addr().String(), config)
				if err == nil {
					c.Close()
				}
				return err
			})
			if (err == nil) != ok {
				t.Errorf("Dial with the server name %q: %v", name, err)
			}
		})
	}
}

// TestCallbackPanics: a panic in a callback of the Config is one of who makes the handshake, and leaves nothing behind.
func TestCallbackPanics(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		server, client := configs()
		server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { panic("callback") }
		c, _ := pair(t, server, client, true)
		err := run(func() error {
			defer func() {
				if p := recover(); p != "callback" {
					t.Errorf("the handshake panics with %v", p)
				}
			}()
			return c.Handshake()
		})
		if err != nil {
			t.Error(err)
		}
		if err := run(c.Handshake); err != errPanicked {
			t.Errorf("the next handshake: %v", err)
		}
	})
}

// TestCallbackPanics_Dial: a Dial in whose handshake a callback panics leaves no connection behind.
func TestCallbackPanics_Dial(t *testing.T) {
	server, client := configs()
	client.VerifyConnection = func(tls.ConnectionState) error { panic("callback") }
	ln := NewListener(listenLocal(t), server)
	dials := map[string]func() (*Conn, error){
		"blocking": func() (*Conn, error) { return Dial("tcp", ln.Addr().String(), client) },
		"plain": func() (*Conn, error) {
			return rt.Run(func() (*Conn, error) { return Dial("tcp", ln.Addr().String(), client) })
		},
		"async": func() (*Conn, error) { return rt.RunAsync(DialAsync("tcp", ln.Addr().String(), client)) },
	}
	for form, dial := range dials {
		t.Run(form, func(t *testing.T) {
			ended := make(chan error)
			go func() {
				c, err := ln.AcceptConn()
				if err == nil {
					_, err = c.Read(make([]byte, 1)) // which ends when the client closes
					c.Close()
				}
				ended <- err
			}()
			within(t, "Dial", func() {
				defer func() {
					if p := recover(); p != "callback" {
						t.Errorf("Dial panics with %v", p)
					}
				}()
				c, err := dial()
				t.Errorf("Dial: %v, %v", c, err)
			})
			within(t, "the server's end", func() {
				if err := <-ended; err == nil {
					t.Error("the server has read something")
				}
			})
		})
	}
}
