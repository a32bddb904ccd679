package rt_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// until collects garbage until n reports have text, and then a few times more.
func (r *reports) until(t *testing.T, n int, text string) {
	t.Helper()
	for start := time.Now(); strings.Count(r.String(), text) < n; runtime.GC() {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("not %d reports of %q, but\n%s", n, text, r)
		}
	}
	for range 3 {
		runtime.GC()
	}
}

// taskError is an error that refers to the task that ended with it.
type taskError struct{ task *rt.Task[struct{}] }

func (e *taskError) Error() string { return "lost " + e.task.Name() }

// A server's loop runs for long: what is lost is reported while it runs, once nobody can read it any more, and nothing of it is kept.
func TestC053_ErrorsThatAreCollected(t *testing.T) {
	inBothForms(t, func(form *world) {
		w, found := debugged(t)
		w.plain = form.plain
		func() {
			for i := range 10 {
				e := new(taskError)
				e.task = w.spawn(yield(), fail(e))
				e.task.SetName(fmt.Sprintf("task %d", i))
				f := rt.NewFutureOn[int](w.loop)
				f.SetError(fmt.Errorf("lost future %d", i))
			}
			read := w.spawn(fail(errors.New("read")))
			w.turns(3)
			read.Result()
		}()
		kept := rt.NewFutureOn[int](w.loop)
		kept.SetError(errors.New("kept"))
		found.until(t, 20, "an error that nobody has read")
		for i := range 10 {
			for _, want := range []string{fmt.Sprintf(`error="lost task %d" of="task %d"`, i, i), fmt.Sprintf(`error="lost future %d"`, i)} {
				if strings.Count(found.String(), want) != 1 {
					t.Errorf("%s is not reported once in\n%s", want, found)
				}
			}
		}
		if n := strings.Count(found.String(), "\n"); n != 20 {
			t.Errorf("%d reports, want 20:\n%s", n, found)
		}
		w.loop.Close()
		if got := found.String(); strings.Count(got, "\n") != 21 || !strings.Contains(got, "error=kept") {
			t.Errorf("after the loop has closed there is\n%s", got)
		}
		runtime.KeepAlive(kept)
	})
}

// What waits to be reported does not keep a loop alive that nobody has closed.
func TestC053_LoopThatIsCollectedWithAnError(t *testing.T) {
	found := new(reports)
	func() {
		loop, err := rt.NewLoop(rt.LoopOptions{Poller: rttest.NewPoller(new(rttest.Clock)), Debug: true, Log: logTo(found)})
		if err != nil {
			t.Fatal(err)
		}
		rt.SpawnOn[struct{}](loop, newScript([]step{fail(errors.New("lost"))}))
		loop.CallSoon(loop.Stop)
		if err := loop.Run(); err != nil {
			t.Fatal(err)
		}
	}()
	found.until(t, 1, "a loop was not closed")
	found.until(t, 1, "error=lost")
}

// The panic of a function comes out of a nursery in place of the errors that there were.
func TestC053_ErrorsOfAGroupThatPanics(t *testing.T) {
	inBothForms(t, func(form *world) {
		w, found := debugged(t)
		w.plain = form.plain
		functions := [][]step{{fail(errors.New("first"))}, {w.forever("f", true), do(thrower)}, {w.forever("g", false)}}
		nursery := call0(func() rt.Awaitable[struct{}] {
			return rt.NurseryAsync(func(g *rt.Group) rt.Awaitable[struct{}] {
				for _, steps := range functions {
					w.goes(g, steps)
				}
				return newScript(nil)
			})
		}, func() error {
			return rt.Nursery(func(g *rt.Group) error {
				for _, steps := range functions {
					w.goes(g, steps)
				}
				return nil
			})
		}, nil)
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("it panicked with %v", p)
				}
			}()
			w.run(w.spawn(nursery))
		}()
		found.reported(t, `an error that nobody gets, as its group ends by a panic" error=first panic="panic: boom"`)
	})
}
