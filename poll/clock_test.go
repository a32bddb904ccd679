//go:build linux

package poll

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// runBy runs main as a plain task of a loop with a clock.
func runBy(t *testing.T, clock *rttest.Clock, main func() error) {
	t.Helper()
	within(t, "rt.RunWith0", func() {
		if err := rt.RunWith0(rt.RunOptions{Loop: rt.LoopOptions{Clock: clock}}, main); err != nil {
			t.Error(err)
		}
	})
}

// deadlineOn is what has a deadline for one direction, and waits in it.
type deadlineOn struct {
	of  io.Closer
	set func(time.Time) error
	do  func() error
}

// deadlinesOn returns all that a deadline can be set for, of a connection without room to write and nothing to read, and others.
func deadlinesOn(t *testing.T, network string) map[string]deadlineOn {
	c, _ := pairOver(t, network)
	fill(c)
	ln := listenOver(t, network)
	packets := listenPacket(t, "udp4", "127.0.0.1:0")
	r, _ := pipe(t)
	return map[string]deadlineOn{
		"Read":            {c, c.SetReadDeadline, func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err }},
		"Write":           {c, c.SetWriteDeadline, func() error { _, err := rt.Await(c.Write(tooMuch)); return err }},
		"AcceptConn":      {ln, ln.SetDeadline, func() error { _, err := rt.Await(ln.AcceptConn()); return err }},
		"File.Read":       {r, r.SetReadDeadline, func() error { _, err := rt.Await(r.Read(make([]byte, 1))); return err }},
		"PacketConn.Read": {packets, packets.SetReadDeadline, func() error { _, err := rt.Await(packets.Read(make([]byte, 1))); return err }},
	}
}

// TestDeadlineByClock: on a loop with a Clock deadlines are by rt.Now, and come when the Clock says so: for what waits, for what waits only
// later, and not before, however long that takes on the machine's clock.
func TestDeadlineByClock(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for name, on := range deadlinesOn(t, network) {
			t.Run(name, func(t *testing.T) {
				var clock rttest.Clock
				runBy(t, &clock, func() error {
					on.set(rt.Now().Add(time.Minute))
					waits := rt.Spawn0(on.do)
					turn()
					clock.Advance(time.Minute - 1)
					turn()
					if waits.Done() {
						_, err := waits.Result()
						t.Errorf("it has ended a nanosecond early: %v", err)
					}
					clock.Advance(1)
					_, err := rt.Await(waits.Wait())
					wantTimeout(t, "what waited", err)
					wantTimeout(t, "what comes later", on.do())

					on.set(rt.Now().Add(time.Minute)) // anew, and it passes before anything waits
					clock.Advance(time.Minute)
					turn()
					wantTimeout(t, "what waits after it has passed", on.do())

					begun := time.Now()
					on.set(rt.Now().Add(time.Nanosecond))
					waits = rt.Spawn0(on.do)
					for time.Since(begun) < 2*time.Nanosecond {
						turn()
					}
					turn()
					if waits.Done() {
						_, err := waits.Result()
						t.Errorf("the clock stands still, and it has ended: %v", err)
					}
					clock.Advance(1)
					_, err = rt.Await(waits.Wait())
					wantTimeout(t, "what waited", err)

					on.set(rt.Now().Add(-1))
					wantTimeout(t, "what begins after its deadline", on.do())
					return on.set(time.Time{})
				})
			})
		}
	})
}

func wantTimeout(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s: %v, want os.ErrDeadlineExceeded", what, err)
	}
}

// TestDeadlineByClock_SetAgain: a deadline that is set anew, taken away, or whose connection is closed leaves no timer.
func TestDeadlineByClock_SetAgain(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		var clock rttest.Clock
		runBy(t, &clock, func() error {
			timers := func(want int) {
				t.Helper()
				if stats, err := rt.RunningLoop().Stats(t.Context()); err != nil || stats.Timers != want {
					t.Errorf("%d timers, %v, want %d", stats.Timers, err, want)
				}
			}
			for n := range 10 {
				c.SetDeadline(rt.Now().Add(time.Minute * time.Duration(1+n%3)))
				timers(2)
			}
			c.SetReadDeadline(time.Time{})
			timers(1)
			clock.Advance(time.Hour)
			turn()
			timers(0)
			peer.Write([]byte("x"))
			if _, err := rt.Await(c.Read(make([]byte, 1))); err != nil {
				t.Errorf("Read without a deadline: %v", err)
			}
			c.SetDeadline(rt.Now().Add(time.Minute))
			c.Close()
			timers(0)
			return nil
		})
	})
}

// TestDeadlineByClock_BlockingForm: it ends what blocks a goroutine, too.
func TestDeadlineByClock_BlockingForm(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		var beside sync.WaitGroup
		var err error
		begun := make(chan struct{})
		beside.Go(func() {
			if _, err := c.Read(make([]byte, 1)); err != nil {
				t.Error(err)
			}
			close(begun)
			_, err = c.Read(make([]byte, 1))
		})
		var clock rttest.Clock
		runBy(t, &clock, func() error {
			peer.Write([]byte("x"))
			rt.Await(rt.Recv(begun))
			c.SetReadDeadline(rt.Now().Add(time.Minute))
			clock.Advance(time.Minute)
			_, err := rt.Await(rt.Blocking(func(context.Context) (struct{}, error) { beside.Wait(); return struct{}{}, nil }))
			return err
		})
		wantTimeout(t, "the Read beside the loop", err)
	})
}

// TestDeadlineByClock_FullPeer: and what blocks one since a peer has no room for a datagram.
func TestDeadlineByClock_FullPeer(t *testing.T) {
	server, client := listenPacket(t, "unixgram", ""), listenPacket(t, "unixgram", "")
	to := client.LocalAddr().(*net.UnixAddr)
	fillPeer(t, server, to.Name)
	for range 2 { // the second time there is a deadline already
		var beside sync.WaitGroup
		var err error
		server.SetWriteDeadline(time.Time{})
		beside.Go(func() { _, err = server.WriteTo([]byte("x"), to) })
		var clock rttest.Clock
		runBy(t, &clock, func() error {
			for !server.isWaitedIn() {
				runtime.Gosched()
			}
			server.SetWriteDeadline(rt.Now().Add(time.Minute))
			clock.Advance(time.Minute)
			_, err := rt.Await(rt.Blocking(func(context.Context) (struct{}, error) { beside.Wait(); return struct{}{}, nil }))
			return err
		})
		wantTimeout(t, "the WriteTo beside the loop", err)
	}
}

// TestDeadlineByClock_Dialer: that of a Dialer is by the same clock.
func TestDeadlineByClock_Dialer(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		ln := listenOver(t, network)
		var clock rttest.Clock
		runBy(t, &clock, func() error {
			d := &Dialer{Deadline: rt.Now().Add(time.Minute)}
			c, err := rt.Await(d.Dial(network, ln.Addr().String()))
			if err != nil {
				return err
			}
			defer c.Close()
			c.SetDeadline(d.Deadline)
			clock.Advance(time.Minute)
			turn()
			_, err = rt.Await(c.Read(make([]byte, 1)))
			wantTimeout(t, "Read", err)
			_, err = rt.Await(d.Dial(network, ln.Addr().String()))
			if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() {
				t.Errorf("Dial after its deadline: %v", err)
			}
			return nil
		})
	})
}
