//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

// readerCalls are the calls of a Reader that wait for the first of two parts of 6 bytes each, "first\n" and "other\n", together. Each
// returns what it has taken.
var readerCalls = map[string]func(r *Reader) ([]byte, error){
	"ReadFull": func(r *Reader) ([]byte, error) {
		p := make([]byte, 12)
		n, err := rt.Await(r.ReadFull(p))
		return p[:n], err
	},
	"ReadUntil": func(r *Reader) ([]byte, error) { return rt.Await(r.ReadUntil("other\n")) },
	"Peek and Read": func(r *Reader) ([]byte, error) {
		if _, err := rt.Await(r.Peek(12)); err != nil {
			return nil, err
		}
		p := make([]byte, 12)
		n, err := rt.Await(r.Read(p))
		return p[:n], err
	},
	"Discard": func(r *Reader) ([]byte, error) {
		n, err := rt.Await(r.Discard(12))
		return []byte("first\nother\n")[:n], err
	},
}

// TestC215_CancelledReadLosesNothing cancels each call of a Reader of a Conn when it has read the first half of what it needs.
// CPython 3.11: cancelled readuntil and readexactly lose nothing; read(-1) loses what it had read.
func TestC215_CancelledReadLosesNothing(t *testing.T) {
	for name, call := range readerCalls {
		c, peer := connPair(t)
		r := NewReader(c)
		run(t, func() error {
			var got []byte
			task := rt.Spawn0(func() error {
				p, err := call(r)
				got = append(got, p...)
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: error %v, want a cancel", name, err)
				}
				return nil
			})
			peer.Write([]byte("first\n"))
			for !r.busy || !c.waits(reading) || r.Buffered() == 0 && name != "Discard" {
				if err := rt.Await0(rt.Sleep(0)); err != nil {
					return err
				}
			}
			task.Cancel(nil)
			if _, err := rt.Await(task.Wait()); err != nil {
				return err
			}
			peer.Write([]byte("other\n"))
			rest := make([]byte, 12-len(got))
			if _, err := rt.Await(r.ReadFull(rest)); err != nil {
				return err
			}
			if got = append(got, rest...); string(got) != "first\nother\n" {
				t.Errorf("%s: all together %q was read", name, got)
			}
			return nil
		})
	}
}

// TestF32_SweepOfAReader: whatever is cancelled or fails, each byte is returned once or still there.
func TestF32_SweepOfAReader(t *testing.T) {
	data := []byte("a line\nanother\nand up to here.12345 skip this " + strings.Repeat("long", 3*minBuffer) + "the end")
	for _, limit := range []int{100, minBuffer, DefaultReaderLimit} {
		rttest.Sweep(t, func(s *rttest.Scenario) {
			src := &chunked{left: data, end: io.EOF, waits: func() int { return 1 }}
			src.piece = func() int { // the long part in few pieces
				if n := len(src.left); n > 20 && n < len(data)-40 {
					return 5000
				}
				return 9
			}
			r := NewReaderLimit(src, limit)
			var got []byte
			s.GoPlain("read", func() error {
				took := func(p []byte, err error) error {
					got = append(got, p...)
					return err
				}
				for range 2 {
					line, err := rt.Await(r.ReadLine())
					if err != nil {
						return err
					}
					took(append(line, '\n'), nil)
				}
				if err := took(rt.Await(r.ReadUntil("."))); err != nil {
					return err
				}
				if _, err := rt.Await(r.Peek(4)); err != nil {
					return err
				}
				p := make([]byte, 5)
				if n, err := rt.Await(r.ReadFull(p)); took(p[:n], err) != nil {
					return err
				}
				if n, err := rt.Await(r.Discard(11)); took([]byte(" skip this ")[:n], err) != nil {
					return err
				}
				p = make([]byte, 12*minBuffer-10)
				if n, err := rt.Await(r.ReadFull(p)); took(p[:n], err) != nil {
					return err
				}
				for {
					n, err := rt.Await(r.Read(p[:7]))
					if took(p[:n], err) == io.EOF {
						return nil
					}
					if err != nil {
						return err
					}
				}
			})
			s.Check(func() {
				all := append(got, r.unread()...)
				if all = append(all, src.left...); !bytes.Equal(all, data) {
					s.Errorf("limit %d: %d bytes returned and %d left, of %d", limit, len(got), len(all)-len(got), len(data))
				}
				if r.busy {
					s.Error("the Reader is busy for ever")
				}
			})
		})
	}
}

// TestBlockingReadIsKept: a Read without an async form that is waited for in vain is not made again: what it returns is not lost.
func TestBlockingReadIsKept(t *testing.T) {
	pr, pw := io.Pipe()
	r := NewReader(pr)
	run(t, func() error {
		task := rt.Spawn0(func() error {
			if _, err := rt.Await(r.ReadLine()); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want a cancel", err)
			}
			return nil
		})
		for !r.busy {
			if err := rt.Await0(rt.Sleep(0)); err != nil {
				return err
			}
		}
		task.Cancel(nil)
		if _, err := rt.Await(task.Wait()); err != nil {
			return err
		}
		go pw.Write([]byte("one\ntwo\n"))
		for _, want := range []string{"one", "two"} {
			if line, err := rt.Await(r.ReadLine()); err != nil || string(line) != want {
				t.Errorf("ReadLine: %q, %v, want %q", line, err, want)
			}
		}
		return nil
	})
	pr.Close()
}

// TestC213_ConcurrentReads: the second read fails, and the first goes on.
// CPython, each kind of read beside another: RuntimeError "read() called while another coroutine is already waiting for incoming data"; the
// first reads hello.
func TestC213_ConcurrentReads(t *testing.T) {
	c, peer := connPair(t)
	r := NewReader(c)
	run(t, func() error {
		first := rt.Spawn(func() ([]byte, error) { return rt.Await(r.ReadLine()) })
		for !r.busy {
			if err := rt.Await0(rt.Sleep(0)); err != nil {
				return err
			}
		}
		for name, call := range readerCalls {
			if _, err := call(r); err != ErrBusy {
				t.Errorf("%s beside another read: error %v, want ErrBusy", name, err)
			}
		}
		peer.Write([]byte("hello\n"))
		line, err := rt.Await(first.Wait())
		if string(line) != "hello" {
			t.Errorf("the first read: %q, %v", line, err)
		}
		return err
	})
}

// parkedReader is what a Reader takes while it waits for a Conn, in bytes.
const parkedReader = 80

// TestParkedReaderHasNoBuffer: while nothing is buffered, a read of a Conn waits without a buffer, in a task and on a goroutine.
func TestParkedReaderHasNoBuffer(t *testing.T) {
	if n := unsafe.Sizeof(Reader{}); n != parkedReader {
		t.Errorf("a Reader takes %d bytes, not %d: has it to?", n, parkedReader)
	}
	c, peer := connPair(t)
	r := NewReader(c)
	run(t, func() error {
		for _, message := range []string{"one\n", "two\n", "three\n"} {
			task := rt.Spawn(func() ([]byte, error) { return rt.Await(r.ReadLine()) })
			for !c.waits(reading) {
				if err := rt.Await0(rt.Sleep(0)); err != nil {
					return err
				}
			}
			if r.buf != nil {
				t.Error("it waits with a buffer")
			}
			peer.Write([]byte(message))
			if line, err := rt.Await(task.Wait()); err != nil || string(line)+"\n" != message {
				t.Errorf("ReadLine: %q, %v", line, err)
			}
		}
		return nil
	})
	if _, err := peer.Write([]byte("a line and more")); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 15)
	if n, err := r.ReadFull(p); n != len(p) || err != nil || r.buf != nil {
		t.Errorf("ReadFull: %d, %v, buffer %v", n, err, r.buf)
	}
}

// TestReadWaiterNeedsNoBuffer: nor does a read of what can be waited for, while nothing is buffered. A cancelled wait loses nothing.
func TestReadWaiterNeedsNoBuffer(t *testing.T) {
	waits := 0
	rttest.Sweep(t, func(s *rttest.Scenario) {
		data := []byte("one\ntwo\nthree\n")
		src := &patient{chunked: &chunked{left: data, piece: func() int { return 6 }, waits: func() int { return 1 }, end: io.EOF}}
		r := NewReader(src)
		src.waiting = func() {
			waits++
			if r.buf != nil {
				s.Error("it waits with a buffer")
			}
		}
		var got []byte
		s.GoPlain("read", func() error {
			for {
				line, err := rt.Await(r.ReadUntil("\n"))
				if got = append(got, line...); err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
			}
		})
		s.Check(func() {
			if all := append(append(got, r.unread()...), src.left...); !bytes.Equal(all, data) {
				s.Errorf("%q was returned, %q is buffered, %q left", got, r.unread(), src.left)
			}
		})
	})
	if waits == 0 {
		t.Error("nothing was waited for")
	}
}

// A hasty is an AsyncReader that returns some data and a cancel at once, and then the rest.
type hasty struct {
	data string
	err  error
}

func (h *hasty) Read(p []byte) (int, error) { return rt.Block(h.ReadAsync(p)) }

func (h *hasty) ReadAsync(p []byte) rt.Awaitable[int] {
	n := copy(p[:min(len(p), 5)], h.data)
	err := h.err
	h.data, h.err = h.data[n:], nil
	co := &chunkedCoro{c: &chunked{waits: func() int { return 0 }}, do: func() (int, error) { return n, err }}
	co.Visible()
	return co
}

// TestDataThatComesWithACancel: it is returned with it, or kept.
func TestDataThatComesWithACancel(t *testing.T) {
	data := strings.Repeat("some data ", 2*minBuffer)
	cancel := &rt.Canceled{Cause: errors.New("enough")}
	for what, read := range map[string]func(r *Reader, p []byte) (int, error){
		"Read":     func(r *Reader, p []byte) (int, error) { return rt.Await(r.Read(p)) },
		"ReadFull": func(r *Reader, p []byte) (int, error) { return rt.Await(r.ReadFull(p)) },
		"poll.ReadFull": func(r *Reader, p []byte) (int, error) {
			n, err := rt.Await(ReadFull(r.src, p))
			return n, err
		},
	} {
		for _, size := range []int{10, minBuffer, len(data)} {
			r := NewReader(&hasty{data, cancel})
			run(t, func() error {
				p := make([]byte, len(data))
				n, err := read(r, p[:size])
				if err != cancel {
					t.Errorf("%s of %d: error %v, want the cancel", what, size, err)
				}
				k, err := rt.Await(r.ReadFull(p[n:]))
				if n+k != len(data) || string(p) != data {
					t.Errorf("%s of %d: %d bytes, and then %d of %d", what, size, n, k, len(data)-n)
				}
				return err
			})
		}
	}
}

// TestReaderReportsTheSocket: a read that waits ends with what becomes of its socket, as package net would say it, and keeps the data.
func TestReaderReportsTheSocket(t *testing.T) {
	for what, want := range map[string]error{"deadline": os.ErrDeadlineExceeded, "close": net.ErrClosed, "reset": unix.ECONNRESET} {
		c, peer := connPair(t)
		r := NewReader(c)
		peer.Write([]byte("half a line"))
		run(t, func() error {
			if _, err := rt.Await(r.Peek(11)); err != nil {
				return err
			}
			task := rt.Spawn0(func() error {
				_, err := rt.Await(r.ReadLine())
				wantErr(t, what, err, want)
				return nil
			})
			for !r.busy {
				if err := rt.Await0(rt.Sleep(0)); err != nil {
					return err
				}
			}
			switch what {
			case "deadline":
				c.SetReadDeadline(time.Unix(1, 0))
			case "close":
				c.Close()
			case "reset":
				reset(peer)
			}
			if _, err := rt.Await(task.Wait()); err != nil {
				return err
			}
			p := make([]byte, 11)
			n, err := rt.Await(r.ReadFull(p))
			if string(p[:n]) != "half a line" {
				t.Errorf("%s: what was read before is %q now, %v", what, p[:n], err)
			}
			return nil
		})
	}
}
