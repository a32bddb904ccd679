//go:build linux

package poll

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// fillPeer sends to name from c, one byte a datagram, until its queue is full, and returns how many that took. Those numbers are the bytes.
func fillPeer(t *testing.T, c *PacketConn, name string) (count int) {
	t.Helper()
	for {
		w := packetWrite{p: []byte{byte(count)}, to: peerAddr{name: name}, family: unix.AF_UNIX}
		err := w.call(c.sysfd)
		if _, full := err.(*peerFull); full {
			return count
		}
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
}

// fullWrites are the operations that wait for a peer that is full.
var fullWrites = []struct {
	name  string
	write func(c *PacketConn, to *net.UnixAddr) error
}{
	{"WriteTo", func(c *PacketConn, to *net.UnixAddr) error {
		_, err := rt.Await(c.WriteTo([]byte("last"), to))
		return err
	}},
	{"WriteMsg", func(c *PacketConn, to *net.UnixAddr) error {
		return rt.Await0(c.WriteMsg(&Message{Data: []byte("last"), Name: to.Name}))
	}},
}

// TestPacketFullPeer: who is not connected waits for a peer that does not read, however full it was, and whoever had filled it.
func TestPacketFullPeer(t *testing.T) {
	for _, write := range fullWrites {
		for _, filledBy := range []string{"itself", "another"} {
			t.Run(write.name+" filled by "+filledBy, func(t *testing.T) {
				inBothForms(t, func(t *testing.T) error {
					server, client := listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
					to := client.LocalAddr().(*net.UnixAddr)
					filler := server
					if filledBy == "another" {
						filler = listenPacket(t, "unixgram", "")
					}
					count := fillPeer(t, filler, to.Name)
					return arrivesLast(client, count, func() error { return write.write(server, to) })
				})
			})
		}
	}
}

// arrivesLast reads what fillPeer has sent to client, and then what write does, which waits until there is room for it.
func arrivesLast(client *PacketConn, count int, write func() error) error {
	written := make(chan error, 1)
	if rt.InTask() {
		rt.Spawn0(func() error {
			written <- write()
			return nil
		})
		rt.Await0(rt.YieldNow())
	} else {
		go func() { written <- write() }()
	}
	buf := make([]byte, 10)
	for i := range count {
		if n, err := rt.Await(client.Read(buf)); n != 1 || int(buf[0]) != i || err != nil {
			return fmt.Errorf("datagram %d: %v, %w", i, buf[:n], err)
		}
	}
	n, err := rt.Await(client.Read(buf))
	if err != nil || string(buf[:n]) != "last" {
		return fmt.Errorf("the last datagram: %q, %w", buf[:n], err)
	}
	if rt.InTask() {
		rt.Await0(rt.YieldNow())
	}
	return <-written
}

// TestPacketFullPeer_BesideASilentOne: what a silent peer does not read takes so much of the sender's buffer that this is not ready for
// writing. There is room in it all the same, and so it is for the other peer that who sends there waits.
func TestPacketFullPeer_BesideASilentOne(t *testing.T) {
	for _, write := range fullWrites {
		t.Run(write.name, func(t *testing.T) {
			inBothForms(t, func(t *testing.T) error {
				server, client := listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
				silent := listenPacket(t, "unixgram", "")
				size, err := unix.GetsockoptInt(server.sysfd, unix.SOL_SOCKET, unix.SO_SNDBUF)
				if err != nil {
					return err
				}
				for isReady(server.sysfd, writing) {
					w := packetWrite{p: make([]byte, size/8), to: peerAddr{name: silent.LocalAddr().(*net.UnixAddr).Name}, family: unix.AF_UNIX}
					if err := w.call(server.sysfd); err != nil {
						return err
					}
				}
				to := client.LocalAddr().(*net.UnixAddr)
				count := fillPeer(t, listenPacket(t, "unixgram", ""), to.Name)
				return arrivesLast(client, count, func() error { return write.write(server, to) })
			})
		})
	}
}

// TestPacketFullPeer_LoopClosed: a wait whose loop was closed leaves nothing behind when the socket is closed.
func TestPacketFullPeer_LoopClosed(t *testing.T) {
	server, client := listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
	to := client.LocalAddr().(*net.UnixAddr)
	fillPeer(t, server, to.Name)
	before := len(openDescriptors())
	loop, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	loop.CallSoon(func() {
		rt.SpawnOn(loop, server.WriteToAsync([]byte("last"), to))
		loop.CallSoon(loop.Stop)
	})
	if err := loop.Run(); err != nil {
		t.Error(err)
	}
	if !server.waits(writing) {
		t.Error("the write does not wait: the test tests nothing")
	}
	loop.Close()
	server.Close()
	within(t, "the wait for room", func() {
		for len(openDescriptors()) >= before {
			runtime.Gosched()
		}
	})
}

// TestF04_FullPeerIsNotAskedAgain: while the peer is full, nothing is tried again, however many turns the loop makes.
func TestF04_FullPeerIsNotAskedAgain(t *testing.T) {
	for _, write := range fullWrites {
		run(t, func() error {
			server, client := listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
			to := client.LocalAddr().(*net.UnixAddr)
			fillPeer(t, server, to.Name)
			writer := rt.Spawn0(func() error { return write.write(server, to) })
			rt.Await0(rt.YieldNow())
			events := 0
			rt.RunningLoop().SetTrace(func(e rt.TraceEvent) {
				if e.Kind == rt.TraceReady {
					events++
				}
			})
			for range 100 {
				rt.Await0(rt.YieldNow())
			}
			rt.RunningLoop().SetTrace(nil)
			if events > 2 { // that of its registration, and that of its own attempt
				t.Errorf("%s: the socket was ready %d times in 100 turns: each attempt makes it so", write.name, events)
			}
			writer.Cancel(nil)
			_, err := rt.Await(writer.Wait())
			if !errors.Is(err, rt.ErrTaskCanceled) {
				t.Errorf("%s that is cancelled: %v", write.name, err)
			}
			return nil
		})
	}
}

// TestPacketFullPeer_Ends: a wait for a peer that is full ends with a deadline, also one that is set late, with Close, and with the peer.
func TestPacketFullPeer_Ends(t *testing.T) {
	for _, end := range []struct {
		name string
		end  func(server, client *PacketConn)
		want error
	}{
		{"deadline", func(server, _ *PacketConn) { server.SetWriteDeadline(time.Now().Add(time.Millisecond)) }, os.ErrDeadlineExceeded},
		{"Close", func(server, _ *PacketConn) { server.Close() }, net.ErrClosed},
		{"Close of the peer", func(_, client *PacketConn) { client.Close() }, unix.ECONNREFUSED},
	} {
		for _, write := range fullWrites {
			for _, before := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s by %s, set before %v", write.name, end.name, before), func(t *testing.T) {
					inBothForms(t, func(t *testing.T) error {
						server, client := listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
						to := client.LocalAddr().(*net.UnixAddr)
						fillPeer(t, server, to.Name)
						if before {
							end.end(server, client)
						} else if rt.InTask() {
							rt.Spawn0(func() error {
								end.end(server, client)
								return nil
							})
						} else {
							ended := make(chan struct{})
							go func() {
								defer close(ended)
								for !server.isWaitedIn() {
									runtime.Gosched()
								}
								end.end(server, client)
							}()
							defer func() { <-ended }()
						}
						wantErr(t, write.name, write.write(server, to), end.want)
						return nil
					})
				})
			}
		}
	}
}

// isWaitedIn reports whether a blocking form waits for a peer that is full.
func (c *PacketConn) isWaitedIn() bool {
	c.rooms.mu.Lock()
	defer c.rooms.mu.Unlock()
	return len(c.rooms.all) > 0
}
