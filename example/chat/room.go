package main

import (
	"slices"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// limits are what a room allows its members.
type limits struct {
	clients  int           // that are served at a time
	line     int           // how long a line may be, its end included, in bytes
	backlog  int           // how many lines a member may be behind
	silence  time.Duration // for how long a member may say nothing
	patience time.Duration // how long a member may take to receive a line
	grace    time.Duration // how long members have to receive what was said before the room closed
}

// A room passes on what its members say. Its fields, and those of the members, belong to the loop, and so need no lock: between two awaits
// nothing else runs.
type room struct {
	limits
	report  func(c *poll.Conn, err error) // is told of errors, and of dismissals; nil: the standard logger is
	members []*member                     // in the order in which they came
	closed  bool
	served  int // clients so far
}

// A member is a client that is connected. It hears what is said from the beginning, and speaks when it has said its name.
type member struct {
	name  string // "" until it is known
	conn  *poll.Conn
	in    *poll.Reader
	lines *rt.Queue[string] // to be sent; closed once the member is not in the room any more
	why   dismissal         // it is not in the room any more; "" if it has left
}

// A dismissal is the error of a member that had to go, and what it is told.
type dismissal string

func (d dismissal) Error() string { return string(d) }

const (
	tooSlow   dismissal = "too slow to listen"
	tooSilent dismissal = "silent for too long"
	tooLong   dismissal = "a line that is too long"
	noName    dismissal = "a name has 1 to 16 letters"
	taken     dismissal = "the name is taken"
	closing   dismissal = "the room is closed"
)

// serve has a session for everyone who connects to ln, until that is closed or the server is cancelled. Then the room is closed, and its
// members have some time to hear of it.
//
//async:func
func (r *room) serve(ln *poll.Listener) error {
	s := &poll.Server{MaxConns: r.clients, Grace: r.grace, OnDrain: r.close, OnError: r.report}
	return rt.Await0(s.Serve(ln, r.session))
}

// add makes m a member.
func (r *room) add(m *member) {
	r.members = append(r.members, m)
	r.served++
}

// say sends a line to all members. It waits for nobody: who is too far behind is removed.
func (r *room) say(line string) {
	var slow []*member
	for _, m := range r.members {
		if !m.lines.TryPut(line + "\n") {
			slow = append(slow, m)
		}
	}
	for _, m := range slow {
		r.remove(m, tooSlow)
	}
}

// remove takes a member out of the room, if it still is there, and tells the others. What it was to hear before that waits in its queue.
func (r *room) remove(m *member, why dismissal) {
	i := slices.Index(r.members, m)
	if i < 0 {
		return
	}
	r.members = slices.Delete(r.members, i, i+1)
	m.why = why
	m.lines.Close()
	switch {
	case m.name == "":
	case why == "":
		r.say("* " + m.name + " has left")
	default:
		r.say("* " + m.name + " had to go: " + string(why))
	}
}

// isTaken reports whether a member has the name.
func (r *room) isTaken(name string) bool {
	return slices.ContainsFunc(r.members, func(m *member) bool { return m.name == name })
}

// close removes all members.
func (r *room) close() {
	r.closed = true
	for _, m := range r.members {
		m.why = closing
		m.lines.Close()
	}
	r.members = nil
}
