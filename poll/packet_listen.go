//go:build linux

package poll

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ListenPacket opens a socket that receives datagrams at address. It is a ListenPacket of the zero [ListenConfig].
func ListenPacket(network, address string) (*PacketConn, error) {
	return new(ListenConfig).ListenPacket(network, address)
}

// ListenPacket opens a socket that receives datagrams at address, by the rules of net.ListenPacket. Of lc, Control and ReusePort count. The
// error is a *net.OpError.
//
// Of the networks udp, udp4 and udp6, a host that is missing or a wildcard means all addresses, of both families for udp, and port 0 means
// one that is free. A multicast address means all addresses too, at a port that others may share; [PacketConn.JoinGroup] then says what to
// receive. A host name is looked up by the calling goroutine.
//
// Of the network unixgram, the address is the path of a file, which must not exist and which nobody removes; or, if it begins with @, an
// abstract name, of which no file tells. The empty name has the kernel choose an abstract one.
func (lc *ListenConfig) ListenPacket(network, address string) (*PacketConn, error) {
	switch network {
	case "udp", "udp4", "udp6":
		addr, err := net.ResolveUDPAddr(network, address)
		if err != nil {
			return nil, listenPacketError(network, nil, err)
		}
		return lc.listenUDP(network, addr)
	case "unixgram":
		addr := &net.UnixAddr{Net: network, Name: address}
		s := packetSocket{network: network, family: unix.AF_UNIX, local: &peerAddr{name: address}, config: lc}
		c, err := s.open()
		if err != nil {
			return nil, listenPacketError(network, addr, err)
		}
		return c, nil
	}
	return nil, listenPacketError(network, nil, net.UnknownNetworkError(network))
}

// listenPacketError is what went wrong about addr, which may be nil.
func listenPacketError(network string, addr net.Addr, err error) error {
	return &net.OpError{Op: "listen", Net: network, Addr: addr, Err: err}
}

// listenUDP opens a socket bound to addr.
func (lc *ListenConfig) listenUDP(network string, addr *net.UDPAddr) (*PacketConn, error) {
	at := addrPortOf(addr)
	s := packetSocket{network: network, shared: at.Addr().IsMulticast(), config: lc}
	wildcard := at.Addr().IsUnspecified() || s.shared
	if wildcard {
		at = netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port())
		if network == "udp6" || network == "udp" && !(s.shared && addr.IP.To4() != nil) {
			at = netip.AddrPortFrom(netip.IPv6Unspecified(), at.Port())
		}
	}
	s.local, s.family = &peerAddr{ip: at}, familyOf(at.Addr())
	s.v6only = network == "udp6" || !wildcard
	c, err := s.open()
	if network == "udp" && wildcard && (errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EADDRNOTAVAIL)) { // no IPv6 here
		s.local.ip, s.family = netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port()), unix.AF_INET
		c, err = s.open()
	}
	if err != nil {
		return nil, listenPacketError(network, addr, err)
	}
	return c, nil
}

// A packetSocket is what a socket for datagrams is to be.
type packetSocket struct {
	network string
	family  int
	local   *peerAddr     // what it is bound to; nil: the kernel chooses when it is connected
	remote  *peerAddr     // what it is connected to; nil: nobody
	v6only  bool          // no IPv4 through an IPv6 socket
	shared  bool          // others may have the same port
	config  *ListenConfig // of the user; nil: none
}

// open makes the socket, non-blocking.
func (s *packetSocket) open() (*PacketConn, error) {
	sysfd, err := unix.Socket(s.family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := s.prepare(sysfd); err != nil {
		unix.Close(sysfd)
		return nil, err
	}
	return newPacketConn(s.network, s.family, sysfd, s.remote != nil), nil
}

// prepare sets options and addresses. Broadcasts are allowed, as package net allows them.
func (s *packetSocket) prepare(sysfd int) error {
	if s.family != unix.AF_UNIX {
		for _, option := range [...]struct {
			level, name int
			on          bool
		}{
			{unix.SOL_SOCKET, unix.SO_BROADCAST, true},
			{unix.SOL_SOCKET, unix.SO_REUSEADDR, s.shared},
			{unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, s.v6only},
		} {
			if option.level == unix.IPPROTO_IPV6 && s.family != unix.AF_INET6 {
				continue
			}
			if err := unix.SetsockoptInt(sysfd, option.level, option.name, asInt(option.on)); err != nil {
				return os.NewSyscallError("setsockopt", err)
			}
		}
	}
	if s.config != nil {
		if err := s.configure(sysfd); err != nil {
			return err
		}
	}
	if s.local != nil {
		if err := s.name(unix.SYS_BIND, "bind", sysfd, s.local); err != nil {
			return err
		}
	}
	if s.remote != nil {
		return s.name(unix.SYS_CONNECT, "connect", sysfd, s.remote)
	}
	return nil
}

// configure sets the socket up as the user has it.
func (s *packetSocket) configure(sysfd int) error {
	if s.family == unix.AF_UNIX {
		return s.config.prepare(sysfd, kindUnixgram, s.family, s.local.name)
	}
	return s.config.prepare(sysfd, kindUDP, s.family, s.local.ip.String())
}

// name makes a call that gives the socket an address, of its own or of its peer. Neither waits for a datagram socket.
func (s *packetSocket) name(call uintptr, what string, sysfd int, addr *peerAddr) error {
	var raw rawAddr
	if err := raw.set(*addr, s.family); err != nil {
		return err
	}
	_, err := retry(func() (uintptr, unix.Errno) {
		_, _, errno := unix.RawSyscall(call, uintptr(sysfd), uintptr(unsafe.Pointer(&raw.any)), uintptr(raw.size))
		return 0, errno
	})
	return os.NewSyscallError(what, err)
}
