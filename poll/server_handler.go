//go:build linux

package poll

import (
	"context"
	"errors"

	"github.com/goasync/goasync/rt"
)

// serve runs handler for c. Its two forms are written by hand: a frame for each connection would be the largest part of what one takes
// that is idle.
func (v *serving) serve(c *Conn, handler func(*Conn) error) error {
	defer v.ended(c)
	defer func() {
		if p := recover(); p != nil {
			v.report(c, rt.Recovered(p))
		}
	}()
	v.returned(c, handler(c))
	return nil
}

// returned takes note of what a handler has returned.
func (v *serving) returned(c *Conn, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		v.report(c, err)
	}
}

// serveAsync is the async form of serve. Handler is called at once, so the caller is the task that serves c.
func (v *serving) serveAsync(c *Conn, handler func(*Conn) rt.Awaitable[struct{}]) rt.Awaitable[struct{}] {
	s := &served{serving: v, c: c}
	s.guard(func() { s.call = handler(c) })
	return s
}

// A served is the call of a handler, and what serve does around it. It has no frame: who awaits it is resumed by the call itself.
type served struct {
	*serving
	c    *Conn
	call rt.Awaitable[struct{}] // nil: it has panicked, and all is done
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
		s.returned(s.c, err)
	})
	if s.call != nil {
		s.ended(s.c)
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
		defer s.ended(s.c)
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
