package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// selectStmt lowers a select with awaits in it. Channels and values are
// evaluated first, in source order; the select itself stays, so that Go
// chooses, but its clauses only receive and jump:
//
//	select {
//	case recv1 = <-ch:
//		goto case1
//	default:
//		goto case2
//	}
//	case1: // case v := <-ch:
//	v := recv1
//	body
//	goto endselect1
//	case2:
//	body
//	endselect1:
func (l *lowerer) selectStmt(s *ast.SelectStmt, name string) {
	end := labelf("endselect%d", l.number("select"))
	var operands []ast.Expr
	for _, c := range s.Body.List {
		operands = append(operands, commOperands(c.(*ast.CommClause).Comm)...)
	}
	for i, e := range operands {
		l.awaits(e)
		if slices.ContainsFunc(operands[i+1:], func(e ast.Expr) bool { return l.suspends(e) }) {
			l.fix(e)
		}
	}
	head := &instr{op: opSelect}
	received := make([][]frag, len(s.Body.List))
	for i, c := range s.Body.List {
		c := c.(*ast.CommClause)
		a := arm{label: labelf("case%d", l.number("case"))}
		a.comm, received[i] = l.communication(c.Comm)
		head.cases = append(head.cases, a)
	}
	l.add(head)
	l.line = l.lineOf(s.Body.Lbrace)
	l.within(target{node: s, name: name, breaks: end}, func() {
		for i, c := range s.Body.List {
			c := c.(*ast.CommClause)
			lb := head.cases[i].label
			lb.comment = l.fn.src.line(c, c.Colon+1)
			l.leading(c.Pos())
			l.mark(lb)
			l.line = l.lineOf(c.Colon)
			if received[i] != nil {
				if as := c.Comm.(*ast.AssignStmt); as.Tok == token.ASSIGN {
					l.awaitsInOrder(as.Lhs)
				}
				l.text(received[i]...)
			}
			stop := s.Body.Rbrace
			if i+1 < len(s.Body.List) {
				stop = s.Body.List[i+1].Pos()
			}
			if n := len(c.Body); n > 0 {
				stop = c.Body[n-1].End()
			}
			l.stmts(c.Body, stop)
			l.jump(end)
		}
	})
	l.leading(s.Body.Rbrace)
	l.mark(end)
	l.line = l.lineOf(s.End())
}

// fix evaluates an operand into a variable, unless that is done or it cannot
// change: Go orders all operands of a select, plain variables too.
func (l *lowerer) fix(e ast.Expr) {
	e = ast.Unparen(e)
	_, done := l.instead[e]
	if tv := l.info.Types[e]; !done && tv.Value == nil && !tv.IsNil() {
		l.spill(e)
	}
}

// commOperands are the expressions of a communication that are evaluated
// before one is chosen: the channel, and the value that is sent.
func commOperands(comm ast.Stmt) []ast.Expr {
	switch s := comm.(type) {
	case *ast.SendStmt:
		return []ast.Expr{s.Chan, s.Value}
	case *ast.ExprStmt:
		return []ast.Expr{ast.Unparen(s.X).(*ast.UnaryExpr).X}
	case *ast.AssignStmt:
		return []ast.Expr{ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr).X}
	}
	return nil
}

// communication builds what stands in the select for a clause, and the
// statement with which its body begins: the assignment of what was received.
func (l *lowerer) communication(comm ast.Stmt) (comms, received []frag) {
	as, ok := comm.(*ast.AssignStmt)
	switch {
	case comm == nil: // default
		return nil, nil
	case !ok:
		return []frag{src(comm)}, nil
	}
	n := l.number("recv")
	var hidden []*variable // blank: nil
	var kept []ast.Expr
	var values []frag
	for i, e := range as.Lhs {
		if isBlank(e) {
			hidden = append(hidden, nil)
			continue
		}
		v := l.invent(fmt.Sprintf("%s%d", []string{"recv", "ok"}[i], n), l.receivedType(as, i))
		hidden, kept = append(hidden, v), append(kept, e)
		if values != nil {
			values = append(values, raw(", "))
		}
		values = append(values, ref(v))
	}
	receive := l.value(as.Rhs[0])
	if len(kept) == 0 {
		return []frag{receive}, nil
	}
	comms = []frag{set(hidden...), raw(" = "), receive}
	if as.Tok == token.DEFINE {
		var vs []*variable
		for _, e := range kept {
			vs = append(vs, l.defined(e))
		}
		return comms, append([]frag{define(vs...)}, values...)
	}
	for i, e := range kept {
		if i > 0 {
			received = append(received, raw(", "))
		}
		received = append(received, assigned(e))
	}
	return comms, append(append(received, raw(" = ")), values...)
}

// receivedType is the type of a variable for the i-th value of a receive: the
// second one's is that of what it is assigned to, a type of bools.
func (l *lowerer) receivedType(as *ast.AssignStmt, i int) types.Type {
	if i == 0 {
		ch := ast.Unparen(as.Rhs[0]).(*ast.UnaryExpr).X
		return commonUnder(l.info.TypeOf(ch)).(*types.Chan).Elem()
	}
	if t := l.info.TypeOf(as.Lhs[1]); as.Tok == token.ASSIGN && !types.IsInterface(t) {
		return t
	}
	return types.Typ[types.Bool]
}
