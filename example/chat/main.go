// Chat is a chat room over TCP: what one says, everybody hears.
//
// Usage:
//
//	chat [-addr host:port] [-clients n] [-silence duration]
//	chat -demo
//
// Several of nc 127.0.0.1 7007 can talk to each other then; the first line that one sends is its name. When the server is interrupted, the
// room closes: everybody is told, has some seconds to receive what was said, and the server exits with status 0. With -demo it serves
// clients of its own, prints what they hear, and ends.
//
// The example shows how a server lives with clients that do as they like. There is a task that reads and a task that writes for each of
// them, in a group of their own, so that whichever fails ends the other. What one is to hear waits in a bounded queue: who speaks waits for
// nobody, and who does not listen is put out of the room. Lines, silence and writes have limits, and what goes beyond them is told to the
// client and to the others.
package main

import (
	"errors"
	"flag"
	"log"
	"os"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rtsignal"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

// defaults are the limits of a room unless flags say otherwise.
var defaults = limits{
	clients:  1000,
	line:     512,
	backlog:  64,
	silence:  10 * time.Minute,
	patience: 10 * time.Second,
	grace:    5 * time.Second,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("chat: ")
	limits := defaults
	addr := flag.String("addr", "127.0.0.1:7007", "listen on `host:port`")
	demo := flag.Bool("demo", false, "serve clients of its own on a free port and print what they hear")
	flag.IntVar(&limits.clients, "clients", limits.clients, "`number` of clients that are served at a time; others wait")
	flag.DurationVar(&limits.silence, "silence", limits.silence, "`duration` for which a client may say nothing")
	flag.Parse()
	if flag.NArg() > 0 || limits.clients < 1 || limits.silence <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	run := func() error { return runServer(*addr, limits) }
	if *demo {
		run = func() error { return rt.RunAsync0(runDemoAsync(os.Stdout)) }
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// runServer serves addr until the process is interrupted.
func runServer(addr string, limits limits) error {
	ln, err := poll.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("listening on %s, interrupt to stop", ln.Addr())
	r := &room{limits: limits}
	err = rtsignal.RunAsync0(r.serveAsync(ln))
	if cut, ok := errors.AsType[*poll.SurvivorsError](err); ok {
		log.Print(cut)
	}
	if _, ok := errors.AsType[*rtsignal.Error](err); !ok {
		return err
	}
	log.Printf("stopped, clients served: %d", r.served)
	return nil
}
