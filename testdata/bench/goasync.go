package main

import (
	"bytes"
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

//go:generate go tool goasync

// An echo is the handler of all connections of one loop, which share a buffer: on a loop, a Read touches it in the step in which it
// returns, and nobody else does before the next await. So an idle connection has none.
type echo struct{ buf []byte }

func newEcho() *echo { return &echo{make([]byte, 64<<10)} }

// serveSpawned has a task for each connection.
func serveSpawned(ready func(addr string)) error {
	return serve(ready, newEcho().acceptAllAsync)
}

// serveWithServer has a poll.Server.
func serveWithServer(ready func(addr string)) error {
	return serve(ready, func(ln *poll.Listener) rt.Awaitable[struct{}] { return poll.ServeAsync(ln, newEcho().handleAsync) })
}

func serve(ready func(addr string), accept func(ln *poll.Listener) rt.Awaitable[struct{}]) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ready(ln.Addr().String())
	return rt.RunAsync0(accept(ln))
}

// acceptAll spawns a task for each connection.
//
//async:func
func (e *echo) acceptAll(ln *poll.Listener) error {
	for {
		c, err := rt.Await(ln.AcceptConn())
		if err != nil {
			return err
		}
		rt.Spawn0(func() error { return rt.Await0(e.own(c)) })
	}
}

// own is handle in a task of its own.
//
//async:func
func (e *echo) own(c *poll.Conn) error {
	defer c.Close()
	for {
		n, err := rt.Await(c.Read(e.buf))
		if err != nil {
			return err
		}
		if left := e.answer(c, n); left != nil {
			if _, err := rt.Await(poll.AsyncWriter(c).Write(left)); err != nil {
				return err
			}
		}
	}
}

// handle is the handler for a poll.Server.
//
//async:func
func (e *echo) handle(c *poll.Conn) error {
	for {
		n, err := rt.Await(c.Read(e.buf))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if left := e.answer(c, n); left != nil {
			// Seldom: called through an interface, it needs less room in the frame.
			if _, err := rt.Await(poll.AsyncWriter(c).Write(left)); err != nil {
				return err
			}
		}
	}
}

// answer sends the first n bytes of the buffer, and returns a copy of what the socket does not take now. An error is met again by the next
// operation.
func (e *echo) answer(c *poll.Conn, n int) (left []byte) {
	k, err := c.TryWrite(e.buf[:n])
	if err == poll.ErrWouldBlock {
		return bytes.Clone(e.buf[k:n])
	}
	return nil
}
