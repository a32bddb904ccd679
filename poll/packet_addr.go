//go:build linux

package poll

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A peerAddr is the address of the other end of a datagram: of UDP it is ip, of a Unix socket name. The zero value is none. Unlike a
// net.Addr it is not allocated, so that a datagram need not cost an allocation.
type peerAddr struct {
	ip   netip.AddrPort
	name string // begins with @ if it is abstract, with a NUL to the kernel
}

// isZero reports whether a is no address.
func (a peerAddr) isZero() bool { return !a.ip.IsValid() && a.name == "" }

// netAddr returns a as package net has it, nil if it is none.
func (a peerAddr) netAddr() net.Addr {
	switch {
	case a.ip.IsValid():
		return net.UDPAddrFromAddrPort(a.ip)
	case a.name != "":
		return &net.UnixAddr{Net: "unixgram", Name: a.name}
	}
	return nil
}

// peerAddrOf converts an address for a socket of the given family.
func peerAddrOf(addr net.Addr, family int) (peerAddr, error) {
	switch addr := addr.(type) {
	case *net.UDPAddr:
		if addr != nil && family != unix.AF_UNIX {
			return peerAddr{ip: addrPortOf(addr)}, nil
		}
	case *net.UnixAddr:
		if addr != nil && family == unix.AF_UNIX {
			return peerAddr{name: addr.Name}, nil
		}
	}
	want := "a *net.UDPAddr"
	if family == unix.AF_UNIX {
		want = "a *net.UnixAddr"
	}
	if addr == nil {
		return peerAddr{}, &net.AddrError{Err: "address is missing; the socket takes " + want}
	}
	return peerAddr{}, &net.AddrError{Err: fmt.Sprintf("address is a %T; the socket takes %s", addr, want)}
}

// addrPortOf converts an address that has no IP, or a wildcard, to one that is valid. An IPv4 address is one, however many bytes it has.
func addrPortOf(addr *net.UDPAddr) netip.AddrPort {
	ap := addr.AddrPort()
	if !ap.Addr().IsValid() {
		return netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(addr.Port))
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// A rawAddr is an address as system calls exchange it.
type rawAddr struct {
	any  unix.RawSockaddrAny
	size uint32 // in bytes, 0: none
}

// pointer returns r as a struct msghdr refers to it.
func (r *rawAddr) pointer() *byte { return (*byte)(unsafe.Pointer(&r.any)) }

// set makes r the address a for a socket of the given family. An IPv4 address is mapped for an IPv6 socket.
func (r *rawAddr) set(a peerAddr, family int) error {
	if family == unix.AF_UNIX {
		return r.setName(a.name)
	}
	addr := a.ip.Addr()
	switch {
	case !addr.IsValid():
		return &net.AddrError{Err: "address is not valid; a UDP socket takes one with an IP address"}
	case family == unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(&r.any))
		*sa = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: hostPort(a.ip.Port()), Addr: addr.As16(), Scope_id: zones.index(addr.Zone())}
		r.size = unix.SizeofSockaddrInet6
	case addr.Unmap().Is4():
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.any))
		*sa = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: hostPort(a.ip.Port()), Addr: addr.Unmap().As4()}
		r.size = unix.SizeofSockaddrInet4
	default:
		return &net.AddrError{Err: "address is an IPv6 one; the socket is for IPv4 alone", Addr: addr.String()}
	}
	return nil
}

// setName makes r the address of a Unix socket. The empty name has bind choose one; nobody can be sent to there.
func (r *rawAddr) setName(name string) error {
	sa := (*unix.RawSockaddrUnix)(unsafe.Pointer(&r.any))
	*sa = unix.RawSockaddrUnix{Family: unix.AF_UNIX}
	room := len(sa.Path)
	abstract := strings.HasPrefix(name, "@")
	if !abstract {
		room-- // for the NUL
	}
	if len(name) > room {
		return &net.AddrError{Err: fmt.Sprintf("name is longer than the %d bytes that there are for it", room), Addr: name}
	}
	path := unsafe.Slice((*byte)(unsafe.Pointer(&sa.Path[0])), len(sa.Path))
	copy(path, name)
	r.size = uint32(unsafe.Offsetof(sa.Path)) + uint32(len(name))
	switch {
	case abstract:
		path[0] = 0
	case name != "":
		r.size++ // the NUL
	}
	return nil
}

// get returns the address that the kernel wrote, the zero value if it wrote none. An IPv4 peer of a socket for both families is shown as
// such.
func (r *rawAddr) get() peerAddr {
	if r.size == 0 {
		return peerAddr{}
	}
	switch r.any.Addr.Family {
	case unix.AF_INET:
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.any))
		return peerAddr{ip: netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), hostPort(sa.Port))}
	case unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(&r.any))
		addr := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.Scope_id != 0 {
			addr = addr.WithZone(zones.name(sa.Scope_id)) // nothing happens to an IPv4 address
		}
		return peerAddr{ip: netip.AddrPortFrom(addr, hostPort(sa.Port))}
	case unix.AF_UNIX:
		sa := (*unix.RawSockaddrUnix)(unsafe.Pointer(&r.any))
		path := unsafe.Slice((*byte)(unsafe.Pointer(&sa.Path[0])), len(sa.Path))
		path = path[:min(int(r.size)-int(unsafe.Offsetof(sa.Path)), len(path))]
		if len(path) == 0 {
			return peerAddr{}
		}
		if path[0] == 0 { // abstract names may contain more of them
			return peerAddr{name: "@" + string(path[1:])}
		}
		return peerAddr{name: unix.ByteSliceToString(path)}
	}
	return peerAddr{}
}

// nameOf asks for one of the addresses of a socket: the call is SYS_GETSOCKNAME or SYS_GETPEERNAME.
func nameOf(call uintptr, sysfd int) peerAddr {
	r := rawAddr{size: unix.SizeofSockaddrAny}
	if _, _, errno := unix.RawSyscall(call, uintptr(sysfd), uintptr(unsafe.Pointer(&r.any)), uintptr(unsafe.Pointer(&r.size))); errno != 0 {
		return peerAddr{}
	}
	return r.get()
}
