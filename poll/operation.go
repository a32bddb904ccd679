//go:build linux

package poll

import (
	"net"

	"github.com/goasync/goasync/rt"
)

// An operation is what those that wait for a descriptor have in common. Each of them is a frame with the states 0, begun, and 1, woken
// or back from giving way, and embeds an operation; its Resume reads
//
//	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
//		return op.finish("read")
//	}
//	return op.Suspend(1)
//
// where try makes the system call and reports whether that settled it. Its Start is
//
//	return rt.Begin(fb, op, parent) && fb.Ready(parent)
//
// A frame that embeds an operation may live on for long, so nothing may be kept alive by one that has ended: finish lets the descriptor
// go, Result what it returns.
type operation struct {
	rt.Frame
	fd     *descriptor
	err    error // how it failed
	side   direction
	busy   bool // it has marked its side busy
	thrown bool // err was thrown at the fiber: it is not the socket's
	held   bool // users have it: Result may be read again
	more   bool // it can go on at once, but lets others run first
}

var _ rt.Operation = (*operation)(nil)

// fairShare is how many bytes a fiber may move before it lets others run: what asyncio reads at most of a socket that it was told is
// readable (statement 206).
const fairShare = 256 << 10

// begin prepares the operation anew.
func (op *operation) begin(fd *descriptor, side direction) {
	op.Reset()
	op.fd, op.err, op.side, op.busy, op.thrown, op.held, op.more = fd, nil, side, false, false, false, false
}

// Visible marks an operation that is made by an async form. The task of which it is the root reads its result each time it is asked.
func (op *operation) Visible() {
	op.Frame.Visible()
	op.held = true
}

// outcome returns how the operation failed, to Result, and lets it go.
func (op *operation) outcome() error {
	op.Check()
	err := op.err
	if !op.held {
		op.err = nil
	}
	return err
}

// proceed enters the frame. It reports whether the system call is to be tried; otherwise err says why not.
func (op *operation) proceed(fb *rt.Fiber) bool {
	begun := op.Enter() != 0
	if begun && !op.more {
		return op.err == nil // Abort may have set it
	}
	op.more = false
	if op.check(fb) && !begun {
		op.err = op.fd.admit(fb.Loop(), op.side)
	}
	return op.err == nil
}

// check spends a credit of fb and takes the error that is due, if any.
func (op *operation) check(fb *rt.Fiber) bool {
	op.err = fb.Checkpoint()
	op.thrown = op.err != nil
	return !op.thrown
}

// mayTry reports whether a system call is worth making: not if it is known that it would block, or if the deadline has passed, which
// sets err.
func (op *operation) mayTry() bool {
	if op.fd.expired(op.side) {
		op.err = op.fd.tooLate()
		return false
	}
	return op.fd.mayBeReady(op.side)
}

// mayBeReady reports whether a system call in direction d may do something: not if it is known that it would block.
func (fd *descriptor) mayBeReady(d direction) bool { return fd.sides[d].ready || fd.home.Load() == nil }

// blocked records that the system call found nothing.
func (op *operation) blocked() { op.fd.sides[op.side].ready = false }

// park suspends fb until the system call is worth another try, and resumes self then. If it reports false, err says why.
func (op *operation) park(fb *rt.Fiber, self rt.Resumable) (suspended bool) {
	if op.more {
		return op.giveWay(fb, self)
	}
	fd, d := op.fd, op.side
	// It may have been woken for nothing, or have waited in the other direction before: what has become due since is delivered now.
	if !op.check(fb) {
		return false
	}
	if !op.occupy(fb) {
		return false
	}
	fd.link(d, fb)
	if fd.isClosing() {
		fd.unlink(d)
		op.err = net.ErrClosed
		return false
	}
	fb.Suspend(self, op)
	return true
}

// occupy makes the direction op's own until it ends. If it reports false, err says why.
func (op *operation) occupy(fb *rt.Fiber) bool {
	if op.err = op.fd.attach(fb.Loop()); op.err != nil {
		return false
	}
	op.fd.sides[op.side].busy, op.busy = true, true
	return true
}

// giveWay lets others run and resumes self then. What it is in the midst of stays in one piece: others find the direction busy.
func (op *operation) giveWay(fb *rt.Fiber, self rt.Resumable) (suspended bool) {
	if fb.Loop() != nil && !op.occupy(fb) { // what is driven by hand has nobody beside it
		return false
	}
	fb.GiveWay(self)
	return true
}

// Abort ends the wait with err. It is called by package rt. Nothing was taken since the last system call, so nothing is lost.
func (op *operation) Abort(fb *rt.Fiber, err error) rt.Outcome {
	op.fd.unlink(op.side)
	op.err, op.thrown = err, true
	return rt.Aborted
}

// finish ends the frame. What was thrown is returned as it is, the socket's own error as a *net.OpError of what it did.
func (op *operation) finish(what string) (done bool) {
	if op.err != nil && !op.thrown {
		op.err = op.fd.opError(what, op.err)
	}
	return op.leave()
}

// leave ends the frame with err as it is.
func (op *operation) leave() (done bool) {
	if op.busy {
		op.fd.sides[op.side].busy = false
	}
	op.fd = nil
	return op.End()
}
