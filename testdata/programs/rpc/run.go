package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// run has a client call a server in several ways.
//
//async:func
func run(w io.Writer) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error {
			conn, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			return rt.Await0(serve(conn))
		})
		conn, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return err
		}
		defer conn.Close()
		c := newClient(conn)
		g.Go(c.receive)
		return rt.Await0(calls(w, c))
	}))
}

//async:func
func calls(w io.Writer, c *client) error {
	answer, err := rt.Await(c.call("Ann"))
	if err != nil {
		return err
	}
	fmt.Fprintln(w, answer)

	// The second request is answered first.
	report := func(request string) error {
		answer, err := rt.Await(c.call(request))
		fmt.Fprintf(w, "%s: %q %v\n", request, answer, err)
		return nil
	}
	if err := rt.Await0(rt.Map0(0, []string{"wait", "open"}, report)); err != nil {
		return err
	}

	_, err = rt.Await(rt.Timeout(time.Millisecond, func() (string, error) { return rt.Await(c.call("sleep")) }))
	fmt.Fprintln(w, "sleep:", err, errors.Is(err, context.DeadlineExceeded), len(c.pending))

	// The server ends the connection, and so all calls.
	if err := rt.Await0(rt.Map0(0, []string{"sleep", "sleep", "bye"}, report)); err != nil {
		return err
	}
	return rt.Await0(report("Ben"))
}
