package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/goasync/goasync/poll"
)

// FuzzHead: what is accepted, package net/http understands in the same way. That a server in front of this one, or behind it, does not is
// how requests are smuggled. This one may refuse more.
//
//	go test ./example/http -run '^$' -fuzz FuzzHead -fuzztime 1m
func FuzzHead(f *testing.F) {
	for _, test := range wireTests {
		if head, _, ok := strings.Cut(strings.TrimLeft(test.send, "\r\n"), headEnd); ok {
			f.Add([]byte(head + headEnd))
		}
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if i := bytes.Index(head, []byte(headEnd)); i < 1 || i+len(headEnd) != len(head) || head[0] == '\r' {
			return // readHead returns no such head
		}
		var ours Request
		ours.forget()
		if err := ours.parse(head); err != nil {
			if _, ok := err.(*Error); !ok {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		theirs, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
		if err != nil {
			return
		}
		length := theirs.ContentLength
		if len(theirs.TransferEncoding) > 0 {
			length = chunked
		}
		target := theirs.RequestURI
		if theirs.URL.Host != "" {
			target = strings.TrimPrefix(theirs.URL.RequestURI(), "//"+theirs.URL.Host)
			ours.Target = target // theirs is not as it was sent
		}
		if ours.Method != theirs.Method || ours.Target != target || ours.Host != theirs.Host || ours.Length != length {
			t.Errorf("%s %q %q %d, package net/http has %s %q %q %d", ours.Method, ours.Target, ours.Host, ours.Length,
				theirs.Method, target, theirs.Host, length)
		}
		if !theirs.Close && theirs.ProtoMinor > 0 && ours.close {
			t.Error("the connection ends, for package net/http it does not")
		}
		for name, values := range theirs.Header {
			if got := ours.Header()[name]; strings.Join(got, "\n") != strings.Join(values, "\n") {
				t.Errorf("%s is %q, package net/http has %q", name, got, values)
			}
		}
	})
}

// FuzzChunks: of what is accepted as a chunked body, package net/http reads the same.
//
//	go test ./example/http -run '^$' -fuzz FuzzChunks -fuzztime 1m
func FuzzChunks(f *testing.F) {
	for _, test := range wireTests {
		if _, body, ok := strings.Cut(test.send, "chunked"+headEnd); ok {
			f.Add([]byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		x := &exchange{server: &Server{MaxHead: 1000, MaxBody: 1000}}
		x.in = poll.NewReaderLimit(bytes.NewReader(body), x.server.MaxHead)
		x.out = poll.NewWriter(io.Discard)
		x.r.body.x = x
		x.r.body.begin(chunked)
		ours, err := readAll(&x.r)
		if err != nil {
			return
		}
		theirs, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body)))
		if !bytes.Equal(ours, theirs) {
			t.Errorf("%q, package net/http reads %q, %v", ours, theirs, err)
		}
	})
}
