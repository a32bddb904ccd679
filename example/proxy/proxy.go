package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// limits are what a proxy allows its clients.
type limits struct {
	clients int           // that are served at a time
	dial    time.Duration // how long a connect to the target may take
	idle    time.Duration // for how long nothing may move in a session
	grace   time.Duration // how long sessions have to end when the proxy does
}

// stats are what a proxy has done.
type stats struct {
	sessions int   // that have begun
	open     int   // of them
	most     int   // that were open at a time
	refused  int   // whose target could not be reached
	idle     int   // in which nothing has moved for too long
	cut      int   // that had not ended when the grace was over
	broken   int   // that ended with another error
	up, down int64 // bytes to the target, and from it
}

func (s *stats) String() string {
	return fmt.Sprintf("%d sessions, at most %d at a time: %d without a target, %d idle, %d cut off, %d broken; %d bytes up, %d down",
		s.sessions, s.most, s.refused, s.idle, s.cut, s.broken, s.up, s.down)
}

// A proxy passes connections on to a target. Its fields belong to the loop, and so need no lock: between two awaits nothing else runs.
type proxy struct {
	limits
	target string // host:port
	dialer poll.Dialer
	report func(c *poll.Conn, err error) // is told of errors; nil: the standard logger is
	stats  stats
}

func newProxy(target string, limits limits) *proxy {
	return &proxy{limits: limits, target: target, dialer: poll.Dialer{Timeout: limits.dial}}
}

// serve passes on what comes to ln, until that is closed or the proxy is cancelled, and then gives the sessions their grace.
//
//async:func
func (p *proxy) serve(ln *poll.Listener) error {
	s := &poll.Server{MaxConns: p.clients, Grace: p.grace, OnError: p.report}
	return rt.Await0(s.Serve(ln, p.session))
}

// session connects a client with the target. Unless both have ended their streams in order, both see a reset, so that neither takes what
// it has received for everything.
//
//async:func
func (p *proxy) session(client *poll.Conn) error {
	p.begin()
	defer func() { p.stats.open-- }()
	target, err := rt.Await(p.dialer.Dial("tcp", p.target))
	if err != nil {
		if errors.Is(err, context.Canceled) {
			p.stats.cut++
		} else {
			p.stats.refused++
		}
		client.CloseNow()
		return err
	}
	defer target.Close()
	s := newSession(client, target, p.idle)
	if err = rt.Await0(s.run()); err != nil {
		client.CloseNow()
		target.CloseNow()
	}
	p.end(s, err)
	return err
}

// begin counts a session that begins.
func (p *proxy) begin() {
	p.stats.sessions++
	p.stats.open++
	p.stats.most = max(p.stats.most, p.stats.open)
}

// end counts what s has done, and how it has ended.
func (p *proxy) end(s *session, err error) {
	p.stats.up += s.up.moved
	p.stats.down += s.down.moved
	switch {
	case err == nil:
	case errors.Is(err, errIdle):
		p.stats.idle++
	case errors.Is(err, context.Canceled):
		p.stats.cut++
	default:
		p.stats.broken++
	}
}
