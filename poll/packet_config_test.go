//go:build linux

package poll

import (
	"errors"
	"net"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestListenConfig_ListenPacketControl: it is called before the socket is bound, and its error is that of ListenPacket.
func TestListenConfig_ListenPacketControl(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, at := range []struct{ network, address, family, bound string }{
		{"udp", "127.0.0.1:0", "udp4", "127.0.0.1:0"},
		{"udp4", ":0", "udp4", "0.0.0.0:0"},
		{"udp6", "[::1]:0", "udp6", "[::1]:0"},
		{"udp4", "224.0.0.251:0", "udp4", "0.0.0.0:0"},
		{"unixgram", path, "unixgram", path},
	} {
		refusal := errors.New("refused by Control")
		before := len(openDescriptors())
		lc := &ListenConfig{Control: func(string, string, syscall.RawConn) error { return refusal }}
		_, err := lc.ListenPacket(at.network, at.address)
		if _, ok := errors.AsType[*net.OpError](err); !ok || !errors.Is(err, refusal) {
			t.Errorf("%v: error %v, want an OpError of what Control has returned", at, err)
		}
		wantDescriptors(t, before)

		var seen []string
		lc.Control = func(network, address string, c syscall.RawConn) error {
			seen = append(seen, network, address)
			return c.Control(func(fd uintptr) {
				unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PRIORITY, 5)
				name, err := unix.Getsockname(int(fd))
				if inet, ok := name.(*unix.SockaddrInet4); err != nil || ok && inet.Port != 0 {
					t.Errorf("%v: in Control the socket is bound to %v, %v", at, name, err)
				}
			})
		}
		c, err := lc.ListenPacket(at.network, at.address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if want := []string{at.family, at.bound}; !slices.Equal(seen, want) {
			t.Errorf("%v: Control got %q, want %q", at, seen, want)
		}
		if n, err := unix.GetsockoptInt(c.sysfd, unix.SOL_SOCKET, unix.SO_PRIORITY); n != 5 || err != nil {
			t.Errorf("%v: the socket has the priority %d, %v, want that of Control", at, n, err)
		}
	}
}

// TestListenConfig_ListenPacketReusePort: several sockets share a port if all of them ask for it, and each datagram comes to one of them.
func TestListenConfig_ListenPacketReusePort(t *testing.T) {
	const datagrams = 50
	lc := &ListenConfig{ReusePort: true}
	var sockets [2]*PacketConn
	at := "127.0.0.1:0"
	for i := range sockets {
		c, err := lc.ListenPacket("udp4", at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		sockets[i], at = c, c.LocalAddr().String()
	}
	if _, err := ListenPacket("udp4", at); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("without ReusePort: error %v, want EADDRINUSE", err)
	}
	for i := range datagrams { // each from a port of its own
		c, err := DialPacket("udp4", at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte{byte(i)}); err != nil {
			t.Error(err)
		}
		c.Close()
	}
	var received []byte
	for _, c := range sockets {
		for b := make([]byte, 2); ; {
			n, err := unix.Read(c.sysfd, b)
			if err != nil {
				break
			}
			received = append(received, b[:n]...)
		}
	}
	slices.Sort(received)
	for i := range datagrams {
		if i >= len(received) || received[i] != byte(i) {
			t.Fatalf("the sockets have received %v, want each of %d", received, datagrams)
		}
	}
}
