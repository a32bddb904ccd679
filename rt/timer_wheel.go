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
// most once a level. Two bitmaps, of levels and of slots, find a slot without walking. A level, 1.5 KB, is made when it is first used.
//
// What many timers cost is the misses of the cache: a timer is part of a frame somewhere. So a slot has entries with the times by value, in
// chunks, and to split it reads and writes no timer. The price is that a timer does not know where its entry is. The entries of those that
// were cancelled are dead, as in the heap, until they are more than half of their slot or it is split: then the others are put in
// their places again, and none of the dead. So there are at most as many dead entries as live ones, and a cancel costs O(1) on average,
// but the one by which half of a slot is dead walks all of it: 30 ms if that has a million.
type timerWheel struct {
	base     uint64 // at most the time of any timer
	occupied uint16 // levels that have timers
	levels   [wheelLevels]*timerLevel
	spare    *timerChunk // chunks of nothing, to be used again
	spares   int         // how many; at most as many as a level has slots
}

const (
	wheelDigit  = 6 // bits
	wheelSlots  = 1 << wheelDigit
	wheelLevels = 11
)

type timerLevel struct {
	occupied uint64 // slots that have timers
	slots    [wheelSlots]timerSlot
}

// timerSlot is a stack of entries.
type timerSlot struct {
	last  *timerChunk // which the next entry comes into, or before; the others are full
	count int         // entries
	dead  int         // of them
}

// timerChunk is 512 bytes on 64-bit machines, a size of the allocator's.
type timerChunk struct {
	before  *timerChunk
	entries [chunkEntries]timerEntry
}

const chunkEntries = 21

// place returns where a timer for when stands, which is at least base.
func (w *timerWheel) place(when uint64) (level, slot int) {
	if differ := when ^ w.base; differ != 0 {
		level = (bits.Len64(differ) - 1) / wheelDigit
	}
	return level, digitOf(when, level)
}

func digitOf(when uint64, level int) int {
	return int(when >> (wheelDigit * level) & (wheelSlots - 1))
}

func (w *timerWheel) level(level int) *timerLevel {
	l := w.levels[level]
	if l == nil {
		l = new(timerLevel)
		w.levels[level] = l
	}
	return l
}

// add puts e in its place.
func (w *timerWheel) add(e timerEntry) {
	level, slot := w.place(uint64(e.when))
	l := w.level(level)
	s := &l.slots[slot]
	i := s.count % chunkEntries
	if i == 0 {
		s.last = w.newChunk(s.last)
	}
	s.last.entries[i] = e
	if s.count++; s.count == 1 {
		l.occupied |= 1 << slot
		w.occupied |= 1 << level
	}
}

// forget has the entry of a timer for when count as dead, which it is.
func (w *timerWheel) forget(when time.Duration) {
	level, slot := w.place(uint64(when))
	s := &w.levels[level].slots[slot]
	if s.dead++; 2*s.dead > s.count {
		w.each(w.takeSlot(level, slot), w.add)
	}
}

// newChunk returns a chunk of nothing that stands after before.
func (w *timerWheel) newChunk(before *timerChunk) *timerChunk {
	c := w.spare
	if c == nil {
		return &timerChunk{before: before}
	}
	w.spare = c.before
	w.spares--
	c.before = before
	return c
}

// keep keeps c for newChunk, if it has not enough.
func (w *timerWheel) keep(c *timerChunk) {
	if w.spares < wheelSlots {
		*c = timerChunk{before: w.spare}
		w.spare = c
		w.spares++
	}
}

// emptied notes that a slot has no timers any more.
func (w *timerWheel) emptied(level, slot int) {
	l := w.levels[level]
	if l.occupied &^= 1 << slot; l.occupied == 0 {
		w.occupied &^= 1 << level
	}
}

// takeSlot takes out all entries of a slot.
func (w *timerWheel) takeSlot(level, slot int) (taken timerSlot) {
	s := &w.levels[level].slots[slot]
	taken, *s = *s, timerSlot{}
	w.emptied(level, slot)
	return taken
}

// each calls f with every live entry of s, which was taken out. What f adds to w may use the chunks that are done with.
func (w *timerWheel) each(s timerSlot, f func(timerEntry)) {
	for n := s.count; n > 0; {
		c := s.last
		first := (n - 1) / chunkEntries * chunkEntries // of its entries
		for i := range c.entries[:n-first] {
			if e := &c.entries[i]; s.dead == 0 || e.live() {
				f(*e)
			}
		}
		n, s.last = first, c.before
		w.keep(c)
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
		w.each(s, w.add)
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
			timers += l.slots[i].count - l.slots[i].dead
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
			w.each(s, w.add)
		}
	}
}
