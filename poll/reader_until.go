//go:build linux

package poll

import (
	"bytes"
	"io"

	"github.com/goasync/goasync/rt"
)

// ReadUntil reads up to delim, and returns what it has read, delim included. The slice is valid until the next call of a method of r.
// If the stream ends before, it returns what is left and io.ErrUnexpectedEOF, or io.EOF if that is nothing. If there is no delim within
// the limit, it returns a [*LimitError], and the data can still be read. Cancel, and other errors: lossless, the next call begins where
// this one did. It panics with rt.Misuse if delim is empty.
func (r *Reader) ReadUntil(delim string) (data []byte, err error) {
	op := new(ReaderReadUntilOp)
	op.Init(r, delim)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = r.refusal(); !op.step(); {
		op.fillHere(nil)
	}
	op.settle()
	return op.data, op.err
}

// ReadUntilAsync is the async form of ReadUntil.
func (r *Reader) ReadUntilAsync(delim string) rt.Awaitable[[]byte] {
	op := new(ReaderReadUntilOp)
	op.Init(r, delim)
	op.Visible()
	return op
}

// A ReaderReadUntilOp is the operation of [Reader.ReadUntil], to embed in a frame. The zero value is ready for Init, and so is one that
// has ended.
type ReaderReadUntilOp struct {
	readerOp
	delim    string
	searched int    // how much of the buffer has no delim, nor the beginning of one
	data     []byte // the result
}

// Init prepares a ReadUntil of r.
func (op *ReaderReadUntilOp) Init(r *Reader, delim string) {
	if delim == "" {
		panic(rt.Misuse("poll: ReadUntil with an empty delimiter, which would be found everywhere"))
	}
	op.begin(r)
	op.delim, op.searched, op.data = delim, 0, nil
}

// Start begins the operation.
func (op *ReaderReadUntilOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *ReaderReadUntilOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.fill(fb, op, nil) {
			return false
		}
	}
	op.settle()
	op.delim = ""
	return op.leave()
}

func (op *ReaderReadUntilOp) step() (settled bool) {
	if op.err != nil {
		return true
	}
	r := op.r
	unread := r.unread()
	if i := index(unread[op.searched:], op.delim); i >= 0 {
		op.searched += i
		if n := op.searched + len(op.delim); n <= r.limit {
			op.data = unread[:n:n]
			r.at += n
			return true
		}
	} else if op.searched = max(op.searched, len(unread)+1-len(op.delim)); len(unread) < r.limit {
		return false
	}
	op.err = &LimitError{Limit: r.limit, Consumed: op.searched}
	return true
}

// index returns where delim begins in p, -1 if nowhere.
func index(p []byte, delim string) int {
	if len(delim) == 1 {
		return bytes.IndexByte(p, delim[0])
	}
	return bytes.Index(p, []byte(delim))
}

// settle returns what is left at the end of the stream.
func (op *ReaderReadUntilOp) settle() {
	if op.err == io.EOF && op.r.Buffered() > 0 {
		op.data, op.err = op.r.unread(), io.ErrUnexpectedEOF
		op.r.at = op.r.end
	}
}

// Result returns what ReadUntil does.
func (op *ReaderReadUntilOp) Result() (data []byte, err error) {
	err = op.outcome()
	data = op.data
	if !op.held {
		op.data = nil
	}
	return data, err
}

// ReadLine reads a line and returns it without its end, which is "\n" or "\r\n". The slice is valid until the next call of a method of
// r. The last line of the stream need not have an end; after it comes io.EOF. Who has to know uses ReadUntil. A line that is longer than
// the limit, its end included, is a [*LimitError], and can still be read. Cancel, and other errors: lossless, the next call begins where
// this one did.
func (r *Reader) ReadLine() (line []byte, err error) {
	op := new(ReaderReadLineOp)
	op.Init(r)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = r.refusal(); !op.step(); {
		op.fillHere(nil)
	}
	op.settle()
	return op.line()
}

// ReadLineAsync is the async form of ReadLine.
func (r *Reader) ReadLineAsync() rt.Awaitable[[]byte] {
	op := new(ReaderReadLineOp)
	op.Init(r)
	op.Visible()
	return op
}

// A ReaderReadLineOp is the operation of [Reader.ReadLine], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type ReaderReadLineOp struct {
	ReaderReadUntilOp
}

// Init prepares a ReadLine of r.
func (op *ReaderReadLineOp) Init(r *Reader) { op.ReaderReadUntilOp.Init(r, "\n") }

// line makes a line of what was read.
func (op *ReaderReadLineOp) line() ([]byte, error) {
	line, ended := bytes.CutSuffix(op.data, []byte("\n"))
	if ended {
		line = bytes.TrimSuffix(line, []byte("\r"))
	}
	if op.err == io.ErrUnexpectedEOF {
		return line, nil
	}
	return line, op.err
}

// Result returns what ReadLine does.
func (op *ReaderReadLineOp) Result() (line []byte, err error) {
	line, err = op.line()
	op.ReaderReadUntilOp.Result()
	return line, err
}
