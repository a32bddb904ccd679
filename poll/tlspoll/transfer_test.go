//go:build linux

package tlspoll

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
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
var tooMuch = zeros[:]

// zeros is outside of the heap, which it would keep from being collected in benchmarks.
var zeros [64 << 20]byte

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
				c.raw.SetWriteBuffer(1)
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

// TestF20_DeadlinesSetAgain: a deadline that is set again and again, later and earlier, keeps one timer.
func TestF20_DeadlinesSetAgain(t *testing.T) {
	c, peer := serverPair(t)
	run(t, func() error {
		if err := rt.Await0(c.Handshake()); err != nil {
			return err
		}
		reader := rt.Spawn0(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
		rt.Await0(rt.YieldNow())
		for n := range 10_000 {
			c.SetReadDeadline(time.Now().Add(time.Hour + time.Duration(n%2)*time.Hour))
			if n%100 == 0 {
				rt.Await0(rt.YieldNow())
			}
		}
		rt.Await0(rt.YieldNow())
		stats, err := rt.RunningLoop().Stats(t.Context())
		if err != nil {
			return err
		}
		if stats.Timers != 1 {
			t.Errorf("%d timers for one deadline", stats.Timers)
		}
		if _, err := peer.Write([]byte("x")); err != nil {
			return err
		}
		_, err = rt.Await(reader.Wait())
		return err
	})
}

func wantTimeout(t *testing.T, what string, err error) {
	t.Helper()
	ne, ok := err.(net.Error)
	if !ok || !ne.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s until its deadline: %v", what, err)
	}
}

// TestF16_SecondWaiterIsBusy: a second operation in a direction is refused.
func TestF16_SecondWaiterIsBusy(t *testing.T) {
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

// TestF07_WriteBuffer: a peer that never reads has no more queued for it than a piece.
func TestF07_WriteBuffer(t *testing.T) {
	ends(t, func(t *testing.T, c *Conn, _ *tls.Conn) {
		within(t, "the handshake", func() {
			if err := c.Handshake(); err != nil {
				t.Error(err)
			}
		})
		for range 3 { // each goes on until it would have to wait
			if _, done, err := c.tryWrite(tooMuch); done || err != nil {
				t.Fatalf("a write to who does not read: done %t, %v", done, err)
			}
			if q := *c.transport.queue; len(q) > maxPiece+maxPiece/8 || cap(q) > 2*maxPiece {
				t.Errorf("%d bytes are queued, in %d", len(q), cap(q))
			}
		}
	})
}

// TestForms_Mixed reads on a loop while a goroutine writes, and the other way round.
func TestForms_Mixed(t *testing.T) {
	data := noise(1 << 20)
	for _, readsOnLoop := range []bool{true, false} {
		ends(t, func(t *testing.T, c *Conn, peer *tls.Conn) {
			go func() {
				io.Copy(peer, peer)
				peer.CloseWrite()
			}()
			write := func() error {
				if _, err := rt.Await(c.Write(data)); err != nil {
					return err
				}
				return rt.Await0(c.CloseWrite())
			}
			read := func() error {
				wantStream(t, c, data)
				return nil
			}
			onLoop, beside := write, read
			if readsOnLoop {
				onLoop, beside = read, write
			}
			done := make(chan error)
			go func() { done <- beside() }()
			run(t, func() error { return onLoop() })
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// A dribble writes a few bytes at a time.
type dribble struct {
	net.Conn
	size int
}

func (d dribble) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		k := 0
		k, err = d.Conn.Write(p[n:min(len(p), n+d.size)])
		n += k
	}
	return n, err
}

// TestF05_ShortReads: a peer whose bytes come one by one, from the first of the handshake on.
func TestF05_ShortReads(t *testing.T) {
	data := noise(20_000)
	for form, serve := range echoes {
		t.Run(form, func(t *testing.T) {
			for _, version := range versions {
				for _, size := range []int{1, 3, 7} {
					server, client := configs()
					server.MaxVersion = version
					raw, tcp := rawPair(t)
					c, peer := Server(raw, server), tls.Client(dribble{tcp, size}, client)
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
				}
			}
		})
	}
}
