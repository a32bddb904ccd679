package chat

import (
	"fmt"
	"io"
	"strings"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// A user is the other end of a member's connection.
type user struct {
	name string
	conn *poll.Conn
	in   *poll.Reader
}

// join connects to the room and waits to be there.
//
//async:func
func join(addr, name string) (*user, error) {
	c, err := rt.Await(poll.Dial("tcp", addr))
	if err != nil {
		return nil, err
	}
	u := &user{name: name, conn: c, in: poll.NewReader(c)}
	if err := rt.Await0(u.say(name)); err != nil {
		return nil, err
	}
	_, err = rt.Await(u.in.ReadLine())
	return u, err
}

//async:func
func (u *user) say(line string) error {
	_, err := rt.Await(u.conn.Write([]byte(line + "\n")))
	return err
}

// report writes the next lines that u hears to w.
//
//async:func
func (u *user) report(w io.Writer, lines int) error {
	for range lines {
		line, err := rt.Await(u.in.ReadLine())
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s hears %q\n", u.name, line)
	}
	return nil
}

// run has Ann, Ben and Cy talk, and Ben leave. Then Cy does not listen any more.
//
//async:func
func run(w io.Writer) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(new(room).serve(ln)) })
		defer ln.Close()
		var users []*user
		for _, name := range []string{"Ann", "Ben", "Cy"} {
			u, err := rt.Await(join(ln.Addr().String(), name))
			if err != nil {
				return err
			}
			defer u.conn.Close()
			users = append(users, u)
		}
		ann, ben, cy := users[0], users[1], users[2]
		if err := rt.Await0(ben.say("hello")); err != nil {
			return err
		}
		if err := rt.Await0(ann.report(w, 3)); err != nil {
			return err
		}
		if err := rt.Await0(cy.report(w, 1)); err != nil {
			return err
		}
		ben.conn.Close()
		if err := rt.Await0(ann.report(w, 1)); err != nil {
			return err
		}
		if err := rt.Await0(flood(ann, cy.name)); err != nil {
			return err
		}
		fmt.Fprintf(w, "%s is gone\n", cy.name)
		return nil
	}))
}

// flood has u say long lines, and hear them, until another who does not listen is thrown out. The system stores much of what
// that one should hear, but not everything.
//
//async:func
func flood(u *user, other string) error {
	long := strings.Repeat("long ", 10000) + "line"
	for {
		if err := rt.Await0(u.say(long)); err != nil {
			return err
		}
		switch line, err := rt.Await(u.in.ReadLine()); {
		case err != nil:
			return err
		case string(line) == "* "+other+" was too slow":
			return nil
		case string(line) != u.name+": "+long:
			return fmt.Errorf("%s heard %.40q", u.name, line)
		}
	}
}
