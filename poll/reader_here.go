//go:build linux

package poll

import "io"

// fillHere is fill on the calling goroutine, which may block.
func (op *readerOp) fillHere(direct []byte) {
	op.fresh = 0
	if op.sayPending() {
		return
	}
	r := op.r
	op.direct = direct != nil && r.left == nil
	var n int
	var err error
	if c, ok := r.src.(*Conn); ok {
		n, err = r.readConn(c, direct, op.size, op.ahead)
		op.room = n
	} else if r.left != nil {
		op.room = r.left.room
		n, err = r.left.here()
		r.left = nil
	} else {
		if direct == nil {
			if op.waitHere(); op.err != nil {
				return
			}
			direct = op.space()
		}
		op.room = len(direct)
		n, err = r.src.Read(direct)
	}
	op.received(n, err)
}

// waitHere waits for a ReadWaiter, without a buffer.
func (op *readerOp) waitHere() {
	if src, ok := op.r.src.(ReadWaiter); ok && op.r.Buffered() == 0 {
		op.r.rest()
		op.err = src.WaitRead()
	}
}

// readConn is the part of fillHere for a Conn. It waits without a buffer.
func (r *Reader) readConn(c *Conn, direct []byte, size, ahead int) (n int, err error) {
	err = c.do(reading, "Reader.Read", func(sysfd int) (err error) {
		p := direct
		if p == nil {
			p = r.part(size, ahead)
		}
		if n, err = receive(sysfd, p); err != nil {
			r.rest()
		}
		return err
	})
	if err == nil && n == 0 {
		err = io.EOF
	}
	return n, c.opError("read", err)
}
