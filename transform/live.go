package transform

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// store decides where each variable is stored. The liveness analysis runs on
// the flat code, which is the control flow: a variable is live after an
// instruction if some path from there reads it before writing it.
func (f *flat) store() {
	f.references()
	f.place()
	if f.unload() {
		f.place()
	}
	f.share()
	f.dying()
}

func (f *flat) place() {
	f.liveness()
	for _, v := range f.vars {
		v.place = f.placeOf(v)
		v.boxed = f.boxes(v)
	}
}

// unload finds the variables that as locals of Resume would be large: Go sets
// those to zero each time that Resume is called, also where it only goes on
// elsewhere. They get a box instead, made where they are declared. It reports
// whether there are any.
func (f *flat) unload() (found bool) {
	const large = 128 // bytes
	renewed := map[*variable]bool{}
	for _, in := range f.code {
		for _, fr := range in.frags {
			renewed[fr.fresh] = true
		}
	}
	for _, v := range f.vars {
		if v.place == placeMethod && !v.boxed && v.obj != nil && !renewed[v] && sizeOfType(f.fn.src.unit, v) > large {
			v.large, found = true, true
		}
	}
	if found {
		f.throughBoxes(func(v *variable) bool { return v.large })
	}
	return found
}

func (f *flat) placeOf(v *variable) place {
	switch {
	case f.fn.makes():
		return placeNative
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
	if v.obj != nil && !v.read { // Go refuses such a local
		return placeFrame
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
		if in.live != nil && in.live.has(v.index) {
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
	return v.captured || v.addressed || v.large || v.deferred && v.looped
}

// liveness computes what is live before each instruction and after each
// suspension.
func (f *flat) liveness() {
	after := newBitset(len(f.vars))
	for _, c := range f.code {
		c.liveBefore = newBitset(len(f.vars))
		if c.op == opAwait || c.op == opYield {
			c.live = newBitset(len(f.vars))
		}
	}
	next := f.flow()
	for changed := true; changed; {
		changed = false
		for i := len(f.code) - 1; i >= 0; i-- {
			c := f.code[i]
			clear(after)
			for _, s := range next[i] {
				if s < len(f.code) {
					after.union(f.code[s].liveBefore)
				}
			}
			if c.live != nil {
				copy(c.live, after)
			}
			for _, v := range c.defs {
				if !f.shared(v) || c.declares(v) {
					after.remove(v.index)
				}
			}
			for _, v := range c.defs {
				if f.shared(v) && !c.declares(v) {
					after.add(v.index) // writing through the box reads the box
				}
			}
			for _, v := range c.uses {
				after.add(v.index)
			}
			if c.liveBefore.union(after) {
				changed = true
			}
		}
	}
}

// share gives variables of one type one field if they are never live at the
// same time. A reader looks for a variable under its name, so only those of
// one name share, most often the n and err of several scopes, and those of one
// kind that have no name in the source; and others whose types are large. If
// all of one type shared, the frames of the language suite would be 0.5 %
// smaller (see TestFrameSizes).
func (f *flat) share() {
	const large = 64 // bytes
	taken := make([]bitset, len(f.vars))
	for i := range taken {
		taken[i] = newBitset(len(f.code))
	}
	for i, in := range f.code {
		in.liveBefore.each(func(v int) { taken[v].add(i) })
		for _, v := range in.seen {
			taken[v.index].add(i)
		}
	}
	for _, v := range f.vars {
		v.field = v
	}
	var fields []*variable
	for _, v := range f.locals() {
		if v.place != placeFrame || v.boxed || f.shared(v) {
			continue
		}
		alike := func(o *variable) bool {
			switch {
			case !types.Identical(o.typ, v.typ) || taken[o.index].meets(taken[v.index]):
				return false
			case v.obj == nil || o.obj == nil:
				kind := func(v *variable) string { return strings.TrimRight(v.name, "0123456789") }
				return v.obj == nil && o.obj == nil && kind(v) == kind(o)
			}
			return o.obj.Name() == v.obj.Name() || sizeOfType(f.fn.src.unit, v) >= large
		}
		if i := slices.IndexFunc(fields, alike); i >= 0 {
			v.field = fields[i]
			taken[v.field.index].union(taken[v.index])
		} else {
			fields = append(fields, v)
		}
	}
}

// shared reports whether others than the statement itself may refer to v: a
// literal that captured it, or a pointer, be it only that of its box.
func (f *flat) shared(v *variable) bool { return v.captured || v.deferred || v.addressed || v.large }

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

// ends reports whether an instruction is a statement of the source that never
// goes on to the next.
func (f *flat) ends(in *instr) bool {
	return in.op == opText && len(in.frags) == 1 && in.frags[0].node != nil && f.terminates(in.frags[0].node)
}

// flow says which instructions may follow each; len(f.code) stands for none.
func (f *flat) flow() [][]int {
	at := f.labels()
	jumps := slices.SortedFunc(maps.Keys(f.jumps), func(a, b ast.Stmt) int { return cmp.Compare(a.Pos(), b.Pos()) })
	next := make([][]int, len(f.code))
	for i, in := range f.code {
		switch in.op {
		case opJump:
			next[i] = []int{at[in.label]}
			continue
		case opEnd:
			continue
		case opUnless, opIf:
			next[i] = append(next[i], at[in.label])
		case opSwitch, opSelect:
			for _, a := range in.cases {
				next[i] = append(next[i], at[a.label])
			}
		}
		if !f.ends(in) {
			next[i] = append(next[i], i+1)
		}
		for _, fr := range in.frags {
			if fr.node == nil {
				continue
			}
			from, _ := slices.BinarySearchFunc(jumps, fr.node.Pos(), func(b ast.Stmt, pos token.Pos) int { return cmp.Compare(b.Pos(), pos) })
			for ; from < len(jumps) && jumps[from].End() <= fr.node.End(); from++ {
				next[i] = append(next[i], at[f.jumps[jumps[from]].to])
			}
		}
	}
	return next
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
		return u.Len() > 0 && hasPointers(u.Elem())
	}
	return true
}
