package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Text that stays as it was written declares names of its own: parameters of
// literals, variables of blocks. What the generator writes into it means
// something outside of them, and may be called the same:
//
//	func(getAsync int) (int, error) { return rt.Await(get(getAsync)) }
//	func(getAsync2 int) rt.Awaitable[int] { return getAsync(getAsync2) }
//
// Which names it writes where is known only once they are written. So each is
// looked up at its place in the source; what hides it gets another name, and
// the function is written again.

// settled writes all that is generated of the function.
func (f *flat) settled() []text {
	for {
		f.hiding = nil
		list := f.declarationsText()
		if len(f.hiding) == 0 {
			return list
		}
		for _, o := range f.hiding {
			f.giveWay(o)
		}
	}
}

// findHidden notes what would hide a name in t, which stands in the place of
// the source at pos.
func (e *editor) findHidden(pos token.Pos, t text) {
	if e.decl != nil { // it is written somewhere else
		return
	}
	for _, p := range t {
		if !p.name {
			continue
		}
		if o := e.hidesAt(pos, p); o != nil && !slices.Contains(e.hiding, o) {
			e.hiding = append(e.hiding, o)
		}
	}
}

// hidesAt is what the function declares around pos that hides the name p, or
// nil.
func (e *editor) hidesAt(pos token.Pos, p piece) types.Object {
	scope := e.u.pkg.Types.Scope().Innermost(pos)
	for scope != nil {
		in, o := scope.LookupParent(p.s, pos)
		switch {
		case o == nil || o == types.Object(p.local):
			return nil
		case e.declares(o) && e.calledHere(o) == p.s:
			return o
		}
		scope = in.Parent()
	}
	return nil
}

// declares reports whether o is declared in the function, and there as well in
// its generated text: no field, and not moved to package level.
func (f *flat) declares(o types.Object) bool {
	if o.Pkg() != f.fn.src.unit.pkg.Types || !f.inside(o) {
		return false
	}
	switch o := o.(type) {
	case *types.TypeName:
		_, isParam := o.Type().(*types.TypeParam)
		return !isParam && f.fn.src.unit.hoisted[o] == nil
	case *types.Var:
		v := f.byObj[o]
		return v == nil || v.place != placeFrame
	}
	return true
}

// inside reports whether o is declared in the function, whose own name is not.
func (f *flat) inside(o types.Object) bool {
	return o != types.Object(f.fn.obj) && f.fn.node().Pos() <= o.Pos() && o.Pos() < f.fn.node().End()
}

// giveWay gives a variable, constant or type another name.
func (f *flat) giveWay(o types.Object) {
	u, locals := f.fn.src.unit, f.localNames()
	name := unique(o.Name(), func(s string) bool {
		return s == o.Name() || locals[s] || f.idents[s] || f.topNamed(s) || f.typeNamed(s) || u.hoistedNamed(s) ||
			types.Universe.Lookup(s) != nil || u.pkg.Types.Scope().Lookup(s) != nil
	})
	for _, o := range f.declaredWith(o) {
		v := f.byObj[o]
		if v != nil {
			v.name = name
		}
		if v == nil || v.place == placeNative {
			f.renamed[o] = name
		}
	}
	if t, ok := o.(*types.TypeName); ok {
		u.typeNames[t] = name
		if f.embedded[t] {
			u.refuse(t.Pos(), "%s is embedded in a struct, and the generated code needs something else of this name there; rename it", t.Name())
		}
	}
}

// declaredWith is o alone, or the variables of all clauses of a type switch,
// which are declared as one.
func (f *flat) declaredWith(o types.Object) (list []types.Object) {
	info := f.fn.src.unit.pkg.TypesInfo
	ast.Inspect(f.fn.node(), func(n ast.Node) bool {
		s, ok := n.(*ast.TypeSwitchStmt)
		if !ok {
			return true
		}
		var vars []types.Object
		for _, c := range s.Body.List {
			if v := info.Implicits[c]; v != nil {
				vars = append(vars, v)
			}
		}
		if slices.Contains(vars, o) {
			list = vars
		}
		return true
	})
	if list == nil {
		list = []types.Object{o}
	}
	return list
}

// switched is a variable of the clauses of a type switch that declares id, or
// nil.
func (e *editor) switched(id *ast.Ident) types.Object {
	if a, ok := e.parent().(*ast.AssignStmt); !ok || len(a.Lhs) != 1 || a.Lhs[0] != ast.Expr(id) {
		return nil
	}
	s, ok := e.up(2).(*ast.TypeSwitchStmt)
	if !ok {
		return nil
	}
	for _, c := range s.Body.List {
		if v := e.info.Implicits[c]; v != nil {
			return v
		}
	}
	return nil
}
