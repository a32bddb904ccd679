//go:build linux

package poll

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestMain checks that the tests leave no descriptor and no goroutine behind.
func TestMain(m *testing.M) {
	if kind := os.Getenv(serverEnv); kind != "" {
		benchServer(kind)
		return
	}
	if of := os.Getenv(crowdEnv); of != "" {
		if err := crowdMain(of); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	r, w, err := os.Pipe() // opens Go's netpoller, which stays
	if err != nil {
		panic(err)
	}
	r.Close()
	w.Close()
	signals := make(chan os.Signal, 1) // starts the goroutine of package signal, which stays
	signal.Notify(signals, syscall.SIGALRM)
	signal.Stop(signals)
	fds, goroutines := openDescriptors(), runtime.NumGoroutine()
	code := m.Run()
	if code == 0 {
		code = leaks(fds, goroutines)
	}
	os.Exit(code)
}

// leaks reports what is left. Goroutines that are about to end get the chance to.
func leaks(fds map[int]string, goroutines int) (code int) {
	for range 1000 {
		if len(openDescriptors()) <= len(fds) && runtime.NumGoroutine() <= goroutines {
			return 0
		}
		runtime.Gosched()
		runtime.GC()
	}
	if now := openDescriptors(); len(now) > len(fds) {
		fmt.Printf("descriptors left open:\nbefore %v\nafter  %v\n", fds, now)
		code = 1
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		fmt.Printf("goroutines left: %d, before %d\n%s\n", n, goroutines, stacks)
		code = 1
	}
	return code
}

// openDescriptors returns what the process has open, by number.
func openDescriptors() map[int]string {
	entries, err := os.ReadDir(fdFolder)
	if err != nil {
		panic(err)
	}
	open := make(map[int]string)
	for _, e := range entries {
		number, err := strconv.Atoi(e.Name())
		if err != nil {
			panic(err)
		}
		if to := openAt(number); to != "" && !strings.HasPrefix(to, "/proc/") { // the folder itself
			open[number] = to
		}
	}
	return open
}

// fdFolder has a link for each descriptor of this process.
const fdFolder = "/proc/self/fd"

// openAt returns what the process has open under a number, "" for nothing.
func openAt(number int) string {
	to, _ := os.Readlink(fdFolder + "/" + strconv.Itoa(number))
	return to
}

// patience is how long a test waits for what must happen before it reports that it did not.
const patience = 20 * time.Second

// within runs f on a goroutine and fails the test if it does not return.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		stacks := make([]byte, 1<<20)
		t.Fatalf("%s hangs\n%s", what, stacks[:runtime.Stack(stacks, true)])
	}
}

// run runs main as the first plain task of a loop and fails the test with its error.
func run(t *testing.T, main func() error) {
	t.Helper()
	within(t, "rt.Run", func() {
		if err := rt.Run0(main); err != nil {
			t.Error(err)
		}
	})
}

// listenLocal listens on a free port of this host, until the test ends.
func listenLocal(t testing.TB) *Listener {
	t.Helper()
	ln, err := Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// connPair returns both ends of a connection: ours, and the peer's as package net has it. They are closed when the test ends.
func connPair(t testing.TB) (*Conn, *net.TCPConn) {
	t.Helper()
	ln := listenLocal(t)
	defer ln.Close()
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		peer.Close()
	})
	return c, peer.(*net.TCPConn)
}

// echo writes what it reads until the end of the stream.
func echo(c *Conn) error {
	defer c.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := rt.Await(c.Read(buf))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := rt.Await(c.Write(buf[:n])); err != nil {
			return err
		}
	}
}

// wantErr fails the test unless err is target, and, if it is a socket's, a *net.OpError.
func wantErr(t *testing.T, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s: got error %v, want %v", what, err, target)
		return
	}
	if _, thrown := errors.AsType[*rt.Canceled](err); thrown {
		return
	}
	if _, ok := errors.AsType[*net.OpError](err); !ok {
		t.Errorf("%s: got error of type %T, want *net.OpError", what, err)
	}
}

// isBroken reports whether err says that the peer has reset the connection.
func isBroken(err error) bool { return errors.Is(err, unix.ECONNRESET) || errors.Is(err, unix.EPIPE) }

// reset closes c so that the peer sees a reset.
func reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}
