//go:build linux

package poll

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// faulty makes f while the first calls fail with errno, as many as times says, and returns how often one was about to be made.
func faulty(errno unix.Errno, times int, f func()) (calls int) {
	fault = func() unix.Errno {
		if calls++; calls <= times {
			return errno
		}
		return 0
	}
	defer func() { fault = nil }()
	f()
	return calls
}

// TestF03_Interrupted: each call that a signal interrupts is made again; nothing is returned early, lost, or done twice.
// CPython, a signal each 0.5 ms: 32 MiB by sock_sendall and sock_recv arrive as they are, an accept and a connect succeed.
func TestF03_Interrupted(t *testing.T) {
	const times = 2
	a, b := socketPair(t)
	p := newPoller(t)
	watch(t, p, a)
	ln := listenLocal(t)
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	buf := make([]byte, 10)
	file := newFileRest(fileWith(t, []byte("a file")), -1)
	events := make([]unix.EpollEvent, 4)
	for _, c := range []struct {
		name string
		call func() (n int, err error)
		want int
	}{
		{"send", func() (int, error) { return send(b, []byte("once")) }, len("once")},
		{"epollWait", func() (int, error) { return epollWait(p.epfd, events) }, 1},
		{"receive", func() (int, error) { return receive(a, buf) }, len("once")},
		{"sendPieces", func() (int, error) {
			return (&scattered{pieces: [][]byte{[]byte("pie"), []byte("ces")}}).send(b)
		}, len("pieces")},
		{"pollNow", func() (int, error) { return pollNow(a, unix.POLLIN) }, 1},
		{"read", func() (int, error) { return transfer(a, buf, reading, true) }, len("pieces")},
		{"write", func() (int, error) { return transfer(b, []byte("written"), writing, true) }, len("written")},
		{"receive what was written", func() (int, error) { return receive(a, buf) }, len("written")},
		{"sendfile", func() (int, error) { return file.send(b) }, len("a file")},
		{"receive the file", func() (int, error) { return receive(a, buf) }, len("a file")},
		{"accept", func() (int, error) {
			conn, remote, err := accept(ln.sysfd)
			unix.Close(conn)
			if remote.String() != peer.LocalAddr().String() {
				t.Errorf("accept: peer %v, want %v", remote, peer.LocalAddr())
			}
			return 1, err
		}, 1},
	} {
		var n int
		var err error
		calls := faulty(unix.EINTR, times, func() { n, err = c.call() })
		if calls != times+1 || n != c.want || err != nil {
			t.Errorf("%s, interrupted %d times: %d calls, result %d, %v; want %d calls, %d", c.name, times, calls, n, err, times+1, c.want)
		}
	}
	// Each was done once.
	for _, c := range []struct {
		name string
		call func() (n int, err error)
	}{
		{"receive", func() (int, error) { return receive(a, buf) }},
		{"accept", func() (int, error) { conn, _, err := accept(ln.sysfd); return conn, err }},
	} {
		var err error
		if calls := faulty(unix.EINTR, times, func() { _, err = c.call() }); calls != times+1 || err != unix.EAGAIN {
			t.Errorf("%s once more, interrupted: %d calls, %v; want %d calls, EAGAIN", c.name, calls, err, times+1)
		}
	}
}

// TestF03_InterruptedConnect goes on: it is waited for like any other.
func TestF03_InterruptedConnect(t *testing.T) {
	ln := listenLocal(t)
	addr := ln.Addr().(*net.TCPAddr).AddrPort()
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	family := familyOf(addr.Addr())
	sysfd, err := newSocket(kindTCP, family)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Connect(sysfd, toSockaddr(addr, family)); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		t.Fatal(err)
	}
	c, pending, err := connectResult(sysfd, ipAddress(addr), unix.EINTR)
	if err != nil || !pending {
		t.Fatalf("a connect that was interrupted: pending %v, %v; want true", pending, err)
	}
	defer c.Close()
	within(t, "the wait", func() {
		err = c.block(writing, "Dial", func(int) (settled bool) {
			settled, err := c.connected()
			if err != nil {
				t.Error(err)
			}
			return settled
		})
	})
	if err != nil {
		t.Error(err)
	}
	accepted, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	accepted.Close()
}

// TestF08_AbortedInAcceptQueue: connections that their peers have given up are skipped.
func TestF08_AbortedInAcceptQueue(t *testing.T) {
	ln := listenLocal(t)
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	calls := faulty(unix.ECONNABORTED, 3, func() {
		var c *Conn
		if c, err = ln.AcceptConn(); err == nil {
			c.Close()
		}
	})
	if calls != 4 || err != nil {
		t.Errorf("after 3 connections that were aborted: %d calls, %v; want 4 and the next connection", calls, err)
	}
}
