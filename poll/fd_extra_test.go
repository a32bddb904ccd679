//go:build linux

package poll

import (
	"net"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"github.com/goasync/goasync/rt"
)

// TestSizes: of idle connections there may be many. The sizes are those of the allocator: a byte more is 16 or 32 more.
func TestSizes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the sizes are those of 64-bit machines")
	}
	for _, size := range []struct {
		what      string
		got, most uintptr
	}{
		{"Conn", unsafe.Sizeof(Conn{}), 80},
		{"descriptorExtra", unsafe.Sizeof(descriptorExtra{}), 96},
		{"served", unsafe.Sizeof(served{}), 48},
	} {
		if size.got > size.most {
			t.Errorf("%s takes %d bytes, more than %d", size.what, size.got, size.most)
		}
	}
}

// TestDescriptor_Remote: the address of the peer is what it was, wherever it is kept; only the rare ones need more.
func TestDescriptor_Remote(t *testing.T) {
	for _, test := range []struct {
		a     address
		extra bool
	}{
		{address{}, false},
		{ipAddress(netip.MustParseAddrPort("192.0.2.7:80")), false},
		{ipAddress(netip.MustParseAddrPort("0.0.0.0:0")), false},
		{ipAddress(netip.MustParseAddrPort("[2001:db8::1]:65535")), false},
		{ipAddress(netip.MustParseAddrPort("[::]:1")), false},
		{ipAddress(netip.MustParseAddrPort("[::ffff:192.0.2.7]:80")), false},
		{ipAddress(netip.MustParseAddrPort("[fe80::1%eth0]:80")), true},
		{unixAddress(unnamed), false},
		{unixAddress(&net.UnixAddr{Net: "unix", Name: "/run/x"}), true},
	} {
		fd := new(descriptor)
		fd.setRemote(test.a)
		if got := fd.remote(); got != test.a {
			t.Errorf("remote of %v: %v", test.a, got)
		}
		if extra := fd.extra.Load() != nil; extra != test.extra {
			t.Errorf("%v needs more: %v", test.a, extra)
		}
	}
}

// TestDescriptor_Extra: what most connections do has no need of it.
func TestDescriptor_Extra(t *testing.T) {
	c, peer := connPair(t)
	c.SetDeadline(time.Time{})
	if c.RemoteAddr().String() != peer.LocalAddr().String() || c.LocalAddr().String() != peer.RemoteAddr().String() {
		t.Errorf("connected are %v and %v, not %v and %v", c.LocalAddr(), c.RemoteAddr(), peer.RemoteAddr(), peer.LocalAddr())
	}
	run(t, func() error {
		rt.Spawn0(func() error {
			_, err := peer.Write([]byte("x"))
			return err
		})
		_, err := rt.Await(c.Read(make([]byte, 1)))
		return err
	})
	if c.extra.Load() != nil {
		t.Error("it has been made")
	}
	c.SetDeadline(time.Now().Add(time.Hour))
	if c.extra.Load() == nil {
		t.Error("a deadline has not made it")
	}
}
