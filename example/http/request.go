package main

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
)

// A Request is what a client asks for. It is the handler's until that returns; then it is used for another request.
//
// The fields of its head stay the bytes that were received, and become strings when somebody asks for them: an http.Header, a map of
// slices of strings, would cost half a dozen allocations whether or not it is looked at. Header makes one.
type Request struct {
	Method string
	Target string // the path and the query, as sent; * of OPTIONS
	Host   string // of the target, if that has one, or the field's; "" only from a client of HTTP/1.0
	Minor  int    // the version is HTTP/1.Minor
	Length int64  // of the body, in bytes; -1 if it is chunked

	head      []byte  // what fields point into
	fields    []field // in the order in which they came
	close     bool    // no request follows
	keepAlive bool    // the client of HTTP/1.0 has asked for more to follow
	body      body
	last      struct{ method, target, host string }
}

// A field is a line of a head, or of a trailer.
type field struct {
	name, value []byte
}

// forget makes r a request of which nothing is known, but for what the next one may have in common with it.
func (r *Request) forget() {
	r.Method, r.Target, r.Host, r.Minor, r.Length = "", "", "", 1, 0
	r.fields, r.close, r.keepAlive = r.fields[:0], false, false
	r.body.reset()
}

// Get returns the value of a field of the head, of several the first, "" if there is none. The name's case does not matter.
func (r *Request) Get(name string) string {
	for _, f := range r.fields {
		if equalFold(f.name, name) {
			return string(f.value)
		}
	}
	return ""
}

// Header returns the head as package net/http has it. Host is not in it.
func (r *Request) Header() http.Header {
	h := make(http.Header, len(r.fields))
	for _, f := range r.fields {
		if !equalFold(f.name, "Host") {
			h.Add(string(f.name), string(f.value))
		}
	}
	return h
}

// Path returns the path of the target, as sent: escapes are still in it.
func (r *Request) Path() string {
	path, _, _ := strings.Cut(r.Target, "?")
	return path
}

// URL parses the target.
func (r *Request) URL() (*url.URL, error) { return url.ParseRequestURI(r.Target) }

// Trailer returns the fields that came behind the chunked body, once Read has returned io.EOF; nil if there were none.
func (r *Request) Trailer() http.Header { return r.body.trailer }

// equalFold reports whether b is s in any case. Names of fields are ASCII.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if c != s[i] && (c|0x20 != s[i]|0x20 || c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// text returns the text of b. It is what last holds if that is the same: what clients ask for again costs no memory.
func text(last *string, b []byte) string {
	if *last != string(b) {
		*last = string(b)
	}
	return *last
}

// each calls f with each element of a comma-separated list that is not empty.
func each(list []byte, f func(element []byte)) {
	for len(list) > 0 {
		var element []byte
		element, list, _ = bytes.Cut(list, []byte(","))
		if element = trim(element); len(element) > 0 {
			f(element)
		}
	}
}

// trim removes the white space around a value, which is spaces and tabs.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
