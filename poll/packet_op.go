//go:build linux

package poll

import (
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A packetOp is what the operations of a PacketConn have in common.
//
// Readiness is cleared by EAGAIN alone. The number of bytes of a datagram says nothing about how many more wait behind it, so the rule for
// streams, that a read which did not fill its buffer has emptied the socket, does not hold: to clear it there would leave datagrams
// behind that no edge reports. Nor does a batch that came back shorter than was asked for: an error may have ended it, which the kernel
// keeps for the next call without an edge of its own. So a burst of n datagrams takes n+1 system calls, of which the last one says that
// the socket is empty; whatever comes after that is a new edge. Sending is alike.
type packetOp struct {
	operation
	c    *PacketConn
	room *room // nil unless it waits for a peer that is full
}

// A packetTransfer is what an operation is there for.
type packetTransfer interface {
	call(sysfd int) error // makes the system call
	moved() (bytes int)   // by the last call
}

// begin prepares the operation anew.
func (op *packetOp) begin(c *PacketConn, side direction) {
	op.operation.begin(&c.descriptor, side)
	op.c, op.room = c, nil
}

// try makes a system call, unless it is known that it would block, and reports whether that settled the operation.
func (op *packetOp) try(fb *rt.Fiber, t packetTransfer) (settled bool) {
	if !op.mayTry() || op.room != nil && !op.room.found {
		return op.err != nil
	}
	op.leaveRoom()
	if op.err = op.fd.acquire(); op.err != nil {
		return true
	}
	err := t.call(op.fd.sysfd)
	op.fd.release()
	if full, ok := err.(*peerFull); ok {
		op.err = op.findRoom(fb.Loop(), full.name)
		return op.err != nil
	}
	if err == unix.EAGAIN {
		op.blocked()
		return false
	}
	op.err = err
	if err == nil {
		fb.Spend(t.moved(), fairShare)
		op.fd.traceIO(fb, op.side.String())
	}
	return true
}

// finish ends the frame. What was thrown is returned as it is, the socket's own error as a *net.OpError of what concerned to.
func (op *packetOp) finish(to peerAddr) (done bool) {
	if op.err != nil && !op.thrown {
		op.err = op.c.opError(op.side.String(), to, op.err)
	}
	op.leaveRoom()
	op.c = nil
	return op.leave()
}
