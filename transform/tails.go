package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A function that ends with the await of another, which may come back to it,
// would leave a frame behind at each turn. Such a tail await hands on who
// awaits: rt.StartTail has the last of a chain of them report to the first.

// findTails notes the tail awaits of functions that await each other in a
// circle. Nothing may be left to do behind one: no deferred call, no loop over
// a function, nobody else who sees the results.
func findTails(u *unit) {
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			if fn.decl.Body == nil || fn.makes() || fn.yields != yieldsNot || hasMore(u.pkg.TypesInfo, fn) {
				continue
			}
			ast.Inspect(fn.decl.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.ReturnStmt:
					if c := tailOf(fn, n); c != nil && c.callee.local.circle == fn.circle {
						form, ok := u.asyncForm(c.callee.local).(*types.Func)
						if ok {
							c.tail, c.callee.local, c.callee.form = true, nil, form
						}
					}
				}
				return true
			})
		}
	}
}

// tailOf is the await that a return statement consists of, if it calls a
// function of this unit and has the function's own results.
func tailOf(fn *function, ret *ast.ReturnStmt) *call {
	if len(ret.Results) != 1 {
		return nil
	}
	expr, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr)
	if !ok {
		return nil
	}
	c := fn.calls[expr]
	if c == nil || c.kind != callAwait || c.callee.local == nil || c.yield != nil ||
		!sameTuple(fn.sig.Results(), fn.src.unit.pkg.TypesInfo.TypeOf(expr)) {
		return nil
	}
	return c
}

// hasMore reports whether something may be left to do behind a return, or
// somebody may refer to named results.
func hasMore(info *types.Info, fn *function) (more bool) {
	named := fn.sig.Results().Len() > 0 && fn.sig.Results().At(0).Name() != ""
	ast.Inspect(fn.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			more = true
		case *ast.RangeStmt:
			more = more || isOverFunc(info, n)
		case *ast.FuncLit:
			more = more || named
			return false
		case *ast.UnaryExpr:
			more = more || named && n.Op == token.AND
		}
		return !more
	})
	return more
}
