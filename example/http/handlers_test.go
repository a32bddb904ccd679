package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

var errHandler = errors.New("the handler fails")

// handleTest adds handlers for tests to those of the demonstration.
//
//async:func
func handleTest(r *Request, w *ResponseWriter) error {
	switch r.Path() {
	case "/show":
		return rt.Await0(show(r, w))
	case "/ignore":
		return rt.Await0(rt.YieldNow())
	case "/big":
		return rt.Await0(big(w))
	case "/endless":
		return rt.Await0(endless(w))
	case "/hang":
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
		return rt.Await0(rt.NewEvent().Wait())
	case "/fail":
		return errHandler
	case "/fail-late":
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
		return errHandler
	case "/fail-in-body", "/panic-in-body", "/hang-in-body":
		return rt.Await0(endInBody(r.Path(), w))
	case "/dial":
		_, err := rt.Await(poll.Dial("unix", "no-such-socket"))
		return err
	case "/eof":
		return io.EOF
	case "/truncated":
		return fmt.Errorf("what another server has sent: %w", io.ErrUnexpectedEOF)
	case "/canceled":
		return context.Canceled
	case "/panic":
		panic(errHandler)
	case "/none":
		w.SetStatus(http.StatusNoContent)
		return nil
	case "/none-late":
		if _, err := rt.Await(w.WriteString("nobody sees this")); err != nil {
			return err
		}
		w.SetStatus(http.StatusNoContent)
		return rt.Await0(w.Flush())
	case "/pieces":
		return rt.Await0(pieces(w))
	case "/answer-first":
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
		body, err := rt.Await(readAll(r))
		if err == nil {
			_, err = rt.Await(w.Write(body))
		}
		return err
	case "/give-up":
		rt.Await0(rt.Timeout0(time.Second, func() error { return rt.Await0(endless(w)) }))
		if _, err := rt.Await(w.WriteString("more")); err != errIncomplete {
			return fmt.Errorf("Write after one that has failed: %v", err)
		}
		return nil
	case "/fields":
		w.Set("A", "b\r\nC: d")
		w.Set("Date", "today")
		w.Set("connection", "close")
		w.Set("transfer-encoding", "gzip")
		w.SetStatus(http.StatusTeapot)
		return nil
	case "/short":
		w.SetLength(10)
		return nil
	case "/long":
		w.SetLength(1)
		_, err := rt.Await(w.WriteString("ab"))
		return err
	}
	return rt.Await0(page(r.Path())(r, w))
}

// show answers with what the request was.
//
//async:func
func show(r *Request, w *ResponseWriter) error {
	body, err := rt.Await(readAll(r))
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %d %d", r.Method, r.Target, r.Host, r.Minor, r.Length)
	for _, h := range []http.Header{r.Header(), r.Trailer()} {
		for _, name := range sortedNames(h) {
			fmt.Fprintf(&b, " %s=%s", name, strings.Join(h[name], "|"))
		}
	}
	fmt.Fprintf(&b, " %q\n", body)
	_, err = rt.Await(w.WriteString(b.String()))
	return err
}

func sortedNames(h http.Header) []string {
	var names []string
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// endInBody sends a part of a body whose length is not known, and ends as path says.
//
//async:func
func endInBody(path string, w *ResponseWriter) error {
	if _, err := rt.Await(w.WriteString("a part")); err != nil {
		return err
	}
	if err := rt.Await0(w.Flush()); err != nil {
		return err
	}
	switch path {
	case "/panic-in-body":
		panic(errHandler)
	case "/hang-in-body":
		return rt.Await0(rt.NewEvent().Wait())
	}
	return errHandler
}

// readAll reads the whole body, a few bytes at a time.
//
//async:func
func readAll(r *Request) ([]byte, error) {
	var all []byte
	buf := make([]byte, 7)
	for {
		n, err := rt.Await(r.Read(buf))
		all = append(all, buf[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("after %d bytes of the body: %w", len(all), err)
		}
	}
}

// pieces sends a body in pieces that the client sees as they come.
//
//async:func
func pieces(w *ResponseWriter) error {
	for _, piece := range []string{"a", "", "bcdefghijklm"} {
		if n, err := rt.Await(w.WriteString(piece)); err != nil || n != len(piece) {
			return fmt.Errorf("%d bytes of %q were written: %w", n, piece, err)
		}
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
	}
	return nil
}

// bigSize is the length of what big sends, in bytes.
const bigSize = 8 << 20

// big sends much, in pieces of all sizes up to a few thousand bytes.
//
//async:func
func big(w *ResponseWriter) error {
	piece := []byte(strings.Repeat("0123456789", 1000))
	for left, n := bigSize, 1; left > 0; n = n*3%9973 + 1 {
		n = min(n, left)
		if _, err := rt.Await(w.Write(piece[:n])); err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// endless sends until it cannot.
//
//async:func
func endless(w *ResponseWriter) error {
	piece := make([]byte, 10_000)
	for {
		if _, err := rt.Await(w.Write(piece)); err != nil {
			return err
		}
	}
}
