package main

import (
	"errors"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A session passes on what a client and its target send to each other.
type session struct {
	idle     time.Duration
	up, down direction
}

func newSession(client, target *poll.Conn, idle time.Duration) *session {
	return &session{
		idle: idle,
		up:   direction{dst: target, src: poll.NewReader(client)},
		down: direction{dst: client, src: poll.NewReader(target)},
	}
}

// errIdle is the error of a session in which nothing moves.
var errIdle = errors.New("nothing has moved for too long")

// run passes on both directions until both have ended. The first error ends the other one, too.
//
// How much has moved is known when a Copy ends. So both are interrupted, once in the time in which something has to move, and go on if
// something has: what was on its way is in their Readers then. A session is over between one and two of these times after its last byte.
//
//async:func
func (s *session) run() error {
	for {
		before := s.up.moved + s.down.moved
		expired, err := rt.Await(rt.MoveOn0(s.idle, func() error { return rt.Await0(rt.Gather0(s.up.pass, s.down.pass)) }))
		switch {
		case err != nil:
			return err
		case !expired:
			return nil
		case s.up.moved+s.down.moved == before:
			return errIdle
		}
	}
}

// A direction of a session.
type direction struct {
	dst   *poll.Conn
	src   *poll.Reader
	moved int64 // bytes that dst has taken
	ended bool  // src has, and dst was told
}

// pass copies until src ends, and then ends the stream of dst. After a cancel it may be called again, and goes on.
//
//async:func
func (d *direction) pass() error {
	if d.ended {
		return nil
	}
	n, err := rt.Await(poll.Copy(d.dst, d.src))
	d.moved += n
	if err != nil {
		return err
	}
	d.ended = true
	return d.dst.CloseWrite()
}
