//go:build linux

package poll

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

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

// TestDialer_NotToItself: a socket that the kernel connects to itself is one to which nobody has listened.
func TestDialer_NotToItself(t *testing.T) {
	for name, dial := range map[string]func(d *Dialer, to address) (*Conn, error){
		"blocking": func(d *Dialer, to address) (*Conn, error) { return d.Dial("tcp", to.String()) },
		"async":    func(d *Dialer, to address) (*Conn, error) { return rt.RunAsync(d.DialAsync("tcp", to.String())) },
	} {
		to := refused(t)
		bind := func(_, _ string, c syscall.RawConn) (err error) { // as the kernel may
			c.Control(func(fd uintptr) { err = unix.Bind(int(fd), to.sockaddr(unix.AF_INET)) })
			return err
		}
		c, err := dial(&Dialer{Control: bind}, to)
		if c != nil {
			t.Errorf("%s: connected to itself", name)
			c.Close()
		}
		wantErr(t, name, err, unix.ECONNREFUSED)
		to = refused(t) // the other one is not free at once
		if c, err := dial(&Dialer{LocalAddr: to.netAddr()}, to); err != nil {
			t.Errorf("%s: not connected to itself, as asked: %v", name, err)
		} else {
			if err := (&Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}).settle(c); !errors.Is(err, unix.ECONNREFUSED) {
				t.Errorf("%s: connected to itself from an address without a port: %v", name, err)
			}
			c.CloseNow()
		}
	}
}

// TestDial_RefusedOnALoop: a Dial that would block the loop is refused, and leaves nothing behind.
func TestDial_RefusedOnALoop(t *testing.T) {
	ln := listenLocal(t)
	run(t, func() error {
		before := len(openDescriptors())
		var refusal any
		rt.RunningLoop().CallSoon(func() {
			defer func() { refusal = recover() }()
			if c, err := new(Dialer).Dial("tcp", ln.Addr().String()); err == nil {
				c.Close()
			}
		})
		turns()
		if refusal == nil {
			t.Error("the Dial was not refused")
		}
		if n := len(openDescriptors()); n > before {
			t.Errorf("%d descriptors are open, %d were before", n, before)
		}
		return nil
	})
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
