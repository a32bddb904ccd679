//go:build linux

package poll

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// turn lets the loop poll, and what is ready run.
func turn() { rt.Await0(rt.YieldNow()) }

// selecting spawns a task that waits for one of ws, and lets it begin.
func selecting(ws ...rt.Waiter) *rt.Task[int] {
	task := rt.Spawn(func() (int, error) { return rt.Await(rt.Select(ws...)) })
	turn()
	return task
}

// chosen waits for the Select and fails the test unless it has chosen this one.
func chosen(t *testing.T, task *rt.Task[int], want int) {
	t.Helper()
	if i, err := rt.Await(task.Wait()); i != want || err != nil {
		t.Errorf("Select chose %d, %v; want %d", i, err, want)
	}
}

// A read that a Select does not choose has taken nothing, whether it waited or was ready too.
func TestWaiter_ReadThatLoses(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			stop := rt.NewEvent()
			read := c.ReadOp(make([]byte, 10))
			task := selecting(read, stop.WaitOp())
			stop.Set()
			chosen(t, task, 1)
			peer.Write([]byte("hello"))
			task = selecting(read, rt.NewEvent().WaitOp()) // the same again
			chosen(t, task, 0)
			if n, err := read.Result(); n != 5 || err != nil {
				t.Errorf("read %d bytes, %v; want 5", n, err)
			}
			return nil
		})
	})
}

// Statement 179: of two connections that become ready in one batch one is read; the other, withdrawn before its event is dispatched, is
// not, and keeps its bytes.
// CPython, two readers, each of which removes the other: a:hello, and b's bytes are still there.
func TestC179_OneOfTwoReadyAtOnce(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, waits := range []bool{true, false} {
			run(t, func() error {
				var conns [2]*Conn
				var peers [2]net.Conn
				var bufs [2][10]byte
				var reads [2]*Waiter[int]
				for i := range conns {
					conns[i], peers[i] = pairOver(t, network)
					reads[i] = conns[i].ReadOp(bufs[i][:])
				}
				write := func() {
					for _, peer := range peers {
						peer.Write([]byte("hello"))
					}
				}
				if !waits {
					write()
				}
				task := selecting(reads[0], reads[1])
				if waits {
					write()
				}
				won, err := rt.Await(task.Wait())
				if err != nil {
					return err
				}
				if n, err := reads[won].Result(); n != 5 || err != nil {
					t.Errorf("the chosen one read %d bytes, %v; want 5", n, err)
				}
				if bufs[1-won] != [10]byte{} {
					t.Error("the other one has written to its buffer")
				}
				n, err := rt.Await(conns[1-won].Read(make([]byte, 10)))
				if n != 5 || err != nil {
					t.Errorf("the other connection has %d bytes, %v; want 5", n, err)
				}
				return nil
			})
		}
	})
}

// A wake-up for nothing does not end a Select: somebody else has read the byte.
func TestF04_SpuriousReadinessInSelect(t *testing.T) {
	c, peer := connPair(t)
	number, err := unix.FcntlInt(uintptr(c.sysfd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	twin := newConn(c.kind, number, c.remote(), c.local.Load())
	defer twin.Close()
	run(t, func() error {
		first, second := selecting(c.ReadOp(make([]byte, 10))), selecting(twin.ReadOp(make([]byte, 10)))
		peer.Write([]byte("a"))
		for !first.Done() && !second.Done() {
			turn()
		}
		for range 3 {
			turn()
		}
		if first.Done() == second.Done() {
			t.Errorf("after one byte %v and %v ended, want one of them", first.Done(), second.Done())
		}
		peer.Write([]byte("b"))
		chosen(t, first, 0)
		chosen(t, second, 0)
		return nil
	})
}

// How a wait ends that no byte ends.
func TestWaiter_EndsByAnError(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, test := range []struct {
			name string
			do   func(c *Conn, peer net.Conn)
			want error
		}{
			{"closed", func(c *Conn, _ net.Conn) { c.Close() }, net.ErrClosed},
			{"closed by a goroutine", func(c *Conn, _ net.Conn) { go c.Close() }, net.ErrClosed},
			{"deadline in the past", func(c *Conn, _ net.Conn) { c.SetReadDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
			{"deadline to come", func(c *Conn, _ net.Conn) { c.SetReadDeadline(time.Now().Add(time.Millisecond)) }, os.ErrDeadlineExceeded},
			{"end of the stream", func(_ *Conn, peer net.Conn) { peer.Close() }, io.EOF},
		} {
			for _, waits := range []bool{true, false} {
				run(t, func() error {
					c, peer := pairOver(t, network)
					read := c.ReadOp(make([]byte, 1))
					if !waits {
						test.do(c, peer)
					}
					task := selecting(read)
					if waits {
						test.do(c, peer)
					}
					chosen(t, task, 0)
					if n, err := read.Result(); n != 0 || !errors.Is(err, test.want) {
						t.Errorf("%s: %d, %v; want %v", test.name, n, err, test.want)
					}
					return nil
				})
			}
		}
	})
}

// Statement 186: a cancel of who selects frees the direction at once, and takes nothing.
// CPython, sock_recv: registered, still so after the cancel, no more one iteration later; the next sock_recv reads hello; [!].
func TestC186_CancelledSelectLetsGo(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			read := c.ReadOp(make([]byte, 10))
			task := selecting(read)
			if _, err := rt.Await(c.Read(make([]byte, 1))); !errors.Is(err, ErrBusy) {
				t.Errorf("Read beside a Select that waits: %v, want ErrBusy", err)
			}
			task.Cancel(nil)
			if c.sides[reading].busy || c.waits(reading) {
				t.Error("the direction is still busy after the cancel")
			}
			if _, err := rt.Await(task.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
				t.Errorf("Select: %v, want a cancel", err)
			}
			peer.Write([]byte("hello"))
			n, err := rt.Await(c.Read(make([]byte, 10)))
			if n != 5 {
				t.Errorf("read %d bytes, want 5", n)
			}
			return err
		})
	})
}

// A write that a Select does not choose has sent nothing; the chosen one sends what fits.
func TestWaiter_Write(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			before := filled(c)
			write, stop := c.WriteOp(tooMuch), rt.NewEvent()
			for { // until it loses: at first the kernel still moves what TCP has taken, and makes room
				task := selecting(write, stop.WaitOp())
				stop.Set()
				i, err := rt.Await(task.Wait())
				if err != nil {
					return err
				}
				if i == 1 {
					break
				}
				n, err := write.Result()
				if err != nil {
					return err
				}
				before += n
				stop.Clear()
				write = c.WriteOp(tooMuch)
			}
			task := selecting(write)
			received := rt.Spawn(func() (int64, error) {
				return rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) })
			})
			chosen(t, task, 0)
			n, err := write.Result()
			if n <= 0 || n >= len(tooMuch) || err != nil {
				t.Errorf("wrote %d bytes, %v; want a part of %d", n, err, len(tooMuch))
			}
			c.Close()
			arrived, err := rt.Await(received.Wait())
			if arrived != int64(before+n) {
				t.Errorf("%d bytes arrived, want %d", arrived, before+n)
			}
			return err
		})
	})
}

// filled writes to c until its buffers are full, and returns how much that was.
func filled(c *Conn) (n int) {
	for {
		k, err := send(c.sysfd, make([]byte, 64<<10))
		if n += k; err != nil {
			return n
		}
	}
}

// Statement 191: an accept that a Select does not choose leaves the connection in the queue.
// CPython 3.11, sock_accept and an event in a wait for the first: both are done, and the connection is in the task of the accept; if that
// is cancelled when it has been woken, the connection is lost, see TestF32_CancelLosesNothing.
func TestC191_AcceptThatLoses(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			ln := listenOver(t, network)
			accept, stop := ln.AcceptOp(), rt.NewEvent()
			task := selecting(accept, stop.WaitOp())
			stop.Set()
			peer := dialNet(t, ln)
			chosen(t, task, 1)
			chosen(t, selecting(accept), 0)
			c, err := accept.Result()
			if err != nil {
				return err
			}
			defer c.Close()
			go peer.Write([]byte("x"))
			_, err = rt.Await(c.Read(make([]byte, 1)))
			return err
		})
	})
}

// Misuse says what to do.
func TestWaiter_Misuse(t *testing.T) {
	c, peer := connPair(t)
	peer.Write([]byte("x"))
	run(t, func() error {
		refused := func(what string, f func()) {
			defer func() {
				if m, ok := recover().(rt.Misuse); !ok || !strings.Contains(string(m), "Result") {
					t.Errorf("%s: got %v, want a Misuse", what, m)
				}
			}()
			f()
		}
		read := c.ReadOp(make([]byte, 1))
		chosen(t, selecting(read), 0)
		if _, err := read.Result(); err != nil {
			return err
		}
		refused("used again", func() { read.Ready() })
		waits := c.ReadOp(make([]byte, 1))
		task := selecting(waits)
		refused("still waits", func() { waits.Result() })
		c.Close()
		chosen(t, task, 0)
		return nil
	})
}
