//go:build linux

package poll

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// FromConn returns a Conn of a connection of another package, a *net.TCPConn, a *net.UnixConn or whatever else has a SyscallConn of a
// stream socket. It duplicates the descriptor: both are the same connection, each is to be closed, in either order, and the peer sees the
// end when both are. What only wraps a connection, as a *tls.Conn does, is refused: its bytes are not those of the socket.
//
// Whether it is blocking is common to all duplicates, too, and os.File.Fd of one makes it so, also where exec.Cmd calls that for its
// ExtraFiles: Copy and SendFile then go through memory, and everything else stays as it is.
func FromConn(c net.Conn) (*Conn, error) {
	k, sysfd, err := adopt(c, false)
	if err != nil {
		return nil, &net.OpError{Op: "file", Net: network(c.RemoteAddr()), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
	}
	remote, err := connectedTo(sysfd)
	if err != nil { // it has been reset: whoever reads learns that
		remote = addressOf(c.RemoteAddr())
	}
	ours := newConn(k, sysfd, remote, nil)
	ours.localAddr()
	return ours, nil
}

// FromListener returns a Listener of one of another package, a *net.TCPListener, a *net.UnixListener or whatever else has a SyscallConn
// of a listening socket: for one that was inherited, see net.FileListener. It duplicates the descriptor: each is to be closed, and the
// socket listens until both are. The file of a Unix socket is left to ln, whose Close removes it as it did before.
//
// Whether it is blocking is common to all duplicates, too, and os.File.Fd of one makes it so, also where exec.Cmd calls that for its
// ExtraFiles. An accept then asks before whether there is a connection; if another process takes that one first, the loop waits for the
// next. So let those who share a listener make it non-blocking, as package net does, or else let them not accept.
func FromListener(ln net.Listener) (*Listener, error) {
	k, sysfd, err := adopt(ln, true)
	if err != nil {
		return nil, &net.OpError{Op: "file", Net: network(ln.Addr()), Addr: ln.Addr(), Err: err}
	}
	ours := new(Listener)
	ours.init(k, sysfd)
	ours.localAddr()
	return ours, nil
}

// network returns the network of an address that may be nil.
func network(addr net.Addr) string {
	if addr == nil {
		return ""
	}
	return addr.Network()
}

// adopt duplicates the descriptor of a stream socket that listens, or does not.
func adopt(of any, listens bool) (k kind, sysfd int, err error) {
	if sysfd, err = duplicateOf(of); err != nil {
		return 0, -1, err
	}
	if k, err = kindOf(sysfd, listens); err == nil {
		err = os.NewSyscallError("fcntl", unix.SetNonblock(sysfd, true))
	}
	if err != nil {
		unix.Close(sysfd)
		return 0, -1, err
	}
	return k, sysfd, nil
}

// kindOf returns the kind of a stream socket, and checks that it is one, and that it listens or does not.
func kindOf(sysfd int, listens bool) (kind, error) {
	var values [3]int
	for i, name := range [...]int{unix.SO_DOMAIN, unix.SO_TYPE, unix.SO_ACCEPTCONN} {
		value, err := unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, name)
		if err != nil {
			return 0, os.NewSyscallError("getsockopt", err)
		}
		values[i] = value
	}
	domain, typ, accepts := values[0], values[1], values[2] != 0
	switch {
	case typ != unix.SOCK_STREAM:
		return 0, errors.New("the socket does not carry a stream")
	case accepts && !listens:
		return 0, errors.New("the socket listens: use FromListener")
	case listens && !accepts:
		return 0, errors.New("the socket does not listen: use FromConn")
	}
	switch domain {
	case unix.AF_INET, unix.AF_INET6:
		return kindTCP, nil
	case unix.AF_UNIX:
		return kindUnix, nil
	}
	return 0, fmt.Errorf("sockets of address family %d are not known: use NewFile", domain)
}

// duplicateOf returns a duplicate of the descriptor of a connection, listener or packet socket.
func duplicateOf(of any) (number int, err error) {
	c, ok := of.(syscall.Conn)
	if !ok {
		return -1, fmt.Errorf("a %T has no SyscallConn, so there is no socket to share", of)
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	return duplicate(raw.Control)
}

// duplicate returns a duplicate of a descriptor of somebody else, who lends it by control.
func duplicate(control func(func(fd uintptr)) error) (number int, err error) {
	lent := control(func(fd uintptr) { number, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) })
	switch {
	case lent != nil:
		return -1, lent
	case err != nil:
		return -1, os.NewSyscallError("fcntl", err)
	}
	return number, nil
}

// controlFile calls call with the descriptor of f. It fails with os.ErrClosed alone.
func controlFile(f *os.File, call func(fd uintptr)) error {
	raw, err := f.SyscallConn()
	if err == nil {
		err = raw.Control(call)
	}
	if err != nil {
		return os.ErrClosed // there is no other reason, and package os gives it another name here
	}
	return nil
}

// File returns a duplicate of the connection's descriptor, for what can only use a file: to hand it to another process, for instance.
// Each of the two is to be closed, in either order; the peer sees the end when both are. What its Fd does to c is said at [FromConn].
func (c *Conn) File() (*os.File, error) { return c.fileOf() }

// File returns a duplicate of the listener's descriptor, for what can only use a file: to hand it to another process, for instance. Each
// of the two is to be closed; the socket listens until both are. The file system's file of a Unix socket goes with ln.Close. What its Fd
// does to ln is said at [FromListener].
func (ln *Listener) File() (*os.File, error) { return ln.fileOf() }

// fileOf returns a duplicate as a file.
func (fd *descriptor) fileOf() (f *os.File, err error) {
	err = fd.control(func(sysfd int) error {
		number, err := duplicate(func(lend func(fd uintptr)) error { lend(uintptr(sysfd)); return nil })
		if err != nil {
			return err
		}
		f = os.NewFile(uintptr(number), fd.kind.String()+":"+fd.knownAs())
		return nil
	})
	return f, fd.opError("file", err)
}
