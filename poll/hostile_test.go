//go:build linux

package poll_test

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/testdata/hostile"
	"golang.org/x/sys/unix"
)

// overServers runs a test for an echo server of each network. In the end nothing may be left of what it served.
func overServers(t *testing.T, test func(t *testing.T, s *hostile.Server)) {
	for _, network := range hostile.Networks {
		t.Run(network, func(t *testing.T) {
			s, err := hostile.Start(network, filepath.Join(t.TempDir(), "echo"))
			if err != nil {
				t.Fatal(err)
			}
			test(t, s)
			if err := s.Visit(); err != nil { // which is accepted last
				t.Errorf("in the end the server does not serve: %v", err)
			}
			until(t, "the end of all handlers", func() bool { return s.Handlers() == 0 })
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if n := s.Shortages(); n != 0 {
				t.Errorf("connections could not be accepted, by %d reports", n)
			}
		})
	}
}

// until waits for what happens beside the test.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come", what)
		}
	}
}

// each calls f for 0 to n-1 at the same time, and returns the first error.
func each(n int, f func(i int) error) error {
	var group sync.WaitGroup
	failed := make(chan error, n)
	for i := range n {
		group.Go(func() {
			if err := f(i); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	close(failed)
	return <-failed
}

// F06: 32 MiB through a slow reader arrive in order and once.
func TestF06_SlowReader(t *testing.T) {
	size := 32 << 20
	if testing.Short() {
		size = 1 << 20
	}
	overServers(t, func(t *testing.T, s *hostile.Server) {
		if err := s.SlowReader(size); err != nil {
			t.Error(err)
		}
	})
}

// F07: peers that never read have the kernel's buffers filled, and a constant of ours: what they send is not read.
func TestF07_PeersThatNeverRead(t *testing.T) {
	const peers, perPeer, most = 4, 128 << 10, 64 << 20
	overServers(t, func(t *testing.T, s *hostile.Server) {
		if err := s.Visit(); err != nil { // makes what is made once
			t.Fatal(err)
		}
		_, _, before := hostile.Held()
		conns := make([]hostile.Peer, peers)
		err := each(peers, func(i int) error {
			c, sent, err := s.NeverReads(most, 50*time.Millisecond)
			conns[i] = c
			if sent >= most {
				t.Errorf("the server has taken %d bytes from who reads nothing", sent)
			}
			return err
		})
		until(t, fmt.Sprintf("a heap that has grown by %d bytes at most", peers*perPeer), func() bool {
			_, _, after := hostile.Held() // as long as the server is busy, with what the collector has not got to
			return after-before <= peers*perPeer
		})
		hostile.LetGo(conns)
		if err != nil {
			t.Error(err)
		}
	})
}

// F30: a connection that says nothing costs the server its handler's buffer, and little more; here both ends are counted.
func TestF30_IdleConnections(t *testing.T) {
	const peers, buffer = 200, 16 << 10
	overServers(t, func(t *testing.T, s *hostile.Server) {
		perPeer := int64(buffer + 2<<10)
		if s.TLS {
			perPeer = buffer + 6<<10
		}
		if err := s.Visit(); err != nil {
			t.Fatal(err)
		}
		_, _, before := hostile.Held()
		conns, err := s.Hold(peers)
		if err != nil {
			t.Error(err)
		}
		until(t, "the service", func() bool { return s.Handlers() >= len(conns) })
		until(t, fmt.Sprintf("a heap that has grown by %d bytes at most", peers*perPeer), func() bool {
			_, _, after := hostile.Held()
			return after-before <= peers*perPeer
		})
		hostile.LetGo(conns)
	})
}

// F08: whenever the peer resets, its handler ends, once, with an error that says so, and the others are served.
func TestF08_ResetAtEachStep(t *testing.T) {
	overServers(t, func(t *testing.T, s *hostile.Server) {
		lives, err := s.Dial()
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range hostile.Steps {
			if err := hostile.Ping(lives, "before"); err != nil {
				t.Fatal(err)
			}
			s.TakeEnds()
			ended := s.Ended() + 1
			if err := s.ResetAt(step); err != nil {
				t.Error(err)
			}
			until(t, "the end of the handler", func() bool { return s.Ended() == ended && s.Handlers() == 1 })
			ends := s.TakeEnds()
			if len(ends) > 1 {
				t.Errorf("%s: the handler has ended with %v", step.Name, ends)
			}
			for _, err := range ends {
				if _, ok := err.(net.Error); !s.TLS && (!ok || !hostile.Broken(err)) {
					t.Errorf("%s: the handler has ended with %v", step.Name, err)
				}
			}
		}
		if err := hostile.Ping(lives, "after"); err != nil {
			t.Error(err)
		}
		hostile.Abort(lives)
	})
}

// F08: clients that connect and reset at once, among others that stay.
func TestF08_Churn(t *testing.T) {
	overServers(t, func(t *testing.T, s *hostile.Server) {
		if err := each(4, func(i int) error {
			if i == 0 {
				return s.HalfClose(1 << 20)
			}
			return s.Churn(100)
		}); err != nil {
			t.Error(err)
		}
	})
}

// F10: of 20 connections that are half-closed with 1 MiB in flight, all that was sent comes back.
func TestF10_HalfClosedInFlight(t *testing.T) {
	overServers(t, func(t *testing.T, s *hostile.Server) {
		const times, beside = 20, 4
		if err := each(beside, func(int) error {
			for n := range times / beside {
				if err := s.HalfClose(1 << 20); err != nil {
					return fmt.Errorf("connection %d: %w", n, err)
				}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
}

// F03: a server that signals interrupt all the time loses nothing.
func TestF03_ServerAmongSignals(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGALRM)
	defer signal.Stop(signals)
	every := unix.NsecToTimeval(int64(time.Millisecond))
	if _, err := unix.Setitimer(unix.ITIMER_REAL, unix.Itimerval{Interval: every, Value: every}); err != nil {
		t.Fatal(err)
	}
	defer unix.Setitimer(unix.ITIMER_REAL, unix.Itimerval{})
	overServers(t, func(t *testing.T, s *hostile.Server) {
		if err := each(4, func(int) error { return s.HalfClose(1 << 20) }); err != nil {
			t.Error(err)
		}
	})
}

// F14: the end of a server ends the connections that it serves, whatever they wait for.
func TestF14_ServerCloses(t *testing.T) {
	for _, network := range hostile.Networks {
		t.Run(network, func(t *testing.T) {
			s, err := hostile.Start(network, filepath.Join(t.TempDir(), "echo"))
			if err != nil {
				t.Fatal(err)
			}
			stuck, _, err := s.NeverReads(64<<20, 50*time.Millisecond) // whom its handler waits to write to
			if err != nil {
				t.Error(err)
			}
			silent, err := s.Hold(2) // whom theirs wait to read from
			if err != nil {
				t.Error(err)
			}
			until(t, "the service", func() bool { return s.Handlers() == 3 })
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if n := s.Ended(); n != 3 {
				t.Errorf("%d handlers have ended, want 3", n)
			}
			hostile.LetGo(append(silent, stuck))
		})
	}
}
