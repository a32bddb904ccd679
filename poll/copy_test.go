//go:build linux

package poll

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

// A copyTarget is where a Copy goes: received waits for all that arrived there, once done has been called.
type copyTarget struct {
	dst      io.Writer
	done     func()
	received func() []byte
}

// targetKinds are the kinds of targets that targetOf makes.
var targetKinds = []string{"Conn", "Unix conn", "File", "another conn", "AsyncWriter", "io.Writer"}

// targetOf returns a target of some kind. The end of the test closes it.
func targetOf(t *testing.T, rng *rand.Rand, kind string) copyTarget {
	t.Helper()
	connected := func(dst io.Writer, peer io.Reader, done func()) copyTarget {
		all := make(chan []byte, 1)
		go func() {
			p, _ := io.ReadAll(peer)
			all <- p
		}()
		return copyTarget{dst, done, func() []byte { return <-all }}
	}
	switch kind {
	case "Conn":
		c, peer := connPair(t)
		return connected(c, peer, func() { c.CloseWrite() })
	case "Unix conn":
		c, peer := pairOver(t, "unix")
		return connected(c, peer, func() { c.CloseWrite() })
	case "File":
		r, w := pipe(t)
		return connected(w, r, func() { w.Close() })
	case "another conn":
		a, b := net.Pipe()
		t.Cleanup(func() { a.Close() })
		return connected(a, b, func() { a.Close() })
	case "AsyncWriter":
		memory := &chunked{piece: pieces(rng), waits: func() int { return rng.IntN(3) }}
		return copyTarget{memory, func() {}, func() []byte { return memory.taken }}
	}
	buf := new(bytes.Buffer)
	return copyTarget{struct{ io.Writer }{buf}, func() {}, buf.Bytes}
}

// fileOf returns an open file that has data after its position.
func fileOf(t *testing.T, data []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, append([]byte("before"), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	f.Seek(6, io.SeekStart)
	return f
}

// TestCopy copies from each kind of source to each kind of destination, in a task and on a goroutine, all there is or a part.
func TestCopy(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, from := range append([]string{"file", "Reader"}, sourceKinds...) {
		for _, to := range targetKinds {
			for _, form := range []string{"task", "goroutine"} {
				if form == "goroutine" && (from == "AsyncReader" || from == "ReadWaiter" || to == "AsyncWriter") {
					continue // the test's own: they have no blocking form
				}
				for _, part := range []bool{false, true} {
					data := someBytes(rng, rng.IntN(50<<10))
					check := func() error {
						var src io.Reader
						switch from {
						case "file":
							src = fileOf(t, data)
						case "Reader":
							r := NewReader(sourceOf(t, rng, "Conn", data))
							rt.Await(r.Peek(1))
							src = r
						default:
							src = sourceOf(t, rng, from, data)
						}
						if err := copyAndCheck(targetOf(t, rng, to), src, data, part); err != nil {
							t.Errorf("from %s to %s, in a %s, in part %v: %v", from, to, form, part, err)
						}
						return nil
					}
					if form == "task" {
						run(t, check)
					} else {
						within(t, from+" to "+to, func() { check() })
					}
				}
			}
		}
	}
}

// copyAndCheck copies data from src to dst, with part in two parts and then some.
func copyAndCheck(dst copyTarget, src io.Reader, data []byte, part bool) error {
	n, err := int64(0), error(nil)
	if part {
		half := int64(len(data) / 2)
		n, err = rt.Await(CopyN(dst.dst, src, half))
		if n != half || err != nil {
			return fmt.Errorf("CopyN of %d copied %d, %v", half, n, err)
		}
		if f, ok := src.(*os.File); ok {
			if at, _ := f.Seek(0, io.SeekCurrent); at != 6+n {
				return fmt.Errorf("after CopyN the file is at %d, not at %d", at, 6+n)
			}
		}
		k, err := rt.Await(CopyN(dst.dst, src, int64(len(data))))
		n += k
		if want := io.EOF; err != want && len(data) > 0 {
			return fmt.Errorf("CopyN of more than there is: error %v", err)
		}
	} else if n, err = rt.Await(Copy(dst.dst, src)); err != nil {
		return err
	}
	if f, ok := src.(*os.File); ok {
		if at, _ := f.Seek(0, io.SeekCurrent); at != 6+n {
			return fmt.Errorf("the file is at %d, not at %d", at, 6+n)
		}
	}
	dst.done()
	if got := dst.received(); n != int64(len(data)) || !bytes.Equal(got, data) {
		return fmt.Errorf("copied %d bytes of %d, and %d arrived", n, len(data), len(got))
	}
	return nil
}

// TestC195_FilePositionAfterCancel cancels a Copy of a file to a peer that does not read: the file is at what was sent, whether by
// sendfile or through a buffer.
// CPython 3.11, a cancelled sock_sendfile to a peer that does not read: 80384 bytes arrive, the file is at 0; by its fallback at 262144,
// the end of the block that was read.
func TestC195_FilePositionAfterCancel(t *testing.T) {
	data := bytes.Repeat([]byte("some 17 bytes or."), 1<<20)
	for _, kind := range []string{"Conn", "Writer"} {
		f := fileOf(t, data)
		c, peer := connPair(t)
		var dst io.Writer = c
		if kind == "Writer" {
			dst = struct{ AsyncWriter }{c} // hides that it is a Conn
		}
		run(t, func() error {
			var n int64
			task := rt.Spawn0(func() (err error) {
				n, err = rt.Await(Copy(dst, f))
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: error %v, want a cancel", kind, err)
				}
				return nil
			})
			for !c.waits(writing) {
				if err := rt.Await0(rt.Sleep(0)); err != nil {
					return err
				}
			}
			task.Cancel(nil)
			if _, err := rt.Await(task.Wait()); err != nil {
				return err
			}
			c.CloseWrite()
			got, err := rt.Await(rt.Blocking(func(context.Context) ([]byte, error) { return io.ReadAll(peer) }))
			if at, _ := f.Seek(0, io.SeekCurrent); at != 6+n || len(got) != int(n) || !bytes.Equal(got, data[:n]) {
				t.Errorf("%s: copied %d bytes, %d arrived, the file is at %d", kind, n, len(got), at)
			}
			return err
		})
	}
}

// TestCancelledCopyLosesNothing cancels a Copy from a Reader to a peer that does not read, when data is in the pipe between them.
func TestCancelledCopyLosesNothing(t *testing.T) {
	data := bytes.Repeat([]byte("some 17 bytes or."), 1<<20)
	src, from := connPair(t)
	dst, to := connPair(t)
	sent := make(chan error, 1)
	go func() {
		_, err := from.Write(data)
		from.CloseWrite()
		sent <- err
	}()
	run(t, func() error {
		r := NewReader(src)
		op := new(CopyOp)
		op.Init(dst, r)
		op.Visible()
		task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[int64](op))
		for !dst.waits(writing) {
			if err := rt.Await0(rt.Sleep(0)); err != nil {
				return err
			}
		}
		if op.pipe == nil || op.pipe.held == 0 {
			t.Error("nothing is in the pipe: the test tests nothing")
		}
		if _, err := rt.Await(r.Peek(1)); err != ErrBusy {
			t.Errorf("Peek beside a Copy: error %v, want ErrBusy", err)
		}
		task.Cancel(nil)
		if _, err := rt.Await(task.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
			t.Errorf("error %v, want a cancel", err)
		}
		n, _ := op.Result()
		received := rt.Spawn(func() ([]byte, error) {
			return rt.Await(rt.Blocking(func(context.Context) ([]byte, error) { return io.ReadAll(to) }))
		})
		rest, err := rt.Await(Copy(dst, r))
		if err != nil || n+rest != int64(len(data)) {
			t.Errorf("copied %d and then %d bytes, %v", n, rest, err)
		}
		dst.CloseWrite()
		got, err := rt.Await(received.Wait())
		if !bytes.Equal(got, data) {
			t.Errorf("%d bytes arrived, not the %d sent", len(got), len(data))
		}
		return err
	})
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// TestF32_SweepOfACopy: whatever is cancelled or fails, what a Copy from a Reader has not written is still in the Reader.
func TestF32_SweepOfACopy(t *testing.T) {
	data := []byte("some data that is copied in small pieces")
	rttest.Sweep(t, func(s *rttest.Scenario) {
		src := &chunked{left: data, piece: func() int { return 10 }, waits: func() int { return 1 }, end: io.EOF}
		dst := &chunked{piece: func() int { return 4 }, waits: func() int { return 1 }}
		r := NewReader(src)
		n := int64(0)
		s.GoPlain("copy", func() error {
			some, err := rt.Await(CopyN(dst, r, 15))
			n += some
			if err != nil {
				return err
			}
			some, err = rt.Await(Copy(dst, r))
			n += some
			return err
		})
		s.Check(func() {
			all := append(bytes.Clone(dst.taken), r.unread()...)
			if all = append(all, src.left...); !bytes.Equal(all, data) || n != int64(len(dst.taken)) {
				s.Errorf("copied %d: %q is written, %q buffered, %q left", n, dst.taken, r.unread(), src.left)
			}
			if r.busy {
				s.Error("the Reader is busy for ever")
			}
		})
	})
}

// A bomb is an AsyncReader and an AsyncWriter that panics, after it has waited.
type bomb struct{ *chunked }

func (b bomb) ReadAsync(p []byte) rt.Awaitable[int] {
	co := &chunkedCoro{c: b.chunked, do: func() (int, error) { panic("boom") }}
	co.Visible()
	return co
}

func (b bomb) WriteAsync(p []byte) rt.Awaitable[int] { return b.ReadAsync(p) }

// TestCopyWithPanic: when one end panics, the other can be used again, and a Reader has what was not written.
func TestCopyWithPanic(t *testing.T) {
	c, peer := connPair(t)
	run(t, func() error {
		b := bomb{&chunked{waits: func() int { return 1 }}}
		copyTo := func(dst io.Writer, src io.Reader) {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("recovered %v", p)
				}
			}()
			rt.Await(Copy(dst, src))
		}
		r := NewReader(c)
		task := rt.Spawn0(func() error {
			copyTo(b, r)
			return nil
		})
		for !c.waits(reading) {
			if err := rt.Await0(rt.Sleep(0)); err != nil {
				return err
			}
		}
		peer.Write([]byte("hello"))
		if _, err := rt.Await(task.Wait()); err != nil {
			return err
		}
		p := make([]byte, 5)
		n, err := rt.Await(r.ReadFull(p))
		wantData(t, "ReadFull after the panic", p[:n], err, "hello", nil)
		peer.Write([]byte("again"))
		n, err = rt.Await(r.ReadFull(p))
		wantData(t, "ReadFull of more", p[:n], err, "again", nil)
		copyTo(c, b)
		_, err = rt.Await(c.Write(p))
		return err
	})
}

// TestIdleCopyHoldsNothing: a Copy that waits for data has neither a pipe nor a buffer.
func TestIdleCopyHoldsNothing(t *testing.T) {
	for _, kind := range []string{"Conn", "Writer"} {
		src, from := connPair(t)
		c, to := connPair(t)
		var dst io.Writer = c
		if kind == "Writer" {
			dst = struct{ AsyncWriter }{c}
		}
		run(t, func() error {
			op := new(CopyOp)
			op.Init(dst, src)
			op.Visible()
			task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[int64](op))
			for range 3 {
				for !src.waits(reading) {
					if err := rt.Await0(rt.Sleep(0)); err != nil {
						return err
					}
				}
				if op.pipe != nil || op.own.buf != nil {
					t.Errorf("%s: it waits with a pipe or a buffer", kind)
				}
				from.Write([]byte("hello"))
				got := make([]byte, 5)
				if _, err := rt.Await(rt.Blocking(func(context.Context) (int, error) { return io.ReadFull(to, got) })); err != nil {
					return err
				}
			}
			from.Close()
			n, err := rt.Await(task.Wait())
			if n != 15 {
				t.Errorf("%s: copied %d bytes, not 15", kind, n)
			}
			return err
		})
	}
}

// TestF02_CopyWithoutDescriptors: a Copy that gets no pipe goes through memory.
func TestF02_CopyWithoutDescriptors(t *testing.T) {
	src, from := connPair(t)
	dst, to := connPair(t)
	from.Write([]byte("hello"))
	from.CloseWrite()
	run(t, func() error {
		var limit unix.Rlimit
		unix.Getrlimit(unix.RLIMIT_NOFILE, &limit)
		none := limit
		none.Cur = 0
		op := new(CopyOp)
		op.Init(dst, src)
		for conduits.Get() != nil { // what tests before have left
		}
		unix.Setrlimit(unix.RLIMIT_NOFILE, &none)
		n, err := rt.Block(op)
		unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
		if n != 5 || op.by != byBuffer {
			t.Errorf("copied %d bytes, by %v", n, op.by)
		}
		return err
	})
	dst.Close()
	if got, err := io.ReadAll(to); err != nil || string(got) != "hello" {
		t.Errorf("%q arrived, %v", got, err)
	}
}

// BenchmarkCopy: from one connection to another, in the kernel and through memory, 1 MiB at a time.
func BenchmarkCopy(b *testing.B) {
	const size = 1 << 20
	for _, kind := range []string{"splice", "buffer"} {
		b.Run(kind, func(b *testing.B) {
			src, from := connPair(b)
			c, to := connPair(b)
			var dst io.Writer = c
			if kind == "buffer" {
				dst = struct{ AsyncWriter }{c}
			}
			go func() {
				for err := error(nil); err == nil; {
					_, err = from.Write(tooMuch[:size])
				}
			}()
			go io.Copy(struct{ io.Writer }{io.Discard}, to)
			l, err := rt.NewLoop(rt.LoopOptions{})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			b.SetBytes(size)
			b.ResetTimer()
			if _, err := rt.RunUntil(l, rt.SpawnOn(l, CopyNAsync(dst, src, int64(b.N)*size))); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// TestF03_InterruptedCopy: a signal that interrupts a system call neither loses nor repeats anything.
func TestF03_InterruptedCopy(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	data := someBytes(rng, 300<<10)
	for _, kind := range []string{"Conn", "file"} {
		dst := targetOf(t, rng, "Conn")
		src := io.Reader(fileOf(t, data))
		if kind == "Conn" {
			src = sourceOf(t, rng, "Conn", data)
		}
		interrupted := 0
		run(t, func() error {
			fault = func() unix.Errno {
				if interrupted > 0 && rng.IntN(3) > 0 { // the first call always is: there may be only one
					return 0
				}
				interrupted++
				return unix.EINTR
			}
			defer func() { fault = nil }()
			return copyAndCheck(dst, src, data, false)
		})
		if interrupted == 0 {
			t.Errorf("from %s: nothing was interrupted", kind)
		}
	}
}

// A fullDisk takes three bytes.
type fullDisk struct{}

var errDiskFull = errors.New("disk full")

func (fullDisk) Write([]byte) (int, error) { return 3, errDiskFull }

// TestCopy_FailingWriter: what a dst without an async form has not taken when it fails is still in the Reader.
func TestCopy_FailingWriter(t *testing.T) {
	for name, copied := range map[string]func(dst io.Writer, src io.Reader) (int64, error){
		"goroutine": Copy,
		"task": func(dst io.Writer, src io.Reader) (int64, error) {
			return rt.Run(func() (int64, error) { return Copy(dst, src) })
		},
		"async": func(dst io.Writer, src io.Reader) (int64, error) { return rt.RunAsync(CopyAsync(dst, src)) },
	} {
		src := NewReader(bytes.NewReader([]byte("hello world")))
		n, err := copied(fullDisk{}, src)
		if n != 3 || err != errDiskFull {
			t.Errorf("%s: copied %d, %v; want 3, %v", name, n, err, errDiskFull)
		}
		if left, _ := io.ReadAll(src); string(left) != "lo world" {
			t.Errorf("%s: %q is left in the Reader, want %q", name, left, "lo world")
		}
	}
}
