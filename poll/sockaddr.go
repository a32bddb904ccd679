//go:build linux

package poll

import (
	"encoding/binary"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fromRaw converts an address that the kernel wrote, size bytes of it; the zero value stands for one of another family.
func fromRaw(raw *unix.RawSockaddrAny, size uint32) address {
	switch raw.Addr.Family {
	case unix.AF_INET:
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(raw))
		return ipAddress(netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), hostPort(sa.Port)))
	case unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(raw))
		return ipAddress(netip.AddrPortFrom(fromIPv6(sa.Addr, sa.Scope_id), hostPort(sa.Port)))
	case unix.AF_UNIX:
		sa := (*unix.RawSockaddrUnix)(unsafe.Pointer(raw))
		path := unsafe.Slice((*byte)(unsafe.Pointer(&sa.Path[0])), len(sa.Path))
		return unixAddress(fromPath(path[:min(int(size)-int(unsafe.Offsetof(sa.Path)), len(path))]))
	}
	return address{}
}

// hostPort converts a port from network byte order.
func hostPort(port uint16) uint16 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], port)
	return binary.BigEndian.Uint16(b[:])
}

// fromIPv6 names the zone after its interface, and shows an IPv4 address as such.
func fromIPv6(ip [16]byte, zone uint32) netip.Addr {
	addr := netip.AddrFrom16(ip).Unmap()
	if zone == 0 || addr.Is4() {
		return addr
	}
	return addr.WithZone(zones.name(zone))
}

// fromPath converts the name of a Unix socket: a path, which may end with a NUL; an abstract name, which begins with one and may contain
// more; or none.
func fromPath(path []byte) *net.UnixAddr {
	if len(path) == 0 {
		return unnamed
	}
	if path[0] == 0 {
		return &net.UnixAddr{Net: "unix", Name: "@" + string(path[1:])}
	}
	return &net.UnixAddr{Net: "unix", Name: unix.ByteSliceToString(path)}
}

// newSocket makes a non-blocking socket for a stream. One of TCP sends small writes at once and probes idle peers, as those of package
// net do.
func newSocket(k kind, family int) (sysfd int, err error) {
	sysfd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if k != kindTCP {
		return sysfd, nil
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

// localAddr returns the address that fd is bound to, nil if it is not known.
func (fd *descriptor) localAddr() net.Addr {
	known := fd.local.Load()
	if known != nil && !isWildcard(*known) {
		return *known
	}
	if fd.acquire() == nil { // a listener on all addresses says only the port: ask
		defer fd.release()
		if addr, err := boundTo(fd.sysfd); err == nil && addr.isValid() {
			local := addr.netAddr()
			fd.local.Store(&local)
			return local
		}
	}
	if known == nil {
		return nil
	}
	return *known
}

// remoteAddr returns the address of the peer, nil if there is none.
func (fd *descriptor) remoteAddr() net.Addr {
	remote := fd.remote()
	if fd.kind == kindUDP && remote.isValid() {
		return net.UDPAddrFromAddrPort(remote.ip)
	}
	return remote.netAddr()
}

// isWildcard reports whether addr stands for all addresses of this host.
func isWildcard(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsUnspecified()
}

// opError makes what package net would return of an error of operation op: io.EOF as it is, everything else in a *net.OpError. Of a File it
// makes what package os would.
func (fd *descriptor) opError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if fd.kind == kindFile {
		if err == net.ErrClosed {
			err = os.ErrClosed
		}
		return &fs.PathError{Op: op, Path: (*fd.local.Load()).String(), Err: err}
	}
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(callName(op), errno)
	}
	return &net.OpError{Op: op, Net: fd.kind.String(), Source: fd.localAddr(), Addr: fd.remoteAddr(), Err: err}
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
