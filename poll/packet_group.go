//go:build linux

package poll

import (
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// JoinGroup has the socket receive what is sent to a multicast group through an interface, nil for the one that the system chooses. A
// socket for both families joins groups of both. Joining twice is EADDRINUSE.
func (c *PacketConn) JoinGroup(iface *net.Interface, group netip.Addr) error {
	return c.membership(iface, group, unix.IP_ADD_MEMBERSHIP, unix.IPV6_JOIN_GROUP)
}

// LeaveGroup undoes a JoinGroup. Closing the socket does so too.
func (c *PacketConn) LeaveGroup(iface *net.Interface, group netip.Addr) error {
	return c.membership(iface, group, unix.IP_DROP_MEMBERSHIP, unix.IPV6_LEAVE_GROUP)
}

// membership sets the option of the group's family.
func (c *PacketConn) membership(iface *net.Interface, group netip.Addr, option4, option6 int) error {
	index := 0
	if iface != nil {
		index = iface.Index
	}
	return c.opError("set", peerAddr{}, c.control(func(sysfd int) (err error) {
		if group.Is4() || group.Is4In6() {
			err = unix.SetsockoptIPMreqn(sysfd, unix.IPPROTO_IP, option4, &unix.IPMreqn{Multiaddr: group.As4(), Ifindex: int32(index)})
		} else {
			err = unix.SetsockoptIPv6Mreq(sysfd, unix.IPPROTO_IPV6, option6, &unix.IPv6Mreq{Multiaddr: group.As16(), Interface: uint32(index)})
		}
		return os.NewSyscallError("setsockopt", err)
	}))
}
