//go:build linux

package poll

import (
	"io"

	"github.com/goasync/goasync/rt"
)

// Read reads from r up to len(p) bytes, waiting for the first. It awaits r if that is an [AsyncReader]; otherwise r.Read runs on a
// goroutine of rt.Blocking, with a buffer in place of p. Cancel: lossless if r is, as a [Conn] and a [Reader] are; what a Read on a
// goroutine returns later is lost: use [NewReader].
func Read(r io.Reader, p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(ReadOp)
		op.Init(r, p)
		return rt.Block(op)
	}
	return r.Read(p)
}

// ReadAsync is the async form of Read.
func ReadAsync(r io.Reader, p []byte) rt.Awaitable[int] {
	op := new(ReadOp)
	op.Init(r, p)
	op.Visible()
	return op
}

// A ReadOp is the operation of [Read], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ReadOp struct {
	ReaderReadOp
	own Reader // unless r is a Reader
}

// Init prepares a Read of r into p.
func (op *ReadOp) Init(r io.Reader, p []byte) {
	if r, ok := r.(*Reader); ok {
		op.ReaderReadOp.Init(r, p)
		return
	}
	op.own = Reader{src: r, limit: DefaultReaderLimit}
	op.ReaderReadOp.Init(&op.own, p)
	op.ahead = len(p)
}

// Result returns what Read does.
func (op *ReadOp) Result() (n int, err error) {
	op.own.drop()
	return op.ReaderReadOp.Result()
}

// ReadFull is io.ReadFull, and awaits r as [Read] does. Cancel: n bytes have been read, and are in p; but of a [Reader] as its method
// says.
func ReadFull(r io.Reader, p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(ReadFullOp)
		op.Init(r, p)
		return rt.Block(op)
	}
	return io.ReadFull(r, p)
}

// ReadFullAsync is the async form of ReadFull.
func ReadFullAsync(r io.Reader, p []byte) rt.Awaitable[int] {
	op := new(ReadFullOp)
	op.Init(r, p)
	op.Visible()
	return op
}

// A ReadFullOp is the operation of [ReadFull], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ReadFullOp struct {
	ReaderReadFullOp
	own Reader // unless r is a Reader
}

// Init prepares a ReadFull of r into p.
func (op *ReadFullOp) Init(r io.Reader, p []byte) {
	if r, ok := r.(*Reader); ok {
		op.ReaderReadFullOp.Init(r, p)
		return
	}
	op.own = Reader{src: r, limit: DefaultReaderLimit}
	op.ReaderReadFullOp.Init(&op.own, p)
	op.ahead = len(p)
}

// Result returns what ReadFull does.
func (op *ReadFullOp) Result() (n int, err error) {
	op.own.drop()
	return op.ReaderReadFullOp.Result()
}

// drop lets go of everything. No operation waits.
func (r *Reader) drop() {
	if r.left == nil && r.buf != nil {
		giveBuffer(r.buf)
	}
	*r = Reader{}
}

// Write writes all of p to w. It awaits w if that is an [AsyncWriter]; otherwise w.Write runs on a goroutine of rt.Blocking, with a copy
// of p. If it fails, n bytes are known to have been written. Cancel: a Write on a goroutine goes on, and what it writes is not counted.
func Write(w io.Writer, p []byte) (n int, err error) {
	if rt.InTask() {
		op := new(WriteOp)
		op.Init(w, p)
		return rt.Block(op)
	}
	return sendHere("Write", w, p, nil)
}

// WriteAsync is the async form of Write.
func WriteAsync(w io.Writer, p []byte) rt.Awaitable[int] {
	op := new(WriteOp)
	op.Init(w, p)
	op.Visible()
	return op
}

// A WriteOp is the operation of [Write], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type WriteOp struct {
	sink
	dst  io.Writer
	rest []byte
	n    int
}

// Init prepares a Write of p to w.
func (op *WriteOp) Init(w io.Writer, p []byte) {
	op.begin(w)
	op.dst, op.rest, op.n = w, p, 0
}

// Start begins the operation.
func (op *WriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *WriteOp) Resume(fb *rt.Fiber) (done bool) {
	if op.Enter() == 0 {
		op.check(fb)
	} else {
		op.resumed()
	}
	for op.account(); op.err == nil && len(op.rest) > 0; op.account() {
		if !op.send(fb, op, op.dst, op.rest, nil) {
			return op.Suspend(1)
		}
	}
	op.end()
	op.dst, op.rest = nil, nil
	return op.End()
}

// account takes note of what the last send has done.
func (op *WriteOp) account() {
	op.n += op.took
	op.rest = op.rest[op.took:]
	op.took = 0
}

// Result returns what Write does.
func (op *WriteOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}
