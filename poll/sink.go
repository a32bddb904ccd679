//go:build linux

package poll

import (
	"bytes"
	"fmt"
	"io"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// A sink is how an operation writes to an io.Writer: it waits for a Conn itself, awaits an AsyncWriter, and has rt.Blocking call any
// other. Its frame is used if it is the whole operation.
type sink struct {
	operation                   // err: why the last send has failed
	aw        rt.Awaitable[int] // what send awaits of a writer that is no Conn
	took      int               // how much the last send has written, valid when it is over
	room      int               // how much aw may write
	moved     int               // bytes since the fiber has let others run: after fairShare the next send does
}

// begin prepares the sink for dst.
func (s *sink) begin(dst io.Writer) {
	if c, ok := dst.(*Conn); ok {
		s.operation.begin(&c.descriptor, writing)
	} else {
		s.operation.begin(nil, writing)
	}
	s.aw, s.took, s.room, s.moved = nil, 0, 0, 0
}

// send writes from a, and then from b, as much as goes at once; one of them is not empty. It reports false if it has to wait: self is
// resumed then, and calls resumed. A writer without an async form is given a copy, which it may use for longer than the operation lasts.
func (s *sink) send(fb *rt.Fiber, self rt.Resumable, dst io.Writer, a, b []byte) (went bool) {
	s.took = 0
	if s.fd != nil {
		return s.sendToConn(fb, self, a, b)
	}
	if s.moved >= fairShare {
		s.moved, s.room = 0, 0
		return !s.pause(fb, self)
	}
	if len(a) == 0 {
		a = b
	}
	s.room = len(a)
	if w, ok := dst.(AsyncWriter); ok {
		return s.await(fb, self, w.WriteAsync(a))
	}
	a = bytes.Clone(a)
	return s.await(fb, self, newCall(len(a), func() (int, error) { return dst.Write(a) }).async())
}

// passes reports whether dst can be awaited, so that it is done with what it was given when the operation ends.
func (s *sink) passes(dst io.Writer) bool {
	if s.fd != nil {
		return true
	}
	_, ok := dst.(AsyncWriter)
	return ok
}

// await is send by aw.
func (s *sink) await(fb *rt.Fiber, self rt.Resumable, aw rt.Awaitable[int]) (went bool) {
	s.took, s.aw = 0, aw
	if !aw.Start(fb, self) {
		return false
	}
	s.resumed()
	return true
}

// resumed takes what send has awaited.
func (s *sink) resumed() {
	if s.aw == nil {
		return
	}
	aw := s.aw
	s.aw = nil
	s.took, s.err = aw.Result()
	if c, ok := aw.(*callOp); ok {
		s.thrown = c.thrown
	}
	s.moved += s.took
	if s.took < 0 || s.took > s.room {
		panic(fmt.Sprintf("poll: Write returned %d, which is not from 0 to the %d bytes that it was given", s.took, s.room))
	}
	if s.took < s.room && s.err == nil {
		s.err = io.ErrShortWrite
	}
}

// sendToConn is send to a Conn.
func (s *sink) sendToConn(fb *rt.Fiber, self rt.Resumable, a, b []byte) (went bool) {
	return s.sendBy(fb, self, func(sysfd int) (int, error) { return sendTwo(sysfd, a, b) })
}

// sendBy is send to a Conn by call, a system call.
func (s *sink) sendBy(fb *rt.Fiber, self rt.Resumable, call func(sysfd int) (n int, err error)) (went bool) {
	s.took = 0
	switch {
	case s.more: // it has let others run; a cancel may have come meanwhile
		s.more = false
		s.check(fb)
	case !s.busy:
		s.err = s.fd.admit(fb.Loop(), writing)
	}
	if s.err == nil && s.moved >= fairShare {
		s.moved, s.more = 0, true
	}
	if s.err == nil && !s.more && s.mayTry() {
		s.try(fb, call)
		if s.err == nil && s.took > 0 {
			return true
		}
	}
	if s.err == nil && s.park(fb, self) {
		return false
	}
	s.wrap()
	return true
}

// wrap makes what package net would return of an error of the Conn.
func (s *sink) wrap() {
	if s.err != nil && !s.thrown {
		s.err = s.fd.opError("write", s.err)
	}
}

// try makes the call once. It may have written some when it fails.
func (s *sink) try(fb *rt.Fiber, call func(sysfd int) (n int, err error)) {
	fd := s.fd
	if s.err = fd.acquire(); s.err != nil {
		return
	}
	n, err := call(fd.sysfd)
	fd.release()
	s.took = n
	s.moved += n
	fb.Spend(n, fairShare)
	if loop := fb.Loop(); n > 0 && loop != nil && loop.Tracing() {
		loop.Trace(rt.TraceEvent{Kind: rt.TraceIO, Fiber: fb, Detail: fmt.Sprintf("descriptor %d: wrote %d bytes", fd.sysfd, n)})
	}
	if err == unix.EAGAIN {
		s.blocked()
		return
	}
	s.err = err
}

// end lets everything go.
func (s *sink) end() {
	if s.busy {
		s.fd.sides[writing].busy = false
	}
	s.fd = nil
}

// isThrown reports whether err was thrown at the task, and is no error of the writer.
func (s *sink) isThrown() bool { return s.thrown || isThrown(s.err) }

// sendHere is send on the calling goroutine, which may block: it sends all, unless there is an error. form is as in block.
func sendHere(form string, dst io.Writer, a, b []byte) (n int, err error) {
	if c, ok := dst.(*Conn); ok {
		return c.writeTwo(form, a, b)
	}
	for _, p := range [...][]byte{a, b} {
		if len(p) == 0 {
			continue
		}
		k, err := dst.Write(p)
		n += k
		if err == nil && k < len(p) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// writeTwo writes all of a and b on the calling goroutine. form is as in block.
func (c *Conn) writeTwo(form string, a, b []byte) (n int, err error) {
	defer c.lockWrites(form).Unlock()
	err = c.do(writing, form, func(sysfd int) error {
		for len(a)+len(b) > 0 {
			k, err := sendTwo(sysfd, a, b)
			n += k
			a, b = without(a, b, k)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, c.opError("write", err)
}

// without returns what is left of a and b when n bytes of them were written.
func without(a, b []byte, n int) (restA, restB []byte) {
	k := min(n, len(a))
	return a[k:], b[n-k:]
}
