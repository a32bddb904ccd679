//go:build linux

package poll

import (
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
)

// A readerOp is what the operations of a Reader have in common. Each of them is a frame, and embeds a readerOp; it has a method step
// that takes what it needs of the buffer and reports whether it has all, or err says why it will not get it. Its Resume reads
//
//	for op.enter(fb); !op.step(); {
//		if !op.fill(fb, op, nil) {
//			return false
//		}
//	}
//	return op.leave()
//
// and its blocking form, outside of tasks,
//
//	for op.err = r.refusal(); !op.step(); {
//		op.fillHere(nil)
//	}
//	return op.result()
//
// The ConnReadOp is for a Reader of a Conn: it makes the system call, after the wait, so that the buffer is taken only then.
type readerOp struct {
	ConnReadOp
	r      *Reader
	aw     rt.Awaitable[int]      // a Read of the source that is no Conn
	ready  rt.Awaitable[struct{}] // the wait of a ReadWaiter
	waited bool                   // it is over, and nothing was read since
	direct bool                   // aw reads past the buffer
	empty  uint8                  // reads in a row that returned nothing
	fresh  int                    // how many bytes the last fill has read past the buffer
	ahead  int                    // how much may be read into the buffer at once; 0: what fits
	size   int                    // of a buffer that is taken
	room   int                    // how much aw may return
	moved  int                    // bytes since the fiber has let others run
}

// maxEmpty is how many reads in a row may return neither data nor an error.
const maxEmpty = 100

// begin prepares the operation anew.
func (op *readerOp) begin(r *Reader) {
	if c, ok := r.src.(*Conn); ok {
		op.ConnReadOp.Init(c, nil)
	} else {
		op.operation.begin(nil, reading)
	}
	op.ready, op.waited = nil, false
	op.r, op.aw, op.fresh, op.direct, op.ahead, op.size, op.moved, op.empty = r, nil, 0, false, 0, minBuffer, 0, 0
}

// start is Start of the operation self.
func (op *readerOp) start(fb *rt.Fiber, self, parent rt.Resumable) (ready bool) {
	return op.Begin(fb, self, parent) && fb.Ready(parent)
}

// enter enters the frame. Afterwards err is set if the operation cannot go on.
func (op *readerOp) enter(fb *rt.Fiber) {
	switch {
	case op.Enter() == 0:
		if op.check(fb) {
			op.err = op.r.refusal()
		}
	case op.aw != nil:
		op.r.busy = false
		op.took()
	case op.ready != nil:
		op.r.busy = false
		op.isReady()
	default:
		op.r.busy = false
	}
}

// refusal returns why nothing can be read.
func (r *Reader) refusal() error {
	if r.busy {
		return ErrBusy
	}
	return nil
}

// leave ends the frame.
func (op *readerOp) leave() (done bool) {
	op.letGo()
	return op.End()
}

// letGo lets the source go.
func (op *readerOp) letGo() {
	if op.busy {
		op.fd.sides[reading].busy = false
	}
	op.fd, op.r = nil, nil
}

// wait suspends the frame.
func (op *readerOp) wait() (went bool) {
	op.r.busy = true
	op.Suspend(1)
	return false
}

// fill reads more: to direct, unless it is nil or the source has to be given a buffer, and otherwise to the buffer, which is empty if
// direct is not nil. It reports false if that has to wait; self is resumed then.
func (op *readerOp) fill(fb *rt.Fiber, self rt.Resumable, direct []byte) (went bool) {
	r := op.r
	op.fresh = 0
	switch {
	case op.sayPending():
		return true
	case op.moved >= fairShare: // others have their turn, however much there is to read
		op.moved = 0
		return !op.pause(fb, self) || op.wait()
	case op.fd != nil:
		return op.fillFromConn(fb, self, direct)
	}
	if src, ok := r.src.(ReadWaiter); ok && direct == nil && r.Buffered() == 0 && !op.waited {
		r.rest()
		op.ready = src.WaitReadAsync()
		if !op.ready.Start(fb, self) {
			return op.wait()
		}
		op.isReady()
		return true
	}
	if src, ok := r.src.(AsyncReader); ok {
		if op.direct = direct != nil; !op.direct {
			direct = op.space()
		}
		op.room, op.aw = len(direct), src.ReadAsync(direct)
	} else {
		op.direct, op.aw = false, op.blockingRead().async()
	}
	if !op.aw.Start(fb, self) {
		return op.wait()
	}
	op.took()
	return true
}

// isReady takes what ready came to.
func (op *readerOp) isReady() {
	ready := op.ready
	op.ready = nil
	_, op.err = ready.Result()
	op.waited = op.err == nil
}

// sayPending reports whether the source's error comes now, which it returned together with the last data.
func (op *readerOp) sayPending() bool {
	if op.r.err == nil {
		return false
	}
	op.err, op.r.err = op.r.err, nil
	return true
}

// fillFromConn is fill for a Conn.
func (op *readerOp) fillFromConn(fb *rt.Fiber, self rt.Resumable, direct []byte) (went bool) {
	if !op.busy {
		op.err = op.fd.admit(fb.Loop(), reading)
	}
	if op.err == nil && op.mayTry() {
		op.p = direct
		if direct == nil {
			op.p = op.space()
		}
		settled := op.try(fb)
		op.p = nil
		if settled && op.err == nil {
			op.direct, op.room = direct != nil, op.n
			op.received(op.n, nil)
			return true
		}
	}
	if op.err == nil {
		op.r.rest()
		if op.park(fb, self) {
			return op.wait()
		}
	}
	if op.err != nil && !op.thrown {
		op.err = op.fd.opError("read", op.err)
	}
	op.r.rest()
	return true
}

// took takes what aw came to.
func (op *readerOp) took() {
	aw := op.aw
	op.aw = nil
	n, err := aw.Result()
	if w, ok := aw.(*callOp); ok && !w.thrown {
		op.r.left = nil
	}
	op.received(n, err)
}

// received takes the result of a read of the source.
func (op *readerOp) received(n int, err error) {
	r := op.r
	if n < 0 || n > op.room {
		panic(fmt.Sprintf("poll: Read of %T returned %d, which is not from 0 to the %d bytes that it was given", r.src, n, op.room))
	}
	if op.direct {
		op.fresh = n
	} else {
		r.end += n
	}
	op.moved += n
	op.waited = false
	switch {
	case n > 0 && err != nil && !isThrown(err):
		r.err, err = err, nil // the data comes first
	case n == 0 && err == nil:
		if op.empty++; op.empty >= maxEmpty {
			err = io.ErrNoProgress
		}
	default:
		op.empty = 0
	}
	if op.err = err; err != nil {
		r.rest()
	}
}

// passes reports whether the source can be awaited, so that it can be given memory that is not the buffer's.
func (op *readerOp) passes() bool {
	if op.fd != nil {
		return true
	}
	_, ok := op.r.src.(AsyncReader)
	return ok
}

// space returns where the next read goes.
func (op *readerOp) space() []byte { return op.r.part(op.size, op.ahead) }

// blockingRead returns the Read of a source that has no async form: the one that goes on, or else a new one. It reads into the buffer, as
// it may go on for longer than the operation.
func (op *readerOp) blockingRead() *call {
	r := op.r
	if r.left == nil {
		src, p := r.src, op.space()
		r.left = newCall(len(p), func() (int, error) { return src.Read(p) })
	}
	op.room = r.left.room
	return r.left
}
