//go:build linux

package poll

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A packetTraffic is what one run of a sweep has sent and received: the number in each datagram, in order.
type packetTraffic struct{ sent, received []byte }

// packetModes are the operations that are swept, a way to send datagrams with the given numbers and one to receive some.
var packetModes = []struct {
	name    string
	send    func(client *PacketConn, to *net.UnixAddr, f *packetTraffic, numbers []byte) error // to: nil if it is connected
	receive func(server *PacketConn, f *packetTraffic) error
}{
	{
		name: "one at a time",
		send: func(client *PacketConn, to *net.UnixAddr, f *packetTraffic, numbers []byte) error {
			for _, n := range numbers {
				var err error
				if to == nil {
					_, err = rt.Await(client.Write([]byte{n}))
				} else {
					_, err = rt.Await(client.WriteTo([]byte{n}, to))
				}
				if err != nil {
					return err
				}
				f.sent = append(f.sent, n)
			}
			return nil
		},
		receive: func(server *PacketConn, f *packetTraffic) error {
			buf := make([]byte, 2)
			n, _, err := rt.Await2(server.ReadFromAddrPort(buf))
			f.received = append(f.received, buf[:n]...)
			return err
		},
	},
	{
		name: "in batches",
		send: func(client *PacketConn, to *net.UnixAddr, f *packetTraffic, numbers []byte) error {
			ms := make([]Message, len(numbers))
			for i := range ms {
				ms[i].Data = numbers[i : i+1]
				if to != nil {
					ms[i].Name = to.Name
				}
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

// TestF32_SweepOfPackets cancels the sender or the receiver, or throws an error into it, before each step that the loop makes: whatever the
// moment, what was sent is what was received and what is left in the socket, in its order, and nothing is open. A Unix socket has the
// sender wait as well.
func TestF32_SweepOfPackets(t *testing.T) {
	links := append(packetLinks[:3:3], packetLink{"unconnected", func(t testing.TB) (server, client *PacketConn) {
		return listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
	}})
	for _, link := range links {
		for _, mode := range packetModes {
			for victim, name := range []string{"sender", "receiver"} {
				for what, disturb := range map[string]func(*rt.Task[struct{}]){
					"cancelled": func(task *rt.Task[struct{}]) { task.Cancel(nil) },
					"thrown at": func(task *rt.Task[struct{}]) { task.Fiber().Throw(errDisturbed) },
				} {
					t.Run(fmt.Sprintf("%s %s %s %s", link.name, mode.name, name, what), func(t *testing.T) {
						disturbed := 0
						for at, over := 1, false; !over && !t.Failed(); at++ {
							over = sweepPackets(t, link.link, mode.send, mode.receive, at, func(tasks []*rt.Task[struct{}]) (late bool) {
								switch {
								case victim >= len(tasks): // it has not been made yet
								case tasks[victim].Done():
									return true
								default:
									disturb(tasks[victim])
									disturbed++
								}
								return false
							})
						}
						if disturbed < 5 {
							t.Errorf("only %d runs were disturbed", disturbed)
						}
					})
				}
			}
		}
	}
}

var errDisturbed = errors.New("an error that the sweep has thrown")

// sweepPackets is one run, which disturb disturbs before the step at. It reports whether that step came too late to disturb anything.
func sweepPackets(t *testing.T, link func(testing.TB) (server, client *PacketConn), send func(*PacketConn, *net.UnixAddr, *packetTraffic, []byte) error,
	receive func(*PacketConn, *packetTraffic) error, at int, disturb func(tasks []*rt.Task[struct{}]) (late bool)) (late bool) {
	server, client := link(t)
	defer server.Close()
	defer client.Close()
	var to *net.UnixAddr
	if client.RemoteAddr() == nil {
		to = server.LocalAddr().(*net.UnixAddr)
	}
	var f packetTraffic
	var tasks []*rt.Task[struct{}]
	step := 0
	late = true // unless the step comes
	l, err := rt.NewLoop(rt.LoopOptions{Choose: func(int) int {
		if step++; step == at {
			late = disturb(tasks)
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	spawn := func(f func() error) { tasks = append(tasks, rt.Spawn0(f)) }
	l.CallSoon(func() {
		spawn(func() error {
			for first := byte(0); first < 40; first += 20 {
				var numbers []byte
				for i := range byte(20) {
					numbers = append(numbers, first+i)
				}
				if err := send(client, to, &f, numbers); err != nil {
					return err
				}
				for range 3 { // in which the receiver comes to wait
					if err := rt.Await0(rt.YieldNow()); err != nil {
						return err
					}
				}
			}
			return nil
		})
		spawn(func() error {
			defer tasks[0].Cancel(nil) // which nobody would read from
			for {
				if err := receive(server, &f); err != nil {
					return err
				}
			}
		})
		l.Stop()
	})
	l.Run()
	for i, task := range tasks {
		if i == 1 { // nobody sends any more
			task.Cancel(nil)
		}
		if _, err := rt.RunUntil(l, task); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errDisturbed) {
			t.Errorf("step %d: a task ended with %v", at, err)
		}
	}
	for buf := make([]byte, 2); ; {
		n, err := recvfrom(server.sysfd, buf, nil)
		if err == unix.EAGAIN {
			break
		}
		f.received = append(f.received, buf[:n]...)
	}
	if !slices.Equal(f.sent, f.received) {
		t.Errorf("step %d: sent %v, received %v", at, f.sent, f.received)
	}
	return late
}
