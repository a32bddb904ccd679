//go:build linux

package poll

import (
	"net"
	"net/netip"
	"strconv"
)

// A target is what Dial was asked for: the addresses, or the names that are still to be looked up.
type target struct {
	network string // tcp, tcp4, tcp6 or unix
	host    string // of the first three; empty: this host
	ip      netip.Addr
	service string // the name of a port
	port    uint16
	name    *net.UnixAddr
}

// parseTarget takes network and to, an address, apart.
func parseTarget(network, to string) (t target, err error) {
	t.network = network
	switch network {
	case "unix":
		t.name = &net.UnixAddr{Net: network, Name: to}
		return t, nil
	case "tcp", "tcp4", "tcp6":
	default:
		return t, net.UnknownNetworkError(network)
	}
	if t.host, t.service, err = net.SplitHostPort(to); err != nil {
		return t, err
	}
	if port, err := strconv.ParseUint(t.service, 10, 16); err == nil {
		t.port, t.service = uint16(port), ""
	}
	ip, err := netip.ParseAddr(t.host)
	switch {
	case t.host == "" || err == nil && ip.IsUnspecified():
		t.ip = loopback(network)
	case err == nil:
		t.ip = ip
	}
	return t, nil
}

// loopback returns the address of this host for network.
func loopback(network string) netip.Addr {
	if network == "tcp6" {
		return netip.IPv6Loopback()
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// question returns what has to be looked up; open: anything.
func (t target) question(r *net.Resolver) (q question, open bool) {
	if r == nil {
		r = net.DefaultResolver
	}
	q = question{resolver: r, service: t.service, protocol: "tcp"}
	if t.name == nil && !t.ip.IsValid() {
		q.network, q.host = "ip"+t.network[len("tcp"):], t.host
	}
	return q, q.host != "" || q.service != ""
}

// addresses returns the addresses of t, of which a is what was looked up, in their order: those of the network's family that d can connect
// to.
func (t target) addresses(a answer, d *Dialer) ([]address, error) {
	if a.err != nil {
		return nil, a.err
	}
	if t.name != nil {
		return []address{unixAddress(t.name)}, nil
	}
	ips, port := a.ips, t.port
	if t.ip.IsValid() {
		ips = []netip.Addr{t.ip}
	}
	if t.service != "" {
		port = a.port
	}
	var suitable []address
	for _, ip := range ips {
		ip = ip.Unmap()
		if t.takes(ip) && d.reaches(ip) {
			suitable = append(suitable, ipAddress(netip.AddrPortFrom(ip, port)))
		}
	}
	if suitable == nil {
		return nil, &net.AddrError{Err: "no suitable address found", Addr: t.host}
	}
	return suitable, nil
}

// takes reports whether ip is of the network's family.
func (t target) takes(ip netip.Addr) bool {
	return t.network == "tcp" || ip.Is4() == (t.network == "tcp4")
}

// interleave puts the addresses of the two families in turn, that of the first in front, and leaves their order otherwise (RFC 8305,
// section 4): if one family does not work, every second attempt is of the other.
func interleave(addrs []address) []address {
	var families [2][]address // the first address's, the other
	for _, a := range addrs {
		i := 0
		if a.family() != addrs[0].family() {
			i = 1
		}
		families[i] = append(families[i], a)
	}
	mixed := make([]address, 0, len(addrs))
	for i := range addrs {
		for _, family := range families {
			if i < len(family) {
				mixed = append(mixed, family[i])
			}
		}
	}
	return mixed
}
