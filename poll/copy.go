//go:build linux

package poll

import (
	"io"
	"os"

	"github.com/goasync/goasync/rt"
)

// Copy writes to dst what it reads from src, until that ends, and returns how many bytes dst has taken. What can be awaited is; the rest
// runs on goroutines of rt.Blocking. The bytes do not pass through the process where the kernel can do without:
//
//   - From a [Conn], or a [Reader] of one, to a Conn they go through a pipe, by splice(2). Two descriptors are open while data is under way.
//   - From an *os.File that is a regular file to a Conn they go by sendfile(2). A file that is not in memory holds up the loop until the
//     disk has delivered 256 KiB at most.
//
// In both, a program that has asked for SIGPIPE (os/signal) gets it with EPIPE: these system calls have no MSG_NOSIGNAL.
//
// Otherwise there is a buffer of 32 KiB, while data is under way, and a copy of it while a dst without an async form writes that.
//
// Cancel, and errors of dst: the position of a regular file is then after what was written, and the rest of what was read from a Reader is
// still in it (statement 195). From any other src up to 64 KiB have been read then that are lost: copy from a Reader to keep them. What a
// dst without an async form writes after a cancel is not counted, nor kept.
//
// How long it may take, or wait, is said by rt.Timeout0 around it, and by the deadlines of the Conns. A [Copier] tells how far it is.
func Copy(dst io.Writer, src io.Reader) (n int64, err error) {
	op := new(CopyOp)
	op.Init(dst, src)
	return op.call()
}

// CopyAsync is the async form of Copy.
func CopyAsync(dst io.Writer, src io.Reader) rt.Awaitable[int64] {
	op := new(CopyOp)
	op.Init(dst, src)
	op.Visible()
	return op
}

// CopyN is [Copy] of n bytes. If src ends before, the error is io.EOF. It panics with rt.Misuse if n is negative.
func CopyN(dst io.Writer, src io.Reader, n int64) (written int64, err error) {
	op := new(CopyNOp)
	op.Init(dst, src, n)
	return op.call()
}

// CopyNAsync is the async form of CopyN.
func CopyNAsync(dst io.Writer, src io.Reader, n int64) rt.Awaitable[int64] {
	op := new(CopyNOp)
	op.Init(dst, src, n)
	op.Visible()
	return op
}

// A CopyOp is the operation of [Copy], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type CopyOp struct {
	readerOp // of src if that is a Reader, else of own
	own      Reader
	out      sink
	dst      io.Writer
	n        int64 // how much is written
	want     int64 // how many bytes are to be copied; negative: all
	ended    bool  // src has, and all of it is written
	buffered bool  // out writes from the buffer: that is to stay until it is known how much
	by       method
	pipe     *conduit    // has data that came from src; nil: no data is under way there
	file     *os.File    // src, if it is a regular file
	start    int64       // the position of file at first
	rest     fileRest    // what is left of file, if by is bySendfile
	tell     func(n int) // that of a Copier; nil: nobody is told
}

// A method is how data goes from src to dst.
type method uint8

const (
	byBuffer   method = iota
	bySplice          // from Conn to Conn
	bySendfile        // from a regular file to a Conn
)

// Init prepares a Copy from src to dst.
func (op *CopyOp) Init(dst io.Writer, src io.Reader) {
	op.out.begin(dst)
	op.dst, op.n, op.want, op.ended, op.by, op.pipe, op.file, op.tell = dst, 0, -1, false, byBuffer, nil, nil, nil
	r, ok := src.(*Reader)
	if !ok {
		r = &op.own
		*r = Reader{src: src, limit: DefaultReaderLimit}
		op.openFile(src)
	}
	op.begin(r)
	op.size = min(copyBuffer, r.limit)
	switch _, toConn := dst.(*Conn); {
	case toConn && op.fd != nil:
		op.by = bySplice
	case toConn && op.file != nil:
		op.by = bySendfile
	}
}

// A CopyNOp is the operation of [CopyN], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type CopyNOp struct {
	CopyOp
}

// Init prepares a CopyN of n bytes from src to dst.
func (op *CopyNOp) Init(dst io.Writer, src io.Reader, n int64) {
	if n < 0 {
		panic(rt.Misuse("poll: CopyN of a negative number of bytes; Copy copies all there are"))
	}
	op.CopyOp.Init(dst, src)
	op.want, op.rest.n = n, n
}

// Start begins the operation.
func (op *CopyOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.readerOp.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *CopyOp) Resume(fb *rt.Fiber) (done bool) {
	returned := false
	defer func() {
		if !returned { // src or dst is the user's, and has panicked: the other one can be used again
			op.settle()
			op.letGo()
		}
	}()
	done = op.resume(fb)
	returned = true
	return done
}

func (op *CopyOp) resume(fb *rt.Fiber) (done bool) {
	op.enter(fb)
	op.noteEnd()
	op.out.resumed()
	op.wrote()
	for !op.step() {
		if !op.move(fb) {
			return op.wait()
		}
	}
	op.settle()
	return op.leave()
}

// call is the blocking form.
func (op *CopyOp) call() (int64, error) {
	if rt.InTask() {
		return rt.Block(op)
	}
	returned := false
	defer func() {
		if !returned { // as in Resume
			op.settle()
		}
	}()
	for op.err = op.r.refusal(); !op.step(); {
		op.moveHere()
	}
	returned = true
	op.settle()
	return op.n, op.err
}

func (op *CopyOp) step() (settled bool) { return op.err != nil || op.ended || op.n == op.want }

// move takes the next step, which is a system call mostly. It reports false if that has to wait.
func (op *CopyOp) move(fb *rt.Fiber) (went bool) {
	switch {
	case op.moved >= fairShare: // others have their turn, however much there is to copy
		op.moved, op.out.moved = 0, 0
		return !op.pause(fb, op)
	case op.pipe != nil:
		return op.outOfPipe(fb)
	case op.r.Buffered() > 0:
		return op.outOfBuffer(fb)
	case op.by == byBuffer || op.r.err != nil:
		op.lookAhead()
		went = op.fill(fb, op, nil)
		op.noteEnd()
		return went
	case op.by == bySplice:
		return op.intoPipe(fb)
	}
	return op.outOfFile(fb)
}

// moveHere is move on the calling goroutine, which may block.
func (op *CopyOp) moveHere() {
	switch r := op.r; {
	case op.pipe != nil:
		op.outOfPipeHere()
	case r.Buffered() > 0:
		op.buffered = true
		op.out.took, op.out.err = sendHere("Copy", op.dst, r.unread()[:op.most(r.Buffered())], nil)
		op.wrote()
	case op.by == byBuffer || r.err != nil:
		op.lookAhead()
		op.fillHere(nil)
		op.noteEnd()
	case op.by == bySplice:
		op.intoPipeHere()
	default:
		op.outOfFileHere()
	}
}

// most returns n, or how many bytes are still to be copied if that is less.
func (op *CopyOp) most(n int) int {
	if op.want < 0 {
		return n
	}
	return int(min(int64(n), op.want-op.n))
}

// lookAhead has nothing read ahead that is not to be copied, unless src keeps it.
func (op *CopyOp) lookAhead() {
	if op.want >= 0 && op.r == &op.own {
		op.ahead = op.most(copyBuffer)
	}
}

// noteEnd is called after each read. Nothing is under way then.
func (op *CopyOp) noteEnd() {
	if op.err == io.EOF {
		op.err, op.ended = nil, true
	}
}

// outOfBuffer writes from the buffer. A dst without an async form is given a copy.
func (op *CopyOp) outOfBuffer(fb *rt.Fiber) (went bool) {
	p := op.r.unread()
	p = p[:op.most(len(p))]
	op.buffered = true
	went = op.out.send(fb, op, op.dst, p, nil)
	if went {
		op.wrote()
	}
	return went
}

// wrote takes note of what the last write has done.
func (op *CopyOp) wrote() {
	n := op.out.took
	if op.buffered {
		op.r.at += op.gone()
		op.r.rest()
		op.buffered = false
	}
	op.out.took = 0
	op.n += int64(n)
	op.moved += n
	if op.out.err != nil {
		op.err = op.out.err
	}
	if n > 0 && op.tell != nil {
		op.tell(n)
	}
}

// gone returns how much of the buffer is not there to be written again: what a goroutine goes on to write after a cancel is not.
func (op *CopyOp) gone() int {
	if op.out.thrown && !op.out.passes(op.dst) {
		return op.out.room
	}
	return op.out.took
}

// settle ends the copying.
func (op *CopyOp) settle() {
	if op.ended && op.n < op.want {
		op.err = io.EOF
	}
	op.emptyPipe()
	op.leaveFile()
	if op.r == &op.own {
		op.own.drop()
	}
	op.out.end()
	op.dst, op.tell = nil, nil
}

// Result returns what Copy does.
func (op *CopyOp) Result() (n int64, err error) {
	err = op.outcome()
	if !op.held {
		op.out.err = nil
	}
	return op.n, err
}
