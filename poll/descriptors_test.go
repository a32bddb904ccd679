//go:build linux

package poll

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestF02_OutOfDescriptors: every constructor returns EMFILE and works again afterwards.
func TestF02_OutOfDescriptors(t *testing.T) {
	ln := listenLocal(t)
	addr, path := ln.Addr().String(), socketPath(t)
	c, peer := connPair(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	packets := listenPacket(t, "udp", "127.0.0.1:0")
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() (io.Closer, error){
		"NewPoller": func() (io.Closer, error) { p, err := NewPoller(); return p, err },
		"NewLoop":   func() (io.Closer, error) { l, err := rt.NewLoop(rt.LoopOptions{}); return l, err },
		"Listen":    func() (io.Closer, error) { ln, err := Listen("tcp", "127.0.0.1:0"); return ln, err },
		"Dial":      func() (io.Closer, error) { c, err := Dial("tcp", addr); return c, err },
		"Dialer": func() (io.Closer, error) { // on a loop of its own
			c, err := (&Dialer{Timeout: time.Hour}).Dial("tcp", addr)
			return c, err
		},

		"ListenAll": func() (io.Closer, error) {
			lns, err := new(ListenConfig).ListenAll("tcp", "127.0.0.1:0")
			return closers(lns), err
		},
		"ListenPacket":   func() (io.Closer, error) { c, err := ListenPacket("udp", "127.0.0.1:0"); return c, err },
		"DialPacket":     func() (io.Closer, error) { c, err := DialPacket("udp", packets.LocalAddr().String()); return c, err },
		"FromPacketConn": func() (io.Closer, error) { c, err := FromPacketConn(packets); return c, err },

		"Listen at a path": func() (io.Closer, error) { ln, err := Listen("unix", path); return ln, err },
		"FromConn":         func() (io.Closer, error) { c, err := FromConn(peer); return c, err },
		"FromListener":     func() (io.Closer, error) { ln, err := FromListener(ln); return ln, err },
		"FromFile":         func() (io.Closer, error) { f, err := FromFile(r); return f, err },
		"Conn.File":        func() (io.Closer, error) { f, err := c.File(); return f, err },
	}
	none := limit
	none.Cur = 1 // the standard input; with 0 a duplicate would fail with EINVAL
	for name, call := range calls {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
			t.Fatal(err)
		}
		_, err := call()
		unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
		if !errors.Is(err, unix.EMFILE) {
			t.Errorf("%s without a descriptor left: error %v, want EMFILE", name, err)
		}
		c, err := call()
		if err != nil {
			t.Errorf("%s afterwards: %v", name, err)
			continue
		}
		c.Close()
	}
	// The second of the Poller's two descriptors is the one that is missing.
	next, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(next)
	one := limit
	one.Cur = uint64(next) + 1
	unix.Setrlimit(unix.RLIMIT_NOFILE, &one)
	_, err = NewPoller()
	unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
	if !errors.Is(err, unix.EMFILE) {
		t.Errorf("NewPoller with one descriptor left: error %v, want EMFILE", err)
	}
}

// closers are closed together.
type closers []*Listener

func (cs closers) Close() error {
	for _, c := range cs {
		c.Close()
	}
	return nil
}

// TestF02_LookupWithoutDescriptors: a resolver that gets no socket for its question makes an error of it; the next lookup works.
func TestF02_LookupWithoutDescriptors(t *testing.T) {
	fake := fakeDNS(t, map[string][]netip.Addr{"here.test.": {netip.MustParseAddr("127.0.0.1")}}).resolver()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		unix.Close(socket)
		return fake.Dial(ctx, network, address)
	}}
	ln := listenLocal(t)
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	d := &Dialer{Resolver: resolver}
	run(t, func() error {
		feed := starve(t, 0)
		_, err := rt.Await(d.Dial("tcp", "here.test.:"+port))
		feed()
		if e, ok := errors.AsType[*net.DNSError](err); !ok || !strings.Contains(e.Error(), unix.EMFILE.Error()) {
			t.Errorf("without a descriptor left: %v, want a *net.DNSError of EMFILE", err)
		}
		c, err := rt.Await(d.Dial("tcp", "here.test.:"+port))
		if err != nil {
			return err
		}
		return c.Close()
	})
}

// TestF01_AcceptWithoutDescriptors: accept returns EMFILE, and the listener goes on when descriptors are free.
func TestF01_AcceptWithoutDescriptors(t *testing.T) {
	ln := listenLocal(t)
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	var limit unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_NOFILE, &limit)
	none := limit
	none.Cur = 0
	run(t, func() error {
		unix.Setrlimit(unix.RLIMIT_NOFILE, &none)
		_, err := rt.Await(ln.AcceptConn())
		unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
		wantErr(t, "AcceptConn", err, unix.EMFILE)
		c, err := rt.Await(ln.AcceptConn())
		if err != nil {
			return err
		}
		return c.Close()
	})
}
