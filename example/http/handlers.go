package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// run has s serve the demonstration.
//
//async:func
func run(s *Server, ln *poll.Listener) error {
	return rt.Await0(s.Serve(ln, func(r *Request, w *ResponseWriter) error { return rt.Await0(page(r.Path())(r, w)) }))
}

// page returns the handler of a page.
//
//async:func
func page(path string) func(*Request, *ResponseWriter) error {
	switch path {
	case "/":
		return hello
	case "/echo":
		return echo
	case "/stream":
		return stream
	case "/tasks":
		return tasks
	}
	return nowhere
}

// nowhere refuses.
//
//async:func
func nowhere(*Request, *ResponseWriter) error {
	return &Error{http.StatusNotFound, "there are /, /echo, /stream and /tasks"}
}

// hello greets.
//
//async:func
func hello(_ *Request, w *ResponseWriter) error {
	w.Set("Content-Type", "text/plain; charset=utf-8")
	_, err := rt.Await(w.WriteString("Hello!\n"))
	return err
}

// echo sends back the body.
//
//async:func
func echo(r *Request, w *ResponseWriter) error {
	if kind := r.Get("Content-Type"); kind != "" {
		w.Set("Content-Type", kind)
	}
	if r.Length != chunked {
		w.SetLength(r.Length)
	}
	_, err := rt.Await(poll.Copy(w, r))
	return err
}

// stream sends lines that the client sees as they come. Meanwhile others are served.
//
//async:func
func stream(_ *Request, w *ResponseWriter) error {
	w.Set("Content-Type", "text/plain; charset=utf-8")
	for i := range 10 {
		if i > 0 {
			if err := rt.Await0(rt.Sleep(100 * time.Millisecond)); err != nil {
				return err
			}
		}
		if _, err := rt.Await(w.Write(fmt.Appendf(nil, "line %d\n", i))); err != nil {
			return err
		}
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
	}
	return nil
}

// tasks shows the tasks of all loops of the program. Other goroutines ask the loops, as one that is asked has to run.
//
//async:func
func tasks(_ *Request, w *ResponseWriter) error {
	dump, err := rt.Await(rt.Blocking(func(ctx context.Context) ([]byte, error) {
		var dump bytes.Buffer
		err := rt.Dump(ctx, &dump)
		return dump.Bytes(), err
	}))
	if err != nil {
		return err
	}
	w.Set("Content-Type", "text/plain; charset=utf-8")
	_, err = rt.Await(w.Write(dump))
	return err
}
