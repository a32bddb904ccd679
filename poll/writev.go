//go:build linux

package poll

import (
	"sync"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Writev writes all pieces, one after the other, as if they were one: a head and a body need not be copied together, and are sent together.
// It returns how many bytes have been written, all unless it fails, and changes neither pieces nor what they hold. Cancel: returns the n
// written so far.
func (c *Conn) Writev(pieces [][]byte) (n int, err error) {
	if rt.InTask() {
		op := new(ConnWritevOp)
		op.Init(c, pieces)
		return rt.Block(op)
	}
	defer c.lockWrites("Conn.Writev").Unlock()
	rest := scattered{pieces: pieces}
	err = c.do(writing, "Conn.Writev", func(sysfd int) error {
		for !rest.isEmpty() {
			k, err := rest.send(sysfd)
			n += k
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, c.opError("write", err)
}

// WritevAsync is the async form of Writev.
func (c *Conn) WritevAsync(pieces [][]byte) rt.Awaitable[int] {
	op := new(ConnWritevOp)
	op.Init(c, pieces)
	op.Visible()
	return op
}

// A ConnWritevOp is the operation of [Conn.Writev], to embed in a frame. The zero value is ready for Init, and so is one that has ended.
type ConnWritevOp struct {
	operation
	rest scattered // what is left to write
	n    int       // how much has been written
}

// Init prepares a Writev of pieces to c.
func (op *ConnWritevOp) Init(c *Conn, pieces [][]byte) {
	op.begin(&c.descriptor, writing)
	op.rest, op.n = scattered{pieces: pieces}, 0
}

// Start begins the operation.
func (op *ConnWritevOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

// Resume is called by package rt.
func (op *ConnWritevOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try(fb) || !op.park(fb, op) {
		op.rest = scattered{}
		return op.finish("write")
	}
	return op.Suspend(1)
}

// try sends as much as the socket takes, but no more than its fair share, and reports whether that settled the operation.
func (op *ConnWritevOp) try(fb *rt.Fiber) (settled bool) {
	for sent := 0; !op.rest.isEmpty(); {
		if op.more = sent >= fairShare; op.more {
			return false
		}
		if !op.mayTry() {
			return op.err != nil
		}
		if op.err = op.fd.acquire(); op.err != nil {
			return true
		}
		n, err := op.rest.send(op.fd.sysfd)
		op.fd.release()
		sent += n
		op.n += n
		fb.Spend(n, fairShare)
		switch err {
		case nil:
			op.fd.traceIO(fb, "wrote pieces")
		case unix.EAGAIN:
			op.blocked()
			return false
		default:
			op.err = err
			return true
		}
	}
	return true
}

// Result returns what Writev does.
func (op *ConnWritevOp) Result() (n int, err error) {
	err = op.outcome()
	return op.n, err
}

// scattered is what is left of the pieces of a Writev. The pieces belong to the caller and are not changed.
type scattered struct {
	pieces [][]byte
	skip   int // how much of the first has been sent
}

// isEmpty reports whether nothing is left. It drops pieces that are empty.
func (s *scattered) isEmpty() bool {
	for len(s.pieces) > 0 && s.skip == len(s.pieces[0]) {
		s.pieces, s.skip = s.pieces[1:], 0
	}
	return len(s.pieces) == 0
}

// maxPieces is how many pieces a system call takes (IOV_MAX).
const maxPieces = 1024

// vectors are what system calls take pieces as.
var vectors = sync.Pool{New: func() any { return new([maxPieces]unix.Iovec) }}

// send makes one system call and moves on by what it has sent. s is not empty.
func (s *scattered) send(sysfd int) (n int, err error) {
	all := vectors.Get().(*[maxPieces]unix.Iovec)
	used := s.fill(all[:])
	n, err = sendPieces(sysfd, all[:used])
	clear(all[:used]) // the pool keeps nothing of the caller's alive
	vectors.Put(all)
	s.advance(n)
	return n, err
}

// fill describes the next pieces in iov, maxTransfer bytes at most, and returns how many of iov that takes.
func (s *scattered) fill(iov []unix.Iovec) (used int) {
	skip, room := s.skip, maxTransfer
	for _, p := range s.pieces {
		if used == len(iov) || room == 0 {
			break
		}
		p, skip = p[skip:], 0
		if len(p) == 0 {
			continue
		}
		p = p[:min(len(p), room)]
		room -= len(p)
		iov[used].Base = &p[0]
		iov[used].SetLen(len(p))
		used++
	}
	return used
}

// advance moves on by n bytes.
func (s *scattered) advance(n int) {
	for n > 0 {
		k := min(n, len(s.pieces[0])-s.skip)
		n -= k
		if s.skip += k; s.skip == len(s.pieces[0]) {
			s.pieces, s.skip = s.pieces[1:], 0
		}
	}
}
