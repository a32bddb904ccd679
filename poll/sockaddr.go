//go:build linux

package poll

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fromRaw converts an address that the kernel wrote; the zero value stands for one that is not IP.
func fromRaw(raw *unix.RawSockaddrAny) netip.AddrPort {
	switch raw.Addr.Family {
	case unix.AF_INET:
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(raw))
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), hostPort(sa.Port))
	case unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(raw))
		return netip.AddrPortFrom(fromIPv6(sa.Addr, sa.Scope_id), hostPort(sa.Port))
	}
	return netip.AddrPort{}
}

// hostPort converts a port from network byte order.
func hostPort(port uint16) uint16 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], port)
	return binary.BigEndian.Uint16(b[:])
}

// fromSockaddr converts an address from package unix.
func fromSockaddr(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(fromIPv6(sa.Addr, sa.ZoneId), uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// fromIPv6 names the zone after its interface, and shows an IPv4 address as such.
func fromIPv6(ip [16]byte, zone uint32) netip.Addr {
	addr := netip.AddrFrom16(ip).Unmap()
	if zone == 0 || addr.Is4() {
		return addr
	}
	if iface, err := net.InterfaceByIndex(int(zone)); err == nil {
		return addr.WithZone(iface.Name)
	}
	return addr.WithZone(strconv.FormatUint(uint64(zone), 10))
}

// toSockaddr converts an address for a socket of the given family. An IPv4 address is mapped for an IPv6 socket.
func toSockaddr(addr netip.AddrPort, family int) unix.Sockaddr {
	if family == unix.AF_INET {
		return &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}
	}
	sa := &unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16()}
	if zone := addr.Addr().Zone(); zone != "" {
		if iface, err := net.InterfaceByName(zone); err == nil {
			sa.ZoneId = uint32(iface.Index)
		} else if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
			sa.ZoneId = uint32(n)
		}
	}
	return sa
}

// familyOf returns the address family of a socket for addr.
func familyOf(addr netip.Addr) int {
	if addr.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// newSocket makes a non-blocking TCP socket that sends small writes at once and probes idle peers, as those of package net do.
func newSocket(family int) (sysfd int, err error) {
	sysfd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	for _, option := range [...]struct{ level, name, value int }{
		{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 15}, // seconds
		{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 15},
		{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 9},
	} {
		if err := unix.SetsockoptInt(sysfd, option.level, option.name, option.value); err != nil {
			unix.Close(sysfd)
			return -1, os.NewSyscallError("setsockopt", err)
		}
	}
	return sysfd, nil
}

// tcpAddr returns addr as a net.Addr: nil if it is not valid.
func tcpAddr(addr netip.AddrPort) net.Addr {
	if !addr.IsValid() {
		return nil
	}
	return net.TCPAddrFromAddrPort(addr)
}

// localAddr returns the address that fd is bound to, nil if it is not known.
func (fd *descriptor) localAddr() net.Addr {
	local := fd.local.Load()
	if local != nil && !local.IP.IsUnspecified() {
		return local
	}
	if fd.acquire() == nil { // the listener's address says only the port: ask
		defer fd.release()
		if sa, err := unix.Getsockname(fd.sysfd); err == nil {
			if addr := fromSockaddr(sa); addr.IsValid() {
				local = net.TCPAddrFromAddrPort(addr)
				fd.local.Store(local)
			}
		}
	}
	if local == nil {
		return nil
	}
	return local
}

// opError makes what package net would return of an error of operation op: io.EOF as it is, everything else in a *net.OpError.
func (fd *descriptor) opError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(callName(op), errno)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: fd.localAddr(), Addr: tcpAddr(fd.remote), Err: err}
}

// callName returns the system call that does operation op.
func callName(op string) string {
	switch op {
	case "read":
		return "recvfrom"
	case "write":
		return "sendto"
	case "accept":
		return "accept4"
	case "dial":
		return "connect"
	}
	return op
}
