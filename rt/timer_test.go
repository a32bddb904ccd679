package rt

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var timerPrograms = flag.Int("timer.programs", 100, "how many random sequences of timers are compared with a sorted list")

// timerModel has the same timers on a loop and in a list that is kept sorted by (when, order of creation).
type timerModel struct {
	t      *testing.T
	r      *rand.Rand
	s      *stage
	list   []modelledTimer
	timers map[int]*Timer
	made   int
	fired  []int
}

type modelledTimer struct {
	when   time.Duration
	number int
}

// add adds a timer for when, which cancels another one when it is called if it is to.
func (m *timerModel) add(when time.Duration) {
	n := m.made
	m.made++
	m.timers[n] = m.s.CallAt(when, func() { m.fired = append(m.fired, n) })
	i := len(m.list)
	for i > 0 && m.list[i-1].when > when {
		i--
	}
	m.list = slices.Insert(m.list, i, modelledTimer{when, n})
}

// cancel cancels the timer at place i of the list.
func (m *timerModel) cancel(i int) {
	m.timers[m.list[i].number].Cancel()
	m.timers[m.list[i].number].Cancel() // a second time does nothing
	m.list = slices.Delete(m.list, i, i+1)
}

// jump moves the clock to now, and has what is due then called.
func (m *timerModel) jump(now time.Duration) {
	m.s.poller.(*jumping).now = now
	m.s.Stop() // one turn, which does not wait
	if err := m.s.Loop.Run(); err != nil {
		m.t.Fatal(err)
	}
	due := 0
	for due < len(m.list) && m.list[due].when <= now {
		due++
	}
	var want []int
	for _, e := range m.list[:due] {
		want = append(want, e.number)
	}
	m.list = slices.Delete(m.list, 0, due)
	if !slices.Equal(m.fired, want) {
		m.t.Fatalf("at %d the timers %v were called, want %v", now, m.fired, want)
	}
	m.fired = nil
}

// check checks what the loop knows of its timers, and the invariants of the two parts that they are in.
func (m *timerModel) check() {
	m.t.Helper()
	ts := &m.s.timers
	if n := ts.len(); n != len(m.list) {
		m.t.Fatalf("the loop counts %d timers of %d", n, len(m.list))
	}
	when, ok := ts.earliest()
	if ok != (len(m.list) > 0) || ok && when != m.list[0].when {
		m.t.Fatalf("the earliest timer is at %d (%v), want the first of %v", when, ok, m.list[:min(1, len(m.list))])
	}
	if n := len(ts.near.entries); n > 2*len(m.list)+purgeAt {
		m.t.Fatalf("%d entries for %d timers", n, len(m.list))
	}
	for level, l := range ts.wheel.levels {
		if occupied := ts.wheel.occupied>>level&1 != 0; occupied != (l != nil && l.occupied != 0) {
			m.t.Fatalf("level %d is said to have timers: %v", level, occupied)
		}
		for slot := 0; l != nil && slot < len(l.slots); slot++ {
			m.checkSlot(level, slot)
		}
	}
}

func (m *timerModel) checkSlot(level, slot int) {
	m.t.Helper()
	w := &m.s.timers.wheel
	s := &w.levels[level].slots[slot]
	n, dead := 0, 0
	for c := s.last; c != nil; c = c.before {
		for _, e := range c.entries {
			if e.timer == nil {
				continue
			}
			n++
			if !e.live() {
				dead++
			}
			if l, d := w.place(uint64(e.when)); l != level || d != slot {
				m.t.Fatalf("a timer for %d with base %d stands at %d.%d, belongs to %d.%d", e.when, w.base, level, slot, l, d)
			}
			if e.when <= m.s.timers.reached {
				m.t.Fatalf("a timer for %d is in the wheel, which has those after %d", e.when, m.s.timers.reached)
			}
		}
	}
	if n != s.count || dead != s.dead || 2*dead > n {
		m.t.Fatalf("slot %d.%d has %d entries, %d of them dead, counts %d and %d", level, slot, n, dead, s.count, s.dead)
	}
	if n > 0 != (w.levels[level].occupied>>slot&1 != 0) {
		m.t.Fatalf("slot %d.%d has %d timers, which the level does not know", level, slot, n)
	}
}

// distance is a random duration of any magnitude, many of them small, or of few values, so that some are equal.
func (m *timerModel) distance() time.Duration {
	switch m.r.IntN(10) {
	case 0:
		return time.Duration(m.r.IntN(5)) * time.Second
	case 1:
		return time.Duration(m.r.IntN(3)-2) * time.Millisecond
	}
	return time.Duration(m.r.Int64() >> m.r.IntN(63))
}

// TestF21_TimersAgainstAModel adds timers near and far, before and after those that are there, cancels some, and has the clock jump.
func TestF21_TimersAgainstAModel(t *testing.T) {
	for seed := range uint64(*timerPrograms) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := &timerModel{t: t, r: r, s: newStage(t), timers: map[int]*Timer{}}
		for range 30 {
			for range r.IntN(400) {
				m.add(after(m.s.clock.Now(), m.distance()))
			}
			m.check()
			for range r.IntN(len(m.list) + 1) {
				m.cancel(min(len(m.list)-1, r.IntN(1+r.IntN(len(m.list))))) // the earliest more than others
			}
			m.check()
			now := m.s.clock.Now()
			switch {
			case len(m.list) > 0 && r.IntN(2) == 0:
				now = max(now, m.list[r.IntN(1+len(m.list)/2)].when) // to a time when something is due
			case r.IntN(4) == 0:
				now = min(now, math.MaxInt64>>8)
				now += time.Duration(r.Int64() >> 8)
			}
			m.jump(now)
			m.check()
		}
		m.jump(forever)
		if len(m.list) > 0 {
			t.Fatalf("seed %d: at the end of time %d timers are left", seed, len(m.list))
		}
	}
}

// TestWheelGivesWayToAHeap: a loop with few timers has no wheel, one with many spreads them, and when those are gone it is as before.
func TestWheelGivesWayToAHeap(t *testing.T) {
	s := newStage(t)
	for i := range fewTimers {
		s.CallAt(time.Duration(i)*time.Hour, func() {})
	}
	if s.timers.wheel.occupied != 0 {
		t.Errorf("%d timers are spread over a wheel", fewTimers)
	}
	timers := make([]*Timer, 10_000)
	for i := range timers {
		timers[i] = s.CallLater(time.Duration(i)*time.Second, func() {})
	}
	if n := len(s.timers.near.entries); n > 2*fewTimers {
		t.Errorf("%d of %d timers are in the heap", n, s.timers.len())
	}
	for _, timer := range timers {
		timer.Cancel()
	}
	s.settle()
	if s.timers.reached != forever || s.timers.len() != 0 || cap(s.timers.near.entries) > 4*fewTimers {
		t.Errorf("%d timers, room for %d, those after %v would be spread", s.timers.len(), cap(s.timers.near.entries), s.timers.reached)
	}
}

// TestRewindIsPaidFor: while the next timer is far, whatever is added before it goes to the heap, but only until that is worth
// more than spreading it.
func TestRewindIsPaidFor(t *testing.T) {
	s := newStage(t)
	for i := range 10_000 {
		s.CallLater(time.Hour+time.Duration(i)*time.Millisecond, func() {})
	}
	s.timers.earliest() // reaches ahead by an hour
	if s.timers.reached < time.Hour {
		t.Fatalf("reached is %v", s.timers.reached)
	}
	for i := range 50_000 {
		s.CallLater(time.Minute+time.Duration(i)*time.Millisecond, func() {})
	}
	if n := len(s.timers.near.entries); n > 10_000+4*fewTimers {
		t.Errorf("the heap has %d timers, more than the %d that it takes to spread them", n, 10_000)
	}
	if when, _ := s.timers.earliest(); when != time.Minute {
		t.Errorf("the earliest is %v", when)
	}
}

// TestCancelWhileDue: what stands in the ready queue is in neither part; its Cancel must not touch them.
func TestCancelWhileDue(t *testing.T) {
	s := newStage(t)
	timers := make([]*Timer, 200)
	for i := range timers {
		timers[i] = s.CallAt(5, func() {
			s.log("%d", i)
			for _, other := range timers[i+1:] {
				other.Cancel()
			}
			s.CallLater(1, func() { s.log("next") })
		})
	}
	s.settle()
	s.traced("0", "next")
	if n := s.timers.len(); n != 0 {
		t.Errorf("%d timers are left", n)
	}
}

// TestF21_SameDeadlineForMany: timers for one instant cannot be spread; they come in order all the same.
func TestF21_SameDeadlineForMany(t *testing.T) {
	s := newStage(t)
	var want []string
	for i := range 2_000 {
		s.CallAt(time.Hour, func() { s.log("%d", i) })
		want = append(want, fmt.Sprint(i))
	}
	s.settle()
	s.traced(want...)
}
