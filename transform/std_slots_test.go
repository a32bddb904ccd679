package transform

import (
	"go/ast"
	"go/types"
)

// A stdSlot is a local variable or a parameter whose type is a function: it
// becomes an async slot if nothing is done with it but what slots can have
// done with them, and if it is called.
type stdSlot struct {
	sig     *types.Signature
	spelled *ast.FuncType // its type, where that is written
	sharing []*stdSlot    // those declared with it, whose type is the same text
	owner   *types.Func   // whose parameter it is, or nil
	calls   []*stdAwait
	uses    []*stdLit   // the literals, or nil, in which it is used
	given   []*stdGiven // what it is given to
	misused bool        // something else is done with it, too
	refused bool        // the compiler refused it
	kept    bool        // it becomes a slot
}

// stdGiven is an expression that is given to a variable, by an assignment or,
// if call is not nil, as an argument.
type stdGiven struct {
	to   *stdSlot
	call *stdAwait
}

// filled reports whether the expression fills an async slot.
func (g *stdGiven) filled() bool { return g.to.kept && (g.call == nil || g.call.kept()) }

// What becomes of literals depends on where they stand.
type stdKind int

const (
	stdOrdinary stdKind = iota // given to what is no slot, returned, started with go: stays as it is
	stdDeferred                // only deferred: may await
	stdCalled                  // called where it stands
	stdFills                   // given to a variable
	stdKinds                   // how many there are
)

// A stdLit is a function literal in a function that is converted.
type stdLit struct {
	node    *ast.FuncLit
	kind    stdKind
	fn      *ast.FuncDecl
	outer   *stdLit   // the innermost literal around it, or nil
	given   *stdGiven // what a stdFills is given to
	result  *stdAwait // the await of a stdCalled
	count   int       // results, the error not counted
	refused bool
	kept    bool // it is converted
}

// awaits reports whether awaits may stand in a literal, or, if it is nil, in
// a function.
func (l *stdLit) awaits() bool { return l == nil || l.kept }

// canSlot reports whether functions of a type can become async ones: the tool
// has adapters for them, and no parameter makes generators of them.
func canSlot(t types.Type) bool {
	sig, ok := t.(*types.Signature)
	if !ok || sig.Variadic() || sig.Params().Len() > stdMostParams || sig.Results().Len() > stdMostResults {
		return false
	}
	for v := range sig.Params().Variables() {
		if v.Name() == "yield" {
			return false
		}
	}
	return true
}

// literal is the entry of a literal, of a kind if it is new.
func (s *stdCopy) literal(lit *ast.FuncLit, kind stdKind) *stdLit {
	if s.lits[lit] == nil {
		info := s.pkg.TypesInfo
		if kind != stdDeferred && (callsRecover(info, lit.Body) || !canSlot(info.TypeOf(lit))) {
			kind = stdOrdinary
		}
		s.lits[lit] = &stdLit{node: lit, kind: kind, count: lit.Type.Results.NumFields()}
	}
	return s.lits[lit]
}

// declareSlots lists the parameters of a function that can become slots.
func (s *stdCopy) declareSlots(fn *ast.FuncDecl) {
	for _, field := range fn.Type.Params.List {
		s.declareNames(field.Names, field.Type, s.object(fn))
	}
}

// declareNames lists variables that are declared with a type, as parameters of
// owner unless that is nil.
func (s *stdCopy) declareNames(names []*ast.Ident, spelled ast.Expr, owner *types.Func) {
	ft, ok := spelled.(*ast.FuncType)
	if !ok {
		return
	}
	var all []*stdSlot
	for _, name := range names {
		v, _ := s.pkg.TypesInfo.Defs[name].(*types.Var)
		if v == nil || name.Name == "_" || !canSlot(v.Type()) {
			continue
		}
		slot := &stdSlot{sig: v.Type().(*types.Signature), spelled: ft, owner: owner}
		s.slots[v] = slot
		all = append(all, slot)
	}
	for _, slot := range all {
		slot.sharing = all
		slot.misused = len(all) < len(names)
	}
}

// define lists a variable that := declares.
func (f *stdFinder) define(lhs ast.Expr) {
	id, ok := lhs.(*ast.Ident)
	if !ok || id.Name == "_" {
		return
	}
	if v, ok := f.s.pkg.TypesInfo.Defs[id].(*types.Var); ok && canSlot(v.Type()) {
		f.s.slots[v] = &stdSlot{sig: v.Type().(*types.Signature)}
	}
}

// spec lists the variables of a declaration.
func (f *stdFinder) spec(n *ast.ValueSpec) {
	if n.Type != nil {
		f.s.declareNames(n.Names, n.Type, nil)
	}
	for i, name := range n.Names {
		if n.Type == nil && len(n.Names) == len(n.Values) {
			f.define(name)
		}
		slot := f.variable(name)
		switch {
		case slot == nil:
		case len(n.Values) == 0:
			f.hold(name, slot)
		case len(n.Names) == len(n.Values):
			f.give(slot, name, n.Values[i], nil)
		}
	}
}

// variable is the slot that an expression names, or nil.
func (f *stdFinder) variable(e ast.Expr) *stdSlot {
	return f.s.slots[variableNamed(f.s.pkg.TypesInfo, e)]
}

// hold notes a use of a variable that slots can have.
func (f *stdFinder) hold(e ast.Expr, slot *stdSlot) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		f.held[id] = true
	}
	slot.uses = append(slot.uses, f.lit)
}

// give lists what is given to a variable, to by an assignment or call as an
// argument.
func (f *stdFinder) give(to *stdSlot, lhs, e ast.Expr, call *stdAwait) {
	if to == nil {
		return
	}
	if lhs != nil {
		f.hold(lhs, to)
	}
	info := f.s.pkg.TypesInfo
	given := &stdGiven{to: to, call: call}
	f.s.given[e] = given
	if lit, ok := ast.Unparen(e).(*ast.FuncLit); ok {
		f.s.literal(lit, stdFills).given = given
		return
	}
	if slot := f.variable(e); slot != nil {
		f.hold(e, slot)
		slot.given = append(slot.given, given)
		return
	}
	if fn, _ := functionNamed(info, e); fn != nil && fn.Signature().TypeParams().Len() > 0 && f.s.marks[fn.Origin()] == nil {
		to.misused = true // whether an adapter can be written depends on what its type arguments are inferred from
	}
}

// compare lists the comparison of a variable with nil.
func (f *stdFinder) compare(e, with ast.Expr) {
	if slot := f.variable(e); slot != nil && f.s.pkg.TypesInfo.Types[with].IsNil() {
		f.hold(e, slot)
	}
}

// misuseAll notes that parameters get the results of a call.
func (s *stdCopy) misuseAll(params *types.Tuple) {
	for v := range params.Variables() {
		if slot := s.slots[v]; slot != nil {
			slot.misused = true
		}
	}
}

// hasSlots reports whether a converted function has parameters that become
// slots.
func (s *stdCopy) hasSlots(fn *types.Func) bool {
	for v := range fn.Signature().Params().Variables() {
		if slot := s.slots[v]; slot != nil && slot.kept {
			return true
		}
	}
	return false
}
