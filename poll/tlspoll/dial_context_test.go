//go:build linux

package tlspoll

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
)

// TestDialContext_HTTP: package net/http posts through connections of ours, and gets back what it has posted.
func TestDialContext_HTTP(t *testing.T) {
	server, client := configs()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // all of it first: an answer ends what is read
		w.Write(body)
	})}
	served := make(chan error)
	go func() { served <- s.Serve(ln) }()
	var dialed atomic.Int32
	d := &Dialer{Config: client}
	transport := &http.Transport{DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialed.Add(1)
		return d.DialContext(ctx, network, address)
	}}
	within(t, "the posts", func() {
		for _, size := range []int{0, 1, 1000, 1 << 20} {
			want := noise(size)
			r, err := (&http.Client{Transport: transport}).Post("https://"+ln.Addr().String(), "application/octet-stream", bytes.NewReader(want))
			if err != nil {
				t.Errorf("post of %d bytes: %v", size, err)
				continue
			}
			got, err := io.ReadAll(r.Body)
			r.Body.Close()
			if !bytes.Equal(got, want) || err != nil {
				t.Errorf("post of %d bytes: %d came back, %v", size, len(got), err)
			}
		}
		transport.CloseIdleConnections()
		s.Close()
		if err := <-served; err != http.ErrServerClosed {
			t.Error(err)
		}
	})
	if dialed.Load() == 0 {
		t.Error("the Transport has not dialed by DialTLSContext")
	}
}

// An ending is a context that ends with err when it is told to.
type ending struct {
	context.Context
	done chan struct{}
	err  error
}

func (c *ending) Done() <-chan struct{} { return c.done }

func (c *ending) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

// TestDialContext_Ends: a context that ends during the handshake ends the Dial, and nothing is left of it.
func TestDialContext_Ends(t *testing.T) {
	_, client := configs()
	ln := listenLocal(t)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		for _, want := range []error{context.Canceled, context.DeadlineExceeded} {
			before := len(openDescriptors())
			ctx := &ending{t.Context(), make(chan struct{}), want}
			silent := make(chan error, 1)
			go func() {
				peer, err := ln.Accept()
				if err == nil {
					_, err = peer.Read(make([]byte, 1)) // of the hello
					close(ctx.done)
					io.Copy(io.Discard, peer) // until the client has closed
					peer.Close()
				}
				silent <- err
			}()
			err := run(func() error {
				c, err := (&Dialer{Config: client}).DialContext(ctx, "tcp", ln.Addr().String())
				if c != nil {
					t.Error("a connection that is no nil interface")
				}
				return err
			})
			if _, ok := err.(*net.OpError); !ok || !errors.Is(err, want) {
				t.Errorf("DialContext: %v of type %T, want a *net.OpError of %v", err, err, want)
			}
			if e, ok := err.(net.Error); !ok || e.Timeout() != (want == context.DeadlineExceeded) {
				t.Errorf("DialContext: %v, which is a timeout, or should be", err)
			}
			if err := <-silent; err != nil {
				t.Error(err)
			}
			if now := len(openDescriptors()); now > before {
				t.Errorf("%d descriptors are open, %d before", now, before)
			}
		}
	})
}

// TestDialContext_Fails: what ends a Dial by itself is returned as Dial returns it, and a context that has ended before begins none.
func TestDialContext_Fails(t *testing.T) {
	server, client := configs()
	stranger := client.Clone()
	stranger.RootCAs = newAuthority().pool
	ln := NewListener(listenLocal(t), server)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		served := make(chan error, 1)
		go func() {
			c, err := ln.Accept()
			if err == nil {
				c.Read(make([]byte, 1))
				c.Close()
			}
			served <- err
		}()
		dial := func(ctx context.Context) error {
			return run(func() error {
				c, err := (&Dialer{Config: stranger}).DialContext(ctx, "tcp", ln.Addr().String())
				if c != nil {
					t.Error("a connection to who is not trusted")
				}
				return err
			})
		}
		if _, ok := errors.AsType[*tls.CertificateVerificationError](dial(t.Context())); !ok {
			t.Error("who is not trusted is no *tls.CertificateVerificationError")
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := dial(over); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
	})
}
