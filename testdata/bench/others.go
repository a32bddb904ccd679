package main

import (
	"context"
	"io"
	"log"
	"net"
	"strconv"

	"github.com/cloudwego/netpoll"
	"github.com/lesismal/nbio"
	"github.com/lesismal/nbio/logging"
	"github.com/panjf2000/gnet/v2"
	"golang.org/x/sys/unix"
)

// A gnetEcho is the echo on gnet, with one event loop.
type gnetEcho struct {
	gnet.BuiltinEventEngine
	ready func(addr string)
}

func serveGnet(ready func(addr string)) error {
	return gnet.Run(&gnetEcho{ready: ready}, "tcp://127.0.0.1:0", gnet.WithNumEventLoop(1))
}

// OnBoot finds out the port.
func (e *gnetEcho) OnBoot(eng gnet.Engine) gnet.Action {
	fd, err := eng.Dup()
	if err != nil {
		log.Fatal(err)
	}
	defer unix.Close(fd)
	sa, err := unix.Getsockname(fd)
	if err != nil {
		log.Fatal(err)
	}
	e.ready("127.0.0.1:" + strconv.Itoa(sa.(*unix.SockaddrInet4).Port))
	return gnet.None
}

// OnTraffic answers.
func (e *gnetEcho) OnTraffic(c gnet.Conn) gnet.Action {
	data, err := c.Next(-1)
	if err != nil {
		return gnet.Close
	}
	if _, err := c.Write(data); err != nil {
		return gnet.Close
	}
	return gnet.None
}

// serveNbio is the echo on nbio, with one poller.
func serveNbio(ready func(addr string)) error {
	logging.SetLevel(logging.LevelNone)
	engine := nbio.NewEngine(nbio.Config{
		Network:            "tcp",
		Addrs:              []string{"127.0.0.1:0"},
		NPoller:            1,
		MaxWriteBufferSize: 1 << 20,
	})
	engine.OnData(func(c *nbio.Conn, data []byte) { c.Write(data) })
	if err := engine.Start(); err != nil {
		return err
	}
	ready(engine.Addrs[0])
	select {}
}

// serveNetpoll is the echo on netpoll, with one poller.
func serveNetpoll(ready func(addr string)) error {
	if err := netpoll.Configure(netpoll.Config{PollerNum: 1, LoggerOutput: io.Discard}); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	converted, err := netpoll.ConvertListener(ln)
	if err != nil {
		return err
	}
	loop, err := netpoll.NewEventLoop(func(_ context.Context, c netpoll.Connection) error {
		reader, writer := c.Reader(), c.Writer()
		data, err := reader.Next(reader.Len())
		if err != nil {
			return err
		}
		if _, err := writer.WriteBinary(data); err != nil {
			return err
		}
		if err := writer.Flush(); err != nil {
			return err
		}
		return reader.Release()
	})
	if err != nil {
		return err
	}
	ready(ln.Addr().String())
	return loop.Serve(converted)
}
