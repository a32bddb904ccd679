//go:build linux

package poll

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// withNames has the process's resolver ask a server that knows names.
func withNames(t *testing.T, names map[string][]netip.Addr) {
	old := net.DefaultResolver
	net.DefaultResolver = fakeDNS(t, names).resolver()
	t.Cleanup(func() { net.DefaultResolver = old })
}

// TestC226_ListenAll binds each address that the list has once, leaves out those that are not this host's, and closes all if one fails.
// CPython 3.11: 127.0.0.1 ::1 of both.test and of the list, :: with V6ONLY, of a port in use OSError 98; nothing is left open. An address
// that is not the host's fails all there, OSError 99; of no host 0.0.0.0 and ::.
func TestC226_ListenAll(t *testing.T) {
	four, six, elsewhere := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("192.0.2.1")
	withNames(t, map[string][]netip.Addr{"both.test.": {four, six}, "some.test.": {elsewhere, six}, "none.test.": {elsewhere}})
	taken := listenLocal(t)
	port := taken.Addr().(*net.TCPAddr).Port
	for _, test := range []struct {
		network   string
		addresses string
		want      string // the hosts; or the error
		err       error
	}{
		{"tcp", "both.test.:0", "127.0.0.1 ::1", nil},
		{"tcp4", "both.test.:0", "127.0.0.1", nil},
		{"tcp", "127.0.0.1:0 both.test.:0 [::1]:0 127.0.0.1:0", "127.0.0.1 ::1", nil},
		{"tcp", "some.test.:0", "::1", nil},
		{"tcp", "none.test.:0", "", unix.EADDRNOTAVAIL},
		{"tcp", "none.test.:0 some.test.:0", "::1", nil},
		{"tcp", ":0", "::", nil},
		{"tcp6", "[::]:0", "::", nil},
		{"tcp", fmt.Sprintf("[::1]:0 both.test.:%d", port), "", unix.EADDRINUSE},
		{"udp", "both.test.:0", "", net.UnknownNetworkError("udp")},
	} {
		before := len(openDescriptors())
		lns, err := new(ListenConfig).ListenAll(test.network, strings.Fields(test.addresses)...)
		var hosts []string
		for _, ln := range lns {
			hosts = append(hosts, ln.Addr().(*net.TCPAddr).IP.String())
			ln.Close()
		}
		slices.Sort(hosts)
		if got := strings.Join(hosts, " "); got != test.want || !errors.Is(err, test.err) {
			t.Errorf("ListenAll %s %s: %q, %v, want %q, %v", test.network, test.addresses, got, err, test.want, test.err)
		}
		if err != nil {
			if _, ok := errors.AsType[*net.OpError](err); !ok {
				t.Errorf("ListenAll %s %s: error of type %T", test.network, test.addresses, err)
			}
		}
		wantDescriptors(t, before)
	}
	if lns, err := new(ListenConfig).ListenAll("tcp", "nowhere.test.:0"); len(lns) > 0 || err == nil {
		t.Errorf("ListenAll of an unknown name: %v, %v", lns, err)
	}
}

// TestC227_AddressesAreUsedAgain: one that has connections in TIME_WAIT, and, if asked for, one that others listen at.
// CPython: again; in use OSError 98; the second with reuse_port; one without it OSError 98.
func TestC227_AddressesAreUsedAgain(t *testing.T) {
	ln := listenLocal(t)
	at := ln.Addr().String()
	peer, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	c.Close() // the side that closes first has the TIME_WAIT
	peer.Close()
	ln.Close()
	again, err := Listen("tcp", at)
	if err != nil {
		t.Fatalf("the address of a moment ago: %v", err)
	}
	defer again.Close()
	if _, err := Listen("tcp", at); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("an address in use: error %v, want EADDRINUSE", err)
	}
	lc := &ListenConfig{ReusePort: true}
	first, err := lc.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := lc.Listen("tcp", first.Addr().String())
	if err != nil {
		t.Fatalf("the second listener with ReusePort: %v", err)
	}
	second.Close()
	if _, err := Listen("tcp", first.Addr().String()); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("a listener without ReusePort: error %v, want EADDRINUSE", err)
	}
}

// TestListenConfig_Options: what listeners are set to, and their connections.
func TestListenConfig_Options(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err != nil {
		t.Fatal(err)
	}
	var most uint32
	fmt.Sscan(string(text), &most)
	for asked, want := range map[int]uint32{0: most, 5: 5} {
		ln, err := (&ListenConfig{Backlog: asked}).Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		info, err := unix.GetsockoptTCPInfo(ln.sysfd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil || info.Sacked != want { // where the kernel shows the length of an accept queue
			t.Errorf("with Backlog %d the accept queue has %d places, %v, want %d", asked, info.Sacked, err, want)
		}
		ln.Close()
	}

	var seen []string
	lc := &ListenConfig{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 7 * time.Second},
		Control: func(network, address string, _ syscall.RawConn) error {
			seen = append(seen, network, address)
			return nil
		},
	}
	ln, err := lc.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if want := []string{"tcp4", "127.0.0.1:0"}; !slices.Equal(seen, want) {
		t.Errorf("Control got %q, want %q", seen, want)
	}
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	c, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if idle, err := unix.GetsockoptInt(c.sysfd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE); idle != 7 || err != nil {
		t.Errorf("a connection is probed after %d s, %v, want 7", idle, err)
	}
	refusal := errors.New("refused by Control")
	lc = &ListenConfig{Control: func(string, string, syscall.RawConn) error { return refusal }}
	for _, at := range [][2]string{{"tcp", "127.0.0.1:0"}, {"unix", "@"}} {
		before := len(openDescriptors())
		if _, err := lc.Listen(at[0], at[1]); !errors.Is(err, refusal) {
			t.Errorf("Listen %q: %v", at, err)
		}
		wantDescriptors(t, before)
	}
}

var herd = flag.Int("poll.herd", 400, "how many connections TestF29 deals out to four loops")

// TestF29_AListenerForEachLoop: the kernel deals connections out to the loops, each is accepted once, and wakes no other loop.
func TestF29_AListenerForEachLoop(t *testing.T) {
	const loops = 4
	conns := *herd
	lc := &ListenConfig{ReusePort: true}
	lns := make([]*Listener, loops)
	at := "127.0.0.1:0"
	for i := range lns {
		ln, err := lc.Listen("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		lns[i], at = ln, ln.Addr().String()
	}
	var served, sleeps [loops]atomic.Int32
	go func() {
		defer func() {
			for _, ln := range lns {
				ln.Close()
			}
		}()
		for i := range conns {
			c, err := net.Dial("tcp", at)
			if err != nil {
				t.Error(err)
				return
			}
			if n, err := c.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Errorf("connection %d is not served: %v", i, err)
			}
			c.Close()
		}
	}()
	within(t, "the loops", func() {
		if err := rt.RunLoops(loops, func(_ []*rt.Loop, i int) error {
			err := Serve(lns[i], func(c *Conn) error {
				served[i].Add(1)
				_, err := rt.Await(c.Write([]byte("x")))
				return err
			})
			stats, _ := rt.RunningLoop().Stats(t.Context())
			sleeps[i].Store(int32(stats.Waits))
			return err
		}); err != nil {
			t.Error(err)
		}
	})
	total := int32(0)
	for i := range served {
		n := served[i].Load()
		total += n
		if n == 0 {
			t.Errorf("loop %d has served nothing", i)
		}
		// It sleeps before each connection, and a few times in the beginning and the end.
		if s := sleeps[i].Load(); s > 2*n+20 {
			t.Errorf("loop %d was woken from %d sleeps to serve %d connections", i, s, n)
		}
	}
	if int(total) != conns {
		t.Errorf("%d connections were served, want %d", total, conns)
	}
}
