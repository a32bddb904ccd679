//go:build linux

package poll_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Lines are read one after the other. In the source language the function would be marked with //async:func; this is its plain form, and
// the source any io.Reader: a poll.Conn would be awaited, a strings.Reader is read on a goroutine.
func ExampleReader_ReadLine() {
	err := rt.Run0(func() error {
		in := poll.NewReader(strings.NewReader("GET /\r\nHost: here\n\nwithout an end"))
		for {
			line, err := rt.Await(in.ReadLine())
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			fmt.Printf("%q\n", line) // the slice is valid until the next call
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// "GET /"
	// "Host: here"
	// ""
	// "without an end"
}

// A frame is its length, in a line, and its body. The length is the peer's word: it is checked before there is memory for so much.
func ExampleReader_ReadFull() {
	const maxBody = 1 << 20
	readFrame := func(in *poll.Reader) ([]byte, error) {
		line, err := rt.Await(in.ReadLine())
		if err != nil {
			return nil, err
		}
		size, err := strconv.Atoi(string(line))
		if err != nil || size < 0 || size > maxBody {
			return nil, fmt.Errorf("%.20q: a frame has from 0 to %d bytes", line, maxBody)
		}
		body := make([]byte, size)
		n, err := rt.Await(in.ReadFull(body))
		return body[:n], err
	}
	for _, stream := range []string{"5\nhello7\nwor", "-1\n"} {
		in := poll.NewReader(strings.NewReader(stream))
		for {
			body, err := readFrame(in)
			fmt.Printf("%q %v\n", body, err)
			if err != nil {
				break
			}
		}
	}
	// Output:
	// "hello" <nil>
	// "wor" unexpected EOF
	// "" "-1": a frame has from 0 to 1048576 bytes
}

// What does not fit into the limit is not lost: here it is skipped, up to the end of the line.
func ExampleLimitError() {
	in := poll.NewReaderLimit(strings.NewReader("short\na line that is much too long\nlast\n"), 10)
	skipping := false
	for {
		line, err := in.ReadLine()
		if long, ok := errors.AsType[*poll.LimitError](err); ok {
			in.Discard(long.Consumed)
			skipping = true
			continue
		}
		if err != nil {
			return
		}
		if skipping {
			line, skipping = []byte("…"), false // it is the rest of the long one
		}
		fmt.Printf("%s\n", line)
	}
	// Output:
	// short
	// …
	// last
}

// Small writes go out together. One that does not fit into the buffer waits.
func ExampleWriter() {
	err := rt.Run0(func() error {
		out := poll.NewWriter(os.Stdout)
		for i := range 3 {
			if _, err := rt.Await(out.WriteString(fmt.Sprintf("line %d\n", i))); err != nil {
				return err
			}
		}
		return rt.Await0(out.Flush())
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// line 0
	// line 1
	// line 2
}

// A proxy copies in both directions, and passes the end of each on.
func ExampleCopy() {
	pass := func(dst, src *poll.Conn) error {
		if _, err := rt.Await(poll.Copy(dst, src)); err != nil {
			return err
		}
		return dst.CloseWrite()
	}
	proxy := func(client, server *poll.Conn) error {
		return rt.Await0(rt.Gather0(
			func() error { return pass(server, client) },
			func() error { return pass(client, server) },
		))
	}
	_ = proxy
}

// Progress shows how far a copy is, and gives a peer that is slow, but not silent, the time it takes.
func ExampleCopier() {
	const idle = time.Minute
	send := func(c *poll.Conn, text io.Reader) (n int64, err error) {
		giveTime := func() { c.SetWriteDeadline(rt.Now().Add(idle)) }
		giveTime()
		copier := &poll.Copier{Progress: func(n int) {
			fmt.Println(n, "bytes more")
			giveTime()
		}}
		return rt.Await(copier.Copy(c, text))
	}
	err := rt.Run0(func() error {
		ln, err := poll.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer ln.Close()
		c, err := rt.Await(poll.Dial("tcp", ln.Addr().String()))
		if err != nil {
			return err
		}
		defer c.Close()
		n, err := send(c, strings.NewReader("some text"))
		fmt.Println(n, "bytes")
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 9 bytes more
	// 9 bytes
}

// All that a peer sends until it ends its stream, but no more than a bound.
func ExampleReadAll() {
	for _, limit := range []int{100, 5} {
		body, err := poll.ReadAll(strings.NewReader("hello world"), limit)
		if long, ok := errors.AsType[*poll.LimitError](err); ok {
			fmt.Printf("more than %d bytes: %s…\n", long.Limit, body)
			continue
		}
		fmt.Printf("%s, %v\n", body, err)
	}
	// Output:
	// hello world, <nil>
	// more than 5 bytes: hello…
}
