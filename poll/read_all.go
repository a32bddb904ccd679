//go:build linux

package poll

import (
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
)

// ReadAll reads r to its end, and returns all that there was, without an error. It awaits r if that is an [AsyncReader]; otherwise r.Read
// runs on a goroutine of rt.Blocking, as with [Read]. The memory grows with what comes, whatever the limit; while it waits for more of a
// [Conn] or a [ReadWaiter] it holds that and no buffer beside it.
//
// If there are more than limit bytes, it returns the first ones, limit bytes, and a [*LimitError]. What comes after them is still in r if
// that is a [Reader], whose own limit does not matter here; of any other r one byte more has been read, and is lost. It panics with
// rt.Misuse if limit is negative.
//
// Cancel, and errors of r: what has been read is returned beside the error, and no more has been, if r is a Reader or an AsyncReader of
// which a cancel loses nothing, such as a Conn. What a Read on a goroutine returns after a cancel is lost: use [NewReader].
func ReadAll(r io.Reader, limit int) (data []byte, err error) {
	op := new(ReadAllOp)
	op.Init(r, limit)
	if rt.InTask() {
		return rt.Block(op)
	}
	for op.err = op.r.refusal(); !op.step(); {
		op.fillHere(nil)
	}
	op.settle()
	return op.data, op.err
}

// ReadAllAsync is the async form of ReadAll.
func ReadAllAsync(r io.Reader, limit int) rt.Awaitable[[]byte] {
	op := new(ReadAllOp)
	op.Init(r, limit)
	op.Visible()
	return op
}

// A ReadAllOp is the operation of [ReadAll], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ReadAllOp struct {
	readerOp
	own   Reader // unless r is a Reader
	limit int
	data  []byte // the result
}

// Init prepares a ReadAll of src.
func (op *ReadAllOp) Init(src io.Reader, limit int) {
	if limit < 0 {
		panic(rt.Misuse(fmt.Sprintf("poll: ReadAll with a limit of %d bytes: it must not be negative", limit)))
	}
	r, ok := src.(*Reader)
	if !ok {
		r = &op.own
		*r = Reader{src: src, limit: DefaultReaderLimit}
	}
	op.begin(r)
	op.size = min(copyBuffer, r.limit)
	op.limit, op.data = limit, nil
}

// Start begins the operation.
func (op *ReadAllOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return op.start(fb, op, parent)
}

// Resume is called by package rt.
func (op *ReadAllOp) Resume(fb *rt.Fiber) (done bool) {
	for op.enter(fb); !op.step(); {
		if !op.fill(fb, op, nil) {
			return false
		}
	}
	op.settle()
	return op.leave()
}

// step moves what is buffered to the result, as much as the limit allows. After an error that is what came with it, of a source that
// returns both; a Reader of the user's keeps it.
func (op *ReadAllOp) step() (settled bool) {
	r := op.r
	owns := r == &op.own
	if op.err != nil && !owns {
		return true
	}
	p := r.unread()
	there := len(p)
	p = p[:min(there, op.limit-len(op.data))]
	op.data = append(op.data, p...)
	r.at += len(p)
	r.rest()
	if op.err == nil && len(p) < there {
		op.err = &LimitError{Limit: op.limit, all: true}
	}
	if owns { // it keeps nothing: of what is beyond the limit a byte is enough to see
		op.ahead = min(op.limit-len(op.data), copyBuffer) + 1
	}
	return op.err != nil
}

// settle ends the reading.
func (op *ReadAllOp) settle() {
	if op.err == io.EOF {
		op.err = nil
	}
	if op.r == &op.own {
		op.own.drop()
	}
}

// Result returns what ReadAll does.
func (op *ReadAllOp) Result() (data []byte, err error) {
	err = op.outcome()
	data = op.data
	if !op.held {
		op.data = nil
	}
	return data, err
}
