//go:build linux

package poll

import (
	"io"

	"golang.org/x/sys/unix"
)

// ErrWouldBlock is the error of an attempt that does not wait, where it would have to: [Conn.TryRead], [Conn.TryWrite]. It is a
// net.Error whose Temporary reports true, as crypto/tls and others expect of an error after which the same call may be made again.
var ErrWouldBlock error = wouldBlock{}

type wouldBlock struct{}

func (wouldBlock) Error() string   { return "poll: the operation would block" }
func (wouldBlock) Timeout() bool   { return false }
func (wouldBlock) Temporary() bool { return true }

// Is reports whether target is EAGAIN, which is what the system calls it.
func (wouldBlock) Is(target error) bool { return target == unix.EAGAIN }

// TryRead reads what is there, up to len(p) bytes, and does not wait: if nothing is there it returns [ErrWouldBlock]. Otherwise it is
// as Read, but for the deadline, which is for those who wait. [Conn.WhenReadable] waits for when it is worth trying. Any goroutine may
// call it.
func (c *Conn) TryRead(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	return c.tryReceive(p)
}

// tryReceive is TryRead into p, which is not empty.
func (fd *descriptor) tryReceive(p []byte) (n int, err error) {
	if err := fd.acquire(); err != nil {
		return 0, fd.opError("read", err)
	}
	defer fd.release()
	n, err = fd.receive(p)
	switch {
	case err == unix.EAGAIN:
		return 0, ErrWouldBlock
	case err == nil && n == 0:
		err = io.EOF
	}
	return n, fd.opError("read", err)
}

// TryWrite writes as much of p as the socket takes, and does not wait: if that is not all, it returns [ErrWouldBlock] beside how much
// it was, which may be nothing. Otherwise it is as Write, but for the deadline, which is for those who wait. [Conn.WhenWritable] waits
// for when it is worth trying. Any goroutine may call it; what several of them write at a time may mix.
func (c *Conn) TryWrite(p []byte) (n int, err error) {
	if err := c.acquire(); err != nil {
		return 0, c.opError("write", err)
	}
	n, err = c.sendAll(p)
	c.release()
	if err == unix.EAGAIN {
		return n, ErrWouldBlock
	}
	return n, c.opError("write", err)
}
