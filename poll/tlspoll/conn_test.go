//go:build linux

package tlspoll

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// versions are those of the protocol that differ in how the handshake goes, and in what comes after it.
var versions = []uint16{tls.VersionTLS12, tls.VersionTLS13}

// ends has both ends of the same kind, in each version: ours is the server, or the client, of a peer of crypto/tls.
func ends(t *testing.T, test func(t *testing.T, c *Conn, peer *tls.Conn)) {
	for _, version := range versions {
		for _, server := range []bool{true, false} {
			name := tls.VersionName(version) + ", client"
			if server {
				name = tls.VersionName(version) + ", server"
			}
			t.Run(name, func(t *testing.T) {
				serverConfig, clientConfig := configs()
				serverConfig.MaxVersion = version
				ours, peers := clientConfig, serverConfig
				if server {
					ours, peers = serverConfig, clientConfig
				}
				c, peer := pair(t, ours, peers, server)
				test(t, c, peer)
			})
		}
	}
}

// echoes serve a connection with an echo, in each form.
var echoes = map[string]func(c *Conn) error{
	"blocking": func(c *Conn) error { return echo(c) },
	"plain":    func(c *Conn) error { return rt.Run0(func() error { return echo(c) }) },
	"async":    func(c *Conn) error { return rt.RunAsync0(echoAsync(c)) },
	"thrifty":  func(c *Conn) error { return rt.RunAsync0(thriftyAsync(c)) },
}

// TestEcho: each end, in both forms, with a peer of crypto/tls.
func TestEcho(t *testing.T) {
	for form, serve := range echoes {
		t.Run(form, func(t *testing.T) {
			ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
				within(t, "the echo", func() {
					served := make(chan error)
					go func() { served <- serve(c) }()
					exchange(t, peer)
					if err := <-served; err != nil {
						t.Error(err)
					}
				})
			})
		})
	}
}

// exchange sends lines to an echo server, ends its stream, and wants that back.
func exchange(t *testing.T, peer *tls.Conn) {
	buf := make([]byte, 1<<10)
	for _, line := range []string{"a", "some more", string(make([]byte, 1<<10))} {
		if _, err := peer.Write([]byte(line)); err != nil {
			t.Error(err)
			return
		}
		if _, err := io.ReadFull(peer, buf[:len(line)]); err != nil || string(buf[:len(line)]) != line {
			t.Errorf("%q came back, %v; want %q", buf[:len(line)], err, line)
		}
	}
	peer.CloseWrite()
	if n, err := peer.Read(buf); err != io.EOF {
		t.Errorf("after the end %q came, %v", buf[:n], err)
	}
}

// TestUnix: what is below may be a Unix socket.
func TestUnix(t *testing.T) {
	server, client := configs()
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ln, err := Listen("unix", filepath.Join(t.TempDir(), "socket"), server)
		if err != nil {
			t.Fatal(err)
		}
		std, err := net.Dial("unix", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		raw, err := poll.FromConn(std)
		if err != nil {
			t.Fatal(err)
		}
		c := Client(raw, client)
		served := make(chan error)
		go func() {
			c, err := ln.AcceptConn()
			if err == nil {
				err = echo(c)
			}
			served <- err
		}()
		err = run(func() error {
			defer c.Close()
			if _, err := rt.Await(c.Write([]byte("hello"))); err != nil {
				return err
			}
			buf := make([]byte, 10)
			n, err := rt.Await(c.Read(buf))
			if string(buf[:n]) != "hello" {
				t.Errorf("%q came back", buf[:n])
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if err := errors.Join(<-served, ln.Close()); err != nil {
			t.Error(err)
		}
	})
}
