package main

import (
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
)

// A site is served by package net/http, on goroutines as usual.
type site struct {
	url    string
	server *http.Server
	served chan struct{} // closed when the server has ended
}

// startSite serves a handler on a free port.
func startSite(h http.Handler) (*site, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &site{url: "http://" + ln.Addr().String() + "/", server: &http.Server{Handler: h}, served: make(chan struct{})}
	go func() {
		defer close(s.served)
		s.server.Serve(ln)
	}()
	return s, nil
}

// stop ends the server and its connections.
func (s *site) stop() {
	s.server.Close()
	<-s.served
}

// demoSite returns a site with pages that are long, slow, busy at first, missing, or have moved. Hangs is called, by any goroutine, when a
// request has come that will not be answered; it may be nil.
func demoSite(hangs func()) http.Handler {
	mux := http.NewServeMux()
	for path, links := range map[string][]string{
		"/{$}":       {"/news", "about#us", "/long", "/slow", "/never", "/busy", "/moved", "/missing", "https://example.com/"},
		"/news":      {"/news/1", "/news/2", "/news/3", "/"},
		"/news/{id}": {"/news", "../about"},
		"/about":     {"mailto:us@example.com", "/"},
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { writeLinks(w, links...) })
	}
	mux.HandleFunc("GET /long", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 5 {
			writeLinks(w, fmt.Sprint("/news/", i))
			http.NewResponseController(w).Flush() // ends a chunk
		}
	})
	never := func(_ http.ResponseWriter, r *http.Request) {
		if hangs != nil {
			hangs()
		}
		<-r.Context().Done()
	}
	busy := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "come again", http.StatusServiceUnavailable)
	}
	back := func(w http.ResponseWriter, _ *http.Request) { writeLinks(w, "/") }
	mux.HandleFunc("GET /never", never)
	mux.HandleFunc("GET /slow", firstThen(never, back))
	mux.HandleFunc("GET /busy", firstThen(busy, back))
	mux.Handle("GET /moved", http.RedirectHandler("/about", http.StatusMovedPermanently))
	return mux
}

// writeLinks writes a page, or a part of one, that has links.
func writeLinks(w http.ResponseWriter, links ...string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	for _, link := range links {
		fmt.Fprintf(w, "<p><a href=\"%s\">%s</a>\n", link, link)
	}
}

// firstThen returns a handler that is first the first time, and then the other one.
func firstThen(first, then http.HandlerFunc) http.HandlerFunc {
	var asked atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.CompareAndSwap(false, true) {
			first(w, r)
		} else {
			then(w, r)
		}
	}
}
