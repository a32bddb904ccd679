package transform

import (
	"go/types"
	"slices"
)

// store decides where each variable is stored. The liveness analysis runs on
// the flat code, which is the control flow: a variable is live after an
// instruction if some path from there reads it before writing it.
func (f *flat) store() {
	f.references()
	f.liveness()
	for _, v := range f.vars {
		v.place = f.placeOf(v)
		v.boxed = f.boxes(v)
	}
	f.share()
	f.dying()
}

func (f *flat) placeOf(v *variable) place {
	switch {
	case v.result > 0, v.param && v.refs > 0:
		return placeFrame
	case v.refs == 0:
		return placeNative
	}
	if v.first == v.last && v.mentioned {
		return placeFrame // a local would not be used
	}
	if v.first == v.last && v.obj != nil && !f.code[v.first].declares(v) {
		return placeNative
	}
	if f.code[v.first].segment == f.code[v.last].segment && v.first != v.last {
		return placeSegment
	}
	if v.first == v.last { // declared and never read after: only an invented one
		return placeSegment
	}
	if v.deferred && !v.captured && !v.addressed && !v.looped {
		return placeFrame // the deferred literal refers to the frame
	}
	for _, in := range f.code {
		if in.live != nil && in.live[v.index] {
			return placeFrame
		}
	}
	return placeMethod
}

func (in *instr) declares(v *variable) bool {
	for _, d := range in.decls {
		if d == v {
			return true
		}
	}
	return false
}

// boxes reports whether v needs a box. What a literal captured or whose
// address was taken may outlive the frame, or be a new variable in each
// iteration. A deferred literal is run before the frame ends: outside of
// loops it may refer to the frame.
func (f *flat) boxes(v *variable) bool {
	if v.place == placeNative || v.place == placeSegment {
		return false
	}
	return v.captured || v.addressed || v.deferred && v.looped
}

// liveness computes the live sets after each suspension.
func (f *flat) liveness() {
	n := len(f.vars)
	at := f.labels()
	in := make([][]bool, len(f.code)+1) // live before instruction i
	for i := range in {
		in[i] = make([]bool, n)
	}
	out := make([]bool, n)
	for changed := true; changed; {
		changed = false
		for i := len(f.code) - 1; i >= 0; i-- {
			c := f.code[i]
			clear(out)
			for _, s := range f.successors(i, at) {
				for v := range out {
					out[v] = out[v] || in[s][v]
				}
			}
			if c.op == opAwait || c.op == opYield {
				c.live = append(c.live[:0], out...)
			}
			for _, v := range c.defs {
				if !f.shared(v) || c.declares(v) {
					out[v.index] = false
				}
			}
			for _, v := range c.defs {
				if f.shared(v) && !c.declares(v) {
					out[v.index] = true // writing through the box reads the box
				}
			}
			for _, v := range c.uses {
				out[v.index] = true
			}
			for v := range out {
				if out[v] != in[i][v] {
					in[i][v], changed = out[v], true
				}
			}
		}
	}
	for i, c := range f.code {
		c.liveBefore = in[i]
	}
}

// share gives variables of one name and type one field if they are never
// live at the same time: most often the n and err of several scopes. Others
// could share too, but a reader would look for a variable under its name.
func (f *flat) share() {
	for _, v := range f.vars {
		v.field = v
	}
	all := f.locals()
	for i, v := range all {
		if !f.mayShare(v) {
			continue
		}
		for _, o := range all[:i] {
			if f.mayShare(o) && o.field == o && o.obj.Name() == v.obj.Name() && types.Identical(o.typ, v.typ) && !f.interfere(o, v) {
				v.field = o
				break
			}
		}
	}
}

func (f *flat) mayShare(v *variable) bool {
	return v.place == placeFrame && v.obj != nil && !v.boxed && !v.param && v.result == 0 && !f.shared(v)
}

// interfere reports whether field's variables and v may hold values at once.
func (f *flat) interfere(field, v *variable) bool {
	for _, o := range f.vars {
		if o.field != field {
			continue
		}
		for _, in := range f.code {
			ov := in.liveBefore[o.index] || slices.Contains(in.seen, o)
			vv := in.liveBefore[v.index] || slices.Contains(in.seen, v)
			if ov && vv {
				return true
			}
		}
	}
	return false
}

// dying finds what each suspension clears: fields with pointers that may have
// been written and that nothing reads afterwards.
func (f *flat) dying() {
	at := f.labels()
	lives := func(in *instr, v *variable) bool { // or another of its field does
		return slices.ContainsFunc(f.vars, func(o *variable) bool { return o.field == v && in.live[o.index] })
	}
	clears := func(in *instr, v *variable) bool {
		return in.live != nil && v.field == v && v.place == placeFrame && v.result == 0 &&
			(v.boxed || hasPointers(v.typ) && !v.deferred) && !lives(in, v)
	}
	vars := len(f.vars)
	in := make([][]bool, len(f.code)) // may have been written, by variable and then by holder
	for i := range in {
		in[i] = make([]bool, vars+len(f.holders))
	}
	for _, v := range f.params {
		if v.obj != nil {
			in[0][v.index] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for i, c := range f.code {
			out := slices.Clone(in[i])
			for _, v := range c.seen {
				out[v.field.index] = true
			}
			for _, v := range f.vars {
				if clears(c, v) {
					out[v.index] = false
				}
			}
			if c.live != nil {
				for h := range f.holders {
					out[vars+h] = c.op == opAwait && c.holder == h
				}
			}
			for _, s := range f.successors(i, at) {
				for v := range out {
					if out[v] && !in[s][v] {
						in[s][v], changed = true, true
					}
				}
			}
		}
	}
	for i, c := range f.code {
		if c.live == nil {
			continue
		}
		for _, v := range f.vars {
			if (in[i][v.index] || slices.Contains(c.seen, v)) && clears(c, v) {
				c.dead = append(c.dead, v)
			}
		}
		for h := range f.holders {
			if in[i][vars+h] && !(c.op == opAwait && c.holder == h) {
				c.ended = append(c.ended, h)
			}
		}
	}
}

// shared reports whether others than the statement itself may refer to v: a
// literal that captured it, or a pointer.
func (f *flat) shared(v *variable) bool { return v.captured || v.deferred || v.addressed }

// labels says at which instruction each label stands.
func (f *flat) labels() map[*label]int {
	at := map[*label]int{}
	for i, in := range f.code {
		if in.op == opLabel {
			at[in.label] = i
		}
	}
	return at
}

// successors are the instructions that may follow the i-th.
func (f *flat) successors(i int, at map[*label]int) []int {
	in := f.code[i]
	next := []int{i + 1}
	switch in.op {
	case opJump:
		return []int{at[in.label]}
	case opUnless, opIf:
		return append(next, at[in.label])
	case opSwitch, opSelect:
		for _, a := range in.cases {
			next = append(next, at[a.label])
		}
	case opEnd:
		return nil
	case opText:
		if len(in.frags) == 1 && in.frags[0].node != nil && f.terminates(in.frags[0].node) {
			next = nil
		}
	}
	for _, fr := range in.frags {
		for _, lb := range f.jumpsIn(fr) {
			next = append(next, at[lb])
		}
	}
	return next
}

// jumpsIn are the labels that a native statement may jump to.
func (f *flat) jumpsIn(fr frag) (labels []*label) {
	if fr.node == nil {
		return nil
	}
	for b, j := range f.jumps {
		if fr.node.Pos() <= b.Pos() && b.End() <= fr.node.End() {
			labels = append(labels, j.to)
		}
	}
	return labels
}

// hasPointers reports whether a value of type t can keep something alive.
func hasPointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
	case *types.Struct:
		for f := range u.Fields() {
			if hasPointers(f.Type()) {
				return true
			}
		}
		return false
	case *types.Array:
		return hasPointers(u.Elem())
	}
	return true
}
