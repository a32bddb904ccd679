//go:build linux

package poll

import (
	"bytes"
	"io"

	"github.com/goasync/goasync/rt"
)

// The coroutines in this file are written as the generator would write them.

// A sharedEcho is the handler of all connections of one loop, which share a buffer: on a loop, a Read touches it in the step in which it
// returns, and nobody else does before the next await. So an idle connection has none.
type sharedEcho struct{ buf []byte }

func newSharedEcho() *sharedEcho { return &sharedEcho{make([]byte, 64<<10)} }

// answer sends the first n bytes of the buffer, and returns a copy of what the socket does not take now. An error is met again by the next
// operation.
func (e *sharedEcho) answer(c *Conn, n int) (left []byte) {
	k, err := c.TryWrite(e.buf[:n])
	if err == ErrWouldBlock {
		return bytes.Clone(e.buf[k:n])
	}
	return nil
}

// sharedEchoAcceptAllCoro is one call of
//
//	func (e *sharedEcho) acceptAll(ln *Listener) error {
//		for {
//			c, err := rt.Await(ln.AcceptConn())
//			if err != nil {
//				return err
//			}
//			rt.Spawn0(func() error { return rt.Await0(e.echoAndClose(c)) })
//		}
//	}
type sharedEchoAcceptAllCoro struct {
	rt.Frame

	// Parameters.
	e  *sharedEcho
	ln *Listener

	// Results.
	err error

	// Calls that it awaits.
	call1 ListenerAcceptConnOp
}

// Init makes co a call that has not begun.
func (co *sharedEchoAcceptAllCoro) Init(e *sharedEcho, ln *Listener) {
	co.Reset()
	co.e, co.ln = e, ln
}

// acceptAllAsync returns a call of acceptAll that has not begun: it runs when it is awaited.
func (e *sharedEcho) acceptAllAsync(ln *Listener) rt.Awaitable[struct{}] {
	co := new(sharedEchoAcceptAllCoro)
	co.Init(e, ln)
	co.Visible()
	return co
}

// Start begins the call for parent, which awaits it.
func (co *sharedEchoAcceptAllCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

// Resume runs acceptAll to its next suspension or its end, and reports whether it has ended.
func (co *sharedEchoAcceptAllCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	}

for1: // for
	co.call1.Init(co.ln)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await(ln.AcceptConn())
	{
		c, err := co.call1.Result()
		if err != nil {
			co.err = err
			return co.End()
		}
		e := co.e
		rt.Spawn0In(fb, func() rt.Awaitable[struct{}] { return e.echoAndCloseAsync(c) })
		goto for1
	}
}

// Result returns the results of the call, which has ended, or panics as it did.
func (co *sharedEchoAcceptAllCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

// sharedEchoEchoAndCloseCoro is one call of
//
//	func (e *sharedEcho) echoAndClose(c *Conn) error {
//		defer c.Close()
//		for {
//			n, err := rt.Await(c.Read(e.buf))
//			if err != nil {
//				return err
//			}
//			if left := e.answer(c, n); left != nil {
//				if _, err := rt.Await(AsyncWriter(c).Write(left)); err != nil {
//					return err
//				}
//			}
//		}
//	}
//
// Write is called through an interface: that allocates when it happens, which is seldom, and needs less room in the frame.
type sharedEchoEchoAndCloseCoro struct {
	rt.Frame
	rt.Defers

	// Parameters.
	e *sharedEcho
	c *Conn

	// Results.
	err error

	// Calls that it awaits.
	call1 ConnReadOp
	call2 rt.Awaitable[int]
}

// Init makes co a call that has not begun.
func (co *sharedEchoEchoAndCloseCoro) Init(e *sharedEcho, c *Conn) {
	co.Reset()
	co.e, co.c, co.err = e, c, nil
}

// echoAndCloseAsync returns a call of echoAndClose that has not begun: it runs when it is awaited.
func (e *sharedEcho) echoAndCloseAsync(c *Conn) rt.Awaitable[struct{}] {
	co := new(sharedEchoEchoAndCloseCoro)
	co.Init(e, c)
	co.Visible()
	return co
}

// Start begins the call for parent, which awaits it.
func (co *sharedEchoEchoAndCloseCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

// Resume runs echoAndClose to its next suspension or its end, and reports whether it has ended.
func (co *sharedEchoEchoAndCloseCoro) Resume(fb *rt.Fiber) (done bool) {
	state := co.Enter()
	defer co.Leave(fb, co, &done)

	switch state {
	case 1:
		goto await1
	case 2:
		goto await2
	}

	co.DeferErr(co.c.Close)

for1: // for
	co.call1.Init(co.c, co.e.buf)
	co.call2 = nil
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await(c.Read(e.buf))
	{
		n, err := co.call1.Result()
		if err != nil {
			co.err = err
			return true
		}
		left := co.e.answer(co.c, n)
		if !(left != nil) {
			goto for1
		}
		co.call2 = AsyncWriter(co.c).WriteAsync(left)
		if !co.call2.Start(fb, co) {
			return co.Suspend(2)
		}
	}

await2: // rt.Await(AsyncWriter(c).Write(left))
	if _, err := co.call2.Result(); err != nil { // seldom: so it has no room in the frame
		co.err = err
		return true
	}
	goto for1
}

// Result returns the results of the call, which has ended, or panics as it did.
func (co *sharedEchoEchoAndCloseCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

// sharedEchoEchoCoro is one call of echo, which is echoAndClose for a Server, which closes the connection itself. The end of the stream is
// no error.
type sharedEchoEchoCoro struct {
	rt.Frame

	// Parameters.
	e *sharedEcho
	c *Conn

	// Results.
	err error

	// Calls that it awaits.
	call1 ConnReadOp
	call2 rt.Awaitable[int]
}

// Init makes co a call that has not begun.
func (co *sharedEchoEchoCoro) Init(e *sharedEcho, c *Conn) {
	co.Reset()
	co.e, co.c = e, c
}

// echoAsync returns a call of echo that has not begun: it runs when it is awaited.
func (e *sharedEcho) echoAsync(c *Conn) rt.Awaitable[struct{}] {
	co := new(sharedEchoEchoCoro)
	co.Init(e, c)
	co.Visible()
	return co
}

// Start begins the call for parent, which awaits it.
func (co *sharedEchoEchoCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

// Resume runs echo to its next suspension or its end, and reports whether it has ended.
func (co *sharedEchoEchoCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}

for1: // for
	co.call1.Init(co.c, co.e.buf)
	co.call2 = nil
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await(c.Read(e.buf))
	{
		n, err := co.call1.Result()
		if err == io.EOF {
			co.err = nil
			return co.End()
		}
		if err != nil {
			co.err = err
			return co.End()
		}
		left := co.e.answer(co.c, n)
		if !(left != nil) {
			goto for1
		}
		co.call2 = AsyncWriter(co.c).WriteAsync(left)
		if !co.call2.Start(fb, co) {
			return co.Suspend(2)
		}
	}

await2: // rt.Await(AsyncWriter(c).Write(left))
	if _, err := co.call2.Result(); err != nil {
		co.err = err
		return co.End()
	}
	goto for1
}

// Result returns the results of the call, which has ended, or panics as it did.
func (co *sharedEchoEchoCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}
