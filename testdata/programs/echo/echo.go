// Package echo is an echo server that shuts down gracefully.
package echo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A server sends back what its clients send. Its fields belong to its loop.
type server struct {
	ln    *poll.Listener
	idle  time.Duration // how long a client may be silent
	grace time.Duration // how long clients have to leave once the server shuts down
	log   io.Writer
	count int // connections so far
}

// errGrace is why a connection is cut off that outlasts the grace period.
var errGrace = errors.New("the grace period is over")

// serve serves until stop is set and all clients have left, or the grace period has passed.
//
//async:func
func (s *server) serve(stop *rt.Event) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { // ends the accept loop, and after the grace period everything
			if err := rt.Await0(stop.Wait()); err != nil {
				return err
			}
			s.ln.Close()
			err := rt.Await0(rt.Sleep(s.grace))
			g.Cancel(errGrace)
			return err
		})
		err := rt.Await0(rt.Nursery(s.accept))
		g.Cancel(nil) // all clients have left: no need to wait for the grace period
		return err
	}))
}

// accept has every connection served beside the others, until the listener is closed.
//
//async:func
func (s *server) accept(conns *rt.Group) error {
	for {
		c, err := rt.Await(s.ln.AcceptConn())
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		s.count++
		n := s.count // which is another one when the session begins
		conns.Go(func() error { return rt.Await0(s.session(n, c)) })
	}
}

// session serves one connection. How that ended is logged, and is no error of the server.
//
//async:func
func (s *server) session(n int, c *poll.Conn) error {
	defer c.Close()
	err := rt.Await0(s.echo(c))
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		fmt.Fprintf(s.log, "server: client %d is idle\n", n)
	case errors.Is(err, errGrace):
		fmt.Fprintf(s.log, "server: client %d is cut off: %v\n", n, errGrace)
	case err != nil:
		fmt.Fprintf(s.log, "server: client %d: %v\n", n, err)
	default:
		fmt.Fprintf(s.log, "server: client %d has left\n", n)
	}
	return nil
}

// echo sends back what it receives from c until the peer has sent all.
//
//async:func
func (s *server) echo(c *poll.Conn) error {
	buf := make([]byte, 4096)
	for {
		n, err := rt.Await(rt.Timeout(s.idle, func() (int, error) { return rt.Await(c.Read(buf)) }))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := rt.Await(c.Write(buf[:n])); err != nil {
			return err
		}
	}
}
