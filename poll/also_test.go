//go:build linux

package poll

import (
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// F37: a burst of clients finds room in the queue of a listener that accepts nobody yet.
func TestF37_BurstOfClients(t *testing.T) {
	const clients = 500
	overNetworks(t, func(t *testing.T, network string) {
		ln := listenOver(t, network)
		dialer := net.Dialer{Timeout: patience} // a client that finds no room finds none later either
		for i := range clients {
			c, err := dialer.Dial(network, ln.Addr().String())
			if err != nil {
				t.Fatalf("client %d of %d: %v", i, clients, err)
			}
			defer c.Close()
		}
	})
}

// F38: pieces that are more than a system call takes are all sent.
func TestF38_MorePiecesThanACallTakes(t *testing.T) {
	const pieces = 3000 // the kernel's UIO_MAXIOV is 1024
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		data := noise(pieces)
		run(t, func() error {
			n, err := rt.Await(c.Writev(scatter(data, 1)))
			if n != len(data) {
				t.Errorf("Writev returned %d, want %d", n, len(data))
			}
			return err
		})
		got := make([]byte, len(data))
		if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, data) {
			t.Errorf("other bytes arrived than were sent: %v", err)
		}
	})
}

// F39: that nobody is there to get a datagram is told to the next operation of a connected socket, once.
func TestF39_NobodyGetsTheDatagram(t *testing.T) {
	run(t, func() error {
		server, client := linkUDP(t, "udp4", "127.0.0.1:0")
		server.Close()
		for range 2 {
			if _, err := rt.Await(client.Write([]byte("in vain"))); err != nil {
				return err
			}
			_, err := rt.Await(client.Read(make([]byte, 1)))
			wantErr(t, "Read", err, unix.ECONNREFUSED)
		}
		return nil
	})
}

// F40: a descriptor that somebody else has closed is an error of each operation on it, and no crash. The kernel tells those that wait
// already nothing; Close does.
func TestF40_ClosedByAStranger(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, _ := pairOver(t, network)
		other, peer := pairOver(t, network)
		run(t, func() error {
			reader := rt.Spawn0(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
			turn()
			unix.Close(c.sysfd)
			_, err := rt.Await(c.Write([]byte("x")))
			wantErr(t, "Write", err, unix.EBADF)
			wantErr(t, "Close", c.Close(), unix.EBADF)
			_, err = rt.Await(reader.Wait())
			wantErr(t, "the Read that waited", err, net.ErrClosed)
			peer.Write([]byte("x"))
			_, err = rt.Await(other.Read(make([]byte, 1)))
			return err
		})
	})
}

// F41: a child process inherits no descriptor of ours, so that it keeps no connection open.
func TestF41_ChildrenInheritNothing(t *testing.T) {
	before := inherited()
	pipe(t)
	for _, network := range []string{"tcp", "unix"} {
		ln := listenOver(t, network)
		dialed, err := dialTo(ln)
		if err != nil {
			t.Fatal(err)
		}
		defer dialed.Close()
		accepted, err := ln.AcceptConn()
		if err != nil {
			t.Fatal(err)
		}
		defer accepted.Close()
		file, err := accepted.File()
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		shared, err := FromConn(accepted)
		if err != nil {
			t.Fatal(err)
		}
		defer shared.Close()
	}
	linkUDP(t, "udp4", "127.0.0.1:0")
	newPoller(t)
	for number, to := range inherited() {
		if before[number] == "" {
			t.Errorf("descriptor %d, %s, would be inherited", number, to)
		}
	}
}

// inherited returns the descriptors of this process that a child would get.
func inherited() map[int]string {
	found := openDescriptors()
	for number := range found {
		if flags, err := unix.FcntlInt(uintptr(number), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC != 0 {
			delete(found, number)
		}
	}
	return found
}
