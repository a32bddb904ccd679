//go:build linux

package poll_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

func ExampleDial() {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	addr := ln.Addr().String()
	ln.Close()
	// In a task, others run while it connects.
	err = rt.Run0(func() error {
		c, err := rt.Await(poll.Dial("tcp", addr))
		if err != nil {
			return err
		}
		return c.Close()
	})
	fmt.Println("nobody listens there:", err != nil)
	// Output: nobody listens there: true
}

func ExampleDialer() {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ln.Close()
	d := &poll.Dialer{
		Timeout:       5 * time.Second,        // for the lookup and all the attempts
		FallbackDelay: 100 * time.Millisecond, // until the next address of a name is tried beside the first
	}
	err = rt.Run0(func() error {
		c, err := rt.Await(d.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return err
		}
		fmt.Println("connected:", c.RemoteAddr().String() == ln.Addr().String())
		return c.Close()
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: connected: true
}

// Package net/http dials with a context.
func ExampleDialer_DialContext() {
	transport := &http.Transport{DialContext: new(poll.Dialer).DialContext}
	client := &http.Client{Transport: transport}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	request, err := http.NewRequestWithContext(ctx, "GET", "http://name.invalid", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Do(request)
	fmt.Println(errors.Is(err, context.Canceled))
	// Output: true
}

// A server that is ended by closing its listener. In the source language the handler would be marked with //async:func.
func ExampleServer() {
	echo := func(c *poll.Conn) error {
		buf := make([]byte, 4096)
		for {
			c.SetReadDeadline(rt.Now().Add(time.Minute)) // no peer may be silent for longer
			n, err := rt.Await(c.Read(buf))
			if err == io.EOF {
				return nil // Serve closes the connection
			}
			if err != nil {
				return err
			}
			if _, err := rt.Await(c.Write(buf[:n])); err != nil {
				return err
			}
		}
	}
	hello := func(addr string) error { // a client
		c, err := rt.Await(poll.Dial("tcp", addr))
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := rt.Await(c.Write([]byte("hello"))); err != nil {
			return err
		}
		buf := make([]byte, 100)
		n, err := rt.Await(c.Read(buf))
		fmt.Printf("%s\n", buf[:n])
		return err
	}
	s := &poll.Server{
		MaxConns: 1000,
		Grace:    10 * time.Second,
		OnError: func(c *poll.Conn, err error) {
			if c == nil { // it is about no connection: accepting fails, for example
				log.Print(err)
				return
			}
			log.Printf("serving %v: %v", c.RemoteAddr(), err)
		},
	}
	err := rt.Run0(func() error {
		ln, err := poll.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		serving := rt.Spawn0(func() error { return rt.Await0(s.Serve(ln, echo)) })

		err = rt.Await0(hello(ln.Addr().String()))
		ln.Close() // Serve returns when the handlers have ended
		_, served := rt.Await(serving.Wait())
		return errors.Join(err, served)
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: hello
}

// A loop for each core, each with a listener of its own at the same port.
func ExampleListenConfig_reusePort() {
	lc := &poll.ListenConfig{ReusePort: true}
	lns := make([]*poll.Listener, 2)
	addr := "127.0.0.1:0"
	for i := range lns {
		ln, err := lc.Listen("tcp", addr)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer ln.Close() // the client does, unless the next one fails
		lns[i], addr = ln, ln.Addr().String()
	}
	go func() { // a client, which then ends the servers
		c, err := poll.Dial("tcp", addr)
		if err == nil {
			answer, _ := io.ReadAll(c)
			fmt.Printf("%s\n", answer)
			c.Close()
		}
		for _, ln := range lns {
			ln.Close()
		}
	}()
	err := rt.RunLoops(len(lns), func(_ []*rt.Loop, i int) error {
		return rt.Await0(poll.Serve(lns[i], func(c *poll.Conn) error {
			_, err := rt.Await(c.Write([]byte("hello")))
			return err
		}))
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: hello
}
