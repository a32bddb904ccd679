package transform

import "go/ast"

// checkBody refuses statements with awaits that cannot be right on a loop,
// and kinds of statements that it does not know.
func checkBody(u *unit, fn *function, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil || !fn.suspendsIn(n) {
			return false
		}
		call := fn.within(n)[0]
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SelectStmt:
			if !hasDefault(n) {
				u.refuse(n.Select, "select without default, which blocks the loop, around %s; add a default, or await rt.Select with an rt.Receiver for each channel", show(call.expr.Fun))
			}
		case *ast.BlockStmt, *ast.LabeledStmt, *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.CaseClause, *ast.CommClause,
			*ast.ReturnStmt, *ast.ExprStmt, *ast.AssignStmt, *ast.DeclStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.DeferStmt:
		case ast.Stmt:
			u.refuse(call.expr.Pos(), "%s in a kind of statement that this goasync does not know; await it before", show(call.expr.Fun))
		}
		return true
	})
}

func hasDefault(s *ast.SelectStmt) bool {
	for _, c := range s.Body.List {
		if c.(*ast.CommClause).Comm == nil {
			return true
		}
	}
	return false
}
