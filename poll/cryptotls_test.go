//go:build linux

package poll

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"
)

// This file has crypto/tls, unchanged, on both ends of our connections, each on goroutines of its own.

// tlsConfigs returns what the two ends of a connection of a test need: a certificate of this host that is made anew, and trust in it.
func tlsConfigs(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		&tls.Config{RootCAs: pool, ServerName: "localhost"}
}

// overTLS runs test for each network and version of the protocol, with crypto/tls at both ends of a connection that is ours.
func overTLS(t *testing.T, test func(t *testing.T, server, client *tls.Conn)) {
	serverConfig, clientConfig := tlsConfigs(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			overNetworks(t, func(t *testing.T, network string) {
				config := clientConfig.Clone()
				config.MaxVersion = version
				a, b := bothPair(t, network)
				within(t, "TLS", func() { test(t, tls.Server(a, serverConfig), tls.Client(b, config)) })
			})
		})
	}
}

// TestCryptoTLS: 1 MiB in each direction at once, then the end of the stream in each, and what either end says when it is closed.
func TestCryptoTLS(t *testing.T) {
	overTLS(t, func(t *testing.T, server, client *tls.Conn) {
		var group, ended sync.WaitGroup
		ended.Add(2)
		for what, c := range map[string]*tls.Conn{"server": server, "client": client} {
			data := noise(1 << 20)
			other := server
			if what == "server" {
				other = client
			}
			group.Go(func() {
				n, err := c.Write(data)
				if n != len(data) || err != nil {
					t.Errorf("%s: Write: %d, %v", what, n, err)
				}
				if err := c.CloseWrite(); err != nil {
					t.Errorf("%s: CloseWrite: %v", what, err)
				}
			})
			group.Go(func() {
				got, err := io.ReadAll(other) // to the close_notify: nothing else ends the stream before Close
				if !bytes.Equal(got, data) || err != nil {
					t.Errorf("from the %s %d bytes came, %v, or others than the %d sent", what, len(got), err, len(data))
				}
				ended.Done()
				ended.Wait()
				if err := other.Close(); err != nil {
					t.Errorf("Close beside the %s: %v", what, err)
				}
				if _, err := other.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) && err != io.EOF {
					t.Errorf("Read after Close, beside the %s: %v", what, err)
				}
				_, err = other.NetConn().Read(make([]byte, 1))
				wantErr(t, "Read of the connection below", err, net.ErrClosed)
			})
		}
		group.Wait()
	})
}

// TestCryptoTLS_Close: the Close of one end sends all that was written before it, and ends a Read of its own that waits.
func TestCryptoTLS_Close(t *testing.T) {
	overTLS(t, func(t *testing.T, server, client *tls.Conn) {
		data := noise(100 << 10)
		var group sync.WaitGroup
		group.Go(func() {
			got, err := io.ReadAll(client)
			if !bytes.Equal(got, data) || err != nil {
				t.Errorf("%d bytes came, %v, or others than the %d sent", len(got), err, len(data))
			}
		})
		if _, err := server.Write(data); err != nil {
			t.Error(err)
		}
		group.Go(func() {
			if n, err := server.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("Read beside Close: %d, %v", n, err)
			}
		})
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		group.Wait()
		client.Close()
	})
}

// TestCryptoTLS_Deadline: a Read that ends at its deadline, also within a record, loses nothing of what has come.
func TestCryptoTLS_Deadline(t *testing.T) {
	overTLS(t, func(t *testing.T, server, client *tls.Conn) {
		var shaken sync.WaitGroup
		shaken.Go(func() {
			if err := server.Handshake(); err != nil {
				t.Error(err)
			}
		})
		if err := client.Handshake(); err != nil {
			t.Error(err)
		}
		shaken.Wait()
		for _, deadline := range []time.Time{time.Unix(1, 0), time.Now().Add(time.Millisecond)} {
			server.SetReadDeadline(deadline)
			n, err := server.Read(make([]byte, 1))
			if e, ok := errors.AsType[net.Error](err); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) || !ok || !e.Timeout() {
				t.Errorf("Read until its deadline: %d, %v", n, err)
			}
			server.SetReadDeadline(time.Time{})
			buf := make([]byte, 10)
			if _, err := client.Write([]byte("hello")); err != nil {
				t.Error(err)
			}
			if n, err := server.Read(buf); string(buf[:n]) != "hello" || err != nil {
				t.Errorf("Read after it: %q, %v", buf[:n], err)
			}
		}
		server.Close()
		client.Close()
	})
}

// TestCryptoTLS_HTTP: net/http serves TLS from a Listener of ours, by itself and by a listener of crypto/tls, to clients of net/http whose
// connections are those of package net, and ours; of HTTP/1.1 and HTTP/2.
func TestCryptoTLS_HTTP(t *testing.T) {
	serverConfig, clientConfig := tlsConfigs(t)
	dials := map[string]func(ctx context.Context, network, address string) (net.Conn, error){
		"net":  new(net.Dialer).DialContext,
		"poll": new(Dialer).DialContext,
	}
	for how, serve := range map[string]func(s *http.Server, ln *Listener) error{
		"ServeTLS": func(s *http.Server, ln *Listener) error { return s.ServeTLS(ln, "", "") },
		"Serve":    func(s *http.Server, ln *Listener) error { return s.Serve(tls.NewListener(ln, serverConfig)) },
	} {
		t.Run(how, func(t *testing.T) {
			ln := listenLocal(t)
			s := &http.Server{TLSConfig: serverConfig.Clone(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.TLS == nil || !r.TLS.HandshakeComplete {
					t.Errorf("the handler sees TLS %v", r.TLS)
				}
				body, _ := io.ReadAll(r.Body) // all of it first: by HTTP/1.1 an answer ends what is read
				w.Write(body)
			})}
			served := make(chan error)
			go func() { served <- serve(s, ln) }()
			for whose, dial := range dials {
				for _, two := range []bool{false, true} {
					if two && how == "Serve" {
						continue // crypto/tls agrees on HTTP/2 if it is told to; ServeTLS does that
					}
					transport := &http.Transport{DialContext: dial, TLSClientConfig: clientConfig.Clone(), ForceAttemptHTTP2: two}
					postMany(t, &http.Client{Transport: transport, Timeout: patience}, "https://"+ln.Addr().String(), two)
					transport.CloseIdleConnections()
					if t.Failed() {
						t.Fatalf("with dials of package %s, HTTP/2 %t", whose, two)
					}
				}
			}
			within(t, "Close", func() {
				s.Close()
				if err := <-served; err != http.ErrServerClosed {
					t.Error(err)
				}
			})
		})
	}
}

// postMany posts bodies, several at a time, up to 1 MiB, to a server that sends them back. Two: by HTTP/2.
func postMany(t *testing.T, client *http.Client, url string, two bool) {
	var group sync.WaitGroup
	for _, size := range []int{0, 1, 1000, 100_000, 1 << 20} {
		group.Go(func() {
			want := noise(size)
			r, err := client.Post(url, "application/octet-stream", bytes.NewReader(want))
			if err != nil {
				t.Errorf("post of %d bytes: %v", size, err)
				return
			}
			defer r.Body.Close()
			got, err := io.ReadAll(r.Body)
			if !bytes.Equal(got, want) || err != nil || (r.ProtoMajor == 2) != two {
				t.Errorf("post of %d bytes by %s: %d came back, %v", size, r.Proto, len(got), err)
			}
		})
	}
	group.Wait()
}
