package datagram

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// run serves clients, and shows what becomes of one whose server has gone.
//
//async:func
func run(w io.Writer) error {
	c, err := poll.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer c.Close()
	s := store{c: c, values: make(map[string]string)}
	at := c.LocalAddr().(*net.UDPAddr).AddrPort()
	if err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(s.serve()) })
		defer c.Close() // which ends it
		for _, request := range []string{"color=red", "color", "shape", strings.Repeat("x", maxSize+1)} {
			answer, as, err := rt.Await2(ask(at, request))
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%.10q: %q, to %v\n", request, answer, as.Addr())
		}
		client, err := poll.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer client.Close()
		answers, err := rt.Await(askAll(client, at, []string{"a=1", "a", "b=2", "b", "color"}))
		fmt.Fprintf(w, "several at once: %q\n", answers)
		if err != nil {
			return err
		}
		client.SetReadDeadline(time.Now().Add(time.Millisecond))
		_, _, err = rt.Await2(client.ReadFrom(make([]byte, maxSize)))
		fmt.Fprintf(w, "an answer too many: deadline exceeded %t\n", errors.Is(err, os.ErrDeadlineExceeded))
		return nil
	})); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d requests\n", s.count)
	_, _, err = rt.Await2(ask(at, "color"))
	fmt.Fprintf(w, "without a server: refused %t\n", errors.Is(err, unix.ECONNREFUSED))
	return nil
}
