//go:build linux

package poll

import (
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// A conduit is a pipe in which splice keeps data between two sockets, 64 KiB at most. While none is under way it is in a pool.
type conduit struct {
	r, w    int
	held    int // how many bytes are in it
	cleanup runtime.Cleanup
}

var conduits sync.Pool

// takeConduit returns an empty pipe.
func takeConduit() (*conduit, error) {
	if p, ok := conduits.Get().(*conduit); ok {
		return p, nil
	}
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("pipe2", err)
	}
	p := &conduit{r: ends[0], w: ends[1]}
	p.cleanup = runtime.AddCleanup(p, closeBoth, ends) // the pool drops what is not used
	return p, nil
}

// giveConduit gives back a pipe; one that is not empty is closed.
func giveConduit(p *conduit) {
	if p.held == 0 {
		conduits.Put(p)
		return
	}
	p.cleanup.Stop()
	closeBoth([2]int{p.r, p.w})
}

func closeBoth(ends [2]int) {
	unix.Close(ends[0])
	unix.Close(ends[1])
}

// fill splices up to n bytes from a socket into the pipe, which is empty, so that EAGAIN is the socket's.
func (p *conduit) fill(sysfd, n int) (moved int, err error) {
	moved, err = splice(sysfd, p.w, n)
	p.held += moved
	return moved, err
}

// drain splices from the pipe to a socket. If that is broken it raises SIGPIPE, as splice has no MSG_NOSIGNAL.
func (p *conduit) drain(sysfd int) (moved int, err error) {
	moved, err = splice(p.r, sysfd, p.held)
	p.held -= moved
	return moved, callError("splice", err)
}

// read empties the pipe into memory.
func (p *conduit) read() []byte {
	data := make([]byte, p.held)
	n, _ := retry(func() (uintptr, unix.Errno) {
		n, err := unix.Read(p.r, data)
		errno, _ := err.(unix.Errno)
		return uintptr(max(n, 0)), errno
	})
	p.held -= n
	return data[:n]
}

// splice moves up to n bytes. SPLICE_F_NONBLOCK is about the pipe alone: whoever calls has found that the socket is not blocking.
func splice(from, to, n int) (moved int, err error) {
	return retry(func() (uintptr, unix.Errno) {
		moved, _, errno := unix.Syscall6(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(min(n, maxTransfer)),
			unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		return moved, errno
	})
}
