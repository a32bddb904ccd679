//go:build linux

package tlspoll

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"hash"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/poll"
	"github.com/goasync/goasync/rt"
)

// tooMuch is more than the buffers of a connection take, however they grow.
var tooMuch = make([]byte, 64<<20)

// noise returns n bytes that no two places of have in common.
func noise(n int) []byte {
	p := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(p)
	return p
}

// TestTransfer_SmallBuffers: 1 MiB through small buffers, in both directions at once, comes back unchanged.
func TestTransfer_SmallBuffers(t *testing.T) {
	data := noise(1 << 20)
	for form, serve := range echoes {
		t.Run(form, func(t *testing.T) {
			ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
				tcp := peer.NetConn().(*net.TCPConn)
				tcp.SetReadBuffer(64 << 10) // less, and the kernel's timers against silly windows make it take minutes
				tcp.SetWriteBuffer(1)
				within(t, "the echo", func() {
					served := make(chan error)
					go func() { served <- serve(c) }()
					go func() {
						peer.Write(data)
						peer.CloseWrite()
					}()
					wantStream(t, peer, data)
					if err := <-served; err != nil {
						t.Error(err)
					}
				})
			})
		})
	}
}

// wantStream reads the rest of a stream and wants it to be data.
func wantStream(t *testing.T, r io.Reader, data []byte) {
	t.Helper()
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	if want := sha256.Sum256(data); n != int64(len(data)) || err != nil || string(sum.Sum(nil)) != string(want[:]) {
		t.Errorf("%d bytes have come, %v, or not the right ones; want %d", n, err, len(data))
	}
}

// TestTransfer_BothOurs: both ends are of this package, on one loop.
func TestTransfer_BothOurs(t *testing.T) {
	server, client := configs()
	data := noise(1 << 20)
	run(t, func() error {
		ln := NewListener(listenLocal(t), server)
		serving := rt.Spawn0(func() error {
			c, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			return rt.Await0(echo(c))
		})
		c, err := rt.Await(Dial("tcp", ln.Addr().String(), client))
		if err != nil {
			return err
		}
		defer c.Close()
		sending := rt.Spawn0(func() error {
			if n, err := rt.Await(c.Write(data)); n != len(data) || err != nil {
				t.Errorf("Write: %d, %v", n, err)
			}
			return rt.Await0(c.CloseWrite())
		})
		wantStream(t, c, data)
		if _, err := rt.Await(sending.Wait()); err != nil {
			t.Error(err)
		}
		_, err = rt.Await(serving.Wait())
		return err
	})
}

// TestF10_HalfClose: the end of the stream that is read leaves the other direction usable, and all that was sent before arrives.
func TestF10_HalfClose(t *testing.T) {
	data := noise(1 << 20)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			go func() {
				peer.Write(data)
				peer.CloseWrite()
			}()
			err := run(func() error {
				got := make([]byte, len(data))
				if n, err := io.ReadFull(c, got); n != len(data) || err != nil {
					t.Errorf("read %d bytes, %v", n, err)
				}
				if n, err := rt.Await(c.Read(make([]byte, 1))); n != 0 || err != io.EOF {
					t.Errorf("at the end: %d, %v", n, err)
				}
				sending := make(chan error, 1)
				go func() {
					_, err := c.Write(got)
					sending <- errors.Join(err, c.CloseWrite())
				}()
				wantStream(t, peer, data)
				return <-sending
			})
			if err != nil {
				t.Error(err)
			}
			if _, err := c.Write([]byte("x")); err == nil {
				t.Error("Write after CloseWrite succeeded")
			}
		})
	})
}

// TestF11_CloseAfterData: a peer that sends and closes at once has its data read before the end is.
func TestF11_CloseAfterData(t *testing.T) {
	data := noise(1 << 16)
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			go func() {
				peer.Write(data)
				peer.Close()
			}()
			if err := run(func() error { wantStream(t, c, data); return nil }); err != nil {
				t.Error(err)
			}
		})
	})
}

// TestClose: the peer sees a close_notify after all that was written; operations that wait are woken.
func TestClose(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			if err := c.CloseWrite(); err != errEarly {
				t.Errorf("CloseWrite before the handshake: %v", err)
			}
			data := noise(1 << 16)
			err := run(func() error {
				if _, err := rt.Await(c.Write(data)); err != nil {
					return err
				}
				return c.Close()
			})
			if err != nil {
				t.Error(err)
			}
			wantStream(t, peer, data) // the end is io.EOF also without a close_notify; that it has come is said by what follows
			if _, err := peer.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("the peer's read: %v", err)
			}
			if err := c.Close(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("a second Close: %v", err)
			}
			for what, err := range map[string]error{
				"Read":       run(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err }),
				"Write":      run(func() error { _, err := rt.Await(c.Write(data)); return err }),
				"CloseWrite": run(func() error { return rt.Await0(c.CloseWrite()) }),
			} {
				if !errors.Is(err, net.ErrClosed) {
					t.Errorf("%s when closed: %v", what, err)
				}
			}
		})
	})
}

// TestCloseNotify: Close and CloseWrite send the record of a close_notify, once.
func TestCloseNotify(t *testing.T) {
	for what, end := range map[string]func(c *Conn) error{
		"Close":      (*Conn).Close,
		"CloseWrite": func(c *Conn) error { return errors.Join(c.CloseWrite(), c.CloseWrite(), c.Close()) },
	} {
		t.Run(what, func(t *testing.T) {
			server, client := configs()
			server.SessionTicketsDisabled = true
			c, peer := pair(t, server, client, true)
			within(t, what, func() {
				if err := errors.Join(c.Handshake(), peer.Handshake(), end(c)); err != nil {
					t.Error(err)
				}
				got, err := io.ReadAll(peer.NetConn())
				const want = 5 + 2 + 1 + 16 // header, alert, type, tag
				if len(got) != want || err != nil {
					t.Errorf("%d bytes have been sent, %v; want %d", len(got), err, want)
				}
			})
		})
	}
}

// TestClose_Waiting: a close ends operations that wait, in both forms.
func TestClose_Waiting(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, peer := serverPair(t)
		if err := errors.Join(c.Handshake(), peer.Handshake()); err != nil {
			t.Error(err)
		}
		err := run(func() error {
			return rt.Gather0(
				func() error {
					if _, err := rt.Await(c.Read(make([]byte, 1))); !errors.Is(err, net.ErrClosed) {
						t.Errorf("Read: %v", err)
					}
					return nil
				},
				func() error {
					if n, err := rt.Await(c.Write(tooMuch)); n == len(tooMuch) || !errors.Is(err, net.ErrClosed) {
						t.Errorf("Write: %d, %v", n, err)
					}
					return nil
				},
				func() error {
					go func() {
						peer.NetConn().Read(make([]byte, 1)) // so that the Write has begun
						c.Close()
					}()
					return nil
				},
			)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestTruncation: a connection that is cut within a record is io.ErrUnexpectedEOF.
func TestTruncation(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, peer := serverPair(t)
		if err := errors.Join(c.Handshake(), peer.Handshake()); err != nil {
			t.Error(err)
		}
		peer.NetConn().Write([]byte{typeApplication, 3, 3, 0, 100, 1, 2, 3})
		peer.NetConn().Close()
		err := run(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
		if err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
	})
}

// TestDeadlines: they end a wait with the error that net has, and nothing else.
func TestDeadlines(t *testing.T) {
	inForms(t, func(t *testing.T, run func(func() error) error) {
		c, peer := serverPair(t)
		err := run(func() error {
			if err := rt.Await0(c.Handshake()); err != nil {
				return err
			}
			c.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, err := rt.Await(c.Read(make([]byte, 1)))
			wantTimeout(t, "Read", err)
			c.SetReadDeadline(time.Time{})
			c.SetWriteDeadline(time.Now().Add(time.Millisecond))
			n, err := rt.Await(c.Write(tooMuch))
			wantTimeout(t, "Write", err)
			c.SetWriteDeadline(time.Time{})
			echoed := make(chan struct{})
			go func() {
				defer close(echoed)
				io.CopyN(io.Discard, peer, int64(n))
				io.CopyN(peer, peer, 4)
			}()
			if _, err := rt.Await(c.Write([]byte("more"))); err != nil {
				t.Errorf("Write after a deadline has passed: %v", err)
			}
			got := make([]byte, 4)
			if _, err := io.ReadFull(c, got); string(got) != "more" || err != nil {
				t.Errorf("read %q, %v", got, err)
			}
			<-echoed
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func wantTimeout(t *testing.T, what string, err error) {
	t.Helper()
	ne, ok := err.(net.Error)
	if !ok || !ne.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s until its deadline: %v", what, err)
	}
}

// TestBusy: a second operation in a direction is refused.
func TestBusy(t *testing.T) {
	c, peer := serverPair(t)
	run(t, func() error {
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		reads := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 1))) })
		writes := rt.Spawn(func() (int, error) { return rt.Await(c.Write(tooMuch)) })
		rt.Await0(rt.YieldNow())
		if _, err := rt.Await(c.Read(make([]byte, 1))); !errors.Is(err, poll.ErrBusy) {
			t.Errorf("a second Read: %v", err)
		}
		if _, err := rt.Await(c.Write([]byte("x"))); !errors.Is(err, poll.ErrBusy) {
			t.Errorf("a second Write: %v", err)
		}
		if err := rt.Await0(c.CloseWrite()); !errors.Is(err, poll.ErrBusy) {
			t.Errorf("CloseWrite beside a Write: %v", err)
		}
		reads.Cancel(nil)
		writes.Cancel(nil)
		rt.Await(reads.Wait())
		rt.Await(writes.Wait())
		peer.NetConn().Close()
		return nil
	})
}

// TestTransfer_SweepRead cancels a task that reads at each step of it, and has another one read on: nothing is lost.
func TestTransfer_SweepRead(t *testing.T) {
	const pieces = 4
	data := noise(pieces * 20_000) // pieces longer than a record
	sweepTransfer(t, func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()) {
		read := func() error {
			buf := make([]byte, 10_000)
			for {
				n, err := rt.Await(c.Read(buf))
				got.Write(buf[:n])
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return err
				}
			}
		}
		return read, read, func() {
			for i := range pieces {
				peer.Write(data[i*len(data)/pieces : (i+1)*len(data)/pieces])
			}
			peer.Close()
		}
	}, data)
}

// TestTransfer_SweepWrite cancels a task that writes at each step of it, and has another one go on with what was not accepted: all
// arrives, once, in order.
func TestTransfer_SweepWrite(t *testing.T) {
	data := noise(8 << 20) // which has to wait for the reader several times
	sweepTransfer(t, func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()) {
		left := data
		write := func() error {
			n, err := rt.Await(c.Write(left))
			left = left[n:]
			return err
		}
		last := func() error {
			if err := write(); err != nil {
				return err
			}
			return rt.Await0(c.CloseWrite())
		}
		return write, last, func() {
			if _, err := io.Copy(got, peer); err != nil {
				t.Error(err)
			}
		}
	}, data)
}

// sweepTransfer makes a transfer of data again and again, which cancels the first of its tasks at each step of it. Beside runs on a
// goroutine. In the end what has been received is to be data.
func sweepTransfer(t *testing.T, transfer func(c *Conn, peer *tls.Conn, got hash.Hash) (first, second func() error, beside func()), data []byte) {
	want := sha256.Sum256(data)
	for at := 1; ; at++ {
		c, peer := serverPair(t)
		got := sha256.New()
		first, second, beside := transfer(c, peer, got)
		done := make(chan struct{})
		go func() {
			defer close(done)
			beside()
		}()
		cancelled := sweep(t, at, first, second)
		<-done
		c.Close()
		if string(got.Sum(nil)) != string(want[:]) {
			t.Fatalf("cancelled before step %d: what has been received is not what was sent", at)
		}
		if !cancelled || at == maxSweep {
			if at < 5 {
				t.Errorf("the transfer had only %d steps", at-1)
			}
			return
		}
	}
}

// maxSweep bounds a sweep: how often a transfer waits is the kernel's choice.
const maxSweep = 40

// TestMisuse: a blocking form on a loop says what to write instead.
func TestMisuse(t *testing.T) {
	fresh, _ := serverPair(t)
	c, peer := serverPair(t)
	if err := errors.Join(c.Handshake(), peer.Handshake()); err != nil {
		t.Fatal(err)
	}
	for what, call := range map[string]func(){
		"handshake": func() { fresh.Handshake() },
		"read":      func() { c.Read(make([]byte, 1)) },
	} {
		loop, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			t.Fatal(err)
		}
		loop.CallSoon(func() {
			defer loop.Stop()
			defer func() {
				if _, ok := recover().(rt.Misuse); !ok {
					t.Errorf("%s on a loop is not refused", what)
				}
			}()
			call()
		})
		if err := loop.Run(); err != nil {
			t.Error(err)
		}
		loop.Close()
	}
}

// TestDump: what a read waits for is said down to the descriptor.
func TestDump(t *testing.T) {
	c, _ := serverPair(t)
	run(t, func() error {
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		task := rt.SpawnOn(rt.RunningLoop(), c.ReadAsync(make([]byte, 1)))
		rt.Await0(rt.YieldNow())
		var dump strings.Builder
		if err := rt.Dump(context.Background(), &dump); err != nil {
			return err
		}
		for _, want := range []string{"tlspoll.ConnRead", "to be readable, of 127.0.0.1:"} {
			if !strings.Contains(dump.String(), want) {
				t.Errorf("the dump does not say %q:\n%s", want, dump.String())
			}
		}
		task.Cancel(nil)
		rt.Await(task.Wait())
		return nil
	})
}
