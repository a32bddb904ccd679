package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// variable is the variable of an object of the function.
func (f *flat) variable(obj types.Object) *variable {
	v := f.byObj[obj]
	if v == nil {
		o := obj.(*types.Var)
		v = &variable{obj: o, typ: o.Type(), name: o.Name(), index: len(f.vars), first: -1}
		f.vars = append(f.vars, v)
		f.byObj[obj] = v
	}
	return v
}

// invent makes a variable that the source does not have.
func (f *flat) invent(name string, t types.Type) *variable {
	v := &variable{typ: t, name: name, index: len(f.vars), first: -1}
	f.vars = append(f.vars, v)
	return v
}

// signature makes the variables of receiver, parameters and results. An
// unnamed result gets a name; an unnamed parameter has no variable.
func (f *flat) signature() {
	sig := f.fn.sig
	param := func(p *types.Var) {
		if p == f.fn.yield {
			return
		}
		v := &variable{typ: p.Type(), index: -1, param: true, first: -1}
		if p.Name() != "" && p.Name() != "_" {
			v = f.variable(p)
			v.param = true
		}
		f.params = append(f.params, v)
	}
	if sig.Recv() != nil {
		param(sig.Recv())
	}
	for p := range sig.Params().Variables() {
		param(p)
	}
	n := sig.Results().Len()
	for i := range n {
		r := sig.Results().At(i)
		var v *variable
		switch {
		case r.Name() != "" && r.Name() != "_":
			v = f.variable(r)
		case i == n-1:
			v = f.invent("err", r.Type())
		case n == 2:
			v = f.invent("result", r.Type())
		default:
			v = f.invent("result"+string(rune('1'+i)), r.Type())
		}
		v.result = i + 1
		f.results = append(f.results, v)
	}
}

// named reports whether the results have names in the source.
func (f *flat) named() bool {
	return f.fn.sig.Results().At(0).Name() != ""
}

// references fills in, for each instruction, what it reads and writes, and
// for each variable where it is referred to and who shares it.
func (f *flat) references() {
	loops := loopsOf(f.fn.decl.Body)
	for i, in := range f.code {
		sc := &scanner{flat: f, info: f.fn.src.unit.pkg.TypesInfo, in: in, at: i}
		for _, fr := range in.frags {
			sc.frag(fr)
		}
		for _, a := range in.cases {
			for _, e := range a.exprs {
				sc.expr(e)
			}
		}
	}
	f.constants()
	for _, v := range f.vars {
		if v.obj != nil && !v.param && v.result == 0 {
			for _, r := range loops {
				v.looped = v.looped || r.Pos() <= v.obj.Pos() && v.obj.Pos() < r.End()
			}
		}
	}
}

// constants finds the captured variables that nothing writes after their
// declaration: a literal gets a copy of them, which nobody can tell from the
// variable, and they need no box.
func (f *flat) constants() {
	constant := func(v *variable) bool { return v.captured && !v.assigned && !v.addressed && v.result == 0 }
	for _, in := range f.code {
		var shared []*variable
		for _, v := range in.lits {
			if constant(v) {
				in.copied = append(in.copied, v)
			} else {
				shared = append(shared, v)
			}
		}
		in.lits = shared
	}
	for _, v := range f.vars {
		if constant(v) {
			v.captured, v.deferred = false, false
		}
	}
	// Whoever writes to a box reads where it is.
	for _, in := range f.code {
		for _, v := range in.seen {
			if f.shared(v) && !slices.Contains(in.defs, v) {
				in.uses = append(in.uses, v)
			}
		}
	}
}

func loopsOf(body *ast.BlockStmt) (loops []ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops = append(loops, n)
		}
		return true
	})
	return loops
}

// A scanner reads the references of one instruction.
type scanner struct {
	*flat
	info *types.Info
	in   *instr
	at   int
	root ast.Node // what is being evaluated, also where something stands in its place
}

func (s *scanner) seen(v *variable) {
	if v.first < 0 {
		v.first = s.at
	}
	v.last = s.at
	v.refs++
	s.in.seen = append(s.in.seen, v)
}

func (s *scanner) use(v *variable) { s.seen(v); s.in.uses = append(s.in.uses, v) }

func (s *scanner) def(v *variable, fresh bool) {
	s.seen(v)
	s.in.defs = append(s.in.defs, v)
	if fresh {
		s.in.decls = append(s.in.decls, v)
	}
}

func (s *scanner) frag(fr frag) {
	switch {
	case fr.node != nil:
		s.root = fr.node
		s.node(fr.node)
	case fr.ref != nil:
		s.use(fr.ref)
	case fr.fresh != nil:
		if s.shared(fr.fresh) {
			s.use(fr.fresh)
		}
	}
	for _, v := range fr.define {
		s.def(v, true)
	}
}

// shared looks ahead: the fresh copy of a loop variable matters only if the
// body captured it or took its address.
func (s *scanner) shared(v *variable) bool { return v.captured || v.deferred || v.addressed }

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
func (s *scanner) expr(n ast.Node) {
	var lits []*ast.FuncLit
	var deferred *ast.FuncLit
	written := map[*ast.Ident]bool{}
	var walk func(n ast.Node)
	walk = func(n ast.Node) {
		ast.Inspect(n, func(c ast.Node) bool {
			if c == nil {
				return false
			}
			if instead, ok := s.instead[c]; ok && c != s.root {
				for _, fr := range instead {
					s.frag(fr)
				}
				return false
			}
			switch c := c.(type) {
			case *ast.CallExpr:
				if call := s.fn.calls[c]; call != nil && call.state > 0 {
					return false // its operands were read where it was started
				}
			case *ast.DeferStmt:
				if lit := plainDefer(c); lit != nil {
					outer := deferred
					deferred = lit
					lits = append(lits, lit)
					walk(lit.Body)
					lits = lits[:len(lits)-1]
					deferred = outer
					return false
				}
			case *ast.FuncLit:
				lits = append(lits, c)
				walk(c.Body)
				lits = lits[:len(lits)-1]
				return false
			case *ast.IncDecStmt:
				s.assigns(c.X)
			case *ast.AssignStmt:
				for _, e := range c.Lhs {
					s.assigns(e)
				}
				if c.Tok == token.ASSIGN || c.Tok == token.DEFINE {
					for _, e := range c.Lhs {
						if id, ok := e.(*ast.Ident); ok && len(lits) == 0 {
							written[id] = true
						}
					}
				}
			case *ast.UnaryExpr:
				if c.Op == token.AND {
					s.address(c.X)
				}
			case *ast.SliceExpr:
				if _, ok := s.info.TypeOf(c.X).Underlying().(*types.Array); ok {
					s.address(c.X)
				}
			case *ast.SelectorExpr:
				if s.addressesReceiver(c) {
					s.address(c.X)
				}
			case *ast.RangeStmt:
				s.assigns(c.Key)
				s.assigns(c.Value)
			case *ast.Ident:
				v := s.local(c)
				if v == nil {
					return true
				}
				if written[c] {
					s.seen(v)
					return true
				}
				s.use(v)
				if len(lits) > 0 && !(lits[0].Pos() <= c.Pos() && v.obj.Pos() >= lits[0].Pos() && v.obj.Pos() < lits[0].End()) {
					switch {
					case s.in.copies(lits[0]):
						s.in.copied = append(s.in.copied, v)
						return true
					case deferred == lits[0] && len(lits) == 1:
						v.deferred = true
					default:
						v.captured = true
					}
					s.in.lits = append(s.in.lits, v)
				}
			}
			return true
		})
	}
	walk(n)
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
		if t := s.info.TypeOf(e.X); t != nil {
			if _, ok := t.Underlying().(*types.Array); ok {
				s.assigns(e.X)
			}
		}
	}
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
		if t := s.info.TypeOf(e.X); t != nil {
			if _, ok := t.Underlying().(*types.Array); ok {
				s.address(e.X)
			}
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
	if fn.Pkg() == nil || fn.Pkg().Path() != rtPath || fn.Name() != "Blocking" && fn.Name() != "Blocking0" {
		return false
	}
	return slices.ContainsFunc(in.call.target.Args, func(a ast.Expr) bool { return ast.Unparen(a) == ast.Expr(lit) })
}
