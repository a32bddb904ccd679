//go:build linux

package poll

import (
	"net"
	"os"
	"syscall"

	"github.com/goasync/goasync/rt"
)

// WhenReadable calls try, and again each time that c has become readable, until try reports that it is done. It is what RawConn.Read of
// package syscall is to a file: for protocols that read by themselves, as package tlspoll does. Try must not block, and reports false
// only after an attempt such as [Conn.TryRead] has failed with [ErrWouldBlock]; else WhenReadable waits for what is there already. (To wait
// alone, as before a Read, is what [Conn.WaitRead] is for.) On a loop try runs on the loop's goroutine, between two awaits of its task.
//
// WhenReadable takes the place of a Read: at most one of them waits, and the errors, which are never those of try, are those of Read.
// Once the deadline has passed, or c is closed, try is not called. Cancel: lossless, it comes between two calls of try.
func (c *Conn) WhenReadable(try func() (done bool)) error {
	if rt.InTask() {
		op := new(ConnWhenReadableOp)
		op.Init(c, try)
		_, err := rt.Block(op)
		return err
	}
	return c.when(reading, "Conn.WhenReadable", try)
}

// WhenWritable is WhenReadable for writing: it calls try, and again each time that c has become writable. It takes the place of a Write.
func (c *Conn) WhenWritable(try func() (done bool)) error {
	if rt.InTask() {
		op := new(ConnWhenWritableOp)
		op.Init(c, try)
		_, err := rt.Block(op)
		return err
	}
	return c.when(writing, "Conn.WhenWritable", try)
}

// when waits on the calling goroutine.
func (c *Conn) when(d direction, form string, try func() (done bool)) error {
	return c.opError(d.String(), c.do(d, form, func(int) error {
		if try() {
			return nil
		}
		return syscall.EAGAIN
	}))
}

// WhenReadableAsync is the async form of WhenReadable.
func (c *Conn) WhenReadableAsync(try func() (done bool)) rt.Awaitable[struct{}] {
	op := new(ConnWhenReadableOp)
	op.Init(c, try)
	op.Visible()
	return op
}

// WhenWritableAsync is the async form of WhenWritable.
func (c *Conn) WhenWritableAsync(try func() (done bool)) rt.Awaitable[struct{}] {
	op := new(ConnWhenWritableOp)
	op.Init(c, try)
	op.Visible()
	return op
}

// A ConnWhenReadableOp is the operation of [Conn.WhenReadable], to embed in a frame. The zero value is ready for Init, and so is one that
// has ended.
type ConnWhenReadableOp struct{ whenOp }

// Init prepares a WhenReadable of c.
func (op *ConnWhenReadableOp) Init(c *Conn, try func() (done bool)) {
	op.begin(&c.descriptor, reading)
	op.try = try
}

// Start begins the operation.
func (op *ConnWhenReadableOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ConnWhenReadableOp) Resume(fb *rt.Fiber) (done bool) { return op.resume(fb, op, "read") }

// TryRead is [Conn.TryRead] for op's own try, on the loop: it knows when nothing can be there and saves the system call.
func (op *ConnWhenReadableOp) TryRead(p []byte) (n int, err error) {
	fd := op.fd
	if len(p) == 0 {
		return 0, nil
	}
	if !fd.mayBeReady(reading) {
		return 0, ErrWouldBlock
	}
	n, err = fd.tryReceive(p)
	if err == ErrWouldBlock || err == nil && fd.emptied(n, len(p)) {
		op.blocked()
	}
	return n, err
}

// A ConnWhenWritableOp is the operation of [Conn.WhenWritable], to embed in a frame. The zero value is ready for Init, and so is one that
// has ended.
type ConnWhenWritableOp struct{ whenOp }

// Init prepares a WhenWritable of c.
func (op *ConnWhenWritableOp) Init(c *Conn, try func() (done bool)) {
	op.begin(&c.descriptor, writing)
	op.try = try
}

// Start begins the operation.
func (op *ConnWhenWritableOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ConnWhenWritableOp) Resume(fb *rt.Fiber) (done bool) { return op.resume(fb, op, "write") }

// whenOp is what both directions have in common.
type whenOp struct {
	operation
	try func() (done bool)
}

// resume is Resume of self, of which op is a part, and whose errors say what it does.
func (op *whenOp) resume(fb *rt.Fiber, self rt.Resumable, what string) (done bool) {
	if !op.proceed(fb) || op.attempt() || !op.park(fb, self) {
		op.try = nil
		return op.finish(what)
	}
	return op.Suspend(1)
}

// GiveWay is for op's own try, on the loop, when it has moved much and could go on: it then reports false, and is called again after
// others have run. The direction stays op's meanwhile. Cancel: comes before that call.
func (op *whenOp) GiveWay() { op.more = true }

// attempt calls try and reports whether that settled the operation.
func (op *whenOp) attempt() (settled bool) {
	s := &op.fd.sides[op.side]
	switch {
	case op.fd.isClosing():
		op.err = net.ErrClosed
		return true
	case op.fd.expired(op.side):
		op.err = os.ErrDeadlineExceeded
		return true
	}
	s.busy = false // should try panic, op ends here
	if settled = op.try(); !settled && !op.more {
		op.blocked()
	}
	s.busy = op.busy
	return settled
}

// Result returns what WhenReadable or WhenWritable does.
func (op *whenOp) Result() (struct{}, error) { return struct{}{}, op.outcome() }
