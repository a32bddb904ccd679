//go:build linux

package poll

import (
	"context"
	"net"
	"net/netip"
	"strconv"
)

// A target is what Dial was asked for: the addresses, or the name that is still to be looked up.
type target struct {
	network string // tcp, tcp4 or tcp6
	host    string
	port    string
	addrs   []netip.AddrPort // set if no lookup is needed
}

// parseTarget takes network and address apart. A numeric address, or a missing host, which means this one, needs no lookup.
func parseTarget(network, address string) (t target, err error) {
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return t, net.UnknownNetworkError(network)
	}
	t.network = network
	if t.host, t.port, err = net.SplitHostPort(address); err != nil {
		return t, err
	}
	port, err := strconv.ParseUint(t.port, 10, 16)
	if err != nil {
		return t, nil // the name of a service
	}
	addr, err := netip.ParseAddr(t.host)
	switch {
	case t.host == "":
		addr = loopback(network)
	case err != nil:
		return t, nil // the name of a host
	case addr.IsUnspecified():
		addr = loopback(network)
	}
	t.addrs, err = t.suitable([]netip.Addr{addr}, uint16(port))
	return t, err
}

// loopback returns the address of this host for network.
func loopback(network string) netip.Addr {
	if network == "tcp6" {
		return netip.IPv6Loopback()
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// resolve looks the names up. It blocks.
func (t target) resolve(ctx context.Context) ([]netip.AddrPort, error) {
	if t.addrs != nil {
		return t.addrs, nil
	}
	port, err := net.DefaultResolver.LookupPort(ctx, t.network, t.port)
	if err != nil {
		return nil, err
	}
	ips := []netip.Addr{loopback(t.network)}
	if t.host != "" {
		if ips, err = net.DefaultResolver.LookupNetIP(ctx, "ip"+t.network[len("tcp"):], t.host); err != nil {
			return nil, err
		}
	}
	return t.suitable(ips, uint16(port))
}

// suitable keeps the addresses of the network's family, in their order.
func (t target) suitable(ips []netip.Addr, port uint16) ([]netip.AddrPort, error) {
	var addrs []netip.AddrPort
	for _, ip := range ips {
		ip = ip.Unmap()
		if t.network == "tcp4" && !ip.Is4() || t.network == "tcp6" && ip.Is4() {
			continue
		}
		addrs = append(addrs, netip.AddrPortFrom(ip, port))
	}
	if addrs == nil {
		return nil, &net.AddrError{Err: "no suitable address found", Addr: t.host}
	}
	return addrs, nil
}
