package rt_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
)

// TestF36_Shutdown has each kind of task meet each grace period: either it has ended, at the time that its cleanup takes, or the
// grace has passed and it is listed, and a second Shutdown ends it once it can.
func TestF36_Shutdown(t *testing.T) {
	const busy = 2 * 64 // a task whose awaits fail lets others run after 64 of them
	var release *rt.Future[int]
	waits := func(w *world) step { return shield(func(error) error { return nil }, await(release.WaitAsync, nil)) }
	for name, kind := range map[string]struct {
		task    func(w *world) []step
		takes   time.Duration // of the loop's clock; negative: for ever
		left    int           // tasks then
		leftAt0 int           // with no grace at all
	}{
		"obeys":    {func(w *world) []step { return []step{w.forever("f", false)} }, 0, 0, 0},
		"cleans":   {func(w *world) []step { return []step{w.forever("f", true), cleanup(20, nil, sleep(4))} }, 4, 0, 1},
		"too slow": {func(w *world) []step { return []step{w.forever("f", true), cleanup(20, nil, sleep(15)), w.next()} }, 15, 1, 1},
		"shielded": {func(w *world) []step { return []step{waits(w)} }, -1, 1, 1},
		"refuses": {func(w *world) []step {
			steps := []step{w.forever("f", true)}
			for range 1000 { // each takes some time
				steps = append(steps, ignored(), do(func() { w.clock.Advance(1) }))
			}
			return append(steps, waits(w))
		}, -1, 1, 1},
		"spawns": {func(w *world) []step {
			return []step{w.forever("f", true), do(func() { w.spawn(w.forever("late", true), cleanup(20, nil, sleep(3))) })}
		}, 3, 0, 1},
		"spawns for ever": {func(w *world) []step {
			var again func() []step
			again = func() []step {
				return []step{w.forever("f", true), do(func() {
					if w.clock.Advance(1); w.clock.Now() < 1000 {
						w.spawn(again()...)
					} else {
						w.spawn(waits(w))
					}
				})}
			}
			return again()
		}, -1, 1, 1},
		"waits for another": {func(w *world) []step {
			inner := w.spawn(waits(w))
			return []step{call(inner.WaitAsync, inner.Wait, nil)}
		}, -1, 2, 2},
		"group": {func(w *world) []step {
			return []step{w.nursery(nil, func(n *nest) []step { return []step{n.begins(waits(w)), n.begins(w.forever("f", false))} })}
		}, -1, 2, 2},
	} {
		for _, grace := range []time.Duration{0, 10} {
			t.Run(name, func(t *testing.T) {
				inBothForms(t, func(w *world) {
					release = rt.NewFutureOn[int](w.loop)
					task := w.spawn(kind.task(w)...)
					w.turns(3)
					err := w.loop.Shutdown(grace)
					want := kind.left
					if grace == 0 {
						want = kind.leftAt0
					}
					left := survivors(err)
					if left != want || w.loop.Tasks() != left {
						w.Errorf("grace %v: %d tasks are left, want %d: %v", grace, left, want, err)
					}
					end := w.clock.Now()
					switch {
					case left == 0 && end != kind.takes:
						w.Errorf("it took %v, want %v", end, kind.takes)
					case left > 0 && (end < grace || end > grace+busy):
						w.Errorf("it took %v, want the grace of %v", end, grace)
					}
					if left == 0 && !task.Done() {
						w.Error("the task has not ended")
					}
					w.clock.Advance(1000) // who spawns for ever stops then
					release.SetResult(1)
					if err := w.loop.Shutdown(-1); err != nil || w.loop.Tasks() != 0 {
						w.Errorf("the second shutdown: %v", err)
					}
				})
			})
		}
	}
}

// survivors returns how many tasks err says are left.
func survivors(err error) int {
	var left *rt.SurvivorsError
	if !errors.As(err, &left) {
		return 0
	}
	return len(left.Tasks)
}

func TestShutdownOfALoopThatRunsOrIsClosed(t *testing.T) {
	w := newWorld(t)
	w.loop.CallSoon(func() {
		if err := w.loop.Shutdown(0); err != rt.ErrLoopRunning {
			t.Errorf("while it runs: %v", err)
		}
	})
	w.turns(1)
	if err := w.loop.Shutdown(0); err != nil {
		t.Errorf("without tasks: %v", err)
	}
	w.loop.Close()
	if err := w.loop.Shutdown(0); err != rt.ErrLoopClosed {
		t.Errorf("after close: %v", err)
	}
}

func TestShutdownPanics(t *testing.T) {
	w := newWorld(t)
	w.spawn(w.forever("f", true), do(func() { panic("boom") }))
	w.spawn(w.forever("g", true), cleanup(5, nil, sleep(3)), w.says("cleaned"))
	w.turns(2)
	defer func() {
		if p := recover(); p != "boom" {
			t.Errorf("panicked with %v", p)
		}
		w.traced("f:canceled g:canceled cleaned")
	}()
	w.loop.Shutdown(10)
}

func TestRunWithGrace(t *testing.T) {
	boom := errors.New("boom")
	synctest.Test(t, func(t *testing.T) {
		told := make(chan error, 1)
		begin := time.Now()
		v, err := rt.RunAsyncWith(rt.RunOptions{Grace: time.Second}, rt.Func(func() (int, error) {
			rt.SpawnOn(rt.RunningLoop(), newScript([]step{shield(nil, await(func() rt.Awaitable[int] {
				return rt.BlockingAsync(func(ctx context.Context) (int, error) {
					<-ctx.Done() // the loop is closed
					told <- context.Cause(ctx)
					return 0, nil
				})
			}, nil))}))
			return 7, nil
		}))
		if v != 7 || survivors(err) != 1 || time.Since(begin) != time.Second || <-told != rt.ErrLoopClosed {
			t.Errorf("%d, %v after %v", v, err, time.Since(begin))
		}
		if want := "rt: not ended 1s after being cancelled: 1 of the tasks; Task-1, waiting in rt_test.script step 1 for a goroutine of Blocking"; err == nil || err.Error() != want {
			t.Errorf("it says %q, want %q", err, want)
		}
	})
	// What f returned is kept, and the options are the loop's.
	w := newWorld(t)
	var now time.Time
	err := rt.RunWith0(rt.RunOptions{Loop: rt.LoopOptions{Clock: w.clock, Poller: w.poller}, Grace: 5}, func() error {
		now = rt.Now()
		rt.Spawn0(func() error { return rt.Shield0(func() error { return rt.Sleep(5 - 1) }) })
		rt.YieldNow()
		return boom
	})
	if err != boom || now.Year() != 2000 || w.clock.Now() != 4 {
		t.Errorf("error %v, at %v", err, w.clock.Now())
	}
}
