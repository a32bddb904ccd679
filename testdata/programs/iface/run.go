package iface

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

const text = "whatever reads and writes"

// run copies a text through a connection that counts, and then from readers of other kinds.
//
//async:func
func run(w io.Writer) error {
	ln, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	sender := rt.Spawn0(func() error {
		c, err := rt.Await(ln.AcceptConn())
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = rt.Await(copyAll(c, Text{bytes.NewReader([]byte(text))}))
		return err
	})
	conn, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
	if err != nil {
		return err
	}
	defer conn.Close()
	counting := &Counting{Conn: conn}
	for _, source := range []struct {
		name string
		r    Reader
	}{
		{"limited", &Limited[*Counting]{counting, 8}},
		{"counting", counting},
		{"blocking", Blocking{strings.NewReader(text)}},
		{"mock", &Limited[Reader]{Text{bytes.NewReader([]byte(text))}, 8}},
	} {
		var b Buffer
		n, err := rt.Await(copyAll(&b, source.r))
		fmt.Fprintf(w, "%s: %d %q %v, counted %d\n", source.name, n, b.String(), err, counting.N)
	}
	_, err = rt.Await(sender.Wait())
	return err
}
