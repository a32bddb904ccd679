//go:build linux

package poll

import (
	"net"
	"syscall"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestFromPacketConn: a socket of package net becomes ours, ours becomes one of package net, and each is closed for itself.
func TestFromPacketConn(t *testing.T) {
	for _, link := range packetLinks {
		t.Run(link.name, func(t *testing.T) {
			server, client := link.link(t)
			file, err := client.File()
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := net.FilePacketConn(file)
			file.Close()
			if err != nil {
				t.Fatal(err)
			}
			defer theirs.Close()
			c, err := FromPacketConn(theirs)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if c.LocalAddr().String() != client.LocalAddr().String() || c.RemoteAddr().String() != client.RemoteAddr().String() ||
				c.LocalAddr().Network() != client.LocalAddr().Network() {
				t.Errorf("adopted %v -> %v, want %v -> %v", c.LocalAddr(), c.RemoteAddr(), client.LocalAddr(), client.RemoteAddr())
			}
			client.Close()
			run(t, func() error {
				if _, err := rt.Await(c.Write([]byte("x"))); err != nil {
					return err
				}
				n, from, err := rt.Await2(server.ReadFrom(make([]byte, 10)))
				if err == nil && (n != 1 || from.String() != c.LocalAddr().String()) {
					t.Errorf("%d bytes from %v", n, from)
				}
				return err
			})
		})
	}
}

// streamPackets claims that a stream carries datagrams.
type streamPackets struct {
	net.PacketConn
	stream *net.TCPConn
}

func (s streamPackets) SyscallConn() (syscall.RawConn, error) { return s.stream.SyscallConn() }

// TestFromPacketConn_Refused: what has no socket for datagrams.
func TestFromPacketConn_Refused(t *testing.T) {
	server, _ := linkUDP(t, "udp", "127.0.0.1:0")
	_, stream := connPair(t)
	for what, c := range map[string]net.PacketConn{
		"a wrapper": struct{ net.PacketConn }{server},
		"a stream":  streamPackets{server, stream},
	} {
		ours, err := FromPacketConn(c)
		if oe, ok := err.(*net.OpError); ours != nil || !ok || oe.Op != "file" {
			t.Errorf("FromPacketConn of %s: %v, %v", what, ours, err)
		}
	}
	server.Close()
	if ours, err := FromPacketConn(server); ours != nil || err == nil {
		t.Errorf("FromPacketConn of one that is closed: %v, %v", ours, err)
	}
}
