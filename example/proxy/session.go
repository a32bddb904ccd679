package main

import (
	"errors"
	"os"
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
		up:   direction{dst: target, src: client},
		down: direction{dst: client, src: target},
	}
}

// errIdle is the error of a session in which nothing moves.
var errIdle = errors.New("nothing has moved for too long")

// run passes on both directions until both have ended. The first error ends the other one, too. While something moves, in whatever
// direction, both ends are given time anew.
//
//async:func
func (s *session) run() error {
	s.giveTime()
	err := rt.Await0(rt.Gather0(
		func() error { return rt.Await0(s.up.pass(s.giveTime)) },
		func() error { return rt.Await0(s.down.pass(s.giveTime)) },
	))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errIdle
	}
	return err
}

// giveTime says until when something has to move.
func (s *session) giveTime() {
	until := rt.Now().Add(s.idle)
	s.up.src.SetDeadline(until)
	s.down.src.SetDeadline(until)
}

// A direction of a session.
type direction struct {
	dst, src *poll.Conn
	moved    int64 // bytes that dst has taken
}

// pass copies until src ends, and then ends the stream of dst. It calls alive whenever something has moved.
//
//async:func
func (d *direction) pass(alive func()) error {
	copier := &poll.Copier{Progress: func(n int) {
		d.moved += int64(n)
		alive()
	}}
	if _, err := rt.Await(copier.Copy(d.dst, d.src)); err != nil {
		return err
	}
	return d.dst.CloseWrite()
}
