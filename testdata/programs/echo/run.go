package echo

import (
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

// run shows what becomes of clients that leave, that outlast the shutdown, and that are silent.
//
//async:func
func run(w io.Writer) error {
	return errors.Join(
		rt.Await0(visit(w, server{idle: time.Minute, grace: time.Minute}, leave)),
		rt.Await0(visit(w, server{idle: time.Minute, grace: time.Millisecond}, stay)),
		rt.Await0(visit(w, server{idle: time.Millisecond, grace: time.Minute}, sleep)),
	)
}

// A client talks to the server, and may stop it.
type client func(w io.Writer, c *poll.Conn, stop *rt.Event) error

//async:func
func leave(w io.Writer, c *poll.Conn, stop *rt.Event) error {
	if err := rt.Await0(hello(w, c)); err != nil {
		return err
	}
	stop.Set()
	return c.CloseWrite()
}

//async:func
func stay(w io.Writer, c *poll.Conn, stop *rt.Event) error {
	err := rt.Await0(hello(w, c))
	stop.Set()
	return err
}

//async:func
func sleep(io.Writer, *poll.Conn, *rt.Event) error { return nil }

// hello has the server echo a word.
//
//async:func
func hello(w io.Writer, c *poll.Conn) error {
	if _, err := rt.Await(c.Write([]byte("hello"))); err != nil {
		return err
	}
	var buf [100]byte
	n, err := rt.Await(c.Read(buf[:]))
	if err == nil {
		fmt.Fprintf(w, "client: got %q\n", buf[:n])
	}
	return err
}

// visit runs s for one client, which then reads to the end of the connection.
//
//async:func
func visit(w io.Writer, s server, talk client) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	s.ln, s.log = ln, w
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		stop := rt.NewEvent()
		g.Go(func() error { return rt.Await0(s.serve(stop)) })
		c, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return err
		}
		defer c.Close()
		if err := rt.Await0(talk(w, c, stop)); err != nil {
			return err
		}
		n, err := rt.Await(c.Read(make([]byte, 100)))
		fmt.Fprintf(w, "client: %d more bytes, then %v\n", n, err)
		stop.Set()
		return nil
	}))
}
