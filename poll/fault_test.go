//go:build linux

package poll

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestF04_SpuriousReadiness: two readers of the same socket are both woken by one byte; the one that finds nothing waits again.
func TestF04_SpuriousReadiness(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		number, err := unix.FcntlInt(uintptr(c.sysfd), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		twin := newConn(c.kind, number, c.remote(), c.local.Load())
		defer twin.Close()
		resumes := 0
		run(t, func() error {
			loop := rt.RunningLoop()
			self := loop.Current()
			loop.SetTrace(func(e rt.TraceEvent) {
				if e.Kind == rt.TraceResume && e.Fiber != self {
					resumes++
				}
			})
			var got []byte
			reader := func(c *Conn) func() error {
				return func() error {
					b := make([]byte, 10)
					n, err := rt.Await(c.Read(b))
					got = append(got, b[:n]...)
					return err
				}
			}
			readers := []*rt.Task[struct{}]{rt.Spawn0(reader(c)), rt.Spawn0(reader(twin))}
			rt.Await0(rt.YieldNow()) // both wait
			peer.Write([]byte("a"))
			// Both have been woken, and the one that found nothing waits again, once the kernel has been asked and both have had a turn.
			for c.waits(reading) && twin.waits(reading) {
				rt.Await0(rt.YieldNow())
			}
			for range 3 {
				rt.Await0(rt.YieldNow())
			}
			if string(got) != "a" {
				t.Errorf("after one byte %q was read, want %q", got, "a")
			}
			if readers[0].Done() == readers[1].Done() || c.waits(reading) == twin.waits(reading) {
				t.Errorf("ended: %v and %v, want one of them, and the other to wait again", readers[0].Done(), readers[1].Done())
			}
			peer.Write([]byte("b"))
			_, err1 := rt.Await(readers[0].Wait())
			_, err2 := rt.Await(readers[1].Wait())
			if string(got) != "ab" {
				t.Errorf("read %q, want %q", got, "ab")
			}
			return errors.Join(err1, err2)
		})
		if resumes != 5 { // two begin, two are woken by the first byte, one by the second
			t.Errorf("the readers were resumed %d times, want 5", resumes)
		}
	})
}

// TestF05_AnyChunking: the same bytes arrive however they are cut.
func TestF05_AnyChunking(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		sent := make([]byte, 20000)
		for i := range sent {
			sent[i] = byte(rand.Uint32())
		}
		c, peer := pairOver(t, network)
		go func() {
			defer peer.Close()
			for rest := sent; len(rest) > 0; {
				n, _ := peer.Write(rest[:min(len(rest), 1+rand.IntN(7)*rand.IntN(200))])
				rest = rest[n:]
			}
		}()
		run(t, func() error {
			var got []byte
			for {
				b := make([]byte, 1+rand.IntN(300))
				n, err := rt.Await(c.Read(b))
				got = append(got, b[:n]...)
				if err == io.EOF {
					break
				}
				if err != nil {
					return err
				}
			}
			if !bytes.Equal(got, sent) {
				t.Errorf("%d bytes arrived, or others than the %d sent", len(got), len(sent))
			}
			return nil
		})
	})
}

// TestF06_PartialWrites: with the smallest send buffer a large Write arrives complete, in order, and once.
func TestF06_PartialWrites(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		unix.SetsockoptInt(c.sysfd, unix.SOL_SOCKET, unix.SO_SNDBUF, 1)
		sent := make([]byte, 1<<20)
		for i := range sent {
			sent[i] = byte(rand.Uint32())
		}
		sum := make(chan [32]byte)
		go func() {
			h := sha256.New()
			io.Copy(h, struct{ io.Reader }{peer})
			sum <- [32]byte(h.Sum(nil))
		}()
		run(t, func() error {
			n, err := rt.Await(c.Write(sent))
			if n != len(sent) {
				t.Errorf("Write returned %d, want %d", n, len(sent))
			}
			c.Close()
			return err
		})
		if got := <-sum; got != sha256.Sum256(sent) {
			t.Error("other bytes arrived than were sent")
		}
	})
}

// TestF08_ResetWhileReading, before and during.
func TestF08_ResetWhileReading(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		reset(peer)
		_, err := rt.Await(c.Read(make([]byte, 1)))
		wantErr(t, "Read after the reset", err, unix.ECONNRESET)

		c, peer = connPair(t)
		reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 1))) })
		rt.Await0(rt.YieldNow())
		reset(peer)
		_, err = rt.Await(reader.Wait())
		wantErr(t, "Read that waits", err, unix.ECONNRESET)
		return nil
	})
}

// TestF08_ResetWhileWriting: the error is typed, and n says how much was taken.
// CPython: drain and sock_sendall raise ConnectionResetError, the buffer is empty; neither says how much was taken.
func TestF08_ResetWhileWriting(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		writer := rt.Spawn(func() (int, error) { return rt.Await(c.Write(tooMuch)) })
		rt.Await0(rt.YieldNow())
		reset(peer)
		n, err := rt.Await(writer.Wait())
		if !isBroken(err) || n <= 0 || n >= len(tooMuch) {
			t.Errorf("Write to a connection that is reset: %d, %v", n, err)
		}
		return nil
	})
}

// TestF08_ResetInAcceptQueue: accepting goes on.
func TestF08_ResetInAcceptQueue(t *testing.T) {
	ln := listenLocal(t)
	run(t, func() error {
		for range 3 {
			peer, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				return err
			}
			reset(peer.(*net.TCPConn))
		}
		last, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			return err
		}
		defer last.Close()
		for {
			c, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			found := c.RemoteAddr().String() == last.LocalAddr().String()
			c.Close()
			if found {
				return nil
			}
		}
	})
}

// TestF09_BrokenPipe is an error and not a signal, even if the program asks for signals.
func TestF09_BrokenPipe(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, unix.SIGPIPE)
		defer signal.Stop(signals)
		run(t, func() error {
			c, peer := pairOver(t, network)
			peer.Close()
			for i := 0; ; i++ {
				_, err := rt.Await(c.Write([]byte("x")))
				if errors.Is(err, unix.EPIPE) {
					break
				}
				if err != nil && !errors.Is(err, unix.ECONNRESET) || i > 1e6 {
					t.Errorf("Write to a closed connection: %v", err)
					break
				}
			}
			return nil
		})
		select {
		case <-signals:
			t.Error("the program got SIGPIPE")
		default:
		}
	})
}

// TestF10_HalfClose: the end of the stream in one direction leaves the other one usable, and all that was written arrives.
func TestF10_HalfClose(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		const size, times = 1 << 20, 20
		ln := listenOver(t, network)
		complete := make(chan int)
		go func() {
			n := 0
			for range times {
				if halfClosedEcho(ln, size) == size {
					n++
				}
			}
			complete <- n
		}()
		run(t, func() error {
			for range times {
				c, err := rt.Await(ln.AcceptConn())
				if err != nil {
					return err
				}
				if err := rt.Await0(echo(c)); err != nil {
					return err
				}
			}
			return nil
		})
		if n := <-complete; n != times {
			t.Errorf("%d of %d echoes were complete", n, times)
		}
	})
}

// halfClosedEcho sends size bytes, ends its stream, and returns how many came back.
func halfClosedEcho(ln net.Listener, size int) int64 {
	c, err := net.Dial(ln.Addr().Network(), ln.Addr().String())
	if err != nil {
		return 0
	}
	defer c.Close()
	go func() {
		c.Write(make([]byte, size))
		c.(netStream).CloseWrite()
	}()
	n, _ := io.Copy(io.Discard, c)
	return n
}

// TestF11_DataBeforeEOF: what the peer sent before it closed is read before its end is reported, also if both came as one event.
// CPython, sock_recv of 70 bytes at most: [70, 30, 0], with and without waiting.
func TestF11_DataBeforeEOF(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, waits := range []bool{false, true} {
			run(t, func() error {
				c, peer := pairOver(t, network)
				send := func() {
					peer.Write(make([]byte, 100))
					peer.Close()
				}
				if !waits {
					send()
				}
				reader := rt.Spawn(func() (n int, err error) {
					b := make([]byte, 70)
					for {
						k, err := rt.Await(c.Read(b))
						if n += k; err != nil {
							return n, err
						}
					}
				})
				rt.Await0(rt.YieldNow())
				if waits {
					send()
				}
				n, err := rt.Await(reader.Wait())
				if n != 100 || err != io.EOF {
					t.Errorf("read %d bytes and %v, want 100 and io.EOF", n, err)
				}
				return nil
			})
		}
	})
}

// TestF17_UrgentData cuts a receive short with more bytes behind it, for which there is no further edge.
func TestF17_UrgentData(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		run(t, func() error {
			reader := rt.Spawn(func() (string, error) {
				got := ""
				for b := make([]byte, 100); ; {
					n, err := rt.Await(c.Read(b))
					got += string(b[:n])
					if err != nil || len(got) >= len("begin end") {
						return got, err
					}
				}
			})
			turn()
			peer.Write([]byte("begin "))
			urge(t, peer)
			peer.Write([]byte("end"))
			got, err := rt.Await(reader.Wait())
			if got != "begin end" {
				t.Errorf("read %q", got)
			}
			return err
		})
	})
}

// urge sends a byte of urgent data.
func urge(t *testing.T, c netStream) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) { err = unix.Sendto(int(fd), []byte("!"), unix.MSG_OOB, nil) })
	if err == unix.EOPNOTSUPP {
		t.Skip("the kernel has no urgent data here")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestF17_PassedDescriptor: over a Unix socket a receive stops behind a descriptor that was passed, with more behind it, for which there is
// no further edge.
func TestF17_PassedDescriptor(t *testing.T) {
	const whole = "begin end"
	for name, read := range map[string]func(c *Conn, p []byte) (int, error){
		"Read": func(c *Conn, p []byte) (int, error) { return rt.Await(c.Read(p)) },
		"WhenReadable": func(c *Conn, p []byte) (n int, err error) {
			op := new(ConnWhenReadableOp)
			op.Init(c, func() bool {
				n, err = op.TryRead(p)
				return err != ErrWouldBlock
			})
			_, wait := rt.Block(op)
			return n, errors.Join(wait, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, peer := pairOver(t, "unix")
			run(t, func() error {
				reader := rt.Spawn(func() (got string, err error) {
					for b := make([]byte, 100); len(got) < len(whole) && err == nil; {
						var n int
						n, err = read(c, b)
						got += string(b[:n])
					}
					return got, err
				})
				turn()
				if _, _, err := peer.(*net.UnixConn).WriteMsgUnix([]byte("begin "), unix.UnixRights(1), nil); err != nil {
					t.Fatal(err)
				}
				peer.Write([]byte("end"))
				got, err := rt.Await(reader.Wait())
				if got != whole {
					t.Errorf("read %q", got)
				}
				return err
			})
		})
	}
}

// TestF08_ClosedWithUnreadData: a peer that closes before it has read everything resets, over Unix sockets too. The error comes once from
// a read that waits and from one that comes later.
func TestF08_ClosedWithUnreadData(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, waits := range []bool{true, false} {
			run(t, func() error {
				c, peer := pairOver(t, network)
				if _, err := rt.Await(c.Write([]byte("xx"))); err != nil {
					return err
				}
				if _, err := peer.Read(make([]byte, 1)); err != nil { // both have arrived
					return err
				}
				if !waits {
					peer.Close()
				}
				reader := rt.Spawn0(func() error { _, err := rt.Await(c.Read(make([]byte, 1))); return err })
				turn()
				if waits {
					peer.Close()
				}
				_, err := rt.Await(reader.Wait())
				wantErr(t, "Read", err, unix.ECONNRESET)
				return nil
			})
		}
	})
}

// F11: what came before a reset is read before that is reported, as far as the kernel has it.
func TestF11_DataBeforeReset(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		for _, waits := range []bool{false, true} {
			run(t, func() error {
				c, peer := pairOver(t, network)
				if _, err := rt.Await(c.Write([]byte("x"))); err != nil { // that the peer has not read it makes its Close a reset
					return err
				}
				send := func() {
					peer.Write(make([]byte, 100))
					if tcp, ok := peer.(*net.TCPConn); ok {
						reset(tcp) // should the byte not have arrived yet
					}
					peer.Close()
				}
				if !waits {
					send()
				}
				read := 0
				reader := rt.Spawn0(func() error {
					for b := make([]byte, 70); ; {
						n, err := rt.Await(c.Read(b))
						if read += n; err != nil {
							return err
						}
					}
				})
				turn()
				if waits {
					send()
				}
				_, err := rt.Await(reader.Wait())
				wantErr(t, "Read", err, unix.ECONNRESET)
				if read != 100 {
					t.Errorf("%d bytes were read before the reset, want 100", read)
				}
				return nil
			})
		}
	})
}
