//go:build linux

package poll

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestBlockingForms: goroutines that are no tasks use both ends.
func TestBlockingForms(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		ln := listenOver(t, network)
		within(t, "the echo", func() {
			var group sync.WaitGroup
			group.Go(func() {
				c, err := ln.AcceptConn()
				if err != nil {
					t.Error(err)
					return
				}
				if err := echo(c); err != nil {
					t.Error(err)
				}
			})
			c, err := dialTo(ln)
			if err != nil {
				t.Error(err)
				return
			}
			if err := pingPong(c, func(n int) bool { return n < 100 }); err != nil {
				t.Error(err)
			}
			big := make([]byte, 4<<20)
			group.Go(func() {
				if n, err := c.Write(big); n != len(big) || err != nil {
					t.Errorf("Write: %d, %v", n, err)
				}
				c.CloseWrite()
			})
			if n, err := io.Copy(io.Discard, c); n != int64(len(big)) || err != nil {
				t.Errorf("%d bytes came back, %v", n, err)
			}
			group.Wait()
			c.Close()
		})
	})
}

// TestBlockingForms_HTTP serves package net/http, which leans on every promise of a net.Conn.
func TestBlockingForms_HTTP(t *testing.T) {
	ln := listenLocal(t)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	})}
	served := make(chan error)
	go func() { served <- server.Serve(ln) }()
	transport := &http.Transport{DialContext: new(Dialer).DialContext}
	client := &http.Client{Transport: transport, Timeout: patience}
	for i := range 20 {
		want := strings.Repeat(fmt.Sprint(i), 1+i*1000)
		r, err := client.Post("http://"+ln.Addr().String(), "text/plain", strings.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r.Body)
		r.Body.Close()
		if string(got) != want || err != nil {
			t.Errorf("post %d: got %d bytes, %v", i, len(got), err)
		}
	}
	transport.CloseIdleConnections()
	server.Close()
	if err := <-served; err != http.ErrServerClosed {
		t.Error(err)
	}
}

// TestBlockingForms_Close wakes goroutines that block.
func TestBlockingForms_Close(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, _ := pairOver(t, network)
		ln := listenOver(t, network)
		fill(c)
		within(t, "Close", func() {
			var group sync.WaitGroup
			group.Go(func() {
				_, err := c.Read(make([]byte, 1))
				wantErr(t, "Read", err, net.ErrClosed)
			})
			group.Go(func() {
				_, err := c.Write(tooMuch)
				wantErr(t, "Write", err, net.ErrClosed)
			})
			group.Go(func() {
				_, err := ln.Accept()
				wantErr(t, "Accept", err, net.ErrClosed)
			})
			for c.registered() == nil || ln.registered() == nil { // they have not blocked yet
				rt.Blocking0(func(context.Context) error { return nil })
			}
			c.Close()
			ln.Close()
			group.Wait()
		})
	})
}

// registered returns fd's os.File, if a blocking form has had to wait.
func (fd *descriptor) registered() *os.File {
	x := fd.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.netpoll == nil {
		return nil
	}
	return x.netpoll.file
}

// TestBlockingForms_Deadlines: set before and while a goroutine blocks, and taken back.
func TestBlockingForms_Deadlines(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		c, peer := pairOver(t, network)
		within(t, "a deadline", func() {
			peer.Write([]byte("x"))
			c.SetReadDeadline(time.Now().Add(-time.Second))
			_, err := c.Read(make([]byte, 1))
			wantErr(t, "Read after its deadline", err, os.ErrDeadlineExceeded)
			c.SetReadDeadline(time.Time{})
			if _, err := c.Read(make([]byte, 1)); err != nil {
				t.Errorf("Read without a deadline: %v", err)
			}
			c.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, err = c.Read(make([]byte, 1))
			wantErr(t, "Read until its deadline", err, os.ErrDeadlineExceeded)
			if ne, ok := err.(net.Error); !ok || !ne.Timeout() {
				t.Errorf("%v is no timeout", err)
			}
			c.SetReadDeadline(time.Time{})
			done := make(chan error)
			go func() {
				_, err := c.Read(make([]byte, 1))
				done <- err
			}()
			c.SetReadDeadline(time.Now())
			wantErr(t, "Read whose deadline is set late", <-done, os.ErrDeadlineExceeded)
			fill(c)
			c.SetWriteDeadline(time.Now().Add(time.Millisecond))
			_, err = c.Write(tooMuch)
			wantErr(t, "Write", err, os.ErrDeadlineExceeded)
		})
	})
}

// TestDeadlines of the async forms.
func TestDeadlines(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		run(t, func() error {
			c, peer := pairOver(t, network)
			read := func() error {
				_, err := rt.Await(c.Read(make([]byte, 1)))
				return err
			}
			peer.Write([]byte("x"))
			c.SetDeadline(time.Now().Add(-time.Second))
			wantErr(t, "Read after its deadline", read(), os.ErrDeadlineExceeded)
			c.SetDeadline(time.Time{})
			if err := read(); err != nil {
				return err
			}
			c.SetReadDeadline(time.Now().Add(time.Millisecond))
			wantErr(t, "Read until its deadline", read(), os.ErrDeadlineExceeded)
			wantErr(t, "Read after that", read(), os.ErrDeadlineExceeded)
			c.SetReadDeadline(time.Unix(1<<40, 0)) // later than any clock goes
			patient := rt.Spawn0(read)
			rt.Await0(rt.YieldNow())
			rt.Await0(rt.YieldNow())
			peer.Write([]byte("x"))
			if _, err := rt.Await(patient.Wait()); err != nil {
				t.Errorf("Read with a deadline in the far future: %v", err)
			}
			fill(c)
			c.SetWriteDeadline(time.Now().Add(time.Millisecond))
			_, err := rt.Await(c.Write(tooMuch))
			wantErr(t, "Write until its deadline", err, os.ErrDeadlineExceeded)

			c.SetReadDeadline(time.Now().Add(time.Hour))
			reader := rt.Spawn0(read)
			rt.Await0(rt.YieldNow())
			c.SetReadDeadline(time.Now().Add(time.Millisecond)) // earlier than its timer
			_, err = rt.Await(reader.Wait())
			wantErr(t, "Read whose deadline becomes earlier", err, os.ErrDeadlineExceeded)

			reader = postponed(c, read)
			other, _ := pairOver(t, network)
			other.SetReadDeadline(time.Now().Add(time.Millisecond)) // passes after that timer
			_, err = rt.Await(other.Read(make([]byte, 1)))
			wantErr(t, "Read of the other connection", err, os.ErrDeadlineExceeded)
			peer.Write([]byte("x"))
			if _, err = rt.Await(reader.Wait()); err != nil {
				t.Errorf("Read whose deadline becomes later: %v", err)
			}

			c.SetReadDeadline(time.Time{})
			reader = rt.Spawn0(read)
			rt.Await0(rt.YieldNow())
			go c.SetReadDeadline(time.Now())
			_, err = rt.Await(reader.Wait())
			wantErr(t, "Read whose deadline another goroutine sets", err, os.ErrDeadlineExceeded)
			return nil
		})
	})
}

// postponed begins a read of c whose deadline is soon, and moves that before it passes: later than its timer, which is used again.
func postponed(c *Conn, read func() error) *rt.Task[struct{}] {
	for soon := time.Millisecond; ; soon *= 2 {
		passes := time.Now().Add(soon)
		c.SetReadDeadline(passes)
		reader := rt.Spawn0(read)
		turn()
		c.SetReadDeadline(time.Now().Add(time.Hour))
		if time.Now().Before(passes) {
			return reader
		}
		reader.Cancel(nil) // this machine was too slow: the read may have ended
		rt.Await(reader.Wait())
	}
}

// TestMisuse: a blocking form that would block a loop says what to write instead.
func TestMisuse(t *testing.T) {
	c, peer := connPair(t)
	misuse := func(name string, f func()) {
		l, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		l.CallSoon(func() {
			defer l.Stop()
			defer func() {
				m, ok := recover().(rt.Misuse)
				if !ok || !strings.Contains(string(m), name) || !strings.Contains(string(m), "rt.Await") {
					t.Errorf("%s on a loop: got %q, want a Misuse that names the cure", name, m)
				}
			}()
			f()
		})
		l.Run()
	}
	misuse("Conn.Read", func() { c.Read(make([]byte, 1)) })
	peer.Write([]byte("x"))
	l, _ := rt.NewLoop(rt.LoopOptions{})
	defer l.Close()
	l.CallSoon(func() {
		defer l.Stop()
		for range 1000 { // what does not block is allowed
			if _, err := receive(c.sysfd, make([]byte, 1)); err == nil {
				break
			}
		}
		if _, err := c.Write([]byte("x")); err != nil {
			t.Error(err)
		}
	})
	l.Run()
	fill(c)
	misuse("Conn.Write", func() { c.Write(tooMuch) })
	ln := listenLocal(t)
	misuse("Listener.AcceptConn", func() { ln.Accept() })
	misuse("Dial", func() { Dial("tcp", "localhost:9") })
}

// TestTrace: the chain of a receive. The poller waits; the socket is ready; what stands for it is set; the task that waits is woken; its
// innermost coroutine is resumed; that one reads the data and returns it.
func TestTrace(t *testing.T) {
	overNetworks(t, func(t *testing.T, network string) {
		var chain []string
		run(t, func() error {
			c, peer := pairOver(t, network)
			names := map[rt.TraceKind]string{rt.TraceWait: "wait", rt.TraceReady: "ready", rt.TraceSet: "set", rt.TraceWake: "wake",
				rt.TraceResume: "resume", rt.TraceIO: "io"}
			reader := rt.Spawn(func() (string, error) {
				b := make([]byte, 10)
				n, err := rt.Await(c.Read(b))
				chain = append(chain, "return "+string(b[:n]))
				rt.RunningLoop().SetTrace(nil)
				return "", err
			})
			rt.Await0(rt.YieldNow())
			rt.Await0(rt.YieldNow()) // what the registration reported has been collected
			rt.RunningLoop().SetTrace(func(e rt.TraceEvent) {
				if name := names[e.Kind]; name != "" {
					chain = append(chain, name)
				}
				if e.Kind == rt.TraceWait {
					peer.Write([]byte("x"))
				}
			})
			_, err := rt.Await(reader.Wait())
			return err
		})
		if got, want := strings.Join(chain, ", "), "wait, ready, set, wake, resume, io, return x"; got != want {
			t.Errorf("a receive went\n%s\nwant\n%s", got, want)
		}
	})
}

// TestListen: networks, addresses and what the sockets are set to.
func TestListen(t *testing.T) {
	for _, test := range []struct{ network, address, dial string }{
		{"tcp", "127.0.0.1:0", "127.0.0.1"},
		{"tcp", "[::1]:0", "::1"},
		{"tcp", ":0", "127.0.0.1"},
		{"tcp", ":0", "::1"},
		{"tcp", "localhost:0", "localhost"},
		{"tcp4", ":0", "127.0.0.1"},
		{"tcp6", ":0", "::1"},
	} {
		ln, err := Listen(test.network, test.address)
		if err != nil {
			t.Errorf("Listen %s %s: %v", test.network, test.address, err)
			continue
		}
		like, err := net.Listen(test.network, test.address)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := ln.Addr().(*net.TCPAddr), like.Addr().(*net.TCPAddr); !got.IP.Equal(want.IP) || got.Port == 0 {
			t.Errorf("Listen %s %s is bound to %v, package net's to %v", test.network, test.address, got, want)
		}
		like.Close()
		to := net.JoinHostPort(test.dial, fmt.Sprint(ln.Addr().(*net.TCPAddr).Port))
		run(t, func() error {
			c, err := rt.Await(Dial(test.network, to))
			if err != nil {
				return err
			}
			defer c.Close()
			accepted, err := rt.Await(ln.AcceptConn())
			if err != nil {
				return err
			}
			defer accepted.Close()
			if a, b := accepted.LocalAddr().String(), c.RemoteAddr().String(); a != b {
				t.Errorf("%s %s: the accepted end is at %s, dialed was %s", test.network, to, a, b)
			}
			if a, b := accepted.RemoteAddr().String(), c.LocalAddr().String(); a != b {
				t.Errorf("%s %s: accepted from %s, dialed from %s", test.network, to, a, b)
			}
			for _, fd := range []int{c.sysfd, accepted.sysfd} {
				if on, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY); on != 1 || err != nil {
					t.Errorf("TCP_NODELAY is %d, %v", on, err)
				}
			}
			return nil
		})
		ln.Close()
	}
	for _, bad := range [][2]string{{"udp", ":0"}, {"tcp", "no port"}, {"tcp4", "[::1]:0"}, {"tcp", "127.0.0.1:99999"}} {
		if _, err := Listen(bad[0], bad[1]); err == nil {
			t.Errorf("Listen %q succeeded", bad)
		} else if _, ok := err.(*net.OpError); !ok {
			t.Errorf("Listen %q: error of type %T", bad, err)
		}
	}
}

// TestDial: what it refuses, and that it tries all addresses of a name.
func TestDial(t *testing.T) {
	ln4, err := Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln4.Close()
	to := fmt.Sprintf("localhost:%d", ln4.Addr().(*net.TCPAddr).Port) // ::1 may come first, and is refused
	forms := map[string]func(network, address string) (*Conn, error){
		"blocking": Dial,
		"async":    func(network, address string) (*Conn, error) { return rt.RunAsync(DialAsync(network, address)) },
		"plain": func(network, address string) (*Conn, error) {
			return rt.Run(func() (*Conn, error) { return rt.Await(Dial(network, address)) })
		},
	}
	for name, dial := range forms {
		within(t, name, func() {
			c, err := dial("tcp", to)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			c.Close()
			for _, bad := range [][2]string{{"udp", "127.0.0.1:1"}, {"tcp", "127.0.0.1"}, {"tcp", "127.0.0.1:99999"}, {"tcp4", "[::1]:1"},
				{"tcp6", "127.0.0.1:1"}, {"tcp", "127.0.0.1:no-such-service"}, {"tcp", "127.0.0.1:0"}} {
				c, err := dial(bad[0], bad[1])
				if err == nil {
					t.Errorf("%s: Dial %q succeeded", name, bad)
					c.Close()
				} else if _, ok := err.(*net.OpError); !ok {
					t.Errorf("%s: Dial %q: error %v of type %T", name, bad, err, err)
				}
			}
		})
	}
}

// TestConn_BufferedReader: the blocking forms serve readers of other packages inside a plain task too.
func TestConn_BufferedReader(t *testing.T) {
	run(t, func() error {
		c, peer := connPair(t)
		go func() {
			for i := range 100 {
				fmt.Fprintf(peer, "line %d\n", i)
			}
			peer.Close()
		}()
		lines := bufio.NewScanner(c)
		n := 0
		for lines.Scan() {
			n++
		}
		if n != 100 {
			t.Errorf("%d lines, want 100", n)
		}
		return errors.Join(lines.Err())
	})
}
