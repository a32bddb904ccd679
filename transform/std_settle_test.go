package transform

import "fmt"

// settle decides which variables become slots and which literals are
// converted. All are assumed to; then those are struck out that cannot be, or
// whose being it depends on one that was, until nothing changes.
func (s *stdCopy) settle() {
	for _, slot := range s.slots {
		slot.kept = !slot.misused && !slot.refused
	}
	for _, lit := range s.lits {
		lit.kept = lit.kind != stdOrdinary && !lit.refused
	}
	for changed := true; changed; {
		changed = false
		awaited := s.awaitedSlots()
		for _, slot := range s.slots {
			if slot.kept && !(awaited[slot] && slot.holds() && (slot.owner == nil || s.marks[slot.owner] != nil)) {
				slot.kept, changed = false, true
			}
		}
		for _, lit := range s.lits {
			if lit.kept && !lit.holds() {
				lit.kept, changed = false, true
			}
		}
	}
}

// awaitedSlots are those that are called, or given to such.
func (s *stdCopy) awaitedSlots() map[*stdSlot]bool {
	awaited := map[*stdSlot]bool{}
	for before := -1; len(awaited) != before; {
		before = len(awaited)
		for _, slot := range s.slots {
			for _, g := range slot.given {
				if awaited[g.to] {
					awaited[slot] = true
				}
			}
			for _, a := range slot.calls {
				if a.kept() {
					awaited[slot] = true
				}
			}
		}
	}
	return awaited
}

// holds reports whether a variable can be a slot as far as its uses go.
func (slot *stdSlot) holds() bool {
	for _, other := range slot.sharing {
		if !other.kept {
			return false
		}
	}
	for _, lit := range slot.uses {
		if !lit.awaits() {
			return false
		}
	}
	for _, g := range slot.given {
		if !g.filled() {
			return false
		}
	}
	return true
}

// holds reports whether a literal can be converted as far as what is around it
// goes.
func (l *stdLit) holds() bool {
	if !l.outer.awaits() {
		return false
	}
	switch l.kind {
	case stdCalled:
		return l.result.kept()
	case stdFills:
		return l.given.filled()
	}
	return true
}

// stdCounts are literals of each kind: those that are converted, and all.
type stdCounts struct{ converted, all [stdKinds]int }

// countLiterals adds the literals in what is converted.
func (s *stdCopy) countLiterals(counts *stdCounts) {
	for _, lit := range s.lits {
		if s.marks[s.object(lit.fn)] == nil {
			continue
		}
		counts.all[lit.kind]++
		if lit.kept {
			counts.converted[lit.kind]++
		}
	}
}

func (c *stdCounts) String() string {
	total, all := 0, 0
	for kind := range stdKinds {
		total, all = total+c.converted[kind], all+c.all[kind]
	}
	of := func(kind stdKind) string { return fmt.Sprintf("%d of %d", c.converted[kind], c.all[kind]) }
	return fmt.Sprintf("%d of %d literals (%s deferred, %s called at once, %s given to variables)",
		total, all, of(stdDeferred), of(stdCalled), of(stdFills))
}
