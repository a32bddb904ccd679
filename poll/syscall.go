//go:build linux

package poll

import (
	"math"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls in this file never block, so they are made without telling Go's scheduler; that halves their price. MSG_DONTWAIT holds even
// if somebody who shares the file description has made it blocking, which would otherwise stop a whole P, and with it the garbage
// collector. What has no such flag, as accept4, sendfile and splice, tells the scheduler, and asks isBlocking before, for the loop's sake.

// maxTransfer bounds one receive or send, in bytes: the garbage collector cannot stop a thread while it copies.
const maxTransfer = 256 << 10

// retry makes a system call until no signal interrupts it. A call that is interrupted has done nothing.
func retry(call func() (n uintptr, errno unix.Errno)) (n int, err error) {
	for {
		var n uintptr
		errno := injected()
		if errno == 0 {
			n, errno = call()
		}
		if errno != unix.EINTR {
			return returned(n, errno)
		}
	}
}

// returned is what a system call returned, as Go has it.
func returned(n uintptr, errno unix.Errno) (int, error) {
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// injected is the error that a test has the next call fail with; 0 lets it be made.
func injected() unix.Errno {
	if fault == nil {
		return 0
	}
	return fault()
}

// fault lets a test fail the next call, which is then not made, unless it returns 0. The kernel hardly ever interrupts a call that does
// not block.
var fault func() unix.Errno

// receive reads into p, which is not empty.
func (fd *descriptor) receive(p []byte) (n int, err error) {
	return transfer(fd.sysfd, p, reading, fd.kind == kindFile)
}

// send writes from p, which is not empty. A broken connection is EPIPE and never a SIGPIPE of a socket.
func (fd *descriptor) send(p []byte) (n int, err error) {
	return transfer(fd.sysfd, p, writing, fd.kind == kindFile)
}

// receive reads from a socket into p, which is not empty.
func receive(fd int, p []byte) (n int, err error) { return transfer(fd, p, reading, false) }

// send writes to a socket from p, which is not empty. A broken connection is EPIPE and never a SIGPIPE.
func send(fd int, p []byte) (n int, err error) { return transfer(fd, p, writing, false) }

// transfer reads or writes, until no signal interrupts it. Every message costs it, so it is flat, for who calls it is inlined, and
// without retry's closure.
//
// What is no socket is non-blocking, but whoever shares the file description may undo that, as a shell does with a terminal, and there is
// no MSG_DONTWAIT for it. So Go's scheduler is told: one thread may block then, but no P.
func transfer(fd int, p []byte, d direction, file bool) (n int, err error) {
	size := uintptr(min(len(p), maxTransfer))
	for {
		var done uintptr
		errno := injected()
		switch {
		case errno != 0:
		case d == reading && !file:
			done, _, errno = syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), size, unix.MSG_DONTWAIT, 0, 0)
		case d == reading:
			done, _, errno = syscall.Syscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), size)
		case !file:
			const flags = unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL
			done, _, errno = syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), size, flags, 0, 0)
		default:
			done, _, errno = syscall.Syscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), size)
		}
		if errno != unix.EINTR {
			return returned(done, errno)
		}
	}
}

// sendPieces writes to a socket what pieces refer to.
func sendPieces(fd int, pieces []unix.Iovec) (n int, err error) {
	message := unix.Msghdr{Iov: &pieces[0]}
	message.SetIovlen(len(pieces))
	return retry(func() (uintptr, unix.Errno) {
		n, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&message)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		return n, errno
	})
}

// isBlocking reports whether somebody who shares the file description has made it blocking, as os.File.Fd does, and with it exec.Cmd of
// its ExtraFiles. It is not made non-blocking again: the others may rely on that.
func isBlocking(fd int) bool {
	flags, _, errno := unix.RawSyscall(unix.SYS_FCNTL, uintptr(fd), unix.F_GETFL, 0)
	return errno == 0 && flags&unix.O_NONBLOCK == 0
}

// accept takes the next connection of a listening socket. Connections that were aborted while they waited are skipped. Only if the
// description is blocking and somebody else takes the connection that was there does it wait for another one.
func accept(fd int) (conn int, peer address, err error) {
	for {
		if isBlocking(fd) && !isReady(fd, reading) {
			return -1, address{}, unix.EAGAIN
		}
		var raw unix.RawSockaddrAny
		size := uint32(unix.SizeofSockaddrAny)
		conn, err := retry(func() (uintptr, unix.Errno) {
			n, _, errno := unix.Syscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)),
				unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
			return n, errno
		})
		switch err {
		case nil:
			return conn, fromRaw(&raw, size), nil
		case unix.ECONNABORTED:
			continue
		}
		return -1, address{}, err
	}
}

// boundTo returns the address that a socket is bound to.
func boundTo(fd int) (address, error) { return name(unix.SYS_GETSOCKNAME, fd) }

// connectedTo returns the address of a socket's peer.
func connectedTo(fd int) (address, error) { return name(unix.SYS_GETPEERNAME, fd) }

// name asks for an address of a socket. Package unix would cut an abstract name short at a NUL.
func name(call uintptr, fd int) (address, error) {
	var raw unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	_, _, errno := unix.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return address{}, errno
	}
	return fromRaw(&raw, size), nil
}

// epollWait collects events without waiting.
func epollWait(epfd int, events []unix.EpollEvent) (n int, err error) {
	return retry(func() (uintptr, unix.Errno) {
		n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epfd), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0)
		return n, errno
	})
}

// pollNow returns 1 if one of the events that are asked for has come, or the descriptor has failed or been hung up; otherwise 0.
func pollNow(fd int, events int16) (n int, err error) {
	ask := unix.PollFd{Fd: int32(fd), Events: events}
	var now unix.Timespec
	return retry(func() (uintptr, unix.Errno) {
		n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&ask)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
		return n, errno
	})
}

// setTimer makes a timerfd expire once, in the given number of nanoseconds, at least 1: 0 would switch it off.
func setTimer(fd int, in int64) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(max(in, 1))}
	_, _, errno := unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, uintptr(fd), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// backlog asks for the longest accept queue there is: the kernel lowers it to net.core.somaxconn.
const backlog = math.MaxInt32
