//go:build linux

package poll

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Statement 197, and the other options of a connection: what is set is what the kernel has.
// CPython: TCP_NODELAY 1 on both sides of start_server and open_connection, SO_KEEPALIVE 0; that and the times are as in package net.
func TestC197_Options(t *testing.T) {
	c, _ := connPair(t)
	option := func(level, name int) int {
		t.Helper()
		value, err := unix.GetsockoptInt(c.sysfd, level, name)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	for _, test := range []struct {
		name        string
		set         func() error
		level, what int
		want        int
	}{
		{"no delay by default", func() error { return nil }, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		{"SetNoDelay(false)", func() error { return c.SetNoDelay(false) }, unix.IPPROTO_TCP, unix.TCP_NODELAY, 0},
		{"SetNoDelay(true)", func() error { return c.SetNoDelay(true) }, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		{"keep-alive by default", func() error { return nil }, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		{"its idle time by default", func() error { return nil }, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 15},
		{"its interval by default", func() error { return nil }, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 15},
		{"its count by default", func() error { return nil }, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 9},
		{"idle, rounded up", func() error {
			return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: 1001 * time.Millisecond, Interval: -1, Count: 3})
		}, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 2},
		{"interval, left", func() error { return nil }, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 15},
		{"count", func() error { return nil }, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 3},
		{"keep-alive off, count by default", func() error { return c.SetKeepAliveConfig(net.KeepAliveConfig{}) }, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 9},
		{"keep-alive off", func() error { return nil }, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0},
		{"SetReadBuffer", func() error { return c.SetReadBuffer(64 << 10) }, unix.SOL_SOCKET, unix.SO_RCVBUF, 128 << 10},
		{"SetWriteBuffer", func() error { return c.SetWriteBuffer(32 << 10) }, unix.SOL_SOCKET, unix.SO_SNDBUF, 64 << 10},
	} {
		if err := test.set(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got := option(test.level, test.what); got != test.want {
			t.Errorf("%s: the kernel has %d, want %d", test.name, got, test.want)
		}
	}
	c.Close()
	wantErr(t, "SetNoDelay after Close", c.SetNoDelay(true), net.ErrClosed)

	u, _ := pairOver(t, "unix")
	wantErr(t, "SetNoDelay of a Unix socket", u.SetNoDelay(true), unix.EOPNOTSUPP)
}

// Statement 200: Close delivers what was written, CloseNow drops it and resets.
// CPython: after close all 32 MiB arrive; after abort 3919872 bytes, and the end in place of a reset. Who reads gets b"" in both.
func TestC200_CloseAndCloseNow(t *testing.T) {
	c, peer := connPair(t)
	sent := filled(c)
	c.Close()
	if n, err := io.Copy(io.Discard, peer); n != int64(sent) || err != nil {
		t.Errorf("after Close %d bytes arrived, %v; want %d", n, err, sent)
	}

	c, peer = connPair(t)
	run(t, func() error {
		reader, writer := waiters(c)
		if err := c.CloseNow(); err != nil {
			return err
		}
		_, err := rt.Await(reader.Wait())
		wantErr(t, "Read that waits", err, net.ErrClosed)
		_, err = rt.Await(writer.Wait())
		wantErr(t, "Write that waits", err, net.ErrClosed)
		return nil
	})
	if _, err := io.Copy(io.Discard, peer); !errors.Is(err, unix.ECONNRESET) {
		t.Errorf("after CloseNow the peer gets %v, want ECONNRESET", err)
	}
	wantErr(t, "a second CloseNow", c.CloseNow(), net.ErrClosed)
}

// Statement 204: each direction is closed for itself.
// CPython, streams: last, b"", the answer arrives; then the peer's end.
func TestC204_HalfClose(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			read := func() (string, error) {
				b := make([]byte, 10)
				n, err := rt.Await(c.Read(b))
				return string(b[:n]), err
			}
			peer.Write([]byte("last"))
			peer.CloseWrite()
			if got, err := read(); got != "last" || err != nil {
				t.Errorf("read %q, %v; want last", got, err)
			}
			if got, err := read(); got != "" || err != io.EOF {
				t.Errorf("read %q, %v; want io.EOF", got, err)
			}
			if _, err := rt.Await(c.Write([]byte("answer"))); err != nil {
				t.Errorf("Write after the peer's end: %v", err)
			}
			if err := c.CloseWrite(); err != nil {
				return err
			}
			_, err := rt.Await(c.Write([]byte("more")))
			wantErr(t, "Write after CloseWrite", err, unix.EPIPE)
			if got, err := io.ReadAll(peer); string(got) != "answer" || err != nil {
				t.Errorf("the peer read %q, %v; want answer", got, err)
			}

			c, _ = pairOver(t, network)
			reader := rt.Spawn0(func() error { _, err := read(); return err })
			turn()
			if err := c.CloseRead(); err != nil {
				return err
			}
			if _, err := rt.Await(reader.Wait()); err != io.EOF {
				t.Errorf("Read that waits while reading is closed: %v, want io.EOF", err)
			}
			_, err = rt.Await(c.Write([]byte("goes on")))
			return err
		})
	})
}

// TestF14_Lingers: Close does not wait for what SetLinger has the kernel wait for: the peer reads only when it has returned, and then all
// of it.
func TestF14_Lingers(t *testing.T) {
	c, peer := connPair(t)
	if err := c.SetLinger(3600); err != nil {
		t.Fatal(err)
	}
	written := 0
	for {
		n, err := c.TryWrite(tooMuch)
		if written += n; err != nil {
			break
		}
	}
	within(t, "Close", func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	read, err := io.Copy(io.Discard, peer)
	if int(read) != written || err != nil {
		t.Errorf("the peer got %d bytes of %d, and %v", read, written, err)
	}
	wantErr(t, "a second Close", c.Close(), net.ErrClosed)
}
