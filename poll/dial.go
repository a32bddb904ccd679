//go:build linux

package poll

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Dial connects to a TCP address; the network is tcp, tcp4 or tcp6. A host name is looked up; its addresses are tried one after the
// other until one answers. If none does, the error is a *net.OpError about the first. Cancel: closes the socket, nothing is left behind;
// a lookup goes on in the background and its result is dropped.
func Dial(network, address string) (*Conn, error) {
	if rt.InTask() {
		op := new(DialOp)
		op.Init(network, address)
		return rt.Block(op)
	}
	t, err := parseTarget(network, address)
	if err == nil && t.addrs == nil {
		refuseOnLoop("Dial")
		t.addrs, err = t.resolve(context.Background())
	}
	if err != nil {
		return nil, dialError(network, netip.AddrPort{}, err)
	}
	var first error
	for _, addr := range t.addrs {
		c, err := connectBlocking(addr)
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = dialError(network, addr, err)
		}
	}
	return nil, first
}

// connectBlocking connects to addr on the calling goroutine.
func connectBlocking(addr netip.AddrPort) (*Conn, error) {
	c, pending, err := connect(addr)
	if err != nil {
		return nil, err
	}
	if pending {
		var outcome error
		err = c.block(writing, "Dial", func(int) (settled bool) {
			settled, outcome = c.connected()
			return settled
		})
		if err == nil {
			err = outcome
		}
	}
	if err != nil {
		c.close()
		return nil, err
	}
	c.localAddr()
	return c, nil
}

// dialError is what went wrong about addr, which may be zero.
func dialError(network string, addr netip.AddrPort, err error) error {
	return &net.OpError{Op: "dial", Net: network, Addr: ipAddress(addr).netAddr(), Err: err}
}

// connect begins to connect to addr. If pending, the connection is settled once it has become writable; otherwise it is or it failed.
func connect(addr netip.AddrPort) (c *Conn, pending bool, err error) {
	family := familyOf(addr.Addr())
	sysfd, err := newSocket(kindTCP, family)
	if err != nil {
		return nil, false, err
	}
	return connectResult(sysfd, addr, unix.Connect(sysfd, toSockaddr(addr, family)))
}

// connectResult takes up what connect said. A connect that a signal interrupts goes on by itself: to make the call again would be an error.
func connectResult(sysfd int, addr netip.AddrPort, said error) (c *Conn, pending bool, err error) {
	switch said {
	case nil, unix.EISCONN:
		return newConn(kindTCP, sysfd, ipAddress(addr), nil), false, nil
	case unix.EINPROGRESS, unix.EALREADY, unix.EINTR:
		return newConn(kindTCP, sysfd, ipAddress(addr), nil), true, nil
	default:
		unix.Close(sysfd)
		return nil, false, os.NewSyscallError("connect", said)
	}
}

// connected reports whether a pending connect is settled, and how.
func (c *Conn) connected() (settled bool, err error) {
	if err := c.acquire(); err != nil {
		return true, err
	}
	defer c.release()
	errno, err := unix.GetsockoptInt(c.sysfd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return true, os.NewSyscallError("getsockopt", err)
	}
	if errno != 0 {
		return true, os.NewSyscallError("connect", unix.Errno(errno))
	}
	// Neither an error nor a peer: it was woken too early.
	_, err = unix.Getpeername(c.sysfd)
	return err == nil, nil
}

// DialAsync is the async form of Dial.
func DialAsync(network, address string) rt.Awaitable[*Conn] {
	op := new(DialOp)
	op.Init(network, address)
	op.Visible()
	return op
}

// A DialOp is the operation of [Dial], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type DialOp struct {
	operation // of the socket that is being connected
	network   string
	address   string
	lookup    *rt.BlockingOp[[]netip.AddrPort] // nil unless a name is being looked up
	addrs     []netip.AddrPort                 // still to try; the first one is being connected
	first     error                            // of the first address that failed
	conn      *Conn                            // connecting, or the result
}

// The states of a DialOp beside 0, begun.
const (
	dialConnecting = 1
	dialLookingUp  = 2
)

// Init prepares a Dial.
func (op *DialOp) Init(network, address string) {
	*op = DialOp{network: network, address: address}
}

// Start begins the operation.
func (op *DialOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *DialOp) Resume(fb *rt.Fiber) (done bool) {
	state := op.Enter()
	switch state {
	case 0:
		if !op.check(fb) {
			return op.End()
		}
		t, err := parseTarget(op.network, op.address)
		if err != nil {
			op.err = dialError(op.network, netip.AddrPort{}, err)
			return op.End()
		}
		if op.addrs = t.addrs; op.addrs != nil {
			break
		}
		op.lookup = new(rt.BlockingOp[[]netip.AddrPort])
		op.lookup.Init(func(ctx context.Context) ([]netip.AddrPort, error) {
			addrs, err := t.resolve(ctx)
			if err != nil {
				err = dialError(t.network, netip.AddrPort{}, err)
			}
			return addrs, err
		})
		if !op.lookup.Start(fb, op) {
			return op.Suspend(dialLookingUp)
		}
		op.takeAddrs()
	case dialLookingUp:
		op.takeAddrs()
	}
	return op.proceedDial(fb, state == dialConnecting)
}

// takeAddrs takes the result of the lookup.
func (op *DialOp) takeAddrs() {
	op.addrs, op.err = op.lookup.Result()
	op.lookup = nil
}

// proceedDial goes through the addresses until one is connected or must be waited for. Unless an error has been thrown, connecting says
// that the first of them has been waited for.
func (op *DialOp) proceedDial(fb *rt.Fiber, connecting bool) (done bool) {
	for op.err == nil && len(op.addrs) > 0 {
		settled, err := false, error(nil)
		if connecting {
			settled, err = op.conn.connected()
		} else {
			settled, err = op.next()
		}
		connecting = true
		switch {
		case err != nil:
			op.failed(err)
			connecting = false
		case settled:
			return op.succeeded(fb)
		case op.park(fb, op):
			return op.Suspend(dialConnecting)
		case !op.thrown: // the loop cannot wait for it
			op.failed(op.err)
			op.err, connecting = nil, false
		}
	}
	if op.err == nil {
		op.err = op.first
	}
	op.addrs, op.first = nil, nil
	op.drop()
	return op.End()
}

// next begins to connect to the first address.
func (op *DialOp) next() (settled bool, err error) {
	c, pending, err := connect(op.addrs[0])
	if err != nil {
		return false, err
	}
	op.conn = c
	op.fd, op.side, op.busy = &c.descriptor, writing, false
	return !pending, nil
}

// failed gives up the first address.
func (op *DialOp) failed(err error) {
	if op.first == nil {
		op.first = dialError(op.network, op.addrs[0], err)
	}
	op.addrs = op.addrs[1:]
	op.drop()
}

// drop closes the socket that is not wanted, if there is one.
func (op *DialOp) drop() {
	if op.conn != nil {
		op.conn.close()
	}
	op.conn, op.fd = nil, nil
}

// succeeded ends the operation with the connection.
func (op *DialOp) succeeded(fb *rt.Fiber) (done bool) {
	c := op.conn
	c.sides[writing].busy = false
	c.localAddr()
	if loop := fb.Loop(); loop != nil && loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceIO, Fiber: fb, Detail: fmt.Sprintf("descriptor %d: connected", c.sysfd)})
	}
	op.addrs, op.first, op.fd = nil, nil, nil
	return op.End()
}

// Result returns what Dial does.
func (op *DialOp) Result() (*Conn, error) {
	err := op.outcome()
	conn := op.conn
	if !op.held {
		*op = DialOp{operation: op.operation}
	}
	return conn, err
}
