package rt_test

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// runsOut runs steps as RunAsyncWith's root, in the world's form and on a loop of its own, with the world's clock.
func (w *world) runsOut(opts rt.RunOptions, steps ...step) error {
	opts.Loop.Clock, opts.Loop.Poller = w.clock, w.poller
	return rt.RunAsyncWith0(opts, w.awaitable(steps...))
}

// spawns is a step that spawns steps on the loop that runs.
func (w *world) spawns(steps ...step) step {
	return do(func() { rt.SpawnOn(rt.RunningLoop(), w.awaitable(steps...)) })
}

// TestRunReturnsThePanicsOfWhatIsLeft: with PanicErrors a panic of a task that is left is an error, beside what Run returns otherwise.
func TestRunReturnsThePanicsOfWhatIsLeft(t *testing.T) {
	boom := errors.New("boom")
	panics := func() { panic("left") }
	for name, c := range map[string]struct {
		root      step
		also      error // that the root ends with
		survivors int
	}{
		"nothing else": {root: yield()},
		"an error":     {root: await(rt.YieldNowAsync, func(struct{}, error) error { return boom }), also: boom},
		"a survivor":   {root: yield(), survivors: 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				left := w.spawns(w.forever("left", true), do(panics))
				opts := rt.RunOptions{Loop: rt.LoopOptions{PanicErrors: true}, Grace: 5}
				steps := []step{left, c.root}
				if c.survivors > 0 {
					steps = []step{left, w.spawns(shield(nil, w.forever("shielded", true))), c.root}
				}
				err := w.runsOut(opts, steps...)
				failure, ok := errors.AsType[*rt.Failure](err)
				if !ok || failure.Value != "left" {
					w.Fatalf("error %v, want the panic", err)
				}
				if c.also == nil && c.survivors == 0 && err != error(failure) {
					w.Errorf("error %v, want the Failure alone", err)
				}
				if c.also != nil && !errors.Is(err, c.also) || survivors(err) != c.survivors {
					w.Errorf("error %v, want %v and %d survivors in it, too", err, c.also, c.survivors)
				}
			})
		})
	}
}

// CPython 3.11, asyncio.run: "left:canceled done:True begins", and late is dropped where it waits; here it is cancelled and ends, as all
// that is left. A callback that schedules itself again is called six times and then dropped. Then ended.
func TestC238_DoneCallbacksAtTheEndOfRun(t *testing.T) {
	inBothForms(t, func(w *world) {
		calls := 0
		var again func()
		again = func() { calls++; rt.RunningLoop().CallSoon(again) }
		err := w.runsOut(rt.RunOptions{}, do(func() {
			left := rt.SpawnOn(rt.RunningLoop(), w.awaitable(w.forever("left", false)))
			left.AddDoneCallback(func(left *rt.Task[struct{}]) { w.log("done:%v", left.Canceled()) })
			left.AddDoneCallback(func(*rt.Task[struct{}]) {
				late := rt.SpawnOn(rt.RunningLoop(), w.awaitable(w.says("begins"), w.forever("late", false)))
				late.AddDoneCallback(func(*rt.Task[struct{}]) { w.log("late_done") })
			})
			left.AddDoneCallback(func(*rt.Task[struct{}]) { again() })
		}), yield())
		if err != nil {
			w.Error(err)
		}
		w.traced("left:canceled done:true begins late:canceled late_done")
		if calls == 0 {
			w.Error("the last callback was not called")
		}
		// Without a task that is left: one ends in the root's last turn.
		w.runsOut(rt.RunOptions{}, do(func() {
			l := rt.RunningLoop()
			ends := rt.SpawnOn(l, w.awaitable(yield(), yield()))
			ends.AddDoneCallback(func(*rt.Task[struct{}]) { w.log("ended") })
		}), yield(), yield())
		w.traced("ended")
	})
}

// TestDoneCallbacksAtTheEndOfRunPanic: one that panics does not keep the others from being called. CPython 3.11: it is logged, second.
func TestDoneCallbacksAtTheEndOfRunPanic(t *testing.T) {
	inBothForms(t, func(w *world) {
		defer func() {
			if p := recover(); p != "boom" {
				w.Errorf("panicked with %v, want boom", p)
			}
			w.traced("left:canceled second")
		}()
		w.runsOut(rt.RunOptions{}, do(func() {
			left := rt.SpawnOn(rt.RunningLoop(), w.awaitable(w.forever("left", false)))
			left.AddDoneCallback(func(*rt.Task[struct{}]) { panic("boom") })
			left.AddDoneCallback(func(*rt.Task[struct{}]) { w.log("second") })
		}), yield())
		w.Error("no panic")
	})
}

// TestDoneCallbacksWithinTheGrace: those of tasks that have ended in it are called, though others have not.
func TestDoneCallbacksWithinTheGrace(t *testing.T) {
	inBothForms(t, func(w *world) {
		obeys := w.spawn(w.forever("obeys", true), cleanup(20, nil, sleep(10)))
		obeys.AddDoneCallback(func(*rt.Task[struct{}]) { w.log("done") })
		release := rt.NewFutureOn[int](w.loop)
		w.spawn(shield(nil, wait(w, "refuses", release)))
		w.turns(2)
		if n := survivors(w.loop.Shutdown(10)); n != 1 {
			w.Errorf("%d survivors, want 1", n)
		}
		w.traced("obeys:canceled done")
		release.SetResult(1)
		if err := w.loop.Shutdown(-1); err != nil {
			w.Error(err)
		}
		w.traced("refuses:1")
	})
}
