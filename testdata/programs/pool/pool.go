// Package pool keeps a bounded number of connections, of any kind, to be used again.
package pool

import (
	"time"

	"github.com/goasync/goasync/rt"
)

// closeTime is how long closing a connection may take, also after a cancel.
const closeTime = time.Second

// A pool dials when it has no connection to spare, and closes those that failed their user. The functions are set before it is
// used: in both forms.
type pool[C any] struct {
	sem  *rt.Semaphore // a permit for each connection in use
	idle []C

	dial       func() (C, error)
	dialAsync  func() rt.Awaitable[C]
	close      func(C) error
	closeAsync func(C) rt.Awaitable[struct{}]
}

// with calls f with a connection, waiting for one if all are in use.
//
//async:func
func (p *pool[C]) with(f func(C) error) (err error) {
	if err := rt.Await0(p.sem.Acquire()); err != nil {
		return err
	}
	defer p.sem.Release()
	c, err := rt.Await(p.get())
	if err != nil {
		return err
	}
	defer func() {
		if err == nil {
			p.idle = append(p.idle, c)
			return
		}
		rt.Await0(rt.Cleanup0(closeTime, func() error { return rt.Await0(p.close(c)) }))
	}()
	return rt.Await0(f(c))
}

// get returns the connection that was used last, or a new one.
//
//async:func
func (p *pool[C]) get() (C, error) {
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return c, nil
	}
	return rt.Await(p.dial())
}

// closeIdle closes the connections that are not in use.
//
//async:func
func (p *pool[C]) closeIdle() error {
	idle := p.idle
	p.idle = nil
	return rt.Await0(rt.Map0(0, idle, p.close))
}
