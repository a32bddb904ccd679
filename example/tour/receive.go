package main

import (
	"fmt"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// This is the chain from a packet to the line of code that waits for it. In asyncio it has the same links: the selector, the
// transport's future, the task's wake-up, coroutine.send. The loop tells a trace function about each as it happens, and the
// sections before explain them all: the task is parked on a future (6), it is woken through the loop's queue (5), and the loop
// sends into the innermost coroutine (4), which is Read itself and not greet or receive above it, however deep they are.
//
// Only then is the data read. Had the task been cancelled after the socket was ready, the data would still be in the socket.

// A chain prints the links as it is told of them.
type chain struct {
	peer  *poll.Conn // writes a greeting when everybody else waits
	count int        // of the links printed so far
}

func (c *chain) print(link string) {
	c.count++
	fmt.Println(c.count, link)
}

func (c *chain) trace(e rt.TraceEvent) {
	switch e.Kind {
	case rt.TraceWait:
		c.print("epoll waits")
		c.peer.Write([]byte("hello"))
	case rt.TraceReady:
		c.print("a ready socket is returned")
	case rt.TraceSet:
		c.print("the future that stands for it is set")
	case rt.TraceWake:
		c.print("the task that added itself to the future is woken")
	case rt.TraceResume:
		c.print("it resumes the innermost coroutine through Send: " + e.Detail)
	case rt.TraceIO:
		c.print("the data is read")
	}
}

// greet prints what comes in on c, and how.
//
//async:func
func greet(c, peer *poll.Conn) error {
	defer c.Close()
	links := &chain{peer: peer}
	loop := rt.RunningLoop()
	loop.SetTrace(links.trace)
	text, err := rt.Await(receive(c))
	loop.SetTrace(nil)
	if err != nil {
		return err
	}
	links.print("and returned: " + text)
	return nil
}

// receive returns what comes in next on c.
//
//async:func
func receive(c *poll.Conn) (string, error) {
	buf := make([]byte, 64)
	n, err := rt.Await(c.Read(buf))
	return string(buf[:n]), err
}

func showReceive() error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	peer, err := poll.Dial("tcp", ln.Addr().String())
	if err != nil {
		return err
	}
	defer peer.Close()
	c, err := ln.AcceptConn()
	if err != nil {
		return err
	}
	return rt.RunAsync0(greetAsync(c, peer))
}
