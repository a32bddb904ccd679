package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// checkBlocking refuses a literal given to rt.Blocking that writes a
// variable of the function around it, or takes its address: it runs on
// another goroutine, after the function may have been cancelled.
func (r *resolver) checkBlocking(lit *ast.FuncLit) {
	written := func(e ast.Expr, how string) {
		if v := r.captured(lit, e); v != nil {
			r.u.refuse(e.Pos(), "%s to %s in a function for rt.Blocking, which runs on another goroutine; return the value instead", how, v.Name())
		}
	}
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				written(e, "write")
			}
		case *ast.IncDecStmt:
			written(n.X, "write")
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				written(n.Key, "write")
				if n.Value != nil {
					written(n.Value, "write")
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				written(n.X, "pointer")
			}
		case *ast.SliceExpr:
			if isArray(r.info.TypeOf(n.X)) {
				written(n.X, "pointer")
			}
		case *ast.SelectorExpr:
			if r.takesAddress(n) {
				written(n.X, "pointer")
			}
		}
		return true
	})
}

// literalsIn returns the literals that the function assigns to the variable
// that e names.
func (r *resolver) literalsIn(e ast.Expr) (lits []*ast.FuncLit) {
	v := variableNamed(r.info, e)
	if v == nil || !r.isLocal(v) {
		return nil
	}
	ast.Inspect(r.fn.decl.Body, func(n ast.Node) bool {
		eachGiven(n, func(to, value ast.Expr) {
			if lit, ok := ast.Unparen(value).(*ast.FuncLit); ok && variableNamed(r.info, to) == v {
				lits = append(lits, lit)
			}
		})
		return true
	})
	return lits
}

// takesAddress reports whether e selects a method of a pointer to its operand.
func (r *resolver) takesAddress(e *ast.SelectorExpr) bool {
	sel := r.info.Selections[e]
	if sel == nil || sel.Kind() != types.MethodVal || sel.Indirect() {
		return false
	}
	fn, ok := sel.Obj().(*types.Func)
	if !ok {
		return false
	}
	_, pointer := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer)
	_, already := sel.Recv().Underlying().(*types.Pointer)
	return pointer && !already
}

// captured returns the variable of which e is all or a part, if it is local
// and declared outside lit.
func (r *resolver) captured(lit *ast.FuncLit, e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, ok := r.info.Uses[x].(*types.Var)
			if !ok || v.IsField() || v.Parent() == r.u.pkg.Types.Scope() || v.Pkg() != r.u.pkg.Types {
				return nil
			}
			if lit.Pos() <= v.Pos() && v.Pos() < lit.End() {
				return nil
			}
			return v
		case *ast.SelectorExpr:
			sel := r.info.Selections[x]
			if sel == nil || sel.Indirect() {
				return nil
			}
			if _, pointer := r.info.TypeOf(x.X).Underlying().(*types.Pointer); pointer {
				return nil
			}
			e = x.X
		case *ast.IndexExpr:
			if !isArray(r.info.TypeOf(x.X)) {
				return nil
			}
			e = x.X
		default:
			return nil
		}
	}
}
