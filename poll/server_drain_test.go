//go:build linux

package poll

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// TestF36_HandlersThatDoNotEnd although they were cancelled are reported, with where they are, once, when they have had as long for that as
// they had before, and Serve goes on to wait for them.
func TestF36_HandlersThatDoNotEnd(t *testing.T) {
	for _, grace := range []time.Duration{0, 10 * time.Second} {
		patience := max(grace, leastPatience)
		serverForms(t, Server{Grace: grace}, func(w *serverWorld) {
			refuses, obeys := w.client(), w.client()
			defer refuses.Close()
			defer obeys.Close()
			w.tell(refuses, "s")
			w.until("the service", func() bool { return w.serving == 2 })
			turns() // in which the handler comes to its shield
			w.ln.Close()
			turns()
			w.clock.Advance(grace)
			if !closed(obeys) {
				w.Error("a handler goes on after the grace")
			}
			turns()
			w.clock.Advance(patience - 1)
			turns()
			if len(w.reports) != 0 {
				w.Errorf("before its time it is reported %v", w.reports)
			}
			w.clock.Advance(1)
			w.until("the report", func() bool { return len(w.reports) == 1 })
			left, ok := errors.AsType[*SurvivorsError](w.reports[0])
			if !ok || w.about[0] != nil || len(left.Tasks) != 1 || len(left.Peers) != 1 || left.Grace != grace+patience {
				w.Errorf("about %v it is reported %v", w.about[0], w.reports[0])
			} else if text := left.Error(); !strings.Contains(text, "server.go:") && !strings.Contains(text, "server_test.go:") {
				w.Errorf("the report does not say where the handler is: %v", text)
			}
			w.clock.Advance(time.Hour)
			turns()
			if w.task.Done() || w.serving != 1 || len(w.reports) != 1 {
				w.Errorf("Serve has ended: %t, with %d handlers left, after %d reports", w.task.Done(), w.serving, len(w.reports))
			}
		})
	}
}

// TestF36_HandlersThatEnd when they are cancelled, at once or after some cleanup, are not reported.
func TestF36_HandlersThatEnd(t *testing.T) {
	serverForms(t, Server{Grace: time.Second}, func(w *serverWorld) {
		cleans := w.client()
		defer cleans.Close()
		w.tell(cleans, "s")
		w.until("the service", func() bool { return w.serving == 1 })
		turns()
		w.ln.Close()
		turns()
		w.clock.Advance(time.Second)
		turns()
		w.release.Set()
		w.task.Wait()
		w.clock.Advance(time.Hour)
		turns()
		if len(w.reports) != 0 {
			w.Errorf("reports: %v", w.reports)
		}
	})
}

// TestF36_ShutdownOfAServer ends a loop whose server waits for a handler that does not end, and names that.
func TestF36_ShutdownOfAServer(t *testing.T) {
	const grace = time.Millisecond
	loop, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	ln := listenLocal(t)
	h := &testHandler{release: rt.NewEventOn(loop)}
	within(t, "the loop", func() {
		c, err := Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if _, err := c.Write([]byte("s")); err != nil {
			t.Error(err)
		}
		rt.SpawnOn(loop, new(Server).ServeAsync(ln, h.serveAsync))
		for h.serving == 0 {
			loop.Stop()
			if err := loop.Run(); err != nil {
				t.Error(err)
			}
		}
		left, ok := errors.AsType[*rt.SurvivorsError](loop.Shutdown(grace))
		if !ok || !strings.Contains(left.Error(), "server_test.go:") {
			t.Errorf("Shutdown returned %v, want the handler, with where it is", left)
		}
		h.release.Set()
		if err := loop.Shutdown(-1); err != nil || h.serving != 0 {
			t.Errorf("with all the time that it takes: %v, with %d handlers left", err, h.serving)
		}
	})
}
