// Echo is a TCP server that sends back what it receives, one async function for each connection, all of them on one loop.
//
// Usage:
//
//	echo [-addr host:port] [-clients n]
//	echo -demo [-clients n] [-messages n]
//
// It serves until it is interrupted, by SIGINT or SIGTERM. Then it stops accepting, ends its connections, says how many it has served and
// exits with status 0. With -demo it serves clients of its own, also async functions on the same loop, prints what that took, and ends.
package main

import (
	"errors"
	"flag"
	"io"
	"log"
	"os"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rtsignal"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

func main() {
	log.SetFlags(0)
	log.SetPrefix("echo: ")
	addr := flag.String("addr", "127.0.0.1:7007", "listen on `host:port`")
	demo := flag.Bool("demo", false, "serve clients of its own on a free port and print figures")
	clients := flag.Int("clients", 1000, "`number` of clients that are served at a time, others wait; with -demo, of its own")
	messages := flag.Int("messages", 100, "with -demo: `number` of messages that each of them sends")
	flag.Parse()
	if flag.NArg() > 0 || *clients < 1 || *messages < 1 {
		flag.Usage()
		os.Exit(2)
	}
	run := func() error { return runServer(*addr, *clients) }
	if *demo {
		run = func() error { return runDemo(os.Stdout, *clients, *messages) }
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// runServer serves addr until the process is interrupted.
func runServer(addr string, clients int) error {
	ln, err := poll.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("listening on %s, interrupt to stop", ln.Addr())
	s := &server{clients: clients}
	err = rtsignal.RunAsync0(s.serveAsync(ln))
	if _, ok := errors.AsType[*rtsignal.Error](err); !ok {
		return err
	}
	log.Printf("stopped, connections served: %d", s.served)
	return nil
}

// A server echoes on the connections that a listener accepts. Its fields belong to the loop, and so need no lock: between two awaits
// nothing else runs.
type server struct {
	clients int // that are served at a time
	served  int // so far
}

// serve accepts connections, and has each served in a task of its own, until ln is closed or the server is cancelled, which cancels the
// handlers: each one's await fails then, and its connection is closed. The errors of one concern no other; they are logged.
//
//async:func
func (s *server) serve(ln *poll.Listener) error {
	conns := &poll.Server{MaxConns: s.clients}
	return rt.Await0(conns.Serve(ln, func(c *poll.Conn) error {
		s.served++
		return rt.Await0(echo(c))
	}))
}

// bufferSize is how much a connection reads at once, in bytes.
const bufferSize = 4096

// patience is how long a client may send nothing, or not take what is sent back.
const patience = time.Minute

// echo sends back what it receives from c until the peer has sent all.
//
//async:func
func echo(c *poll.Conn) error {
	buf := make([]byte, bufferSize)
	for {
		c.SetDeadline(rt.Now().Add(patience))
		n, err := rt.Await(c.Read(buf))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := rt.Await(c.Write(buf[:n])); err != nil {
			return err
		}
	}
}
