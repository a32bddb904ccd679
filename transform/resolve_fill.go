package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// fillVariables resolves what a statement or expression gives to slot
// variables, and where they are compared with nil.
func (r *resolver) fillVariables(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		r.fillEach(n.Lhs, n.Rhs)
		for _, e := range n.Lhs {
			if !r.u.slots.has(variableNamed(r.info, e)) {
				continue
			}
			if partner := r.u.partnerOf(e, nil); partner != nil && gives(r.info, n.Lhs, partner) {
				r.refuseTwice(e.Pos(), partner, show(e))
			}
		}
	case *ast.ValueSpec:
		var names []ast.Expr
		for _, id := range n.Names {
			names = append(names, id)
		}
		r.fillEach(names, n.Values)
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				r.fillEach([]ast.Expr{kv.Key}, []ast.Expr{kv.Value})
				r.checkTwice(n, kv)
			}
		}
		r.checkUnkeyed(n)
	case *ast.RangeStmt:
		for _, e := range []ast.Expr{n.Key, n.Value} {
			if v := variableNamed(r.info, e); r.u.slots.has(v) {
				r.u.refuse(e.Pos(), "%s, which is awaited, from a range; %s", show(e), noElements)
				r.slotVar(v, e)
			}
		}
	case *ast.BinaryExpr:
		for _, sides := range [][2]ast.Expr{{n.X, n.Y}, {n.Y, n.X}} {
			if v := variableNamed(r.info, sides[0]); r.u.slots.has(v) && r.info.Types[sides[1]].IsNil() {
				r.note(sides[0], r.slotVar(v, sides[0]))
			}
		}
	}
}

// checkTwice refuses a slot's field in a literal beside its async form.
func (r *resolver) checkTwice(lit *ast.CompositeLit, slot *ast.KeyValueExpr) {
	if !r.u.slots.has(variableNamed(r.info, slot.Key)) {
		return
	}
	if partner := r.u.partnerOf(slot.Key, lit); partner != nil && keyed(r.info, lit, partner) {
		r.refuseTwice(slot.Key.Pos(), partner, show(slot.Key))
	}
}

// refuseTwice refuses the value of a slot's async form beside that of the
// slot, which fills both.
func (r *resolver) refuseTwice(pos token.Pos, partner *types.Var, slot string) {
	r.u.refuse(pos, "%s beside %s, which fills it here since it is awaited; leave it out", partner.Name(), slot)
}

// checkUnkeyed refuses slots among the fields of a literal that names none:
// only under a name can the async form be put in the plain one's place.
func (r *resolver) checkUnkeyed(lit *ast.CompositeLit) {
	t := r.info.TypeOf(lit)
	if p, ok := t.Underlying().(*types.Pointer); ok { // in a literal of pointers: {…} for &T{…}
		t = p.Elem()
	}
	s, ok := commonUnder(t).(*types.Struct)
	if !ok {
		return
	}
	for i, e := range lit.Elts {
		if _, keyed := e.(*ast.KeyValueExpr); !keyed && r.u.slots.has(s.Field(i)) && !r.info.Types[e].IsNil() {
			r.u.refuse(e.Pos(), "%s for the field %s, which is awaited, without its name; write %[2]s: %[1]s, and the names of the others", show(e), s.Field(i).Name())
		}
	}
}

func (r *resolver) note(e ast.Expr, s *slot) {
	if s != nil {
		r.fn.filled[e] = s
	}
}

// fillEach resolves the values that are given to slot variables among others.
func (r *resolver) fillEach(to, values []ast.Expr) {
	for i, e := range to {
		v := variableNamed(r.info, e)
		if !r.u.slots.has(v) {
			continue
		}
		if len(values) > 0 && len(values) != len(to) {
			what, cure := show(values[0]), "assign a function by its name or a literal"
			switch ast.Unparen(values[0]).(type) {
			case *ast.CallExpr:
				what, cure = "a call with several results", "let it return "+withAsyncForm
			case *ast.IndexExpr:
				cure = noElements
			}
			r.u.refuse(e.Pos(), "%s, which is awaited, from %s; %s", show(e), what, cure)
			r.slotVar(v, e)
			continue
		}
		r.note(e, r.slotVar(v, e))
		if len(values) > 0 {
			r.note(values[i], r.slot(values[i], show(e)))
		}
	}
}

// checkSlotUses refuses what else is done with slot variables: in the
// generated form they have another type.
func (r *resolver) checkSlotUses() {
	ast.Inspect(r.fn.decl.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok {
			r.checkParams(lit)
		}
		id, ok := n.(*ast.Ident)
		if !ok || r.held[id] {
			return true
		}
		obj := r.info.Uses[id]
		if obj == nil {
			obj = r.info.Defs[id]
		}
		if v, ok := obj.(*types.Var); ok && r.u.slots.has(v) && r.isLocal(v) {
			r.held[id] = true // once
			r.u.refuse(id.Pos(), "use of %s, which is an async function here since it is awaited; await it, pass it to a function that awaits it, or compare it with nil", id.Name)
		}
		return true
	})
}

// checkParams refuses slots among the parameters of a literal: what calls it
// only knows its type, which does not tell them from other functions.
func (r *resolver) checkParams(lit *ast.FuncLit) {
	for _, field := range lit.Type.Params.List {
		for _, id := range field.Names {
			if v, ok := r.info.Defs[id].(*types.Var); ok && r.u.slots.has(v) {
				r.held[id] = true
				r.u.refuse(id.Pos(), "%s, a parameter of a function literal, is awaited; take %s", id.Name, withAsyncForm)
			}
		}
	}
}
