//go:build linux

package poll

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/goasync/goasync/rt"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

// A Dialer connects to addresses. The zero value is ready, and does what Dial does; the fields are those of net.Dialer. It may be used by
// any number of tasks and goroutines at once, as long as nobody changes it.
type Dialer struct {
	// Timeout is how long a Dial may take, the lookup included; not positive: as long as it takes. It ends all the same by the system's
	// timeouts: a connect that nobody answers takes about two minutes on Linux.
	Timeout time.Duration
	// Deadline is when a Dial has to be done, by rt.Now, as that of a Conn; the zero Time: never. Of both, the earlier one counts.
	Deadline time.Time
	// LocalAddr is the address to connect from, a *net.TCPAddr or *net.UnixAddr; nil: the system chooses.
	LocalAddr net.Addr
	// FallbackDelay is how long an attempt to connect to one address of a name may take before the next one begins beside it; zero: 250 ms,
	// which is what RFC 8305 recommends; negative: until it has failed, for which it has an equal part of the time that is left, if that is
	// limited, but 2 s at least.
	FallbackDelay time.Duration
	// KeepAlive is after how long the system probes an idle TCP peer, if KeepAliveConfig is not enabled; zero: 15 s, negative: never.
	KeepAlive time.Duration
	// KeepAliveConfig says the same in detail. Values that are not positive are the defaults.
	KeepAliveConfig net.KeepAliveConfig
	// Resolver looks names up; nil: net.DefaultResolver. Those who ask for the same name share a lookup, so its context has the values of
	// none of them.
	Resolver *net.Resolver
	// Control is called with each new socket before that is bound or connected, to set options. Network is tcp4, tcp6 or unix. It runs on
	// the loop, and so must not block. An error of it is the attempt's.
	Control func(network, address string, c syscall.RawConn) error
}

// none is the address of an error that is about no address.
var none address

// attemptDelay is Dialer.FallbackDelay where that is not set.
const attemptDelay = 250 * time.Millisecond

// Dial connects to an address; the network is tcp, tcp4, tcp6 or unix. It is a Dial of the zero [Dialer].
func Dial(network, address string) (*Conn, error) { return new(Dialer).Dial(network, address) }

// DialAsync is the async form of Dial.
func DialAsync(network, address string) rt.Awaitable[*Conn] {
	return new(Dialer).DialAsync(network, address)
}

// A DialOp is the operation of [Dial], to embed in a frame. The zero value is ready for Init, and so is one that has ended. What it needs
// while it connects is not in it: the frame may live as long as the connection.
type DialOp struct{ call rt.Awaitable[*Conn] }

// Init prepares a Dial.
func (op *DialOp) Init(network, address string) { op.call = DialAsync(network, address) }

// Start begins the operation.
func (op *DialOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.call.Start(fb, parent)
}

// Result returns what Dial does.
func (op *DialOp) Result() (*Conn, error) {
	call := op.call
	op.call = nil
	return call.Result()
}

// Dial connects to an address. The network is tcp, tcp4, tcp6 or unix.
//
// A host name of the first three is looked up, on another goroutine, for the addresses of both families before the first attempt; lookups
// of the same name at the same time are one. If it has several addresses they are tried by RFC 8305, called happy eyeballs: those of the two
// families in turn; the next one when the one before has failed, or has taken FallbackDelay on the loop's clock; and the first that connects
// wins, while the others are closed (statement 230).
//
// An error is a *net.OpError. If several addresses have failed it is one for each, joined in the order of the attempts, where errors.Is
// and errors.As find each (statement 229). If Timeout or Deadline has passed, its Timeout method reports true, and it is
// [context.DeadlineExceeded]. Without descriptors it is EMFILE, or ENFILE. An error that was thrown at the task, such as a cancel, is
// returned as it is, with what had failed before.
//
// Cancel: nothing is left behind, no socket (statement 231) and no wait in line. A lookup that nobody waits for any more is cancelled.
//
// Outside a task it runs on a loop of its own, for which it takes two descriptors more, unless there is neither a name to look up nor a
// limit in time.
func (d *Dialer) Dial(network, address string) (*Conn, error) {
	if rt.InTask() {
		return rt.Block(d.DialAsync(network, address))
	}
	if to, ok := d.direct(network, address); ok {
		return d.connectBlocking(network, to)
	}
	return d.block("Dial", network, d.DialAsync(network, address))
}

// DialAsync is the async form of Dial.
func (d *Dialer) DialAsync(network, address string) rt.Awaitable[*Conn] {
	return d.dialAsync(network, address)
}

// DialContext is Dial under ctx, for code that is not async: net/http's Transport, for example. If ctx ends, the error is a *net.OpError
// that is [context.Canceled], or [context.DeadlineExceeded]. Async code has no need of it: what cancels a task cancels its Dial, and
// rt.WithContext bounds anything by a context.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	call := rt.WithContextAsync(ctx, func() rt.Awaitable[*Conn] { return d.DialAsync(network, address) })
	var c *Conn
	var err error
	if rt.InTask() {
		c, err = rt.Block(call)
	} else {
		if rt.OnLoop() {
			refuse("Dialer.DialContext", "call it in a task, or use Dialer.DialAsync")
		}
		c, err = d.block("Dialer.DialContext", network, call)
	}
	if err == nil {
		return c, nil
	}
	if ctx.Err() != nil && !isOpError(err) {
		err = d.opError(network, none, err)
	}
	return nil, err
}

// direct returns the one address that there is to connect to, without a lookup or a limit in time.
func (d *Dialer) direct(network, to string) (addr address, ok bool) {
	if d.Timeout > 0 || !d.Deadline.IsZero() {
		return none, false
	}
	t, err := parseTarget(network, to)
	if _, open := t.question(d.Resolver); open || err != nil {
		return none, false
	}
	addrs, err := t.addresses(answer{}, d)
	if err != nil {
		return none, false
	}
	return addrs[0], true
}

// block makes call, whose blocking form is form, outside a task.
func (d *Dialer) block(form, network string, call rt.Awaitable[*Conn]) (*Conn, error) {
	refuseOnLoop(form)
	c, err := rt.RunAsync(call)
	if err == nil {
		c.leave()
		return c, nil
	}
	if _, ok := errors.AsType[*net.OpError](err); !ok { // there is no loop, for want of descriptors
		err = d.opError(network, none, err)
	}
	return nil, err
}

// leave takes c, which nobody else knows yet, from the loop that has connected it.
func (c *Conn) leave() {
	if p := c.home.Swap(nil); p != nil {
		p.remove(&c.descriptor)
	}
}

// limit returns how much time a Dial has that begins now; false: any.
func (d *Dialer) limit(now time.Time) (limit time.Duration, limited bool) {
	limit, limited = d.Timeout, d.Timeout > 0
	if !d.Deadline.IsZero() {
		left := d.Deadline.Sub(now)
		if !limited || left < limit {
			limit = left
		}
		limited = true
	}
	return limit, limited
}

// delay returns FallbackDelay, or that an attempt may take any time.
func (d *Dialer) delay() (delay time.Duration, limited bool) {
	if d.FallbackDelay == 0 {
		return attemptDelay, true
	}
	return d.FallbackDelay, d.FallbackDelay > 0
}

// local returns the address to connect to one of the kind and family of to from; the zero value: any.
func (d *Dialer) local(to address) (address, error) {
	switch local := d.LocalAddr.(type) {
	case nil:
		return address{}, nil
	case *net.TCPAddr:
		if to.kind() == kindTCP {
			ip := localIP(local.AddrPort().Addr(), to.ip.Addr())
			return ipAddress(netip.AddrPortFrom(ip, uint16(local.Port))), nil
		}
	case *net.UnixAddr:
		if to.kind() == kindUnix {
			return unixAddress(local), nil
		}
	}
	return address{}, &net.AddrError{Err: "mismatched local address type", Addr: d.LocalAddr.String()}
}

// localIP returns local as a socket for an address of to's family is bound to it.
func localIP(local, to netip.Addr) netip.Addr {
	switch {
	case local.IsValid() && !local.IsUnspecified():
		return local.Unmap()
	case to.Is4():
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}

// reaches reports whether a socket at LocalAddr can connect to ip: it is of one family.
func (d *Dialer) reaches(ip netip.Addr) bool {
	local, ok := d.LocalAddr.(*net.TCPAddr)
	return !ok || localIP(local.AddrPort().Addr(), ip).Is4() == ip.Is4()
}

// opError is what went wrong with a Dial, or with its attempt to connect to an address, which may be zero.
func (d *Dialer) opError(network string, to address, err error) error {
	return &net.OpError{Op: "dial", Net: network, Source: d.LocalAddr, Addr: to.netAddr(), Err: err}
}
