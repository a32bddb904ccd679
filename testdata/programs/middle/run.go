package middle

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

// A server is busy when it is asked for something for the first time, and sleeps if it is told to.
type server struct {
	ln    *poll.Listener
	asked map[string]int
}

//async:func
func (s *server) serve() error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for {
			c, err := rt.Await(s.ln.AcceptConn())
			if err != nil {
				return err
			}
			g.Go(func() error {
				defer c.Close()
				for {
					request, err := rt.Await(read(c))
					if err != nil {
						return nil // the client has left
					}
					answer, err := rt.Await(s.answer(request))
					if err != nil {
						return err
					}
					if err := rt.Await0(write(c, answer)); err != nil {
						return nil
					}
				}
			})
		}
	}))
}

//async:func
func (s *server) answer(request string) (string, error) {
	s.asked[request]++
	switch {
	case request == "sleep":
		return "", rt.Await0(rt.NewEvent().Wait())
	case s.asked[request] == 1:
		return "busy", nil
	}
	return fmt.Sprintf("%s for the %d. time", request, s.asked[request]), nil
}

//async:func
func run(w io.Writer) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	s := &server{ln: ln, asked: make(map[string]int)}
	cs := &conns{addr: ln.Addr().String()}
	defer cs.close()
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(s.serve)
		err := rt.Await0(calls(w, cs))
		g.Cancel(nil)
		return err
	}))
}

// calls makes calls with much middleware, and with little.
//
//async:func
func calls(w io.Writer, cs *conns) error {
	call := logged(w, "call", cached(limited(1, retried(3, time.Microsecond, logged(w, "try", timed(time.Minute, cs.call))))))
	if _, err := rt.Await(rt.Map(0, []string{"bread", "wine", "bread"}, call)); err != nil {
		return err
	}
	answer, err := rt.Await(call("wine"))
	if err != nil {
		return err
	}
	fmt.Fprintln(w, answer, "on", cs.dialed, "connections")

	_, err = rt.Await(retried(2, 0, logged(w, "late", timed(time.Millisecond, cs.call)))("sleep"))
	fmt.Fprintln(w, errors.Is(err, context.DeadlineExceeded), "on", cs.dialed, "connections")
	return nil
}
