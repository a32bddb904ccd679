package rt_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// CPython, a loop whose time() the test overrides: time() is 3600, the timer of call_at(7200) runs at 7200; the clock of another loop does
// not go backwards in 1000 calls, and time.get_clock_info says monotonic=True, adjustable=False.
func TestC027_OneMonotonicClock(t *testing.T) {
	w := newWorld(t)
	w.clock.Advance(time.Hour)
	if now := w.loop.Time(); now != time.Hour {
		t.Errorf("loop.Time() is %v, its clock %v", now, w.clock.Now())
	}
	// Timers use that clock and no other.
	w.loop.CallAt(2*time.Hour, func() { w.log("%v", w.loop.Time()); w.loop.Stop() })
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	w.traced("2h0m0s")

	// The clock of a loop that was given none does not go backwards.
	loop, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	before := loop.Time()
	for range 1000 {
		now := loop.Time()
		if now < before {
			t.Fatalf("the clock went from %v to %v", before, now)
		}
		before = now
	}
}

// A jump of the time of day cannot be made here; but the loop's clock and the deadlines that contexts tell all count from one time with a
// monotonic reading, so that Go compares and subtracts them by that alone (package time).
// CPython, time.time() goes on by a year while the loop waits: a timer of 50 ms fires after 50 ms.
func TestC036_WallClockJump(t *testing.T) {
	err := rt.Run0(func() error {
		return rt.Timeout0(time.Hour, func() error {
			begin := rt.RunningLoop().Time()
			d, ok := rt.Context().Deadline()
			if !ok || !strings.Contains(d.String(), " m=") {
				t.Errorf("the deadline %v has no monotonic reading", d)
			}
			if left := time.Until(d); left <= 0 || left > time.Hour {
				t.Errorf("%v are left of an hour", left)
			}
			if now := rt.RunningLoop().Time(); now < begin || now > begin+time.Hour {
				t.Errorf("the clock went from %v to %v", begin, now)
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// CPython, the same calls in this order, with infinities for the extremes: soon least neg zero, five at 5; and where select returns early:
// 15.
func TestC028_TimersAreNeverEarly(t *testing.T) {
	w := newWorld(t)
	w.loop.CallLater(5, func() {
		if now := w.clock.Now(); now < 5 {
			t.Errorf("a timer of 5 fired at %d", now)
		}
		w.log("five")
		w.loop.Stop()
	})
	w.loop.CallLater(0, w.logs("zero"))
	w.loop.CallLater(-7, w.logs("neg"))
	w.loop.CallLater(math.MinInt64, w.logs("least"))
	w.loop.CallLater(math.MaxInt64, w.logs("never"))
	w.loop.CallAt(math.MaxInt64, w.logs("never"))
	w.loop.CallSoon(w.logs("soon"))
	w.turns(1)
	w.traced("soon least neg zero")
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	w.traced("five")

	// Not early also where the poll returns before its time, for whatever reason.
	w.loop.CallLater(10, func() { w.log("%d", w.clock.Now()); w.loop.Stop() })
	for n := range 3 {
		w.poller.OnWait(n+1, func() { w.clock.Advance(2) })
	}
	if err := w.loop.Run(); err != nil {
		t.Fatal(err)
	}
	w.traced("15")
}

// CPython 3.11: sleep(-inf), sleep(-1), sleep(0) and sleep(1) return, at 1; call_later(None) and call_at(None) raise TypeError; sleep(nan)
// returns.
func TestC029_NoSuchDurations(t *testing.T) {
	// None and NaN are no time.Duration. What is left of the statement is that every Duration is valid.
	inBothForms(t, func(w *world) {
		for _, d := range []time.Duration{math.MinInt64, -1, 0, 1} {
			if err := w.run(w.spawn(sleep(d))); err != nil {
				w.Errorf("Sleep(%d): %v", d, err)
			}
		}
		if now := w.clock.Now(); now != 1 {
			w.Errorf("slept %d, want 1", now)
		}
	})
}

// CPython, with a clock resolution of 1e-9: 10 20 30, then 41. Timers may be early by less than that: with one of 1, that for 10.5
// runs at 10.
func TestC030_AllDueTimersRunInOneIteration(t *testing.T) {
	w := newWorld(t)
	for _, when := range []time.Duration{30, 10, 20, 41} {
		w.loop.CallAt(when, w.logs("%d", when))
	}
	w.clock.Advance(40)
	w.turns(1)
	w.traced("10 20 30")
	w.clock.Advance(1)
	w.turns(1)
	w.traced("41")
}

// CPython: first 0 5 2 4 1 3, and of those that are left 2 11 10 8 5 7 4 1: its heap compares the times alone. [!]
func TestC031_EqualDeadlinesAreFIFO(t *testing.T) {
	w := newWorld(t)
	for i := range 6 {
		w.loop.CallAt(5, w.logs("%d", i))
	}
	w.loop.CallAt(4, w.logs("first"))
	w.clock.Advance(5)
	w.turns(1)
	w.traced("first 0 1 2 3 4 5")

	// With cancels between, too.
	var timers []*rt.Timer
	for i := range 12 {
		timers = append(timers, w.loop.CallAt(9, w.logs("%d", i)))
	}
	for i := 0; i < 12; i += 3 {
		timers[i].Cancel()
	}
	w.clock.Advance(5)
	w.turns(1)
	w.traced("1 2 4 5 7 8 10 11")
}

// CPython, c at 2.5: b d. With c at 2, as here: c b d, equal times being in any order: [!] of 031.
func TestC032_CancelledTimerNeverRuns(t *testing.T) {
	w := newWorld(t)
	a := w.loop.CallLater(1, w.logs("a"))
	var c *rt.Timer
	w.loop.CallLater(2, func() { w.log("b"); c.Cancel() })
	c = w.loop.CallLater(2, w.logs("c"))
	d := w.loop.CallLater(3, w.logs("d"))
	a.Cancel()
	a.Cancel()
	w.clock.Advance(3)
	w.turns(2)
	w.traced("b d")
	d.Cancel() // after it has run: nothing
	w.turns(1)
	w.traced("")
}

// CPython, len(loop._scheduled): 201000 after these calls, 1000 after the next iteration, which is when it drops those that were cancelled.
func TestC033_CancelledTimersAreBounded(t *testing.T) {
	w := newWorld(t)
	const live, churn = 1000, 200_000
	for i := range live {
		w.loop.CallLater(time.Hour+time.Duration(i), func() {})
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	// Timers that are set and cancelled, all of them later than the live ones and so never at the head.
	before := heap()
	for range churn {
		w.loop.CallLater(2*time.Hour, func() {}).Cancel()
	}
	if after := heap(); after > before+live*400 {
		t.Errorf("the heap grew by %d bytes under %d cancelled timers", after-before, churn)
	}
	runtime.KeepAlive(w)
}

// CPython, call_later(5) and call_at(70) at 100: when() is 105 and 70.
func TestC034_WhenIsAbsolute(t *testing.T) {
	w := newWorld(t)
	w.clock.Advance(100)
	if when := w.loop.CallLater(5, func() {}).When(); when != 105 {
		t.Errorf("When of CallLater(5) at 100 is %d", when)
	}
	if when := w.loop.CallAt(70, func() {}).When(); when != 70 {
		t.Errorf("When of CallAt(70) is %d", when)
	}
}

// sleep is a step that sleeps for d.
func sleep(d time.Duration) step {
	return await(func() rt.Awaitable[struct{}] { return rt.SleepAsync(d) }, nil)
}

// CPython, sleep(0) and sleep(-1): a1 b1 a2 b2 a3 b3, each select with timeout 0.
func TestC037_SleepZeroYieldsOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		for _, d := range []time.Duration{0, -1} {
			a := w.spawn(w.says("a1"), sleep(d), w.says("a2"), sleep(d), w.says("a3"))
			w.spawn(w.says("b1"), sleep(d), w.says("b2"), sleep(d), w.says("b3"))
			polls := len(w.poller.Waits())
			if err := w.run(a); err != nil {
				w.Error(err)
			}
			w.turns(1)
			w.traced("a1 b1 a2 b2 a3 b3")
			for _, wait := range w.poller.Waits()[polls:] {
				if wait != 0 {
					w.Errorf("Sleep(%d): the poll waited %v, as if for a timer", d, wait)
				}
			}
		}
	})
}

// CPython: the task sees CancelledError and is cancelled; then nothing is scheduled, and select has no timeout.
func TestC038_CancelledSleepLeavesNoTimer(t *testing.T) {
	inBothForms(t, func(w *world) {
		task := w.spawn(await(
			func() rt.Awaitable[struct{}] { return rt.SleepAsync(time.Hour) },
			func(_ struct{}, err error) error { w.log("%v", errors.Is(err, context.Canceled)); return err },
		))
		w.turns(1)
		task.Cancel(nil)
		w.turns(2)
		w.traced("true")
		if !task.Canceled() {
			w.Error("the task is not cancelled")
		}

		// No timer: with nothing left to do the loop waits for ever.
		polls := len(w.poller.Waits())
		w.poller.OnWait(1, w.loop.Stop)
		if err := w.loop.Run(); err != nil {
			w.Fatal(err)
		}
		if wait := w.poller.Waits()[polls]; wait >= 0 {
			w.Errorf("the loop waits %v for a timer that was cancelled", wait)
		}
	})
}
