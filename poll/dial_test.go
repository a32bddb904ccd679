//go:build linux

package poll

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

// refused returns an address at which nobody listens.
func refused(t *testing.T) address {
	t.Helper()
	ln := listenLocal(t)
	defer ln.Close()
	return addressAt(ln)
}

// addressAt returns the address of a listener.
func addressAt(ln *Listener) address { return ipAddress(ln.Addr().(*net.TCPAddr).AddrPort()) }

// waits returns an address at which a connect waits.
func waits(t *testing.T) address { return ipAddress(netip.MustParseAddrPort(unanswered(t))) }

// A dialWorld is a loop with sockets and a clock that stands still, on which a task dials.
type dialWorld struct {
	*testing.T
	clock    *rttest.Clock
	attempts []string // where to, in their order
}

// dialForms has f connect to addrs, in both forms of the code, in a task on a loop, while test runs beside it in another one.
func dialForms(t *testing.T, d Dialer, addrs []address, test func(w *dialWorld, task *rt.Task[*Conn])) {
	dialFormsUntil(t, d, addrs, func(*attempts) {}, test)
}

// dialFormsUntil is dialForms with a limit in time, which set sets on the loop.
func dialFormsUntil(t *testing.T, d Dialer, addrs []address, set func(*attempts), test func(w *dialWorld, task *rt.Task[*Conn])) {
	for _, form := range []string{"plain", "generated"} {
		t.Run(form, func(t *testing.T) {
			w := &dialWorld{T: t, clock: new(rttest.Clock)}
			d := d
			d.Control = func(_, to string, _ syscall.RawConn) error {
				w.attempts = append(w.attempts, to)
				return nil
			}
			before := len(openDescriptors())
			loop, err := rt.NewLoop(rt.LoopOptions{Clock: w.clock})
			if err != nil {
				t.Fatal(err)
			}
			within(t, "the loop", func() {
				loop.CallSoon(func() {
					r := &attempts{dialer: &d, network: "tcp", addrs: addrs}
					set(r)
					var task *rt.Task[*Conn]
					if form == "plain" {
						task = rt.Spawn(r.connect)
					} else {
						task = rt.SpawnOn(loop, r.connectAsync())
					}
					rt.Spawn0(func() error {
						defer loop.Stop()
						test(w, task)
						return nil
					})
				})
				if err := loop.Run(); err != nil {
					t.Error(err)
				}
			})
			loop.Close()
			wantDescriptors(t, before)
		})
	}
}

// wantDescriptors fails the test unless no more descriptors are open than before, at the latest when goroutines that have been told to end
// have done so.
func wantDescriptors(t *testing.T, before int) {
	t.Helper()
	for begin := time.Now(); len(openDescriptors()) > before; runtime.Gosched() {
		if time.Since(begin) > patience {
			t.Fatalf("descriptors left, more than %d: %v", before, openDescriptors())
		}
	}
}

// turns lets the others run for some turns of the loop.
func turns() {
	for range 10 {
		rt.YieldNow()
	}
}

// wantConn fails the test unless task has connected to addr.
func (w *dialWorld) wantConn(task *rt.Task[*Conn], addr address) {
	w.Helper()
	c, err := task.Wait()
	if err != nil {
		w.Errorf("not connected: %v", err)
		return
	}
	if got := c.RemoteAddr().String(); got != addr.String() {
		w.Errorf("connected to %s, want %s", got, addr)
	}
	c.Close()
}

// wantAttempts fails the test unless there was one attempt for each of addrs.
func (w *dialWorld) wantAttempts(addrs ...address) {
	w.Helper()
	var want []string
	for _, a := range addrs {
		want = append(want, a.String())
	}
	if !slices.Equal(w.attempts, want) {
		w.Errorf("attempts at %q, want %q", w.attempts, want)
	}
}

// TestC229_AddressesInOrder: an address that fails is followed by the next at once; if all fail, all the errors are returned.
// CPython, with and without happy eyeballs: connected to c after a, b, c; OSError "Multiple exceptions: [Errno 111] Connect call failed
// ..., ..."; of one address ConnectionRefusedError.
func TestC229_AddressesInOrder(t *testing.T) {
	a, b, c := refused(t), refused(t), addressAt(listenLocal(t))
	dialForms(t, Dialer{}, []address{a, b, c}, func(w *dialWorld, task *rt.Task[*Conn]) {
		w.wantConn(task, c)
		w.wantAttempts(a, b, c)
	})
	dialForms(t, Dialer{}, []address{a, b}, func(w *dialWorld, task *rt.Task[*Conn]) {
		_, err := task.Wait()
		wantErr(w.T, "Dial of two closed ports", err, unix.ECONNREFUSED)
		var failed []string
		for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
			failed = append(failed, err.(*net.OpError).Addr.String())
		}
		if want := []string{a.String(), b.String()}; !slices.Equal(failed, want) {
			w.Errorf("the errors are about %q, want %q", failed, want)
		}
	})
	dialForms(t, Dialer{}, []address{a}, func(w *dialWorld, task *rt.Task[*Conn]) {
		_, err := task.Wait()
		if e, ok := err.(*net.OpError); !ok || e.Addr.String() != a.String() {
			w.Errorf("Dial of a closed port: error %v of type %T, want the *net.OpError", err, err)
		}
	})
}

// TestC230_NextAttemptAfterDelay: beside an attempt that takes long the next one begins, and the first that connects wins.
// CPython, happy_eyeballs_delay 0.25: attempts at 0, 0.25 and 0.5, the third wins; 60: at 0, 60 and 120; without it the first alone.
func TestC230_NextAttemptAfterDelay(t *testing.T) {
	first, second, third := waits(t), waits(t), addressAt(listenLocal(t))
	addrs := []address{first, second, third}
	for _, test := range []struct {
		d     Dialer
		delay time.Duration
	}{{Dialer{}, 250 * time.Millisecond}, {Dialer{FallbackDelay: time.Minute}, time.Minute}} {
		dialForms(t, test.d, addrs, func(w *dialWorld, task *rt.Task[*Conn]) {
			turns()
			w.wantAttempts(first)
			w.clock.Advance(test.delay - 1)
			turns()
			w.wantAttempts(first)
			w.clock.Advance(1)
			turns()
			w.wantAttempts(first, second)
			w.clock.Advance(test.delay)
			w.wantConn(task, third)
			w.wantAttempts(first, second, third)
		})
	}
	until := func(r *attempts) { r.until = rt.Now().Add(20 * time.Second) }
	dialFormsUntil(t, Dialer{FallbackDelay: -1}, addrs, until, func(w *dialWorld, task *rt.Task[*Conn]) {
		turns()
		w.clock.Advance(20*time.Second/3 - 1)
		turns()
		w.wantAttempts(first)
		w.clock.Advance(1)
		turns()
		w.wantAttempts(first, second)
		w.clock.Advance(20*time.Second/3 + 1) // half of what is left
		w.wantConn(task, third)
	})
	dialFormsUntil(t, Dialer{FallbackDelay: -1}, addrs[:2], until, func(w *dialWorld, task *rt.Task[*Conn]) {
		turns()
		w.clock.Advance(10 * time.Second)
		turns()
		w.clock.Advance(10 * time.Second)
		_, err := task.Wait()
		for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
			if e, ok := err.(*net.OpError); !ok || !e.Timeout() || !errors.Is(err, context.DeadlineExceeded) {
				w.Errorf("an attempt: %v", err)
			}
		}
		w.wantAttempts(first, second)
	})
	dialForms(t, Dialer{FallbackDelay: -1}, addrs, func(w *dialWorld, task *rt.Task[*Conn]) {
		turns()
		w.clock.Advance(time.Hour)
		turns()
		w.wantAttempts(first)
		task.Cancel(nil)
		if _, err := task.Wait(); !errors.Is(err, rt.ErrTaskCanceled) {
			w.Errorf("cancelled: %v", err)
		}
	})
}

// TestC230_SecondToConnectIsClosed: two connect in the same turn, and the cancel comes too late for the second.
// CPython 3.11, happy eyeballs, two attempts that go on in one turn: one connection, and nothing else is left open.
func TestC230_SecondToConnectIsClosed(t *testing.T) {
	a, b := listenLocal(t), listenLocal(t)
	run(t, func() error {
		before := len(openDescriptors())
		r := &attempts{dialer: new(Dialer), network: "tcp", addrs: []address{addressAt(a), addressAt(b)}, errs: make([]error, 2)}
		for i := range r.addrs {
			if err := r.try(i, new(rt.Group)); err != nil { // a group that is over cancels nothing
				return err
			}
		}
		wantDescriptors(t, before+1)
		if got := r.won.RemoteAddr().String(); got != a.Addr().String() {
			t.Errorf("%s has won, want the first, %s", got, a.Addr())
		}
		return r.won.Close()
	})
}

// TestC189_ConnectErrorHasTheAddress, and says which call failed.
// CPython, sock_connect and create_connection: ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 40639)").
func TestC189_ConnectErrorHasTheAddress(t *testing.T) {
	to := refused(t).String()
	for name, dial := range map[string]func() (*Conn, error){
		"blocking": func() (*Conn, error) { return Dial("tcp", to) },
		"async":    func() (*Conn, error) { return rt.RunAsync(DialAsync("tcp", to)) },
	} {
		within(t, name, func() {
			_, err := dial()
			wantErr(t, name, err, unix.ECONNREFUSED)
			if want := "dial tcp " + to + ": connect: connection refused"; err.Error() != want {
				t.Errorf("%s: error %q, want %q", name, err, want)
			}
		})
	}
}

// TestC230_Interleaved: the families take turns.
// CPython, interleave 1: 1 a 2 b 3; a 1 b c, with the other family last as well.
func TestC230_Interleaved(t *testing.T) {
	for _, test := range []struct{ addrs, want string }{
		{"1.1.1.1", "1.1.1.1"},
		{"::1 ::2 ::3 1.1.1.1 1.1.1.2", "::1 1.1.1.1 ::2 1.1.1.2 ::3"},
		{"1.1.1.1 ::1 1.1.1.2 1.1.1.3", "1.1.1.1 ::1 1.1.1.2 1.1.1.3"},
		{"1.1.1.1 1.1.1.2 1.1.1.3 ::1", "1.1.1.1 ::1 1.1.1.2 1.1.1.3"},
		{"1.1.1.1 1.1.1.2", "1.1.1.1 1.1.1.2"},
	} {
		var addrs []address
		for _, ip := range strings.Fields(test.addrs) {
			addrs = append(addrs, ipAddress(netip.AddrPortFrom(netip.MustParseAddr(ip), 80)))
		}
		var got []string
		for _, a := range interleave(addrs) {
			got = append(got, a.ip.Addr().String())
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s are tried as %s, want %s", test.addrs, got, test.want)
		}
	}
}

// TestC231_CancelAtEveryStep: wherever a Dial is cancelled, or fails, it leaves no socket behind, and no lookup.
// CPython 3.11, create_connection: nothing is left; with happy eyeballs a cancel at 7 of 12 steps leaves a socket to the collector.
func TestC231_CancelAtEveryStep(t *testing.T) {
	ln := listenLocal(t)
	port := ln.Addr().(*net.TCPAddr).Port
	resolver := fakeDNS(t, map[string][]netip.Addr{"name.test.": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}}).resolver()
	never := unanswered(t)
	several := []address{waits(t), refused(t), waits(t), addressAt(ln), addressAt(ln)}
	for name, dial := range map[string]func() rt.Awaitable[*Conn]{
		"an address": func() rt.Awaitable[*Conn] { return DialAsync("tcp", ln.Addr().String()) },
		"an address that does not answer": func() rt.Awaitable[*Conn] {
			return (&Dialer{Timeout: time.Second}).DialAsync("tcp", never)
		},
		"a name": func() rt.Awaitable[*Conn] {
			return (&Dialer{Resolver: resolver, Timeout: time.Hour}).DialAsync("tcp", fmt.Sprintf("name.test.:%d", port))
		},
		"several addresses": func() rt.Awaitable[*Conn] {
			return (&attempts{dialer: new(Dialer), network: "tcp", addrs: several}).connectAsync()
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(openDescriptors())
			for _, fault := range []string{"cancel", "error"} {
				met := 0
				for at := 1; dialDisturbed(t, dial(), fault, at); at++ {
					wantDescriptors(t, before)
					met++
				}
				if met == 0 {
					t.Errorf("%s: met nothing", fault)
				}
			}
			within(t, "the lookups", func() {
				for !names.idle() {
					runtime.Gosched()
				}
			})
		})
	}
}

// idle reports whether nobody asks and nothing is looked up.
func (ls *lookups) idle() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return len(ls.open) == 0 && ls.running == 0 && ls.line.Len() == 0
}

// dialDisturbed makes a Dial on a loop of its own, and disturbs it before a step. It reports whether it had not ended by then.
func dialDisturbed(t *testing.T, call rt.Awaitable[*Conn], fault string, at int) (met bool) {
	clock := new(rttest.Clock)
	var task *rt.Task[*Conn]
	steps := 0
	loop, err := rt.NewLoop(rt.LoopOptions{Clock: clock, Choose: func(int) int {
		if steps++; steps == at && !task.Done() {
			met = true
			if fault == "cancel" {
				task.Cancel(nil)
			} else {
				task.Fiber().Throw(rttest.ErrInjected)
			}
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	within(t, "the Dial", func() {
		task = rt.SpawnOn(loop, call)
		var tick func()
		tick = func() { // so that time passes as long as the loop runs
			clock.Advance(10 * time.Millisecond)
			loop.CallSoon(tick)
		}
		loop.CallSoon(tick)
		c, err := rt.RunUntil(loop, task)
		switch {
		case err == nil:
			c.Close()
		case c != nil:
			t.Errorf("%s before step %d: both a connection and the error %v", fault, at, err)
		}
	})
	loop.Close()
	return met
}
