package rt

import (
	"math"
	"time"
)

// Timer is a function, or a sleeping fiber, that waits for a time of the loop's clock.
type Timer struct {
	when  time.Duration
	seq   uint64 // see below; distinguishes this use of the timer from earlier ones
	loop  *Loop
	fiber *Fiber // of a sleep: woken instead of a call of f
	f     func()
}

// A timer's seq is timerIdle before it is scheduled and after it was called or cancelled, timerDue while it stands in the
// ready queue, and else the number of the heap entry that is its own.
const (
	timerIdle uint64 = 0
	timerDue  uint64 = math.MaxUint64
)

// CallLater has f called when d has passed, in the next turn if d is not positive. Timers for one time run in the order in
// which they were made (statement 031). It panics once the loop is closed.
func (l *Loop) CallLater(d time.Duration, f func()) *Timer {
	l.mustBeOpen("CallLater")
	t := &Timer{loop: l, f: l.carry(f)}
	l.timers.add(t, after(l.clock.Now(), d))
	return t
}

// CallAt has f called when the loop's clock, Time, shows when.
func (l *Loop) CallAt(when time.Duration, f func()) *Timer {
	l.mustBeOpen("CallAt")
	t := &Timer{loop: l, f: l.carry(f)}
	l.timers.add(t, when)
	return t
}

// after returns now+d, or the end of time if that is too large (F21).
func after(now, d time.Duration) time.Duration {
	if d < 0 {
		return now
	}
	if now > math.MaxInt64-d {
		return math.MaxInt64
	}
	return now + d
}

// When returns the time of the loop's clock at which the timer is due.
func (t *Timer) When() time.Duration { return t.when }

// Cancel has the function not called, if it was not yet. It costs O(1) and lets go of what the function refers to.
func (t *Timer) Cancel() {
	if t.seq == timerIdle {
		return
	}
	if t.seq != timerDue {
		t.loop.timers.cancelled++
	}
	t.seq, t.f = timerIdle, nil
	t.loop.timers.purge()
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

// timerHeap is a heap of four children a node, by (when, seq). Cancelled entries stay until they come to the top, or until they
// are more than half of the heap.
type timerHeap struct {
	entries   []timerEntry
	seq       uint64
	cancelled int // entries whose timer has moved on
}

// timerEntry has the key by value: comparing touches no timer.
type timerEntry struct {
	when  time.Duration
	seq   uint64
	timer *Timer
}

func (e *timerEntry) live() bool { return e.timer.seq == e.seq }

func (e *timerEntry) before(o *timerEntry) bool {
	return e.when < o.when || e.when == o.when && e.seq < o.seq
}

// purgeAt is the size from which a heap of mostly cancelled entries is rebuilt (statement 033).
const purgeAt = 64

func (h *timerHeap) add(t *Timer, when time.Duration) {
	h.seq++
	t.when, t.seq = when, h.seq
	h.entries = append(h.entries, timerEntry{when, h.seq, t})
	h.up(len(h.entries) - 1)
}

// earliest returns when the first timer is due, if there is one.
func (h *timerHeap) earliest() (when time.Duration, ok bool) {
	for len(h.entries) > 0 {
		if e := &h.entries[0]; e.live() {
			return e.when, true
		}
		h.pop()
		h.cancelled--
	}
	return 0, false
}

// fire moves every timer that is due to l's ready queue.
func (h *timerHeap) fire(l *Loop) {
	if _, ok := h.earliest(); !ok {
		return
	}
	now := l.clock.Now()
	for {
		when, ok := h.earliest()
		if !ok || when > now {
			return
		}
		t := h.entries[0].timer
		h.pop()
		if fb := t.fiber; fb != nil {
			t.seq = timerIdle
			fb.Wake()
			continue
		}
		t.seq = timerDue
		l.pushCall(t)
	}
}

// purge rebuilds the heap if most of it is cancelled.
func (h *timerHeap) purge() {
	if len(h.entries) < purgeAt || 2*h.cancelled <= len(h.entries) {
		return
	}
	kept := h.entries[:0]
	for _, e := range h.entries {
		if e.live() {
			kept = append(kept, e)
		}
	}
	clear(h.entries[len(kept):])
	if cap(kept) > 4*len(kept)+purgeAt {
		kept = append(make([]timerEntry, 0, 2*len(kept)), kept...)
	}
	h.entries, h.cancelled = kept, 0
	for i := (len(kept) - 2) / 4; i >= 0; i-- {
		h.down(i)
	}
}

func (h *timerHeap) pop() {
	last := len(h.entries) - 1
	h.entries[0] = h.entries[last]
	h.entries[last] = timerEntry{}
	h.entries = h.entries[:last]
	if last > 1 {
		h.down(0)
	}
}

func (h *timerHeap) up(i int) {
	e := h.entries[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&h.entries[parent]) {
			break
		}
		h.entries[i] = h.entries[parent]
		i = parent
	}
	h.entries[i] = e
}

func (h *timerHeap) down(i int) {
	if i >= len(h.entries) {
		return
	}
	e := h.entries[i]
	for {
		first := 4*i + 1
		if first >= len(h.entries) {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, len(h.entries)); c++ {
			if h.entries[c].before(&h.entries[least]) {
				least = c
			}
		}
		if !h.entries[least].before(&e) {
			break
		}
		h.entries[i] = h.entries[least]
		i = least
	}
	h.entries[i] = e
}
