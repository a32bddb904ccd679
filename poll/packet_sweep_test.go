//go:build linux

package poll

import (
	"net"
	"runtime"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// to addresses m, unless addr is nil.
func (m *Message) to(addr net.Addr) {
	switch addr := addr.(type) {
	case *net.UnixAddr:
		m.Name = addr.Name
	case *net.UDPAddr:
		m.Addr = addr.AddrPort()
	}
}

// A packetTraffic is what one run of a sweep has sent and received: the number in each datagram, in order.
type packetTraffic struct{ sent, received []byte }

// sendEach sends datagrams with the given numbers by write.
func sendEach(f *packetTraffic, numbers []byte, write func(p []byte) (int, error)) error {
	for _, n := range numbers {
		if _, err := write([]byte{n}); err != nil {
			return err
		}
		f.sent = append(f.sent, n)
	}
	return nil
}

// packetModes are the operations that are swept, a way to send datagrams with the given numbers and one to receive some.
var packetModes = []struct {
	name    string
	send    func(client *PacketConn, to net.Addr, f *packetTraffic, numbers []byte) error // to: nil if it is connected
	receive func(server *PacketConn, f *packetTraffic) error
}{
	{
		name: "one at a time",
		send: func(client *PacketConn, to net.Addr, f *packetTraffic, numbers []byte) error {
			return sendEach(f, numbers, func(p []byte) (int, error) {
				if to == nil {
					return rt.Await(client.Write(p))
				}
				return rt.Await(client.WriteTo(p, to))
			})
		},
		receive: func(server *PacketConn, f *packetTraffic) error {
			buf := make([]byte, 2)
			n, _, err := rt.Await2(server.ReadFromAddrPort(buf))
			f.received = append(f.received, buf[:n]...)
			return err
		},
	},
	{
		name: "Select",
		send: func(client *PacketConn, to net.Addr, f *packetTraffic, numbers []byte) error {
			return sendEach(f, numbers, func(p []byte) (int, error) {
				if to == nil {
					return selected(client.WriteOp(p))
				}
				return rt.Await(client.WriteTo(p, to))
			})
		},
		receive: func(server *PacketConn, f *packetTraffic) error {
			buf := make([]byte, 2)
			n, err := selected(server.ReadOp(buf))
			f.received = append(f.received, buf[:n]...)
			return err
		},
	},
	{
		name: "messages",
		send: func(client *PacketConn, to net.Addr, f *packetTraffic, numbers []byte) error {
			return sendEach(f, numbers, func(p []byte) (int, error) {
				m := Message{Data: p}
				m.to(to)
				return len(p), rt.Await0(client.WriteMsg(&m))
			})
		},
		receive: func(server *PacketConn, f *packetTraffic) error {
			m := Message{Data: make([]byte, 2)}
			err := rt.Await0(server.ReadMsg(&m))
			f.received = append(f.received, m.Data[:m.N]...)
			return err
		},
	},
	{
		name: "AddrPort, and Read and ReadFrom in turn",
		send: func(client *PacketConn, to net.Addr, f *packetTraffic, numbers []byte) error {
			return sendEach(f, numbers, func(p []byte) (int, error) {
				switch addr := to.(type) {
				case *net.UDPAddr:
					return rt.Await(client.WriteToAddrPort(p, addr.AddrPort()))
				case *net.UnixAddr:
					return rt.Await(client.WriteTo(p, addr))
				}
				return rt.Await(client.Write(p))
			})
		},
		receive: func(server *PacketConn, f *packetTraffic) (err error) {
			n, buf := 0, make([]byte, 2)
			if len(f.received)%2 == 0 {
				n, err = rt.Await(server.Read(buf))
			} else {
				n, _, err = rt.Await2(server.ReadFrom(buf))
			}
			f.received = append(f.received, buf[:n]...)
			return err
		},
	},
	{
		name: "in batches",
		send: func(client *PacketConn, to net.Addr, f *packetTraffic, numbers []byte) error {
			ms := make([]Message, len(numbers))
			for i := range ms {
				ms[i].Data = numbers[i : i+1]
				ms[i].to(to)
			}
			n, err := rt.Await(client.WriteBatch(ms))
			f.sent = append(f.sent, numbers[:n]...)
			return err
		},
		receive: func(server *PacketConn, f *packetTraffic) error {
			ms := messages(3, 2)
			n, err := rt.Await(server.ReadBatch(ms))
			for _, m := range ms[:n] {
				f.received = append(f.received, m.Data[:m.N]...)
			}
			return err
		},
	},
}

// TestF32_SweepOfPackets: whenever who sends or who receives is cancelled, what was sent is what was received and what is left, in its order.
// A Unix socket has the sender wait as well, also for a peer that it is not connected to.
func TestF32_SweepOfPackets(t *testing.T) {
	links := append(packetLinks[:3:3], packetLink{"unconnected", func(t testing.TB) (server, client *PacketConn) {
		return listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
	}}, packetLink{"unconnected udp", func(t testing.TB) (server, client *PacketConn) {
		return listenPacket(t, "udp4", "127.0.0.1:0"), listenPacket(t, "udp4", "127.0.0.1:0")
	}})
	for _, link := range links {
		for _, mode := range packetModes {
			t.Run(link.name+" "+mode.name, func(t *testing.T) {
				sweep(t, func(t *testing.T) (tasks [2]func() error, end func(run string)) {
					before := len(openDescriptors())
					server, client := link.link(t)
					var to net.Addr
					if client.RemoteAddr() == nil {
						to = server.LocalAddr()
					}
					var f packetTraffic
					sender := func() error {
						for first := byte(0); first < 40; first += 20 {
							var numbers []byte
							for i := range byte(20) {
								numbers = append(numbers, first+i)
							}
							if err := mode.send(client, to, &f, numbers); err != nil {
								return err
							}
							for range 3 { // in which the receiver comes to wait
								if err := rt.Await0(rt.YieldNow()); err != nil {
									return err
								}
							}
						}
						return nil
					}
					receiver := func() error {
						for {
							if err := mode.receive(server, &f); err != nil {
								return err
							}
						}
					}
					return [2]func() error{sender, receiver}, func(run string) {
						for buf := make([]byte, 2); ; {
							n, err := recvfrom(server.sysfd, buf, nil)
							if err == unix.EAGAIN {
								break
							}
							f.received = append(f.received, buf[:n]...)
						}
						if !slices.Equal(f.sent, f.received) {
							t.Errorf("%s: sent %v, received %v", run, f.sent, f.received)
						}
						server.Close()
						client.Close()
						within(t, run, func() {
							for len(openDescriptors()) > before { // a room is left by a goroutine of its own
								runtime.Gosched()
							}
						})
					}
				})
			})
		}
	}
}
