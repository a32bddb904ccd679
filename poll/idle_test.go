//go:build linux

package poll

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// TestConnectionIsRegisteredOnce: however often the connections of a server wait, there is one epoll_ctl for each until it is closed, and
// no goroutine.
func TestConnectionIsRegisteredOnce(t *testing.T) {
	const conns, messages = 5, 20
	ln := listenLocal(t)
	loop, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	serve := rt.SpawnOn(loop, ServeAsync(ln, newSharedEcho().echoAsync))
	ended := make(chan error)
	go func() {
		_, err := rt.RunUntil(loop, serve)
		ended <- err
	}()
	echoOnce(t, ln.Addr().String(), 1) // now it runs
	goroutines := runtime.NumGoroutine()
	clients := echoOnce(t, ln.Addr().String(), conns)
	for range messages {
		for _, c := range clients {
			exchangeMessage(t, c)
		}
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("there are %d goroutines, and were %d before the connections", n, goroutines)
	}
	registered := loop.Poller().(*Poller).generations()
	if want := slices.Repeat([]int32{1}, conns+2); !slices.Equal(registered, want) {
		t.Errorf("the listener and its connections were registered %v times, want %v", registered, want)
	}
	ln.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// generations returns how often the descriptors that have an owner were registered, by number, counting all owners.
func (t *table) generations() (list []int32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.slots {
		if s.owner != nil {
			list = append(list, s.generation)
		}
	}
	return list
}

// TestServer_Goexit: a handler that calls runtime.Goexit, as t.Fatal does, closes its connection, and goes on in whoever runs the loop. A
// deferred call of it that panics meanwhile is reported.
func TestServer_Goexit(t *testing.T) {
	for _, waits := range []bool{false, true} {
		for _, panics := range []bool{false, true} {
			var reports []error
			ln := listenLocal(t)
			s := &Server{OnError: func(_ *Conn, err error) { reports = append(reports, err) }}
			loop, err := rt.NewLoop(rt.LoopOptions{})
			if err != nil {
				t.Fatal(err)
			}
			serve := rt.SpawnOn(loop, s.ServeAsync(ln, func(c *Conn) rt.Awaitable[struct{}] {
				co := &goexitCoro{c: c, waits: waits, panics: panics}
				co.Visible()
				return co
			}))
			within(t, "the server", func() {
				c, err := Dial("tcp", ln.Addr().String())
				if err != nil {
					t.Error(err)
					return
				}
				defer c.Close()
				if _, err := c.Write([]byte("x")); err != nil {
					t.Error(err)
				}
				returned := true
				exited := make(chan struct{})
				go func() {
					defer close(exited)
					returned = false
					rt.RunUntil(loop, serve)
					returned = true
				}()
				<-exited
				if returned {
					t.Error("the loop returns after Goexit")
				}
				if !closed(c) {
					t.Error("the connection is open")
				}
			})
			if panics != (len(reports) == 1 && errors.Is(reports[0], rttest.ErrInjected)) {
				t.Errorf("waits %v, panics %v: reports %v", waits, panics, reports)
			}
			loop.Close()
		}
	}
}

// goexitCoro is a handler that calls runtime.Goexit, perhaps after a read, and perhaps with a deferred call that panics then.
type goexitCoro struct {
	rt.Frame
	rt.Defers
	c      *Conn
	waits  bool
	panics bool
	call1  ConnReadOp
}

func (co *goexitCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *goexitCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, nil
}

func (co *goexitCoro) Resume(fb *rt.Fiber) (done bool) {
	state := co.Enter()
	defer co.Leave(fb, co, &done)
	if state == 0 {
		if co.panics {
			co.Defer(func() { panic(rttest.ErrInjected) })
		}
		if co.waits {
			co.call1.Init(co.c, make([]byte, 1))
			if !co.call1.Start(fb, co) {
				return co.Suspend(1)
			}
		}
	}
	runtime.Goexit()
	return true
}
