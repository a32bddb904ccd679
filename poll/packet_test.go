//go:build linux

package poll

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// listenPacket opens a socket until the test ends.
func listenPacket(t testing.TB, network, address string) *PacketConn {
	t.Helper()
	c, err := ListenPacket(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// A packetLink is a way to connect two sockets: it makes a server, which listens, and a client that is connected to it, and can be answered.
type packetLink struct {
	name string
	link func(t testing.TB) (server, client *PacketConn)
}

var packetLinks = []packetLink{
	{"udp4", func(t testing.TB) (server, client *PacketConn) { return linkUDP(t, "udp4", "127.0.0.1:0") }},
	{"udp6", func(t testing.TB) (server, client *PacketConn) { return linkUDP(t, "udp6", "[::1]:0") }},
	{"abstract", func(t testing.TB) (server, client *PacketConn) {
		server = listenPacket(t, "unixgram", "")
		return server, dialUnixgram(t, &net.UnixAddr{Net: "unixgram"}, server.LocalAddr())
	}},
	{"path", func(t testing.TB) (server, client *PacketConn) {
		dir := t.TempDir()
		server = listenPacket(t, "unixgram", filepath.Join(dir, "server"))
		return server, dialUnixgram(t, &net.UnixAddr{Net: "unixgram", Name: filepath.Join(dir, "client")}, server.LocalAddr())
	}},
}

// linkUDP has a client connected to a server at address.
func linkUDP(t testing.TB, network, address string) (server, client *PacketConn) {
	t.Helper()
	server = listenPacket(t, network, address)
	client, err := DialPacket(network, server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return server, client
}

// dialUnixgram connects to a Unix socket until the test ends.
func dialUnixgram(t testing.TB, local *net.UnixAddr, remote net.Addr) *PacketConn {
	t.Helper()
	c, err := DialUnixgram(local, remote.(*net.UnixAddr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// inBothForms runs f on a goroutine that is no task, and as a plain task of a loop, whose awaits are those of the operations.
func inBothForms(t *testing.T, f func(t *testing.T) error) {
	t.Run("blocking", func(t *testing.T) {
		within(t, "the blocking form", func() {
			if err := f(t); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("task", func(t *testing.T) { run(t, func() error { return f(t) }) })
}

// TestC194_Datagrams: each is received by one read, whole, also an empty one, and a read that is too small cuts off the rest of it alone.
// CPython, sock_recvfrom of 1500 bytes at most: 1 0 1000 7 1500 0 3, each from its sender, and answer.
func TestC194_Datagrams(t *testing.T) {
	for _, link := range packetLinks {
		t.Run(link.name, func(t *testing.T) {
			inBothForms(t, func(t *testing.T) error {
				server, client := link.link(t)
				sizes := []int{1, 0, 1000, 7, 2000, 0, 3}
				for i, size := range sizes {
					if n, err := rt.Await(client.Write(make([]byte, size))); n != size || err != nil {
						t.Errorf("Write of datagram %d: %d, %v", i, n, err)
					}
				}
				buf := make([]byte, 1500)
				for i, size := range sizes {
					n, from, err := rt.Await2(server.ReadFrom(buf))
					if n != min(size, len(buf)) || err != nil {
						t.Errorf("ReadFrom of datagram %d: %d bytes, %v, want %d", i, n, err, size)
					}
					if from == nil || from.String() != client.LocalAddr().String() || from.Network() != client.LocalAddr().Network() {
						t.Errorf("datagram %d is from %v, want %v", i, from, client.LocalAddr())
					}
				}
				if n, err := rt.Await(server.WriteTo([]byte("answer"), client.LocalAddr())); n != 6 || err != nil {
					t.Errorf("WriteTo: %d, %v", n, err)
				}
				n, err := rt.Await(client.Read(buf))
				if string(buf[:n]) != "answer" {
					t.Errorf("Read: %q", buf[:n])
				}
				return err
			})
		})
	}
}

// TestC194_AddrPort: the forms that allocate nothing know the same addresses.
func TestC194_AddrPort(t *testing.T) {
	inBothForms(t, func(t *testing.T) error {
		a, b := listenPacket(t, "udp", "127.0.0.1:0"), listenPacket(t, "udp", ":0") // for both families
		to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), b.LocalAddr().(*net.UDPAddr).AddrPort().Port())
		if _, err := rt.Await(a.WriteToAddrPort([]byte("to"), to)); err != nil {
			return err
		}
		buf := make([]byte, 10)
		n, from, err := rt.Await2(b.ReadFromAddrPort(buf))
		if err != nil {
			return err
		}
		if string(buf[:n]) != "to" || from != a.LocalAddr().(*net.UDPAddr).AddrPort() {
			t.Errorf("got %q from %v, want it from %v", buf[:n], from, a.LocalAddr())
		}
		mapped := netip.AddrPortFrom(netip.AddrFrom16(from.Addr().As16()), from.Port())
		if _, err := rt.Await(b.WriteToAddrPort(buf[:n], mapped)); err != nil {
			return err
		}
		_, from, err = rt.Await2(a.ReadFromAddrPort(buf))
		if from != to {
			t.Errorf("the answer is from %v, want %v", from, to)
		}
		return err
	})
}

// TestC232_ErrorsOfTheNetwork: that nobody listens is the error of the next operation on a connected socket, once, in either direction.
// CPython: sock_sendall, then sock_recv ConnectionRefusedError, three sock_sendto of a socket that is not connected pass; of an endpoint
// error_received, which goes on.
func TestC232_ErrorsOfTheNetwork(t *testing.T) {
	inBothForms(t, func(t *testing.T) error {
		for _, network := range []string{"udp4", "udp6"} {
			local := map[string]string{"udp4": "127.0.0.1:0", "udp6": "[::1]:0"}[network]
			server, client := linkUDP(t, network, local)
			server.Close()
			buf := make([]byte, 10)
			vain := func() {
				if n, err := rt.Await(client.Write([]byte("x"))); n != 1 || err != nil {
					t.Errorf("Write in vain: %d, %v", n, err)
				}
			}
			vain()
			_, err := rt.Await(client.Write([]byte("x")))
			wantErr(t, "the next Write", err, unix.ECONNREFUSED)
			vain()
			_, err = rt.Await(client.Read(buf))
			wantErr(t, "the next Read", err, unix.ECONNREFUSED)
			vain()
			wantErr(t, "the next ReadMsg", rt.Await0(client.ReadMsg(&Message{Data: buf})), unix.ECONNREFUSED)
			vain()
			wantErr(t, "the next WriteMsg", rt.Await0(client.WriteMsg(&Message{Data: buf})), unix.ECONNREFUSED)

			again := listenPacket(t, network, server.LocalAddr().String())
			vain() // that was all
			if n, err := rt.Await(again.Read(buf)); n != 1 || err != nil {
				t.Errorf("Read at the same port: %d, %v", n, err)
			}

			unconnected := listenPacket(t, network, local)
			again.Close()
			for range 3 {
				if _, err := rt.Await(unconnected.WriteTo([]byte("x"), again.LocalAddr())); err != nil {
					t.Errorf("WriteTo of a socket that is not connected: %v", err)
				}
			}
		}
		return nil
	})
}

// TestC232_ErrorWakesTheReader: the error that an earlier Write met ends a Read that waits.
// CPython, sock_recv that waits: ConnectionRefusedError.
func TestC232_ErrorWakesTheReader(t *testing.T) {
	run(t, func() error {
		server, client := linkUDP(t, "udp", "127.0.0.1:0")
		server.Close()
		reader := rt.Spawn(func() (int, error) { return rt.Await(client.Read(make([]byte, 1))) })
		rt.Await0(rt.YieldNow())
		if _, err := rt.Await(client.Write([]byte("x"))); err != nil {
			return err
		}
		_, err := rt.Await(reader.Wait())
		wantErr(t, "Read", err, unix.ECONNREFUSED)
		return nil
	})
}

// TestPacketErrors: what cannot be sent is an error of that operation and leaves the socket as it was.
func TestPacketErrors(t *testing.T) {
	inBothForms(t, func(t *testing.T) error {
		server, client := linkUDP(t, "udp4", "127.0.0.1:0")
		gram := listenPacket(t, "unixgram", "")
		addrErr := func(what string, err error, want string) {
			t.Helper()
			if ae, ok := errors.AsType[*net.AddrError](err); !ok || !strings.Contains(ae.Err, want) {
				t.Errorf("%s: got error %v, want a *net.AddrError with %q", what, err, want)
			}
			if _, ok := err.(*net.OpError); !ok {
				t.Errorf("%s: got error of type %T, want *net.OpError", what, err)
			}
		}
		writeTo := func(c *PacketConn, addr net.Addr) error {
			_, err := rt.Await(c.WriteTo([]byte("x"), addr))
			return err
		}
		writeToPort := func(c *PacketConn, addr string) error {
			to, _ := netip.ParseAddrPort(addr)
			_, err := rt.Await(c.WriteToAddrPort([]byte("x"), to))
			return err
		}
		_, err := rt.Await(client.Write(make([]byte, 65508)))
		wantErr(t, "Write of more than UDP takes", err, unix.EMSGSIZE)
		_, err = rt.Await(server.Write([]byte("x")))
		wantErr(t, "Write without a peer", err, unix.EDESTADDRREQ)
		_, err = rt.Await(gram.Write([]byte("x")))
		wantErr(t, "Write of a Unix socket without a peer", err, unix.ENOTCONN)
		wantErr(t, "WriteTo of a connected socket", writeTo(client, server.LocalAddr()), net.ErrWriteToConnected)
		wantErr(t, "WriteToAddrPort of one", writeToPort(client, "127.0.0.1:1"), net.ErrWriteToConnected)
		wantErr(t, "WriteTo a name that nobody has", writeTo(gram, &net.UnixAddr{Net: "unixgram", Name: "@nobody is here"}), unix.ECONNREFUSED)
		wantErr(t, "WriteTo a file that is missing", writeTo(gram, &net.UnixAddr{Net: "unixgram", Name: "/missing/socket"}), unix.ENOENT)
		addrErr("WriteTo nobody", writeTo(server, nil), "missing")
		addrErr("WriteTo a nil address", writeTo(server, (*net.UDPAddr)(nil)), "*net.UDPAddr")
		addrErr("WriteTo a TCP address", writeTo(server, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}), "*net.TCPAddr")
		addrErr("WriteTo of UDP to a name", writeTo(server, gram.LocalAddr()), "*net.UnixAddr")
		addrErr("WriteTo of a Unix socket to an IP address", writeTo(gram, server.LocalAddr()), "*net.UDPAddr")
		addrErr("WriteTo a name that is too long", writeTo(gram, &net.UnixAddr{Name: strings.Repeat("x", 108)}), "107 bytes")
		addrErr("WriteTo an IPv6 address from an IPv4 socket", writeTo(server, &net.UDPAddr{IP: net.IPv6loopback, Port: 1}), "IPv6")
		addrErr("WriteToAddrPort the zero address", writeToPort(server, ""), "not valid")
		addrErr("WriteToAddrPort of a Unix socket", writeToPort(gram, "127.0.0.1:1"), "Unix socket")

		if _, err := rt.Await(client.Write([]byte("x"))); err != nil {
			return err
		}
		n, err := rt.Await(server.Read(make([]byte, 10)))
		if n != 1 {
			t.Errorf("Read afterwards: %d bytes", n)
		}
		return err
	})
}

// TestPacketWaiters: the second one is busy, the deadline passes, a cancel leaves the datagram, Close ends the rest.
func TestPacketWaiters(t *testing.T) {
	for _, link := range packetLinks {
		t.Run(link.name, func(t *testing.T) {
			run(t, func() error {
				server, client := link.link(t)
				read := func() (int, error) { return rt.Await(server.Read(make([]byte, 10))) }
				reader := rt.Spawn(read)
				rt.Await0(rt.YieldNow())
				_, _, err := rt.Await2(server.ReadFrom(make([]byte, 10)))
				wantErr(t, "second reader", err, ErrBusy)
				server.SetReadDeadline(time.Now().Add(time.Millisecond))
				_, err = rt.Await(reader.Wait())
				wantErr(t, "Read until its deadline", err, os.ErrDeadlineExceeded)
				server.SetDeadline(time.Time{})

				reader = rt.Spawn(read)
				rt.Await0(rt.YieldNow())
				reader.Cancel(nil)
				if _, err := rt.Await(client.Write([]byte("kept"))); err != nil {
					return err
				}
				_, err = rt.Await(reader.Wait())
				if !errors.Is(err, rt.ErrTaskCanceled) {
					t.Errorf("cancelled Read: %v", err)
				}
				if n, err := read(); n != len("kept") || err != nil {
					t.Errorf("Read after a cancel: %d, %v", n, err)
				}

				reader = rt.Spawn(read)
				rt.Await0(rt.YieldNow())
				server.Close()
				_, err = rt.Await(reader.Wait())
				wantErr(t, "Read that Close ends", err, net.ErrClosed)
				_, err = read()
				wantErr(t, "Read after Close", err, net.ErrClosed)
				wantErr(t, "second Close", server.Close(), net.ErrClosed)
				return nil
			})
		})
	}
}

// TestPacketWaiters_Blocking: deadlines and Close reach goroutines that block, of which several may read.
func TestPacketWaiters_Blocking(t *testing.T) {
	server := listenPacket(t, "udp", "127.0.0.1:0")
	within(t, "a blocking Read", func() {
		server.SetReadDeadline(time.Now().Add(time.Millisecond))
		_, err := server.Read(make([]byte, 1))
		wantErr(t, "Read until its deadline", err, os.ErrDeadlineExceeded)
		server.SetReadDeadline(time.Time{})
		ended := make(chan error)
		for range 2 {
			go func() {
				_, _, err := server.ReadFromAddrPort(make([]byte, 1))
				ended <- err
			}()
		}
		server.Close()
		for range 2 {
			wantErr(t, "Read that Close ends", <-ended, net.ErrClosed)
		}
	})
}

// TestPacketBurst: a reader that waits is woken by the first datagram of a burst and receives them all, whatever their sizes, by reads that
// are shorter than their buffer: readiness is cleared when the socket is empty, and never before.
func TestPacketBurst(t *testing.T) {
	run(t, func() error {
		const count, rounds = 50, 3
		server, client := linkUDP(t, "udp4", "127.0.0.1:0")
		for round := range rounds {
			reader := rt.Spawn0(func() error {
				buf, ms := make([]byte, 100), messages(3, 100)
				for got := 0; got < count; {
					if got%2 == round%2 {
						n, err := rt.Await(server.Read(buf))
						if err != nil || n != 1 || int(buf[0]) != got {
							return fmt.Errorf("datagram %d: %d bytes, %w, %v", got, n, err, buf[:1])
						}
						got++
						continue
					}
					n, err := rt.Await(server.ReadBatch(ms[:min(len(ms), count-got)]))
					if err != nil {
						return err
					}
					for i := range ms[:n] {
						if ms[i].N != 1 || int(ms[i].Data[0]) != got {
							t.Errorf("datagram %d of a batch: %d bytes, %v", got, ms[i].N, ms[i].Data[0])
						}
						got++
					}
				}
				return nil
			})
			rt.Await0(rt.YieldNow())
			rt.Await0(rt.YieldNow()) // it waits, and what its registration reported has been collected
			for i := range count {
				if _, err := rt.Await(client.Write([]byte{byte(i)})); err != nil {
					return err
				}
			}
			if _, err := rt.Await(reader.Wait()); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestPacketWriteWaits: a Unix socket whose peer does not read has its writer wait, and wakes it.
func TestPacketWriteWaits(t *testing.T) {
	run(t, func() error {
		server, client := packetLinks[2].link(t)
		const count = 100
		writer := rt.Spawn0(func() error {
			for i := range count {
				if _, err := rt.Await(client.Write([]byte{byte(i)})); err != nil {
					return err
				}
			}
			return nil
		})
		rt.Await0(rt.YieldNow())
		if writer.Done() {
			t.Skip("the kernel's queue takes all: net.unix.max_dgram_qlen is large")
		}
		busy := make([]byte, 1)
		_, err := rt.Await(client.Write(busy))
		wantErr(t, "second writer", err, ErrBusy)
		for i := range count {
			if n, err := rt.Await(server.Read(busy)); n != 1 || busy[0] != byte(i) || err != nil {
				t.Fatalf("datagram %d: %d bytes, %v, %v", i, n, busy, err)
			}
		}
		_, err = rt.Await(writer.Wait())
		return err
	})
}

// TestPacketMisuse: a blocking form that would block a loop says what to write instead.
func TestPacketMisuse(t *testing.T) {
	server := listenPacket(t, "udp", "127.0.0.1:0")
	for name, f := range map[string]func(){
		"PacketConn.Read":             func() { server.Read(make([]byte, 1)) },
		"PacketConn.ReadFrom":         func() { server.ReadFrom(make([]byte, 1)) },
		"PacketConn.ReadFromAddrPort": func() { server.ReadFromAddrPort(make([]byte, 1)) },
		"PacketConn.ReadMsg":          func() { server.ReadMsg(new(Message)) },
		"PacketConn.ReadBatch":        func() { server.ReadBatch(messages(1, 1)) },
		"DialPacket":                  func() { DialPacket("udp", "localhost:9") },
	} {
		l, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			t.Fatal(err)
		}
		l.CallSoon(func() {
			defer l.Stop()
			defer func() {
				m, ok := recover().(rt.Misuse)
				if !ok || !strings.Contains(string(m), "rt.Await("+name+"(") {
					t.Errorf("%s on a loop: got %q, want a Misuse that names the cure", name, m)
				}
			}()
			f()
		})
		l.Run()
		l.Close()
	}
}

// messages returns n messages with room for size bytes each.
func messages(n, size int) []Message {
	ms := make([]Message, n)
	for i := range ms {
		ms[i].Data = make([]byte, size)
	}
	return ms
}
