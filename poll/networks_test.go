//go:build linux

package poll

import (
	"net"
	"syscall"
	"testing"
)

// overNetworks runs a test for each kind of stream.
func overNetworks(t *testing.T, test func(t *testing.T, network string)) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) { test(t, network) })
	}
}

// listenOver listens on a free address, until the test ends.
func listenOver(t testing.TB, network string) *Listener {
	t.Helper()
	if network == "unix" {
		return mustListen(t, network, socketPath(t))
	}
	return mustListen(t, network, "127.0.0.1:0")
}

// A netStream is a connection of package net that carries a stream.
type netStream interface {
	net.Conn
	syscall.Conn
	CloseWrite() error
	SetReadBuffer(bytes int) error
}

// pairOver returns both ends of a connection: ours, and the peer's as package net has it. They are closed when the test ends.
func pairOver(t testing.TB, network string) (*Conn, netStream) {
	t.Helper()
	ln := listenOver(t, network)
	defer ln.Close()
	peer := dialNet(t, ln)
	c, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, peer
}

// dialNet connects to ln with package net, until the test ends.
func dialNet(t testing.TB, ln net.Listener) netStream {
	t.Helper()
	peer, err := net.Dial(ln.Addr().Network(), ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	return peer.(netStream)
}

// dialTo connects to ln.
func dialTo(ln *Listener) (*Conn, error) {
	if addr, ok := ln.Addr().(*net.UnixAddr); ok {
		return connectUnix(addr)
	}
	return Dial("tcp", ln.Addr().String())
}

// bothPair returns both ends of a connection, as ours.
func bothPair(t testing.TB, network string) (a, b *Conn) {
	t.Helper()
	ln := listenOver(t, network)
	defer ln.Close()
	var err error
	if a, err = dialTo(ln); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if b, err = ln.AcceptConn(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return a, b
}
