// Http is a small HTTP/1.1 server, one async function for each connection and one for each request, all of them on one loop. It shows
// how a protocol is written on package poll; what it lacks for the open Internet is TLS (package tlspoll), HTTP/2 and years of use.
//
// Usage:
//
//	http [-addr host:port] [-clients n] [-grace duration]
//
// It serves until it is interrupted; then it answers the requests that are under way, cuts off those that take too long, and ends. There
// are
//
//	/        a greeting
//	/echo    the body of the request, sent back while it comes in
//	/stream  ten lines, one every 100 ms
//	/tasks   what the server is doing: its tasks and what each waits for
//
// # Where is what
//
//	server.go     the server and its connections; idle.go those that wait for a request
//	exchange.go   a request and its response: from the head to the next one, and every way in which that fails
//	request.go    a request, for handlers; parse.go and interpret.go its head
//	body.go       its body
//	response.go   the response
//	handlers.go   this demonstration's handlers
package main

import (
	"errors"
	"flag"
	"log"
	"os"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt/rtsignal"
)

//go:generate go run github.com/goasync/goasync/cmd/goasync

func main() {
	log.SetFlags(0)
	log.SetPrefix("http: ")
	s := NewServer()
	addr := flag.String("addr", "127.0.0.1:8080", "listen on `host:port`")
	flag.IntVar(&s.Conns.MaxConns, "clients", s.Conns.MaxConns, "`number` of connections that are served at a time; others wait")
	flag.DurationVar(&s.Conns.Grace, "grace", s.Conns.Grace, "`duration` that requests have to be answered after an interrupt")
	flag.Parse()
	if flag.NArg() > 0 || s.Conns.MaxConns < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ln, err := poll.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on http://%s, interrupt to stop", ln.Addr())
	err = rtsignal.RunAsync0(runAsync(s, ln))
	if cut, ok := errors.AsType[*poll.SurvivorsError](err); ok {
		log.Print(cut)
	}
	if _, ok := errors.AsType[*rtsignal.Error](err); !ok && err != nil {
		log.Fatal(err)
	}
}
