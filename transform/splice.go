package transform

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A splicer writes source text with the references in it edited: a variable
// becomes a field, an imported name goes through jennifer, an await becomes
// its result. The syntax tree is only read.
type splicer struct {
	*flat
	u       *unit
	info    *types.Info
	slots   map[ast.Expr]*slot
	aliases map[alias]string // locals that literals of this segment refer to
}

// An alias is a local of a segment that stands for a boxed variable in the
// literals there, since they may outlive the frame; or a copy of it.
type alias struct {
	v    *variable
	copy bool
}

// An edit replaces the source from pos to end.
type edit struct {
	pos, end token.Pos
	text     text
}

// frags writes the pieces of an instruction one after the other.
func (s *splicer) frags(list []frag) (out text) {
	for _, fr := range list {
		switch {
		case fr.zero != nil:
			out.add(s.zero(fr.zero))
		case fr.typ != nil:
			out.add(s.u.typeText(fr.typ))
		case fr.iter != nil:
			out.add(s.pulled(fr.iter))
		case fr.node != nil:
			out.add(s.node(fr.node))
		case fr.target != nil:
			out.add(s.node(fr.target))
		case fr.ref != nil:
			out.add(s.ref(fr.ref, false))
		case fr.defers:
			out.str("&" + s.names.co + ".Defers")
		case fr.set != nil:
			out.add(s.listed(fr.set))
		case fr.path != "":
			out.qual(fr.path, fr.raw)
		default:
			out.str(fr.raw)
		}
	}
	return out
}

// zero writes 0 as v is defined by: a local takes its type from it.
func (s *splicer) zero(v *variable) (out text) {
	if v.place == placeFrame || v.place == placeMethod || types.Identical(v.typ, types.Typ[types.Int]) {
		return plain("0")
	}
	out.add(s.u.typeText(v.typ))
	out.str("(0)")
	return out
}

// listed writes variables, "_" for nil.
func (s *splicer) listed(vs []*variable) (out text) {
	for i, v := range vs {
		if i > 0 {
			out.str(", ")
		}
		if v == nil {
			out.str("_")
		} else {
			out.add(s.ref(v, false))
		}
	}
	return out
}

// goes writes a jump.
func (s *splicer) goes(j jump) (out text) {
	for _, v := range j.stops {
		out.add(s.ref(v, false))
		out.str(".Stop()\n")
	}
	out.str("goto " + j.to.name)
	return out
}

// node writes the source text of n, edited.
func (s *splicer) node(n ast.Node) text {
	e := &editor{splicer: s, root: n}
	return e.edited(n)
}

// ref writes a reference to v; inLit in a literal that may outlive the frame.
func (s *splicer) ref(v *variable, inLit bool) text {
	if inLit {
		if name, ok := s.aliases[alias{v, true}]; ok {
			return plain(name)
		}
		if name, ok := s.aliases[alias{v, false}]; ok {
			return plain("*" + name)
		}
	}
	t := plain(s.storage(v))
	if v.boxed {
		return append(plain("*"), t...)
	}
	return t
}

// storage names where v, or its box, is kept.
func (s *splicer) storage(v *variable) string {
	if v.place == placeFrame {
		return s.names.co + "." + v.name
	}
	return v.name
}

// An editor collects the edits of one node.
type editor struct {
	*splicer
	root  ast.Node
	decl  *declaration // root is a part of a declaration that does not stand there
	edits []edit
	stack []ast.Node // from the root to the node being visited
	lits  []*ast.FuncLit
}

func (e *editor) replace(n ast.Node, t text)  { e.cut(n.Pos(), n.End(), t) }
func (e *editor) insert(at token.Pos, t text) { e.cut(at, at, t) }
func (e *editor) cut(from, to token.Pos, t text) {
	e.findHidden(from, t)
	e.edits = append(e.edits, edit{from, to, t})
}

func (e *editor) parent() ast.Node { return e.up(1) }
func (e *editor) up(n int) ast.Node {
	if i := len(e.stack) - 1 - n; i >= 0 {
		return e.stack[i]
	}
	return nil
}

func (e *editor) apply(from, to token.Pos) (out text) {
	slices.SortStableFunc(e.edits, func(a, b edit) int { return cmp.Compare(a.pos, b.pos) })
	src := e.fn.src
	for _, d := range e.edits {
		if d.pos < from {
			continue
		}
		out.str(src.slice(from, d.pos))
		out.add(d.text)
		from = d.end
	}
	out.str(src.slice(from, to))
	return out
}

// walk visits n; what a visit returns false for has been written whole.
func (e *editor) walk(n ast.Node) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil {
			if lit, ok := e.stack[len(e.stack)-1].(*ast.FuncLit); ok && len(e.lits) > 0 && e.lits[len(e.lits)-1] == lit {
				e.lits = e.lits[:len(e.lits)-1]
			}
			e.stack = e.stack[:len(e.stack)-1]
			return true
		}
		e.stack = append(e.stack, c)
		if !e.visit(c) {
			e.stack = e.stack[:len(e.stack)-1]
			return false
		}
		if lit, ok := c.(*ast.FuncLit); ok {
			e.lits = append(e.lits, lit)
		}
		return true
	})
}

func (e *editor) visit(n ast.Node) bool {
	of := n
	if p, ok := n.(*ast.ParenExpr); ok { // a variable needs none
		of = ast.Unparen(p)
	}
	if instead, ok := e.instead[of]; ok && n != e.root && (of == n || len(instead) == 1) {
		e.replace(n, e.frags(instead))
		return false
	}
	if x, ok := n.(ast.Expr); ok {
		if sl := e.slots[x]; sl != nil {
			return e.slot(sl)
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		return e.call(n)
	case *ast.SelectorExpr:
		return e.selector(n)
	case *ast.IndexExpr:
		return e.instance(n.X, n.Lbrack, []ast.Expr{n.Index})
	case *ast.IndexListExpr:
		return e.instance(n.X, n.Lbrack, n.Indices)
	case *ast.Ident:
		e.ident(n)
	case *ast.UnaryExpr:
		return e.address(n)
	case *ast.AssignStmt:
		return e.assign(n)
	case *ast.DeclStmt:
		return e.declare(n)
	case *ast.ValueSpec:
		if v := e.byObj[e.info.Defs[n.Names[0]]]; v != nil && n.Type != nil && e.u.slots.has(v.obj) {
			e.replace(n.Type, e.u.typeText(v.typ))
		}
	case *ast.ReturnStmt:
		if len(e.lits) == 0 && !e.fn.makes() {
			return e.returns(n)
		}
	case *ast.BranchStmt:
		if j, ok := e.jumps[n]; ok {
			e.replace(n, e.goes(j))
			return false
		}
		return n.Label == nil
	case *ast.DeferStmt:
		if len(e.lits) == 0 && !e.fn.makes() {
			return e.deferStmt(n)
		}
	}
	return true
}

// ident edits a name that stands for itself.
func (e *editor) ident(id *ast.Ident) {
	obj := e.info.Uses[id]
	if obj == nil {
		obj = e.info.Defs[id]
	}
	if obj == nil {
		obj = e.switched(id)
	}
	if t := e.localName(id, obj); t != nil {
		if t.String() != id.Name {
			e.replace(id, t)
		}
		e.findHidden(id.Pos(), t)
		return
	}
	switch o := obj.(type) {
	case nil, *types.PkgName, *types.Label:
		return
	case *types.Var:
		v := e.byObj[o]
		if v == nil || v.place == placeNative {
			break
		}
		if v.boxed && e.followed(id, v) {
			e.replace(id, plain(e.box(v)))
			return
		}
		t := e.ref(v, len(e.lits) > 0)
		if len(t) > 0 && t[0].s[0] == '*' && e.bindsTighter(id) {
			t = append(append(plain("("), t...), plain(")")...)
		}
		if t.String() != id.Name {
			e.replace(id, t)
		}
		return
	}
	if obj.Pkg() != nil && obj.Pkg() != e.u.pkg.Types && obj.Parent() == obj.Pkg().Scope() {
		e.replace(id, text{{s: id.Name, path: obj.Pkg().Path()}}) // through a dot import
	}
}

// followed reports whether Go itself follows the pointer to v at id: a field
// or method of a struct, an element of an array.
func (e *editor) followed(id *ast.Ident, v *variable) bool {
	if _, copied := e.aliases[alias{v, true}]; copied && len(e.lits) > 0 {
		return false
	}
	switch p := e.parent().(type) {
	case *ast.SelectorExpr:
		_, isStruct := v.typ.Underlying().(*types.Struct)
		return isStruct
	case *ast.IndexExpr:
		_, isArray := v.typ.Underlying().(*types.Array)
		return isArray && p.X == ast.Expr(id)
	}
	return false
}

// bindsTighter reports whether what stands around an identifier would take
// "*x" apart.
func (e *editor) bindsTighter(id *ast.Ident) bool {
	switch p := e.parent().(type) {
	case *ast.SelectorExpr:
		return true
	case *ast.BinaryExpr:
		return p.Op == token.QUO && p.Y == ast.Expr(id) // "a/*p" would begin a comment
	case *ast.IndexExpr:
		return p.X == ast.Expr(id)
	case *ast.IndexListExpr:
		return p.X == ast.Expr(id)
	case *ast.SliceExpr:
		return p.X == ast.Expr(id)
	case *ast.TypeAssertExpr:
		return true
	case *ast.CallExpr:
		return p.Fun == ast.Expr(id)
	}
	return false
}

// selector writes a name of another package.
func (e *editor) selector(n *ast.SelectorExpr) bool {
	id, ok := n.X.(*ast.Ident)
	if ok {
		if pkg, ok := e.info.Uses[id].(*types.PkgName); ok {
			e.replace(n, text{{s: n.Sel.Name, path: pkg.Imported().Path()}})
			return false
		}
	}
	// The selected name is no reference, unless a slot renames it.
	e.walk(n.X)
	return false
}

// address writes &x of a boxed variable as the box itself.
func (e *editor) address(n *ast.UnaryExpr) bool {
	id, ok := ast.Unparen(n.X).(*ast.Ident)
	if n.Op != token.AND || !ok {
		return true
	}
	v := e.byObj[e.info.Uses[id]]
	if v == nil || !v.boxed {
		return true
	}
	e.replace(n, plain(e.box(v)))
	return false
}

// box names the box of a variable at the current node.
func (e *editor) box(v *variable) string {
	if a, ok := e.aliases[alias{v, false}]; ok && len(e.lits) > 0 {
		return a
	}
	return e.storage(v)
}

// sub writes a node inside the one being edited.
func (e *editor) sub(n ast.Node) text {
	in := &editor{splicer: e.splicer, root: e.root, decl: e.decl, stack: slices.Clone(e.stack), lits: slices.Clone(e.lits)}
	return in.edited(n)
}

// edited is the source text of n with the edits inside it.
func (e *editor) edited(n ast.Node) text {
	e.walk(n)
	return e.apply(n.Pos(), n.End())
}
