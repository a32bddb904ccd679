package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// runDemo has Ann, Ben and Cy meet in a room, and prints to w what Ann hears. Cy soon does not listen any more.
//
//async:func
func runDemo(w io.Writer) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	r := &room{limits: defaults, report: func(*poll.Conn, error) {}}
	r.line = 64 << 10
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(r.serve(ln)) })
		defer ln.Close() // which ends the server
		return rt.Await0(meet(w, ln.Addr().String()))
	}))
}

// meet is the script of the demonstration.
//
//async:func
func meet(w io.Writer, addr string) error {
	people, err := rt.Await(joinAll(addr, "Ann", "Ben", "Cy"))
	defer closeAll(people)
	if err != nil {
		return err
	}
	ann, ben, cy := people[0], people[1], people[2]
	if err := rt.Await0(ben.say("hello everybody")); err != nil {
		return err
	}
	if err := rt.Await0(ann.print(w, 3)); err != nil {
		return err
	}
	ben.conn.Close()
	if err := rt.Await0(ann.print(w, 1)); err != nil {
		return err
	}
	fmt.Fprintln(w, "Ann has a long story to tell, and Cy does not listen")
	verdict, err := rt.Await(ann.sayUntil(strings.Repeat("and then ", 7000), "* Cy"))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Ann hears %q\n", verdict)
	last, err := rt.Await(cy.lastLine())
	fmt.Fprintf(w, "Cy listens again, and the last thing is %q\n", last)
	return err
}

// joinAll has clients join one after the other. It returns those who have, also with an error.
//
//async:func
func joinAll(addr string, names ...string) ([]*client, error) {
	var all []*client
	for _, name := range names {
		c, err := rt.Await(join(addr, name))
		if err != nil {
			return all, err
		}
		all = append(all, c)
	}
	return all, nil
}

func closeAll(all []*client) {
	for _, c := range all {
		c.conn.Close()
	}
}

// A client is the other end of a member's connection.
type client struct {
	name string
	conn *poll.Conn
	in   *poll.Reader
}

// storage is how much the kernel stores for a client that does not listen, in bytes. By itself it would store megabytes.
const storage = 32 << 10

// dial connects to a room, and waits to be asked for a name.
//
//async:func
func dial(addr string) (*client, error) {
	d := poll.Dialer{Timeout: time.Minute}
	conn, err := rt.Await(d.Dial("tcp", addr))
	if err != nil {
		return nil, err
	}
	c := &client{conn: conn, in: poll.NewReader(conn)}
	if err = conn.SetReadBuffer(storage); err == nil {
		_, err = rt.Await(c.in.ReadLine())
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

// join connects to a room, says a name and waits to be there.
//
//async:func
func join(addr, name string) (*client, error) {
	c, err := rt.Await(dial(addr))
	if err != nil {
		return nil, err
	}
	c.name = name
	if err = rt.Await0(c.say(name)); err == nil {
		_, err = rt.Await(c.in.ReadLine())
	}
	if err != nil {
		c.conn.Close()
		return nil, err
	}
	return c, nil
}

//async:func
func (c *client) say(line string) error {
	if _, err := rt.Await(c.conn.Write([]byte(line + "\n"))); err != nil {
		return fmt.Errorf("%s could not say %.20q: %w", c.name, line, err)
	}
	return nil
}

// print prints the next lines that c hears.
//
//async:func
func (c *client) print(w io.Writer, lines int) error {
	for range lines {
		line, err := rt.Await(c.in.ReadLine())
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s hears %q\n", c.name, line)
	}
	return nil
}

// sayUntil says the same again and again, until c hears a line with the prefix. The system stores much for a client that does not listen;
// so it takes a while until the room notices.
//
//async:func
func (c *client) sayUntil(line, prefix string) (string, error) {
	for {
		if err := rt.Await0(c.say(line)); err != nil {
			return "", err
		}
		heard, err := rt.Await(c.in.ReadLine())
		if err != nil {
			return "", err
		}
		if verdict := string(heard); strings.HasPrefix(verdict, prefix) {
			_, err := rt.Await(c.in.ReadLine()) // what c has just said
			return verdict, err
		}
	}
}

// lastLine returns what c hears last before the server closes the connection.
//
//async:func
func (c *client) lastLine() (string, error) {
	for last := ""; ; {
		line, err := rt.Await(c.in.ReadLine())
		if err == io.EOF {
			return last, nil
		}
		if err != nil {
			return last, err
		}
		last = string(line)
	}
}
