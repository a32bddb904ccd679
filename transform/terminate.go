package transform

import (
	"go/ast"
	"go/token"
)

// stopsBefore reports whether the instruction before the i-th never goes on
// to it.
func (f *flat) stopsBefore(code []*instr, i int) bool {
	for i--; i >= 0; i-- {
		in := code[i]
		switch {
		case in.op == opJump:
			return true
		case in.op == opText && len(in.frags) == 1 && in.frags[0].is(""):
			continue
		case in.op == opText && len(in.frags) == 1 && in.frags[0].node != nil:
			return f.terminates(in.frags[0].node)
		}
		return false
	}
	return false
}

// terminates reports whether a statement never goes on to the next; Go's own
// rule, without the cases that cannot stand at the end of an async function.
func (f *flat) terminates(n ast.Node) bool { return f.terminatesAs("", n) }

// terminatesAs is terminates for a statement with a label, "" for none.
func (f *flat) terminatesAs(label string, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		_, jumps := f.jumps[n]
		return n.Tok == token.GOTO || jumps
	case *ast.BlockStmt:
		return len(n.List) > 0 && f.terminates(n.List[len(n.List)-1])
	case *ast.IfStmt:
		return n.Else != nil && f.terminates(n.Body) && f.terminates(n.Else)
	case *ast.ForStmt:
		return n.Cond == nil && !f.breaks(label, n.Body)
	case *ast.LabeledStmt:
		return f.terminatesAs(n.Label.Name, n.Stmt)
	case *ast.ExprStmt:
		call, ok := n.X.(*ast.CallExpr)
		return ok && f.fn.src.unit.pkg.TypesInfo.Types[call.Fun].IsBuiltin() && builtinName(call) == "panic"
	case *ast.SwitchStmt:
		return f.allTerminate(label, n.Body)
	case *ast.TypeSwitchStmt:
		return f.allTerminate(label, n.Body)
	case *ast.SelectStmt:
		return f.allTerminate(label, n.Body)
	}
	return false
}

// allTerminate reports whether every clause of a switch or select does, and
// there is one for every case.
func (f *flat) allTerminate(label string, body *ast.BlockStmt) bool {
	whole := false
	for _, c := range body.List {
		var list []ast.Stmt
		switch c := c.(type) {
		case *ast.CaseClause:
			list, whole = c.Body, whole || c.List == nil
		case *ast.CommClause:
			list, whole = c.Body, true
		}
		if len(list) == 0 {
			return false
		}
		at, around := finalStmt(list)
		if !isFallthrough(around[len(around)-1]) && !f.terminates(list[at]) {
			return false
		}
	}
	return whole && !f.breaks(label, body)
}

// breaks reports whether a break in the body of a statement with this label
// leaves that statement, and stays a break: where the statement was taken
// apart, it is none.
func (f *flat) breaks(label string, body *ast.BlockStmt) (found bool) {
	var inner token.Pos // up to there a break without a label leaves a statement in the body
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			inner = max(inner, n.End())
		case *ast.BranchStmt:
			_, jumps := f.jumps[n]
			leaves := n.Label == nil && n.Pos() >= inner || n.Label != nil && n.Label.Name == label
			found = found || n.Tok == token.BREAK && leaves && !jumps
		}
		return !found
	})
	return found
}
