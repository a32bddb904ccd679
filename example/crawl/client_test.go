package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

func TestReadResponse(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, test := range []struct{ name, in, want string }{
		{"with a length", ok + "Content-Length: 5\r\n\r\nhello, and more", `200 "hello"`},
		{"up to the end", ok + "\r\nhello", `200 "hello"`},
		{"nothing", ok + "\r\n", `200 ""`},
		{"lines without carriage returns", "HTTP/1.0 404\ncontent-length:1\n\nx", `404 "x"`},
		{"chunks", ok + "Transfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", `200 "hello0123456789"`},
		{"informational responses", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + "\r\nhello", `200 "hello"`},
		{"an end after an informational response", "HTTP/1.1 103 Early Hints\r\n\r\n", `unexpected EOF`},
		{"a switch to another protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n", `not a status of HTTP/1.1: "HTTP/1.1 101 Switching Protocols"`},
		{"an end in the status", "HTTP/1.1", `not a status of HTTP/1.1: "HTTP/1.1"`},
		{"an end before the status", "", `unexpected EOF`},
		{"an end in the header", ok + "A: b\r\n", `unexpected EOF`},
		{"an end in the body", ok + "Content-Length: 5\r\n\r\nhell", `unexpected EOF`},
		{"an end before the body", ok + "Content-Length: 5\r\n\r\n", `unexpected EOF`},
		{"an end in a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhell", `unexpected EOF`},
		{"an end before the last chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", `unexpected EOF`},
		{"another protocol", "SSH-2.0-x\r\n", `not a status of HTTP/1.1: "SSH-2.0-x"`},
		{"another status", "HTTP/1.1 -20 x\r\n", `not a status of HTTP/1.1: "HTTP/1.1 -20 x"`},
		{"no header", ok + "hello\r\n\r\n", `not a line of a header: "hello"`},
		{"a long header", ok + strings.Repeat("a: b\r\n", 101) + "\r\n", `a header of more than 100 lines`},
		{"a long line", ok + "a: " + strings.Repeat("b", maxLine), (&poll.LimitError{Limit: maxLine, Consumed: maxLine}).Error()},
		{"a negative length", ok + "Content-Length: -1\r\n\r\n", `not a length: "-1"`},
		{"a length that is too large", ok + "Content-Length: 1048577\r\n\r\n", errTooLarge.Error()},
		{"too much", ok + "\r\n" + strings.Repeat("x", maxBody+1), errTooLarge.Error()},
		{"a chunk of a negative size", ok + "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello", `not the size of a chunk: "-5"`},
		{"a chunk that is too large", ok + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", errTooLarge.Error()},
		{"a chunk that is longer", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", `a chunk that is longer than its size`},
	} {
		reader := func() *poll.Reader { return poll.NewReaderLimit(strings.NewReader(test.in), maxLine) }
		plain, plainErr := rt.Run(func() (*response, error) { return readResponse(reader()) })
		generated, generatedErr := rt.RunAsync(readResponseAsync(reader()))
		for form, got := range map[string]string{"plain": describe(plain, plainErr), "generated": describe(generated, generatedErr)} {
			if got != test.want {
				t.Errorf("%s, %s: %s, want %s", test.name, form, got, test.want)
			}
		}
	}
}

func describe(r *response, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %q", r.status, r.body)
}

func TestLinks(t *testing.T) {
	base, err := url.Parse("http://host:1234/dir/page")
	if err != nil {
		t.Fatal(err)
	}
	got := resolve(base, hrefs([]byte(`<a href="x">, <A class='a' HREF = '../y?a=1&amp;b=2#z'>, <a href="http://host:1234">, <a href="x#again">,
		<a href="http://host/">, <a href="https://host:1234/">, <a href="//other/">, <a href="mailto:x">, <a href=":">, <abbr href="no">`))...)
	want := []string{"http://host:1234/dir/x", "http://host:1234/y?a=1&b=2", "http://host:1234/"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
