//go:build linux

package poll

import (
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// keepAlive sets how a TCP socket probes an idle peer, by the rules of net.Dialer and net.ListenConfig. Sockets are made with what the
// zero values mean: probes after 15 seconds, every 15 seconds, at most 9.
func keepAlive(sysfd int, idle time.Duration, c net.KeepAliveConfig) error {
	switch {
	case c.Enable:
	case idle == 0:
		return nil
	case idle < 0:
		return setOption(sysfd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, false)
	default:
		c = net.KeepAliveConfig{Idle: idle}
	}
	for _, option := range [...]struct{ name, value int }{
		{unix.TCP_KEEPIDLE, inSeconds(c.Idle)},
		{unix.TCP_KEEPINTVL, inSeconds(c.Interval)},
		{unix.TCP_KEEPCNT, c.Count},
	} {
		if option.value <= 0 { // what the socket was made with
			continue
		}
		if err := unix.SetsockoptInt(sysfd, unix.IPPROTO_TCP, option.name, option.value); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	return nil
}

// setOption switches an option of a socket on or off.
func setOption(sysfd, level, name int, on bool) error {
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(sysfd, level, name, asInt(on)))
}

// control calls f, a Control function of the user, for a socket of a kind and family that is neither bound nor connected yet. The network
// that f gets says both, as that of package net. If f does not return, but panics, the socket is closed: there is nobody else to do it.
func control(f func(network, address string, c syscall.RawConn) error, sysfd int, k kind, family int, address string) error {
	if f == nil {
		return nil
	}
	network := k.String()
	switch family {
	case unix.AF_INET:
		network += "4"
	case unix.AF_INET6:
		network += "6"
	}
	returned := false
	defer func() {
		if !returned {
			unix.Close(sysfd)
		}
	}()
	err := f(network, address, rawSocket(sysfd))
	returned = true
	return err
}

// A rawSocket is a new socket as a Control function sees it: it cannot be read or written yet.
type rawSocket int

// Control calls f with the descriptor.
func (s rawSocket) Control(f func(fd uintptr)) error {
	f(uintptr(s))
	return nil
}

func (rawSocket) Read(func(fd uintptr) (done bool)) error  { return syscall.EINVAL }
func (rawSocket) Write(func(fd uintptr) (done bool)) error { return syscall.EINVAL }
