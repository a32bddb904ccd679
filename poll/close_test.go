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

// tooMuch is more than the buffers of a connection take, however they grow.
var tooMuch = zeros[:]

// zeros is outside of the heap, which it would keep from being collected in benchmarks.
var zeros [64 << 20]byte

// fill writes to c until its buffers are full, so that a Write of tooMuch waits.
func fill(c *Conn) {
	for {
		if _, err := send(c.sysfd, make([]byte, 64<<10)); err != nil {
			return
		}
	}
}

// waiters spawns a task that reads and one that writes c, and lets them wait.
func waiters(c *Conn) (reader, writer *rt.Task[int]) {
	fill(c)
	reader = rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 1))) })
	writer = rt.Spawn(func() (int, error) { return rt.Await(c.Write(tooMuch)) })
	rt.Await0(rt.YieldNow())
	return reader, writer
}

// TestF12_ErrorWakesTheWriter: a refused connect, which only a writer waits for.
func TestF12_ErrorWakesTheWriter(t *testing.T) {
	ln := listenLocal(t)
	addr := ln.Addr().String()
	ln.Close()
	run(t, func() error {
		_, err := rt.Await(Dial("tcp", addr))
		wantErr(t, "Dial of a closed port", err, unix.ECONNREFUSED)
		return nil
	})
	_, err := Dial("tcp", addr)
	wantErr(t, "blocking Dial of a closed port", err, unix.ECONNREFUSED)
}

// TestF12_HangupWakesTheWriter: the reader of a full pipe closes it; the kernel reports ERR alone.
func TestF12_HangupWakesTheWriter(t *testing.T) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	fd := new(descriptor)
	fd.init(kindTCP, ends[1])
	defer fd.close()
	run(t, func() error {
		writer := rt.Spawn(func() (struct{}, error) {
			op := new(pipeWriteOp)
			op.begin(fd, writing)
			return rt.Block(op)
		})
		rt.Await0(rt.YieldNow())
		unix.Close(ends[0])
		_, err := rt.Await(writer.Wait())
		wantErr(t, "write to a pipe", err, unix.EPIPE)
		return nil
	})
}

// TestF12_ResetWakesBoth: a peer that goes with bytes unread wakes the reader and the writer. Who is first has the reset, the other one finds
// that nobody reads.
func TestF12_ResetWakesBoth(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		run(t, func() error {
			reader, writer := waiters(c)
			peer.Close()
			if _, err := rt.Await(reader.Wait()); err != io.EOF && !isBroken(err) { // io.EOF where the writer was first
				t.Errorf("Read: %v", err)
			}
			if n, err := rt.Await(writer.Wait()); n == len(tooMuch) || !isBroken(err) {
				t.Errorf("Write: %d, %v", n, err)
			}
			return nil
		})
	})
}

// A pipeWriteOp writes to a pipe until that fails.
type pipeWriteOp struct{ operation }

func (op *pipeWriteOp) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, op, parent) && fb.Ready(parent)
}

func (op *pipeWriteOp) Resume(fb *rt.Fiber) (done bool) {
	if !op.proceed(fb) || op.try() || !op.park(fb, op) {
		return op.finish("write")
	}
	return op.Suspend(1)
}

func (op *pipeWriteOp) try() (settled bool) {
	for op.mayTry() {
		if _, err := unix.Write(op.fd.sysfd, make([]byte, 4096)); err == unix.EAGAIN {
			op.blocked()
			return false
		} else if err != nil {
			op.err = err
			return true
		}
	}
	return op.err != nil
}

func (op *pipeWriteOp) Result() (struct{}, error) {
	op.Check()
	return struct{}{}, op.err
}

// TestF14_CloseWakesWaiters: reader, writer and accepter get net.ErrClosed when a task closes what they wait for.
// CPython, a socket closed under sock_recv: it waits for ever; a transport closed under StreamReader.read: b"", and so for each read after
// it; [!] of 193.
func TestF14_CloseWakesWaiters(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, _ := pairOver(t, network)
			reader, writer := waiters(c)
			ln := listenOver(t, network)
			accepter := rt.Spawn(func() (*Conn, error) { return rt.Await(ln.AcceptConn()) })
			rt.Await0(rt.YieldNow())
			if err := c.Close(); err != nil {
				return err
			}
			ln.Close()
			_, err := rt.Await(reader.Wait())
			wantErr(t, "Read", err, net.ErrClosed)
			_, err = rt.Await(writer.Wait())
			wantErr(t, "Write", err, net.ErrClosed)
			_, err = rt.Await(accepter.Wait())
			wantErr(t, "AcceptConn", err, net.ErrClosed)
			wantErr(t, "second Close", c.Close(), net.ErrClosed)
			_, err = rt.Await(c.Read(make([]byte, 1)))
			wantErr(t, "Read afterwards", err, net.ErrClosed)
			return nil
		})
	})
}

// TestF14_CloseFromAnotherGoroutine, also while the task is on its way to waiting.
func TestF14_CloseFromAnotherGoroutine(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			for range 200 {
				c, _ := pairOver(t, network)
				go c.Close()
				_, err := rt.Await(c.Read(make([]byte, 1)))
				wantErr(t, "Read", err, net.ErrClosed)
			}
			return nil
		})
	})
}

// TestF14_CloseInTheSameTurn: both become ready in one batch; the first task that runs closes the other's connection.
func TestF14_CloseInTheSameTurn(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			a, peerOfA := pairOver(t, network)
			b, peerOfB := pairOver(t, network)
			conns := []*Conn{a, b}
			outcomes := make([]error, 2)
			tasks := make([]*rt.Task[struct{}], 2)
			for i := range tasks {
				tasks[i] = rt.Spawn0(func() error {
					_, outcomes[i] = rt.Await(conns[i].Read(make([]byte, 1)))
					conns[1-i].Close()
					return nil
				})
			}
			rt.Await0(rt.YieldNow())
			peerOfA.Write([]byte("x"))
			peerOfB.Write([]byte("x"))
			for _, task := range tasks {
				rt.Await(task.Wait())
			}
			read, closed := 0, 0
			for _, err := range outcomes {
				switch {
				case err == nil:
					read++
				case errors.Is(err, net.ErrClosed):
					closed++
				}
			}
			if read != 1 || closed != 1 {
				t.Errorf("outcomes %v, want one success and one net.ErrClosed", outcomes)
			}
			return nil
		})
	})
}

// TestF16_SecondWaiterIsBusy, in each direction; the two directions do not disturb each other.
// CPython, sock_recv twice: the second reads hello, the first waits for ever; the same with sock_sendall; [!] of 192.
func TestF16_SecondWaiterIsBusy(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, _ := pairOver(t, network)
			reader, writer := waiters(c)
			_, err := rt.Await(c.Read(make([]byte, 1)))
			wantErr(t, "second Read", err, ErrBusy)
			_, err = rt.Await(c.Write([]byte("x")))
			wantErr(t, "second Write", err, ErrBusy)
			c.Close()
			rt.Await(reader.Wait())
			rt.Await(writer.Wait())
			return nil
		})
	})
}

// TestF32_CancelLosesNothing: a read and an accept that are cancelled, before and after what they wait for is ready, leave it to the next.
// CPython 3.11, sock_recv and sock_accept: nothing is lost if the cancel comes before the loop has read. If it comes between that and the
// step of the task, the bytes and the connection are lost; [!] of 187.
func TestF32_CancelLosesNothing(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, first := range []string{"cancel", "ready"} {
			run(t, func() error {
				c, peer := pairOver(t, network)
				ln := listenOver(t, network)
				reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 10))) })
				accepter := rt.Spawn(func() (*Conn, error) { return rt.Await(ln.AcceptConn()) })
				rt.Await0(rt.YieldNow())
				cancel := func() {
					reader.Cancel(nil)
					accepter.Cancel(nil)
				}
				if first == "cancel" {
					cancel()
				}
				peer.Write([]byte("hello"))
				other, err := net.Dial(network, ln.Addr().String())
				if err != nil {
					return err
				}
				defer other.Close()
				if first == "ready" {
					cancel()
				}
				n, err1 := rt.Await(reader.Wait())
				accepted, err2 := rt.Await(accepter.Wait())
				if first == "cancel" && (!errors.Is(err1, rt.ErrTaskCanceled) || !errors.Is(err2, rt.ErrTaskCanceled)) {
					t.Errorf("cancelled: got %v and %v", err1, err2)
				}
				if err1 != nil {
					if n, err1 = rt.Await(c.Read(make([]byte, 10))); err1 != nil {
						return err1
					}
				}
				if err2 != nil {
					if accepted, err2 = rt.Await(ln.AcceptConn()); err2 != nil {
						return err2
					}
				}
				defer accepted.Close()
				if n != 5 || accepted.RemoteAddr().String() != other.LocalAddr().String() {
					t.Errorf("%s first: lost something: %d bytes, connection %v", first, n, accepted.RemoteAddr())
				}
				return nil
			})
		}
	})
}

// TestF32_CancelledWriteSaysHowMuch: n bytes arrive, and no other.
// CPython, sock_sendall of 64 MiB: CancelledError, and 3919872 bytes arrive; [!] of 188.
func TestF32_CancelledWriteSaysHowMuch(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			size := len(tooMuch)
			writer := rt.Spawn(func() (int, error) {
				n, err := rt.Await(c.Write(tooMuch))
				c.Close()
				if !errors.Is(err, context.Canceled) {
					t.Errorf("Write: error %v, want a cancel", err)
				}
				return n, nil
			})
			rt.Await0(rt.YieldNow())
			writer.Cancel(nil)
			n, err := rt.Await(writer.Wait())
			if err != nil {
				return err
			}
			arrived, err := rt.Blocking(func(context.Context) (int64, error) { return io.Copy(io.Discard, peer) })
			if int64(n) != arrived || n == 0 || n == size {
				t.Errorf("Write returned %d, %d bytes arrived", n, arrived)
			}
			return err
		})
	})
}

// TestF31_CancelledDialLeavesNothing: neither a socket that is connecting nor a lookup.
func TestF31_CancelledDialLeavesNothing(t *testing.T) {
	old := net.DefaultResolver
	defer func() { net.DefaultResolver = old }()
	asked, ended := make(chan struct{}, 100), make(chan struct{}, 100)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		asked <- struct{}{}
		<-ctx.Done() // a server that does not answer
		ended <- struct{}{}
		return nil, ctx.Err()
	}}
	cancelDial := func(address string, reached func()) {
		run(t, func() error {
			dialer := rt.Spawn(func() (*Conn, error) { return rt.Await(Dial("tcp", address)) })
			rt.Await0(rt.YieldNow())
			reached()
			dialer.Cancel(nil)
			_, err := rt.Await(dialer.Wait())
			if !errors.Is(err, rt.ErrTaskCanceled) && !errors.Is(err, unix.ENETUNREACH) {
				t.Errorf("Dial %s: error %v, want a cancel", address, err)
			}
			return nil
		})
	}
	before := len(openDescriptors())
	cancelDial("192.0.2.1:9", func() {})
	if after := openDescriptors(); len(after) > before {
		t.Errorf("descriptors left: %v", after)
	}
	cancelDial("name.invalid:9", func() { <-asked })
	within(t, "the lookup", func() { <-ended })
}

// TestSecondLoop: a socket belongs to its loop until that is closed, then another one takes it over.
func TestSecondLoop(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		wait := func() error {
			reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 1))) })
			rt.Await0(rt.YieldNow())
			peer.Write([]byte("x"))
			_, err := rt.Await(reader.Wait())
			return err
		}
		run(t, func() error {
			if err := wait(); err != nil {
				return err
			}
			_, err := rt.Blocking(func(context.Context) (struct{}, error) {
				return struct{}{}, rt.Run0(func() error {
					_, err := rt.Await(c.Read(make([]byte, 1)))
					wantErr(t, "Read on another loop", err, ErrOtherLoop)
					return nil
				})
			})
			return err
		})
		run(t, wait)
	})
}
