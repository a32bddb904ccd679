//go:build linux

package poll

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

// An encounter is an operation that waits for one thing, a byte or a connection, which comes while something else happens to it.
type encounter struct {
	wait  func() (n int, err error) // n: what it has got
	limit func(at time.Time) error  // sets a deadline of its socket
	come  func() error              // has the thing come, at once
	left  func() int                // what is there, in the end
	close []io.Closer
}

// encounters make one of each kind.
var encounters = map[string]func(t testing.TB) encounter{
	"Read": func(t testing.TB) encounter {
		a, b := socketConns(t)
		return encounter{
			wait:  func() (int, error) { return rt.Await(a.Read(make([]byte, 2))) },
			limit: a.SetReadDeadline,
			come:  func() error { _, err := b.TryWrite([]byte("x")); return err },
			left:  func() int { n, _ := a.TryRead(make([]byte, 2)); return n },
			close: []io.Closer{a, b},
		}
	},
	"a Select": func(t testing.TB) encounter {
		a, b := socketConns(t)
		return encounter{
			wait: func() (int, error) {
				read := a.ReadOp(make([]byte, 2))
				if _, err := rt.Await(rt.Select(read)); err != nil {
					return 0, err
				}
				return read.Result()
			},
			limit: a.SetReadDeadline,
			come:  func() error { _, err := b.TryWrite([]byte("x")); return err },
			left:  func() int { n, _ := a.TryRead(make([]byte, 2)); return n },
			close: []io.Closer{a, b},
		}
	},
	"a Reader": func(t testing.TB) encounter {
		a, b := socketConns(t)
		r := NewReader(a)
		return encounter{
			wait:  func() (int, error) { return rt.Await(r.Discard(1)) },
			limit: a.SetReadDeadline,
			come:  func() error { _, err := b.TryWrite([]byte("x")); return err },
			left:  func() int { n, _ := a.TryRead(make([]byte, 2)); return r.Buffered() + n },
			close: []io.Closer{a, b},
		}
	},
	"Write": func(t testing.TB) encounter {
		a, b := socketConns(t)
		a.SetWriteBuffer(1)
		sent, received := 0, 0
		for err := error(nil); err == nil; {
			var n int
			n, err = a.TryWrite(make([]byte, 4096))
			sent += n
		}
		drain := func() int {
			for buf := make([]byte, 64<<10); ; {
				n, err := b.TryRead(buf)
				if received += n; err != nil {
					return received
				}
			}
		}
		return encounter{
			wait:  func() (int, error) { return rt.Await(a.Write([]byte("x"))) },
			limit: a.SetWriteDeadline,
			come:  func() error { drain(); return nil },
			left:  func() int { return 1 - (drain() - sent) }, // of what was to be written
			close: []io.Closer{a, b},
		}
	},
	"AcceptConn": func(t testing.TB) encounter {
		ln, err := Listen("unix", "")
		if err != nil {
			t.Fatal(err)
		}
		var client *Conn
		accept := func() (int, error) {
			c, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return 0, err
			}
			return 1, c.Close()
		}
		return encounter{
			wait:  accept,
			limit: ln.SetDeadline,
			come:  func() (err error) { client, err = dialTo(ln); return err },
			left: func() int {
				defer client.Close()
				ln.SetDeadline(time.Unix(1, 0))
				n := 0
				if c, err := ln.acceptOn(ln.sysfd); err == nil {
					c.Close()
					n = 1
				}
				return n
			},
			close: []io.Closer{ln},
		}
	},
	"ReadFrom": func(t testing.TB) encounter {
		a, b := unnamedPacket(t), unnamedPacket(t)
		return encounter{
			wait: func() (int, error) {
				n, _, err := rt.Await2(a.ReadFrom(make([]byte, 2)))
				return n, err
			},
			limit: a.SetReadDeadline,
			come:  func() error { _, err := b.WriteTo([]byte("x"), a.LocalAddr()); return err },
			left:  func() int { n, _ := unix.Read(a.sysfd, make([]byte, 2)); return max(n, 0) },
			close: []io.Closer{a, b},
		}
	},
}

// socketConns returns both ends of a connection between Unix sockets, which the test has to close.
func socketConns(t testing.TB) (a, b *Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	return newConn(kindUnix, fds[0], address{}, &unnamedAddr), newConn(kindUnix, fds[1], address{}, &unnamedAddr)
}

// unnamedPacket returns a Unix socket that only its address reaches, which the test has to close.
func unnamedPacket(t testing.TB) *PacketConn {
	t.Helper()
	c, err := ListenPacket("unixgram", "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// errTwice is the cause of the second cancel.
var errTwice = errors.New("cancelled twice")

// TestF33_AtOnce: in one tick of the clock what a task waits for comes, its deadline passes and it is cancelled, and cancelled once more when it
// may be cleaning up, for which it awaits a socket, too; or the cancels come a turn later. In each order of these it ends by one of
// them and cleans up, what it has not got is left, and it learns of the cancel.
func TestF33_AtOnce(t *testing.T) {
	for name, begin := range encounters {
		for _, by := range []string{"Timeout0", "a deadline of the socket"} {
			t.Run(name+" with "+by, func(t *testing.T) {
				outcomes := map[string]int{}
				for _, early := range []bool{true, false} {
					for later := range 2 {
						rttest.Explore(t, func(s *rttest.Scenario) {
							rttest.UsePoller(s, s.Loop, NewPoller)
							w := &encounterWorld{Scenario: s, encounter: begin(s)}
							w.begin(by, early, later)
							s.Check(func() { w.check(); outcomes[w.outcome]++ })
						})
					}
				}
				want := []string{"cancel", "success", "timeout"}
				if got := slices.Sorted(maps.Keys(outcomes)); !slices.Equal(got, want) {
					t.Errorf("outcomes by the number of orders: %v, want each of %v", outcomes, want)
				}
			})
		}
	}
}

// An encounterWorld is one run of an encounter.
type encounterWorld struct {
	*rttest.Scenario
	encounter
	got     int
	outcome string
	cleaned bool
}

// begin begins the tasks. If early is set, what is waited for comes a nanosecond before the deadline, so that the poller finds it in the turn
// of that, and otherwise in the next one. The first cancel is so many turns later.
func (w *encounterWorld) begin(by string, early bool, later int) {
	const tick = time.Minute
	task := w.GoPlain("waits", func() error {
		defer w.cleanUp()
		return w.meet(by, tick)
	})
	w.GoPlain("comes", func() error {
		at := tick
		if early {
			at--
		}
		if err := rt.Await0(rt.Sleep(at)); err != nil {
			return err
		}
		err := w.come()
		if early {
			w.Clock.Advance(1)
		}
		return err
	})
	w.GoPlain("cancels", func() error {
		if err := rt.Await0(rt.Sleep(tick)); err != nil {
			return err
		}
		for range later {
			turn()
		}
		task.Cancel(nil)
		err := rt.Await0(rt.YieldNow())
		task.Cancel(errTwice)
		return err
	})
}

// meet waits, and then for the cancel, unless that was what ended the wait.
func (w *encounterWorld) meet(by string, tick time.Duration) error {
	wait := func() error {
		n, err := w.wait()
		w.got += n
		return err
	}
	var err error
	if by == "Timeout0" {
		err = rt.Await0(rt.Timeout0(tick, wait))
	} else {
		w.limit(rt.Now().Add(tick))
		err = wait()
	}
	switch {
	case err == nil:
		w.outcome = "success"
	case errors.Is(err, context.Canceled):
		w.outcome = "cancel"
		return nil
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded):
		w.outcome = "timeout"
	default:
		return err
	}
	err = rt.Await0(rt.NewEvent().Wait())
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("after the %s it got %w, want the cancel", w.outcome, err)
	}
	return nil
}

// cleanUp is what no cancel disturbs.
func (w *encounterWorld) cleanUp() {
	a, b := socketConns(w)
	defer a.Close()
	defer b.Close()
	err := rt.Await0(rt.Cleanup0(time.Hour, func() error {
		send := rt.Spawn(func() (int, error) { return rt.Await(b.Write([]byte("x"))) })
		if _, err := rt.Await(a.Read(make([]byte, 1))); err != nil {
			return err
		}
		_, err := rt.Await(send.Wait())
		return err
	}))
	if err != nil {
		w.Errorf("the cleanup: %v", err)
	}
	w.cleaned = true
}

// check says what holds in the end.
func (w *encounterWorld) check() {
	if left := w.left(); w.got+left != 1 || (w.got == 1) != (w.outcome == "success") {
		w.Errorf("it ended with a %s and got %d, and %d is left", w.outcome, w.got, left)
	}
	if !w.cleaned {
		w.Errorf("after its %s it did not clean up", w.outcome)
	}
	for _, c := range w.close {
		c.Close()
	}
}
