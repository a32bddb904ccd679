//go:build linux

package poll

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
	"golang.org/x/sys/unix"
)

// A testHandler serves connections as their clients tell it, by one byte at a time. What it does not know it sends back.
type testHandler struct {
	begun   int
	serving int
	release *rt.Event
}

var errTold = errors.New("told to fail")

// serve is the handler. In the generated form of the server it runs as a plain task.
func (h *testHandler) serve(c *Conn) error {
	h.begun++
	h.serving++
	defer func() { h.serving-- }()
	buf := make([]byte, 1)
	for {
		_, err := rt.Await(c.Read(buf))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch buf[0] {
		case 'e':
			return errTold
		case 'p':
			panic(errTold)
		case 'w':
			return rt.Await0(h.release.Wait())
		case 's':
			return rt.Await0(rt.Shield0(func() error { return rt.Await0(h.release.Wait()) }))
		}
		if _, err := rt.Await(c.Write(buf)); err != nil {
			return err
		}
	}
}

// serveAsync is the async form of serve.
func (h *testHandler) serveAsync(c *Conn) rt.Awaitable[struct{}] {
	co := &testHandlerCoro{call1: rt.Spawn0(func() error { return h.serve(c) }).WaitAsync()}
	co.Visible()
	return co
}

// A testHandlerCoro is a handler as the generator would write it, as far as the server sees that.
type testHandlerCoro struct {
	rt.Frame
	call1 rt.Awaitable[struct{}]
	err   error
}

func (co *testHandlerCoro) Start(fb *rt.Fiber, parent rt.Resumable) (ready bool) {
	return rt.Begin(fb, co, parent)
}

func (co *testHandlerCoro) Result() (struct{}, error) {
	co.Check()
	return struct{}{}, co.err
}

func (co *testHandlerCoro) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 0 && !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
	_, co.err = co.call1.Result()
	return co.End()
}

// Where is the source line at which the call is suspended.
func (co *testHandlerCoro) Where() string {
	return co.Position("server_test.go:61", "server_test.go:62")
}

// A serverWorld is a loop with sockets and a clock that stands still, on which a Server serves.
type serverWorld struct {
	*testing.T
	testHandler
	clock   *rttest.Clock
	loop    *rt.Loop
	ln      *Listener
	task    *rt.Task[struct{}] // the Serve
	reports []error
	about   []*Conn // of the reports
}

// serverForms has s serve a listener, in both forms of the code, while test runs beside it in a plain task of the same loop. When test has
// returned, the listener is closed, and Serve must end.
func serverForms(t *testing.T, s Server, test func(w *serverWorld)) {
	for _, form := range []string{"plain", "generated"} {
		t.Run(form, func(t *testing.T) {
			before := len(openDescriptors())
			w := &serverWorld{T: t, clock: new(rttest.Clock), ln: listenLocal(t)}
			w.release = rt.NewEvent()
			s := s
			s.OnError = func(c *Conn, err error) { w.reports, w.about = append(w.reports, err), append(w.about, c) }
			loop, err := rt.NewLoop(rt.LoopOptions{Clock: w.clock})
			if err != nil {
				t.Fatal(err)
			}
			w.loop = loop
			within(t, "the loop", func() {
				loop.CallSoon(func() {
					if form == "plain" {
						w.task = rt.Spawn0(func() error { return s.Serve(w.ln, w.serve) })
					} else {
						w.task = rt.SpawnOn(loop, s.ServeAsync(w.ln, w.serveAsync))
					}
					rt.Spawn0(func() error {
						defer loop.Stop()
						test(w)
						w.ln.Close()
						w.release.Set()
						w.task.Wait()
						if w.serving != 0 {
							t.Errorf("%d handlers are left behind", w.serving)
						}
						return nil
					})
				})
				if err := loop.Run(); err != nil {
					t.Error(err)
				}
			})
			loop.Close()
			wantDescriptors(t, before)
		})
	}
}

// client connects to the server, before anything else runs.
func (w *serverWorld) client() *Conn {
	w.Helper()
	c, err := new(Dialer).connectBlocking("tcp", addressAt(w.ln))
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// tell sends a byte to the server.
func (w *serverWorld) tell(c *Conn, what string) {
	w.Helper()
	if _, err := c.Write([]byte(what)); err != nil {
		w.Errorf("told %q: %v", what, err)
	}
}

// echoes reports whether the server answers.
func (w *serverWorld) echoes(c *Conn) bool {
	w.tell(c, "x")
	buf := make([]byte, 1)
	_, err := c.Read(buf)
	return err == nil && buf[0] == 'x'
}

// closed reports whether the server has closed the connection.
func closed(c *Conn) bool {
	_, err := c.Read(make([]byte, 1))
	return err == io.EOF || isBroken(err)
}

// until lets the others run until something has happened.
func (w *serverWorld) until(what string, happened func() bool) {
	w.Helper()
	for range 100_000 {
		if happened() {
			return
		}
		rt.YieldNow()
	}
	w.Errorf("%s does not happen", what)
}

// TestC219_HandlersThatFail end their connection alone, and are reported, with where a panic came from.
// CPython: the connection is closed, and reported "Unhandled exception in client_connected_cb ValueError('told')"; others are served.
func TestC219_HandlersThatFail(t *testing.T) {
	serverForms(t, Server{}, func(w *serverWorld) {
		fails, panics, lives := w.client(), w.client(), w.client()
		defer lives.Close()
		for c, what := range map[*Conn]string{fails: "e", panics: "p"} {
			w.reports = nil
			w.tell(c, what)
			if !closed(c) {
				w.Errorf("after %q the connection is open", what)
			}
			c.Close()
			if len(w.reports) != 1 || !errors.Is(w.reports[0], errTold) || w.about[len(w.about)-1].RemoteAddr().String() != c.LocalAddr().String() {
				w.Errorf("after %q there are the reports %v", what, w.reports)
				continue
			}
			if failure, ok := w.reports[0].(*rt.Failure); ok != (what == "p") {
				w.Errorf("after %q the report is a %T", what, w.reports[0])
			} else if ok && !strings.Contains(failure.Error(), "server_test.go") {
				w.Errorf("the report of the panic does not say where it came from: %v", failure)
			}
		}
		if !w.echoes(lives) {
			t.Error("the third connection is not served")
		}
	})
}

// TestServer_ContextOfAHandler: a context of the handler's own that has ended is the handler's error, and not the server's cancel.
func TestServer_ContextOfAHandler(t *testing.T) {
	over, end := context.WithCancelCause(context.Background())
	end(errTold)
	for form, serve := range map[string]func(s *Server, ln *Listener) error{
		"plain": func(s *Server, ln *Listener) error {
			return s.Serve(ln, func(*Conn) error { return rt.WithContext0(over, rt.YieldNow) })
		},
		"generated": func(s *Server, ln *Listener) error {
			_, err := rt.Block(s.ServeAsync(ln, func(*Conn) rt.Awaitable[struct{}] {
				return rt.WithContext0Async(over, rt.YieldNowAsync)
			}))
			return err
		},
	} {
		t.Run(form, func(t *testing.T) {
			ln := listenLocal(t)
			var reports []error
			s := &Server{OnError: func(_ *Conn, err error) {
				reports = append(reports, err)
				ln.Close()
			}}
			within(t, "the loop", func() {
				if err := rt.Run0(func() error {
					c, err := Dial("tcp", ln.Addr().String())
					if err != nil {
						return err
					}
					defer c.Close()
					return serve(s, ln)
				}); err != nil {
					t.Error(err)
				}
			})
			if len(reports) != 1 || !errors.Is(reports[0], errTold) || !errors.Is(reports[0], context.Canceled) {
				t.Errorf("the reports are %v, want the end of the handler's context", reports)
			}
		})
	}
}

// TestServer_MaxConns: at the limit connections wait in the queue.
func TestServer_MaxConns(t *testing.T) {
	serverForms(t, Server{MaxConns: 2}, func(w *serverWorld) {
		clients := []*Conn{w.client(), w.client(), w.client()}
		w.tell(clients[2], "x")
		turns()
		if !w.echoes(clients[0]) || !w.echoes(clients[1]) || w.begun != 2 {
			w.Errorf("%d connections are served, want 2", w.begun)
		}
		w.tell(clients[0], "e") // a handler that fails makes room too
		if _, err := clients[2].Read(make([]byte, 1)); err != nil || w.begun != 3 {
			w.Errorf("the third connection: %v, with %d served", err, w.begun)
		}
		for _, c := range clients {
			c.Close()
		}
	})
}

// TestC223_CloseOfTheListener ends accepting and leaves the connections; Serve returns when they have ended.
// CPython 3.11: close twice, ConnectionRefusedError for who comes, the connections are served. wait_closed returns at once, and does not
// wait for them; serve_forever raises CancelledError.
func TestC223_CloseOfTheListener(t *testing.T) {
	serverForms(t, Server{Grace: -1}, func(w *serverWorld) {
		a, b := w.client(), w.client()
		w.until("the service", func() bool { return w.serving == 2 })
		w.ln.Close()
		w.ln.Close()
		turns()
		w.clock.Advance(time.Hour)
		turns()
		if _, err := Dial("tcp", w.ln.Addr().String()); !errors.Is(err, unix.ECONNREFUSED) {
			w.Errorf("Dial of a server that has been closed: %v", err)
		}
		if !w.echoes(a) || !w.echoes(b) || w.task.Done() {
			w.Errorf("connections are not served to their end; Serve has ended: %v", w.task.Done())
		}
		a.Close()
		w.until("the end of a handler", func() bool { return w.serving == 1 })
		turns()
		if w.task.Done() {
			w.Error("Serve has ended before the last handler")
		}
		b.Close()
		if _, err := w.task.Wait(); err != nil {
			w.Errorf("Serve returned %v", err)
		}
	})
}

// TestC224_HandlersAreCancelled (F36): at once without a grace, else when it is over; Serve waits also for one that takes long to end.
// Not in CPython 3.11.
func TestC224_HandlersAreCancelled(t *testing.T) {
	serverForms(t, Server{}, func(w *serverWorld) {
		idle := w.client()
		defer idle.Close()
		w.until("the service", func() bool { return w.serving == 1 })
		w.ln.Close()
		if !closed(idle) {
			w.Error("a connection goes on after the end")
		}
		if _, err := w.task.Wait(); err != nil {
			w.Errorf("Serve returned %v", err)
		}
	})
	const grace = 10 * time.Second
	for _, how := range []string{"closed", "cancelled"} {
		serverForms(t, Server{Grace: grace}, func(w *serverWorld) {
			ends, idle, stays := w.client(), w.client(), w.client()
			defer idle.Close()
			defer stays.Close()
			w.tell(stays, "s")
			w.until("the service", func() bool { return w.serving == 3 })
			if how == "closed" {
				w.ln.Close()
			} else {
				w.task.Cancel(nil)
			}
			turns()
			if !w.echoes(ends) || !w.echoes(idle) {
				w.Error("connections are not served in the time of grace")
			}
			ends.Close()
			w.until("the end of a handler", func() bool { return w.serving == 2 })
			w.clock.Advance(grace - 1)
			turns()
			if w.serving != 2 {
				w.Errorf("%d handlers are left before the end of the grace, want 2", w.serving)
			}
			w.clock.Advance(1)
			if !closed(idle) {
				w.Error("a handler goes on after the grace")
			}
			turns()
			if w.serving != 1 || w.task.Done() {
				w.Errorf("%d handlers are left, want the one under a shield; Serve has ended: %v", w.serving, w.task.Done())
			}
			w.release.Set()
			_, err := w.task.Wait()
			left, ok := errors.AsType[*SurvivorsError](err)
			if !ok || len(left.Peers) != 2 || len(left.Tasks) != 2 || left.Grace != grace {
				w.Errorf("Serve returned %v", err)
			} else if text := err.Error(); !strings.Contains(text, "server.go:") && !strings.Contains(text, "server_test.go:") {
				w.Errorf("the error does not say where the handlers were: %v", err)
			}
			if errors.Is(err, rt.ErrTaskCanceled) != (how == "cancelled") {
				w.Errorf("%s: Serve returned %v", how, err)
			}
			if len(w.reports) != 0 {
				w.Errorf("reports: %v", w.reports)
			}
		})
	}
}

// OnDrain lets handlers that would wait for ever end in their time of grace; it is called once, and not by a Serve that was refused.
func TestServerOnDrain(t *testing.T) {
	for _, how := range []string{"closed", "cancelled"} {
		drained := 0
		var tell func()
		server := Server{Grace: -1, OnDrain: func() { drained++; tell() }}
		serverForms(t, server, func(w *serverWorld) {
			drained, tell = 0, w.release.Set
			c := w.client()
			defer c.Close()
			w.tell(c, "w")
			w.until("the service", func() bool { return w.serving == 1 })
			wantErr(w.T, "the second Serve", server.Serve(w.ln, w.serve), ErrBusy)
			if drained != 0 {
				w.Error("OnDrain was called while connections are accepted")
			}
			if how == "closed" {
				w.ln.Close()
			} else {
				w.task.Cancel(nil)
			}
			if !closed(c) || drained != 1 {
				w.Errorf("OnDrain was called %d times, want once", drained)
			}
		})
	}
}

// TestC225_OneServerAListener: the second one is refused, and the first goes on.
// CPython: the second serve_forever is RuntimeError "server ... is already being awaited on serve_forever()", the connection is served.
func TestC225_OneServerAListener(t *testing.T) {
	serverForms(t, Server{Grace: -1}, func(w *serverWorld) {
		c := w.client()
		if !w.echoes(c) {
			t.Error("the connection is not served")
		}
		err := Serve(w.ln, w.serve)
		wantErr(w.T, "the second Serve", err, ErrBusy)
		if !w.echoes(c) {
			t.Error("the connection is no longer served")
		}
		c.Close()
		again := w.client()
		if !w.echoes(again) {
			t.Error("no more connections are accepted")
		}
		again.Close()
	})
}

// TestF31_ServeDisturbedAtEveryStep: wherever Serve is cancelled, or one of its tasks fails, no handler and no connection is left behind.
func TestF31_ServeDisturbedAtEveryStep(t *testing.T) {
	tasks, steps := serveDisturbed(t, -1, 0, nil)
	if tasks < 3 {
		t.Fatalf("%d tasks, want that of Serve, the one beside it, and handlers", tasks)
	}
	for at := 1; at <= steps; at++ {
		serveDisturbed(t, 0, at, func(serve *rt.Task[struct{}], _ *rt.Fiber) { serve.Cancel(nil) })
		for victim := range tasks {
			serveDisturbed(t, victim, at, func(_ *rt.Task[struct{}], fb *rt.Fiber) { fb.Throw(rttest.ErrInjected) })
		}
	}
}

// serveDisturbed serves three clients on a loop of its own, and disturbs one of its tasks before a step. It returns how many there were of
// both.
func serveDisturbed(t *testing.T, victim, at int, disturb func(*rt.Task[struct{}], *rt.Fiber)) (tasks, steps int) {
	before := len(openDescriptors())
	ln, err := Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{MaxConns: 2, Grace: time.Second, OnError: func(*Conn, error) {}}
	h := &testHandler{release: rt.NewEvent()}
	clock := new(rttest.Clock)
	var serve *rt.Task[struct{}]
	var fibers []*rt.Fiber
	loop, err := rt.NewLoop(rt.LoopOptions{Clock: clock, Choose: func(int) int {
		if steps++; steps == at && victim < len(fibers) {
			disturb(serve, fibers[victim])
		}
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	loop.SetTrace(func(e rt.TraceEvent) {
		if e.Kind == rt.TraceResume && !slices.Contains(fibers, e.Fiber) {
			fibers = append(fibers, e.Fiber)
		}
	})
	within(t, fmt.Sprintf("Serve with task %d disturbed before step %d", victim, at), func() {
		serve = rt.SpawnOn(loop, s.ServeAsync(ln, h.serveAsync))
		loop.CallSoon(func() {
			for range 3 {
				rt.Spawn0(func() error { return ping(ln.Addr().String()) })
			}
		})
		var tick func()
		tick = func() { // so that time passes as long as the loop runs
			clock.Advance(10 * time.Millisecond)
			loop.CallSoon(tick)
		}
		loop.CallSoon(tick)
		loop.CallLater(100*time.Millisecond, func() { ln.Close() })
		rt.RunUntil(loop, serve)
		if h.serving != 0 {
			t.Errorf("task %d disturbed before step %d: %d handlers left", victim, at, h.serving)
		}
		loop.Shutdown(-1)
	})
	loop.Close()
	ln.Close()
	wantDescriptors(t, before)
	return len(fibers), steps
}

// ping connects and expects an echo.
func ping(to string) error {
	c, err := rt.Await(Dial("tcp", to))
	if err != nil {
		return err
	}
	defer c.Close()
	buf := []byte("x")
	if _, err := rt.Await(c.Write(buf)); err != nil {
		return err
	}
	_, err = rt.Await(c.Read(buf))
	return err
}

// TestServer_OutsideATask: on a loop of its own, until another goroutine closes the listener. Without OnError the logger is told.
func TestServer_OutsideATask(t *testing.T) {
	var logged strings.Builder
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	ln := listenLocal(t)
	served := make(chan error)
	go func() {
		served <- Serve(ln, func(*Conn) error { return errTold })
	}()
	within(t, "Serve", func() {
		c, err := Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if !closed(c) {
			t.Error("the connection is open though its handler has returned")
		}
		ln.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if want := fmt.Sprintf("poll: serving %v: %v\n", c.LocalAddr(), errTold); !strings.HasSuffix(logged.String(), want) {
			t.Errorf("logged %q, want %q", logged.String(), want)
		}
	})
}
