package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// session is a member's stay. Of its two tasks the first one that fails ends the other, and its error is why the stay is over.
//
//async:func
func (r *room) session(c *poll.Conn) error {
	if r.closed {
		return nil
	}
	if err := c.SetWriteBuffer(r.backlog * averageLine); err != nil {
		return err
	}
	m := &member{conn: c, in: poll.NewReaderLimit(c, r.line), lines: rt.NewQueue[string](r.backlog)}
	r.add(m)
	defer func() { r.remove(m, "") }()
	m.lines.TryPut("* what is your name?\n")
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(r.hear(m)) })
		return rt.Await0(r.talk(m))
	}))
	if why, ok := errors.AsType[dismissal](err); ok {
		r.remove(m, why)
		rt.Await0(r.send(m, "* goodbye: "+string(why)+"\n")) // it may be gone, or closed by hear; then there is nobody to tell
		return why
	}
	if hasLeft(err) {
		return nil
	}
	return err
}

// hasLeft reports whether err is that of a connection that its other end has closed, or lost.
func hasLeft(err error) bool {
	_, broken := errors.AsType[*net.OpError](err)
	return broken || errors.Is(err, io.EOF)
}

// averageLine is how long a line may be expected to be, in bytes. The kernel would store megabytes for a member that does not listen.
const averageLine = 128

// talk passes on what m says, once it has a name. It returns an error in any case: io.EOF if m has ended its stream.
//
//async:func
func (r *room) talk(m *member) error {
	name, err := rt.Await(r.nextLine(m))
	switch {
	case err != nil:
		return err
	case !isName(name):
		return noName
	case r.isTaken(name):
		return taken
	}
	m.name = name
	r.say("* " + name + " is here")
	for {
		line, err := rt.Await(r.nextLine(m))
		if err != nil {
			return err
		}
		if !m.lines.Closed() { // else it was removed, and only hears what was said before
			r.say(name + ": " + line)
		}
	}
}

// nextLine returns what m says next, without what is not to be printed: it could do things to the terminals of others.
//
//async:func
func (r *room) nextLine(m *member) (string, error) {
	line, err := rt.Await(rt.Timeout(r.silence, m.in.ReadLine))
	if _, ok := errors.AsType[*rt.TimeoutError](err); ok {
		return "", tooSilent
	}
	if errors.Is(err, bufio.ErrTooLong) {
		return "", tooLong
	}
	if err != nil {
		return "", err
	}
	return strings.Map(printable, string(line)), nil
}

// printable returns c if it can be printed, and otherwise a negative number, as strings.Map expects it.
func printable(c rune) rune {
	if unicode.IsPrint(c) {
		return c
	}
	return -1
}

// isName reports whether a name is one that members may have.
func isName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n >= 1 && n <= 16 && strings.IndexFunc(name, func(c rune) bool { return !unicode.IsLetter(c) }) < 0
}

// hear sends m what is said, until m is removed: the error is why. One that listens slowly hears all that was said up to then.
//
//async:func
func (r *room) hear(m *member) error {
	for {
		line, err := rt.Await(m.lines.Get())
		if errors.Is(err, rt.ErrClosed) {
			return m.why
		}
		if err != nil {
			return err
		}
		if err := rt.Await0(r.send(m, line)); err != nil {
			return err
		}
	}
}

// send sends m a line. If m does not receive it in time, or the half of it that has been sent when somebody cancels this, the connection is
// of no use any more: whatever came next would be taken for the rest of the line.
//
//async:func
func (r *room) send(m *member, line string) error {
	n, err := rt.Await(rt.Timeout(r.patience, func() (int, error) { return rt.Await(m.conn.Write([]byte(line))) }))
	_, late := errors.AsType[*rt.TimeoutError](err)
	if late || 0 < n && n < len(line) {
		m.conn.CloseNow()
	}
	if late {
		return tooSlow
	}
	return err
}
