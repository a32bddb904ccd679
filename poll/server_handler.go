//go:build linux

package poll

import (
	"context"
	"errors"

	"github.com/goasync/goasync/rt"
)

// A served is a connection with its handler. There may be many that are idle: 48 bytes are a size of the allocator's.
type served struct {
	*serving
	c          *Conn
	call       rt.Awaitable[struct{}] // of the handler, in the async form; nil: it has panicked, and all is done
	prev, next *served
}

// begin has c be one of those that are served.
func (v *serving) begin(c *Conn) *served {
	s := &served{serving: v, c: c, next: v.first}
	if v.first != nil {
		v.first.prev = s
	}
	v.first = s
	v.count++
	return s
}

// end closes the connection, which was served.
func (s *served) end() {
	v := s.serving
	s.c.Close()
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		v.first = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	}
	if v.count--; v.count == 0 && v.over.IsSet() {
		v.idle.Set()
	}
	v.freed.Set()
	if v.room != nil {
		v.room.Release()
	}
}

// serve runs handler. Its two forms are written by hand: a frame of it would be a large part of what an idle connection takes.
func (s *served) serve(handler func(*Conn) error) error {
	defer s.end()
	defer func() {
		if p := recover(); p != nil {
			s.report(s.c, rt.Recovered(p))
		}
	}()
	s.returned(handler(s.c))
	return nil
}

// returned takes note of what the handler has returned. A cancel is no error if it is the server's; one of a context of the handler's own
// is.
func (s *served) returned(err error) {
	if err == nil || errors.Is(err, context.Canceled) && rt.Context().Err() != nil {
		return
	}
	s.report(s.c, err)
}

// serveAsync is the async form of serve. The result has no frame: who awaits it is resumed by the handler itself. Handler is called at
// once, so the caller is the task that runs it.
func (s *served) serveAsync(handler func(*Conn) rt.Awaitable[struct{}]) rt.Awaitable[struct{}] {
	s.guard(func() { s.call = handler(s.c) })
	return s
}

// Start begins the call for parent.
func (s *served) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	if s.call == nil {
		return true
	}
	s.guard(func() { ready = s.call.Start(fb, parent) })
	return ready || s.call == nil
}

// Result takes note of how the call has ended.
func (s *served) Result() (struct{}, error) {
	if s.call == nil {
		return struct{}{}, nil
	}
	s.guard(func() {
		_, err := s.call.Result()
		s.returned(err)
	})
	if s.call != nil {
		s.end()
	}
	return struct{}{}, nil
}

// guard calls f. If f does not return, that is the end of s: a panic is reported, runtime.Goexit goes on.
func (s *served) guard(f func()) {
	returned := false
	defer func() {
		if returned {
			return
		}
		s.call = nil
		defer s.end()
		p := recover()
		if p == nil {
			return // Goexit
		}
		x := rt.Recovered(p)
		if x.Goexit {
			panic(p) // of a call that was resumed
		}
		s.report(s.c, x)
	}()
	f()
	returned = true
}
