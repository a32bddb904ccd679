//go:build linux

package poll

import (
	"net"
	"net/netip"
	"strconv"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// DialPacket opens a socket that is connected to one peer: it sends there, and receives from there alone. The networks are udp, udp4, udp6
// and unixgram; a Unix socket has no name of its own then, so that the peer cannot answer it (see [DialUnixgram]). No datagram is sent, so
// that nobody need be there. A host name is looked up; of its addresses the first is taken that there is a route to. The error is a
// *net.OpError about the first one. Cancel: leaves nothing behind; a lookup that nobody waits for any more is cancelled.
func DialPacket(network, address string) (*PacketConn, error) {
	if rt.InTask() {
		op := new(DialPacketOp)
		op.Init(network, address)
		return rt.Block(op)
	}
	t, err := parsePacketTarget(network, address)
	if q, open := t.question(); open && err == nil {
		refuseOnLoop("DialPacket")
		var a answer
		if a, err = lookup(q); err == nil {
			err = t.answered(a)
		}
	}
	if err != nil {
		return nil, dialPacketError(network, nil, err)
	}
	return t.dial()
}

// DialUDP connects raddr from laddr, by the rules of net.DialUDP: the network is udp, udp4 or udp6, and a nil laddr means an address and a
// port that the system chooses. It never blocks. The error is a *net.OpError.
func DialUDP(network string, laddr, raddr *net.UDPAddr) (*PacketConn, error) {
	switch network {
	case "udp", "udp4", "udp6":
	default:
		return nil, dialPacketError(network, raddr, net.UnknownNetworkError(network))
	}
	if raddr == nil {
		return nil, dialPacketError(network, nil, &net.AddrError{Err: "address of the peer is missing"})
	}
	t := packetTarget{network: network}
	if laddr != nil {
		t.local = &peerAddr{ip: addrPortOf(laddr)}
	}
	if err := t.take([]netip.Addr{addrPortOf(raddr).Addr()}, uint16(raddr.Port)); err != nil {
		return nil, dialPacketError(network, raddr, err)
	}
	return t.dial()
}

// DialUnixgram connects raddr from laddr, Unix sockets for datagrams, each an abstract name or the path of a file, as in [ListenPacket].
// With a laddr the peer can answer; a nil one gives the socket no name. It never blocks. The error is a *net.OpError.
func DialUnixgram(laddr, raddr *net.UnixAddr) (*PacketConn, error) {
	if raddr == nil {
		return nil, dialPacketError("unixgram", nil, &net.AddrError{Err: "address of the peer is missing"})
	}
	t := packetTarget{network: "unixgram", addrs: []peerAddr{{name: raddr.Name}}}
	if laddr != nil {
		t.local = &peerAddr{name: laddr.Name}
	}
	return t.dial()
}

// dialPacketError is what went wrong about addr, which may be nil.
func dialPacketError(network string, addr net.Addr, err error) error {
	return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: err}
}

// A packetTarget is what DialPacket was asked for: the addresses, or the names that are still to be looked up.
type packetTarget struct {
	network string
	host    string // empty: this host
	service string // the name of a port
	port    uint16
	local   *peerAddr  // nil: the system chooses
	addrs   []peerAddr // empty if a lookup is needed
}

// parsePacketTarget takes network and address apart.
func parsePacketTarget(network, address string) (t packetTarget, err error) {
	t.network = network
	switch network {
	case "unixgram":
		t.addrs = []peerAddr{{name: address}}
		return t, nil
	case "udp", "udp4", "udp6":
	default:
		return t, net.UnknownNetworkError(network)
	}
	if ap, err := netip.ParseAddrPort(address); err == nil {
		return t, t.take([]netip.Addr{ap.Addr()}, ap.Port())
	}
	if t.host, t.service, err = net.SplitHostPort(address); err != nil {
		return t, err
	}
	if port, err := strconv.ParseUint(t.service, 10, 16); err == nil {
		t.port, t.service = uint16(port), ""
		if t.host == "" {
			return t, t.answered(answer{})
		}
	}
	return t, nil
}

// question returns what has to be looked up; open: anything.
func (t *packetTarget) question() (q question, open bool) {
	if len(t.addrs) > 0 || t.host == "" && t.service == "" {
		return q, false
	}
	return question{resolver: net.DefaultResolver, network: "ip" + t.network[len("udp"):], host: t.host, service: t.service, protocol: "udp"}, true
}

// answered takes over what was looked up.
func (t *packetTarget) answered(a answer) error {
	if a.err != nil {
		return a.err
	}
	ips, port := a.ips, t.port
	if t.host == "" {
		ips = []netip.Addr{netip.IPv4Unspecified()}
	}
	if t.service != "" {
		port = a.port
	}
	return t.take(ips, port)
}

// take takes over the addresses that are of the network's family. A wildcard is this host.
func (t *packetTarget) take(ips []netip.Addr, port uint16) error {
	for _, ip := range ips {
		ip = ip.Unmap()
		if ip.IsUnspecified() {
			ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
			if t.network == "udp6" {
				ip = netip.IPv6Loopback()
			}
		}
		if t.network == "udp4" && !ip.Is4() || t.network == "udp6" && ip.Is4() {
			continue
		}
		t.addrs = append(t.addrs, peerAddr{ip: netip.AddrPortFrom(ip, port)})
	}
	if t.addrs == nil {
		return &net.AddrError{Err: "no address is of the network " + t.network, Addr: t.host}
	}
	return nil
}

// dial connects to the first address that lets itself be connected to.
func (t *packetTarget) dial() (*PacketConn, error) {
	var first error
	for i := range t.addrs {
		addr := &t.addrs[i]
		s := packetSocket{network: t.network, family: unix.AF_UNIX, local: t.local, remote: addr}
		if addr.ip.IsValid() {
			s.family = familyOf(addr.ip.Addr())
			if t.local != nil && t.local.ip.Addr().IsUnspecified() { // of either family
				s.local = &peerAddr{ip: netip.AddrPortFrom(wildcardOf(s.family), t.local.ip.Port())}
			}
		}
		c, err := s.open()
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = dialPacketError(t.network, addr.netAddr(), err)
		}
	}
	return nil, first
}

// wildcardOf returns the address that stands for all of a family.
func wildcardOf(family int) netip.Addr {
	if family == unix.AF_INET6 {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// DialPacketAsync is the async form of DialPacket.
func DialPacketAsync(network, address string) rt.Awaitable[*PacketConn] {
	op := new(DialPacketOp)
	op.Init(network, address)
	op.Visible()
	return op
}

// A DialPacketOp is the operation of [DialPacket], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type DialPacketOp struct {
	rt.Frame
	target packetTarget
	lookup lookupOp
	conn   *PacketConn
	err    error
	held   bool // users have it: Result may be read again
}

// Init prepares a DialPacket.
func (op *DialPacketOp) Init(network, address string) {
	*op = DialPacketOp{target: packetTarget{network: network, host: address}}
}

// Visible marks an operation that is made by an async form. The task of which it is the root reads its result each time it is asked.
func (op *DialPacketOp) Visible() {
	op.Frame.Visible()
	op.held = true
}

// Start begins the operation.
func (op *DialPacketOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *DialPacketOp) Resume(fb *rt.Fiber) (done bool) {
	if op.Enter() == 1 {
		return op.dial(op.lookup.Result())
	}
	if op.err = fb.Checkpoint(); op.err != nil {
		return op.end()
	}
	network := op.target.network
	var err error
	if op.target, err = parsePacketTarget(network, op.target.host); err != nil {
		op.err = dialPacketError(network, nil, err)
		return op.end()
	}
	q, open := op.target.question()
	if !open {
		return op.connect()
	}
	if op.lookup.Init(q); !op.lookup.Start(fb, op) {
		return op.Suspend(1)
	}
	return op.dial(op.lookup.Result())
}

// dial goes on with the answer to what was looked up, or what was thrown meanwhile.
func (op *DialPacketOp) dial(a answer, thrown error) (done bool) {
	if op.err = thrown; thrown != nil {
		return op.end()
	}
	if err := op.target.answered(a); err != nil {
		op.err = dialPacketError(op.target.network, nil, err)
		return op.end()
	}
	return op.connect()
}

// connect ends the operation with a socket.
func (op *DialPacketOp) connect() (done bool) {
	op.conn, op.err = op.target.dial()
	return op.end()
}

// end ends the frame, which lets go what is not its result.
func (op *DialPacketOp) end() (done bool) {
	op.target = packetTarget{}
	return op.End()
}

// Result returns what DialPacket does.
func (op *DialPacketOp) Result() (*PacketConn, error) {
	op.Check()
	conn, err := op.conn, op.err
	if !op.held {
		op.conn, op.err = nil, nil
	}
	return conn, err
}
