//go:build linux

package poll

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// A kind is what sort of socket a descriptor is.
type kind uint8

const (
	kindTCP  kind = iota
	kindUnix      // a stream
	kindUDP
	kindUnixgram // a Unix socket for datagrams
	kindFile     // no socket, or used as none
)

// String returns the name of the network, as package net has it.
func (k kind) String() string {
	return [...]string{kindTCP: "tcp", kindUnix: "unix", kindUDP: "udp", kindUnixgram: "unixgram", kindFile: "file"}[k]
}

// An address is where one end of a socket is: an IP address with a port, or the name of a Unix socket. The zero value stands for none. It
// takes the place of a net.Addr in a descriptor because an accepted connection's costs no allocation.
type address struct {
	ip   netip.AddrPort
	name *net.UnixAddr
}

// ipAddress returns the address of an IP socket.
func ipAddress(addr netip.AddrPort) address { return address{ip: addr} }

// unixAddress returns the address of a Unix socket.
func unixAddress(addr *net.UnixAddr) address { return address{name: addr} }

// unnamed is the address of a Unix socket that is bound to none, which is what most clients are. Package net shows it so.
var unnamed = &net.UnixAddr{Net: "unix", Name: "@"}

// unnamedAddr is unnamed, to be pointed to.
var unnamedAddr net.Addr = unnamed

// addressOf converts an address of package net; the zero value stands for one of another network.
func addressOf(addr net.Addr) address {
	switch addr := addr.(type) {
	case *net.TCPAddr:
		ap := addr.AddrPort()
		return ipAddress(netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()))
	case *net.UnixAddr:
		return unixAddress(addr)
	}
	return address{}
}

// isValid reports whether a is an address.
func (a address) isValid() bool { return a.ip.IsValid() || a.name != nil }

// String returns the address as package net shows it.
func (a address) String() string {
	switch {
	case a.name != nil:
		return a.name.String()
	case a.ip.IsValid():
		return a.ip.String()
	}
	return ""
}

// netAddr returns a as a net.Addr, nil if there is none.
func (a address) netAddr() net.Addr {
	switch {
	case a.name != nil:
		return a.name
	case a.ip.IsValid():
		return net.TCPAddrFromAddrPort(a.ip)
	}
	return nil
}

// sockaddr returns a for a system call about a socket of the given family.
func (a address) sockaddr(family int) unix.Sockaddr {
	if a.name != nil {
		return &unix.SockaddrUnix{Name: a.name.Name} // its first byte may be '@': an abstract name
	}
	return toSockaddr(a.ip, family)
}

// toSockaddr converts an address for a socket of the given family. An IPv4 address is mapped for an IPv6 socket.
func toSockaddr(addr netip.AddrPort, family int) unix.Sockaddr {
	if family == unix.AF_INET {
		return &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16(), ZoneId: zones.index(addr.Addr().Zone())}
}

// familyOf returns the address family of a socket for addr.
func familyOf(addr netip.Addr) int {
	if addr.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}
