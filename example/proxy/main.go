// Proxy passes TCP connections on to a target: bytes in both directions, and the end of each.
//
// Usage:
//
//	proxy [-addr host:port] [-clients n] [-idle duration] [-dial duration] [-grace duration] host:port
//	proxy -demo
//
// It serves until it is interrupted. Then it stops accepting, gives the connections some time to end by themselves, cuts off those that
// have not, and prints what it has done. With -demo it has clients of its own send something to a target of its own, and ends.
//
// The example shows a session of two tasks, one for each direction. When one end has sent all, that direction ends alone: the other end
// sees the end of the stream, and may still answer. Any error ends both, and both ends see that, as a reset. Nothing is stored but what is
// under way, some 64 KiB in each direction: who does not read holds up who writes. A session in which nothing moves for a while is over.
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

// defaults are the limits of a proxy unless flags say otherwise.
var defaults = limits{
	clients: 1000,
	dial:    10 * time.Second,
	idle:    5 * time.Minute,
	grace:   10 * time.Second,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("proxy: ")
	limits := defaults
	addr := flag.String("addr", "127.0.0.1:7007", "listen on `host:port`")
	demo := flag.Bool("demo", false, "pass clients of its own on to a target of its own, and print figures")
	flag.IntVar(&limits.clients, "clients", limits.clients, "`number` of clients that are served at a time; others wait")
	flag.DurationVar(&limits.dial, "dial", limits.dial, "`duration` that a connect to the target may take")
	flag.DurationVar(&limits.idle, "idle", limits.idle, "`duration` for which nothing may move in a session")
	flag.DurationVar(&limits.grace, "grace", limits.grace, "`duration` that sessions have to end after an interrupt")
	flag.Parse()
	if limits.clients < 1 || limits.dial <= 0 || limits.idle <= 0 || flag.NArg() != 1 && !*demo {
		flag.Usage()
		os.Exit(2)
	}
	run := func() error { return runProxy(*addr, flag.Arg(0), limits) }
	if *demo {
		run = func() error { return rt.RunAsync0(runDemoAsync(os.Stdout, 10, 1<<20)) }
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// runProxy serves addr until the process is interrupted.
func runProxy(addr, target string, limits limits) error {
	ln, err := poll.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("listening on %s, interrupt to stop", ln.Addr())
	p := newProxy(target, limits)
	err = rtsignal.RunAsync0(p.serveAsync(ln))
	if cut, ok := errors.AsType[*poll.SurvivorsError](err); ok {
		log.Print(cut)
	}
	log.Print(&p.stats)
	if _, ok := errors.AsType[*rtsignal.Error](err); ok {
		return nil
	}
	return err
}
