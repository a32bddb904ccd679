//go:build linux

package poll

import (
	"bufio"
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
)

// DefaultReaderLimit is the limit of a [Reader] that [NewReader] returns, in bytes (statement 208).
const DefaultReaderLimit = 64 << 10

// A Reader reads ahead from an io.Reader, so that lines and parts of known length can be read without a call for each. What it reads
// from is awaited if it is an [AsyncReader]. Otherwise its Read runs on a goroutine of rt.Blocking.
//
// Memory: a Reader has a buffer only while data waits in it, or while a slice of it that was returned is valid; over a [Conn] or
// a [ReadWaiter], one that waits for the first byte has none. The buffer has 4 KiB at first, and never more than the limit, rounded up to a power of two.
//
// A cancel loses nothing, also one of a read whose source has no async form: what that reads later is there for the next call.
//
// A Reader belongs to one task, or one goroutine, at a time. A call that comes while that of another task waits fails with [ErrBusy]
// (statement 213). What is read from the source directly is missing in the Reader.
type Reader struct {
	src   io.Reader
	buf   *buffer // nil: nothing is buffered
	at    int     // buf.bytes[at:end] was read from src and not returned yet
	end   int
	limit int
	err   error // came from src with the last bytes of buf, and is returned after them
	left  *call // a Read of src into buf.bytes[end:] that goes on: who waited for it was cancelled
	busy  bool  // an operation waits
}

// NewReader returns a Reader of r with the limit [DefaultReaderLimit].
func NewReader(r io.Reader) *Reader { return NewReaderLimit(r, DefaultReaderLimit) }

// NewReaderLimit returns a Reader of r with a limit, in bytes: the longest line, the longest part up to a delimiter, both with their
// ends, and the most that Peek can show. It panics with rt.Misuse if limit is less than 1.
func NewReaderLimit(r io.Reader, limit int) *Reader {
	if limit < 1 {
		panic(rt.Misuse(fmt.Sprintf("poll: a Reader with a limit of %d bytes: it must be 1 at least", limit)))
	}
	return &Reader{src: r, limit: limit}
}

// Reset makes r a new Reader of src, with the same limit, so that few Readers can serve many connections in turn. What is buffered is
// dropped, and a slice that was returned is no longer valid; a Read of a source without an async form that goes on is left to itself. It
// panics with rt.Misuse while a call waits.
func (r *Reader) Reset(src io.Reader) {
	if r.busy {
		panic(rt.Misuse("poll: Reset of a Reader while a call waits: wait for it, or cancel its task, first"))
	}
	limit := r.limit
	r.drop()
	r.src, r.limit = src, limit
}

// Buffered returns how many bytes can be read without waiting.
func (r *Reader) Buffered() int { return r.end - r.at }

// A LimitError says that ReadUntil or ReadLine has found no end within the limit of the [Reader], or that Peek was asked for more. No
// data is lost: it can still be read, and Discard(Consumed) skips what was searched in vain (statement 209). From [ReadAll] it says that
// there is more than its limit. errors.Is finds it to be bufio.ErrTooLong.
type LimitError struct {
	Limit    int  // of the Reader, or of ReadAll, in bytes
	Consumed int  // how many bytes were searched and have no delimiter, nor the beginning of one; 0 from Peek and ReadAll
	all      bool // it is of ReadAll
}

// Error says what the limit is.
func (e *LimitError) Error() string {
	if e.all {
		return fmt.Sprintf("poll: there are more than the %d bytes that ReadAll may read; give it a higher limit, or read a part at a time", e.Limit)
	}
	return fmt.Sprintf("poll: a line or part is longer than the Reader's limit of %d bytes; discard it, or use NewReaderLimit", e.Limit)
}

// Is reports whether target is bufio.ErrTooLong.
func (e *LimitError) Is(target error) bool { return target == bufio.ErrTooLong }

// unread returns what is buffered.
func (r *Reader) unread() []byte {
	if r.buf == nil {
		return nil
	}
	return r.buf.bytes[r.at:r.end]
}

// take moves what is buffered to p, as much as fits, and gives the buffer back if it is empty then.
func (r *Reader) take(p []byte) (n int) {
	n = copy(p, r.unread())
	r.at += n
	r.rest()
	return n
}

// rest gives the buffer back unless data waits in it, or is yet to come.
func (r *Reader) rest() {
	if r.buf != nil && r.at == r.end && r.left == nil {
		giveBuffer(r.buf)
		r.buf, r.at, r.end = nil, 0, 0
	}
}

// space returns the part of the buffer that the next bytes go to, at least one. It takes a buffer, of size bytes if there is none, moves
// what waits in it to its front, or takes a larger one. The caller knows that the buffer is not full at the limit.
func (r *Reader) space(size int) []byte {
	data := r.unread()
	switch {
	case r.buf == nil:
		r.buf = takeBuffer(size)
	case len(data) == len(r.buf.bytes):
		larger := takeBuffer(2 * len(data))
		copy(larger.bytes, data)
		giveBuffer(r.buf)
		r.buf = larger
	case r.at > 0:
		copy(r.buf.bytes, data)
	}
	r.at, r.end = 0, len(data)
	return r.buf.bytes[r.end:]
}

// part returns the part of space that one read may fill: ahead bytes, or all if that is 0.
func (r *Reader) part(size, ahead int) []byte {
	p := r.space(size)
	if ahead > 0 {
		p = p[:min(len(p), ahead)]
	}
	return p
}

// putBack makes p what is read next, before what is buffered. No read of src is under way.
func (r *Reader) putBack(p []byte) {
	data := r.unread()
	b := takeBuffer(len(p) + len(data))
	n := copy(b.bytes, p)
	n += copy(b.bytes[n:], data)
	if r.buf != nil {
		giveBuffer(r.buf)
	}
	r.buf, r.at, r.end = b, 0, n
}
