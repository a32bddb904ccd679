package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// runDemo has clients send size bytes each to a target that sends them back, through a proxy, and prints to w what that has done.
//
//async:func
func runDemo(w io.Writer, clients, size int) error {
	target, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer target.Close()
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	p := newProxy(target.Addr().String(), defaults)
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		defer target.Close() // which ends both servers
		defer ln.Close()
		g.Go(func() error { return rt.Await0(poll.Serve(target, echo)) })
		g.Go(func() error { return rt.Await0(p.serve(ln)) })
		together := rt.NewBarrier(clients)
		return rt.Await0(rt.Map0(0, make([]struct{}, clients), func(struct{}) error {
			return rt.Await0(exchange(ln.Addr().String(), randomBytes(size), together))
		}))
	}))
	fmt.Fprintln(w, &p.stats)
	return err
}

// echo sends back what it receives until that has ended.
//
//async:func
func echo(c *poll.Conn) error {
	if _, err := rt.Await(poll.Copy(c, c)); err != nil {
		return err
	}
	return c.CloseWrite()
}

// exchange sends data to an echo, begins with the second half when the others do, and ends when everything has come back.
//
//async:func
func exchange(addr string, data []byte, together *rt.Barrier) error {
	c, err := rt.Await(poll.Dial("tcp", addr))
	if err != nil {
		return err
	}
	defer c.Close()
	send := func(part []byte) error {
		_, err := rt.Await(c.Write(part))
		return err
	}
	first, second := data[:len(data)/2], data[len(data)/2:]
	if err := rt.Await0(rt.Gather0(
		func() error { return rt.Await0(send(first)) },
		func() error { return rt.Await0(receive(c, first)) },
	)); err != nil {
		return err
	}
	if _, err := rt.Await(together.Wait()); err != nil {
		return err
	}
	return rt.Await0(rt.Gather0(
		func() error {
			if err := rt.Await0(send(second)); err != nil {
				return err
			}
			return c.CloseWrite()
		},
		func() error {
			if err := rt.Await0(receive(c, second)); err != nil {
				return err
			}
			return rt.Await0(receiveEnd(c))
		},
	))
}

// receive reads as many bytes as want has, which must be the same.
//
//async:func
func receive(c *poll.Conn, want []byte) error {
	got := make([]byte, len(want))
	if n, err := rt.Await(poll.ReadFull(c, got)); err != nil {
		return fmt.Errorf("after %d of %d bytes: %w", n, len(want), err)
	}
	if !bytes.Equal(got, want) {
		return errors.New("what was received is not what was sent")
	}
	return nil
}

// receiveEnd fails if anything else than the end of the stream comes from c.
//
//async:func
func receiveEnd(c *poll.Conn) error {
	switch n, err := rt.Await(c.Read(make([]byte, 1))); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	default:
		return fmt.Errorf("%d bytes after the end", n)
	}
}

// randomBytes returns bytes that differ from call to call.
func randomBytes(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rand.Uint32())
	}
	return data
}
