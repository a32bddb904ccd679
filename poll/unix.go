//go:build linux

package poll

import (
	"errors"
	"io/fs"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// connectUnix connects to a Unix socket, which never takes time: the listener's queue takes the connection or refuses it. One that is
// full refuses with EAGAIN, and no event would tell when it no longer is, so that this is an error as it is in package net.
func connectUnix(addr *net.UnixAddr) (*Conn, error) {
	sysfd, err := newSocket(kindUnix, unix.AF_UNIX)
	if err != nil {
		return nil, err
	}
	if err := unix.Connect(sysfd, unixAddress(addr).sockaddr(unix.AF_UNIX)); err != nil {
		unix.Close(sysfd)
		return nil, os.NewSyscallError("connect", err)
	}
	return newConn(kindUnix, sysfd, unixAddress(addr), &unnamedAddr), nil
}

// listenUnix listens on a Unix socket. A file that an earlier listener has left behind is replaced.
func (lc *ListenConfig) listenUnix(addr *net.UnixAddr) (*Listener, error) {
	sysfd, err := newSocket(kindUnix, unix.AF_UNIX)
	if err != nil {
		return nil, err
	}
	if err := lc.prepare(sysfd, kindUnix, unix.AF_UNIX, addr.Name); err != nil {
		unix.Close(sysfd)
		return nil, err
	}
	file, err := bindUnix(sysfd, addr)
	if err == nil {
		err = lc.startListening(sysfd)
	}
	if err != nil {
		file.remove()
		unix.Close(sysfd)
		return nil, err
	}
	ln := new(Listener)
	ln.init(kindUnix, sysfd)
	ln.made.Store(file)
	ln.localAddr()
	return ln, nil
}

// SetUnlinkOnClose says whether Close removes the file of a Unix socket that Listen has made, as it does by default. It is left for a
// process that was given the socket, by File, and goes on with it.
func (ln *Listener) SetUnlinkOnClose(unlink bool) { ln.kept.Store(!unlink) }

// bindUnix binds a socket to addr, and returns the file that this has made, if any.
func bindUnix(sysfd int, addr *net.UnixAddr) (*socketFile, error) {
	sa := unixAddress(addr).sockaddr(unix.AF_UNIX)
	err := unix.Bind(sysfd, sa)
	if err == unix.EADDRINUSE {
		if stale := staleFile(addr); stale != nil {
			stale.remove()
			err = unix.Bind(sysfd, sa)
		}
	}
	if err != nil {
		return nil, os.NewSyscallError("bind", err)
	}
	if isAbstract(addr) {
		return nil, nil
	}
	return socketFileAt(addr.Name), nil
}

// isAbstract reports whether addr names no file. The empty name has the kernel choose an abstract one.
func isAbstract(addr *net.UnixAddr) bool { return addr.Name == "" || addr.Name[0] == '@' }

// staleFile returns the file at addr if it is that of a socket on which nobody listens, otherwise nil. One that cannot be asked is not.
func staleFile(addr *net.UnixAddr) *socketFile {
	if isAbstract(addr) {
		return nil
	}
	f := socketFileAt(addr.Name)
	if f == nil || f.info.Mode().Type() != fs.ModeSocket {
		return nil
	}
	c, err := connectUnix(addr)
	if err == nil {
		c.close()
	}
	if !errors.Is(err, unix.ECONNREFUSED) {
		return nil
	}
	return f
}

// A socketFile is the file that a listener on a Unix socket has made, known by more than its path: another process may have put its own
// there since.
type socketFile struct {
	path string
	info fs.FileInfo
}

// socketFileAt returns what stands at path, nil if that is nothing.
func socketFileAt(path string) *socketFile {
	info, err := os.Lstat(path)
	if err != nil {
		return nil
	}
	return &socketFile{path, info}
}

// remove removes the file if it is still the same: a number of an inode is used again, but not with the same time. f may be nil.
func (f *socketFile) remove() {
	if f == nil {
		return
	}
	if now, err := os.Lstat(f.path); err == nil && os.SameFile(f.info, now) && f.info.ModTime().Equal(now.ModTime()) {
		os.Remove(f.path)
	}
}
