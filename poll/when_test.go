//go:build linux

package poll

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestTry: attempts wait for nothing.
func TestTry(t *testing.T) {
	c, peer := connPair(t)
	buf := make([]byte, 10)
	if n, err := c.TryRead(buf); n != 0 || err != ErrWouldBlock {
		t.Errorf("TryRead of nothing: %d, %v", n, err)
	}
	if !errors.Is(ErrWouldBlock, syscall.EAGAIN) {
		t.Error("ErrWouldBlock is not EAGAIN")
	}
	if e, ok := ErrWouldBlock.(interface{ Timeout() bool }); !ok || e.Timeout() {
		t.Error("ErrWouldBlock is a timeout, or no net.Error")
	}
	if e, ok := ErrWouldBlock.(interface{ Temporary() bool }); !ok || !e.Temporary() { // crypto/tls asks
		t.Error("ErrWouldBlock is not temporary")
	}
	if n, err := c.TryRead(nil); n != 0 || err != nil {
		t.Errorf("TryRead into nothing: %d, %v", n, err)
	}
	peer.Write([]byte("abc"))
	for { // until it has arrived
		n, err := c.TryRead(buf)
		if err == ErrWouldBlock {
			continue
		}
		if string(buf[:n]) != "abc" || err != nil {
			t.Errorf("TryRead: %q, %v", buf[:n], err)
		}
		break
	}
	sent, err := c.TryWrite(tooMuch)
	if sent == 0 || sent == len(tooMuch) || err != ErrWouldBlock {
		t.Errorf("TryWrite of too much: %d, %v", sent, err)
	}
	if n, err := io.CopyN(io.Discard, peer, int64(sent)); err != nil {
		t.Errorf("%d of %d bytes have arrived, %v", n, sent, err)
	}
	c.Close()
	_, err = c.TryRead(buf)
	wantErr(t, "TryRead when closed", err, net.ErrClosed)
	_, err = c.TryWrite(buf)
	wantErr(t, "TryWrite when closed", err, net.ErrClosed)
	_, err = c.TryWrite(nil)
	wantErr(t, "TryWrite of nothing when closed", err, net.ErrClosed)
}

// whenForms are WhenReadable and WhenWritable in each form.
var whenForms = map[string]func(c *Conn, d direction, try func() bool) error{
	"blocking": whenBlocking,
	"plain": func(c *Conn, d direction, try func() bool) error {
		return rt.Run0(func() error { return whenBlocking(c, d, try) })
	},
	"async": func(c *Conn, d direction, try func() bool) error {
		if d == reading {
			return rt.RunAsync0(c.WhenReadableAsync(try))
		}
		return rt.RunAsync0(c.WhenWritableAsync(try))
	},
}

func whenBlocking(c *Conn, d direction, try func() bool) error {
	if d == reading {
		return c.WhenReadable(try)
	}
	return c.WhenWritable(try)
}

// TestWhen reads and writes in pieces by hand, in each form.
func TestWhen(t *testing.T) {
	for form, when := range whenForms {
		t.Run(form, func(t *testing.T) {
			c, peer := connPair(t)
			const pieces, piece = 5, 1000
			go func() {
				for range pieces {
					peer.Write(make([]byte, piece))
				}
			}()
			got, calls := 0, 0
			buf := make([]byte, piece/3)
			within(t, "WhenReadable", func() {
				err := when(c, reading, func() bool {
					calls++
					for {
						n, err := c.TryRead(buf)
						if got += n; err == ErrWouldBlock {
							return got == pieces*piece
						} else if err != nil {
							t.Errorf("TryRead: %v", err)
							return true
						}
					}
				})
				if got != pieces*piece || err != nil {
					t.Errorf("read %d bytes in %d calls, %v; want %d", got, calls, err, pieces*piece)
				}
			})
			go io.Copy(io.Discard, peer)
			left := tooMuch
			within(t, "WhenWritable", func() {
				err := when(c, writing, func() bool {
					n, err := c.TryWrite(left)
					left = left[n:]
					return err != ErrWouldBlock
				})
				if len(left) > 0 || err != nil {
					t.Errorf("%d bytes are left to write, %v", len(left), err)
				}
			})
		})
	}
}

// TestWhen_Errors: neither a deadline that has passed nor a close has try called, and both end a wait.
func TestWhen_Errors(t *testing.T) {
	never := func() bool {
		t.Error("try is called")
		return true
	}
	for form, when := range whenForms {
		t.Run(form, func(t *testing.T) {
			for _, d := range []direction{reading, writing} {
				c, _ := connPair(t)
				fill(c)
				blocks := func() bool { return false }
				within(t, "a deadline", func() {
					c.SetDeadline(time.Now().Add(time.Millisecond))
					wantErr(t, "until the deadline", when(c, d, blocks), os.ErrDeadlineExceeded)
					wantErr(t, "after the deadline", when(c, d, never), os.ErrDeadlineExceeded)
				})
				c.SetDeadline(time.Time{})
				within(t, "close", func() {
					first := true
					wantErr(t, "while it is closed", when(c, d, func() bool {
						if first {
							go c.Close()
						}
						first = false
						return false
					}), net.ErrClosed)
					wantErr(t, "when closed", when(c, d, never), net.ErrClosed)
				})
			}
		})
	}
}

// TestWhen_Closes: an attempt may close the connection, and one that uses it then may be the last to do so. Nobody waits for himself.
func TestWhen_Closes(t *testing.T) {
	for form, when := range whenForms {
		t.Run(form, func(t *testing.T) {
			for attempt := 1; attempt <= 2; attempt++ {
				for _, done := range []bool{false, true} {
					c, peer := connPair(t)
					number := c.sysfd
					calls := 0
					within(t, fmt.Sprintf("close in attempt %d", attempt), func() {
						err := when(c, reading, func() bool {
							if calls++; calls < attempt {
								go peer.Write([]byte("x"))
								return false
							}
							var group sync.WaitGroup
							group.Go(func() { c.Close() })
							group.Wait()
							_, err := c.TryRead(make([]byte, 1))
							wantErr(t, "TryRead when closed", err, net.ErrClosed)
							return done
						})
						if done && err != nil {
							t.Errorf("an attempt that is done: %v", err)
						} else if !done {
							wantErr(t, "an attempt that is not done", err, net.ErrClosed)
						}
					})
					if to := openAt(number); to != "" {
						t.Errorf("the descriptor is still open, of %s", to)
					}
				}
			}
		})
	}
}

// TestWhen_TryRead: the operation's own attempt makes no system call when nothing can be there, and loses nothing by that.
func TestWhen_TryRead(t *testing.T) {
	calls := 0
	fault = func() unix.Errno { calls++; return 0 }
	defer func() { fault = nil }()
	run(t, func() error {
		c, peer := connPair(t)
		var op ConnWhenReadableOp
		buf := make([]byte, 10)
		for _, line := range []string{"a", "bc"} {
			tried := 0
			op.Init(c, func() bool {
				before := calls
				n, err := op.TryRead(buf)
				tried += calls - before
				return err != ErrWouldBlock || n > 0
			})
			co := &awaitCoro{op: &op, result: func() error { _, err := op.Result(); return err }}
			task := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[struct{}](co))
			rt.Await0(rt.YieldNow())
			rt.Await0(rt.YieldNow()) // it waits, and what the registration reported has been collected
			before := tried
			peer.Write([]byte(line))
			if _, err := rt.Await(task.Wait()); err != nil || string(buf[:len(line)]) != line {
				t.Errorf("read %q, %v; want %q", buf, err, line)
			}
			if line == "bc" && before != 0 {
				t.Errorf("%d system calls where a short read had shown that nothing was there", before)
			}
			if tried-before != 1 {
				t.Errorf("%d system calls for what has come, want 1", tried-before)
			}
			if left := references("", reflect.ValueOf(&op).Elem()); left != nil {
				t.Errorf("the operation refers to %v after its result was read", left)
			}
		}
		return nil
	})
}

// TestWhen_Cancel: a cancel comes between two attempts, and a second operation in the direction is refused.
func TestWhen_Cancel(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		buf := make([]byte, 10)
		read := func() (n int, err error) {
			err = c.WhenReadable(func() bool {
				n, err = c.TryRead(buf)
				return err != ErrWouldBlock
			})
			return n, err
		}
		waits := rt.Spawn(read)
		rt.Await0(rt.YieldNow())
		_, err := read()
		wantErr(t, "a second WhenReadable", err, ErrBusy)
		waits.Cancel(nil)
		if _, err := rt.Await(waits.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
			t.Errorf("cancelled: %v", err)
		}
		peer.Write([]byte("x"))
		if n, err := read(); n != 1 || err != nil {
			t.Errorf("after the cancel: %d, %v", n, err)
		}
		return nil
	})
}

// TestWhen_Panic: a try that panics leaves the direction to others.
func TestWhen_Panic(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		calls := 0
		func() {
			defer func() {
				if p := recover(); p != "enough" {
					t.Errorf("recovered %v", p)
				}
			}()
			c.WhenReadable(func() bool {
				if calls++; calls == 1 {
					go peer.Write([]byte("x"))
					return false
				}
				panic("enough")
			})
		}()
		n, err := rt.Await(c.Read(make([]byte, 1)))
		if n != 1 || err != nil {
			t.Errorf("Read after the panic: %d, %v", n, err)
		}
		return nil
	})
}

// TestWhen_GiveWay: an attempt that could go on lets others run, to whom the direction stays closed, and meets a cancel before the next.
func TestWhen_GiveWay(t *testing.T) {
	run(t, func() error {
		c, _ := connPair(t)
		calls := 0
		op := new(ConnWhenWritableOp)
		op.Init(c, func() bool {
			calls++
			op.GiveWay()
			return false
		})
		task := rt.Spawn0(func() error {
			_, err := rt.Block(op)
			return err
		})
		for want := range 5 {
			if calls != want {
				t.Errorf("%d calls after %d turns", calls, want)
			}
			rt.Await0(rt.YieldNow())
		}
		_, err := rt.Await(c.Write([]byte("x")))
		wantErr(t, "Write in the midst", err, ErrBusy)
		task.Cancel(nil)
		before := calls
		if _, err := rt.Await(task.Wait()); !errors.Is(err, rt.ErrTaskCanceled) || calls != before {
			t.Errorf("cancelled: %v, after %d more calls", err, calls-before)
		}
		_, err = rt.Await(c.Write([]byte("x")))
		return err
	})
}
