package transform

import (
	"go/ast"
	"go/types"
)

// isEach reports whether fn is rt.Each, the async for.
func (fs *forms) isEach(fn *types.Func) bool {
	return fn.Pkg() != nil && fn.Pkg().Path() == rtPath && fn.Name() == "Each" && fn.Signature().Recv() == nil
}

// each returns the call of rt.Each that a loop of the function ranges over,
// or nil.
func (fn *function) each(s *ast.RangeStmt) *call {
	expr, _ := ast.Unparen(s.X).(*ast.CallExpr)
	if c := fn.calls[expr]; expr != nil && c != nil && c.kind == callEach {
		return c
	}
	return nil
}

// rangeEach resolves a loop over rt.Each.
func (r *resolver) rangeEach(s *ast.RangeStmt, where site) {
	expr, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok || where != inBody || len(expr.Args) != 1 {
		return
	}
	if fn, _ := calleeOf(r.info, expr); fn == nil || !r.forms.isEach(fn) {
		return
	}
	c := &call{kind: callEach, expr: expr}
	r.add(c)
	switch x := ast.Unparen(expr.Args[0]).(type) {
	case *ast.FuncLit:
		r.eachLit(c, x)
	default:
		r.eachNamed(c, x)
	}
}

// eachNamed resolves a source that is a marked generator by name.
func (r *resolver) eachNamed(c *call, x ast.Expr) {
	fn, sel := functionNamed(r.info, x)
	if fn == nil {
		r.u.refuse(x.Pos(), "%s as the source of rt.Each; write a marked generator, or func(yield rt.Yield[V, struct{}]) error { … }", show(x))
		return
	}
	form, why := r.forms.of(fn, sel)
	switch {
	case form == nil:
		r.u.refuse(x.Pos(), "%s as the source of rt.Each, %s", show(x), why.text)
	case form.yield < 0 || form.iter:
		r.u.refuse(x.Pos(), "%s as the source of rt.Each, whose parameter is not called yield; rename it, or write func(yield rt.Yield[V, struct{}]) error { … }", show(x))
	default:
		c.named = x
		c.callee = callee{fn: fn.Origin(), sel: sel, local: r.u.funcs[fn.Origin()]}
		if c.callee.local == nil {
			c.callee.form = form.obj
		}
	}
}

// eachLit resolves a source that is a literal. One that only passes its yield
// on is the call that it makes; another is an async generator of its own.
func (r *resolver) eachLit(c *call, lit *ast.FuncLit) {
	yield := r.info.TypeOf(lit).(*types.Signature).Params().At(0)
	if await, _ := r.forwarded(lit); await != nil {
		target := ast.Unparen(await.Args[0]).(*ast.CallExpr)
		if fn, sel := calleeOf(r.info, target); fn != nil && argument(r.info, target, yield) != nil {
			if form, _ := r.forms.of(fn, sel); form != nil && form.yield >= 0 {
				r.slotLits[lit] = true
				c.target, c.yield = target, yield
				c.callee = callee{fn: fn.Origin(), sel: sel, local: r.u.funcs[fn.Origin()]}
				if c.callee.local == nil {
					c.callee.form = form.obj
				}
				r.fillSlots(c, target, fn, form)
				for _, a := range append([]ast.Expr{target.Fun}, target.Args...) {
					r.walk(a, inClosure)
				}
				return
			}
		}
	}
	c.lit = r.generator(lit, yield)
}

// generator resolves a literal that is an async generator.
func (r *resolver) generator(lit *ast.FuncLit, yield *types.Var) *function {
	outer := r.fn
	known := len(outer.lits)
	fn := r.literalWith(lit, func(fn *function) { fn.yields, fn.yield = yieldsTask, yield })
	if len(outer.lits) == known { // it neither awaits nor yields
		outer.lits = append(outer.lits, fn)
	}
	r.fn = fn
	r.checkYields()
	r.fn = outer
	return fn
}
