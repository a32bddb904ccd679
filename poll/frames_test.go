//go:build linux

package poll

import (
	"io"

	"github.com/goasync/goasync/rt"
)

// The coroutines in this file are written as the generator would write them.

// echoCoro is echo.
type echoCoro struct {
	rt.Frame

	// Parameters.
	c *Conn

	// Results.
	err error

	// Variables that live across an await.
	buf []byte

	// Calls that it awaits.
	call1 ConnReadOp
	call2 ConnWriteOp
}

func echoAsync(c *Conn) rt.Awaitable[struct{}] {
	co := new(echoCoro)
	co.c = c
	co.Visible()
	return co
}

func (co *echoCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *echoCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *echoCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}
	co.buf = make([]byte, 4096)

for1: // for
	co.call1.Init(co.c, co.buf)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await(c.Read(buf))
	{
		n, err := co.call1.Result()
		if err != nil {
			if err != io.EOF {
				co.err = err
			}
			co.c.Close()
			return co.End()
		}
		co.call2.Init(co.c, co.buf[:n])
		if !co.call2.Start(fb, co) {
			return co.Suspend(2)
		}
	}

await2: // rt.Await(c.Write(buf[:n]))
	if _, err := co.call2.Result(); err != nil {
		co.err = err
		co.c.Close()
		return co.End()
	}
	goto for1
}

// acceptCoro accepts connections and spawns an echo for each, until accepting fails.
type acceptCoro struct {
	rt.Frame
	ln    *Listener
	err   error
	call1 ListenerAcceptConnOp
}

func (co *acceptCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *acceptCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *acceptCoro) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 1 {
		goto await1
	}

for1: // for
	co.call1.Init(co.ln)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await(ln.AcceptConn())
	c, err := co.call1.Result()
	if err != nil {
		co.err = err
		return co.End()
	}
	rt.SpawnOn(fb.Loop(), echoAsync(c))
	goto for1
}

// clientCoro sends a message and awaits its echo, as long as *left says so.
type clientCoro struct {
	rt.Frame
	c     *Conn
	left  *int
	buf   []byte
	got   int
	err   error
	call1 ConnWriteOp
	call2 ConnReadOp
}

func (co *clientCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *clientCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *clientCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}

for1: // for *left > 0
	if *co.left <= 0 {
		return co.End()
	}
	*co.left--
	co.got = 0
	co.call1.Init(co.c, co.buf)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await(c.Write(buf))
	if _, co.err = co.call1.Result(); co.err != nil {
		return co.End()
	}

for2: // for got < len(buf)
	co.call2.Init(co.c, co.buf[co.got:])
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}

await2: // rt.Await(c.Read(buf[got:]))
	{
		var n int
		if n, co.err = co.call2.Result(); co.err != nil {
			return co.End()
		}
		if co.got += n; co.got < len(co.buf) {
			goto for2
		}
	}
	goto for1
}
