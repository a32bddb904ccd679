//go:build linux

package poll

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls in this file never block, like those in syscall.go. A datagram is taken or sent whole, so one that is larger than maxTransfer
// holds the garbage collector up for as long as its copy takes: the kernel bounds it by the socket's buffers, and UDP by 64 KiB.

// recvfrom takes the next datagram. What p has no room for is lost. The address is asked for unless from is nil.
func recvfrom(sysfd int, p []byte, from *rawAddr) (n int, err error) {
	n, err = retry(func() (uintptr, unix.Errno) {
		var addr, size unsafe.Pointer
		if from != nil {
			from.size = unix.SizeofSockaddrAny
			addr, size = unsafe.Pointer(&from.any), unsafe.Pointer(&from.size)
		}
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
			unix.MSG_DONTWAIT, uintptr(addr), uintptr(size))
		return n, errno
	})
	return n, callError("recvfrom", err)
}

// sendto sends p as one datagram, to whom the socket is connected if to is none. A peer that is gone is an error and never a SIGPIPE.
func sendto(sysfd int, p []byte, to *rawAddr) (n int, err error) {
	n, err = retry(func() (uintptr, unix.Errno) {
		var addr unsafe.Pointer
		if to.size != 0 {
			addr = unsafe.Pointer(&to.any)
		}
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
			unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, uintptr(addr), uintptr(to.size))
		return n, errno
	})
	return n, callError("sendto", err)
}

// A packetHeader is struct mmsghdr: a message, and of how many bytes the call that moved it says that it was.
type packetHeader struct {
	unix.Msghdr
	n uint32
}

// recvmmsg takes the datagrams that there are, up to len(headers), and returns how many, at least one.
func recvmmsg(sysfd int, headers []packetHeader) (n int, err error) {
	n, err = retry(func() (uintptr, unix.Errno) {
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(sysfd), uintptr(unsafe.Pointer(&headers[0])), uintptr(len(headers)),
			unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC, 0, 0)
		return n, errno
	})
	return n, callError("recvmmsg", err)
}

// sendmmsg sends as many messages as the socket takes and returns how many, at least one.
func sendmmsg(sysfd int, headers []packetHeader) (n int, err error) {
	n, err = retry(func() (uintptr, unix.Errno) {
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(sysfd), uintptr(unsafe.Pointer(&headers[0])), uintptr(len(headers)),
			unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
		return n, errno
	})
	return n, callError("sendmmsg", err)
}

// callError names the system call that failed. EAGAIN, which no user gets to see, is left as it is.
func callError(call string, err error) error {
	if err == unix.EAGAIN {
		return err
	}
	return os.NewSyscallError(call, err)
}
