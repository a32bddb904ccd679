package store

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// Plain runs the program in its plain form and writes what it does to w.
func Plain(w io.Writer) error { return rt.Run0(func() error { return run(w) }) }

// Generated is Plain in the generated form.
func Generated(w io.Writer) error { return rt.RunAsync0(runAsync(w)) }

// run has two clients use a store through a proxy.
//
//async:func
func run(w io.Writer) error {
	behind, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	front, err := poll.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s, p := &store{values: make(map[string][]byte)}, &proxy{addr: behind.Addr().String()}
	err = rt.Await0(rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { return rt.Await0(s.serve(behind)) })
		g.Go(func() error { return rt.Await0(p.serve(front)) })
		defer behind.Close()
		defer front.Close()
		if err := rt.Await0(small(w, front.Addr().String())); err != nil {
			return err
		}
		return rt.Await0(large(w, front.Addr().String()))
	}))
	fmt.Fprintf(w, "the proxy passed on %d bytes and %d back\n", p.there, p.hither)
	return err
}

// small sends many requests at once.
//
//async:func
func small(w io.Writer, addr string) error {
	c, err := rt.Await(poll.Dial("tcp", addr))
	if err != nil {
		return err
	}
	defer c.Close()
	in, out := poll.NewReader(c), poll.NewWriter(c)
	for _, request := range []string{"put a 5\nhello", "put b 0\n", "get a\nget b\n", "drop a\n", "get nothing\r\n"} {
		if _, err := rt.Await(out.WriteString(request)); err != nil {
			return err
		}
	}
	if err := rt.Await0(out.Flush()); err != nil {
		return err
	}
	for range 2 {
		line, err := rt.Await(in.ReadLine())
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "put: %s\n", line)
	}
	for range 2 {
		value, err := rt.Await(get(in))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "get: %q\n", value)
	}
	line, err := rt.Await(in.ReadUntil("?\n"))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "drop: %q\n", line)
	next, err := rt.Await(in.Peek(1))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "what comes next begins with %q\n", next)
	value, err := rt.Await(get(in))
	fmt.Fprintf(w, "get: %q\n", value)
	return err
}

// get reads the answer to a get.
//
//async:func
func get(in *poll.Reader) (string, error) {
	line, err := rt.Await(in.ReadLine())
	if err != nil {
		return "", err
	}
	size, err := strconv.Atoi(string(line))
	if err != nil {
		return "", err
	}
	value := make([]byte, size)
	_, err = rt.Await(in.ReadFull(value))
	return string(value), err
}

// large puts a file and gets it again, into another one.
//
//async:func
func large(w io.Writer, addr string) error {
	f, err := os.CreateTemp("", "store")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	text := strings.Repeat("a line of the file\n", 20_000)
	if _, err := rt.Await(poll.Write(f, []byte(text))); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	c, err := rt.Await(poll.Dial("tcp", addr))
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := rt.Await(poll.Write(c, fmt.Appendf(nil, "put file %d\n", len(text)))); err != nil {
		return err
	}
	sent, err := rt.Await(poll.Copy(c, f))
	if err != nil {
		return err
	}
	if _, err := rt.Await(poll.Write(c, []byte("get file\n"))); err != nil {
		return err
	}
	in := poll.NewReader(c)
	if _, err := rt.Await(in.Discard(len("done\n"))); err != nil {
		return err
	}
	size, err := rt.Await(in.ReadLine())
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "sent %d bytes of a file, %s come back\n", sent, size)
	var got strings.Builder
	n, err := rt.Await(poll.CopyN(&got, in, sent))
	fmt.Fprintf(w, "received %d, the same: %t\n", n, got.String() == text)
	return err
}
