//go:build linux

package poll

import (
	"net"
	"net/netip"
	"testing"
	"unsafe"
)

// TestConn_Size: of idle connections there may be many.
func TestConn_Size(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the sizes are those of 64-bit machines")
	}
	if n := unsafe.Sizeof(Conn{}); n != 96 {
		t.Errorf("a Conn takes %d bytes, not 96, which is a size of the allocator's", n)
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
