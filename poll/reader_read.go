//go:build linux

package poll

import (
	"io"

	"github.com/goasync/goasync/rt"
)

// Read reads what there is, up to len(p) bytes, waiting for the first. At the end of the stream it returns io.EOF. Cancel: lossless.
func (r *Reader) Read(p []byte) (n int, err error) {
	op := new(ReaderReadOp)
	op.Init(r, p)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = r.refusal(); !op.step(); {
		op.fillHere(op.past())
	}
	return op.got, op.err
}

// ReadAsync is the async form of Read.
func (r *Reader) ReadAsync(p []byte) rt.Awaitable[int] {
	op := new(ReaderReadOp)
	op.Init(r, p)
	op.Visible()
	return op
}

// A ReaderReadOp is the operation of [Reader.Read], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ReaderReadOp struct {
	readerOp
	to  []byte
	got int
}

// Init prepares a Read of r into p.
func (op *ReaderReadOp) Init(r *Reader, p []byte) {
	op.begin(r)
	op.to, op.got = p, 0
}

// Start begins the operation.
func (op *ReaderReadOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *ReaderReadOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.fill(fb, op, op.past()) {
			return false
		}
	}
	op.to = nil
	return op.leave()
}

// past returns where to read past the buffer, which is empty; nil if it is better to read ahead.
func (op *ReaderReadOp) past() []byte {
	if op.ahead > 0 || len(op.to) >= minBuffer {
		return op.to
	}
	return nil
}

func (op *ReaderReadOp) step() (settled bool) {
	if op.got = op.fresh; op.got > 0 || op.err != nil || len(op.to) == 0 {
		return true
	}
	op.got = op.r.take(op.to)
	return op.got > 0
}

// Result returns what Read does.
func (op *ReaderReadOp) Result() (n int, err error) {
	err = op.outcome()
	return op.got, err
}

// ReadFull fills p. If the stream ends before, it returns the number of bytes that it has read, and io.ErrUnexpectedEOF, or io.EOF if
// there were none. Cancel: lossless. Of a p up to the limit nothing has been read then; of a longer one n bytes have, and are in p. So
// it is after an error of the source, too, except that n bytes are in p whatever its length.
func (r *Reader) ReadFull(p []byte) (n int, err error) {
	op := new(ReaderReadFullOp)
	op.Init(r, p)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = r.refusal(); !op.step(); {
		op.fillHere(op.past())
	}
	op.settle()
	return op.got, op.err
}

// ReadFullAsync is the async form of ReadFull.
func (r *Reader) ReadFullAsync(p []byte) rt.Awaitable[int] {
	op := new(ReaderReadFullOp)
	op.Init(r, p)
	op.Visible()
	return op
}

// A ReaderReadFullOp is the operation of [Reader.ReadFull], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type ReaderReadFullOp struct {
	readerOp
	to  []byte
	got int // how much of to is filled
}

// Init prepares a ReadFull of r into p.
func (op *ReaderReadFullOp) Init(r *Reader, p []byte) {
	op.begin(r)
	op.to, op.got = p, 0
}

// Start begins the operation.
func (op *ReaderReadFullOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *ReaderReadFullOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.fill(fb, op, op.past()) {
			return false
		}
	}
	op.settle()
	op.to = nil
	return op.leave()
}

// past returns where to read past the buffer, which is then empty; nil if it is better to read ahead.
func (op *ReaderReadFullOp) past() []byte {
	if rest := op.to[op.got:]; op.r.Buffered() == 0 && (op.ahead > 0 || len(rest) >= minBuffer) {
		return rest
	}
	return nil
}

// step waits for a short p until the buffer has all of it. A long one is filled piece by piece, past the buffer where that is possible.
func (op *ReaderReadFullOp) step() (settled bool) {
	op.got += op.fresh
	op.fresh = 0
	if op.err != nil {
		return true
	}
	r := op.r
	missing, buffered := len(op.to)-op.got, r.Buffered()
	if missing <= buffered || buffered >= r.limit || op.ahead > 0 || missing-buffered >= minBuffer && op.passes() {
		op.got += r.take(op.to[op.got:])
	}
	if op.ahead > 0 {
		op.ahead = len(op.to) - op.got
	}
	return op.got == len(op.to)
}

// settle decides what becomes of a part of p that was filled before an error.
func (op *ReaderReadFullOp) settle() {
	switch {
	case op.err == io.EOF:
		op.got += op.r.take(op.to[op.got:])
		if op.got > 0 {
			op.err = io.ErrUnexpectedEOF
		}
	case op.err != nil && op.got > 0 && len(op.to) <= op.r.limit && op.ahead == 0 && (op.thrown || isThrown(op.err)):
		op.r.putBack(op.to[:op.got])
		op.got = 0
	}
}

// Result returns what ReadFull does.
func (op *ReaderReadFullOp) Result() (n int, err error) {
	err = op.outcome()
	return op.got, err
}
