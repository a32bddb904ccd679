package rt

import (
	"math/bits"
	"time"
)

// timerWheel is a hierarchical timing wheel. A time is a number of eleven digits to the base 64, in nanoseconds, and a timer stands
// in the slot of its first digit in which it differs from base: slot d of level k has those that agree with base above digit k
// and have d there. So whatever is in a lower level is earlier than what is in a higher one, and the earliest timers are
// those of the first slot of the lowest level that has any.
//
// base only grows when take splits a slot, to that slot's start: its timers then find their places in the levels below, each at
// most once a level. Two bitmaps, of levels and of slots, find a slot without walking. A level, 2.5 KB, is made when it is first used.
type timerWheel struct {
	base     uint64 // at most the time of any timer
	occupied uint16 // levels that have timers
	levels   [wheelLevels]*timerLevel
}

const (
	wheelDigit  = 6 // bits
	wheelLevels = 11
)

type timerLevel struct {
	occupied uint64 // slots that have timers
	slots    [1 << wheelDigit]timerSlot
}

// timerSlot has its timers in several lists, by seq. A list of a million timers is a million cache misses, each of which has to wait for
// the one before; who walks several lists at once waits for several misses at a time.
type timerSlot struct {
	lists [timerLists]*Timer
	count int
}

const timerLists = 4

// place returns where a timer for when stands, which is at least base.
func (w *timerWheel) place(when uint64) (level, slot int) {
	if differ := when ^ w.base; differ != 0 {
		level = (bits.Len64(differ) - 1) / wheelDigit
	}
	return level, digitOf(when, level)
}

func digitOf(when uint64, level int) int {
	return int(when >> (wheelDigit * level) & (1<<wheelDigit - 1))
}

func (w *timerWheel) level(level int) *timerLevel {
	l := w.levels[level]
	if l == nil {
		l = new(timerLevel)
		w.levels[level] = l
	}
	return l
}

// add puts t in its place.
func (w *timerWheel) add(t *Timer) {
	level, slot := w.place(uint64(t.when))
	l := w.level(level)
	s := &l.slots[slot]
	list := &s.lists[t.seq%timerLists]
	if t.next = *list; t.next != nil {
		t.next.prev = t
	}
	*list = t
	if s.count++; s.count == 1 {
		l.occupied |= 1 << slot
		w.occupied |= 1 << level
	}
}

// remove takes t out.
func (w *timerWheel) remove(t *Timer) {
	level, slot := w.place(uint64(t.when))
	s := &w.levels[level].slots[slot]
	if t.prev == nil {
		s.lists[t.seq%timerLists] = t.next
	} else {
		t.prev.next = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
	if s.count--; s.count == 0 {
		w.emptied(level, slot)
	}
}

// emptied notes that a slot has no timers any more.
func (w *timerWheel) emptied(level, slot int) {
	l := w.levels[level]
	if l.occupied &^= 1 << slot; l.occupied == 0 {
		w.occupied &^= 1 << level
	}
}

// takeSlot takes out all timers of a slot.
func (w *timerWheel) takeSlot(level, slot int) (taken timerSlot) {
	s := &w.levels[level].slots[slot]
	taken, *s = *s, timerSlot{}
	w.emptied(level, slot)
	return taken
}

// each calls f with every timer of s, which is in no slot then.
func (s *timerSlot) each(f func(*Timer)) {
	for s.count > 0 {
		for i, t := range s.lists {
			if t != nil {
				s.lists[i] = t.next
				s.count--
				t.prev, t.next = nil, nil
				f(t)
			}
		}
	}
}

// take takes out the earliest timers, all until the time last: few, or those for one time. There are none if the wheel is empty.
func (w *timerWheel) take() (taken timerSlot, last time.Duration) {
	for w.occupied != 0 {
		level := bits.TrailingZeros16(w.occupied)
		slot := bits.TrailingZeros64(w.levels[level].occupied)
		width := uint64(1) << (wheelDigit * level)
		start := w.base&^(width<<wheelDigit-1) | uint64(slot)*width
		s := w.takeSlot(level, slot)
		w.base = start
		if level == 0 || s.count <= fewTimers {
			return s, time.Duration(start + width - 1)
		}
		s.each(w.add)
	}
	return timerSlot{}, forever
}

// rewinds returns how many timers rewind to the time now moves.
func (w *timerWheel) rewinds(now time.Duration) (timers int) {
	level, _ := w.place(uint64(now))
	return w.below(level)
}

// below returns how many timers are in the levels below.
func (w *timerWheel) below(level int) (timers int) {
	for _, l := range w.levels[:level] {
		for i := 0; l != nil && i < len(l.slots); i++ {
			timers += l.slots[i].count
		}
	}
	return timers
}

// rewind makes now the base, which may be earlier and must not be later than any timer. All timers of the levels below that of the first
// digit in which the two differ share that digit of the old base, and now stand in its slot.
func (w *timerWheel) rewind(now time.Duration) {
	level, _ := w.place(uint64(now))
	w.base = uint64(now)
	for below := range level {
		l := w.levels[below]
		for l != nil && l.occupied != 0 {
			s := w.takeSlot(below, bits.TrailingZeros64(l.occupied))
			s.each(w.add)
		}
	}
}
