//go:build linux

package poll

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// Statement 183: a call that would block, or that a signal has interrupted, is waited for and made again.
// CPython, sock_recv where recv raises InterruptedError first: not done while there is nothing, then hello; recv was called twice.
func TestC183_WaitsAndTriesAgain(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			ln := listenOver(t, network)
			calls := 0
			fault = func() unix.Errno {
				if calls++; calls%2 == 1 {
					return unix.EINTR
				}
				return 0
			}
			defer func() { fault = nil }()
			buf := make([]byte, 10)
			reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(buf)) })
			accepter := rt.Spawn(func() (*Conn, error) { return rt.Await(ln.AcceptConn()) })
			turns()
			if reader.Done() || accepter.Done() {
				t.Errorf("there is nothing, and Read has ended: %v, AcceptConn: %v", reader.Done(), accepter.Done())
			}
			peer.Write([]byte("hello"))
			dialNet(t, ln)
			if n, err := rt.Await(reader.Wait()); string(buf[:n]) != "hello" || err != nil {
				t.Errorf("read %q, %v; want hello", buf[:n], err)
			}
			accepted, err := rt.Await(accepter.Wait())
			if err != nil {
				return err
			}
			return accepted.Close()
		})
	})
}

// Statement 184: a read returns what there is, one byte at least and no more than there is room for, and at the end io.EOF, as often as
// it is asked.
// CPython, sock_recv of 70 bytes at most, 100 sent: [70, 30], b"", b"".
func TestC184_ReadReturnsBytesOrTheEnd(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			peer.Write(make([]byte, 100))
			for _, want := range []int{70, 30} {
				if n, err := rt.Await(c.Read(make([]byte, 70))); n != want || err != nil {
					t.Errorf("read %d bytes, %v; want %d", n, err, want)
				}
			}
			peer.CloseWrite()
			for range 2 {
				if n, err := rt.Await(c.Read(make([]byte, 70))); n != 0 || err != io.EOF {
					t.Errorf("read %d bytes, %v at the end; want io.EOF", n, err)
				}
			}
			return nil
		})
	})
}

// Statement 185: the cancel of a read, a write, an accept or a connect takes what waited for the descriptor away, and that at once: see
// TestC186.
// CPython, whether the descriptor is registered before the cancel, after it, and an iteration later: True True False, sock_recv and
// sock_connect.
func TestC185_CancelDeregisters(t *testing.T) {
	run(t, func() error {
		c, _ := connPair(t)
		ln := listenLocal(t)
		dial := new(connectToOp)
		dial.Init(new(Dialer), "tcp", waits(t))
		reader, writer := waiters(c)
		accepter := rt.Spawn(func() (*Conn, error) { return rt.Await(ln.AcceptConn()) })
		dialer := rt.SpawnOn(rt.RunningLoop(), rt.Awaitable[*Conn](dial))
		turn()
		connecting := dial.conn
		for _, w := range []struct {
			name   string
			fd     *descriptor
			d      direction
			cancel func(error) bool
		}{
			{"read", &c.descriptor, reading, reader.Cancel},
			{"write", &c.descriptor, writing, writer.Cancel},
			{"accept", &ln.descriptor, reading, accepter.Cancel},
			{"connect", &connecting.descriptor, writing, dialer.Cancel},
		} {
			before := w.fd.waits(w.d)
			w.cancel(nil)
			if after := w.fd.waits(w.d); !before || after {
				t.Errorf("%s: it waits before the cancel: %v, want true; after it: %v, want false", w.name, before, after)
			}
		}
		if _, err := rt.Await(dialer.Wait()); !errors.Is(err, rt.ErrTaskCanceled) {
			t.Errorf("connect: %v, want a cancel", err)
		}
		return nil
	})
}

// Statement 187: a cancel between the wake of who reads and its turn loses nothing: only in its turn are the bytes taken.
// CPython, sock_recv: the loop has read them, and they are lost; [!].
func TestC187_CancelAfterTheWakeLosesNothing(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			buf := make([]byte, 10)
			reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(buf)) })
			turn()
			peer.Write([]byte("hello"))
			for c.waits(reading) {
				turn()
			}
			if reader.Done() {
				t.Fatal("the reader has had its turn: nothing is tested")
			}
			reader.Cancel(nil)
			n, err := rt.Await(reader.Wait())
			if errors.Is(err, rt.ErrTaskCanceled) {
				n, err = rt.Await(c.Read(buf))
			}
			if string(buf[:n]) != "hello" || err != nil {
				t.Errorf("read %q, %v; want hello", buf[:n], err)
			}
			return nil
		})
	})
}

// Statement 188: a write sends all, or says with the error how much it has sent.
// CPython, sock_sendall of 64 MiB: CancelledError() and BrokenPipeError(32, …), which say nothing of it; [!].
func TestC188_WriteSaysHowMuchItHasSent(t *testing.T) {
	for name, end := range map[string]func(c *Conn, writer *rt.Task[struct{}]){
		"nothing":  func(*Conn, *rt.Task[struct{}]) {},
		"a cancel": func(_ *Conn, writer *rt.Task[struct{}]) { writer.Cancel(nil) },
		"an error": func(c *Conn, _ *rt.Task[struct{}]) { c.CloseWrite() },
	} {
		t.Run(name, func(t *testing.T) {
			overNetworks(t, func(t *testing.T, network string) {
				run(t, func() error {
					c, peer := pairOver(t, network)
					sent, failed := 0, error(nil)
					writer := rt.Spawn0(func() error {
						sent, failed = rt.Await(c.Write(tooMuch))
						return c.CloseWrite()
					})
					turn()
					end(c, writer)
					arrived, err := rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) })
					if err != nil {
						return err
					}
					rt.Await(writer.Wait())
					if all := sent == len(tooMuch); int64(sent) != arrived || all != (failed == nil) || all != (name == "nothing") {
						t.Errorf("Write returned %d of %d, %v; %d bytes have arrived", sent, len(tooMuch), failed, arrived)
					}
					return nil
				})
			})
		})
	}
}

// Statement 192: who reads, writes or accepts where another waits to do so is told that it is busy, and the first goes on.
// CPython, sock_recv twice: the second reads hello, the first waits for ever; [!].
func TestC192_TheSecondIsTold(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			ln := listenOver(t, network)
			reader, writer := waiters(c)
			accepter := rt.Spawn(func() (*Conn, error) { return rt.Await(ln.AcceptConn()) })
			turn()
			_, err := rt.Await(c.Read(make([]byte, 1)))
			wantErr(t, "the second Read", err, ErrBusy)
			_, err = rt.Await(c.Write([]byte("x")))
			wantErr(t, "the second Write", err, ErrBusy)
			_, err = rt.Await(ln.AcceptConn())
			wantErr(t, "the second AcceptConn", err, ErrBusy)

			peer.Write([]byte("x"))
			if n, err := rt.Await(reader.Wait()); n != 1 || err != nil {
				t.Errorf("the first Read: %d, %v; want 1", n, err)
			}
			dialNet(t, ln)
			accepted, err := rt.Await(accepter.Wait())
			if err != nil {
				t.Errorf("the first AcceptConn: %v", err)
			} else {
				accepted.Close()
			}
			go io.Copy(io.Discard, peer) // until the connection is closed
			if n, err := rt.Await(writer.Wait()); n != len(tooMuch) || err != nil {
				t.Errorf("the first Write: %d, %v; want %d", n, err, len(tooMuch))
			}
			return nil
		})
	})
}

// Statement 193: to close a descriptor wakes who waits for it, with net.ErrClosed.
// CPython, a socket closed under sock_recv: it waits for ever; [!].
func TestC193_CloseWakesWhoWaits(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for name, wait := range map[string]func(c *Conn) error{
			"Read":  func(c *Conn) error { _, err := rt.Await(c.Read(make([]byte, 1))); return err },
			"Write": func(c *Conn) error { _, err := rt.Await(c.Write(tooMuch)); return err },
			"Select": func(c *Conn) error {
				read := c.ReadOp(make([]byte, 1))
				if _, err := rt.Await(rt.Select(read)); err != nil {
					return err
				}
				_, err := read.Result()
				return err
			},
		} {
			run(t, func() error {
				c, _ := pairOver(t, network)
				fill(c)
				waiter := rt.Spawn0(func() error { return wait(c) })
				turn()
				if waiter.Done() {
					t.Errorf("%s does not wait", name)
				}
				c.Close()
				_, err := rt.Await(waiter.Wait())
				wantErr(t, name, err, net.ErrClosed)
				return nil
			})
		}
	})
}

// Statement 201: what is buffered when a write fails is dropped, and the error is given to who uses the connection: by every write, and to
// nobody else.
// CPython, drain of a transport with a buffer: ConnectionResetError(104, …), the buffer is empty, nothing is logged; read raises it too.
func TestC201_WriteError(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			fill(c)
			w := NewWriter(c)
			if _, err := rt.Await(w.Write([]byte("buffered"))); err != nil {
				return err
			}
			flusher := rt.Spawn0(func() error { return rt.Await0(w.Flush()) })
			turn()
			peer.Close() // with unread bytes: a reset
			_, first := rt.Await(flusher.Wait())
			if !isBroken(first) {
				t.Errorf("Flush: %v, want a reset", first)
			}
			for _, again := range []func() error{
				func() error { return rt.Await0(w.Flush()) },
				func() error { _, err := rt.Await(w.Write([]byte("more"))); return err },
			} {
				if err := again(); err != first {
					t.Errorf("the next call returned %v, want %v", err, first)
				}
			}
			if w.Written() != 0 {
				t.Errorf("%d bytes were written", w.Written())
			}
			if _, err := rt.Await(c.Write([]byte("x"))); !isBroken(err) {
				t.Errorf("Write to the connection: %v, want a reset", err)
			}
			return nil
		})
	})
}

// Statement 203: the end of writing comes after what was written; a write after it is an error, and reading goes on.
// CPython, write_eof behind 1 MiB: 1048576 bytes, the end, "back" arrives; write raises RuntimeError "Cannot call write() after
// write_eof()".
func TestC203_EndOfWriting(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			const size = 1 << 20
			received := rt.Spawn(func() (int64, error) {
				return rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) })
			})
			w := NewWriter(c)
			if _, err := rt.Await(w.Write(make([]byte, size))); err != nil {
				return err
			}
			if err := rt.Await0(w.Flush()); err != nil {
				return err
			}
			if err := c.CloseWrite(); err != nil {
				return err
			}
			if n, err := rt.Await(received.Wait()); n != size || err != nil {
				t.Errorf("the peer received %d bytes, %v; want %d and the end", n, err, size)
			}
			_, err := rt.Await(c.Write([]byte("more")))
			wantErr(t, "Write after CloseWrite", err, unix.EPIPE)
			peer.Write([]byte("back"))
			buf := make([]byte, 10)
			if n, err := rt.Await(c.Read(buf)); string(buf[:n]) != "back" || err != nil {
				t.Errorf("read %q, %v; want back", buf[:n], err)
			}
			return nil
		})
	})
}
