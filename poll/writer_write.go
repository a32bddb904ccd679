//go:build linux

package poll

import (
	"unsafe"

	"github.com/goasync/goasync/rt"
)

// Write writes p, or puts it into the buffer if it fits. Otherwise it waits until it does or is written, together with what was buffered
// before it, by one system call if that can be. If it fails, n bytes of p were accepted: Flush will write them after a cancel. So a
// caller can go on with p[n:] then. After any other error Written tells what was written.
func (w *Writer) Write(p []byte) (n int, err error) {
	op := new(WriterWriteOp)
	op.Init(w, p)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = w.refusal(); !op.step(); {
		op.drainHere("Writer.Write")
	}
	return op.n, op.err
}

// WriteAsync is the async form of Write.
func (w *Writer) WriteAsync(p []byte) rt.Awaitable[int] {
	op := new(WriterWriteOp)
	op.Init(w, p)
	op.Visible()
	return op
}

// A WriterWriteOp is the operation of [Writer.Write], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type WriterWriteOp struct {
	writerOp
}

// Init prepares a Write of p to w.
func (op *WriterWriteOp) Init(w *Writer, p []byte) { op.begin(w, p) }

// Start begins the operation.
func (op *WriterWriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *WriterWriteOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.drain(fb, op) {
			return false
		}
	}
	return op.leave()
}

func (op *WriterWriteOp) step() (settled bool) {
	if op.err != nil {
		return true
	}
	if len(op.rest) > op.w.Available() {
		return false
	}
	op.n += op.w.put(op.rest)
	return true
}

// Result returns what Write does.
func (op *WriterWriteOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}

// WriteString is Write of the bytes of s.
func (w *Writer) WriteString(s string) (n int, err error) { return w.Write(bytesOf(s)) }

// WriteStringAsync is the async form of WriteString.
func (w *Writer) WriteStringAsync(s string) rt.Awaitable[int] { return w.WriteAsync(bytesOf(s)) }

// A WriterWriteStringOp is the operation of [Writer.WriteString], to embed in a frame. The zero value is ready for Init, and so is one
// that has ended.
type WriterWriteStringOp struct {
	WriterWriteOp
}

// Init prepares a WriteString of s to w.
func (op *WriterWriteStringOp) Init(w *Writer, s string) { op.WriterWriteOp.Init(w, bytesOf(s)) }

// bytesOf returns the bytes of s, which nobody may change: an io.Writer does not.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// Flush writes all that is buffered. Cancel: lossless, the next call goes on.
func (w *Writer) Flush() error {
	op := new(WriterFlushOp)
	op.Init(w)
	if rt.InTask() {
		_, err := rt.Block(op)
		return err
	}
	for op.err = w.refusal(); !op.step(); {
		op.drainHere("Writer.Flush")
	}
	return op.err
}

// FlushAsync is the async form of Flush.
func (w *Writer) FlushAsync() rt.Awaitable[struct{}] {
	op := new(WriterFlushOp)
	op.Init(w)
	op.Visible()
	return op
}

// A WriterFlushOp is the operation of [Writer.Flush], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type WriterFlushOp struct {
	writerOp
}

// Init prepares a Flush of w.
func (op *WriterFlushOp) Init(w *Writer) { op.begin(w, nil) }

// Start begins the operation.
func (op *WriterFlushOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *WriterFlushOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.drain(fb, op) {
			return false
		}
	}
	return op.leave()
}

func (op *WriterFlushOp) step() (settled bool) { return op.err != nil || op.w.Buffered() == 0 }

// Result returns what Flush does.
func (op *WriterFlushOp) Result() (struct{}, error) { return struct{}{}, op.outcome() }
