//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

// writeRandomly writes data through a Writer to dst in random pieces.
func writeRandomly(rng *rand.Rand, dst io.Writer, data []byte) error {
	size := []int{50, 1000, DefaultWriterSize, DefaultWriterSize + 1, 64 << 10}[rng.IntN(5)]
	w := NewWriterSize(dst, size)
	most := []int{10, size, 3 * size, 100 << 10}[rng.IntN(4)]
	for rest := data; len(rest) > 0; {
		p := rest[:min(rng.IntN(most+1), len(rest))]
		rest = rest[len(p):]
		n, err := 0, error(nil)
		if rng.IntN(2) == 0 {
			n, err = rt.Await(w.Write(p))
		} else {
			n, err = rt.Await(w.WriteString(string(p)))
		}
		if err != nil || n != len(p) {
			return errors.Join(err, io.ErrShortWrite)
		}
		if w.end-w.at > size || w.buf != nil && len(w.buf.bytes) > max(minBuffer, 2*size-1) {
			return errors.New("more is buffered than the size")
		}
		if rng.IntN(4) == 0 {
			if err := rt.Await0(w.Flush()); err != nil {
				return err
			}
		}
	}
	if err := rt.Await0(w.Flush()); err != nil {
		return err
	}
	if w.buf != nil || w.Buffered() != 0 || w.Written() != int64(len(data)) || w.Available() != size {
		return errors.New("not all is written after Flush, or the buffer is kept")
	}
	return nil
}

// TestF06_WriterPieces: what is written arrives in order, once, to each kind of destination, in a task and on a goroutine, also if the
// socket takes little at a time.
func TestF06_WriterPieces(t *testing.T) {
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 0))
		data := someBytes(rng, rng.IntN(100<<10))
		for _, form := range []string{"task", "goroutine"} {
			c, peer := connPair(t)
			unix.SetsockoptInt(c.sysfd, unix.SOL_SOCKET, unix.SO_SNDBUF, 1) // the least that the kernel allows
			a, b := net.Pipe()
			var buf bytes.Buffer
			memory := &chunked{piece: pieces(rng), waits: func() int { return rng.IntN(3) }}
			received := make(chan []byte, 2)
			for _, from := range []io.Reader{peer, b} {
				go func() {
					p, _ := io.ReadAll(from)
					received <- p
				}()
			}
			for name, dst := range map[string]io.Writer{"Conn": c, "AsyncWriter": memory, "io.Writer": &buf, "another conn": a} {
				write := func() error {
					if err := writeRandomly(rng, dst, data); err != nil {
						t.Errorf("seed %d, %s, %s: %v", seed, name, form, err)
					}
					return nil
				}
				if form == "task" {
					run(t, write)
				} else if dst != memory {
					within(t, name, func() { write() })
				}
			}
			c.CloseWrite()
			a.Close()
			for range 2 {
				if got := <-received; !bytes.Equal(got, data) {
					t.Errorf("seed %d, %s: %d bytes arrived on a connection, not the %d written", seed, form, len(got), len(data))
				}
			}
			b.Close()
			if !bytes.Equal(buf.Bytes(), data) || form == "task" && !bytes.Equal(memory.taken, data) {
				t.Errorf("seed %d, %s: something else arrived in memory", seed, form)
			}
		}
	}
}

// TestC198_TwoPiecesInOneCall: what is buffered and a write that does not fit go out together.
func TestC198_TwoPiecesInOneCall(t *testing.T) {
	c, peer := connPair(t)
	w := NewWriter(c)
	big := bytes.Repeat([]byte("b"), 2*DefaultWriterSize)
	run(t, func() error {
		if _, err := rt.Await(w.WriteString("small")); err != nil {
			return err
		}
		calls := 0
		fault = func() unix.Errno { calls++; return 0 }
		_, err := rt.Await(w.Write(big))
		fault = nil
		if calls != 1 || w.Buffered() != 0 {
			t.Errorf("%d system calls, %d bytes buffered afterwards", calls, w.Buffered())
		}
		return err
	})
	got := make([]byte, 5+len(big))
	if _, err := io.ReadFull(peer, got); err != nil || string(got[:6]) != "smallb" {
		t.Errorf("the peer has %.6q…, %v", got, err)
	}
}

// TestF32_SweepOfAWriter: whatever is cancelled or fails, what was accepted is written once and in order, or still to be.
func TestF32_SweepOfAWriter(t *testing.T) {
	rttest.Sweep(t, func(s *rttest.Scenario) {
		dst := &chunked{piece: func() int { return 7 }, waits: func() int { return 1 }}
		w := NewWriterSize(dst, 10)
		var accepted []byte
		s.GoPlain("write", func() error {
			for _, p := range []string{"a", "bcdefghijklmnop", "qrs", "tuvwxyz", "0123456789"} {
				n, err := rt.Await(w.WriteString(p))
				accepted = append(accepted, p[:n]...)
				if err != nil {
					return err
				}
			}
			return rt.Await0(w.Flush())
		})
		s.Check(func() {
			if all := append(bytes.Clone(dst.taken), w.unsent()...); !bytes.Equal(all, accepted) {
				s.Errorf("%q was accepted, %q is written, %q to be", accepted, dst.taken, w.unsent())
			}
			if w.Written() != int64(len(dst.taken)) {
				s.Errorf("Written is %d, not %d", w.Written(), len(dst.taken))
			}
			if w.busy {
				s.Error("the Writer is busy for ever")
			}
		})
	})
}

// untilWaits lets other tasks run until an operation of w waits.
func untilWaits(w *Writer) error {
	for !w.busy {
		if err := rt.Await0(rt.Sleep(0)); err != nil {
			return err
		}
	}
	return nil
}

// TestC217_WriteWaits: a Write to a peer that does not read waits, and so a Writer holds no more than its size. A cancel does not lose
// or repeat anything, and the Writer knows how much was written.
// CPython, 1000 writes of 10000 bytes: the buffer holds more than 5 MiB; with a drain after each 73440 bytes, the limit of 64 KiB and a
// write; [!].
func TestC217_WriteWaits(t *testing.T) {
	c, peer := connPair(t)
	w := NewWriter(c)
	data := bytes.Repeat([]byte("some 17 bytes or."), 1<<20)
	accepted := 0
	run(t, func() error {
		task := rt.Spawn0(func() error {
			for {
				n, err := rt.Await(w.Write(data[accepted:min(accepted+10000, len(data))]))
				accepted += n
				if err != nil {
					if !errors.Is(err, context.Canceled) {
						t.Errorf("error %v, want a cancel", err)
					}
					return nil
				}
			}
		})
		if err := untilWaits(w); err != nil {
			return err
		}
		if _, err := rt.Await(w.Write([]byte("x"))); err != ErrBusy {
			t.Errorf("Write beside another one: error %v, want ErrBusy", err)
		}
		if err := rt.Await0(w.Flush()); err != ErrBusy {
			t.Errorf("Flush beside a Write: error %v, want ErrBusy", err)
		}
		task.Cancel(nil)
		if _, err := rt.Await(task.Wait()); err != nil {
			return err
		}
		if w.Buffered() > DefaultWriterSize || w.Written()+int64(w.Buffered()) != int64(accepted) {
			t.Errorf("%d bytes accepted, %d written, %d buffered", accepted, w.Written(), w.Buffered())
		}
		received := rt.Spawn(func() ([]byte, error) {
			return rt.Await(rt.Blocking(func(context.Context) ([]byte, error) { return io.ReadAll(peer) }))
		})
		if _, err := rt.Await(w.Write(data[accepted:])); err != nil {
			return err
		}
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
		c.CloseWrite()
		got, err := rt.Await(received.Wait())
		if !bytes.Equal(got, data) {
			t.Errorf("%d bytes arrived, not the %d written", len(got), len(data))
		}
		return err
	})
}

// TestBlockingWriteIsKept: a Write without an async form that is waited for in vain is not made again.
func TestBlockingWriteIsKept(t *testing.T) {
	pr, pw := io.Pipe()
	defer pr.Close()
	w := NewWriter(pw)
	run(t, func() error {
		task := rt.Spawn0(func() error {
			if _, err := rt.Await(w.WriteString("hello")); err != nil {
				return err
			}
			if err := rt.Await0(w.Flush()); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want a cancel", err)
			}
			return nil
		})
		if err := untilWaits(w); err != nil {
			return err
		}
		task.Cancel(nil)
		if _, err := rt.Await(task.Wait()); err != nil {
			return err
		}
		if w.Buffered() != 5 || w.Written() != 0 {
			t.Errorf("%d bytes buffered, %d written, want 5 and 0", w.Buffered(), w.Written())
		}
		if _, err := rt.Await(w.WriteString(" world")); err != nil {
			return err
		}
		received := rt.Spawn(func() ([]byte, error) {
			return rt.Await(rt.Blocking(func(context.Context) ([]byte, error) { return io.ReadAll(pr) }))
		})
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
		pw.Close()
		got, err := rt.Await(received.Wait())
		if string(got) != "hello world" || w.Written() != 11 {
			t.Errorf("%q arrived, %d written", got, w.Written())
		}
		return err
	})
}

// TestWriterKeepsItsError: an error of the socket comes again, and Written tells how much the kernel had taken before.
func TestWriterKeepsItsError(t *testing.T) {
	c, peer := connPair(t)
	w := NewWriter(c)
	run(t, func() error {
		if _, err := rt.Await(w.WriteString("hello")); err != nil {
			return err
		}
		if err := rt.Await0(w.Flush()); err != nil {
			return err
		}
		if _, err := rt.Await(w.WriteString("world")); err != nil {
			return err
		}
		c.Close()
		wantErr(t, "Flush", rt.Await0(w.Flush()), net.ErrClosed)
		_, err := rt.Await(w.WriteString("!"))
		wantErr(t, "Write after it", err, net.ErrClosed)
		if w.Written() != 5 {
			t.Errorf("%d bytes written, want 5", w.Written())
		}
		return nil
	})
	peer.Close()

	short := NewWriter(shortWriter{})
	short.Write([]byte("hello"))
	if err := short.Flush(); err != io.ErrShortWrite {
		t.Errorf("error %v, want a short write", err)
	}
	run(t, func() error {
		w := NewWriter(shortWriter{})
		w.Write([]byte("hello"))
		if err := rt.Await0(w.Flush()); err != io.ErrShortWrite || w.Written() != 1 {
			t.Errorf("%d written, error %v, want a short write", w.Written(), err)
		}
		return nil
	})
}

// TestWriter_KeepsErrors: an error of the destination is kept, one that is thrown at a wait in it as well; not a cancel, nor what is thrown at
// the Writer's own wait for a Conn. None of them loses or repeats a byte.
func TestWriter_KeepsErrors(t *testing.T) {
	thrown := func(task *rt.Task[int]) { task.Fiber().Throw(rttest.ErrInjected) }
	cancelled := func(task *rt.Task[int]) { task.Cancel(nil) }
	for name, kind := range map[string]struct {
		conn  bool // the destination is one
		fail  func(task *rt.Task[int])
		keeps bool
	}{
		"AsyncWriter, thrown":    {false, thrown, true},
		"AsyncWriter, cancelled": {false, cancelled, false},
		"Conn, thrown":           {true, thrown, false},
		"Conn, cancelled":        {true, cancelled, false},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func() error {
				memory := &chunked{piece: func() int { return 1 << 10 }, waits: func() int { return 100 }}
				var dst io.Writer = memory
				c, peer := connPair(t)
				if kind.conn {
					fill(c)
					dst = c
				}
				w := NewWriterSize(dst, 10)
				task := rt.Spawn(func() (int, error) { return rt.Await(w.Write([]byte("more than ten"))) })
				for !w.busy {
					turn()
				}
				kind.fail(task)
				n, failed := rt.Await(task.Wait())
				if failed == nil || w.Written()+int64(w.Buffered()) != int64(n) || len(memory.taken) != int(w.Written()) {
					t.Errorf("%d bytes are accepted, %d written, %d buffered: %v", n, w.Written(), w.Buffered(), failed)
				}
				go io.Copy(io.Discard, peer)
				_, err := rt.Await(w.WriteString("again"))
				if err == nil {
					err = rt.Await0(w.Flush())
				}
				if kind.keeps && err != failed || !kind.keeps && (err != nil || w.Written() != int64(n)+5) {
					t.Errorf("after %v the next calls return %v, and %d bytes are written", failed, err, w.Written())
				}
				return nil
			})
		})
	}
}

// A Writer that is reset is as new, whatever it was before.
func TestWriterReset(t *testing.T) {
	for _, before := range []struct {
		name string
		use  func(w *Writer)
	}{
		{"used", func(w *Writer) { w.WriteString("old"); w.Flush() }},
		{"filled", func(w *Writer) { w.WriteString("old") }},
		{"failed", func(w *Writer) { w.Reset(shortWriter{}); w.WriteString("old"); w.Flush() }},
	} {
		var old, dst bytes.Buffer
		w := NewWriterSize(&old, 5)
		before.use(w)
		w.Reset(&dst)
		if w.Buffered() != 0 || w.Available() != 5 || w.Written() != 0 || w.buf != nil {
			t.Errorf("%s: %d bytes are buffered, %d available, %d written", before.name, w.Buffered(), w.Available(), w.Written())
		}
		w.WriteString("new")
		if err := w.Flush(); err != nil || dst.String() != "new" || w.Written() != 3 {
			t.Errorf("%s: %q was written, %v", before.name, &dst, err)
		}
	}
}

// While a call waits a Writer is not reset.
func TestWriterResetInUse(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		w := NewWriter(c)
		task := rt.Spawn(func() (int, error) { return rt.Await(w.Write(tooMuch)) })
		for !c.waits(writing) {
			turn()
		}
		func() {
			defer func() {
				if _, ok := recover().(rt.Misuse); !ok {
					t.Error("Reset of a Writer while Write waits does not panic with Misuse")
				}
			}()
			w.Reset(peer)
		}()
		task.Cancel(nil)
		task.Wait()
		w.Reset(peer) // the cancel has ended the call
		return nil
	})
}

// A shortWriter takes one byte at a time.
type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return 1, nil }
