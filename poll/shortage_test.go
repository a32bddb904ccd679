//go:build linux

package poll

import (
	"errors"
	"net"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"golang.org/x/sys/unix"
)

// TestC221_AcceptsInBursts: of connections that come at once a bounded number is accepted in a turn of the loop.
// CPython, 101 connections and a backlog of 100: 100 in a turn, and 1 in the next.
func TestC221_AcceptsInBursts(t *testing.T) {
	const conns, most = 400, 256
	serverForms(t, Server{}, func(w *serverWorld) {
		// The task of Serve does not run before all of them are in the queue.
		clients := make([]net.Conn, conns)
		for i := range clients {
			c, err := net.Dial("tcp", w.ln.Addr().String())
			if err != nil {
				w.Fatal(err)
			}
			defer c.Close()
			clients[i] = c
		}
		biggest, before := 0, 0
		for w.begun < conns {
			rt.YieldNow()
			biggest = max(biggest, w.begun-before)
			before = w.begun
		}
		if biggest > most || biggest < 2 {
			w.Errorf("%d connections were accepted in a turn, want several and at most %d", biggest, most)
		}
	})
}

// starve takes the descriptors of the process but for some, until the function that it returns is called.
func starve(t *testing.T, left int) (feed func()) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	var free []int
	for range left + 1 {
		fd, err := unix.Dup(0)
		if err != nil {
			t.Fatal(err)
		}
		free = append(free, fd)
	}
	few := limit
	few.Cur = uint64(slices.Max(free))
	for _, fd := range free {
		unix.Close(fd)
	}
	unix.Setrlimit(unix.RLIMIT_NOFILE, &few)
	return func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) }
}

// TestC222_AcceptWithoutDescriptors (F01): connections are served, one report an episode, no spinning, and accepting goes on when there
// are descriptors again.
// CPython 3.11, a backlog of 100: 99 reports "socket.accept() out of system resource", and as many each second; the first connection is
// served meanwhile, the others when there are descriptors again.
func TestC222_AcceptWithoutDescriptors(t *testing.T) {
	serverForms(t, Server{}, func(w *serverWorld) {
		served := w.client()
		defer served.Close()
		if !w.echoes(served) {
			t.Error("the first connection is not served")
		}
		for episode := 1; episode <= 2; episode++ {
			waiting := []*Conn{w.client(), w.client(), w.client()}
			feed := starve(t, 1)
			w.until("the shortage", func() bool { return len(w.reports) == episode })
			turns()
			if n := w.begun; n != 1+3*(episode-1)+1 {
				w.Errorf("%d connections have been accepted, with one descriptor left", n)
			}
			attempts := countAccepts(w, func() {
				for range 100 {
					if !w.echoes(served) {
						w.Error("the first connection is no longer served")
					}
				}
			})
			if attempts != 0 {
				w.Errorf("%d attempts to accept while the clock stands still", attempts)
			}
			attempts = countAccepts(w, func() {
				for range 10 {
					w.clock.Advance(acceptPause)
					turns()
				}
			})
			if attempts != 10 {
				w.Errorf("%d attempts to accept in 10 pauses", attempts)
			}
			feed()
			w.clock.Advance(acceptPause)
			for _, c := range waiting {
				if !w.echoes(c) {
					w.Error("a connection that waited is not served")
				}
				c.Close()
			}
			w.until("the end of their handlers", func() bool { return w.serving == 1 })
			if len(w.reports) != episode || !errors.Is(w.reports[episode-1], unix.EMFILE) || w.about[episode-1] != nil {
				w.Errorf("after %d episodes there are the reports %v", episode, w.reports)
			}
			w.clock.Advance(shortageGap)
		}
	})
}

// TestF01_HandlerEnds: a handler that ends makes room at once for one that waits, and it is still one episode. A server that
// waited out its pause would accept no more connections in a second than ten times its descriptors, also where most of those in the queue
// are dead, and honest clients would find the queue full for ever.
func TestF01_HandlerEnds(t *testing.T) {
	serverForms(t, Server{}, func(w *serverWorld) {
		served := w.client()
		if !w.echoes(served) {
			t.Error("the first connection is not served")
		}
		waiting := []*Conn{w.client(), w.client(), w.client()}
		feed := starve(t, 0)
		defer feed()
		w.until("the shortage", func() bool { return len(w.reports) == 1 })
		for _, c := range waiting {
			served.Close()
			if !w.echoes(c) { // while the clock stands still
				w.Error("a connection waits although another one has ended")
			}
			served = c
		}
		served.Close()
		if len(w.reports) != 1 {
			w.Errorf("reports: %v", w.reports)
		}
	})
}

// countAccepts counts how often the task that accepts is resumed while f runs, and accepts nothing.
func countAccepts(w *serverWorld, f func()) (failed int) {
	w.loop.SetTrace(func(e rt.TraceEvent) {
		if e.Kind == rt.TraceResume && e.Fiber == w.task.Fiber() {
			failed++
		}
	})
	defer w.loop.SetTrace(nil)
	f()
	return failed
}

// TestServer_Shed: without descriptors the clients that wait are told.
func TestServer_Shed(t *testing.T) {
	serverForms(t, Server{Shed: true}, func(w *serverWorld) {
		served := w.client()
		defer served.Close()
		if !w.echoes(served) {
			t.Error("the first connection is not served")
		}
		waiting := []*Conn{w.client(), w.client(), w.client()}
		feed := starve(t, 0)
		for _, c := range waiting {
			if !closed(c) {
				w.Error("a connection waits that cannot be accepted")
			}
		}
		feed()
		for _, c := range waiting {
			c.Close()
		}
		w.clock.Advance(acceptPause)
		again := w.client()
		defer again.Close()
		if !w.echoes(again) || !w.echoes(served) {
			w.Error("the server does not go on")
		}
		if len(w.reports) != 1 {
			w.Errorf("reports: %v", w.reports)
		}
	})
}
