//go:build linux

package tlspoll

import (
	"io"

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
