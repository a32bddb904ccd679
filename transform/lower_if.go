package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// ifStmt lowers an if of which more than the first part awaits (see head):
//
//	init
//	if !(cond) { goto else1 }
//	body
//	goto endif1
//	else1:
//	rest
//	endif1:
func (l *lowerer) ifStmt(s *ast.IfStmt) {
	n := l.number("if")
	end, els := labelf("endif%d", n), labelf("else%d", n)
	if s.Else == nil {
		els = end
	}
	if s.Init != nil {
		l.stmt(s.Init, "")
	}
	l.branch(s.Cond, false, els)
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

// branch builds a jump to lb if cond is what; otherwise the code goes on.
// The operands of && and || are evaluated as far as needed:
//
//	if !(a && b) { goto else1 }      if !(a || b) { goto else1 }
//
//	if !a { goto else1 }             if a { goto or1 }
//	if !b { goto else1 }             if !b { goto else1 }
//	                                 or1:
func (l *lowerer) branch(cond ast.Expr, what bool, lb *label) {
	cond = ast.Unparen(cond)
	if l.suspends(cond) {
		switch e := cond.(type) {
		case *ast.UnaryExpr:
			if e.Op == token.NOT {
				l.branch(e.X, !what, lb)
				return
			}
		case *ast.BinaryExpr:
			switch e.Op {
			case token.LAND:
				l.branches(e, what, lb, "and")
				return
			case token.LOR:
				l.branches(e, !what, lb, "or")
				return
			}
		}
		l.awaits(cond)
	}
	test := []frag{l.value(cond)}
	if _, ok := l.info.TypeOf(cond).Underlying().(*types.Interface); ok { // a case of a switch without a tag
		test = []frag{raw("true == "), l.value(cond)}
	}
	if what {
		l.when(lb, test...)
	} else {
		l.unless(lb, test...)
	}
}

// hasBranches reports whether branch takes a condition apart: the right
// operand of a && or || in it awaits.
func (l *lowerer) hasBranches(cond ast.Expr) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.NOT && l.hasBranches(e.X)
	case *ast.BinaryExpr:
		return isLogical(e) && (l.suspends(e.Y) || l.hasBranches(e.X))
	}
	return false
}

// branches is branch for && and ||. both: lb is for when both operands were
// evaluated and decided alike.
func (l *lowerer) branches(e *ast.BinaryExpr, both bool, lb *label, kind string) {
	and := e.Op == token.LAND
	if !both {
		l.branch(e.X, !and, lb)
		l.branch(e.Y, !and, lb)
		return
	}
	skip := labelf("%s%d", kind, l.number(kind))
	l.branch(e.X, !and, skip)
	l.branch(e.Y, and, lb)
	l.mark(skip)
}
