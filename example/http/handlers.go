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

// handle is the handler of the demonstration: it chooses one by the path.
//
//async:func
func handle(r *Request, w *ResponseWriter) error {
	switch r.Path() {
	case "/":
		return rt.Await0(hello(r, w))
	case "/echo":
		return rt.Await0(echo(r, w))
	case "/stream":
		return rt.Await0(stream(r, w))
	case "/tasks":
		return rt.Await0(tasks(r, w))
	}
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
