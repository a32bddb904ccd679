package rt_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// CPython, four callbacks: a b c d.
func TestC001_CallSoonIsFIFO(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c", "d"} {
		w.loop.CallSoon(w.logs("%s", name))
	}
	w.turns(3)
	w.traced("a b c d")
}

// CPython, the same callbacks, with a selector that says when it is asked: poll a b | poll a2.
func TestC002_CallbackOfACallbackRunsInTheNextIteration(t *testing.T) {
	w := newWorld(t)
	w.loop.CallSoon(func() {
		w.log("a")
		w.loop.CallSoon(w.logs("a2"))
	})
	w.loop.CallSoon(w.logs("b"))
	w.poller.OnWait(1, w.logs("poll"))
	w.poller.OnWait(2, w.logs("poll"))
	w.turns(1)
	w.log("|")
	w.turns(1)
	// Where the poll stands in the iteration is statement 003; that one lies between a and a2 is this one.
	w.traced("poll a b | poll a2")
}

// CPython, a socket that became readable, a timer that is due, and a callback: ready io timer.
func TestC003_ReadyThenIOThenTimers(t *testing.T) {
	w := newWorld(t)
	w.loop.CallSoon(func() { w.clock.Advance(10) }) // so that the timer is due when the second iteration polls
	w.loop.CallAt(10, w.logs("timer"))
	w.turns(1)
	w.loop.CallSoon(w.logs("ready"))
	w.poller.OnWait(1, func() { w.loop.CallSoon(w.logs("io")) })
	w.turns(2)
	w.traced("ready io timer")
}

// CPython, the same timers on a clock that the selector moves: it waits 0, 0.005, 86400 and 86400 s, and stops at the timer's time; with
// nothing to do it waits without a timeout.
func TestC004_PollTimeout(t *testing.T) {
	w := newWorld(t)
	var stop *rt.Timer
	w.loop.CallSoon(func() {})
	w.loop.CallAt(5*time.Millisecond, func() {
		stop = w.loop.CallLater(48*time.Hour, w.loop.Stop)
	})
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	if now := w.clock.Now(); now != stop.When() {
		t.Errorf("stopped at %v, want %v", now, stop.When())
	}
	var waits []time.Duration
	for _, wait := range w.poller.Waits() {
		if wait < 0 || wait > 24*time.Hour {
			t.Errorf("waited %v, want at most 24 hours", wait)
		}
		if wait > 0 {
			waits = append(waits, wait)
		}
	}
	if len(waits) < 3 || waits[0] != 5*time.Millisecond || waits[1] != 24*time.Hour {
		t.Errorf("waits that blocked: %v, want 5ms, 24h, 24h", waits)
	}
	if first := w.poller.Waits()[0]; first != 0 {
		t.Errorf("with a ready callback the poll waited %v", first)
	}

	// With nothing ready and no timer it waits until it is woken.
	polls := len(w.poller.Waits())
	stopped := make(chan error, 1)
	w.poller.OnWait(1, func() {
		go func() { stopped <- w.loop.Post(w.loop.Stop) }()
	})
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if wait := w.poller.Waits()[polls]; wait >= 0 {
		t.Errorf("with nothing to do the poll waited %v, want for ever", wait)
	}
}

// CPython, a timer of 60 hours on a clock that jumps: select waits 86400 s, 86400 s and 43200 s; it fires at 216000.
func TestC035_LongWaitsAreCut(t *testing.T) {
	w := newWorld(t)
	const hours = 60 * time.Hour
	w.loop.CallLater(hours, func() { w.log("%v", w.clock.Now()); w.loop.Stop() })
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	w.traced(hours.String())
	var waits []time.Duration
	for _, wait := range w.poller.Waits() {
		if wait != 0 {
			waits = append(waits, wait)
		}
	}
	if want := []time.Duration{24 * time.Hour, 24 * time.Hour, 12 * time.Hour}; !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
}

// CPython, a handle cancelled twice before it runs: cancelled() False, then True; its argument is collected at once; nothing runs.
func TestC005_CancelledHandleNeverRuns(t *testing.T) {
	w := newWorld(t)
	big := new([64]byte)
	held := weak.Make(big)
	h := w.loop.CallSoon(func() { w.log("ran%d", big[0]) })
	if h.Canceled() {
		t.Error("cancelled before Cancel")
	}
	h.Cancel()
	h.Cancel()
	if !h.Canceled() {
		t.Error("not cancelled after Cancel")
	}
	big = nil
	runtime.GC()
	if held.Value() != nil {
		t.Error("a cancelled handle keeps what its callback referred to")
	}
	w.turns(2)
	w.traced("")
	h.Cancel()
}

// CPython, the first of three callbacks cancels the second: a c.
func TestC006_HandleCancelledInTheSameIteration(t *testing.T) {
	w := newWorld(t)
	var b *rt.Handle
	w.loop.CallSoon(func() { w.log("a"); b.Cancel() })
	b = w.loop.CallSoon(w.logs("b"))
	w.loop.CallSoon(w.logs("c"))
	w.turns(2)
	w.traced("a c")
}

// CPython, a callback stops the loop and schedules another: a b; the next run: later.
func TestC009_StopFinishesTheIteration(t *testing.T) {
	w := newWorld(t)
	w.loop.CallSoon(func() {
		w.log("a")
		w.loop.Stop()
		w.loop.CallSoon(w.logs("later"))
	})
	w.loop.CallSoon(w.logs("b"))
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	w.traced("a b")
	w.turns(1)
	w.traced("later")
}

// CPython, stop() before run_forever(), a callback that schedules another, a timer of an hour: a, one select with timeout 0.
func TestC010_StopBeforeRunIsOneIteration(t *testing.T) {
	w := newWorld(t)
	w.loop.CallSoon(func() {
		w.log("a")
		w.loop.CallSoon(w.logs("b"))
	})
	w.loop.CallLater(time.Hour, w.logs("timer"))
	w.loop.Stop()
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	w.traced("a")
	if waits := w.poller.Waits(); len(waits) != 1 || waits[0] != 0 {
		t.Errorf("polls %v, want one of 0", waits)
	}
}

// CPython, run_until_complete of tasks that return, fail, and are not done when stop() is called: None, ValueError('boom'),
// RuntimeError('Event loop stopped before Future completed.'); later, in run_forever(): end stop.
func TestC011_RunUntil(t *testing.T) {
	inBothForms(t, func(w *world) {
		boom := errors.New("boom")
		if err := w.run(w.spawn(yield(), w.says("done"))); err != nil {
			w.Error(err)
		}
		if err := w.run(w.spawn(yield(), fail(boom))); err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
		w.traced("done")

		f := rt.NewFuture[struct{}]()
		task := w.spawn(await(f.WaitAsync, nil), w.says("end"))
		w.loop.CallSoon(w.loop.Stop)
		if err := w.run(task); err != rt.ErrLoopStopped {
			w.Errorf("error %v, want %v", err, rt.ErrLoopStopped)
		}
		// Its callback is gone: the end of the task does not stop the next run.
		f.SetResult(struct{}{})
		w.loop.CallLater(10, func() { w.log("stop"); w.loop.Stop() })
		if err := w.loop.Run(); err != nil {
			w.Error(err)
		}
		w.traced("end stop")
	})
}

// CPython, from a callback and from a task, each a RuntimeError:
//
//	run_forever() of its loop     This event loop is already running
//	run_forever() of another      Cannot run the event loop while another loop is running
//	close()                       Cannot close a running event loop
//	asyncio.run()                 asyncio.run() cannot be called from a running event loop
//
// The other loop runs in another thread meanwhile.
func TestC012_OneLoopAGoroutine(t *testing.T) {
	inBothForms(t, func(w *world) {
		other, _ := rttest.NewLoop(w)
		inside := func() {
			if err := w.loop.Run(); err != rt.ErrLoopRunning {
				w.Errorf("Run of the running loop: %v", err)
			}
			other.Stop()
			if err := other.Run(); err != rt.ErrLoopRunning {
				w.Errorf("Run of a second loop: %v", err)
			}
			if err := w.loop.Close(); err != rt.ErrLoopRunning {
				w.Errorf("Close of a running loop: %v", err)
			}
			if _, err := rt.RunAsync(w.awaitable()); err != rt.ErrLoopRunning {
				w.Errorf("RunAsync where a loop runs: %v", err)
			}
		}
		w.loop.CallSoon(inside)
		if err := w.run(w.spawn(do(inside))); err != nil {
			w.Error(err)
		}
		// Two goroutines may run a loop each.
		w.loop.CallSoon(func() {
			ended := make(chan error)
			go func() {
				other.Stop()
				ended <- other.Run()
			}()
			if err := <-ended; err != nil {
				w.Errorf("a second loop on another goroutine: %v", err)
			}
		})
		w.turns(1)
	})
}

// CPython, closed twice while a thread of its executor is blocked: close() returns at once, nothing ready or scheduled is left, nothing
// runs.
func TestC013_CloseIsIdempotentAndDrops(t *testing.T) {
	w := newWorld(t)
	hold := make(chan struct{})
	defer close(hold) // only after Close has returned
	w.spawn(await(func() rt.Awaitable[struct{}] {
		return rt.Blocking0Async(func(context.Context) error { <-hold; return nil })
	}, nil))
	w.turns(1)
	drops := make(map[string]func() bool)
	for how, schedule := range map[string]func(f func()){
		"ready":      func(f func()) { w.loop.CallSoon(f) },
		"posted":     func(f func()) { w.loop.Post(f) },
		"due":        func(f func()) { w.loop.CallLater(0, f) },
		"in an hour": func(f func()) { w.loop.CallLater(time.Hour, f) },
	} {
		big := new([64]byte)
		schedule(func() { w.log("%s ran%d", how, big[0]) })
		held := weak.Make(big)
		drops[how] = func() bool { return held.Value() == nil }
	}
	for range 2 {
		if err := w.loop.Close(); err != nil {
			t.Error(err)
		}
	}
	if !w.loop.Closed() || !w.poller.Closed() {
		t.Error("closed loop or poller says that it is open")
	}
	runtime.GC()
	for how, dropped := range drops {
		if !dropped() {
			t.Errorf("the closed loop keeps what is %s", how)
		}
	}
	w.traced("")
}

// CPython: call_soon, call_later, call_at, create_task, call_soon_threadsafe, run_forever and run_until_complete each raise RuntimeError
// 'Event loop is closed'; the task never runs.
func TestC014_ClosedLoopRefuses(t *testing.T) {
	w := newWorld(t)
	task := w.spawn(w.says("never"))
	if err := w.loop.Close(); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(){
		"CallSoon":  func() { w.loop.CallSoon(func() {}) },
		"CallLater": func() { w.loop.CallLater(1, func() {}) },
		"CallAt":    func() { w.loop.CallAt(1, func() {}) },
		"SpawnOn":   func() { w.spawn() },
	} {
		if misuse(t, call) == "" {
			t.Errorf("%s on a closed loop did not panic", name)
		}
	}
	if err := w.loop.Post(func() {}); err != rt.ErrLoopClosed {
		t.Errorf("Post: %v", err)
	}
	if err := w.loop.Run(); err != rt.ErrLoopClosed {
		t.Errorf("Run: %v", err)
	}
	if _, err := rt.RunUntil(w.loop, task); err != rt.ErrLoopClosed {
		t.Errorf("RunUntil: %v", err)
	}
	w.traced("")
}

// CPython, with KeyboardInterrupt('boom') for the panic: False, then running:True running:False KeyboardInterrupt('boom') running:False
// again.
func TestC015_Running(t *testing.T) {
	w := newWorld(t)
	if w.loop.Running() {
		t.Error("running before Run")
	}
	w.loop.CallSoon(func() { w.log("running:%v", w.loop.Running()) })
	w.turns(1)
	w.log("running:%v", w.loop.Running())

	// Also when a panic ends it.
	w.loop.CallSoon(func() { panic("boom") })
	func() {
		defer func() { w.log("%v", recover()) }()
		w.turns(1)
	}()
	w.log("running:%v", w.loop.Running())
	w.loop.CallSoon(w.logs("again"))
	w.turns(1)
	w.traced("running:true running:false boom running:false again")
}
