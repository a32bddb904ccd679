package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// switchStmt lowers an expression switch. With awaits in its clauses the
// switch itself stays, so that Go compares the cases in its own order, but
// each clause only jumps:
//
//	init
//	switch tag {
//	case a, b:
//		goto case1
//	default:
//		goto case2
//	}
//	goto endswitch1 // without a default
//	case1:
//	body
//	goto endswitch1
//	case2:
//	body
//	endswitch1:
//
// With awaits in its cases they are compared one after the other:
//
//	tag1 := tag
//	if tag1 == a { goto case1 }
//	if tag1 == b { goto case1 }
//	goto case2
func (l *lowerer) switchStmt(s *ast.SwitchStmt, name string) {
	n := l.number("switch")
	if s.Init != nil {
		l.stmt(s.Init, "")
	}
	if s.Tag != nil {
		l.awaits(s.Tag)
	}
	var arms []arm
	compare := false
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		arms = append(arms, arm{exprs: c.List, label: labelf("case%d", l.number("case"))})
		compare = compare || slices.ContainsFunc(c.List, func(e ast.Expr) bool { return l.suspends(e) })
	}
	switch {
	case compare:
		l.compare(s.Tag, n, arms)
	case s.Tag != nil:
		l.add(&instr{op: opSwitch, frags: []frag{l.value(s.Tag)}, cases: arms})
	default:
		l.add(&instr{op: opSwitch, cases: arms})
	}
	l.clauses(s, s.Body, name, n, arms, nil)
}

// compare builds the comparisons of a switch whose cases await, and a jump to
// each clause but the default.
func (l *lowerer) compare(tag ast.Expr, n int, arms []arm) {
	var v *variable
	if tag != nil {
		v = l.invent(fmt.Sprintf("tag%d", n), types.Default(l.info.TypeOf(tag)))
		l.text(define(v), l.value(tag))
	}
	for _, a := range arms {
		for _, e := range a.exprs {
			if v == nil {
				l.branch(e, true, a.label)
				continue
			}
			l.awaits(e)
			if _, ok := ast.Unparen(e).(*ast.BinaryExpr); ok {
				l.when(a.label, ref(v), raw(" == ("), l.value(e), raw(")"))
			} else {
				l.when(a.label, ref(v), raw(" == "), l.value(e))
			}
		}
	}
	for _, a := range arms {
		if a.exprs == nil {
			l.jump(a.label)
		}
	}
}

// typeSwitch lowers a type switch. It stays as switchStmt has it; a clause
// with a variable begins with its declaration:
//
//	tag1 := y
//	switch tag1.(type) {
//	case *T:
//		goto case1
//	…
//	case1: // case *T:
//	x := tag1.(*T)
func (l *lowerer) typeSwitch(s *ast.TypeSwitchStmt, name string) {
	n := l.number("switch")
	if s.Init != nil {
		l.stmt(s.Init, "")
	}
	var assert ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		assert = a.Rhs[0]
	case *ast.ExprStmt:
		assert = a.X
	}
	y := ast.Unparen(assert).(*ast.TypeAssertExpr).X
	l.awaits(y)
	tag := []frag{src(assert)}
	if slices.ContainsFunc(s.Body.List, func(c ast.Stmt) bool { return l.clauseVar(c) != nil }) {
		v := l.invent(fmt.Sprintf("tag%d", n), l.info.TypeOf(y))
		l.text(define(v), l.value(y))
		tag = []frag{ref(v), raw(".(type)")}
	}
	var arms []arm
	begin := map[*ast.CaseClause][][]frag{}
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		arms = append(arms, arm{exprs: c.List, label: labelf("case%d", l.number("case"))})
		if obj := l.clauseVar(c); obj != nil {
			v := l.variable(obj)
			bind := []frag{define(v), tag[0]}
			if len(c.List) == 1 && !l.info.Types[c.List[0]].IsNil() {
				bind = append(bind, raw(".("), src(c.List[0]), raw(")"))
			}
			begin[c] = [][]frag{bind}
			if !l.reads(c, obj) { // another clause does, as Go wants it
				begin[c] = append(begin[c], []frag{raw("_ = "), ref(v)})
			}
		}
	}
	l.add(&instr{op: opSwitch, frags: tag, cases: arms})
	l.clauses(s, s.Body, name, n, arms, begin)
}

// clauseVar is the variable that a clause of a type switch declares, nil if
// it does not refer to it.
func (l *lowerer) clauseVar(c ast.Stmt) types.Object {
	obj := l.info.Implicits[c]
	found := false
	ast.Inspect(c, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && obj != nil && l.info.Uses[id] == obj
		return !found
	})
	if !found {
		return nil
	}
	return obj
}

// reads reports whether c does more with a variable than assign to it.
func (l *lowerer) reads(c ast.Stmt, obj types.Object) (found bool) {
	assigned := map[ast.Node]bool{}
	ast.Inspect(c, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN || n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					assigned[ast.Unparen(e)] = true
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if e != nil {
					assigned[ast.Unparen(e)] = true
				}
			}
		case *ast.Ident:
			found = found || l.info.Uses[n] == obj && !assigned[n]
		}
		return !found
	})
	return found
}

// clauses lowers the bodies of a switch, which has just jumped to one of
// them; begin are statements to begin them with.
func (l *lowerer) clauses(s ast.Stmt, body *ast.BlockStmt, name string, n int, arms []arm, begin map[*ast.CaseClause][][]frag) {
	end := labelf("endswitch%d", n)
	if !slices.ContainsFunc(arms, func(a arm) bool { return a.exprs == nil }) {
		l.jump(end)
	}
	l.line = l.lineOf(body.Lbrace)
	l.within(target{node: s, name: name, breaks: end}, func() {
		for i, c := range body.List {
			c := c.(*ast.CaseClause)
			lb := arms[i].label
			lb.comment = l.fn.src.line(c, c.Colon+1)
			l.leading(c.Pos())
			l.mark(lb)
			for _, frags := range begin[c] {
				l.text(frags...)
			}
			l.clause(body, i, arms, end)
		}
	})
	l.leading(body.Rbrace)
	l.mark(end)
	l.line = l.lineOf(s.End())
}

// clause lowers the body of the i-th clause, and where it goes from there.
func (l *lowerer) clause(all *ast.BlockStmt, i int, arms []arm, end *label) {
	c := all.List[i].(*ast.CaseClause)
	l.line = l.lineOf(c.Colon)
	body, stop, next := c.Body, all.Rbrace, end
	if i+1 < len(all.List) {
		stop = all.List[i+1].Pos()
	}
	var labels []*ast.LabeledStmt
	if n := len(body); n > 0 {
		stop = body[n-1].End()
		if n, around := finalStmt(body); isFallthrough(around[len(around)-1]) {
			for _, s := range around[:len(around)-1] {
				labels = append(labels, s.(*ast.LabeledStmt))
			}
			body, stop, next = body[:n], around[0].Pos(), arms[i+1].label
		}
	}
	l.stmts(body, stop)
	for _, s := range labels {
		l.mark(l.markOf(l.info.Defs[s.Label]))
	}
	l.jump(next)
}

// finalStmt is where the last statement of a list that is not empty stands,
// and it itself behind the labels that it has.
func finalStmt(list []ast.Stmt) (at int, around []ast.Stmt) {
	at = len(list) - 1
	for at > 0 {
		if _, empty := list[at].(*ast.EmptyStmt); !empty {
			break
		}
		at--
	}
	s := list[at]
	for {
		around = append(around, s)
		labeled, ok := s.(*ast.LabeledStmt)
		if !ok {
			return at, around
		}
		s = labeled.Stmt
	}
}

func isFallthrough(s ast.Stmt) bool {
	b, ok := s.(*ast.BranchStmt)
	return ok && b.Tok == token.FALLTHROUGH
}
