package tlsecho

import (
	"fmt"
	"io"

	"github.com/goasync/goasync/poll/tlspoll"
	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// run has a server and, one after the other, a client that it knows, one with much to say, and one without a certificate.
//
//async:func
func run(w io.Writer) error {
	known, err := newAuthority()
	if err != nil {
		return err
	}
	config, err := known.server()
	if err != nil {
		return err
	}
	ln, err := tlspoll.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return err
	}
	defer ln.Close()
	s := &server{ln: ln, log: w}
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(s.serve(3)) })
		if err := rt.Await0(visit(w, known, ln, "ann", 5)); err != nil {
			return err
		}
		if err := rt.Await0(visit(w, known, ln, "bob", 1<<20)); err != nil {
			return err
		}
		return rt.Await0(knock(w, known, ln))
	}))
}

// visit sends so many bytes to the server and reads what comes back, at once, to the end.
//
//async:func
func visit(w io.Writer, known *authority, ln *tlspoll.Listener, name string, size int) error {
	config, err := known.client(name)
	if err != nil {
		return err
	}
	c, err := rt.Await(tlspoll.Dial("tcp", ln.Addr().String(), config))
	if err != nil {
		return err
	}
	defer c.Close()
	back := 0
	err = rt.Await0(rt.Gather0(
		func() error {
			if _, err := rt.Await(c.Write(make([]byte, size))); err != nil {
				return err
			}
			return rt.Await0(c.CloseWrite())
		},
		func() error {
			buf := make([]byte, 16<<10)
			for {
				n, err := rt.Await(c.Read(buf))
				back += n
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
			}
		},
	))
	if err == nil {
		fmt.Fprintf(w, "client: %d bytes came back\n", back)
	}
	return err
}

// knock connects without a certificate. The client's handshake is complete before the server has seen that.
//
//async:func
func knock(w io.Writer, known *authority, ln *tlspoll.Listener) error {
	config, err := known.client("")
	if err != nil {
		return err
	}
	c, err := rt.Await(tlspoll.Dial("tcp", ln.Addr().String(), config))
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = rt.Await(c.Read(make([]byte, 1)))
	fmt.Fprintf(w, "client: %v\n", err)
	return nil
}
