package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// values lists one in stdEvery of the operands that can become awaits though
// they call nothing, x as
// std_.Must1(rt_.Await(std_.Same(x))): conditions, arguments, indices, what is
// assigned or returned, and the pointers and slices of the left side.
func (f *stdFinder) values(n ast.Node) {
	info := f.s.pkg.TypesInfo
	take := func(list ...ast.Expr) {
		for _, e := range list {
			if e == nil || !isPlainValue(info, e) || f.s.isConverted(e) || f.variable(e) != nil {
				continue
			}
			if f.s.candidates++; f.s.candidates%*stdEvery == 0 {
				f.add(&stdAwait{value: e, results: 1})
			}
		}
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		take(n.X, n.Y)
	case *ast.UnaryExpr:
		if n.Op != token.AND {
			take(n.X)
		}
	case *ast.CallExpr:
		take(n.Args...)
	case *ast.IndexExpr:
		take(n.Index)
		takeReference(info, n.X, take)
	case *ast.SelectorExpr:
		if t := info.TypeOf(n.X); t != nil && isPointer(t) { // others may need their address taken
			take(n.X)
		}
	case *ast.StarExpr:
		take(n.X)
	case *ast.SliceExpr:
		take(n.Low, n.High, n.Max)
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			take(e)
		}
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) && !f.comms[n] {
			take(n.Rhs...)
		}
	case *ast.ReturnStmt:
		take(n.Results...)
	case *ast.SendStmt:
		take(n.Value)
	case *ast.IfStmt:
		take(n.Cond)
	case *ast.ForStmt:
		take(n.Cond)
	case *ast.RangeStmt:
		takeReference(info, n.X, take)
	case *ast.SwitchStmt:
		take(n.Tag)
	case *ast.CaseClause:
		take(n.List...)
	}
}

// takeReference takes e where it is a pointer, slice, map or string: others
// would be copied where they are to be changed.
func takeReference(info *types.Info, e ast.Expr, take func(...ast.Expr)) {
	switch t := info.TypeOf(e).Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map:
		take(e)
	case *types.Basic:
		if t.Info()&types.IsString != 0 {
			take(e)
		}
	}
}

// isConverted reports whether e is a call that becomes an await itself.
func (s *stdCopy) isConverted(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	callee, _ := functionNamed(s.pkg.TypesInfo, call.Fun)
	return callee != nil && s.marks[callee.Origin()] != nil
}

// isPlainValue reports whether e is one value whose type does not depend on
// what is around it.
func isPlainValue(info *types.Info, e ast.Expr) bool {
	tv := info.Types[e]
	if !tv.IsValue() || tv.Value != nil || tv.IsNil() || dependsOnContext(info, e) {
		return false
	}
	switch t := tv.Type.(type) {
	case *types.Tuple:
		return false
	case *types.Basic:
		if t.Info()&types.IsUntyped != 0 {
			return false
		}
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, isVar := info.Uses[e].(*types.Var)
		return isVar
	case *ast.BinaryExpr:
		comparison := info.TypeOf(e.X) != nil && types.Identical(tv.Type.Underlying(), types.Typ[types.Bool])
		return !comparison || types.Identical(tv.Type, types.Typ[types.Bool])
	case *ast.UnaryExpr:
		return e.Op != token.NOT || types.Identical(tv.Type, types.Typ[types.Bool])
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		return !ok || info.Uses[id] != types.Universe.Lookup("recover")
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr, *ast.SliceExpr, *ast.TypeAssertExpr:
		return true
	}
	return false
}

// dependsOnContext reports whether e shifts a constant by a variable, which
// has the type that is wanted around it.
func dependsOnContext(info *types.Info, e ast.Expr) bool {
	constant := func(e ast.Expr) bool { return info.Types[e].Value != nil || dependsOnContext(info, e) }
	switch e := e.(type) {
	case *ast.ParenExpr:
		return dependsOnContext(info, e.X)
	case *ast.UnaryExpr:
		return dependsOnContext(info, e.X)
	case *ast.BinaryExpr:
		if e.Op == token.SHL || e.Op == token.SHR {
			return constant(e.X)
		}
		return constant(e.X) && constant(e.Y)
	}
	return false
}
