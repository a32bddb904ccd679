package transform

import (
	"go/ast"
	"go/types"
	"slices"
)

// isYield reports whether expr calls the yield of fn.
func isYield(info *types.Info, fn *function, expr *ast.CallExpr) bool {
	id, ok := ast.Unparen(expr.Fun).(*ast.Ident)
	return ok && fn.yield != nil && info.Uses[id] == fn.yield
}

// calleeOf returns the function or method that is called by name, with the
// selection of a method; nil for conversions, builtins, function values and
// method expressions.
func calleeOf(info *types.Info, expr *ast.CallExpr) (*types.Func, *types.Selection) {
	return functionNamed(info, expr.Fun)
}

// functionNamed returns the function or method that e names.
func functionNamed(info *types.Info, e ast.Expr) (*types.Func, *types.Selection) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		fn, _ := info.Uses[e].(*types.Func)
		return fn, nil
	case *ast.SelectorExpr:
		if sel := info.Selections[e]; sel != nil {
			fn, ok := sel.Obj().(*types.Func)
			if !ok || sel.Kind() != types.MethodVal {
				return nil, nil
			}
			return fn, sel
		}
		fn, _ := info.Uses[e.Sel].(*types.Func)
		return fn, nil
	case *ast.IndexExpr:
		return functionNamed(info, e.X)
	case *ast.IndexListExpr:
		return functionNamed(info, e.X)
	}
	return nil, nil
}

// functionIdent is the name in an expression that names a function, nil if it
// is another expression.
func functionIdent(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return functionIdent(e.X)
	case *ast.IndexListExpr:
		return functionIdent(e.X)
	}
	return nil
}

// methodExpr returns the method that e names as an expression: T.Method.
func methodExpr(info *types.Info, e ast.Expr) (*types.Func, *types.Selection) {
	if e, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		if sel := info.Selections[e]; sel != nil && sel.Kind() == types.MethodExpr {
			fn, _ := sel.Obj().(*types.Func)
			return fn, sel
		}
	}
	return nil, nil
}

// show returns e as messages name it.
func show(e ast.Expr) string {
	if lit, ok := ast.Unparen(e).(*ast.FuncLit); ok && lit != nil {
		return "a function literal"
	}
	return types.ExprString(e)
}

// sameTuple reports whether two lists of results have the same types, also
// where one is a list of one and the other a type.
func sameTuple(a, b types.Type) bool {
	x, y := typeList(a), typeList(b)
	return slices.EqualFunc(x, y, types.Identical)
}

func typeList(t types.Type) []types.Type {
	tuple, ok := t.(*types.Tuple)
	if !ok {
		return []types.Type{t}
	}
	var list []types.Type
	for v := range tuple.Variables() {
		list = append(list, v.Type())
	}
	return list
}

// splitResults returns the results of a plain form without the error, and
// whether it can have an async form: the last one is error, and at most
// three stand before it.
func splitResults(sig *types.Signature) ([]types.Type, bool) {
	n := sig.Results().Len() - 1
	if n < 0 || n > 3 || !types.Identical(sig.Results().At(n).Type(), types.Universe.Lookup("error").Type()) {
		return nil, false
	}
	var results []types.Type
	for i := range n {
		results = append(results, sig.Results().At(i).Type())
	}
	return results, true
}

// yieldIndex returns the parameter that makes a generator of a function, or -1.
func yieldIndex(sig *types.Signature) int {
	for i := range sig.Params().Len() {
		if v := sig.Params().At(i); v.Name() == "yield" && isYieldType(v.Type()) {
			return i
		}
	}
	return -1
}

// isYieldType reports whether t is func(Y) (S, error).
func isYieldType(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Variadic() {
		return false
	}
	results, ok := splitResults(sig)
	return ok && len(results) == 1
}
