//go:build linux

package poll

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A dnsServer answers questions of resolvers in this process, over pipes. A name must end with a dot.
type dnsServer struct {
	t     *testing.T
	names map[string][]netip.Addr
	asked atomic.Int32
	gate  chan struct{} // nil, or closed when it may answer
}

// fakeDNS returns a server that knows names.
func fakeDNS(t *testing.T, names map[string][]netip.Addr) *dnsServer {
	return &dnsServer{t: t, names: names}
}

// resolver returns a resolver that asks s.
func (s *dnsServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go s.serve(server)
		return client, nil
	}}
}

// serve answers one question; the transport is that of TCP, where a length stands in front.
func (s *dnsServer) serve(c net.Conn) {
	defer c.Close()
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, query); err != nil {
		return
	}
	s.asked.Add(1)
	if s.gate != nil {
		<-s.gate
	}
	reply := s.answer(query)
	c.Write(binary.BigEndian.AppendUint16(nil, uint16(len(reply))))
	c.Write(reply)
}

// answer returns the message that answers query (RFC 1035, section 4).
func (s *dnsServer) answer(query []byte) []byte {
	const header, typeA, typeAAAA = 12, 1, 28
	name, at := "", header
	for query[at] != 0 {
		name += string(query[at+1:at+1+int(query[at])]) + "."
		at += 1 + int(query[at])
	}
	end := at + 5 // the type and the class follow the name
	kind := binary.BigEndian.Uint16(query[at+1:])
	var records []byte
	count := 0
	for _, ip := range s.names[name] {
		if ip.Is4() != (kind == typeA) || !ip.Is4() && kind != typeAAAA {
			continue
		}
		count++
		records = append(records, 0xc0, header) // the name: that of the question
		records = binary.BigEndian.AppendUint16(records, kind)
		records = append(records, 0, 1, 0, 0, 0, 0, 0, byte(ip.BitLen()/8)) // class, time to live, length
		records = append(records, ip.AsSlice()...)
	}
	reply := slices.Clone(query[:end])
	reply[2], reply[3] = 0x81, 0x80 // a response
	if s.names[name] == nil {
		reply[3] |= 3 // no such name
	}
	binary.BigEndian.PutUint16(reply[6:], uint16(count))
	binary.BigEndian.PutUint32(reply[8:], 0)
	return append(reply, records...)
}

// TestC190_NamesAreLookedUp: numeric addresses are not; a name's addresses are tried, a service's port is found.
// CPython, create_connection: 127.0.0.1 and 0.0.0.0 connect without a lookup, "" and here.test with one; of nowhere.test a gaierror.
func TestC190_NamesAreLookedUp(t *testing.T) {
	ln := listenLocal(t)
	dns := fakeDNS(t, map[string][]netip.Addr{"here.test.": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}})
	d := &Dialer{Resolver: dns.resolver()}
	port := ln.Addr().(*net.TCPAddr).Port
	for _, form := range []struct {
		name string
		dial func(network, address string) (*Conn, error)
	}{
		{"blocking", d.Dial},
		{"async", func(network, address string) (*Conn, error) { return rt.RunAsync(d.DialAsync(network, address)) }},
		{"plain", func(network, address string) (*Conn, error) {
			return rt.Run(func() (*Conn, error) { return d.Dial(network, address) })
		}},
		{"source", func(network, address string) (*Conn, error) {
			return rt.Run(func() (*Conn, error) { return d.dial(network, address) })
		}},
	} {
		for _, test := range []struct {
			network, host string
			lookups       int32 // for A and AAAA
			fails         bool
		}{
			{"tcp", "127.0.0.1", 0, false},
			{"tcp", "", 0, false},
			{"tcp", "0.0.0.0", 0, false},
			{"tcp", "here.test.", 2, false},
			{"tcp4", "here.test.", 1, false},
			{"tcp6", "here.test.", 1, true}, // nobody listens there
			{"tcp", "nowhere.test.", 2, true},
		} {
			before := dns.asked.Load()
			within(t, test.host, func() {
				c, err := form.dial(test.network, net.JoinHostPort(test.host, fmt.Sprint(port)))
				if err == nil {
					c.Close()
				}
				if failed := err != nil; failed != test.fails {
					t.Errorf("%s: Dial %s of %q: %v", form.name, test.network, test.host, err)
				}
			})
			if n := dns.asked.Load() - before; n != test.lookups {
				t.Errorf("%s: Dial %s of %q took %d lookups, want %d", form.name, test.network, test.host, n, test.lookups)
			}
		}
		_, err := form.dial("tcp", "nowhere.test.:80")
		if lookup, ok := errors.AsType[*net.DNSError](err); !ok || !lookup.IsNotFound {
			t.Errorf("%s: Dial of an unknown name: %v", form.name, err)
		}
	}
	q, _ := target{network: "tcp", host: "127.0.0.1", ip: netip.MustParseAddr("127.0.0.1"), service: "http"}.question(nil)
	if a := q.ask(t.Context()); a.port != 80 || a.err != nil {
		t.Errorf("the port of http: %d, %v", a.port, a.err)
	}
}

// TestLookupNetIP, in every form.
func TestLookupNetIP(t *testing.T) {
	four, six := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	withNames(t, map[string][]netip.Addr{"here.test.": {four, six}})
	for form, look := range map[string]func(network, host string) ([]netip.Addr, error){
		"blocking": LookupNetIP,
		"async": func(network, host string) ([]netip.Addr, error) {
			return rt.RunAsync(LookupNetIPAsync(network, host))
		},
		"plain": func(network, host string) ([]netip.Addr, error) {
			return rt.Run(func() ([]netip.Addr, error) { return LookupNetIP(network, host) })
		},
	} {
		within(t, form, func() {
			for network, want := range map[string][]netip.Addr{"ip": {four, six}, "ip4": {four}, "ip6": {six}} {
				ips, err := look(network, "here.test.")
				for i := range ips {
					ips[i] = ips[i].Unmap()
				}
				slices.SortFunc(ips, netip.Addr.Compare)
				if !slices.Equal(ips, want) || err != nil {
					t.Errorf("%s, %s: %v, %v, want %v", form, network, ips, err, want)
				}
			}
			_, err := look("ip", "nowhere.test.")
			if e, ok := errors.AsType[*net.DNSError](err); !ok || !e.IsNotFound {
				t.Errorf("%s: an unknown name: %v", form, err)
			}
		})
	}
}

// TestF34_HangingLookups: a thousand lookups that nobody answers take a bounded number of goroutines, and no turn of the loop. A cancel
// ends each at once and leaves nothing behind.
func TestF34_HangingLookups(t *testing.T) {
	const dials, same = 1000, 500
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	d := &Dialer{Resolver: resolver}
	run(t, func() error {
		loop := rt.RunningLoop()
		turns := func() uint64 {
			s, err := loop.Stats(t.Context())
			if err != nil {
				t.Error(err)
			}
			return s.Turns
		}
		for !names.idle() { // what other tests have left ends
			rt.YieldNow()
		}
		for range 2 { // the second time finds what the first has left
			before := turns()
			tasks := make([]*rt.Task[*Conn], dials)
			for i := range tasks {
				to := "same.test.:80"
				if i >= same {
					to = fmt.Sprintf("name%d.test.:80", i)
				}
				tasks[i] = rt.SpawnOn(loop, d.DialAsync("tcp", to))
			}
			rt.YieldNow()
			if n := turns() - before; n != 1 {
				t.Errorf("to begin the lookups took %d turns of the loop, want 1", n)
			}
			names.mu.Lock()
			open, running, line := len(names.open), names.running, names.line.Len()
			names.mu.Unlock()
			if want := dials - same + 1; open != want || running != maxLookups || line != want-maxLookups {
				t.Errorf("%d lookups, %d goroutines, %d in line, want %d, %d, %d", open, running, line, want, maxLookups, want-maxLookups)
			}
			for range 100 {
				rt.YieldNow()
			}
			if n := turns() - before; n != 101 {
				t.Errorf("100 turns of a task took %d of the loop", n-1)
			}
			for _, task := range tasks {
				task.Cancel(nil)
			}
			rt.YieldNow()
			for i, task := range tasks {
				if !task.Done() {
					t.Errorf("Dial %d goes on after a cancel", i)
					break
				}
			}
			for !names.idle() { // the goroutines end as soon as they have been told
				rt.YieldNow()
			}
		}
		return nil
	})
}

// TestF34_Coalesced: lookups of one name at the same time are one, also from several loops; a later one is another. One who gives up does
// not disturb the others.
func TestF34_Coalesced(t *testing.T) {
	ln := listenLocal(t)
	const dials = 50
	dns := fakeDNS(t, map[string][]netip.Addr{"here.test.": {netip.MustParseAddr("127.0.0.1")}})
	dns.gate = make(chan struct{})
	d := &Dialer{Resolver: dns.resolver()}
	to := fmt.Sprintf("here.test.:%d", ln.Addr().(*net.TCPAddr).Port)
	results := make(chan error)
	dial := func() {
		c, err := d.Dial("tcp4", to)
		if err == nil {
			c.Close()
		}
		results <- err
	}
	for range dials {
		go dial()
	}
	asking := func() (n int) {
		names.mu.Lock()
		defer names.mu.Unlock()
		for _, in := range names.open {
			n += len(in.askers)
		}
		return n
	}
	within(t, "the lookups", func() {
		for asking() < dials {
		}
		run(t, func() error {
			task := rt.SpawnOn(rt.RunningLoop(), d.DialAsync("tcp4", to))
			rt.YieldNow()
			if n := asking(); n != dials+1 {
				t.Errorf("%d ask, want %d", n, dials+1)
			}
			task.Cancel(nil)
			_, err := task.Wait()
			if !errors.Is(err, rt.ErrTaskCanceled) {
				t.Errorf("cancelled: %v", err)
			}
			return nil
		})
		close(dns.gate)
		for range dials {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		if n := dns.asked.Load(); n != 1 {
			t.Errorf("%d lookups for %d Dials at the same time, want 1", n, dials)
		}
		go dial()
		if err := <-results; err != nil || dns.asked.Load() != 2 {
			t.Errorf("a later Dial: %v, with %d lookups in all, want 2", err, dns.asked.Load())
		}
	})
}
