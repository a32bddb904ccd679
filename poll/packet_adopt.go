//go:build linux

package poll

import (
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// FromPacketConn returns a PacketConn of a socket of another package, a *net.UDPConn, a *net.UnixConn or whatever else has a SyscallConn of
// a socket for datagrams: for one that was inherited, see net.FilePacketConn. It duplicates the descriptor: both are the same socket, each
// is to be closed, and who reads first has the datagram.
func FromPacketConn(c net.PacketConn) (*PacketConn, error) {
	ours, err := adoptPackets(c)
	if err != nil {
		return nil, &net.OpError{Op: "file", Net: network(c.LocalAddr()), Source: c.LocalAddr(), Err: err}
	}
	return ours, nil
}

// adoptPackets duplicates the descriptor of a socket for datagrams.
func adoptPackets(of net.PacketConn) (*PacketConn, error) {
	sysfd, err := duplicateOf(of)
	if err != nil {
		return nil, err
	}
	family, err := packetFamily(sysfd)
	if err == nil {
		err = os.NewSyscallError("fcntl", unix.SetNonblock(sysfd, true))
	}
	if err != nil {
		unix.Close(sysfd)
		return nil, err
	}
	connected := !nameOf(unix.SYS_GETPEERNAME, sysfd).isZero()
	return newPacketConn(network(of.LocalAddr()), family, sysfd, connected), nil
}

// packetFamily returns the family of a socket, and checks that it is one for datagrams.
func packetFamily(sysfd int) (family int, err error) {
	typ, err := unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return 0, os.NewSyscallError("getsockopt", err)
	}
	if typ != unix.SOCK_DGRAM {
		return 0, errors.New("the socket does not carry datagrams: use FromConn for a stream")
	}
	family, err = unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	switch {
	case err != nil:
		return 0, os.NewSyscallError("getsockopt", err)
	case family != unix.AF_INET && family != unix.AF_INET6 && family != unix.AF_UNIX:
		return 0, fmt.Errorf("sockets of address family %d are not known: use NewFile", family)
	}
	return family, nil
}

// File returns a duplicate of the socket's descriptor, for what can only use a file: to hand it to another process, for instance. Each of
// the two is to be closed, in either order.
func (c *PacketConn) File() (*os.File, error) { return c.fileOf() }
