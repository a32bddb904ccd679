//go:build linux

package poll

import "github.com/goasync/goasync/rt"

// The coroutines in this file are written as the generator would write them.

// packetEchoCoro sends each datagram back to where it is from, until that fails.
type packetEchoCoro struct {
	rt.Frame
	c     *PacketConn
	buf   []byte
	err   error
	call1 PacketConnReadFromAddrPortOp
	call2 PacketConnWriteToAddrPortOp
}

func (co *packetEchoCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *packetEchoCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *packetEchoCoro) Resume(fb *rt.Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}

for1: // for
	co.call1.Init(co.c, co.buf)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await2(c.ReadFromAddrPort(buf))
	{
		got, err := co.call1.Result()
		if err != nil {
			co.err = err
			return co.End()
		}
		co.call2.Init(co.c, co.buf[:got.First], got.Second)
		if !co.call2.Start(fb, co) {
			return co.Suspend(2)
		}
	}

await2: // rt.Await(c.WriteToAddrPort(buf[:n], from))
	if _, err := co.call2.Result(); err != nil {
		co.err = err
		return co.End()
	}
	goto for1
}

// packetClientCoro sends a datagram and awaits its echo, as long as *left says so.
type packetClientCoro struct {
	rt.Frame
	c     *PacketConn
	left  *int
	out   Message
	in    Message
	err   error
	call1 PacketConnWriteMsgOp
	call2 PacketConnReadMsgOp
}

func (co *packetClientCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *packetClientCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *packetClientCoro) Resume(fb *rt.Fiber) (done bool) {
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
	co.call1.Init(co.c, &co.out)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}

await1: // rt.Await0(c.WriteMsg(&out))
	if _, co.err = co.call1.Result(); co.err != nil {
		return co.End()
	}
	co.call2.Init(co.c, &co.in)
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}

await2: // rt.Await0(c.ReadMsg(&in))
	if _, co.err = co.call2.Result(); co.err != nil {
		return co.End()
	}
	goto for1
}
