//go:build linux

package poll

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/goasync/goasync/rt"
)

// An AsyncReader is an io.Reader that can be awaited, such as a [Conn] or a [Reader]. A call of ReadAsync means what Read does; p is
// not touched before it is started nor after it has ended, a cancel included.
type AsyncReader interface {
	io.Reader
	// ReadAsync is the async form of Read.
	ReadAsync(p []byte) rt.Awaitable[int]
}

// An AsyncWriter is an io.Writer that can be awaited, such as a [Conn] or a [Writer]. WriteAsync is to Write what ReadAsync of an
// [AsyncReader] is to Read. After an error, a cancel included, n is how much has been written.
type AsyncWriter interface {
	io.Writer
	// WriteAsync is the async form of Write.
	WriteAsync(p []byte) rt.Awaitable[int]
}

// A ReadWaiter is an AsyncReader that says when it has something to read before it is given memory for that, such as a [Conn] or a
// connection of package tlspoll. A [Reader] of one waits for the first byte without a buffer.
type ReadWaiter interface {
	AsyncReader
	// WaitRead waits until a Read of a byte or more would return at once, with whatever result.
	WaitRead() error
	// WaitReadAsync is the async form of WaitRead.
	WaitReadAsync() rt.Awaitable[struct{}]
}

var (
	_ ReadWaiter  = (*Conn)(nil)
	_ AsyncWriter = (*Conn)(nil)
	_ AsyncReader = (*Reader)(nil)
	_ AsyncWriter = (*Writer)(nil)
)

// A call is one Read or Write of a stream that has no async form. It is made on a goroutine of rt.Blocking and outlives a wait for it
// that is cancelled: who owns the stream keeps the call, and whoever needs the stream next waits for it again. So nothing is lost, and
// no two calls of one stream are under way.
type call struct {
	do    func() (int, error)
	room  int // how many bytes it is given
	begun atomic.Bool
	done  chan struct{} // closed when n and err are valid
	n     int
	err   error
}

func newCall(room int, do func() (int, error)) *call {
	return &call{do: do, room: room, done: make(chan struct{})}
}

// wait makes the call, or waits until the goroutine that makes it has done so.
func (c *call) wait(ctx context.Context) (struct{}, error) {
	if c.begun.CompareAndSwap(false, true) {
		defer close(c.done) // if it panics, too: it has returned nothing then
		c.n, c.err = c.do()
		return struct{}{}, nil
	}
	select {
	case <-c.done:
	case <-ctx.Done(): // nobody waits for this wait any more
	}
	return struct{}{}, nil
}

// here waits on the calling goroutine.
func (c *call) here() (n int, err error) {
	c.wait(context.Background())
	return c.n, c.err
}

// A callOp waits for a call.
type callOp struct {
	rt.BlockingOp[struct{}]
	call   *call
	thrown bool // the wait was cancelled
}

// async returns an awaitable that waits for c.
func (c *call) async() rt.Awaitable[int] {
	op := &callOp{call: c}
	op.BlockingOp.Init(c.wait)
	return op
}

// Result returns what the call did, or, if the wait was cancelled, 0 and the error that was thrown.
func (op *callOp) Result() (int, error) {
	if _, err := op.BlockingOp.Result(); err != nil {
		op.thrown = true
		return 0, err
	}
	return op.call.n, op.call.err
}

// isThrown reports whether err, of a stream that is not ours, was thrown at whoever awaited the stream: it is then not the stream's.
func isThrown(err error) bool {
	_, canceled := errors.AsType[*rt.Canceled](err)
	return canceled || errors.Is(err, rt.ErrCoroutineClosed)
}

// pause lets the other tasks run before self is resumed. It reports false if err is due instead.
func (op *operation) pause(fb *rt.Fiber, self rt.Resumable) (suspended bool) {
	if !op.check(fb) {
		return false
	}
	fb.GiveWay(self)
	return true
}
