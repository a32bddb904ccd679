//go:build linux

package poll

import (
	"errors"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// lockBoth has two tasks wait for each other, each for the lock that the other one has.
func lockBoth() (tasks [2]*rt.Task[struct{}]) {
	locks := [2]*rt.Lock{rt.NewLock(), rt.NewLock()}
	for i := range tasks {
		tasks[i] = rt.Spawn0(func() error {
			if err := rt.Await0(locks[i].Lock()); err != nil {
				return err
			}
			turn()
			return rt.Await0(locks[1-i].Lock())
		})
	}
	return tasks
}

// wantCircle fails the test unless err reports the two tasks of lockBoth, with where they wait.
func wantCircle(t *testing.T, err error) {
	t.Helper()
	dead, ok := errors.AsType[*rt.DeadlockError](err)
	if !ok {
		t.Fatalf("the loop has ended with %v, want a deadlock", err)
	}
	if cycles := dead.Snapshot.Cycles; len(cycles) != 1 || len(cycles[0]) != 2 {
		t.Errorf("the circles %v, want one of two tasks", cycles)
	}
	if n := strings.Count(err.Error(), "deadlock_test.go:22 for a lock"); n < 2 {
		t.Errorf("the line at which both wait is named %d times in\n%v", n, err)
	}
}

// TestF35_TasksThatWaitForEachOther are reported while the loop waits in epoll, whether it has no descriptor, or one that is open but that
// no task waits for.
func TestF35_TasksThatWaitForEachOther(t *testing.T) {
	c, peer := connPair(t)
	for name, before := range map[string]func() error{
		"without a descriptor": func() error { return nil },
		"beside an idle connection": func() error {
			reader := rt.Spawn(func() (int, error) { return rt.Await(c.Read(make([]byte, 1))) })
			turn()
			peer.Write([]byte("x"))
			_, err := rt.Await(reader.Wait())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits as long as a loop sleeps before it looks around
			within(t, "rt.Run0", func() {
				wantCircle(t, rt.Run0(func() error {
					if err := before(); err != nil {
						return err
					}
					tasks := lockBoth()
					_, err := rt.Await(tasks[0].Wait())
					return err
				}))
			})
		})
	}
}

// TestF35_WhoWaitsForASocketGoesOn: as long as a task waits for a socket nothing is reported, although the loop has looked around, and it
// gets what comes then. When it has ended, the others are reported.
func TestF35_WhoWaitsForASocketGoesOn(t *testing.T) {
	c, peer := connPair(t)
	loop, err := rt.NewLoop(rt.LoopOptions{Deadlocks: true})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	waits, received := 0, 0
	loop.SetTrace(func(e rt.TraceEvent) {
		if e.Kind != rt.TraceWait {
			return
		}
		if waits++; waits == 2 { // in the first it has slept, and looked around then
			peer.Write([]byte("x"))
		}
	})
	within(t, "the loop", func() {
		loop.CallSoon(func() {
			lockBoth()
			rt.Spawn0(func() (err error) {
				received, err = rt.Await(c.Read(make([]byte, 1)))
				return err
			})
		})
		wantCircle(t, loop.Run())
		if err := loop.Shutdown(-1); err != nil {
			t.Error(err)
		}
	})
	if received != 1 || waits < 3 {
		t.Errorf("%d bytes were received, and the loop has waited %d times", received, waits)
	}
}

// TestF35_AfterAShortage: a Server that has waited for descriptors leaves the reports of its loop as they were.
func TestF35_AfterAShortage(t *testing.T) {
	for form, serve := range map[string]func(s *Server, ln *Listener) error{
		"plain":     func(s *Server, ln *Listener) error { return s.Serve(ln, (*Conn).Close) },
		"generated": func(s *Server, ln *Listener) error { _, err := rt.Block(s.ServeAsync(ln, closeAsync)); return err },
	} {
		t.Run(form, func(t *testing.T) {
			ln := listenLocal(t)
			c, err := new(Dialer).connectBlocking("tcp", addressAt(ln))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			within(t, "rt.Run0", func() {
				wantCircle(t, rt.Run0(func() error {
					short := rt.NewEvent()
					s := &Server{OnError: func(*Conn, error) { short.Set() }}
					feed := starve(t, 0)
					serving := rt.Spawn0(func() error { return serve(s, ln) })
					err := rt.Await0(short.Wait())
					turn() // in which it comes to wait
					feed()
					ln.Close()
					if _, served := rt.Await(serving.Wait()); err != nil || served != nil {
						return errors.Join(err, served)
					}
					tasks := lockBoth()
					_, err = rt.Await(tasks[0].Wait())
					return err
				}))
			})
		})
	}
}

// closeAsync is the async form of a handler that closes its connection.
func closeAsync(c *Conn) rt.Awaitable[struct{}] {
	c.Close()
	return rt.YieldNowAsync()
}
