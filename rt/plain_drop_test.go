package rt_test

import (
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// survives waits where a cancel does not come in.
func survives() error { return rt.Shield0(func() error { return rt.Sleep(1000) }) }

// TestPlainSurvivorsEndTheirGoroutines: a plain task that has not ended within the grace is told so, and then ended with its deferred
// calls, before RunWith returns.
func TestPlainSurvivorsEndTheirGoroutines(t *testing.T) {
	for name, c := range map[string]struct {
		task func(w *world)
		want string
	}{
		"returns": {func(w *world) { w.came("wait")(survives()) }, "wait:rt:_the_loop_is_closed deferred"},
		"cleans up in a deferred call": {func(w *world) {
			defer w.log("cleaned")
			defer func() { w.came("wait")(survives()) }()
		}, "wait:rt:_the_loop_is_closed cleaned deferred"},
		"tries again": {func(w *world) {
			for {
				w.came("wait")(survives())
			}
		}, "wait:rt:_the_loop_is_closed deferred"},
		"waits again in a deferred call": {func(w *world) {
			defer w.log("first")
			defer func() {
				survives()
				w.log("never")
			}()
			w.came("wait")(survives())
		}, "wait:rt:_the_loop_is_closed first deferred"},
		"in a nursery": {func(w *world) {
			rt.Nursery(func(g *rt.Group) error {
				g.Go(func() error { defer w.log("child"); return survives() })
				defer w.log("body")
				return survives()
			})
			w.log("never")
		}, "child body deferred"},
		"for children of a nursery": {func(w *world) {
			w.came("nursery")(rt.Nursery(func(g *rt.Group) error {
				g.Go(func() error { defer w.log("child"); return survives() })
				return nil
			}))
		}, "child nursery:rt:_the_loop_is_closed deferred"},
		"for a generator": {func(w *world) {
			g := rt.AsyncPull0(func(yield rt.Yield[int, int]) error {
				defer w.log("generator")
				return survives()
			})
			_, _, err := g.Next()
			w.came("next")(err)
		}, "generator next:rt:_the_loop_is_closed deferred"},
		"under a timeout": {func(w *world) { w.came("timeout")(rt.Timeout0(5, survives)) }, "timeout:rt:_the_loop_is_closed deferred"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.plain = true
			opts := rt.RunOptions{Grace: 10, Loop: rt.LoopOptions{Clock: w.clock, Poller: w.poller}}
			err := rt.RunWith0(opts, func() error {
				rt.Spawn0(func() error {
					defer w.log("deferred")
					c.task(w)
					return nil
				})
				return rt.YieldNow()
			})
			if survivors(err) == 0 {
				t.Errorf("error %v, want survivors", err)
			}
			for i := range w.trace {
				w.trace[i] = strings.ReplaceAll(w.trace[i], " ", "_")
			}
			w.traced(c.want)
		})
	}
}

// TestAPlainSurvivorPanics: what a task makes of the end of its loop is not lost.
func TestAPlainSurvivorPanics(t *testing.T) {
	for _, asErrors := range []bool{false, true} {
		w := newWorld(t)
		opts := rt.RunOptions{Grace: 10, Loop: rt.LoopOptions{Clock: w.clock, Poller: w.poller, PanicErrors: asErrors}}
		err := func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					w.log("panic:%v", p)
				}
			}()
			return rt.RunWith0(opts, func() error {
				rt.Spawn0(func() error { survives(); panic("boom") })
				return rt.YieldNow()
			})
		}()
		if asErrors {
			w.traced("")
		} else {
			w.traced("panic:boom")
		}
		if asErrors && (survivors(err) != 1 || !strings.Contains(err.Error(), "panic: boom")) {
			t.Errorf("error %v, want a survivor and the panic", err)
		}
	}
}

// TestCloseEndsPlainTasks: also those of a loop that nobody runs out, and generators that were not closed.
func TestCloseEndsPlainTasks(t *testing.T) {
	w := newWorld(t)
	w.plain = true
	w.spawn(do(func() {
		rt.AsyncPull0(func(yield rt.Yield[int, int]) error {
			_, err := yield(1)
			return w.came("yield")(err)
		}).Next()
	}), w.forever("elder", true))
	w.spawn(w.forever("younger", true), w.forever("never", true))
	w.turns(1)
	if err := w.loop.Close(); err != nil {
		t.Error(err)
	}
	if got, want := strings.Join(w.trace, ", "), "younger:rt: the loop is closed, yield:rt: the loop is closed, elder:rt: the loop is closed"; got != want {
		t.Errorf("trace %q, want %q", got, want)
	}
}
