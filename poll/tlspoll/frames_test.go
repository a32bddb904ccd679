//go:build linux

package tlspoll

import (
	"io"
	"sync"

	"github.com/goasync/goasync/rt"
)

// An echoCoro is what the generator makes of an echo whose awaits are those of the operations: a frame that embeds them.
type echoCoro struct {
	rt.Frame
	c     *Conn
	buf   []byte
	err   error
	call1 ConnReadOp
	call2 ConnWriteOp
}

func echoAsync(c *Conn) rt.Awaitable[struct{}] {
	co := &echoCoro{c: c, buf: make([]byte, 4096)}
	co.Visible()
	return co
}

func (co *echoCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *echoCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}
read:
	co.call1.Init(co.c, co.buf)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	{
		n, err := co.call1.Result()
		if co.err = err; err != nil {
			if err == io.EOF {
				co.err = nil
			}
			co.c.Close()
			return co.End()
		}
		co.call2.Init(co.c, co.buf[:n])
	}
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}
await2:
	if _, co.err = co.call2.Result(); co.err != nil {
		co.c.Close()
		return co.End()
	}
	goto read
}

func (co *echoCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

// A thriftyCoro is an echo that has a buffer only while there is something in it.
type thriftyCoro struct {
	rt.Frame
	c     *Conn
	buf   *[]byte
	err   error
	call1 ConnWaitReadOp
	call2 ConnReadOp
	call3 ConnWriteOp
}

var buffers = sync.Pool{New: func() any {
	b := make([]byte, 4096)
	return &b
}}

func thriftyAsync(c *Conn) rt.Awaitable[struct{}] {
	co := &thriftyCoro{c: c}
	co.Visible()
	return co
}

func (co *thriftyCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *thriftyCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	case 3:
		goto await3
	}
wait:
	co.call1.Init(co.c)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if _, co.err = co.call1.Result(); co.err != nil {
		co.c.Close()
		return co.End()
	}
	co.buf = buffers.Get().(*[]byte)
	co.call2.Init(co.c, *co.buf)
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}
await2:
	{
		n, err := co.call2.Result()
		if co.err = err; err != nil {
			if err == io.EOF {
				co.err = nil
			}
			co.c.Close()
			return co.End()
		}
		co.call3.Init(co.c, (*co.buf)[:n])
	}
	if !co.call3.Start(fb, co) {
		return co.Suspend(3)
	}
await3:
	if _, co.err = co.call3.Result(); co.err != nil {
		co.c.Close()
		return co.End()
	}
	buffers.Put(co.buf)
	co.buf = nil
	goto wait
}

func (co *thriftyCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}
