//go:build linux

package poll

import (
	"errors"
	"io"
	"os"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// intoPipe moves from the source's socket to a pipe, which is taken when there is something to move.
func (op *CopyOp) intoPipe(fb *rt.Fiber) (went bool) {
	if !op.busy {
		op.err = op.fd.admit(fb.Loop(), reading)
	}
	if op.err == nil && op.mayTry() {
		if op.err = op.fd.acquire(); op.err == nil {
			err := op.splice(op.fd.sysfd)
			op.fd.release()
			if err != unix.EAGAIN {
				op.spliced(err)
				return true
			}
			op.blocked()
		}
	}
	if op.err == nil && op.park(fb, op) {
		return false
	}
	if !op.thrown {
		op.err = op.fd.opError("read", op.err)
	}
	return true
}

// intoPipeHere is intoPipe on the calling goroutine, which may block.
func (op *CopyOp) intoPipeHere() {
	op.spliced(op.fd.do(reading, "Copy", op.splice))
}

// splice fills a pipe once. The error is io.EOF at the end of the stream, and errNoSplice if the kernel cannot do it without waiting.
func (op *CopyOp) splice(sysfd int) error {
	if isBlocking(sysfd) {
		return errNoSplice // it would wait
	}
	p, err := takeConduit()
	if err != nil {
		return errNoSplice // there are no descriptors left, say; memory will do
	}
	n, err := p.fill(sysfd, op.most(maxTransfer))
	switch {
	case n > 0:
		op.pipe = p
		return nil
	case err == nil:
		err = io.EOF
	case err == unix.EINVAL, err == unix.ENOSYS, err == unix.EPERM:
		err = errNoSplice
	case err != unix.EAGAIN:
		err = os.NewSyscallError("splice", err)
	}
	giveConduit(p)
	return err
}

// errNoSplice has the data go through memory; no user gets to see it.
var errNoSplice = errors.New("poll: the kernel does not splice")

// spliced takes the result of splice.
func (op *CopyOp) spliced(err error) {
	if err == errNoSplice {
		op.by = byBuffer
		return
	}
	op.err = op.fd.opError("read", err)
	op.noteEnd()
}

// outOfPipe moves from the pipe to the destination's socket.
func (op *CopyOp) outOfPipe(fb *rt.Fiber) (went bool) {
	if op.drainWouldWait() {
		op.pipeToBuffer()
		return true
	}
	p := op.pipe
	if !op.out.sendBy(fb, op, p.drain) {
		return false
	}
	op.drained()
	return true
}

// outOfPipeHere is outOfPipe on the calling goroutine, which may block.
func (op *CopyOp) outOfPipeHere() {
	if op.drainWouldWait() {
		op.pipeToBuffer()
		return
	}
	op.sendHere(func(sysfd int) (n int, err error) { return op.pipe.drain(sysfd) })
	op.drained()
}

// drainWouldWait reports whether the destination is blocking: the pipe would only be left when it has taken all.
func (op *CopyOp) drainWouldWait() (would bool) {
	_ = op.dst.(*Conn).control(func(sysfd int) error { // if it is closed, the drain finds out
		would = isBlocking(sysfd)
		return nil
	})
	return would
}

// pipeToBuffer has what is in the pipe, and all that comes after it, go through memory.
func (op *CopyOp) pipeToBuffer() {
	op.by = byBuffer
	op.r.putBack(op.pipe.read())
	giveConduit(op.pipe)
	op.pipe = nil
}

// sendHere is sendBy of the destination on the calling goroutine, which may block.
func (op *CopyOp) sendHere(call func(sysfd int) (n int, err error)) {
	c := op.dst.(*Conn)
	defer c.lockWrites("Copy").Unlock()
	err := c.do(writing, "Copy", func(sysfd int) (err error) {
		op.out.took, err = call(sysfd)
		return err
	})
	op.out.err = c.opError("write", err)
}

// drained takes note of what went from the pipe to the destination.
func (op *CopyOp) drained() {
	op.wrote()
	if op.pipe.held == 0 {
		giveConduit(op.pipe)
		op.pipe = nil
	}
}

// emptyPipe is for what came from the source and could not be written: a Reader gets it back.
func (op *CopyOp) emptyPipe() {
	if op.pipe == nil {
		return
	}
	if op.r != &op.own && op.pipe.held > 0 {
		op.r.putBack(op.pipe.read())
	}
	giveConduit(op.pipe)
	op.pipe = nil
}
