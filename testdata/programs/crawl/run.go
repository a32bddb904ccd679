package crawl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error {
	return withSite(func(c *crawler) error { return rt.Run0(func() error { return run(w, c) }) })
}

// Generated is Plain in the generated form.
func Generated(w io.Writer) error {
	return withSite(func(c *crawler) error { return rt.RunAsync0(runAsync(w, c)) })
}

// withSite runs a server, on goroutines as usual.
func withSite(f func(c *crawler) error) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: site()}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	transport := new(http.Transport)
	err = f(&crawler{
		site:    "http://" + ln.Addr().String(),
		client:  &http.Client{Transport: transport},
		limit:   3,
		timeout: time.Minute,
	})
	transport.CloseIdleConnections()
	err = errors.Join(err, server.Close())
	<-served
	return err
}

// site has pages that link to others, one of which is busy when it is asked for first, and some that never answer.
func site() http.Handler {
	mux := http.NewServeMux()
	for path, links := range map[string]string{
		"/{$}":    "/a /b /busy",
		"/a":      "/a1 /a2 /",
		"/a1":     "",
		"/a2":     "/a1 /b",
		"/b":      "/a",
		"/broken": "/hangs /missing /hangs2",
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, links) })
	}
	var asked atomic.Int32
	mux.HandleFunc("GET /busy", func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "/busy/end")
	})
	mux.HandleFunc("GET /busy/end", func(http.ResponseWriter, *http.Request) {})
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	mux.HandleFunc("GET /hangs", hang)
	mux.HandleFunc("GET /hangs2", hang)
	return mux
}

// run crawls what there is, then pages of which one is missing: then it does not wait for the others.
//
//async:func
func run(w io.Writer, c *crawler) error {
	pages, err := rt.Await(c.crawl("/"))
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(pages)) {
		fmt.Fprintln(w, path, pages[path])
	}
	_, err = rt.Await(c.crawl("/broken"))
	fmt.Fprintln(w, err)
	if errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
