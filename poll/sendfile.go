//go:build linux

package poll

import (
	"io"
	"os"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// SendFile sends at most n bytes of f, from its position on, without copying them through the program; if n is negative, all that is left
// of it. It returns how much has been sent, which is less than n without an error if f ends before. The position of f moves by what has
// been sent, however the call ends. (Statement 195.) Cancel: returns what has been sent so far.
//
// The file is one on a disk: what is not in memory is read while the call lasts, and on a loop nothing else runs meanwhile; large files
// of a slow disk are better read in rt.Blocking. Of what has no position, as a pipe, the error is ESPIPE. To a peer that has gone it is
// EPIPE, as that of Write, but a program that has asked for SIGPIPE (os/signal) gets it then: sendfile(2) has no MSG_NOSIGNAL.
func (c *Conn) SendFile(f *os.File, n int64) (sent int64, err error) {
	if rt.InTask() {
		op := new(ConnSendFileOp)
		op.Init(c, f, n)
		return rt.Block(op)
	}
	defer c.lockWrites("Conn.SendFile").Unlock()
	rest := newFileRest(f, n)
	err = c.do(writing, "Conn.SendFile", func(sysfd int) error {
		for !rest.isEmpty() {
			k, err := rest.send(sysfd)
			sent += int64(k)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return sent, c.opError("sendfile", err)
}

// SendFileAsync is the async form of SendFile.
func (c *Conn) SendFileAsync(f *os.File, n int64) rt.Awaitable[int64] {
	op := new(ConnSendFileOp)
	op.Init(c, f, n)
	op.Visible()
	return op
}

// A ConnSendFileOp is the operation of [Conn.SendFile], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ConnSendFileOp struct {
	operation
	rest fileRest
	sent int64
}

// Init prepares a SendFile of n bytes of f to c.
func (op *ConnSendFileOp) Init(c *Conn, f *os.File, n int64) {
	op.begin(&c.descriptor, writing)
	op.rest, op.sent = newFileRest(f, n), 0
}

// Start begins the operation.
func (op *ConnSendFileOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ConnSendFileOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		op.rest = fileRest{}
		return op.finish("sendfile")
	}
	return op.Suspend(1)
}

// try sends once and reports whether that settled the operation.
func (op *ConnSendFileOp) try(fb *rt.Fiber) (settled bool) {
	if op.rest.isEmpty() {
		return true
	}
	if !op.mayTry() {
		return op.err != nil
	}
	if op.err = op.fd.acquire(); op.err != nil {
		return true
	}
	n, err := op.rest.send(op.fd.sysfd)
	op.fd.release()
	op.sent += int64(n)
	fb.Spend(n, fairShare)
	switch err {
	case nil:
		op.fd.traceIO(fb, "sent a part of a file")
	case unix.EAGAIN:
		op.blocked()
		return false
	default:
		op.err = err
	}
	op.more = op.err == nil && !op.rest.isEmpty()
	return !op.more
}

// Result returns what SendFile does.
func (op *ConnSendFileOp) Result() (sent int64, err error) {
	err = op.outcome()
	return op.sent, err
}

// A fileRest is what is left to send of a file.
type fileRest struct {
	file   *os.File
	n      int64 // how much; negative: up to the end
	copies bool  // the kernel does not send from this file by itself
}

func newFileRest(f *os.File, n int64) fileRest { return fileRest{file: f, n: n} }

// isEmpty reports whether nothing is left.
func (r *fileRest) isEmpty() bool { return r.n == 0 }

// send sends some of it, as much as is fair, and takes note if that was the end.
func (r *fileRest) send(sysfd int) (n int, err error) {
	size := int64(fairShare)
	if r.n >= 0 {
		size = min(size, r.n)
	}
	if isBlocking(sysfd) {
		r.copies = true // sendfile would return only when the peer has taken all
	}
	if !r.copies {
		n, err = r.sendDirectly(sysfd, int(size))
		r.copies = err == unix.EINVAL || err == unix.ENOSYS || err == unix.EOPNOTSUPP
	}
	if r.copies {
		n, err = r.sendCopy(sysfd, int(min(size, 64<<10)))
	}
	switch {
	case err != nil:
	case n == 0:
		r.n = 0 // the end of the file
	case r.n > 0:
		r.n -= int64(n)
	}
	return n, err
}

// sendDirectly has the kernel send from the file's position, which it moves.
func (r *fileRest) sendDirectly(sysfd, size int) (n int, err error) {
	failed := controlFile(r.file, func(file uintptr) {
		n, err = retry(func() (uintptr, unix.Errno) {
			n, _, errno := unix.Syscall6(unix.SYS_SENDFILE, uintptr(sysfd), file, 0, uintptr(size), 0, 0) // the file may keep it waiting
			return n, errno
		})
	})
	if failed != nil {
		return 0, failed
	}
	return n, err
}

// sendCopy reads at the file's position, sends, and moves the position by what was sent.
func (r *fileRest) sendCopy(sysfd, size int) (n int, err error) {
	at, err := r.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	buf := make([]byte, size)
	got, err := r.file.ReadAt(buf, at)
	if got == 0 {
		if err == io.EOF {
			err = nil
		}
		return 0, err
	}
	if n, err = send(sysfd, buf[:got]); n > 0 {
		_, err = r.file.Seek(int64(n), io.SeekCurrent)
	}
	return n, err
}
