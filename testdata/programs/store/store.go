// Package store keeps values for clients that send their requests without waiting for the answers, through a proxy.
package store

import (
	"errors"
	"fmt"
	"net"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// maxValue is how long a value may be, in bytes.
const maxValue = 1 << 20

// A store belongs to its loop.
type store struct{ values map[string][]byte }

// serve answers those who connect to ln until that is closed.
//
//async:func
func (s *store) serve(ln *poll.Listener) error {
	return rt.Await0(each(ln, s.session))
}

// each has a call of f for everyone who connects to ln, until that is closed. What f returns is no error of the others.
//
//async:func
func each(ln *poll.Listener, f func(c *poll.Conn) error) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for {
			c, err := rt.Await(ln.AcceptConn())
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			if err != nil {
				return err
			}
			g.Go(func() error {
				defer c.Close()
				rt.Await0(f(c))
				return nil
			})
		}
	}))
}

// session answers the requests of a client. The answers to what has come together go out together.
//
//async:func
func (s *store) session(c *poll.Conn) error {
	in, out := poll.NewReader(c), poll.NewWriter(c)
	for {
		if in.Buffered() == 0 {
			if err := rt.Await0(out.Flush()); err != nil {
				return err
			}
		}
		line, err := rt.Await(in.ReadLine())
		if err != nil {
			return err
		}
		if err := rt.Await0(s.answer(string(line), in, out)); err != nil {
			return err
		}
	}
}

// answer answers one request: "put KEY SIZE" and the value, or "get KEY".
//
//async:func
func (s *store) answer(line string, in *poll.Reader, out *poll.Writer) error {
	var key string
	var size int
	if _, err := fmt.Sscanf(line, "get %s", &key); err == nil {
		value := s.values[key]
		if _, err := rt.Await(out.WriteString(fmt.Sprintf("%d\n", len(value)))); err != nil {
			return err
		}
		_, err := rt.Await(out.Write(value))
		return err
	}
	if _, err := fmt.Sscanf(line, "put %s %d", &key, &size); err != nil || size < 0 || size > maxValue {
		_, err := rt.Await(out.WriteString("what?\n"))
		return err
	}
	value := make([]byte, size)
	if _, err := rt.Await(in.ReadFull(value)); err != nil {
		return err
	}
	s.values[key] = value
	_, err := rt.Await(out.WriteString("done\n"))
	return err
}

// A proxy passes on what its clients send, and what is answered.
type proxy struct {
	addr          string // of the server
	there, hither int64  // bytes
}

// serve is for everyone who connects to ln.
//
//async:func
func (p *proxy) serve(ln *poll.Listener) error {
	return rt.Await0(each(ln, p.session))
}

//async:func
func (p *proxy) session(c *poll.Conn) error {
	server, err := rt.Await(poll.Dial("tcp", p.addr))
	if err != nil {
		return err
	}
	defer server.Close()
	return rt.Await0(rt.Gather0(
		func() error { return rt.Await0(pass(server, c, &p.there)) },
		func() error { return rt.Await0(pass(c, server, &p.hither)) },
	))
}

// pass copies one direction of a conversation, its end included.
//
//async:func
func pass(dst, src *poll.Conn, count *int64) error {
	n, err := rt.Await(poll.Copy(dst, src))
	*count += n
	if err != nil {
		return err
	}
	return dst.CloseWrite()
}
