package pool

import (
	"context"
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

// A conn is a connection to a server that adds up what it is sent.
type conn struct{ *poll.Conn }

// add has the server add n to the connection's sum, and returns that.
//
//async:func
func (c *conn) add(n byte) (byte, error) {
	b := []byte{n}
	if _, err := rt.Await(c.Write(b)); err != nil {
		return 0, err
	}
	_, err := rt.Await(c.Read(b))
	return b[0], err
}

// A service is where a pool's connections come from.
type service struct {
	w      io.Writer
	ln     *poll.Listener
	dialed int
	sum    int // of the sums of the connections that were closed
}

//async:func
func (s *service) dial() (*conn, error) {
	c, err := rt.Await(poll.Dial("tcp", s.ln.Addr().String()))
	if err != nil {
		return nil, err
	}
	s.dialed++
	fmt.Fprintln(s.w, "dialed", s.dialed)
	return &conn{c}, nil
}

// hangUp says good-bye to the server and closes the connection.
//
//async:func
func (s *service) hangUp(c *conn) error {
	sum, err := rt.Await(c.add(0))
	fmt.Fprintln(s.w, "closed", err)
	s.sum += int(sum)
	return errors.Join(err, c.Close())
}

// serve adds up what its clients send.
//
//async:func
func (s *service) serve() error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for {
			c, err := rt.Await(s.ln.AcceptConn())
			if err != nil {
				return err
			}
			g.Go(func() error {
				defer c.Close()
				b, sum := make([]byte, 1), byte(0)
				for {
					if _, err := rt.Await(c.Read(b)); err != nil {
						return nil
					}
					sum += b[0]
					if _, err := rt.Await(c.Write([]byte{sum})); err != nil {
						return nil
					}
				}
			})
		}
	}))
}

// run has tasks share the two connections of a pool.
//
//async:func
func run(w io.Writer) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	s := &service{w: w, ln: ln}
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(s.serve)
		err := rt.Await0(use(w, s))
		g.Cancel(nil)
		return err
	}))
}

var errUser = errors.New("the user has failed")

//async:func
func use(w io.Writer, s *service) error {
	p := &pool[*conn]{sem: rt.NewSemaphore(2), dial: s.dial, close: s.hangUp}

	// Ten tasks at a time: they take turns, and each has a connection for itself.
	total := 0
	err := rt.Await0(rt.Map0(0, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, func(n byte) error {
		return rt.Await0(p.with(func(c *conn) error {
			before, err := rt.Await(c.add(0))
			if err != nil {
				return err
			}
			after, err := rt.Await(c.add(n))
			total += int(after - before)
			return err
		}))
	}))
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "total", total, "idle", len(p.idle))

	// Who fails, or is cancelled, is not trusted to have left the connection in order.
	err = rt.Await0(p.with(func(*conn) error { return errUser }))
	fmt.Fprintln(w, err, len(p.idle))
	err = rt.Await0(rt.Timeout0(time.Millisecond, func() error {
		return rt.Await0(p.with(func(*conn) error { return rt.Await0(rt.NewEvent().Wait()) }))
	}))
	fmt.Fprintln(w, errors.Is(err, context.DeadlineExceeded), len(p.idle))
	if err := rt.Await0(p.with(func(*conn) error { return nil })); err != nil {
		return err
	}
	err = rt.Await0(p.closeIdle())
	fmt.Fprintln(w, "sum", s.sum)
	return err
}
