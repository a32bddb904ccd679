package rt_test

import (
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

func TestStats(t *testing.T) {
	w := newWorld(t)
	ask := func() (s rt.Stats) {
		w.loop.CallSoon(func() {
			var err error
			if s, err = w.loop.Stats(t.Context()); err != nil {
				t.Error(err)
			}
		})
		w.turns(1)
		return s
	}
	before := ask()
	sleeper := w.spawn(await(func() rt.Awaitable[struct{}] { return rt.SleepAsync(time.Second) }, nil))
	w.loop.Post(func() { w.clock.Advance(time.Millisecond) })
	if err := w.run(sleeper); err != nil {
		t.Fatal(err)
	}
	waiter := w.spawn(w.forever("f", false))
	w.turns(1)
	w.loop.CallLater(time.Hour, func() {})
	after := ask()
	if n := after.Turns - before.Turns; n < 3 || after.Waits-before.Waits != 1 {
		t.Errorf("%d turns, waits in %d of them; want at least 3 turns, and 1 wait", n, after.Waits-before.Waits)
	}
	// The sleeper's two steps and its end's callback, the post, the waiter's first step, and this question.
	if after.Steps-before.Steps != 6 || after.Posts != 1 || after.Wakeups != 0 {
		t.Errorf("%d steps, %d posts, %d wake-ups; want 6, 1 and 0", after.Steps-before.Steps, after.Posts, after.Wakeups)
	}
	if after.Tasks != 1 || after.Timers != 1 || after.Ready != 0 {
		t.Errorf("%d tasks, %d timers, %d ready; want 1, 1 and 0", after.Tasks, after.Timers, after.Ready)
	}
	if after.Idle != 999*time.Millisecond || after.Busy != time.Millisecond {
		t.Errorf("idle for %v and busy for %v, want 999ms and 1ms", after.Idle, after.Busy)
	}
	waiter.Cancel(nil)
	w.turns(2)
}
