package rt

import (
	"math"
	"time"
)

// Timer is a function, or a sleeping fiber, that waits for a time of the loop's clock. 32 bytes; its loop has an entry of 24 for it: see
// timers. A timer is used again only on the same loop, which may still have a dead entry for it.
type Timer struct {
	when  time.Duration
	seq   uint64 // see below; distinguishes this use of the timer from earlier ones
	f     func() // nil: fiber sleeps, and is woken
	fiber *Fiber // that sleeps, or the loop's caller: of the loop that the timer is on
}

// A timer's seq is timerIdle before it is scheduled and after it was called or cancelled, timerDue while it stands in the
// ready queue, and else the number that it was given when it was scheduled: the order of timers for one time.
const (
	timerIdle uint64 = 0
	timerDue  uint64 = math.MaxUint64
)

// CallLater has f called when d has passed, in the next turn if d is not positive: it is CallAt of d from now. Timers run in the
// order of their times, those for one time in the order in which they were made (statement 031). It panics once the loop is closed.
func (l *Loop) CallLater(d time.Duration, f func()) *Timer {
	l.mustBeOpen("CallLater")
	t := &Timer{f: l.carry(f), fiber: &l.caller}
	l.timers.add(t, after(l.clock.Now(), d))
	return t
}

// CallAt has f called when the loop's clock, Time, shows when.
func (l *Loop) CallAt(when time.Duration, f func()) *Timer {
	l.mustBeOpen("CallAt")
	t := &Timer{f: l.carry(f), fiber: &l.caller}
	l.timers.add(t, when)
	return t
}

// after returns now+d, or the end or the beginning of time if that does not fit (F21).
func after(now, d time.Duration) time.Duration {
	switch sum := now + d; {
	case d > 0 && sum < now:
		return math.MaxInt64
	case d < 0 && sum > now:
		return math.MinInt64
	default:
		return sum
	}
}

// When returns the time of the loop's clock at which the timer is due.
func (t *Timer) When() time.Duration { return t.when }

// Cancel has the function not called, if it was not yet. It costs O(1) on average and lets go of what the function refers to.
func (t *Timer) Cancel() {
	scheduled := t.seq != timerIdle && t.seq != timerDue
	if scheduled {
		t.fiber.loop.check("timer.Cancel")
	}
	t.seq, t.f = timerIdle, nil
	if scheduled {
		t.fiber.loop.timers.forget(t.when)
	}
}

// call calls the function of a timer that is due, unless it was cancelled since.
func (t *Timer) call() {
	if t.seq != timerDue {
		return
	}
	f := t.f
	t.seq, t.f = timerIdle, nil
	f()
}

// timers are those of a loop.
//
// The facts: most timers are time limits that are cancelled long before they are due, so adding and cancelling must cost the same
// with a million outstanding as with ten. But the loop sleeps until the earliest timer exactly, and runs timers by (when, seq).
// A heap gives that order and pays for it when a timer is added, with a cache miss a level; a timing wheel adds and cancels in a
// step, but knows only roughly which timer is next, and ticks.
//
// The decision: a heap for those that are near, which is what decides who is next, and a wheel for the others. What is in the
// heap is due at reached or before, what is in the wheel after that. When the heap has become empty, the earliest timers of the
// wheel go over to it and reached moves ahead, whatever the clock shows: nothing ticks, and a clock that jumps by a year costs no
// more than one that does not. While there are few timers reached is the end of time, all are in the heap and there is no wheel.
//
// Both have entries, with the times by value. That of a timer which was cancelled is dead, and dropped when it comes in the way, or when the
// dead are more than half of the heap, or of its slot of the wheel. So there are never more than twice the entries of the live timers,
// but for a few in the heap, and a timer is touched three times: when it is added, when it comes near and when it is due.
//
// The price: reached may be far ahead of the clock, when the next timer is, and everything earlier that is added then goes to the
// heap. If the heap comes to hold too much for what is near, reached goes back to the present, and the heap's timers to the
// wheel (rewind). That costs what it moves, and is done only when as many were added since, so it is O(1) for each of them.
type timers struct {
	near    timerHeap
	wheel   timerWheel
	reached time.Duration
	limit   int    // entries that near may have before a look whether it holds too much
	seq     uint64 // the last that was given
}

// fewTimers is how many are better kept in a heap than spread over a wheel.
const fewTimers = 64

func newTimers() timers { return timers{reached: forever, limit: fewTimers} }

// add schedules t, whose fiber is set.
func (ts *timers) add(t *Timer, when time.Duration) {
	ts.seq++
	t.when, t.seq = when, ts.seq
	e := timerEntry{when, t.seq, t}
	if when > ts.reached {
		ts.wheel.add(e)
		return
	}
	ts.near.push(e)
	if len(ts.near.entries) > ts.limit {
		ts.spread(t.fiber.loop.clock.Now())
	}
}

// forget takes note that a timer for when was cancelled.
func (ts *timers) forget(when time.Duration) {
	if when > ts.reached {
		ts.wheel.forget(when)
	} else {
		ts.near.forget()
	}
}

// len returns how many are scheduled.
func (ts *timers) len() int { return len(ts.near.entries) - ts.near.dead + ts.wheel.below(wheelLevels) }

// earliest returns when the first timer is due, if there is one.
func (ts *timers) earliest() (when time.Duration, ok bool) {
	for {
		if when, ok := ts.near.earliest(); ok {
			return when, true
		}
		ts.near.shrink()
		if ts.wheel.occupied == 0 && ts.reached == forever {
			ts.wheel.spare, ts.wheel.spares = nil, 0
			return 0, false // as a loop without timers finds in every turn
		}
		ts.advance()
	}
}

// advance moves the earliest timers of the wheel to near, which is empty.
func (ts *timers) advance() {
	taken, last := ts.wheel.take()
	ts.wheel.each(taken, func(e timerEntry) {
		if e.live() { // also if none is dead: so the misses of the cache for all of them overlap
			ts.near.entries = append(ts.near.entries, e)
		}
	})
	ts.near.order()
	ts.reached = last
	if ts.wheel.occupied == 0 {
		ts.reached = forever
	}
	ts.limit = 2*len(ts.near.entries) + fewTimers
}

// spread is called when near has become large. It rewinds to the time now unless that moves more timers than near has.
func (ts *timers) spread(now time.Duration) {
	now = max(now, 0)
	if now <= ts.reached && ts.wheel.rewinds(now) <= len(ts.near.entries) {
		ts.rewind(now)
	}
	ts.limit = 2*len(ts.near.entries) + fewTimers
}

// rewind moves the timers of near that are not due at the time now, at most reached, to the wheel.
func (ts *timers) rewind(now time.Duration) {
	ts.wheel.rewind(now)
	ts.reached = now - 1
	ts.near.filter(func(e *timerEntry) bool {
		if e.when <= ts.reached {
			return true
		}
		ts.wheel.add(*e)
		return false
	})
}

// fire moves every timer that is due to l's ready queue.
func (ts *timers) fire(l *Loop) {
	if _, ok := ts.earliest(); !ok {
		return
	}
	now := l.clock.Now()
	for {
		when, ok := ts.earliest()
		if !ok || when > now {
			return
		}
		t := ts.near.pop()
		if t.f == nil {
			t.seq = timerIdle
			t.fiber.Wake()
			continue
		}
		t.seq = timerDue
		l.pushCall(t)
	}
}
