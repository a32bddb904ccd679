//go:build linux

package poll

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestListenPacket: networks and addresses are those of package net, and each socket can be sent to from where it should.
func TestListenPacket(t *testing.T) {
	for _, test := range []struct{ network, address, dial string }{
		{"udp", "127.0.0.1:0", "127.0.0.1"},
		{"udp", "[::1]:0", "::1"},
		{"udp", "[::ffff:127.0.0.1]:0", "127.0.0.1"},
		{"udp", ":0", "127.0.0.1"},
		{"udp", ":0", "::1"},
		{"udp", "0.0.0.0:0", "127.0.0.1"},
		{"udp", "localhost:0", "localhost"},
		{"udp4", ":0", "127.0.0.1"},
		{"udp6", ":0", "::1"},
	} {
		c := listenPacket(t, test.network, test.address)
		like, err := net.ListenPacket(test.network, test.address)
		if err != nil {
			t.Fatal(err)
		}
		got, want := c.LocalAddr().(*net.UDPAddr), like.LocalAddr().(*net.UDPAddr)
		if !got.IP.Equal(want.IP) || got.Port == 0 {
			t.Errorf("ListenPacket %s %s is bound to %v, package net's to %v", test.network, test.address, got, want)
		}
		like.Close()
		if c.RemoteAddr() != nil {
			t.Errorf("ListenPacket %s %s has the peer %v", test.network, test.address, c.RemoteAddr())
		}
		_, port, _ := net.SplitHostPort(got.String())
		to := net.JoinHostPort(test.dial, port)
		run(t, func() error {
			client, err := rt.Await(DialPacket(test.network, to))
			if err != nil {
				return err
			}
			defer client.Close()
			if _, err := rt.Await(client.Write([]byte("x"))); err != nil {
				return err
			}
			_, from, err := rt.Await2(c.ReadFrom(make([]byte, 1)))
			if err == nil && from.String() != client.LocalAddr().String() {
				t.Errorf("%s %s: from %v, dialed from %v", test.network, to, from, client.LocalAddr())
			}
			return err
		})
	}
}

// TestListenPacket_OneFamily: the networks udp4 and udp6, and a single address, do not take the port of the other family.
func TestListenPacket_OneFamily(t *testing.T) {
	for _, pair := range [][2][2]string{
		{{"udp6", ":0"}, {"udp4", ":"}},
		{{"udp", "[::1]:0"}, {"udp4", "127.0.0.1:"}},
	} {
		one := listenPacket(t, pair[0][0], pair[0][1])
		_, port, _ := net.SplitHostPort(one.LocalAddr().String())
		listenPacket(t, pair[1][0], pair[1][1]+port)
	}
}

// TestPacketNetworks_Refused: what no socket can be for.
func TestPacketNetworks_Refused(t *testing.T) {
	taken := listenPacket(t, "udp", "127.0.0.1:0").LocalAddr().String()
	for _, bad := range [][2]string{{"tcp", ":0"}, {"unix", "@name"}, {"ip", "127.0.0.1"}, {"udp", "no port"}, {"udp4", "[::1]:0"},
		{"udp", "127.0.0.1:99999"}, {"udp", taken}, {"unixgram", "/missing/socket"}, {"unixgram", strings.Repeat("x", 108)}} {
		c, err := ListenPacket(bad[0], bad[1])
		if oe, ok := err.(*net.OpError); c != nil || !ok || oe.Op != "listen" || oe.Net != bad[0] {
			t.Errorf("ListenPacket %s %s: %v, %v", bad[0], bad[1], c, err)
		}
	}
	inBothForms(t, func(t *testing.T) error {
		for _, bad := range [][2]string{{"tcp", "127.0.0.1:1"}, {"udp", "no port"}, {"udp4", "[::1]:1"}, {"udp6", "127.0.0.1:1"},
			{"udp", "127.0.0.1:99999"}, {"unixgram", "/missing/socket"}, {"unixgram", ""}} {
			c, err := rt.Await(DialPacket(bad[0], bad[1]))
			if oe, ok := err.(*net.OpError); c != nil || !ok || oe.Op != "dial" || oe.Net != bad[0] {
				t.Errorf("DialPacket %s %s: %v, %v", bad[0], bad[1], c, err)
			}
		}
		return nil
	})
	for what, dial := range map[string]func() (*PacketConn, error){
		"another network": func() (*PacketConn, error) { return DialUDP("tcp", nil, &net.UDPAddr{Port: 1}) },
		"no peer":         func() (*PacketConn, error) { return DialUDP("udp", nil, nil) },
		"two families": func() (*PacketConn, error) {
			return DialUDP("udp", &net.UDPAddr{IP: net.IPv6loopback}, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1})
		},
		"no peer of a Unix socket": func() (*PacketConn, error) { return DialUnixgram(nil, nil) },
	} {
		if c, err := dial(); c != nil || err == nil {
			t.Errorf("dial with %s: %v, %v", what, c, err)
		} else if _, ok := err.(*net.OpError); !ok {
			t.Errorf("dial with %s: got error of type %T, want *net.OpError", what, err)
		}
	}
}

// TestDialPacket: which ends a socket has that is connected.
func TestDialPacket(t *testing.T) {
	port := listenPacket(t, "udp", ":0").LocalAddr().(*net.UDPAddr).Port
	inBothForms(t, func(t *testing.T) error {
		for address, want := range map[string]string{"localhost": "", "": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::1": "::1"} {
			c, err := rt.Await(DialPacket("udp", (&net.UDPAddr{Port: port}).String()))
			if want != "" {
				c.Close()
				to := net.JoinHostPort(address, portOf(port))
				if c, err = rt.Await(DialPacket("udp", to)); err == nil && c.RemoteAddr().(*net.UDPAddr).IP.String() != want {
					t.Errorf("DialPacket %s is connected to %v, want %s", to, c.RemoteAddr(), want)
				}
			}
			if err != nil {
				return err
			}
			c.Close()
		}
		return nil
	})
	local := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	for _, laddr := range []*net.UDPAddr{nil, {}, {IP: net.IPv6unspecified}, local} {
		c, err := DialUDP("udp", laddr, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			t.Errorf("DialUDP from %v: %v", laddr, err)
			continue
		}
		if got := c.LocalAddr().(*net.UDPAddr); !got.IP.Equal(local.IP) || got.Port == 0 {
			t.Errorf("DialUDP from %v is bound to %v", laddr, got)
		}
		c.Close()
	}
}

// portOf spells a port.
func portOf(port int) string { return strings.TrimPrefix((&net.UDPAddr{Port: port}).String(), ":") }

// TestDialPacket_Lookup: a name is looked up beside the loop, also that of a service, and a cancel does not wait for it.
func TestDialPacket_Lookup(t *testing.T) {
	old := net.DefaultResolver
	defer func() { net.DefaultResolver = old }()
	asked, ended := make(chan struct{}, 100), make(chan struct{}, 100)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		asked <- struct{}{}
		<-ctx.Done() // a server that does not answer
		ended <- struct{}{}
		return nil, ctx.Err()
	}}
	before := len(openDescriptors())
	run(t, func() error {
		dialer := rt.Spawn(func() (*PacketConn, error) { return rt.Await(DialPacket("udp", "name.invalid:9")) })
		rt.Await0(rt.YieldNow())
		<-asked
		dialer.Cancel(nil)
		_, err := rt.Await(dialer.Wait())
		if _, ok := err.(*rt.TaskCanceledError); !ok {
			t.Errorf("cancelled DialPacket: %v", err)
		}
		_, err = rt.Await(DialPacket("udp", "127.0.0.1:no such service"))
		if oe, ok := err.(*net.OpError); !ok || oe.Op != "dial" {
			t.Errorf("DialPacket of a service that does not exist: %v", err)
		}
		return nil
	})
	within(t, "the lookup", func() { <-ended })
	if after := openDescriptors(); len(after) > before+1 { // Go's netpoller
		t.Errorf("descriptors left: %v", after)
	}
}

// TestUnixgramNames: of paths and abstract names, what one end says of itself is what the other one sees.
func TestUnixgramNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, name := range []string{path, "@abstract\x00with a NUL", "@" + strings.Repeat("x", 107), ""} {
		server := listenPacket(t, "unixgram", name)
		if got := server.LocalAddr().(*net.UnixAddr); got.Net != "unixgram" || got.Name != name && name != "" || got.Name == "" {
			t.Errorf("ListenPacket %q is bound to %q of %s", name, got.Name, got.Net)
		}
		client := dialUnixgram(t, nil, server.LocalAddr())
		if got := client.RemoteAddr().String(); got != server.LocalAddr().String() {
			t.Errorf("the peer of a socket that is connected to %q is %q", name, got)
		}
		if got := client.LocalAddr().String(); got != "@" {
			t.Errorf("a socket without a name is called %q", got)
		}
		if _, err := client.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, from, err := server.ReadFrom(make([]byte, 1)); from != nil || err != nil {
			t.Errorf("ReadFrom a socket without a name: from %v, %v", from, err)
		}
		client = dialUnixgram(t, &net.UnixAddr{}, server.LocalAddr())
		client.Write([]byte("x"))
		m := Message{Data: make([]byte, 1)}
		if err := server.ReadMsg(&m); m.Name != client.LocalAddr().String() || m.Addr.IsValid() || err != nil {
			t.Errorf("ReadMsg: from %q and %v, %v, want %v", m.Name, m.Addr, err, client.LocalAddr())
		}
		server.Close()
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the socket's file: %v; Close is to leave it", err)
	}
}

// TestJoinGroup: sockets at one port receive what is sent to their group, until they leave it.
func TestJoinGroup(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Skip("no interface lo")
	}
	for _, test := range []struct {
		network, host, group string
		members              int
	}{
		{"udp4", "224.0.0.250", "224.0.0.250", 2},
		{"udp", "224.0.0.250", "224.0.0.250", 2},
		{"udp", "", "224.0.0.250", 1}, // a socket for both families
		{"udp6", "ff01::fa", "ff01::fa", 2},
	} {
		t.Run(test.network+" "+test.host, func(t *testing.T) {
			group, port := netip.MustParseAddr(test.group), "0"
			var members []*PacketConn
			for range test.members {
				m := listenPacket(t, test.network, net.JoinHostPort(test.host, port))
				if err := m.JoinGroup(lo, group); err != nil {
					t.Fatal(err)
				}
				_, port, _ = net.SplitHostPort(m.LocalAddr().String())
				members = append(members, m)
			}
			wantErr(t, "second JoinGroup", members[0].JoinGroup(lo, group), unix.EADDRINUSE)
			sender := listenPacket(t, test.network, ":0")
			sendThrough(t, sender, lo)
			to := netip.AddrPortFrom(group, members[0].LocalAddr().(*net.UDPAddr).AddrPort().Port())
			if _, err := sender.WriteToAddrPort([]byte("all"), to); errors.Is(err, unix.ENETUNREACH) {
				t.Skip("no route to the group through lo")
			} else if err != nil {
				t.Fatal(err)
			}
			within(t, "a member's Read", func() {
				for i, m := range members {
					if n, err := m.Read(make([]byte, 10)); n != 3 || err != nil {
						t.Errorf("member %d received %d bytes, %v", i, n, err)
					}
				}
			})
			for _, m := range members {
				if err := m.LeaveGroup(lo, group); err != nil {
					t.Error(err)
				}
			}
			sender.WriteToAddrPort([]byte("nobody"), to)
			if _, err := recvfrom(members[0].sysfd, make([]byte, 10), nil); err != unix.EAGAIN {
				t.Errorf("who has left the group receives: %v", err)
			}
		})
	}
}

// sendThrough has multicasts of c, of either family, sent through iface.
func sendThrough(t *testing.T, c *PacketConn, iface *net.Interface) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var err4, err6 error
	raw.Control(func(fd uintptr) {
		err4 = unix.SetsockoptIPMreqn(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &unix.IPMreqn{Ifindex: int32(iface.Index)})
		if c.family == unix.AF_INET6 {
			err6 = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, iface.Index)
		}
	})
	if err := errors.Join(err4, err6); err != nil {
		t.Fatal(err)
	}
}

// TestPacketOptions: sizes of buffers, and the descriptor for all other options.
func TestPacketOptions(t *testing.T) {
	c := listenPacket(t, "udp", "127.0.0.1:0")
	const size = 32 << 10
	if err := c.SetReadBuffer(size); err != nil {
		t.Error(err)
	}
	if err := c.SetWriteBuffer(size); err != nil {
		t.Error(err)
	}
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		for _, option := range []int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
			if got, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, option); got != 2*size || err != nil {
				t.Errorf("buffer of %d bytes, %v, want the doubled %d", got, err, size)
			}
		}
	})
	c.Close()
	wantErr(t, "SetReadBuffer after Close", c.SetReadBuffer(size), net.ErrClosed)
	_, err = c.SyscallConn()
	wantErr(t, "SyscallConn after Close", err, net.ErrClosed)
}
