package rt

import "time"

// timerHeap is a heap of four children a node, by (when, seq). The entries of timers that were cancelled are dead: they stay until
// they come to the top, or until they are more than half of the heap.
type timerHeap struct {
	entries []timerEntry
	dead    int
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

// purgeAt is the size from which a heap of mostly dead entries is rebuilt (statement 033).
const purgeAt = 64

func (h *timerHeap) push(e timerEntry) {
	h.entries = append(h.entries, e)
	h.up(len(h.entries) - 1)
}

// forget has one more entry count as dead, which it is.
func (h *timerHeap) forget() {
	h.dead++
	if len(h.entries) >= purgeAt && 2*h.dead > len(h.entries) {
		h.filter(func(*timerEntry) bool { return true })
	}
}

// earliest returns when the first timer is due, if there is one.
func (h *timerHeap) earliest() (when time.Duration, ok bool) {
	for len(h.entries) > 0 {
		if e := &h.entries[0]; e.live() {
			return e.when, true
		}
		h.pop()
		h.dead--
	}
	return 0, false
}

// filter drops the entries that are dead, and those that keep refuses.
func (h *timerHeap) filter(keep func(*timerEntry) bool) {
	kept := h.entries[:0]
	for i := range h.entries {
		if e := &h.entries[i]; e.live() && keep(e) {
			kept = append(kept, *e)
		}
	}
	clear(h.entries[len(kept):])
	h.entries, h.dead = kept, 0
	h.shrink()
	h.order()
}

// order makes a heap of entries in any order.
func (h *timerHeap) order() {
	for i := (len(h.entries) - 2) / 4; i >= 0; i-- {
		h.down(i)
	}
}

// shrink gives memory back that is not used any more.
func (h *timerHeap) shrink() {
	if n := len(h.entries); cap(h.entries) > 4*n+2*purgeAt {
		h.entries = append(make([]timerEntry, 0, 2*n), h.entries...)
	}
}

// pop takes out the first entry, and returns its timer; there must be one.
func (h *timerHeap) pop() *Timer {
	t := h.entries[0].timer
	last := len(h.entries) - 1
	h.entries[0] = h.entries[last]
	h.entries[last] = timerEntry{}
	h.entries = h.entries[:last]
	if last > 1 {
		h.down(0)
	}
	return t
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
