//go:build linux

package poll

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A ListenConfig listens on addresses. The zero value is ready, and does what Listen and ListenPacket do; the fields that package net has
// too are those of net.ListenConfig.
type ListenConfig struct {
	// Backlog is how many connections wait at most to be accepted; not positive: as many as the system allows (net.core.somaxconn), which
	// is also its bound. When the queue is full a client's connect waits, and tries again.
	Backlog int
	// ReusePort lets several listeners, or sockets for datagrams, have the same address and port (SO_REUSEPORT): one for each loop of
	// rt.RunLoops. The kernel deals the connections and datagrams out by a hash of both addresses, without regard to how busy a loop is,
	// and those of few clients need not be even. When one of them is closed, the connections in its queue are reset.
	ReusePort bool
	// KeepAlive is after how long the system probes an idle peer, if KeepAliveConfig is not enabled; zero: 15 s, negative: never. The
	// connections inherit it.
	KeepAlive time.Duration
	// KeepAliveConfig says the same in detail. Values that are not positive are the defaults.
	KeepAliveConfig net.KeepAliveConfig
	// Control is called with each new socket before that is bound, to set options, which the connections inherit mostly. Network is
	// tcp4, tcp6, unix, udp4, udp6 or unixgram. An error of it is that of Listen.
	Control func(network, address string, c syscall.RawConn) error
}

// Listen announces on an address. It is a Listen of the zero [ListenConfig].
func Listen(network, address string) (*Listener, error) {
	return new(ListenConfig).Listen(network, address)
}

// Listen announces on an address, by the rules of net.Listen. The error is a *net.OpError.
//
// Of the networks tcp, tcp4 and tcp6, a host that is missing or a wildcard means all addresses, of both families for tcp, and port 0 means
// one that is free. The address may be one that was used a moment ago (SO_REUSEADDR, statement 227). A Listener has one socket: of a name
// with several addresses Listen takes one, an IPv4 address if there is any, and [ListenConfig.ListenAll] all. A name is looked up by the
// calling goroutine: in a task, look it up before, with [LookupNetIP].
//
// Of the network unix, the address is the path of a file, which Close removes if it is still the one that Listen has made; or, if it begins
// with @, an abstract name, of which no file tells. The file of a listener that ended without removing it is replaced; one at which
// somebody still listens, or that is no socket, is left alone, and the error is EADDRINUSE. (Statement 228; asyncio replaces any socket.)
func (lc *ListenConfig) Listen(network, address string) (*Listener, error) {
	if network == "unix" {
		addr := &net.UnixAddr{Net: network, Name: address}
		ln, err := lc.listenUnix(addr)
		if err != nil {
			return nil, listenError(network, addr, err)
		}
		return ln, nil
	}
	addr, err := net.ResolveTCPAddr(network, address)
	if err != nil {
		return nil, listenError(network, nil, err)
	}
	ln, err := lc.listen(network, addr)
	if err != nil {
		return nil, listenError(network, addr, err)
	}
	return ln, nil
}

// ListenAll listens on all the addresses that the given ones have, once on each: of a name on all that it has. Those that this host does
// not have are left out, as long as there is another one. If anything else fails, nothing is left behind (statement 226). With port 0 each
// has a port of its own. Names are looked up by the calling goroutine.
func (lc *ListenConfig) ListenAll(network string, addresses ...string) (lns []*Listener, err error) {
	all := false
	defer func() {
		if !all { // also if Control panics
			for _, ln := range lns {
				ln.Close()
			}
			lns = nil
		}
	}()
	var elsewhere []error
	seen := make(map[string]bool)
	for _, a := range addresses {
		each, err := allAddresses(network, a)
		if err != nil {
			return lns, listenError(network, nil, err)
		}
		for _, a := range each {
			if seen[a] {
				continue
			}
			seen[a] = true
			ln, err := lc.Listen(network, a)
			switch {
			case errors.Is(err, unix.EADDRNOTAVAIL):
				elsewhere = append(elsewhere, err)
			case err != nil:
				return lns, err
			default:
				lns = append(lns, ln)
			}
		}
	}
	if lns == nil {
		return nil, join(elsewhere)
	}
	all = true
	return lns, nil
}

// allAddresses returns what has to be given to Listen, one after the other, to listen on all addresses of one.
func allAddresses(network, a string) ([]string, error) {
	t, err := parseTarget(network, a)
	if err != nil || t.name != nil || t.host == "" || t.ip.IsValid() {
		return []string{a}, err
	}
	_, port, _ := net.SplitHostPort(a)
	q, _ := t.question(nil)
	ips, err := q.resolver.LookupNetIP(context.Background(), q.network, q.host)
	var all []string
	for _, ip := range ips {
		all = append(all, net.JoinHostPort(ip.Unmap().String(), port))
	}
	return all, err
}

// listenError is what went wrong with a Listen.
func listenError(network string, addr net.Addr, err error) error {
	return &net.OpError{Op: "listen", Net: network, Addr: addr, Err: err}
}

// listen chooses the family as package net does: one socket serves both for a wildcard of network tcp, if the system has IPv6.
func (lc *ListenConfig) listen(network string, addr *net.TCPAddr) (*Listener, error) {
	wildcard := addr.IP == nil || addr.IP.IsUnspecified()
	port := uint16(addr.Port)
	switch {
	case network == "tcp" && wildcard:
		ln, err := lc.listenOn(netip.AddrPortFrom(netip.IPv6Unspecified(), port), false)
		if errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EADDRNOTAVAIL) {
			return lc.listenOn(netip.AddrPortFrom(netip.IPv4Unspecified(), port), false)
		}
		return ln, err
	case network == "tcp4" && wildcard:
		return lc.listenOn(netip.AddrPortFrom(netip.IPv4Unspecified(), port), false)
	case network == "tcp6" && wildcard:
		return lc.listenOn(netip.AddrPortFrom(netip.IPv6Unspecified(), port), true)
	}
	return lc.listenOn(netip.AddrPortFrom(addr.AddrPort().Addr().Unmap(), port), true)
}

// listenOn listens on one address. An IPv6 socket takes connections of IPv4, too, unless v6only says that it does not.
func (lc *ListenConfig) listenOn(addr netip.AddrPort, v6only bool) (*Listener, error) {
	a := ipAddress(addr)
	sysfd, err := newSocket(kindTCP, a.family()) // what it sets is inherited by the connections
	if err != nil {
		return nil, err
	}
	if err := lc.bindAndListen(sysfd, a, v6only); err != nil {
		unix.Close(sysfd)
		return nil, err
	}
	ln := new(Listener)
	ln.init(kindTCP, sysfd)
	ln.localAddr()
	return ln, nil
}

// bindAndListen prepares a new TCP socket for accepting.
func (lc *ListenConfig) bindAndListen(sysfd int, a address, v6only bool) error {
	if err := setOption(sysfd, unix.SOL_SOCKET, unix.SO_REUSEADDR, true); err != nil {
		return err
	}
	if a.family() == unix.AF_INET6 {
		if err := setOption(sysfd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, v6only); err != nil {
			return err
		}
	}
	if err := keepAlive(sysfd, lc.KeepAlive, lc.KeepAliveConfig); err != nil {
		return err
	}
	if err := lc.prepare(sysfd, kindTCP, a.family(), a.String()); err != nil {
		return err
	}
	if err := unix.Bind(sysfd, a.sockaddr(a.family())); err != nil {
		return os.NewSyscallError("bind", err)
	}
	return lc.startListening(sysfd)
}

// prepare sets a new socket of any kind, which is to be bound to address, up as lc has it.
func (lc *ListenConfig) prepare(sysfd int, k kind, family int, address string) error {
	if lc.ReusePort {
		if err := setOption(sysfd, unix.SOL_SOCKET, unix.SO_REUSEPORT, true); err != nil {
			return err
		}
	}
	return control(lc.Control, sysfd, k, family, address)
}

// startListening lets a socket that is bound take connections.
func (lc *ListenConfig) startListening(sysfd int) error {
	queue := lc.Backlog
	if queue <= 0 {
		queue = backlog
	}
	return os.NewSyscallError("listen", unix.Listen(sysfd, queue))
}
