//go:build linux

package poll

import (
	"unsafe"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// one returns m as a batch.
func one(m *Message) []Message { return unsafe.Slice(m, 1) }

// batch returns ms as the socket moves them.
func (c *PacketConn) batch(ms []Message) packetBatch {
	return packetBatch{ms: ms, family: c.family, connected: c.raddr != nil}
}

// readBatch is the blocking form named form.
func (c *PacketConn) readBatch(form string, ms []Message) (n int, err error) {
	b := c.batch(ms)
	err = c.once(reading, func(sysfd int) error { return b.receive(sysfd) })
	if err == unix.EAGAIN {
		later := c.batch(ms) // on the heap
		err = c.later(reading, form, later.receive)
		b.n = later.n
	}
	return b.n, c.opError("read", peerAddr{}, err)
}

// writeBatch is the blocking form named form.
func (c *PacketConn) writeBatch(form string, ms []Message) (n int, err error) {
	b := c.batch(ms)
	err = c.once(writing, func(sysfd int) error { return b.send(sysfd) })
	if isBlocked(err) {
		later := b // on the heap
		err = c.send(form, later.send)
		b.n = later.n
	}
	if err != nil {
		err = c.opError("write", b.peer(), err)
	}
	return b.n, err
}

// ReadMsg receives a datagram into m, with control messages and flags. What m has no room for is cut off, as m.Flags then says. Cancel:
// lossless, a datagram is taken only when it is returned.
func (c *PacketConn) ReadMsg(m *Message) error {
	if rt.InTask() {
		op := new(PacketConnReadMsgOp)
		op.Init(c, m)
		_, err := rt.Block(op)
		return err
	}
	_, err := c.readBatch("PacketConn.ReadMsg", one(m))
	return err
}

// WriteMsg sends m.Data as one datagram, with the control messages m.Control, to m.Addr or m.Name; on a connected socket both must be
// zero. It waits while the socket's buffer has no room. Cancel: lossless, it returns the error of a cancel only if it has sent nothing.
func (c *PacketConn) WriteMsg(m *Message) error {
	if rt.InTask() {
		op := new(PacketConnWriteMsgOp)
		op.Init(c, m)
		_, err := rt.Block(op)
		return err
	}
	_, err := c.writeBatch("PacketConn.WriteMsg", one(m))
	return err
}

// ReadBatch receives datagrams into ms, as many as there are and ms takes, waiting for the first, and returns how many: they are in ms[:n].
// One system call takes them all; it is given no more than the first 1024 messages, or 256 KiB of room, though at least one message.
// Cancel: lossless, datagrams are taken only when they are returned.
func (c *PacketConn) ReadBatch(ms []Message) (n int, err error) {
	if rt.InTask() {
		op := new(PacketConnReadBatchOp)
		op.Init(c, ms)
		return rt.Block(op)
	}
	return c.readBatch("PacketConn.ReadBatch", ms)
}

// WriteBatch sends all of ms, each as WriteMsg does, with few system calls, waiting as often as the socket's buffer has no room. If it
// fails, n messages have been sent: they are the first n of ms, and the error is that of ms[n]. Cancel: returns the n sent so far, so that a
// caller can go on with ms[n:].
func (c *PacketConn) WriteBatch(ms []Message) (n int, err error) {
	if rt.InTask() {
		op := new(PacketConnWriteBatchOp)
		op.Init(c, ms)
		return rt.Block(op)
	}
	return c.writeBatch("PacketConn.WriteBatch", ms)
}

// ReadMsgAsync is the async form of ReadMsg.
func (c *PacketConn) ReadMsgAsync(m *Message) rt.Awaitable[struct{}] {
	op := new(PacketConnReadMsgOp)
	op.Init(c, m)
	op.Visible()
	return op
}

// WriteMsgAsync is the async form of WriteMsg.
func (c *PacketConn) WriteMsgAsync(m *Message) rt.Awaitable[struct{}] {
	op := new(PacketConnWriteMsgOp)
	op.Init(c, m)
	op.Visible()
	return op
}

// ReadBatchAsync is the async form of ReadBatch.
func (c *PacketConn) ReadBatchAsync(ms []Message) rt.Awaitable[int] {
	op := new(PacketConnReadBatchOp)
	op.Init(c, ms)
	op.Visible()
	return op
}

// WriteBatchAsync is the async form of WriteBatch.
func (c *PacketConn) WriteBatchAsync(ms []Message) rt.Awaitable[int] {
	op := new(PacketConnWriteBatchOp)
	op.Init(c, ms)
	op.Visible()
	return op
}

// A packetBatchOp is what the operations that receive or send messages have in common.
type packetBatchOp struct {
	packetOp
	packetBatch
	first int // the message with which the last call began
}

// Start begins the operation.
func (op *packetBatchOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *packetBatchOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		var about peerAddr
		if op.side == writing {
			about = op.peer()
		}
		op.ms = nil
		return op.finish(about)
	}
	return op.Suspend(1)
}

// try moves what it can, but sends no more than is fair, and reports whether that settled the operation.
func (op *packetBatchOp) try(fb *rt.Fiber) (settled bool) {
	if len(op.ms) == 0 {
		return true
	}
	if !op.packetOp.try(fb, op) {
		return false
	}
	op.more = op.err == nil && op.side == writing && op.n < len(op.ms)
	return !op.more
}

// call makes the system calls of the operation's direction.
func (op *packetBatchOp) call(sysfd int) error {
	op.first = op.n
	if op.side == reading {
		return op.receive(sysfd)
	}
	return op.sendTurn(sysfd)
}

func (op *packetBatchOp) moved() (bytes int) { return op.bytesSince(op.first) }

// init prepares the operation anew.
func (op *packetBatchOp) init(c *PacketConn, side direction, ms []Message) {
	op.begin(c, side)
	op.packetBatch, op.first = c.batch(ms), 0
}

// A PacketConnReadMsgOp is the operation of [PacketConn.ReadMsg], to embed in a frame. The zero value is ready for Init, and so is one that
// has ended.
type PacketConnReadMsgOp struct{ packetBatchOp }

// Init prepares a ReadMsg of c into m.
func (op *PacketConnReadMsgOp) Init(c *PacketConn, m *Message) { op.init(c, reading, one(m)) }

// Result returns what ReadMsg does.
func (op *PacketConnReadMsgOp) Result() (struct{}, error) { return struct{}{}, op.outcome() }

// A PacketConnWriteMsgOp is the operation of [PacketConn.WriteMsg], to embed in a frame. The zero value is ready for Init, and so is one
// that has ended.
type PacketConnWriteMsgOp struct{ packetBatchOp }

// Init prepares a WriteMsg of m to c.
func (op *PacketConnWriteMsgOp) Init(c *PacketConn, m *Message) { op.init(c, writing, one(m)) }

// Result returns what WriteMsg does.
func (op *PacketConnWriteMsgOp) Result() (struct{}, error) { return struct{}{}, op.outcome() }

// A PacketConnReadBatchOp is the operation of [PacketConn.ReadBatch], to embed in a frame. The zero value is ready for Init, and so is one
// that has ended.
type PacketConnReadBatchOp struct{ packetBatchOp }

// Init prepares a ReadBatch of c into ms.
func (op *PacketConnReadBatchOp) Init(c *PacketConn, ms []Message) { op.init(c, reading, ms) }

// Result returns what ReadBatch does.
func (op *PacketConnReadBatchOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}

// A PacketConnWriteBatchOp is the operation of [PacketConn.WriteBatch], to embed in a frame. The zero value is ready for Init, and so is
// one that has ended.
type PacketConnWriteBatchOp struct{ packetBatchOp }

// Init prepares a WriteBatch of ms to c.
func (op *PacketConnWriteBatchOp) Init(c *PacketConn, ms []Message) { op.init(c, writing, ms) }

// Result returns what WriteBatch does.
func (op *PacketConnWriteBatchOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}
