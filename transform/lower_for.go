package transform

import (
	"go/ast"
	"go/token"
)

// forStmt lowers the three forms of for without range:
//
//	init
//	for1: // for init; cond; post
//	if !(cond) { goto end1 }
//	body
//	next1:
//	post
//	goto for1
//	end1:
//
// A variable of init is a new one in each iteration. That matters if a
// literal captured it or its address was taken: then it is boxed, and a
// fresh box with its value is made before post.
func (l *lowerer) forStmt(s *ast.ForStmt, name string) {
	loop := l.newLoop(s, s.Body)
	if s.Init != nil {
		l.stmt(s.Init, "")
	}
	l.mark(loop.start)
	if s.Cond != nil {
		l.branch(s.Cond, false, loop.end)
	}
	l.line = l.lineOf(s.Body.Lbrace)
	l.within(target{node: s, name: name, breaks: loop.end, continues: loop.next}, func() {
		l.block(s.Body)
	})
	l.mark(loop.next)
	post := len(l.code)
	if init, ok := s.Init.(*ast.AssignStmt); ok && init.Tok == token.DEFINE {
		for _, e := range init.Lhs {
			if v := l.defined(e); v != nil {
				l.text(renew(v))
			}
		}
	}
	if s.Post != nil {
		l.stmt(s.Post, "")
	}
	for _, in := range l.code[post:] {
		in.post = true
	}
	l.jump(loop.start)
	l.mark(loop.end)
	l.line = l.lineOf(s.End())
}

// A loopLabels is what the jumps of one loop go to.
type loopLabels struct {
	number           int
	start, next, end *label
}

func (l *lowerer) newLoop(s ast.Stmt, body *ast.BlockStmt) loopLabels {
	n := l.number("for")
	loop := loopLabels{n, labelf("for%d", n), labelf("next%d", n), labelf("end%d", n)}
	loop.start.comment = l.fn.src.line(s, body.Lbrace)
	return loop
}

// defined is the variable that an identifier on the left of := declares, nil
// for the blank one and for one that it only assigns to.
func (l *lowerer) defined(e ast.Expr) *variable {
	if id, ok := e.(*ast.Ident); ok {
		if obj := l.info.Defs[id]; obj != nil && id.Name != "_" {
			return l.variable(obj)
		}
	}
	return nil
}
