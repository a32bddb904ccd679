//go:build linux

package tlspoll

import "github.com/goasync/goasync/rt"

// A transfer is what the operations on a Conn have in common: they make the handshake, if it is not complete, and then wait until an
// attempt has settled what they do.
type transfer struct {
	outcome
	c     *Conn
	p     []byte                // what is read into or written
	n     int                   // how much has been
	spent int                   // of it, before others were let run
	try   func() (settled bool) // the operation's attempt, bound once
	first *ConnHandshakeOp      // while it is being awaited
}

// fairShare is how many bytes a fiber may move before it lets others run, as in package poll.
const fairShare = 256 << 10

// The states of a transfer beside 0, begun: what it awaits.
const (
	transferShakes = 1 + iota
	transferWaits
)

// begin prepares the operation anew.
func (op *transfer) begin(c *Conn, p []byte) {
	op.Reset()
	op.c, op.p, op.n, op.spent = c, p, 0, 0
}

// resume is Resume of self, of which op is a part. Begin prepares wait, which makes the attempts.
func (op *transfer) resume(fb *rt.Fiber, self rt.Resumable, wait rt.Awaitable[struct{}], begin func()) (done bool) {
	switch op.Enter() {
	case 0:
		if !op.shake(fb, self) {
			return op.Suspend(transferShakes)
		}
		fallthrough
	case transferShakes:
		if !op.shaken() {
			return op.finish()
		}
		begin()
		if !wait.Start(fb, self) {
			return op.Suspend(transferWaits)
		}
	}
	if _, err := wait.Result(); err != nil {
		op.err = err
	}
	fb.Spend(op.n-op.spent, fairShare)
	return op.finish()
}

// shake begins the handshake for self, of which op is a part, if there is one to make.
func (op *transfer) shake(fb *rt.Fiber, self rt.Resumable) (ready bool) {
	if op.c.pending.Load() == nil {
		return true
	}
	op.first = new(ConnHandshakeOp)
	op.first.Init(op.c)
	return op.first.Start(fb, self)
}

// shaken takes the outcome of the handshake, if one was made, and reports whether it is complete.
func (op *transfer) shaken() (ok bool) {
	if op.first != nil {
		_, op.err = op.first.Result()
		op.first = nil
	}
	return op.err == nil
}

// finish ends the frame and lets go what is not the result.
func (op *transfer) finish() (done bool) {
	op.c, op.p = nil, nil
	return op.End()
}

// Result returns how much was transferred, and why that is all.
func (op *transfer) Result() (n int, err error) {
	err = op.take()
	return op.n, err
}
