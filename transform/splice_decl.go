package transform

import (
	"go/ast"
	"go/token"
	"slices"
)

// assign edits ":=" where what it declares is no local of its block.
func (e *editor) assign(n *ast.AssignStmt) bool {
	if n.Tok != token.DEFINE || len(e.lits) > 0 {
		if len(e.lits) == 0 && e.errorOnly(n) {
			e.insert(n.Pos(), plain("_, "))
		}
		return true
	}
	var vs []*variable
	stays := true
	for _, x := range n.Lhs {
		id := x.(*ast.Ident)
		var v *variable
		if obj := e.info.Defs[id]; obj != nil && id.Name != "_" {
			v = e.byObj[obj]
			stays = stays && (v == nil || v.place == placeNative || v.place == placeSegment)
		} else if obj := e.info.Uses[id]; obj != nil {
			w := e.byObj[obj]
			stays = stays && (w == nil || w.place == placeNative || w.place == placeSegment)
		}
		vs = append(vs, v)
	}
	if stays {
		if e.errorOnly(n) {
			e.insert(n.Pos(), plain("_, "))
		}
		return true
	}
	if len(vs) == 1 && len(n.Rhs) == 1 && vs[0] != nil && vs[0].boxed && !e.errorOnly(n) {
		e.cut(n.Pos(), n.Rhs[0].Pos(), plain(e.storage(vs[0])+" = new("))
		e.walk(n.Rhs[0])
		e.insert(n.End(), plain(")"))
		return false
	}
	e.insert(n.Pos(), e.declarations(vs))
	if e.errorOnly(n) {
		e.insert(n.Pos(), plain("_, "))
	}
	e.cut(n.TokPos, n.TokPos+2, plain("="))
	return true
}

// errorOnly reports whether an assignment takes the error of an Await0, whose
// result is read as two values.
func (e *editor) errorOnly(n *ast.AssignStmt) bool {
	return len(n.Lhs) == 1 && len(n.Rhs) == 1 && e.isAwait0(n.Rhs[0])
}

func (e *editor) isAwait0(x ast.Expr) bool {
	c, ok := x.(*ast.CallExpr)
	if !ok {
		return false
	}
	call := e.fn.calls[c]
	return call != nil && call.kind == callAwait && call.state > 0 && call.count == 0
}

// declarations are what must stand before "a, b = …" where it was ":=": a
// local declared, a box made. vs may have nils.
func (s *splicer) declarations(vs []*variable) (out text) {
	for _, v := range vs {
		switch {
		case v == nil:
		case v.boxed:
			out.str(s.storage(v) + " = new(")
			out.add(s.u.typeText(v.typ))
			out.str(")\n")
		case v.place == placeSegment || v.place == placeNative:
			out.str("var " + v.name + " ")
			out.add(s.u.typeText(v.typ))
			out.str("\n")
		}
	}
	return out
}

// defining writes "a, b := " as the places of the variables want it. One of
// our own that nothing reads is blank.
func (s *splicer) defining(vs []*variable) (out text) {
	unused := func(v *variable) bool { return v.obj == nil && v.refs == 1 }
	var kept []*variable
	local := true // all are locals of the block
	for _, v := range vs {
		if !unused(v) {
			kept = append(kept, v)
			local = local && (v.place == placeSegment || v.place == placeNative)
		}
	}
	if !local {
		out.add(s.declarations(kept))
	}
	for i, v := range vs {
		if i > 0 {
			out.str(", ")
		}
		if unused(v) {
			out.str("_")
		} else {
			out.add(s.ref(v, false))
		}
	}
	if local && len(kept) > 0 {
		out.str(" := ")
	} else {
		out.str(" = ")
	}
	return out
}

// declare edits "var x T" and "var x = v" where x is no local of its block.
func (e *editor) declare(n *ast.DeclStmt) bool {
	decl := n.Decl.(*ast.GenDecl)
	if decl.Tok == token.TYPE {
		return e.declareTypes(n)
	}
	if decl.Tok != token.VAR || len(e.lits) > 0 {
		return true
	}
	moved := false
	for _, spec := range decl.Specs {
		for _, id := range spec.(*ast.ValueSpec).Names {
			v := e.byObj[e.info.Defs[id]]
			moved = moved || v != nil && id.Name != "_" && v.place != placeNative && v.place != placeSegment
		}
	}
	if !moved {
		if decl.TokPos == decl.Specs[0].Pos() { // of a group
			e.insert(decl.TokPos, plain("var "))
		}
		return true
	}
	var out text
	for i, spec := range decl.Specs {
		if i > 0 {
			out.str("\n")
		}
		out.add(e.declareSpec(spec.(*ast.ValueSpec)))
	}
	e.replace(n, out)
	return false
}

func (e *editor) declareSpec(spec *ast.ValueSpec) (out text) {
	var vs []*variable
	var lhs, zeros text
	for i, id := range spec.Names {
		if i > 0 {
			lhs.str(", ")
			zeros.str(", ")
		}
		v := e.byObj[e.info.Defs[id]]
		if id.Name == "_" || v == nil {
			lhs.str("_")
			if spec.Type != nil {
				zeros.add(e.u.zeroText(e.info.TypeOf(spec.Type)))
			}
			continue
		}
		vs = append(vs, v)
		lhs.add(e.ref(v, false))
		zeros.add(e.u.zeroText(v.typ))
	}
	out.add(e.declarations(vs))
	if len(spec.Values) == 0 {
		if !slices.ContainsFunc(vs, func(v *variable) bool { return !v.boxed && v.place != placeSegment }) {
			return out // a new box and a new local are zero
		}
		out.add(lhs)
		out.str(" = ")
		out.add(zeros)
		return out
	}
	out.add(lhs)
	out.str(" = ")
	for i, x := range spec.Values {
		if i > 0 {
			out.str(", ")
		}
		out.add(e.sub(x))
	}
	return out
}
