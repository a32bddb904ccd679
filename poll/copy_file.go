//go:build linux

package poll

import (
	"errors"
	"io"
	"math"
	"os"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// openFile takes note of src if it is a regular file. Where that is read, it is at its position and without moving that, which only
// becomes what was written.
func (op *CopyOp) openFile(src io.Reader) {
	f, ok := src.(*os.File)
	if !ok {
		return
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return
	}
	op.file, op.start = f, start
	op.own.src = io.NewSectionReader(f, start, math.MaxInt64-start)
}

// leaveFile sets the position of the file to what was written. The kernel has done so if it was by sendfile.
func (op *CopyOp) leaveFile() {
	if op.file != nil && op.by == byBuffer {
		if _, err := op.file.Seek(op.start+op.n, io.SeekStart); err != nil && op.err == nil {
			op.err = err
		}
	}
	op.file = nil
}

// outOfFile moves from the file to the destination's socket.
func (op *CopyOp) outOfFile(fb *rt.Fiber) (went bool) {
	if !op.out.sendBy(fb, op, op.sendfile) {
		return false
	}
	op.sentFile()
	return true
}

// outOfFileHere is outOfFile on the calling goroutine, which may block.
func (op *CopyOp) outOfFileHere() {
	c := op.dst.(*Conn)
	c.writes.Lock()
	defer c.writes.Unlock()
	err := c.do(writing, "Copy", func(sysfd int) (err error) {
		op.out.took, err = op.sendfile(sysfd)
		return err
	})
	op.out.err = c.opError("write", err)
	op.sentFile()
}

// sendfile makes the system call. The error is io.EOF at the end of the file, and errNoSendfile if the kernel cannot do it. The call may
// wait for the disk, so Go's scheduler is told of it.
func (op *CopyOp) sendfile(sysfd int) (n int, err error) {
	raw, err := op.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	closed := raw.Control(func(file uintptr) {
		n, err = retry(func() (uintptr, unix.Errno) {
			n, err := unix.Sendfile(sysfd, int(file), nil, op.most(maxTransfer))
			errno, _ := err.(unix.Errno)
			return uintptr(max(n, 0)), errno
		})
	})
	switch {
	case closed != nil:
		return 0, closed
	case err == nil && n == 0:
		return 0, io.EOF
	case err == nil, err == unix.EAGAIN:
		return n, err
	case op.n == 0 && (err == unix.EINVAL || err == unix.ENOSYS || err == unix.EPERM || err == unix.EOPNOTSUPP):
		return 0, errNoSendfile
	}
	return n, os.NewSyscallError("sendfile", err)
}

var errNoSendfile = errors.New("poll: the kernel does not send this file")

// sentFile takes the result of sendfile.
func (op *CopyOp) sentFile() {
	switch err := op.out.err; {
	case err == io.EOF:
		op.out.err, op.ended = nil, true
	case errors.Is(err, errNoSendfile):
		op.out.err, op.by = nil, byBuffer
	}
	op.wrote()
}
