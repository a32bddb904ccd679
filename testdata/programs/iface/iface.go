// Package iface reads and writes through interfaces that have both forms, so that wrappers and mocks can stand for a connection.
package iface

import (
	"bytes"
	"io"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// A Reader is an io.Reader that can be awaited.
type Reader interface {
	Read(p []byte) (int, error)
	ReadAsync(p []byte) rt.Awaitable[int]
}

// A Writer is an io.Writer that can be awaited.
type Writer interface {
	Write(p []byte) (int, error)
	WriteAsync(p []byte) rt.Awaitable[int]
}

var (
	_ Reader = (*poll.Conn)(nil)
	_ Writer = (*poll.Conn)(nil)
	_ Reader = (*Counting)(nil)
	_ Reader = Blocking{}
	_ Reader = Text{}
	_ Writer = (*Buffer)(nil)
)

// copyAll is io.Copy.
//
//async:func
func copyAll(dst Writer, src Reader) (written int, err error) {
	buf := make([]byte, 512)
	for {
		n, err := rt.Await(src.Read(buf))
		if n > 0 {
			k, err := rt.Await(dst.Write(buf[:n]))
			written += k
			if err != nil {
				return written, err
			}
		}
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, err
		}
	}
}

// Counting counts what is read through it. Its Read has an async form of its own, which goes through the conn's: one that was
// only promoted would not count.
type Counting struct {
	*poll.Conn
	N int
}

//async:func
func (c *Counting) Read(p []byte) (int, error) {
	n, err := rt.Await(c.Conn.Read(p))
	c.N += n
	return n, err
}

// Limited reads at most N bytes of any reader, whatever its type.
type Limited[R Reader] struct {
	R R
	N int
}

//async:func
func (l *Limited[R]) Read(p []byte) (int, error) {
	if l.N == 0 {
		return 0, io.EOF
	}
	n, err := rt.Await(l.R.Read(p[:min(l.N, len(p))]))
	l.N -= n
	return n, err
}

// Text is a mock. Written by hand, an async form runs when it is awaited, not when it is made: so rt.Func, not rt.Value.
type Text struct{ *bytes.Reader }

func (t Text) ReadAsync(p []byte) rt.Awaitable[int] {
	return rt.Func(func() (int, error) { return t.Read(p) })
}

// Buffer collects what is written to it.
type Buffer struct{ bytes.Buffer }

func (b *Buffer) WriteAsync(p []byte) rt.Awaitable[int] {
	return rt.Func(func() (int, error) { return b.Write(p) })
}
