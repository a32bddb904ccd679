//go:build linux

package poll

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
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
			t.Fatalf("descriptors left, more than %d: %q", before, openDescriptors())
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

// TestDialer_Unix connects in every form, also from a name of its own.
func TestDialer_Unix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	ln, err := Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	own := &net.UnixAddr{Net: "unix", Name: filepath.Join(t.TempDir(), "client")}
	for _, d := range []*Dialer{{}, {Timeout: time.Hour}, {LocalAddr: own}} {
		for name, dial := range map[string]func() (*Conn, error){
			"blocking": func() (*Conn, error) { return d.Dial("unix", path) },
			"async":    func() (*Conn, error) { return rt.RunAsync(d.DialAsync("unix", path)) },
		} {
			c, err := dial()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			local := "@"
			if d.LocalAddr != nil {
				local = own.Name
				os.Remove(local)
			}
			if c.LocalAddr().String() != local || c.RemoteAddr().String() != path {
				t.Errorf("%s: from %v to %v, want %s to %s", name, c.LocalAddr(), c.RemoteAddr(), local, path)
			}
			c.Close()
		}
	}
	_, err = (&Dialer{LocalAddr: &net.TCPAddr{}}).Dial("unix", path)
	if _, ok := errors.AsType[*net.AddrError](err); !ok {
		t.Errorf("from a TCP address: %v", err)
	}
}

// TestC230_Interleaved: the families take turns.
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

// TestDialer_Limits: Timeout, Deadline and a context end a Dial in every form, and what they return is a timeout as package net has it.
func TestDialer_Limits(t *testing.T) {
	to := unanswered(t)
	past, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	canceled, cancel := context.WithCancel(t.Context())
	for name, dial := range map[string]func() (net.Conn, error){
		"Timeout":               func() (net.Conn, error) { return (&Dialer{Timeout: time.Millisecond}).Dial("tcp", to) },
		"Deadline":              func() (net.Conn, error) { return (&Dialer{Deadline: time.Now().Add(time.Millisecond)}).Dial("tcp", to) },
		"Deadline that is over": func() (net.Conn, error) { return (&Dialer{Deadline: time.Now(), Timeout: time.Hour}).Dial("tcp", to) },
		"ctx":                   func() (net.Conn, error) { return new(Dialer).DialContext(past, "tcp", to) },
	} {
		check := func(form string, c net.Conn, err error) {
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, %s: %v, %v, want a timeout", name, form, c, err)
			}
			if _, ok := err.(*net.OpError); !ok {
				t.Errorf("%s, %s: error of type %T, want *net.OpError", name, form, err)
			}
		}
		within(t, name, func() {
			c, err := dial()
			check("blocking", c, err)
		})
		run(t, func() error {
			c, err := dial()
			check("plain", c, err)
			return nil
		})
	}
	time.AfterFunc(time.Millisecond, cancel)
	within(t, "a cancel", func() {
		c, err := new(Dialer).DialContext(canceled, "tcp", to)
		if c != nil {
			t.Error("a connection that is no nil interface")
		}
		wantErr(t, "DialContext", err, context.Canceled)
	})
}

// TestDialer_Options: what a connection is set to, and where it comes from.
func TestDialer_Options(t *testing.T) {
	ln := listenLocal(t)
	var seen []string
	d := &Dialer{
		LocalAddr:       &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)},
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 7 * time.Second, Interval: 1500 * time.Millisecond},
		Control: func(network, address string, c syscall.RawConn) error {
			seen = append(seen, network, address)
			return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK, 0) })
		},
	}
	c, err := d.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if host := c.LocalAddr().(*net.TCPAddr).IP.String(); host != "127.0.0.2" {
		t.Errorf("connected from %s", host)
	}
	if want := []string{"tcp4", ln.Addr().String()}; !slices.Equal(seen, want) {
		t.Errorf("Control got %q, want %q", seen, want)
	}
	for name, want := range map[int]int{unix.TCP_KEEPIDLE: 7, unix.TCP_KEEPINTVL: 2, unix.TCP_KEEPCNT: 9} {
		if got, err := unix.GetsockoptInt(c.sysfd, unix.IPPROTO_TCP, name); got != want || err != nil {
			t.Errorf("option %d: %d, %v, want %d", name, got, err, want)
		}
	}
	never, err := (&Dialer{KeepAlive: -1}).Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer never.Close()
	if on, _ := unix.GetsockoptInt(never.sysfd, unix.SOL_SOCKET, unix.SO_KEEPALIVE); on != 0 {
		t.Error("KeepAlive of -1 leaves the probes on")
	}
	refusal := errors.New("refused by Control")
	for _, test := range []struct {
		d    Dialer
		want error
	}{
		{Dialer{Control: func(string, string, syscall.RawConn) error { return refusal }}, refusal},
		{Dialer{LocalAddr: &net.UnixAddr{Name: "@x", Net: "unix"}}, nil},
		{Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv6loopback}}, nil},
	} {
		c, err := test.d.Dial("tcp", ln.Addr().String())
		if err == nil {
			c.Close()
		}
		if _, ok := err.(*net.OpError); !ok || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("Dial: %v of type %T", err, err)
		}
	}
}

// TestF02_DialOnALoop: without descriptors a Dial fails, of one address and of several, and the loop goes on.
func TestF02_DialOnALoop(t *testing.T) {
	ln := listenLocal(t)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 0
	dial := func(n int) (*Conn, error) {
		addrs := slices.Repeat([]address{addressAt(ln)}, n)
		return rt.Block((&attempts{dialer: new(Dialer), network: "tcp", addrs: addrs}).connectAsync())
	}
	run(t, func() error {
		for _, n := range []int{1, 2} {
			unix.Setrlimit(unix.RLIMIT_NOFILE, &none)
			_, err := dial(n)
			unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
			wantErr(t, "Dial without a descriptor left", err, unix.EMFILE)
			c, err := dial(n)
			if err != nil {
				return err
			}
			c.Close()
		}
		return nil
	})
}
