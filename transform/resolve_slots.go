package transform

import (
	"go/ast"
	"go/types"
)

// fillSlots resolves the arguments of expr that fill async slots.
func (r *resolver) fillSlots(c *call, expr *ast.CallExpr, fn *types.Func, form *form) {
	if len(form.slots) == 0 {
		return
	}
	sig := fn.Signature()
	last := sig.Params().Len() - 1
	if len(expr.Args) == 1 && sig.Params().Len() > 1 {
		if _, multi := r.info.TypeOf(expr.Args[0]).(*types.Tuple); multi {
			r.u.refuse(expr.Args[0].Pos(), "functions for %s from a call with several results; write them as arguments", show(expr.Fun))
			return
		}
	}
	c.slots = make(map[ast.Expr]*slot)
	for i, arg := range expr.Args {
		if !form.slots[min(i, last)] {
			continue
		}
		if expr.Ellipsis.IsValid() && i == last {
			r.u.refuse(arg.Pos(), "functions for %s from a slice; write them as arguments", show(expr.Fun))
			continue
		}
		if s := r.slot(arg, expr); s != nil {
			c.slots[arg] = s
		}
	}
}

// slot resolves an argument that fills an async slot of call's.
func (r *resolver) slot(arg ast.Expr, call *ast.CallExpr) *slot {
	if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
		return r.slotLit(lit, call)
	}
	fn, sel := functionNamed(r.info, arg)
	if fn == nil {
		r.u.refuse(arg.Pos(), "%s as a function for %s; write a function or method with an async form, or func() … { return rt.Await(f(x)) }", show(arg), show(call.Fun))
		return nil
	}
	form, why := r.forms.of(fn, sel)
	if form == nil {
		r.u.refuse(arg.Pos(), "%s as a function for %s, %s", show(arg), show(call.Fun), why)
		return nil
	}
	if form.yield >= 0 || len(form.slots) > 0 {
		r.u.refuse(arg.Pos(), "%s as a function for %s, whose async form has other parameters; write func() … { return rt.Await(f(x)) }", show(arg), show(call.Fun))
		return nil
	}
	return &slot{form: form.obj, name: form.obj.Name()}
}

// slotLit resolves a literal that fills an async slot: it has to be one
// return of one await.
func (r *resolver) slotLit(lit *ast.FuncLit, expr *ast.CallExpr) *slot {
	r.filled[lit] = true
	var target *ast.CallExpr
	count := 0
	if len(lit.Body.List) == 1 {
		if ret, ok := lit.Body.List[0].(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
			if e, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr); ok {
				if kind, n := r.forms.awaitKind(r.info, e); kind {
					target, count = e, n
				}
			}
		}
	}
	if target == nil {
		r.u.refuse(lit.Pos(), "function literal for %s that does more than return one await is not compiled yet; declare a function marked //async and write func() … { return rt.Await(f(x)) }", show(expr.Fun))
		return nil
	}
	c := r.await(target, count)
	if c == nil {
		return nil
	}
	fn, sel := calleeOf(r.info, c.target)
	if form, _ := r.forms.of(fn, sel); c.callee.op != nil {
		c.callee.op, c.callee.form = nil, form.obj // the literal makes an Awaitable: that takes the constructor
	}
	if sig, ok := r.info.TypeOf(lit).(*types.Signature); ok && !sameTuple(sig.Results(), r.info.TypeOf(target)) {
		r.u.refuse(target.Pos(), "literal that converts the results of %s; let it return the types of %s", show(c.target.Fun), show(c.target.Fun))
		return nil
	}
	if r.forms.isBlocking(fn) {
		r.blocking(c.target, inClosure)
		return &slot{lit: lit, await: c}
	}
	for _, arg := range c.target.Args {
		if _, isSlot := c.slots[arg]; !isSlot {
			r.walk(arg, inClosure)
		}
	}
	r.walk(c.target.Fun, inClosure)
	return &slot{lit: lit, await: c}
}
