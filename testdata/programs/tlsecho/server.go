// Package tlsecho is an echo server over TLS that knows its clients by their certificates.
package tlsecho

import (
	"fmt"
	"io"
	"time"

	"github.com/goasync/goasync/poll/tlspoll"
	"github.com/goasync/goasync/rt"
)

// A server sends back what its clients send. Its fields belong to its loop.
type server struct {
	ln   *tlspoll.Listener
	log  io.Writer
	free [][]byte // buffers that no connection uses
}

// patience is how long a client may take for its handshake.
const patience = time.Minute

// serve serves so many clients.
//
//async:func
func (s *server) serve(clients int) error {
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for range clients {
			c, err := rt.Await(s.ln.AcceptConn())
			if err != nil {
				return err
			}
			g.Go(func() error { return rt.Await0(s.session(c)) })
		}
		return nil
	}))
}

// session serves one connection. How that ended is logged, and is no error of the server.
//
//async:func
func (s *server) session(c *tlspoll.Conn) error {
	defer c.Close()
	err := rt.Await0(rt.Timeout0(patience, func() error { return rt.Await0(c.Handshake()) }))
	if err != nil {
		fmt.Fprintf(s.log, "server: no session: %v\n", err)
		return nil
	}
	state := c.ConnectionState()
	n, err := rt.Await(s.echo(c))
	fmt.Fprintf(s.log, "server: %s has sent %d bytes of %s, %v\n",
		state.PeerCertificates[0].Subject.CommonName, n, state.NegotiatedProtocol, err)
	return nil
}

// echo sends back what it receives from c until the peer has sent all, and returns how much that was. It has a buffer only while there is
// something in it.
//
//async:func
func (s *server) echo(c *tlspoll.Conn) (total int, err error) {
	for {
		if err := rt.Await0(c.WaitRead()); err != nil {
			return total, err
		}
		buf := s.take()
		n, err := rt.Await(c.Read(buf))
		total += n
		if err == nil {
			_, err = rt.Await(c.Write(buf[:n]))
		}
		s.free = append(s.free, buf)
		if err == io.EOF {
			return total, rt.Await0(c.CloseWrite())
		}
		if err != nil {
			return total, err
		}
	}
}

// take returns a buffer.
func (s *server) take() (buf []byte) {
	if len(s.free) == 0 {
		return make([]byte, 4096)
	}
	last := len(s.free) - 1
	buf, s.free = s.free[last], s.free[:last]
	return buf
}
