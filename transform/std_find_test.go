package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A stdAwait is an await that the conversion makes, as long as the compiler
// does not refuse it and the literal around it is converted.
type stdAwait struct {
	fn      *ast.FuncDecl // in whose body it stands
	lit     *stdLit       // the innermost literal around it, or nil
	call    *ast.CallExpr // of a converted function, a slot or a literal; or
	value   ast.Expr      // an operand; or
	before  ast.Stmt      // what a step stands before
	slot    *stdSlot      // the variable called, if call calls one
	called  *stdLit       // the literal called, if call calls one
	results int           // of the call, the error not counted
	refused bool
}

func (a *stdAwait) pos() token.Pos {
	switch {
	case a.call != nil:
		return a.call.Pos()
	case a.value != nil:
		return a.value.Pos()
	}
	return a.before.Pos()
}

// kept reports whether the await is made.
func (a *stdAwait) kept() bool {
	return !a.refused && a.lit.awaits() && (a.slot == nil || a.slot.kept) && (a.called == nil || a.called.kept)
}

// refuse takes the await back. What calls a variable or a literal cannot be
// an ordinary call of the same, so that one is taken back.
func (a *stdAwait) refuse() {
	switch {
	case a.slot != nil:
		a.slot.refused = true
	case a.called != nil:
		a.called.refused = true
	default:
		a.refused = true
	}
}

// A stdFinder lists what can be converted in the body of a function: the
// awaits, which are calls of converted functions, some values and a step
// between any two statements; the literals; and the variables that hold
// literals.
type stdFinder struct {
	*stdFile
	s   *stdCopy
	fn  *ast.FuncDecl
	lit *stdLit // the innermost literal around
	// held are the uses of variables that an async slot can have.
	held  map[*ast.Ident]bool
	comms map[ast.Stmt]bool // what the cases of selects send and receive
}

// find lists the awaits, literals and slots of a function.
func (f *stdFile) find(s *stdCopy, fn *ast.FuncDecl) {
	finder := &stdFinder{stdFile: f, s: s, fn: fn, held: map[*ast.Ident]bool{}, comms: map[ast.Stmt]bool{}}
	ast.Inspect(fn.Body, finder.visit)
}

func (f *stdFinder) add(a *stdAwait) *stdAwait {
	a.fn, a.lit = f.fn, f.lit
	f.awaits = append(f.awaits, a)
	return a
}

func (f *stdFinder) visit(n ast.Node) bool {
	if e, ok := n.(ast.Expr); ok && f.s.pkg.TypesInfo.Types[e].Value != nil {
		return false
	}
	f.values(n)
	switch n := n.(type) {
	case *ast.FuncLit:
		f.literal(n)
		return false
	case *ast.GoStmt:
		f.operands(n.Call)
		return false
	case *ast.DeferStmt:
		if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
			f.s.literal(lit, stdDeferred)
		}
		f.operands(n.Call)
		return false
	case *ast.BlockStmt:
		f.steps(n.List)
	case *ast.CaseClause:
		f.steps(n.Body)
	case *ast.CommClause:
		f.comms[n.Comm] = true
		f.steps(n.Body)
	case *ast.CallExpr:
		f.call(n)
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
			for i, lhs := range n.Lhs {
				if n.Tok == token.DEFINE {
					f.define(lhs)
				}
				f.give(f.variable(lhs), lhs, n.Rhs[i], nil)
			}
		}
	case *ast.ValueSpec:
		f.spec(n)
	case *ast.BinaryExpr:
		f.compare(n.X, n.Y)
		f.compare(n.Y, n.X)
	case *ast.Ident:
		if slot := f.variable(n); slot != nil && !f.held[n] {
			slot.misused = true
		}
	}
	return true
}

func (f *stdFinder) steps(list []ast.Stmt) {
	for i, stmt := range list {
		_, isCase := stmt.(*ast.CaseClause)
		_, isComm := stmt.(*ast.CommClause)
		if i > 0 && !isCase && !isComm {
			f.add(&stdAwait{before: stmt})
		}
	}
}

// operands visits what a go or defer statement evaluates at once, and its
// literal.
func (f *stdFinder) operands(call *ast.CallExpr) {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		ast.Inspect(fun.X, f.visit)
	case *ast.FuncLit, *ast.Ident:
		ast.Inspect(fun, f.visit)
	}
	for _, arg := range call.Args {
		ast.Inspect(arg, f.visit)
	}
}

// literal visits a literal, whose kind is known if it is not an ordinary one.
func (f *stdFinder) literal(lit *ast.FuncLit) {
	l := f.s.literal(lit, stdOrdinary)
	l.fn, l.outer = f.fn, f.lit
	inner := *f
	inner.lit = l
	ast.Inspect(lit.Body, inner.visit)
}

// call lists the call of a converted function, with what it gives to that
// one's parameters, of a variable, or of a literal.
func (f *stdFinder) call(n *ast.CallExpr) {
	info := f.s.pkg.TypesInfo
	if callee, _ := functionNamed(info, n.Fun); callee != nil && f.s.marks[callee.Origin()] != nil {
		a := f.add(&stdAwait{call: n, results: callee.Signature().Results().Len()})
		params := callee.Origin().Signature().Params()
		for i, arg := range n.Args {
			if _, several := info.TypeOf(arg).(*types.Tuple); several {
				f.s.misuseAll(params)
				return
			}
			f.give(f.s.slots[params.At(min(i, params.Len()-1))], nil, arg, a)
		}
		return
	}
	if lit, ok := ast.Unparen(n.Fun).(*ast.FuncLit); ok && canSlot(info.TypeOf(lit)) {
		called := f.s.literal(lit, stdCalled)
		called.result = f.add(&stdAwait{call: n, called: called, results: info.TypeOf(lit).(*types.Signature).Results().Len()})
		return
	}
	if slot := f.variable(n.Fun); slot != nil {
		f.hold(n.Fun, slot)
		slot.calls = append(slot.calls, f.add(&stdAwait{call: n, slot: slot, results: slot.sig.Results().Len()}))
	}
}
