//go:build linux

package poll

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// TestZones: zones are the names of interfaces, or numbers, in both directions, and cost no allocation once they are known.
func TestZones(t *testing.T) {
	interfaces, err := net.Interfaces()
	if err != nil || len(interfaces) == 0 {
		t.Skip("no interfaces")
	}
	const unknown = 1 << 30
	cases := map[string]uint32{"1073741824": unknown}
	for _, i := range interfaces {
		cases[i.Name] = uint32(i.Index)
	}
	for zone, index := range cases {
		addr := peerAddr{ip: netip.AddrPortFrom(netip.MustParseAddr("fe80::1").WithZone(zone), 53)}
		var raw rawAddr
		exchange := func() {
			if err := raw.set(addr, unix.AF_INET6); err != nil {
				t.Error(err)
			}
			if got := raw.get(); got != addr {
				t.Errorf("%v became %v", addr.ip, got.ip)
			}
		}
		exchange()
		if got := zones.index(zone); got != index {
			t.Errorf("the index of %s is %d, want %d", zone, got, index)
		}
		if n := testing.AllocsPerRun(10, exchange); n != 0 && index != unknown && !raceEnabled() {
			t.Errorf("an address with the zone %s costs %v allocations", zone, n)
		}
	}
}

// TestZones_AskedAgain: what was asked for long ago is asked for again, and what is not known too, but not each time.
func TestZones_AskedAgain(t *testing.T) {
	var table zoneTable
	at := now()
	for _, test := range []struct {
		age   int64
		zone  string
		again bool
	}{
		{-zoneAge, "gone", false}, // as if just asked, however slow this machine is
		{-zoneAge, "missing", false},
		{zoneMiss, "gone", false},
		{zoneMiss, "missing", true},
		{zoneAge, "gone", true},
	} {
		table.asked = at - test.age
		table.indexes = map[string]uint32{"gone": 1 << 30}
		table.index(test.zone)
		if again := table.asked != at-test.age; again != test.again {
			t.Errorf("%s after %d ns: asked again: %v, want %v", test.zone, test.age, again, test.again)
		}
	}
}
