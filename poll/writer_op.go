//go:build linux

package poll

import (
	"io"

	"github.com/goasync/goasync/rt"
)

// A writerOp is what the operations of a Writer have in common. Each has a method step that reports whether it is settled, or err says
// why it will not be; its Resume, and its blocking form, are as those of a readerOp with drain instead of fill.
type writerOp struct {
	sink
	w    *Writer
	rest []byte // what is still to be accepted
	n    int    // how much was accepted: it is written or in the buffer
}

// begin prepares the operation anew.
func (op *writerOp) begin(w *Writer, p []byte) {
	op.sink.begin(w.dst)
	op.w, op.rest, op.n = w, p, 0
}

// start is Start of the operation self.
func (op *writerOp) start(fb *rt.Fiber, self, parent rt.Resumable) (ready bool) {
	return op.Begin(fb, self, parent) && fb.Ready(parent)
}

// enter enters the frame. Afterwards err is set if the operation cannot go on.
func (op *writerOp) enter(fb *rt.Fiber) {
	w := op.w
	if op.Enter() != 0 {
		w.busy = false
		op.resumed()
		op.account()
		return
	}
	if op.check(fb) {
		op.err = w.refusal()
	}
}

// refusal returns why nothing can be written.
func (w *Writer) refusal() error {
	if w.busy {
		return ErrBusy
	}
	return w.err
}

// leave ends the frame.
func (op *writerOp) leave() (done bool) {
	op.end()
	op.w, op.rest = nil, nil
	return op.End()
}

// drain writes what is buffered, and then the rest, as much as goes at once. It reports false if that has to wait: self is resumed then.
func (op *writerOp) drain(fb *rt.Fiber, self rt.Resumable) (went bool) {
	w := op.w
	if op.passes(w.dst) {
		went = op.send(fb, self, w.dst, w.unsent(), op.rest)
	} else {
		c := op.nextCall()
		op.room = c.room
		went = op.await(fb, self, c.async())
	}
	if !went {
		w.busy = true
		return op.Suspend(1)
	}
	op.account()
	return true
}

// nextCall returns the Write of a destination without an async form that is to be waited for.
func (op *writerOp) nextCall() *call {
	if op.w.left == nil {
		n := op.w.put(op.rest)
		op.rest = op.rest[n:]
		op.n += n
	}
	return op.w.blockingWrite()
}

// drainHere is drain on the calling goroutine, which may block. form is as in block.
func (op *writerOp) drainHere(form string) {
	w := op.w
	if w.left != nil {
		op.room = w.left.room
		op.took, op.err = w.left.here()
		if op.took < op.room && op.err == nil {
			op.err = io.ErrShortWrite
		}
	} else {
		op.took, op.err = sendHere(form, w.dst, w.unsent(), op.rest)
	}
	op.account()
}

// account takes note of what the last send has done.
func (op *writerOp) account() {
	w, took := op.w, op.took
	op.took = 0
	switch {
	case w.left == nil:
		w.written += int64(took)
		buffered := min(took, w.end-w.at)
		w.sent(buffered)
		op.rest = op.rest[took-buffered:]
		op.n += took - buffered
	case op.thrown:
		return // it goes on
	default:
		w.written += int64(took)
		w.left = nil
	}
	if op.err != nil && !op.isThrown() {
		w.err = op.err
	}
}
