//go:build linux

package poll

import (
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// setOption sets an option of a socket.
func (fd *descriptor) setOption(level, name, value int) error {
	return fd.opError("set", fd.control(func(sysfd int) error {
		return os.NewSyscallError("setsockopt", unix.SetsockoptInt(sysfd, level, name, value))
	}))
}

// asInt is what the kernel takes for a bool.
func asInt(on bool) int {
	if on {
		return 1
	}
	return 0
}

// SetNoDelay says whether small writes are sent at once, which they are by default, or may wait for the acknowledgement of earlier ones,
// to be sent together (TCP_NODELAY). It fails with EOPNOTSUPP on a Unix socket.
func (c *Conn) SetNoDelay(on bool) error {
	return c.setOption(unix.IPPROTO_TCP, unix.TCP_NODELAY, asInt(on))
}

// SetLinger says what Close does with what was written and has not been sent: send it in the background, if seconds is negative, which
// is the default; drop it, and reset the connection, if it is 0; else the same as by default, but the kernel has whoever closes wait for it,
// up to so long: a goroutine of its own does that, not Close. A Unix socket has delivered all that was written; there it has no effect.
func (c *Conn) SetLinger(seconds int) error {
	linger := unix.Linger{Onoff: int32(asInt(seconds >= 0)), Linger: int32(max(seconds, 0))}
	return c.opError("set", c.control(func(sysfd int) error {
		if x := c.extra.Load(); x != nil || seconds > 0 {
			c.more().lingers.Store(seconds > 0)
		}
		return os.NewSyscallError("setsockopt", unix.SetsockoptLinger(sysfd, unix.SOL_SOCKET, unix.SO_LINGER, &linger))
	}))
}

// SetReadBuffer sets the size of the kernel's receive buffer, in bytes. The kernel doubles it for its own needs, and bounds it.
func (c *Conn) SetReadBuffer(bytes int) error {
	return c.setOption(unix.SOL_SOCKET, unix.SO_RCVBUF, bytes)
}

// SetWriteBuffer sets the size of the kernel's send buffer, in bytes, as SetReadBuffer does.
func (c *Conn) SetWriteBuffer(bytes int) error {
	return c.setOption(unix.SOL_SOCKET, unix.SO_SNDBUF, bytes)
}

// SetKeepAlive says whether the kernel probes a peer that has been silent, which it does by default.
func (c *Conn) SetKeepAlive(on bool) error {
	return c.setOption(unix.SOL_SOCKET, unix.SO_KEEPALIVE, asInt(on))
}

// The times of keep-alive probes, those of package net.
const (
	keepAliveIdle     = 15 * time.Second
	keepAliveInterval = 15 * time.Second
	keepAliveCount    = 9
)

// SetKeepAliveConfig says how the kernel probes a peer that has been silent. As in package net, what is 0 in config means the default (15
// seconds, 15 seconds, 9 probes), and what is negative is left as it is; the kernel counts in seconds, so times are rounded up. On a Unix
// socket it fails with EOPNOTSUPP.
func (c *Conn) SetKeepAliveConfig(config net.KeepAliveConfig) error {
	if err := c.SetKeepAlive(config.Enable); err != nil {
		return err
	}
	for _, option := range []struct{ name, value, standard int }{
		{unix.TCP_KEEPIDLE, inSeconds(config.Idle), inSeconds(keepAliveIdle)},
		{unix.TCP_KEEPINTVL, inSeconds(config.Interval), inSeconds(keepAliveInterval)},
		{unix.TCP_KEEPCNT, config.Count, keepAliveCount},
	} {
		value := option.value
		switch {
		case value < 0:
			continue
		case value == 0:
			value = option.standard
		}
		if err := c.setOption(unix.IPPROTO_TCP, option.name, value); err != nil {
			return err
		}
	}
	return nil
}

// inSeconds rounds d up to seconds; -1 if it is negative.
func inSeconds(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int((d + time.Second - 1) / time.Second)
}
