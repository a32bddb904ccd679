//go:build linux

package poll

import (
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// WaitRead waits until a Read would not block: there is something to read, or the end has come, or an error. It takes nothing, so that who
// waits for a connection that is idle needs no buffer; a [Reader] does so by itself. It is level-triggered: while something is there it
// returns at once. It takes the place of a Read: at most one of them waits, and it heeds the deadline of reads. A protocol to
// which readable means little, as it may find a part of a record, waits by [Conn.WhenReadable]. Cancel: lossless.
func (c *Conn) WaitRead() error {
	if rt.InTask() {
		op := new(ConnWaitReadOp)
		op.Init(c)
		_, err := rt.Block(op)
		return err
	}
	return c.waitHere(reading, "Conn.WaitRead")
}

// WaitReadAsync is the async form of WaitRead.
func (c *Conn) WaitReadAsync() rt.Awaitable[struct{}] {
	op := new(ConnWaitReadOp)
	op.Init(c)
	op.Visible()
	return op
}

// WaitReadOp returns WaitRead as an operation, for rt.Select.
func (c *Conn) WaitReadOp() *Waiter[struct{}] { return c.readyOp(reading) }

// A ConnWaitReadOp is the operation of [Conn.WaitRead], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type ConnWaitReadOp struct{ readyOp }

// Init prepares a WaitRead of c.
func (op *ConnWaitReadOp) Init(c *Conn) { op.begin(&c.descriptor, reading) }

// WaitRead waits until a read would not block: there is something to read, or the end has come, or an error. It takes nothing, so that
// of several who wait for duplicates of the descriptor each is told; try the call then, and wait again on EAGAIN. It is level-triggered:
// while something is there it returns at once. Cancel: lossless.
func (f *File) WaitRead() error { return f.waitReady(reading, "File.WaitRead", new(FileWaitReadOp)) }

// WaitWrite waits until a write would not block: there is room, or nobody is left to read. Cancel: lossless.
func (f *File) WaitWrite() error { return f.waitReady(writing, "File.WaitWrite", new(FileWaitWriteOp)) }

// waitReady waits for direction d; inTask is the operation for a plain task.
func (f *File) waitReady(d direction, form string, inTask interface {
	rt.Awaitable[struct{}]
	Init(f *File)
}) error {
	if rt.InTask() {
		inTask.Init(f)
		_, err := rt.Block(inTask)
		return err
	}
	return f.waitHere(d, form)
}

// waitHere waits for direction d on the calling goroutine.
func (fd *descriptor) waitHere(d direction, form string) error {
	return fd.opError("wait", fd.do(d, form, func(sysfd int) error { return readiness(sysfd, d) }))
}

// readiness is nil if a system call in direction d would not block, otherwise EAGAIN.
func readiness(sysfd int, d direction) error {
	if isReady(sysfd, d) {
		return nil
	}
	return unix.EAGAIN
}

// WaitReadAsync is the async form of WaitRead.
func (f *File) WaitReadAsync() rt.Awaitable[struct{}] {
	op := new(FileWaitReadOp)
	op.Init(f)
	op.Visible()
	return op
}

// WaitWriteAsync is the async form of WaitWrite.
func (f *File) WaitWriteAsync() rt.Awaitable[struct{}] {
	op := new(FileWaitWriteOp)
	op.Init(f)
	op.Visible()
	return op
}

// WaitReadOp returns WaitRead as an operation, for rt.Select.
func (f *File) WaitReadOp() *Waiter[struct{}] { return f.readyOp(reading) }

// WaitWriteOp returns WaitWrite as an operation, for rt.Select.
func (f *File) WaitWriteOp() *Waiter[struct{}] { return f.readyOp(writing) }

// readyOp returns the wait for direction d as an operation, for rt.Select.
func (fd *descriptor) readyOp(d direction) *Waiter[struct{}] {
	return newWaiter(fd, d, "wait", func(sysfd int) (struct{}, error) { return struct{}{}, readiness(sysfd, d) })
}

// A FileWaitReadOp is the operation of [File.WaitRead], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type FileWaitReadOp struct{ readyOp }

// Init prepares a WaitRead of f.
func (op *FileWaitReadOp) Init(f *File) { op.begin(&f.descriptor, reading) }

// A FileWaitWriteOp is the operation of [File.WaitWrite], to embed in a frame. The zero value is ready for Init, and so is one that has
// ended.
type FileWaitWriteOp struct{ readyOp }

// Init prepares a WaitWrite of f.
func (op *FileWaitWriteOp) Init(f *File) { op.begin(&f.descriptor, writing) }

// A readyOp waits for a direction of a descriptor.
type readyOp struct{ operation }

// Start begins the operation.
func (op *readyOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *readyOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try() || !op.park(fb, op) {
		return op.finish("wait")
	}
	return op.Suspend(1)
}

// try asks the kernel and reports whether the wait is over.
func (op *readyOp) try() (settled bool) {
	if !op.mayTry() {
		return op.err != nil
	}
	if op.err = op.fd.acquire(); op.err != nil {
		return true
	}
	defer op.fd.release()
	if !isReady(op.fd.sysfd, op.side) {
		op.blocked()
		return false
	}
	return true
}

// Result returns what the wait does.
func (op *readyOp) Result() (struct{}, error) { return struct{}{}, op.outcome() }
