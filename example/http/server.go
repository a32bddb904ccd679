package main

import (
	"errors"
	"net/http"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A Server answers requests of HTTP/1.1 and HTTP/1.0. All its connections are served on the loop on which Serve runs, which its fields
// and methods belong to.
type Server struct {
	MaxHead int   // how long a head may be, in bytes; a longer one is answered with 414 or 431
	MaxBody int64 // how long the body of a request may be, in bytes, with its chunks' sizes; a longer one is answered with 413

	// How long things may take; 0: any time. A head and a body that are late are answered with 408, other connections are closed.
	IdleTimeout   time.Duration // from one request to the next
	HeadTimeout   time.Duration // from the first byte of a head to its end
	BodyTimeout   time.Duration // from the first Read of a body to its end
	WriteTimeout  time.Duration // for the client to make room for what is written
	LingerTimeout time.Duration // for the client to close a connection that ends with a response

	Conns poll.Server // how many there may be, what becomes of them at the end, and who is told of errors

	stopping bool // connections end with their next response
	ln       *poll.Listener
	began    time.Time
	idle     idleList
	spare    []*exchange
	second   int64  // that dateLine is of, as Unix time
	dateLine []byte // the field Date
}

// NewServer returns a Server with limits for clients that nobody knows.
func NewServer() *Server {
	return &Server{
		MaxHead:       16 << 10,
		MaxBody:       10 << 20,
		IdleTimeout:   2 * time.Minute,
		HeadTimeout:   10 * time.Second,
		BodyTimeout:   time.Minute,
		WriteTimeout:  time.Minute,
		LingerTimeout: time.Second,
		Conns:         poll.Server{MaxConns: 1000, Grace: 10 * time.Second},
	}
}

// Serve, which a Server does once, accepts connections from ln and has handler answer their requests, those of one connection in order. A
// handler that returns an *Error has the client told that; of any other error, which is reported as poll.Server does, the client learns
// that there was one. An error that a Read, a Write or a Flush of the request's own connection has returned is neither told nor reported.
// Serve ends as poll.Server.Serve does, after Shutdown with nil.
//
//async:func
func (s *Server) Serve(ln *poll.Listener, handler func(*Request, *ResponseWriter) error) error {
	s.ln, s.began = ln, rt.Now()
	var served error // as it is: of a cancel and a *poll.SurvivorsError a Nursery returns the latter alone
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(s.closeIdle()) })
		defer g.Cancel(errServed)
		served = rt.Await0(s.Conns.Serve(ln, func(c *poll.Conn) error { return rt.Await0(s.serveConn(c, handler)) }))
		return nil
	}))
	if served != nil {
		return served
	}
	return err
}

// errServed is why closeIdle is cancelled.
var errServed = errors.New("http: the server has ended")

// Shutdown ends Serve: nothing is accepted any more, idle connections are closed, and others when they have been answered.
func (s *Server) Shutdown() {
	s.ln.Close()
	s.stop()
}

// stop closes idle connections, and has the others end with their next response.
func (s *Server) stop() {
	s.stopping = true
	for k := s.idle.first; k != nil; k = k.next {
		k.conn.Close()
	}
}

// serveConn serves a connection.
//
//async:func
func (s *Server) serveConn(c *poll.Conn, handler func(*Request, *ResponseWriter) error) error {
	k := &idleConn{conn: c}
	in := poll.NewReaderLimit(c, s.MaxHead)
	for !s.stopping {
		s.idle.add(k, rt.Now().Sub(s.began))
		_, err := rt.Await(in.Peek(1))
		s.idle.remove(k)
		if err != nil {
			return quiet(err)
		}
		x := s.exchangeOf(c, in)
		stays, err := rt.Await(x.run(handler))
		if err != nil {
			return err
		}
		s.giveBack(x)
		if !stays {
			return nil
		}
	}
	return nil
}

// exchangeOf returns an exchange for a connection that has a request.
func (s *Server) exchangeOf(c *poll.Conn, in *poll.Reader) *exchange {
	if n := len(s.spare); n > 0 {
		x := s.spare[n-1]
		s.spare = s.spare[:n-1]
		x.conn, x.in, x.timed = c, in, false
		x.out.Reset(c)
		return x
	}
	x := &exchange{server: s, conn: c, in: in, out: poll.NewWriter(c)}
	x.r.body.x, x.w.x, x.w.out = x, x, x.out
	return x
}

// maxSpare is how many exchanges wait for connections that need one. There are as many at a time as requests that wait for something.
const maxSpare = 64

// giveBack takes an exchange that a connection does not need any more.
func (s *Server) giveBack(x *exchange) {
	if len(s.spare) < maxSpare {
		x.conn, x.in = nil, nil
		x.out.Reset(nil)
		s.spare = append(s.spare, x)
	}
}

// date returns the line with the time of day.
func (s *Server) date(now time.Time) []byte {
	if second := now.Unix(); second != s.second || s.dateLine == nil {
		s.second = second
		s.dateLine = append(now.UTC().AppendFormat(append(s.dateLine[:0], "Date: "...), http.TimeFormat), "\r\n"...)
	}
	return s.dateLine
}

// closeIdle closes the connections that have been idle for too long, until it is cancelled, which means that the server stops. One
// timer serves all: a deadline for each would cost memory of each.
//
//async:func
func (s *Server) closeIdle() error {
	defer s.stop()
	for {
		wait := 24 * time.Hour
		if d := s.IdleTimeout; d > 0 {
			wait = s.idle.closeBefore(rt.Now().Sub(s.began)-d) + d
		}
		if err := rt.Await0(rt.Sleep(wait)); err != nil {
			return err
		}
	}
}
