//go:build linux

package poll

import (
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
)

// DefaultWriterSize is the size of the buffer of a [Writer] that [NewWriter] returns, in bytes.
const DefaultWriterSize = 4 << 10

// A Writer gathers small writes to an io.Writer in a buffer. A Write that does not fit waits until it does, so that a Writer holds as
// much as its size, whatever the other end does (statement 217). What it writes to is awaited if it is an [AsyncWriter]. Otherwise its
// Write runs on a goroutine of rt.Blocking.
//
// After the last Write, Flush must be called. A Writer that has nothing to write has no buffer. One whose destination has no async form
// may have two: the one that is being written and the next.
//
// An error of the destination is kept, and every call returns it from then on, so that who has only looked at that of Flush learns of a
// Write that did not accept all. A cancel is not kept: the Writer knows what was written, and goes on with the rest. What a test throws at
// a wait, by rt.Fiber.Throw or rttest.Sweep, is as if the wait had failed by itself: that of an AsyncWriter is its own, and so its error
// is kept; only the waits for a Conn are the Writer's.
//
// A Writer belongs to one task, or one goroutine, at a time. A call that comes while that of another task waits fails with [ErrBusy].
type Writer struct {
	dst     io.Writer
	buf     *buffer // nil: nothing is buffered
	at      int     // buf.bytes[at:end] is to be written
	end     int
	size    int
	err     error // of dst
	written int64
	left    *call // a Write of dst that goes on: who waited for it was cancelled
	busy    bool  // an operation waits
}

// NewWriter returns a Writer to w with a buffer of [DefaultWriterSize].
func NewWriter(w io.Writer) *Writer { return NewWriterSize(w, DefaultWriterSize) }

// NewWriterSize returns a Writer to w with a buffer of size bytes. It panics with rt.Misuse if size is less than 1.
func NewWriterSize(w io.Writer, size int) *Writer {
	if size < 1 {
		panic(rt.Misuse(fmt.Sprintf("poll: a Writer with a buffer of %d bytes: it must be 1 at least", size)))
	}
	return &Writer{dst: w, size: size}
}

// Reset makes w a new Writer to dst, with a buffer of the same size, so that few Writers can serve many connections in turn. What is
// buffered is dropped; a Write of a destination without an async form that goes on is left to itself. It panics with rt.Misuse while
// a call waits.
func (w *Writer) Reset(dst io.Writer) {
	if w.busy {
		panic(rt.Misuse("poll: Reset of a Writer while a call waits: wait for it, or cancel its task, first"))
	}
	if w.buf != nil {
		giveBuffer(w.buf)
	}
	*w = Writer{dst: dst, size: w.size}
}

// Available returns how many bytes can be written without waiting.
func (w *Writer) Available() int { return w.size - (w.end - w.at) }

// Buffered returns how many bytes are still to be written to the destination, or not known to have been.
func (w *Writer) Buffered() int {
	n := w.end - w.at
	if w.left != nil {
		n += w.left.room
	}
	return n
}

// Written returns how many bytes the destination is known to have taken, also after an error or a cancel. They are the first ones
// (statement 188).
func (w *Writer) Written() int64 { return w.written }

// unsent returns what is buffered.
func (w *Writer) unsent() []byte {
	if w.buf == nil {
		return nil
	}
	return w.buf.bytes[w.at:w.end]
}

// put adds the beginning of p to the buffer, as much as fits, and returns how much that is.
func (w *Writer) put(p []byte) (n int) {
	p = p[:min(len(p), w.Available())]
	if len(p) == 0 {
		return 0
	}
	if w.buf == nil {
		w.buf = takeBuffer(w.size)
	}
	if w.end+len(p) > len(w.buf.bytes) {
		w.at, w.end = 0, copy(w.buf.bytes, w.unsent())
	}
	w.end += copy(w.buf.bytes[w.end:], p)
	return len(p)
}

// sent removes the first n bytes from the buffer, and gives it back if it is empty then.
func (w *Writer) sent(n int) {
	w.at += n
	if w.at == w.end && w.buf != nil {
		giveBuffer(w.buf)
		w.buf, w.at, w.end = nil, 0, 0
	}
}

// blockingWrite returns the Write of a destination that has no async form: the one that goes on, or else one of what is buffered. It
// takes the buffer with it, as it may go on for longer than who waits for it.
func (w *Writer) blockingWrite() *call {
	if w.left == nil {
		dst, buf, p := w.dst, w.buf, w.unsent()
		w.buf, w.at, w.end = nil, 0, 0
		w.left = newCall(len(p), func() (int, error) {
			n, err := dst.Write(p)
			giveBuffer(buf)
			return n, err
		})
	}
	return w.left
}
