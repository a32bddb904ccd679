//go:build linux

package poll

import (
	"fmt"
	"net"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A Waiter is an operation that one can hold, to give it to rt.Select: what [Conn.ReadOp], [Conn.WriteOp], [Listener.AcceptOp] and the
// like return. One of those that the Select does not choose has done nothing: no byte was taken or sent, no connection accepted. So it
// may be given to the next Select. Of the one that is chosen, Result is read once.
//
// While it waits its direction of the socket is busy, as with any operation. It belongs to the loop's goroutine. Cancel: lossless.
type Waiter[T any] struct {
	fd     *descriptor // nil once the result was read
	side   direction
	thrown bool   // err was thrown at the fiber: it is not the socket's
	waits  bool   // the descriptor has its fiber
	what   string // what it does, for the error: read, write, accept
	call   func(sysfd int) (T, error)
	moved  func(T) int // how many bytes a value stands for; nil: none
	value  T
	err    error
}

var _ rt.Waiter = (*Waiter[int])(nil)

// newWaiter returns an operation that makes a system call in direction d of fd.
func newWaiter[T any](fd *descriptor, d direction, what string, call func(sysfd int) (T, error)) *Waiter[T] {
	return &Waiter[T]{fd: fd, side: d, what: what, call: call}
}

// newTransfer returns an operation whose value is how many bytes it has moved.
func newTransfer(fd *descriptor, d direction, what string, call func(sysfd int) (n int, err error)) *Waiter[int] {
	w := newWaiter(fd, d, what, call)
	w.moved = func(n int) int { return n }
	return w
}

// Ready reports whether the system call would do something now, or fail. It asks the kernel, and takes nothing.
func (w *Waiter[T]) Ready() bool {
	fd := w.descriptor()
	if fd.expired(w.side) || fd.acquire() != nil {
		return true
	}
	defer fd.release()
	return fd.mayBeReady(w.side) && isReady(fd.sysfd, w.side)
}

// descriptor returns what the operation is of.
func (w *Waiter[T]) descriptor() *descriptor {
	if w.fd == nil {
		panic(rt.Misuse("poll: an operation is waited for again after its Result was read: make a new one"))
	}
	return w.fd
}

// Start does what there is to do, or begins to wait.
func (w *Waiter[T]) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	fd := w.descriptor()
	w.err, w.thrown = fb.Checkpoint(), false
	switch {
	case w.err != nil:
		w.thrown = true
	default:
		w.err = fd.admit(fb.Loop(), w.side)
	}
	if w.err != nil || w.try(fb) || !w.wait(fb) {
		return fb.Ready(parent)
	}
	fb.Suspend(parent, w)
	return false
}

// wait has the descriptor wake fb. If it reports false, err says why.
func (w *Waiter[T]) wait(fb *rt.Fiber) (waits bool) {
	fd, d := w.fd, w.side
	if w.err = fd.attach(fb.Loop()); w.err != nil {
		return false
	}
	s := &fd.sides[d]
	fd.link(d, fb)
	w.waits, s.held, s.busy = true, true, true
	if fd.isClosing() {
		w.leave()
		w.err = net.ErrClosed
		return false
	}
	return true
}

// leave ends the wait.
func (w *Waiter[T]) leave() {
	w.fd.unlink(w.side)
	w.waits, w.fd.sides[w.side].busy = false, false
}

// try makes the system call once and reports whether that settled the operation.
func (w *Waiter[T]) try(fb *rt.Fiber) (settled bool) {
	fd := w.fd
	switch {
	case fd.expired(w.side):
		w.err = fd.tooLate()
		return true
	case !fd.mayBeReady(w.side):
		return false
	}
	if w.err = fd.acquire(); w.err != nil {
		return true
	}
	defer fd.release()
	w.value, w.err = w.call(fd.sysfd)
	if w.err == unix.EAGAIN {
		fd.sides[w.side].ready = false
		w.err = nil
		return false
	}
	if w.moved != nil {
		fb.Spend(w.moved(w.value), fairShare)
	}
	fd.traceIO(fb, w.what)
	return true
}

// complete is called when the descriptor has become ready, before fb is woken: to be woken means that the operation has been done, since
// that is when Select withdraws the others. If there was nothing to do after all it goes on waiting.
func (w *Waiter[T]) complete(fb *rt.Fiber) (done bool) {
	if !w.try(fb) {
		return false
	}
	w.leave()
	return true
}

// Abort ends the wait.
func (w *Waiter[T]) Abort(fb *rt.Fiber, err error) rt.Outcome {
	w.leave()
	w.err, w.thrown = err, true
	return rt.Aborted
}

// Result returns what the operation does, once.
func (w *Waiter[T]) Result() (T, error) {
	if w.waits {
		panic(rt.Misuse("poll: Result of an operation that still waits: read it after Select has chosen the operation"))
	}
	value, err := w.value, w.err
	if err != nil && !w.thrown {
		err = w.descriptor().opError(w.what, err)
	}
	*w = Waiter[T]{}
	return value, err
}

// Describe says what is waited for; for dumps of package rt.
func (w *Waiter[T]) Describe() rt.Waiting { return w.fd.waiting(w.side) }

// A completer is a Waiter, of whatever type.
type completer interface {
	complete(fb *rt.Fiber) (done bool)
}

// isReady asks the kernel whether a system call in direction d would do something, or fail.
func isReady(sysfd int, d direction) bool {
	asked := [...]int16{reading: unix.POLLIN | unix.POLLRDHUP, writing: unix.POLLOUT}[d]
	n, err := pollNow(sysfd, asked)
	return n > 0 || err != nil
}

// traceIO tells the loop's tracer what an operation has done.
func (fd *descriptor) traceIO(fb *rt.Fiber, what string) {
	if loop := fb.Loop(); loop != nil && loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceIO, Fiber: fb, Detail: fmt.Sprintf("descriptor %d: %s", fd.sysfd, what)})
	}
}
