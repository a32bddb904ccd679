package transform

import (
	"go/ast"
	"go/token"
)

// switchStmt lowers an expression switch. With awaits in its init statement
// alone it stays as it is written. With awaits in its clauses the switch
// itself stays too, so that Go compares the cases in its own order, but each
// clause only jumps:
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
func (l *lowerer) switchStmt(s *ast.SwitchStmt, name string) {
	if !l.suspends(s.Body) {
		l.headed(s, s.Init)
		return
	}
	end := labelf("endswitch%d", l.number("switch"))
	if s.Init != nil {
		l.stmt(s.Init, "")
	}
	head := &instr{op: opSwitch}
	if s.Tag != nil {
		head.frags = []frag{src(s.Tag)}
	}
	defaults := false
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		head.cases = append(head.cases, arm{c.List, labelf("case%d", l.number("case"))})
		defaults = defaults || c.List == nil
	}
	l.add(head)
	if !defaults {
		l.jump(end)
	}
	l.line = l.lineOf(s.Body.Lbrace)
	l.within(target{name: name, breaks: end}, func() {
		for i, c := range s.Body.List {
			c := c.(*ast.CaseClause)
			lb := head.cases[i].label
			lb.comment = l.header(c.Case, c.Colon+1)
			l.leading(c.Pos())
			l.mark(lb)
			l.clause(s, i, head.cases, end)
		}
	})
	l.leading(s.Body.Rbrace)
	l.mark(end)
	l.line = l.lineOf(s.End())
}

// clause lowers the body of the i-th clause, and where it goes from there.
func (l *lowerer) clause(s *ast.SwitchStmt, i int, arms []arm, end *label) {
	c := s.Body.List[i].(*ast.CaseClause)
	l.line = l.lineOf(c.Colon)
	body, stop, next := c.Body, s.Body.Rbrace, end
	if i+1 < len(s.Body.List) {
		stop = s.Body.List[i+1].Pos()
	}
	if n := len(body); n > 0 {
		stop = body[n-1].End()
		if b, ok := body[n-1].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
			body, stop, next = body[:n-1], b.Pos(), arms[i+1].label
		}
	}
	l.stmts(body, stop)
	l.jump(next)
}
