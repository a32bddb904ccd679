package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// A wireTest is what a client sends, before it ends its side of the connection, and what the server answers: for each response the status,
// and the body after a space, or "closed" if the connection ends without one.
type wireTest struct {
	name, send string
	want       []string
}

const get = "GET /show HTTP/1.1\r\nHost: h\r\n"

var wireTests = []wireTest{
	// What is right.
	{"plain", get + "\r\n", []string{"200 GET /show h 1 0 \"\"\n"}},
	{"field", get + "a-B:\t x y \t\r\nA-b: z\r\nempty:\r\n\r\n", []string{"200 GET /show h 1 0 A-B=x y|z Empty= \"\"\n"}},
	{"query", "GET /show?a=b?c HTTP/1.1\r\nHost: h:80\r\n\r\n", []string{"200 GET /show?a=b?c h:80 1 0 \"\"\n"}},
	{"absolute", "GET http://other/show HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 GET /show other 1 0 \"\"\n"}},
	{"empty lines first", "\r\n\r\n\r\n" + get + "\r\n", []string{"200 GET /show h 1 0 \"\"\n"}},
	{"no Host in 1.0", "GET /show HTTP/1.0\r\n\r\n", []string{"200 GET /show  0 0 \"\"\n"}},
	{"later minor version", "GET /show HTTP/1.9\r\nHost: h\r\n\r\n", []string{"200 GET /show h 1 0 \"\"\n"}},
	{"length", get + "Content-Length: 3\r\n\r\nabc", []string{"200 GET /show h 1 3 Content-Length=3 \"abc\"\n"}},
	{"chunks", get + "Transfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n0a;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
		[]string{"200 GET /show h 1 -1 Transfer-Encoding=Chunked \"ab0123456789\"\n"}},
	{"trailer", get + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nSum: 1\r\nContent-Length: 5\r\n\r\n",
		[]string{"200 GET /show h 1 -1 Transfer-Encoding=chunked Sum=1 \"a\"\n"}},
	{"pipeline", get + "\r\n" + get + "Content-Length: 1\r\n\r\nx" + get + "\r\n",
		[]string{"200 GET /show h 1 0 \"\"\n", "200 GET /show h 1 1 Content-Length=1 \"x\"\n", "200 GET /show h 1 0 \"\"\n"}},
	{"after a body that is not read", "POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello" + get + "\r\n",
		[]string{"200 ", "200 GET /show h 1 0 \"\"\n"}},
	{"after chunks that are not read", "POST /ignore HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + get + "\r\n",
		[]string{"200 ", "200 GET /show h 1 0 \"\"\n"}},
	{"after a refusal", "GET /none-such HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"404", "200 GET /show h 1 0 \"\"\n"}},
	{"nothing after close", get + "Connection: x, Close\r\n\r\n" + get + "\r\n", []string{"200 GET /show h 1 0 Connection=x, Close \"\"\n"}},
	{"nothing after 1.0", "GET /show HTTP/1.0\r\n\r\n" + get + "\r\n", []string{"200 GET /show  0 0 \"\"\n"}},
	{"1.0 that stays", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get + "\r\n", []string{"200 Hello!\n", "200 GET /show h 1 0 \"\"\n"}},
	{"no body", "GET /none HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"204 ", "200 GET /show h 1 0 \"\"\n"}},
	{"no body, decided late", "GET /none-late HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"204 ", "200 GET /show h 1 0 \"\"\n"}},
	{"pieces", "GET /pieces HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 1\r\na\r\nc\r\nbcdefghijklm\r\n0\r\n\r\n"}},
	{"pieces for HEAD", "HEAD /pieces HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"200 ", "200 GET /show h 1 0 \"\"\n"}},
	{"pieces in 1.0", "GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", []string{"200 abcdefghijklm"}},
	{"failure behind an answer", get + "\r\n" + "GET /fail-late HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 GET /show h 1 0 \"\"\n", "200 "}},
	{"answer before the body", "POST /answer-first HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na", []string{"200 1\r\na\r\n0\r\n\r\n"}},
	{"options", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", []string{"404"}},

	// Request lines.
	{"no target", "GET HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"no version", "GET /\r\nHost: h\r\n\r\n", []string{"400"}},
	{"no method", " / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"space behind", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", []string{"400"}},
	{"method with a colon", "G:T / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"control character", "GET /\x00 HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"relative target", "GET show HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"other scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"URL without a host", "GET http:///show HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"star", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"connect", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", []string{"501"}},
	{"version 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{"505"}},
	{"version in lower case", "GET / http/1.1\r\nHost: h\r\n\r\n", []string{"400"}},
	{"version of three digits", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", []string{"400"}},
	{"long line", "GET /" + strings.Repeat("x", 2000) + " HTTP/1.1\r\nHost: h\r\n\r\n", []string{"414"}},
	{"not HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", []string{"400"}},

	// Fields.
	{"no Host", "GET / HTTP/1.1\r\n\r\n", []string{"400"}},
	{"two Hosts", get + "host: h\r\n\r\n", []string{"400"}},
	{"Host with a slash", "GET / HTTP/1.1\r\nHost: h/i\r\n\r\n", []string{"400"}},
	{"space before the colon", get + "A : b\r\n\r\n", []string{"400"}},
	{"no colon", get + "A\r\n\r\n", []string{"400"}},
	{"no name", get + ": b\r\n\r\n", []string{"400"}},
	{"folded", get + "A: b\r\n c\r\n\r\n", []string{"400"}},
	{"folded first", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", []string{"400"}},
	{"bare CR", get + "A: b\rc\r\n\r\n", []string{"400"}},
	{"bare LF", get + "A: b\nC: d\r\n\r\n", []string{"400"}},
	{"NUL", get + "A: b\x00\r\n\r\n", []string{"400"}},
	{"long head", get + "A: " + strings.Repeat("x", 2000) + "\r\n\r\n", []string{"431"}},
	{"many fields", get + strings.Repeat("A:\r\n", maxFields) + "\r\n", []string{"431"}},
	{"expectation", get + "Expect: wonders\r\n\r\n", []string{"417"}},

	// Lengths, at which requests are smuggled.
	{"length and chunks", get + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []string{"400"}},
	{"chunks and length", get + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", []string{"400"}},
	{"two lengths", get + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", []string{"400"}},
	{"list of lengths", get + "Content-Length: 1, 1\r\n\r\na", []string{"400"}},
	{"length with a sign", get + "Content-Length: +1\r\n\r\na", []string{"400"}},
	{"negative length", get + "Content-Length: -1\r\n\r\na", []string{"400"}},
	{"no length", get + "Content-Length:\r\n\r\n", []string{"400"}},
	{"length over all bounds", get + "Content-Length: 99999999999999999999\r\n\r\n", []string{"413"}},
	{"length over the limit", get + "Content-Length: 1001\r\n\r\n", []string{"413"}},
	{"chunks in 1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []string{"400"}},
	{"other coding", get + "Transfer-Encoding: gzip\r\n\r\n", []string{"501"}},
	{"two codings", get + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", []string{"400"}},
	{"chunked twice", get + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []string{"400"}},
	{"chunked behind a tab", get + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", []string{"400"}},

	// Chunks.
	{"size without digits", chunks(";\r\n\r\n"), []string{"400"}},
	{"size that is no number", chunks("g\r\n"), []string{"400"}},
	{"size with 0x", chunks("0x1\r\na\r\n0\r\n\r\n"), []string{"400"}},
	{"size with a space", chunks("1 \r\na\r\n0\r\n\r\n"), []string{"400"}},
	{"negative size", chunks("-1\r\na\r\n0\r\n\r\n"), []string{"400"}},
	{"size over all bounds", chunks("11111111111111111\r\n"), []string{"413"}},
	{"size over the limit", chunks("3e9\r\n"), []string{"413"}},
	{"sizes over the limit", chunks(strings.Repeat("64\r\n"+strings.Repeat("x", 100)+"\r\n", 10)), []string{"413"}},
	{"bare LF behind a size", chunks("1\na\r\n0\r\n\r\n"), []string{"400"}},
	{"bare LF in an extension", chunks("1;a\nb\r\na\r\n0\r\n\r\n"), []string{"400"}},
	{"long extension", chunks("1;" + strings.Repeat("a", maxChunkLine) + "\r\na\r\n0\r\n\r\n"), []string{"400"}},
	{"chunk longer than its size", chunks("1\r\nab\r\n0\r\n\r\n"), []string{"400"}},
	{"chunk shorter than its size", chunks("3\r\na\r\n0\r\n\r\n"), []string{"400"}},
	{"trailer with a bare LF", chunks("0\r\nA: b\nC: d\r\n\r\n"), []string{"400"}},
	{"trailer that is folded", chunks("0\r\nA: b\r\n c\r\n\r\n"), []string{"400"}},
	{"long trailer", chunks("0\r\n" + strings.Repeat("A: 1234567890\r\n", 70) + "\r\n"), []string{"431"}},

	// Ends.
	{"nothing", "", []string{"closed"}},
	{"half a head", "GET / HT", []string{"closed"}},
	{"half a body", get + "Content-Length: 3\r\n\r\nab", []string{"closed"}},
	{"half a chunk", chunks("3\r\nab"), []string{"closed"}},
	{"no last chunk", chunks("1\r\na\r\n"), []string{"closed"}},
	{"handler that fails", "GET /fail HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"500"}},
	{"handler that reaches nobody", "GET /dial HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"500"}},
	{"handler with an end of its own", "GET /eof HTTP/1.1\r\nHost: h\r\n\r\n", []string{"500"}},
	{"handler with half of something", "GET /truncated HTTP/1.1\r\nHost: h\r\n\r\n", []string{"500"}},
	{"handler with a cancel of its own", "GET /canceled HTTP/1.1\r\nHost: h\r\n\r\n", []string{"500"}},
	{"handler that panics", "GET /panic HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"closed"}},
	{"less than its length", "GET /short HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"500"}},
	{"more than its length", "GET /long HTTP/1.1\r\nHost: h\r\n\r\n" + get + "\r\n", []string{"500"}},
}

// chunks returns a request with a chunked body.
func chunks(body string) string { return get + "Transfer-Encoding: chunked\r\n\r\n" + body }

// small sets limits that are easily exceeded.
func small(s *Server) { s.MaxHead, s.MaxBody = 1000, 1000 }

func TestWire(t *testing.T) {
	bothForms(t, small, func(s *testServer) {
		for _, test := range wireTests {
			if answer := s.talk(test.send); !matches(answer, test.want) {
				s.t.Errorf("%s: the server answered\n%s\nwant %q", test.name, answer, test.want)
			}
		}
	})
}

// However the bytes come in, the answers are the same.
func TestSplit(t *testing.T) {
	bothForms(t, small, func(s *testServer) {
		for _, test := range wireTests {
			if len(test.send) > 300 {
				continue
			}
			for at := 1; at < len(test.send); at++ {
				c := s.dial()
				io.WriteString(c, test.send[:at])
				s.settle()
				io.WriteString(c, test.send[at:])
				c.CloseWrite()
				answer, err := io.ReadAll(c)
				if errors.Is(err, syscall.ECONNRESET) && slices.Equal(test.want, []string{"closed"}) {
					err = nil // it was closed before the rest came
				}
				if err != nil || !matches(string(answer), test.want) {
					s.t.Errorf("%s, split at %d: the server answered\n%s\n%v, want %q", test.name, at, answer, err, test.want)
				}
				c.Close()
			}
		}
	})
}

// matches reports whether answer is the responses that want describes.
func matches(answer string, want []string) bool {
	var pattern strings.Builder
	pattern.WriteString(`(?s)^`)
	for _, w := range want {
		if w == "closed" {
			continue
		}
		status, body, whole := strings.Cut(w, " ")
		fmt.Fprintf(&pattern, `HTTP/1\.1 %s [ A-Za-z'-]+\r\n(?:[A-Za-z-]+: [^\r\n]*\r\n)+\r\n`, status)
		if whole {
			pattern.WriteString(regexp.QuoteMeta(body))
		} else {
			fmt.Fprintf(&pattern, `%s [^\n]*\n`, status)
		}
	}
	pattern.WriteString("$")
	return regexp.MustCompile(pattern.String()).MatchString(answer)
}

// A body that ends with the connection, for a client of HTTP/1.0, does not end like a whole one if it is not: the connection is reset.
func TestTruncated(t *testing.T) {
	bothForms(t, nil, func(s *testServer) {
		for path, want := range map[string]error{"/pieces": nil, "/fail-in-body": syscall.ECONNRESET, "/panic-in-body": syscall.ECONNRESET} {
			c := s.dial()
			io.WriteString(c, "GET "+path+" HTTP/1.0\r\n\r\n")
			readHead(s.t, c)
			if body, err := io.ReadAll(c); !errors.Is(err, want) {
				s.t.Errorf("%s: the client received %q, %v, want %v", path, body, err, want)
			}
			c.Close()
		}
		c := s.dial()
		io.WriteString(c, "GET /hang-in-body HTTP/1.0\r\n\r\n")
		readHead(s.t, c)
		s.loop.Post(s.Shutdown)
		s.passTime(s.Conns.Grace, s.ended)
		s.err = nil // that it had to be cancelled
		if body, err := io.ReadAll(c); !errors.Is(err, syscall.ECONNRESET) {
			s.t.Errorf("the server has ended: the client received %q, %v, want a reset", body, err)
		}
	})
}

// What a handler sets is in the head; what would break it is not.
func TestFields(t *testing.T) {
	bothForms(t, nil, func(s *testServer) {
		for _, test := range []struct{ send, want string }{
			{"GET /fields HTTP/1.1\r\nHost: h\r\n\r\n",
				"HTTP/1.1 418 I'm a teapot\r\nA: b  C: d\r\nDate: today\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
			{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HTTP/1.1 200 OK\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n" +
				"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\nConnection: keep-alive\r\n\r\nHello!\n"},
		} {
			if got := s.talk(test.send); got != test.want {
				s.t.Errorf("the server answered\n%s\nwant\n%s", got, test.want)
			}
		}
	})
}

// A client that waits for an answer before it goes on with what it has begun gets it.
func TestAnswerBeforeTheRest(t *testing.T) {
	bothForms(t, nil, func(s *testServer) {
		for _, next := range []struct{ begin, rest string }{
			{"P", "OST /show HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd"},
			{"POST /show HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n", "abcd"},
			{"POST /show HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab", "cd"},
			{"POST /show HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab", "cd\r\n0\r\n\r\n"},
		} {
			c := s.dial()
			io.WriteString(c, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"+next.begin)
			readHead(s.t, c)
			io.WriteString(c, next.rest)
			c.CloseWrite()
			if answer, err := io.ReadAll(c); !strings.Contains(string(answer), "\"abcd\"") {
				s.t.Errorf("after %q: %q, %v", next.begin, answer, err)
			}
		}
	})
}

// Nothing that a client sends is the server's failure; handlers' are, and are reported, be it the network that they have failed for.
func TestReports(t *testing.T) {
	bothForms(t, small, func(s *testServer) {
		for _, test := range wireTests {
			s.talk(test.send)
		}
		s.stop()
		want := []error{errHandler, errHandler, syscall.ENOENT, io.EOF, io.ErrUnexpectedEOF, context.Canceled, errHandler, errShort,
			http.ErrContentLength}
		if !slices.EqualFunc(s.reports, want, errors.Is) {
			s.t.Errorf("reported were %q, want %q", s.reports, want)
		}
	})
}
