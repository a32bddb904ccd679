package main

import (
	"bytes"
	"math"
	"net/http"
)

// A reading is what interpret knows of the fields it has seen.
type reading struct {
	hosts   int
	lengths int
	codings int
}

// interpret takes from the fields what the server itself has to know: for whom the request is, how long it is, and what follows it.
func (r *Request) interpret() error {
	var seen reading
	for _, f := range r.fields {
		if err := r.interpretField(&seen, f); err != nil {
			return err
		}
	}
	switch {
	case seen.hosts > 1, seen.hosts == 0 && r.Minor > 0:
		return bad("there is not one Host")
	case seen.lengths > 0 && seen.codings > 0:
		return bad("there are both a Content-Length and a Transfer-Encoding")
	case seen.codings > 0 && r.Minor == 0:
		return bad("there is a Transfer-Encoding in a request of HTTP/1.0")
	}
	if r.Minor == 0 && !r.keepAlive {
		r.close = true
	}
	r.body.begin(r.Length)
	return nil
}

// interpretField is told apart by length first, as most fields are none of these.
func (r *Request) interpretField(seen *reading, f field) error {
	switch len(f.name) {
	case len("Host"):
		if equalFold(f.name, "Host") {
			return r.interpretHost(seen, f.value)
		}
	case len("Expect"):
		if equalFold(f.name, "Expect") {
			return r.interpretExpect(f.value)
		}
	case len("Connection"):
		if equalFold(f.name, "Connection") {
			each(f.value, func(option []byte) {
				r.close = r.close || equalFold(option, "close")
				r.keepAlive = r.keepAlive || equalFold(option, "keep-alive")
			})
		}
	case len("Content-Length"):
		if equalFold(f.name, "Content-Length") {
			return r.interpretLength(seen, f.value)
		}
	case len("Transfer-Encoding"):
		if equalFold(f.name, "Transfer-Encoding") {
			return r.interpretCoding(seen, f.value)
		}
	}
	return nil
}

// interpretHost takes the Host. That of the target takes precedence.
func (r *Request) interpretHost(seen *reading, value []byte) error {
	seen.hosts++
	if len(value) > 0 && !consists(value, hostChar) {
		return bad("the Host has other characters than hosts may have")
	}
	if r.Host == "" {
		r.Host = text(&r.last.host, value)
	}
	return nil
}

func (r *Request) interpretExpect(value []byte) error {
	if !equalFold(value, "100-continue") {
		return &Error{http.StatusExpectationFailed, "only 100-continue can be expected"}
	}
	r.body.expected = r.Minor > 0 // a client of HTTP/1.0 could not understand the answer
	return nil
}

// interpretLength takes a Content-Length. A second one is refused, also if it is the same.
func (r *Request) interpretLength(seen *reading, value []byte) error {
	if seen.lengths++; seen.lengths > 1 {
		return bad("there are several Content-Lengths")
	}
	if len(value) == 0 {
		return bad("the Content-Length is no number")
	}
	for _, c := range value {
		if !isDigit(c) {
			return bad("the Content-Length is no number")
		}
		if r.Length > (math.MaxInt64-9)/10 {
			return &Error{http.StatusRequestEntityTooLarge, "the Content-Length is out of all bounds"}
		}
		r.Length = 10*r.Length + int64(c-'0')
	}
	return nil
}

// interpretCoding takes a Transfer-Encoding.
func (r *Request) interpretCoding(seen *reading, value []byte) error {
	seen.codings++
	switch {
	case seen.codings > 1 || bytes.IndexByte(value, ',') >= 0:
		return bad("there are several transfer codings")
	case !equalFold(value, "chunked"):
		return &Error{http.StatusNotImplemented, "chunked is the only transfer coding that is known here"}
	}
	r.Length = chunked
	return nil
}
