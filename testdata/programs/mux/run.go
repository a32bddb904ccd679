package mux

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// serve echoes every stream of a connection, once the gate is open.
//
//async:func
func serve(ln *poll.Listener, gate *rt.Event) error {
	conn, err := rt.Await(ln.AcceptConn())
	if err != nil {
		return err
	}
	defer conn.Close()
	s := newSession(conn, false)
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(s.run)
		for {
			st, err := rt.Await(s.opened.Get())
			if errors.Is(err, rt.ErrClosed) {
				return nil
			}
			if err != nil {
				return err
			}
			g.Go(func() error { return rt.Await0(echo(st, gate)) })
		}
	}))
}

// echo sends back what comes in. If the first byte is a question mark it waits for the gate.
//
//async:func
func echo(st *stream, gate *rt.Event) error {
	defer st.close()
	buf := make([]byte, 1000)
	for first := true; ; first = false {
		n, err := rt.Await(st.Read(buf))
		if err == io.EOF {
			return rt.Await0(st.CloseWrite())
		}
		if err != nil {
			return err
		}
		if first && buf[0] == '?' {
			if err := rt.Await0(gate.Wait()); err != nil {
				return err
			}
		}
		if _, err := rt.Await(st.Write(buf[:n])); err != nil {
			return err
		}
	}
}

// exchange writes p and reads it back at the same time, more of it than fits into the window.
//
//async:func
func exchange(st *stream, p []byte) (string, error) {
	defer st.close()
	var got []byte
	err := rt.Await0(rt.Gather0(
		func() error {
			if _, err := rt.Await(st.Write(p)); err != nil {
				return err
			}
			return rt.Await0(st.CloseWrite())
		},
		func() error {
			buf := make([]byte, 1500)
			for {
				n, err := rt.Await(st.Read(buf))
				got = append(got, buf[:n]...)
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
			}
		},
	))
	return fmt.Sprintf("stream %d: %d bytes, the same: %t", st.id, len(got), bytes.Equal(p, got)), err
}

//async:func
func run(w io.Writer) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	gate := rt.NewEvent()
	return rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(serve(ln, gate)) })
		conn, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return err
		}
		defer conn.Close()
		s := newSession(conn, true)
		client := rt.Spawn0(s.run)
		if err := rt.Await0(talk(w, s, gate)); err != nil {
			return err
		}
		conn.CloseWrite() // the server closes its end then
		_, err = rt.Await(client.Wait())
		return err
	}))
}

// talk has three streams transfer much, while a fourth cannot go on.
//
//async:func
func talk(w io.Writer, s *session, gate *rt.Event) error {
	stuck := s.open()
	waiting := rt.Spawn(func() (string, error) {
		return rt.Await(exchange(stuck, append([]byte("?"), make([]byte, 2*window)...)))
	})
	lines, err := rt.Await(rt.Map(0, []string{"a", "bc", "def"}, func(text string) (string, error) {
		return rt.Await(exchange(s.open(), bytes.Repeat([]byte(text), 100_000/len(text))))
	}))
	if err != nil {
		return err
	}
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w, "stuck:", !waiting.Done())
	gate.Set()
	line, err := rt.Await(waiting.Wait())
	fmt.Fprintln(w, line)
	return err
}
