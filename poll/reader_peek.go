//go:build linux

package poll

import (
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
)

// Peek returns the next n bytes without reading them. The slice is valid until the next call of a method of r. If the stream ends
// before, it returns what there is and io.EOF. More than the limit is a
// [*LimitError]. It panics with rt.Misuse if n is negative. Cancel: lossless.
func (r *Reader) Peek(n int) (data []byte, err error) {
	op := new(ReaderPeekOp)
	op.Init(r, n)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = r.refusal(); !op.step(); {
		op.fillHere(nil)
	}
	return op.data, op.err
}

// PeekAsync is the async form of Peek.
func (r *Reader) PeekAsync(n int) rt.Awaitable[[]byte] {
	op := new(ReaderPeekOp)
	op.Init(r, n)
	op.Visible()
	return op
}

// A ReaderPeekOp is the operation of [Reader.Peek], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ReaderPeekOp struct {
	readerOp
	want int
	data []byte
}

// Init prepares a Peek of r.
func (op *ReaderPeekOp) Init(r *Reader, n int) {
	if n < 0 {
		panic(rt.Misuse(fmt.Sprintf("poll: Peek of %d bytes", n)))
	}
	op.begin(r)
	op.want, op.data = n, nil
}

// Start begins the operation.
func (op *ReaderPeekOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *ReaderPeekOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.fill(fb, op, nil) {
			return false
		}
	}
	return op.leave()
}

func (op *ReaderPeekOp) step() (settled bool) {
	r := op.r
	switch {
	case op.err != nil && op.err != io.EOF:
		return true
	case op.want > r.limit:
		op.err = &LimitError{Limit: r.limit}
		return true
	case op.err == nil && op.want > r.Buffered():
		return false
	}
	n := min(op.want, r.Buffered())
	op.data = r.unread()[:n:n]
	return true
}

// Result returns what Peek does.
func (op *ReaderPeekOp) Result() (data []byte, err error) {
	err = op.outcome()
	data = op.data
	if !op.held {
		op.data = nil
	}
	return data, err
}

// Discard skips n bytes and returns how many it has skipped; fewer only with an error, which is io.EOF at the end of the stream. Cancel:
// what was skipped is counted. It panics with rt.Misuse if n is negative.
func (r *Reader) Discard(n int) (discarded int, err error) {
	op := new(ReaderDiscardOp)
	op.Init(r, n)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = r.refusal(); !op.step(); {
		op.fillHere(nil)
	}
	return op.gone, op.err
}

// DiscardAsync is the async form of Discard.
func (r *Reader) DiscardAsync(n int) rt.Awaitable[int] {
	op := new(ReaderDiscardOp)
	op.Init(r, n)
	op.Visible()
	return op
}

// A ReaderDiscardOp is the operation of [Reader.Discard], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type ReaderDiscardOp struct {
	readerOp
	want int
	gone int
}

// Init prepares a Discard of n bytes of r.
func (op *ReaderDiscardOp) Init(r *Reader, n int) {
	if n < 0 {
		panic(rt.Misuse(fmt.Sprintf("poll: Discard of %d bytes", n)))
	}
	op.begin(r)
	op.want, op.gone = n, 0
}

// Start begins the operation.
func (op *ReaderDiscardOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *ReaderDiscardOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.fill(fb, op, nil) {
			return false
		}
	}
	return op.leave()
}

func (op *ReaderDiscardOp) step() (settled bool) {
	if op.err != nil {
		return true
	}
	r := op.r
	n := min(op.want-op.gone, r.Buffered())
	r.at += n
	op.gone += n
	r.rest()
	return op.gone == op.want
}

// Result returns what Discard does.
func (op *ReaderDiscardOp) Result() (discarded int, err error) {
	err = op.outcome()
	return op.gone, err
}
