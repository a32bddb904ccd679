//go:build linux

package poll

import (
	"net"
	"syscall"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// SyscallConn gives access to the descriptor, for options and system calls that a Conn has no method for. Its Read and Write wait as Conn's
// do, each in its direction: a plain task that calls them is suspended. What they call may close the connection, or set deadlines, but must
// not wait: a Read of the connection, say, in what its Read calls would wait for itself.
func (c *Conn) SyscallConn() (syscall.RawConn, error) { return c.syscallConn() }

// SyscallConn gives access to the descriptor; see [Conn.SyscallConn].
func (ln *Listener) SyscallConn() (syscall.RawConn, error) { return ln.syscallConn() }

// SyscallConn gives access to the descriptor; see [Conn.SyscallConn].
func (f *File) SyscallConn() (syscall.RawConn, error) { return f.syscallConn() }

var (
	_ syscall.Conn = (*Conn)(nil)
	_ syscall.Conn = (*Listener)(nil)
	_ syscall.Conn = (*File)(nil)
)

func (fd *descriptor) syscallConn() (syscall.RawConn, error) {
	if fd.isClosing() {
		return nil, fd.opError("raw", net.ErrClosed)
	}
	return rawConn{fd}, nil
}

// A rawConn lets others make system calls with a descriptor.
type rawConn struct{ fd *descriptor }

// Control calls f with the descriptor.
func (c rawConn) Control(f func(fd uintptr)) error {
	return c.fd.opError("raw-control", c.fd.control(func(sysfd int) error {
		f(uintptr(sysfd))
		return nil
	}))
}

// Read calls f, each time the descriptor may be read, until it reports that it is done.
func (c rawConn) Read(f func(fd uintptr) (done bool)) error { return c.wait(reading, "raw-read", f) }

// Write calls f, each time the descriptor may be written, until it reports that it is done.
func (c rawConn) Write(f func(fd uintptr) (done bool)) error { return c.wait(writing, "raw-write", f) }

func (c rawConn) wait(d direction, what string, f func(fd uintptr) (done bool)) error {
	if rt.InTask() {
		op := new(rawOp)
		op.init(c.fd, d, what, f)
		_, err := rt.Block(op)
		return err
	}
	call := func(sysfd int) error {
		if !f(uintptr(sysfd)) {
			return unix.EAGAIN
		}
		return nil
	}
	err := c.fd.once(d, call)
	if err == unix.EAGAIN {
		if rt.OnLoop() {
			refuse("the "+d.String()+" of a SyscallConn", "call it in a task, or on another goroutine")
		}
		err = c.fd.later(d, "SyscallConn", call)
	}
	return c.fd.opError(what, err)
}

// A rawOp waits for somebody else's system call: it is a WhenReadable or WhenWritable whose try is lent the descriptor.
type rawOp struct {
	whenOp
	what string // it does, for errors
}

// init prepares the operation.
func (op *rawOp) init(fd *descriptor, d direction, what string, f func(fd uintptr) (done bool)) {
	op.begin(fd, d)
	op.what = what
	op.try = func() (done bool) {
		if op.err = fd.acquire(); op.err != nil {
			return true
		}
		defer fd.release()
		return f(uintptr(fd.sysfd))
	}
}

// Start begins the operation.
func (op *rawOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *rawOp) Resume(fb *rt.Fiber) (done bool) { return op.resume(fb, op, op.what) }
