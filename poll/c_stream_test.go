//go:build linux

package poll

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// readFrom runs f as a task with a Reader of a Conn whose peer has sent data. It has sent all there is if ended.
func readFrom(t *testing.T, limit int, data string, ended bool, f func(r *Reader) error) {
	t.Helper()
	c, peer := connPair(t)
	if _, err := peer.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if ended {
		peer.CloseWrite()
	}
	run(t, func() error { return f(NewReaderLimit(c, limit)) })
}

// wantData fails the test unless what was read is want and the error is target, nil for none.
func wantData(t *testing.T, what string, got []byte, err error, want string, target error) {
	t.Helper()
	if string(got) != want || !errors.Is(err, target) {
		t.Errorf("%s: %.40q, %v, want %.40q, %v", what, got, err, want, target)
	}
}

// TestC208_LimitOfAReader: 64 KiB by default. It bounds a line and the memory, whatever the peer sends: what was not asked for is not
// read, so nothing has to be paused.
// CPython: 65536. A line of as many bytes is read, and one more, since its end does not count there; with a peer that sends 16 MiB the
// buffer held 223205 bytes before reading paused.
func TestC208_LimitOfAReader(t *testing.T) {
	if r := NewReader(strings.NewReader("")); r.limit != 64<<10 {
		t.Errorf("the default is %d bytes", r.limit)
	}
	line := strings.Repeat("x", 64<<10-1) + "\n"
	readFrom(t, DefaultReaderLimit, line+"x"+line, false, func(r *Reader) error {
		got, err := rt.Await(r.ReadLine())
		wantData(t, "a line of 64 KiB", got, err, line[:len(line)-1], nil)
		got, err = rt.Await(r.ReadLine())
		wantData(t, "a longer one", got, err, "", bufio.ErrTooLong)
		if n := len(r.buf.bytes); n != 64<<10 {
			t.Errorf("the buffer has %d bytes", n)
		}
		return nil
	})
	for _, wrong := range []func(){
		func() { NewReaderLimit(nil, 0) },
		func() { NewWriterSize(nil, 0) },
		func() { NewReader(nil).ReadUntil("") },
		func() { NewReader(nil).Peek(-1) },
		func() { NewReader(nil).Discard(-1) },
		func() { CopyN(nil, nil, -1) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(rt.Misuse); !ok {
					t.Error("a misuse is accepted")
				}
			}()
			wrong()
		}()
	}
}

// TestC209_ReadUntil: without the delimiter within the limit, or with it behind the limit, the data is kept and the error says how much
// was searched; at the end the rest is returned.
// CPython, whose limit does not count the delimiter, with 8: abc--, LimitOverrunError with consumed 10 twice, with consumed 9, and what was
// kept. At the end IncompleteReadError(b'rest'), then IncompleteReadError(b"").
func TestC209_ReadUntil(t *testing.T) {
	readFrom(t, 10, "abc--0123456789-", false, func(r *Reader) error {
		got, err := rt.Await(r.ReadUntil("--"))
		wantData(t, "ReadUntil", got, err, "abc--", nil)
		for range 2 {
			_, err = rt.Await(r.ReadUntil("--"))
			long, ok := errors.AsType[*LimitError](err)
			if !ok || long.Limit != 10 || long.Consumed != 10 { // the last byte may begin the delimiter
				t.Errorf("no delimiter: error %v, %+v", err, long)
			}
		}
		_, err = rt.Await(r.ReadUntil("9-"))
		if long, ok := errors.AsType[*LimitError](err); !ok || long.Consumed != 9 {
			t.Errorf("a delimiter behind the limit: error %v, %+v", err, long)
		}
		p := make([]byte, 11)
		n, err := rt.Await(r.ReadFull(p))
		wantData(t, "ReadFull of what was kept", p[:n], err, "0123456789-", nil)
		return nil
	})
	readFrom(t, 10, "rest", true, func(r *Reader) error {
		got, err := rt.Await(r.ReadUntil("--"))
		wantData(t, "ReadUntil at the end", got, err, "rest", io.ErrUnexpectedEOF)
		got, err = rt.Await(r.ReadUntil("--"))
		wantData(t, "ReadUntil after the end", got, err, "", io.EOF)
		return nil
	})
}

// TestC210_ReadLine: unlike asyncio's, it drops nothing of a line that is too long. The last line need not have an end.
// CPython, 0123456789a in the long line: b'one\r\n' b'\n', ValueError "... chunk is longer than limit", and the line is gone: b'rest\r'
// b""; [!].
func TestC210_ReadLine(t *testing.T) {
	readFrom(t, 10, "one\r\n\n0123456789\nrest\r", true, func(r *Reader) error {
		for _, want := range []string{"one", ""} {
			got, err := rt.Await(r.ReadLine())
			wantData(t, "ReadLine", got, err, want, nil)
		}
		for range 2 {
			got, err := rt.Await(r.ReadLine())
			wantData(t, "ReadLine of a long line", got, err, "", bufio.ErrTooLong)
		}
		if _, err := rt.Await(r.Discard(1)); err != nil {
			return err
		}
		for _, want := range []string{"123456789", "rest\r"} {
			got, err := rt.Await(r.ReadLine())
			wantData(t, "ReadLine", got, err, want, nil)
		}
		got, err := rt.Await(r.ReadLine())
		wantData(t, "ReadLine after the end", got, err, "", io.EOF)
		return nil
	})
}

// TestC211_ReadFull: all, or what there is and an error. Nothing is read for an empty slice.
// CPython, readexactly: b"" of 0, abcde, IncompleteReadError(b'fg', 5), IncompleteReadError(b"", 5).
func TestC211_ReadFull(t *testing.T) {
	readFrom(t, 10, "abcdefg", true, func(r *Reader) error {
		p := make([]byte, 5)
		n, err := rt.Await(r.ReadFull(p[:0]))
		wantData(t, "ReadFull of nothing", p[:n], err, "", nil)
		n, err = rt.Await(r.ReadFull(p))
		wantData(t, "ReadFull", p[:n], err, "abcde", nil)
		n, err = rt.Await(r.ReadFull(p))
		wantData(t, "ReadFull at the end", p[:n], err, "fg", io.ErrUnexpectedEOF)
		n, err = rt.Await(r.ReadFull(p))
		wantData(t, "ReadFull after the end", p[:n], err, "", io.EOF)
		return nil
	})
}

// TestC212_Read: it returns as soon as there is a byte. All there is until the end is read by Copy.
// CPython: b"" of 0, a, b, read(-1) the rest, b"".
func TestC212_Read(t *testing.T) {
	c, peer := connPair(t)
	r := NewReader(c)
	run(t, func() error {
		peer.Write([]byte("ab"))
		p := make([]byte, 100)
		n, err := rt.Await(r.Read(p[:0]))
		wantData(t, "Read of nothing", p[:n], err, "", nil)
		n, err = rt.Await(r.Read(p[:1]))
		wantData(t, "Read of a byte", p[:n], err, "a", nil)
		n, err = rt.Await(r.Read(p))
		wantData(t, "Read", p[:n], err, "b", nil)
		peer.Write([]byte("the rest"))
		peer.CloseWrite()
		var all bytes.Buffer
		k, err := rt.Await(Copy(&all, r))
		wantData(t, "Copy", all.Bytes(), err, "the rest", nil)
		if k != 8 {
			t.Errorf("Copy says %d bytes", k)
		}
		n, err = rt.Await(r.Read(p))
		wantData(t, "Read at the end", p[:n], err, "", io.EOF)
		return nil
	})
}

// TestC214_ReadFullBeyondTheLimit: what is longer than the limit is read, too, into the caller's memory.
// CPython: the transport is paused, readexactly(10000) returns 10000 bytes.
func TestC214_ReadFullBeyondTheLimit(t *testing.T) {
	data := strings.Repeat("0123456789", 1000)
	readFrom(t, 10, data, false, func(r *Reader) error {
		p := make([]byte, len(data))
		n, err := rt.Await(r.ReadFull(p))
		wantData(t, "ReadFull", p[:n], err, data, nil)
		return nil
	})
}

// TestF07_PeerThatSendsWithoutEnd: a Reader holds its limit and no more, and so does a Writer to a peer that does not read.
func TestF07_PeerThatSendsWithoutEnd(t *testing.T) {
	c, peer := connPair(t)
	go func() {
		for err := error(nil); err == nil; {
			_, err = peer.Write(tooMuch[:1<<20])
		}
	}()
	run(t, func() error {
		r := NewReader(c)
		for range 100 {
			_, err := rt.Await(r.ReadLine())
			long, ok := errors.AsType[*LimitError](err)
			if !ok {
				return err
			}
			if len(r.buf.bytes) > DefaultReaderLimit {
				t.Fatalf("it holds %d bytes", len(r.buf.bytes))
			}
			if _, err := rt.Await(r.Discard(long.Consumed)); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestF18_ManyBytesGiveWay: to read or copy very much at once, without ever having to wait, does not hold up the other tasks.
func TestF18_ManyBytesGiveWay(t *testing.T) {
	const times = 64
	never := func() int { return 0 }
	all := func() int { return times * maxTransfer }
	for what, call := range map[string]func(src, dst *chunked) error{
		"Discard": func(src, dst *chunked) error {
			_, err := rt.Await(NewReader(src).Discard(times * maxTransfer))
			return err
		},
		"ReadFull": func(src, dst *chunked) error {
			src.piece = func() int { return 32 << 10 }
			_, err := rt.Await(NewReader(src).ReadFull(make([]byte, times*maxTransfer)))
			return err
		},
		"Copy": func(src, dst *chunked) error {
			_, err := rt.Await(Copy(dst, src))
			return err
		},
	} {
		run(t, func() error {
			src, dst := &chunked{left: tooMuch[:times*maxTransfer], piece: all, waits: never, end: io.EOF}, &chunked{piece: all, waits: never}
			others, ended := 0, false
			task := rt.Spawn0(func() error {
				defer func() { ended = true }()
				return call(src, dst)
			})
			for !ended {
				others++
				if err := rt.Await0(rt.Sleep(0)); err != nil {
					return err
				}
			}
			if others < times/2 {
				t.Errorf("%s: others ran %d times while %d times 256 KiB were moved", what, others, times)
			}
			_, err := rt.Await(task.Wait())
			return err
		})
	}
}

// TestBlockingFormsRefuseALoop: on a loop's own goroutine the blocking forms panic instead of hanging it.
func TestBlockingFormsRefuseALoop(t *testing.T) {
	c, _ := connPair(t)
	r := NewReader(c)
	task := func() (err error) {
		loop, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			return err
		}
		defer loop.Close()
		loop.CallSoon(func() {
			defer func() {
				if _, ok := recover().(rt.Misuse); !ok {
					t.Error("ReadLine on a loop's goroutine waits")
				}
				loop.Stop()
			}()
			r.ReadLine()
		})
		return loop.Run()
	}
	within(t, "Run", func() {
		if err := task(); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
