// Package chat is a chat room: what one says, everybody hears. Who does not listen is thrown out.
package chat

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// backlog is how many lines a member may be behind.
const backlog = 8

type member struct {
	name string
	conn *poll.Conn
	out  *rt.Queue[string] // lines to be sent
}

// A room needs no lock: on a loop nothing else runs between two awaits. Its members are in the order in which they came.
type room struct{ members []*member }

// say sends a line to all members. It waits for nobody: who is too far behind is thrown out.
func (r *room) say(line string) {
	var slow []*member
	for _, m := range r.members {
		if !m.out.TryPut(line + "\n") {
			slow = append(slow, m)
		}
	}
	for _, m := range slow {
		m.conn.Close() // which ends its session
		r.leave(m, "was too slow")
	}
}

// leave removes a member, if it has not left already, and tells the others.
func (r *room) leave(m *member, how string) {
	if i := slices.Index(r.members, m); i >= 0 {
		r.members = slices.Delete(r.members, i, i+1)
		m.out.Close()
		r.say("* " + m.name + " " + how)
	}
}

// serve has a session for everyone who connects to ln, until that is closed and all have left.
//
//async:func
func (r *room) serve(ln *poll.Listener) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for {
			c, err := rt.Await(ln.AcceptConn())
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			if err != nil {
				return err
			}
			g.Go(func() error { return rt.Await0(r.session(c)) })
		}
	}))
}

// session is a member's stay, whose first line is the name. However it ends is no error of the room.
//
//async:func
func (r *room) session(c *poll.Conn) error {
	defer c.Close()
	in := poll.NewReader(c)
	first, err := rt.Await(in.ReadLine())
	if err != nil {
		return nil
	}
	name := string(first)
	m := &member{name: name, conn: c, out: rt.NewQueue[string](backlog)}
	r.members = append(r.members, m)
	r.say("* " + name + " is here")
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(m.write()) })
		defer r.leave(m, "has left") // closes the queue, which ends write
		for {
			line, err := rt.Await(in.ReadLine())
			if err != nil {
				return nil
			}
			r.say(fmt.Sprintf("%s: %s", name, bytes.TrimSpace(line)))
		}
	}))
}

// write sends the member what the others say, until its queue or its connection is closed.
//
//async:func
func (m *member) write() error {
	for {
		line, err := rt.Await(m.out.Get())
		if err != nil {
			return nil
		}
		if _, err := rt.Await(m.conn.Write([]byte(line))); err != nil {
			return nil
		}
	}
}
