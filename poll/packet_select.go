//go:build linux

package poll

import (
	"net"
	"net/netip"

	"github.com/goasync/goasync/rt"
)

// ReadOp returns Read as an operation, for rt.Select.
func (c *PacketConn) ReadOp(p []byte) *Waiter[int] {
	r := packetRead{p: p}
	return newTransfer(&c.descriptor, reading, "read", func(sysfd int) (int, error) {
		err := r.call(sysfd)
		return r.n, err
	})
}

// ReadFromOp returns ReadFrom as an operation, for rt.Select.
func (c *PacketConn) ReadFromOp(p []byte) *Waiter[rt.Pair[int, net.Addr]] {
	r := packetRead{p: p, named: true}
	w := newWaiter(&c.descriptor, reading, "read", func(sysfd int) (rt.Pair[int, net.Addr], error) {
		err := r.call(sysfd)
		return rt.Pair[int, net.Addr]{First: r.n, Second: r.from.netAddr()}, err
	})
	w.moved = func(got rt.Pair[int, net.Addr]) int { return got.First }
	return w
}

// ReadFromAddrPortOp returns ReadFromAddrPort as an operation, for rt.Select.
func (c *PacketConn) ReadFromAddrPortOp(p []byte) *Waiter[rt.Pair[int, netip.AddrPort]] {
	r := packetRead{p: p, named: true}
	w := newWaiter(&c.descriptor, reading, "read", func(sysfd int) (rt.Pair[int, netip.AddrPort], error) {
		err := r.call(sysfd)
		return rt.Pair[int, netip.AddrPort]{First: r.n, Second: r.from.ip}, err
	})
	w.moved = func(got rt.Pair[int, netip.AddrPort]) int { return got.First }
	return w
}

// ReadMsgOp returns ReadMsg as an operation, for rt.Select. It is worth the size of the datagram in bytes.
func (c *PacketConn) ReadMsgOp(m *Message) *Waiter[int] {
	b := c.batch(one(m))
	return newTransfer(&c.descriptor, reading, "read", func(sysfd int) (int, error) {
		if err := b.receive(sysfd); err != nil {
			return 0, err // m.N is an earlier one's
		}
		return m.N, nil
	})
}

// WriteOp returns Write as an operation, for rt.Select. It sends all of p, or is not chosen.
func (c *PacketConn) WriteOp(p []byte) *Waiter[int] {
	w := packetWrite{p: p, family: c.family}
	return newTransfer(&c.descriptor, writing, "write", func(sysfd int) (int, error) {
		err := w.call(sysfd)
		return w.n, err
	})
}
