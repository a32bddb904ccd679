//go:build linux

package tlspoll

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/nettest"
)

// TestNetConn: a Conn does all that is asked of a net.Conn, as either end.
func TestNetConn(t *testing.T) {
	for _, server := range []bool{true, false} {
		t.Run(fmt.Sprintf("server=%t", server), func(t *testing.T) {
			nettest.TestConn(t, func() (a, b net.Conn, stop func(), err error) {
				serverConfig, clientConfig := configs()
				ours, peers := clientConfig, serverConfig
				if server {
					ours, peers = serverConfig, clientConfig
				}
				c, peer := pair(t, ours, peers, server)
				if err := c.Handshake(); err != nil { // a Write that makes it fails at the deadline of reads
					return nil, nil, nil, err
				}
				return c, peer, func() { c.Close(); peer.Close() }, nil
			})
		})
	}
}

// TestNetConn_BothOurs has this package at both ends.
func TestNetConn_BothOurs(t *testing.T) {
	nettest.TestConn(t, func() (a, b net.Conn, stop func(), err error) {
		server, client := configs()
		ln := listenLocal(t)
		dialed := make(chan *Conn, 1)
		go func() {
			c, err := Dial("tcp", ln.Addr().String(), client)
			if err != nil {
				t.Error(err)
			}
			dialed <- c
		}()
		accepted, err := NewListener(ln, server).AcceptConn()
		if err != nil {
			return nil, nil, nil, err
		}
		if err := accepted.Handshake(); err != nil {
			return nil, nil, nil, err
		}
		c := <-dialed
		return c, accepted, func() { c.Close(); accepted.Close(); ln.Close() }, nil
	})
}

// TestHTTP serves package net/http, and a client of it.
func TestHTTP(t *testing.T) {
	server, client := configs()
	ln := NewListener(listenLocal(t), server)
	type connKey struct{}
	handler := &http.Server{
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if state := r.Context().Value(connKey{}).(*Conn).ConnectionState(); r.TLS == nil || !state.HandshakeComplete {
				t.Errorf("the handler sees TLS %v, of which the state is %+v", r.TLS, state)
			}
			body, _ := io.ReadAll(r.Body)
			w.Write(body)
		}),
	}
	served := make(chan error)
	go func() { served <- handler.Serve(ln) }()
	for whose, transport := range map[string]*http.Transport{
		"ours": {DialTLSContext: func(_ context.Context, network, address string) (net.Conn, error) {
			return Dial(network, address, client)
		}},
		"crypto/tls's": {DialTLSContext: func(_ context.Context, network, address string) (net.Conn, error) {
			return tls.Dial(network, address, client)
		}},
	} {
		browser := &http.Client{Transport: transport, Timeout: patience}
		for i := range 20 {
			want := strings.Repeat(fmt.Sprint(i), 1+i*1000)
			r, err := browser.Post("https://"+ln.Addr().String(), "text/plain", strings.NewReader(want))
			if err != nil {
				t.Fatalf("%s, post %d: %v", whose, i, err)
			}
			got, err := io.ReadAll(r.Body)
			r.Body.Close()
			if string(got) != want || err != nil {
				t.Errorf("%s, post %d: got %d bytes, %v; want %d", whose, i, len(got), err, len(want))
			}
		}
		transport.CloseIdleConnections()
	}
	handler.Close()
	if err := <-served; err != http.ErrServerClosed {
		t.Error(err)
	}
}
