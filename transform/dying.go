package transform

import "slices"

// A suspended frame keeps nothing alive that the source could no longer
// reach. So a field with pointers that may have been written, and that nothing
// reads afterwards, is cleared before the next suspension; and so is the
// coroutine of a call that has ended.
//
// What every way to a suspension has left, the suspension clears. What only
// some of several ways have left, is cleared at the end of those: then a
// suspension behind a switch of many clauses does not clear for all of them.

// dying finds what is cleared where.
func (f *flat) dying() {
	d := &dying{flat: f, size: len(f.vars) + len(f.holders), next: f.flow()}
	d.mayClear()
	d.written = d.forward(false)
	d.leave(d.forward(true), d.wanted())
	d.written = d.forward(false)
	d.once()
	d.suspensions()
}

// dying is the analysis. Its sets have fields, by the variable that gives
// them their name, and behind them holders.
type dying struct {
	*flat
	size    int
	next    [][]int
	cleared bitset   // what is cleared at all
	kept    []bitset // by suspension: what is read after it
	written []bitset // what may have been written before each instruction, and not cleared
}

func (d *dying) holder(h int) int { return len(d.vars) + h }

// mayClear finds the candidates, and what each suspension must not clear.
func (d *dying) mayClear() {
	d.cleared = newBitset(d.size)
	for _, v := range d.vars {
		if v.field == v && v.place == placeFrame && v.result == 0 && (v.boxed || hasPointers(v.typ) && !v.deferred) {
			d.cleared.add(v.index)
		}
	}
	for h := range d.holders {
		d.cleared.add(d.holder(h))
	}
	d.kept = make([]bitset, len(d.code))
	for i, c := range d.code {
		if c.live == nil {
			continue
		}
		d.kept[i] = d.fields(c.live)
		if c.op == opAwait && c.asking == nil {
			d.kept[i].add(d.holder(c.holder))
		}
	}
}

// fields are those of a set of variables.
func (d *dying) fields(vars bitset) bitset {
	set := newBitset(d.size)
	vars.each(func(v int) { set.add(d.vars[v].field.index) })
	return set
}

// forward computes what may have been written before each instruction, or
// what surely has been.
func (d *dying) forward(surely bool) []bitset {
	before := make([]bitset, len(d.code))
	for i := range before {
		before[i] = newBitset(d.size)
		if surely && i > 0 {
			before[i].fill()
		}
	}
	for _, v := range d.params {
		if v.obj != nil {
			before[0].add(v.index)
		}
	}
	for h, holder := range d.holders {
		if holder.circle && !surely { // the frame may be that of an earlier call, which its caller has kept
			before[0].add(d.holder(h))
		}
	}
	after := newBitset(d.size)
	for changed := true; changed; {
		changed = false
		for i := range d.code {
			d.after(i, before[i], after)
			for _, s := range d.next[i] {
				if s < len(d.code) {
					if surely {
						changed = before[s].intersect(after) || changed
					} else {
						changed = before[s].union(after) || changed
					}
				}
			}
		}
	}
	return before
}

// after computes what an instruction makes of a set.
func (d *dying) after(i int, before, after bitset) {
	c := d.code[i]
	copy(after, before)
	for _, v := range c.seen {
		after.add(v.field.index)
	}
	if c.live != nil {
		for w := range after {
			after[w] &^= d.cleared[w] &^ d.kept[i][w]
		}
		if c.op == opAwait && c.asking == nil {
			after.add(d.holder(c.holder))
		}
	}
	for _, v := range c.leaves {
		after.remove(v.index)
	}
	for _, h := range c.left {
		after.remove(d.holder(h))
	}
}

// wanted computes, before each instruction, what a suspension behind it would
// clear if it had been written.
func (d *dying) wanted() []bitset {
	want := make([]bitset, len(d.code)+1)
	for i := range want {
		want[i] = newBitset(d.size)
	}
	set := newBitset(d.size)
	for changed := true; changed; {
		changed = false
		for i := len(d.code) - 1; i >= 0; i-- {
			c := d.code[i]
			clear(set)
			for _, s := range d.next[i] {
				set.union(want[s])
			}
			if c.live != nil {
				for w := range set {
					set[w] = set[w]&d.kept[i][w] | d.cleared[w]&^d.kept[i][w]
				}
			}
			for _, v := range c.seen {
				set.remove(v.field.index)
			}
			if c.op == opAwait && c.asking == nil {
				set.remove(d.holder(c.holder))
			}
			changed = want[i].union(set) || changed
		}
	}
	return want
}

// leave finds what is cleared where several ways meet ahead.
func (d *dying) leave(surely, want []bitset) {
	at := d.labels()
	after := newBitset(d.size)
	for i, c := range d.code {
		to := i + 1
		switch {
		case c.op == opJump:
			to = at[c.label]
		case c.op != opText || to == len(d.code) || d.ends(c):
			continue
		}
		if to <= i || d.code[to].op != opLabel {
			continue
		}
		d.after(i, d.written[i], after)
		live := d.fields(d.code[to].liveBefore)
		for w := range after {
			after[w] &= d.cleared[w] & want[to][w] &^ surely[to][w] &^ live[w]
		}
		c.leaves, c.left = d.split(after)
	}
}

// once drops what is cleared already wherever a way comes from, now that it
// is known what each way clears.
func (d *dying) once() {
	for i, c := range d.code {
		before := d.written[i]
		c.leaves = slices.DeleteFunc(c.leaves, func(v *variable) bool {
			return !before.has(v.index) && !slices.ContainsFunc(c.seen, func(s *variable) bool { return s.field == v })
		})
		c.left = slices.DeleteFunc(c.left, func(h int) bool { return !before.has(d.holder(h)) })
	}
}

// suspensions finds what each suspension clears, and whether an await finds a
// frame in its holder.
func (d *dying) suspensions() {
	set := newBitset(d.size)
	var surely []bitset // few functions need it
	for i, c := range d.code {
		if c.live == nil {
			continue
		}
		copy(set, d.written[i])
		for _, v := range c.seen {
			set.add(v.field.index)
		}
		for w := range set {
			set[w] &= d.cleared[w] &^ d.kept[i][w]
		}
		c.dead, c.ended = d.split(set)
		if c.op == opAwait && c.asking == nil {
			h := d.holder(c.holder)
			if c.mayHold = d.written[i].has(h); !c.mayHold {
				continue
			}
			if surely == nil {
				surely = d.forward(true)
			}
			c.holds = surely[i].has(h)
		}
	}
}

// split takes a set apart into fields and holders.
func (d *dying) split(set bitset) (vars []*variable, holders []int) {
	set.each(func(i int) {
		if i < len(d.vars) {
			vars = append(vars, d.vars[i])
		} else {
			holders = append(holders, i-len(d.vars))
		}
	})
	return vars, holders
}
