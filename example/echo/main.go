// Echo is a TCP server that sends back what it receives, one async function for each connection, all of them on one loop.
//
// Usage:
//
//	echo [-addr host:port]
//	echo -demo [-clients n] [-messages n]
//
// It serves until it is interrupted. Then it stops accepting, ends its connections, says how many it has served and exits with
// status 0. With -demo it serves clients of its own, also async functions on the same loop, prints what that took, and ends.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"os"
	"os/signal"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

func main() {
	log.SetFlags(0)
	log.SetPrefix("echo: ")
	addr := flag.String("addr", "127.0.0.1:7007", "listen on `host:port`")
	demo := flag.Bool("demo", false, "serve clients of its own on a free port and print figures")
	clients := flag.Int("clients", 1000, "with -demo: `number` of clients")
	messages := flag.Int("messages", 100, "with -demo: `number` of messages that each of them sends")
	flag.Parse()
	if flag.NArg() > 0 || *clients < 1 || *messages < 1 {
		flag.Usage()
		os.Exit(2)
	}
	run := func() error { return runServer(*addr) }
	if *demo {
		run = func() error { return runDemo(os.Stdout, *clients, *messages) }
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// runServer serves addr until the process is interrupted.
func runServer(addr string) error {
	ln, err := poll.Listen("tcp", addr)
	if err != nil {
		return err
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	log.Printf("listening on %s, interrupt to stop", ln.Addr())
	s := &server{ln: ln}
	if err := rt.RunAsync0(s.runAsync(interrupts)); err != nil {
		return err
	}
	log.Printf("stopped, connections served: %d", s.served)
	return nil
}

// A server echoes on the connections that its listener accepts. Its fields belong to the loop, and so need no lock: between
// two awaits nothing else runs.
type server struct {
	ln     *poll.Listener
	served int // connections accepted so far
}

// run serves until a signal comes in. Closing the listener ends the server, which cancels the handlers: each one's await fails then, and
// its connection is closed.
//
//async:func
func (s *server) run(interrupts <-chan os.Signal) error {
	serving := rt.Spawn0(func() error { return rt.Await0(s.serve()) })
	err := rt.Await0(rt.Blocking0(func(ctx context.Context) error { // a channel would block the loop
		select {
		case <-interrupts:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}))
	s.ln.Close()
	_, serveErr := rt.Await(serving.Wait())
	return errors.Join(err, serveErr)
}

// serve accepts connections, and has each served in a task of its own, until the listener is closed. The errors of one concern no other;
// they are logged.
//
//async:func
func (s *server) serve() error {
	return rt.Await0(poll.Serve(s.ln, func(c *poll.Conn) error {
		s.served++
		return rt.Await0(echo(c))
	}))
}

// bufferSize is how much a connection reads at once, in bytes.
const bufferSize = 4096

// echo sends back what it receives from c until the peer has sent all, and closes c.
//
//async:func
func echo(c *poll.Conn) error {
	defer c.Close()
	buf := make([]byte, bufferSize)
	for {
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
