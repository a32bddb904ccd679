package transform

import "go/ast"

// ifStmt lowers an if. With awaits in its init statement alone it stays an
// if whose init reads the result; otherwise
//
//	init
//	if !(cond) { goto else1 }
//	body
//	goto endif1
//	else1:
//	rest
//	endif1:
func (l *lowerer) ifStmt(s *ast.IfStmt) {
	if !l.suspends(s.Body) && (s.Else == nil || !l.suspends(s.Else)) {
		l.headed(s, s.Init)
		return
	}
	n := l.number("if")
	end, els := labelf("endif%d", n), labelf("else%d", n)
	if s.Else == nil {
		els = end
	}
	if s.Init != nil {
		l.stmt(s.Init, "")
	}
	l.unless(els, src(s.Cond))
	l.line = l.lineOf(s.Body.Lbrace)
	l.block(s.Body)
	if s.Else != nil {
		l.jump(end)
		l.mark(els)
		if b, ok := s.Else.(*ast.BlockStmt); ok {
			l.line = l.lineOf(b.Lbrace)
			l.block(b)
		} else {
			l.stmt(s.Else, "")
		}
	}
	l.mark(end)
}

// headed lowers a statement whose awaits are all in its init statement: that
// runs first and once, so the statement itself stays as it is written.
func (l *lowerer) headed(s, init ast.Stmt) {
	l.awaits(init)
	l.resolveJumps(s)
	in := l.text(src(s))
	l.past(s)
	in.trail = l.trailing(s.End())
}
