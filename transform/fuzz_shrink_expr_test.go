package transform

import (
	"go/ast"
	"go/token"
)

// expr tries to have a part of an expression in its place, or a literal.
func (s *shrinker) expr(e *ast.Expr) {
	if s.at < 0 {
		return
	}
	for _, part := range parts(*e) {
		if s.now() {
			*e = part
			return
		}
	}
	if len(parts(*e)) == 0 {
		return
	}
	for _, lit := range []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: "1"}, &ast.BasicLit{Kind: token.STRING, Value: `""`}, ast.NewIdent("true")} {
		if s.now() {
			*e = lit
			return
		}
	}
}

// operands are the places of a node where an expression stands.
func operands(n ast.Node) (list []*ast.Expr) {
	all := func(es []ast.Expr) {
		for i := range es {
			list = append(list, &es[i])
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		all(n.Rhs)
	case *ast.ValueSpec:
		all(n.Values)
	case *ast.ReturnStmt:
		all(n.Results)
	case *ast.CallExpr:
		all(n.Args)
	case *ast.CompositeLit:
		all(n.Elts)
	case *ast.CaseClause:
		if len(n.List) > 1 {
			list = append(list, &n.List[0], &n.List[1])
		}
	case *ast.KeyValueExpr:
		list = append(list, &n.Value)
	case *ast.BinaryExpr:
		list = append(list, &n.X, &n.Y)
	case *ast.ParenExpr:
		list = append(list, &n.X)
	case *ast.UnaryExpr:
		list = append(list, &n.X)
	case *ast.IndexExpr:
		list = append(list, &n.X, &n.Index)
	case *ast.SendStmt:
		list = append(list, &n.Value)
	case *ast.RangeStmt:
		list = append(list, &n.X)
	case *ast.IfStmt:
		list = append(list, &n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			list = append(list, &n.Cond)
		}
	case *ast.SwitchStmt:
		if n.Tag != nil {
			list = append(list, &n.Tag)
		}
	}
	return list
}

// parts are the operands of an expression.
func parts(e ast.Expr) (list []ast.Expr) {
	switch e := e.(type) {
	case *ast.CallExpr:
		return e.Args
	case *ast.CompositeLit:
		return e.Elts
	case *ast.BinaryExpr:
		return []ast.Expr{e.X, e.Y}
	case *ast.ParenExpr:
		return []ast.Expr{e.X}
	case *ast.UnaryExpr:
		return []ast.Expr{e.X}
	case *ast.StarExpr:
		return []ast.Expr{e.X}
	case *ast.IndexExpr:
		return []ast.Expr{e.X, e.Index}
	}
	return nil
}
