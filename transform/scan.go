package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A scanner reads the references of one instruction.
type scanner struct {
	*flat
	info *types.Info
	in   *instr
	at   int
	root ast.Node // what is being evaluated, also where something stands in its place

	lits     []*ast.FuncLit      // around what is being read, outermost first
	deferred *ast.FuncLit        // the outermost, if a defer statement calls it
	written  map[*ast.Ident]bool // identifiers that an inner assignment writes
	stored   map[*ast.Ident]bool // those in literals: they capture, but do not read
}

func (s *scanner) seen(v *variable) {
	if v.first < 0 {
		v.first = s.at
	}
	v.last = s.at
	v.refs++
	s.in.seen = append(s.in.seen, v)
}

func (s *scanner) use(v *variable) {
	s.seen(v)
	v.read = true
	s.in.uses = append(s.in.uses, v)
}

func (s *scanner) def(v *variable, fresh bool) {
	s.seen(v)
	s.in.defs = append(s.in.defs, v)
	if fresh {
		s.in.decls = append(s.in.decls, v)
	}
}

func (s *scanner) frag(fr frag) {
	switch {
	case fr.iter != nil:
		for _, x := range fr.iter.operands() {
			s.root = x
			if fr.iter.target != nil {
				s.root = fr.iter.target // what stands instead of an operand is read
			}
			s.expr(x)
		}
	case fr.node != nil:
		s.root = fr.node
		s.node(fr.node)
	case fr.target != nil:
		s.root = fr.target
		s.target(fr.target, token.ASSIGN)
	case fr.ref != nil:
		s.use(fr.ref)
	case fr.fresh != nil:
		// The body, which comes before, has captured it by now, or it does not matter.
		if s.shared(fr.fresh) {
			s.use(fr.fresh)
		}
	}
	for _, v := range fr.define {
		s.def(v, true)
	}
	for _, v := range fr.set {
		if v != nil {
			s.def(v, false)
		}
	}
}

// node reads a statement or an expression. Only the assignment that is the
// whole instruction certainly happens; an inner one is neither a use nor a
// definition.
func (s *scanner) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, e := range n.Rhs {
			s.expr(e)
		}
		for _, e := range n.Lhs {
			s.target(e, n.Tok)
		}
	case *ast.DeclStmt:
		for _, spec := range n.Decl.(*ast.GenDecl).Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for _, e := range spec.Values {
				s.expr(e)
			}
			for _, id := range spec.Names {
				if obj := s.info.Defs[id]; obj != nil && id.Name != "_" {
					s.def(s.variable(obj), true)
				}
			}
		}
	default:
		s.expr(n)
	}
}

func (s *scanner) target(e ast.Expr, tok token.Token) {
	s.assigns(e)
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		s.expr(e)
		return
	}
	if id.Name == "_" {
		return
	}
	if obj := s.info.Defs[id]; obj != nil {
		s.def(s.variable(obj), true)
		return
	}
	if v := s.local(id); v != nil {
		if tok != token.ASSIGN && tok != token.DEFINE {
			s.use(v)
			return
		}
		s.def(v, false)
	}
}

// local is the variable that an identifier refers to, nil if it is none of the function's.
func (s *scanner) local(id *ast.Ident) *variable {
	obj := s.info.Uses[id]
	if obj == nil {
		obj = s.info.Defs[id]
	}
	o, ok := obj.(*types.Var)
	if !ok || o.IsField() || o == s.fn.yield || o.Parent() == nil || o.Parent() == s.fn.src.unit.pkg.Types.Scope() || o.Pkg() != s.fn.src.unit.pkg.Types {
		return nil
	}
	if o.Pos() < s.fn.decl.Pos() || o.Pos() >= s.fn.decl.End() {
		return nil
	}
	return s.variable(o)
}

// expr reads everything below n.
func (s *scanner) expr(n ast.Node) { ast.Inspect(n, s.visit) }

func (s *scanner) visit(n ast.Node) bool {
	if instead, ok := s.instead[n]; ok && n != s.root {
		for _, fr := range instead {
			s.frag(fr)
		}
		return false
	}
	switch n := n.(type) {
	case *ast.BranchStmt:
		for _, v := range s.jumps[n].stops {
			s.use(v)
		}
	case *ast.CallExpr:
		if s.panics != nil && len(s.lits) == 0 && isRecover(s.info, n) {
			s.use(s.panics)
		}
		call := s.fn.calls[n]
		return call == nil || call.state == 0 // the operands of an await were read where it was started
	case *ast.DeferStmt:
		if lit := s.deferredLit(n); lit != nil {
			for _, a := range n.Call.Args {
				s.expr(a)
			}
			if len(s.lits) == 0 {
				s.deferred = lit
			}
			s.literal(lit)
			if len(s.lits) == 0 {
				s.deferred = nil
			}
			return false
		}
	case *ast.FuncLit:
		s.literal(n)
		return false
	case *ast.IncDecStmt:
		s.assigns(n.X)
	case *ast.AssignStmt:
		s.innerAssign(n)
	case *ast.RangeStmt:
		s.assigns(n.Key)
		s.assigns(n.Value)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			s.address(n.X)
		}
	case *ast.SliceExpr:
		if isArray(s.info.TypeOf(n.X)) {
			s.address(n.X)
		}
	case *ast.SelectorExpr:
		if s.addressesReceiver(n) {
			s.address(n.X)
		}
	case *ast.Ident:
		s.ident(n)
	}
	return true
}

// literal reads the body of a function literal, which captures what it refers to.
func (s *scanner) literal(lit *ast.FuncLit) {
	s.met[lit] = true
	s.lits = append(s.lits, lit)
	s.expr(lit.Body)
	s.lits = s.lits[:len(s.lits)-1]
}

// innerAssign reads an assignment inside a statement: it may not happen, so
// what it writes is neither used nor defined.
func (s *scanner) innerAssign(n *ast.AssignStmt) {
	for _, e := range n.Lhs {
		s.assigns(e)
		id, ok := e.(*ast.Ident)
		switch {
		case !ok || n.Tok != token.ASSIGN && n.Tok != token.DEFINE:
		case len(s.lits) == 0:
			s.written[id] = true
		default:
			s.stored[id] = true
		}
	}
}

// ident reads one reference.
func (s *scanner) ident(id *ast.Ident) {
	v := s.local(id)
	switch {
	case v == nil:
		return
	case s.written[id]:
		s.seen(v)
		return
	}
	read := v.read || !s.stored[id]
	s.use(v)
	v.read = read
	if len(s.lits) == 0 {
		return
	}
	outermost := s.lits[0]
	switch {
	case outermost.Pos() <= v.obj.Pos() && v.obj.Pos() < outermost.End(): // its own
		return
	case s.in.copies(outermost):
		s.in.copied = append(s.in.copied, v)
		return
	case s.deferred == outermost && s.fn.litOf(outermost) != nil: // it gets what it captures at once
		v.deferred, v.handed = true, true
		v.captured = v.captured || len(s.lits) > 1 // by a literal in it, which may outlive the frame
		return
	case s.deferred == outermost && len(s.lits) == 1:
		v.deferred = true
	default:
		v.captured = true
	}
	s.in.lits = append(s.in.lits, v)
}

// assigns notes that a variable is written, wholly or in part, by a statement
// that may not declare it.
func (s *scanner) assigns(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		if v := s.local(e); v != nil && s.info.Defs[e] == nil {
			v.assigned = true
		}
	case *ast.ParenExpr:
		s.assigns(e.X)
	case *ast.SelectorExpr:
		if sel := s.info.Selections[e]; sel != nil && sel.Kind() == types.FieldVal && !sel.Indirect() {
			s.assigns(e.X)
		}
	case *ast.IndexExpr:
		if isArray(s.info.TypeOf(e.X)) {
			s.assigns(e.X)
		}
	}
}

// deferredLit is the literal that a defer statement calls, if it refers to the
// frame rather than to boxes.
func (s *scanner) deferredLit(d *ast.DeferStmt) *ast.FuncLit {
	if lit, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit); ok && s.fn.litOf(lit) != nil {
		return lit
	}
	return plainDefer(d)
}

// plainDefer is the literal of "defer func() { … }()".
func plainDefer(d *ast.DeferStmt) *ast.FuncLit {
	lit, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit)
	if ok && len(d.Call.Args) == 0 && lit.Type.Params.NumFields() == 0 && lit.Type.Results.NumFields() == 0 {
		return lit
	}
	return nil
}

// addressesReceiver reports whether a selector takes its operand's address: a
// method with a pointer receiver on an addressable value.
func (s *scanner) addressesReceiver(e *ast.SelectorExpr) bool {
	sel := s.info.Selections[e]
	if sel == nil || sel.Kind() != types.MethodVal {
		return false
	}
	m := sel.Obj().(*types.Func)
	if _, ok := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer); !ok {
		return false
	}
	// Through an embedded pointer the variable's own address is not taken.
	t := sel.Recv()
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if isPointer(t) {
			return false
		}
		t = t.Underlying().(*types.Struct).Field(i).Type()
	}
	return !isPointer(t)
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// address marks the variable whose address is taken with that of e.
func (s *scanner) address(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v := s.local(e); v != nil {
			v.addressed = true
		}
	case *ast.SelectorExpr:
		if sel := s.info.Selections[e]; sel != nil && sel.Kind() == types.FieldVal && !sel.Indirect() {
			s.address(e.X)
		}
	case *ast.IndexExpr:
		if isArray(s.info.TypeOf(e.X)) {
			s.address(e.X)
		}
	}
}

// copies reports whether a literal runs on a goroutine of its own: what is
// given to rt.Blocking gets copies of what it captures.
func (in *instr) copies(lit *ast.FuncLit) bool {
	if in.op != opAwait {
		return false
	}
	fn := in.call.callee.fn
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != rtPath || fn.Name() != "Blocking" && fn.Name() != "Blocking0" {
		return false
	}
	return slices.ContainsFunc(in.call.target.Args, func(a ast.Expr) bool { return ast.Unparen(a) == ast.Expr(lit) })
}
