package transform

import (
	"go/ast"
	"go/types"
	"slices"
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

// literal resolves a literal that has a coroutine of its own if it awaits.
func (r *resolver) literal(lit *ast.FuncLit) *function {
	return r.literalWith(lit, func(*function) {})
}

// literalWith is literal for a function that set completes.
func (r *resolver) literalWith(lit *ast.FuncLit, set func(*function)) *function {
	r.filled[lit] = true
	outer := r.fn
	r.fn = &function{
		src: outer.src, decl: outer.decl, obj: outer.obj, lit: lit,
		sig:   r.info.TypeOf(lit).(*types.Signature),
		calls: make(map[*ast.CallExpr]*call),
	}
	fn := r.fn
	fn.results, _ = splitResults(fn.sig)
	set(fn)
	r.body()
	r.fn = outer
	if len(fn.calls) > 0 {
		outer.lits = append(outer.lits, fn)
	}
	return fn
}

// awaitsIn reports whether the code of a function needs its coroutine: it
// awaits, or calls something that needs to know who runs.
func (r *resolver) awaitsIn(body ast.Node) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			kind, _ := r.forms.awaitKind(r.info, n)
			fn, sel := calleeOf(r.info, n)
			found = found || kind || fn != nil && (r.forms.isEach(fn) || r.forms.inFiber(fn, sel) != nil)
		}
		return !found
	})
	return found
}

// forwards reports whether a literal only returns one await of results of
// its own types.
func (r *resolver) forwards(lit *ast.FuncLit) bool {
	if len(lit.Body.List) != 1 {
		return false
	}
	ret, ok := lit.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	e, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr)
	if !ok {
		return false
	}
	kind, _ := r.forms.awaitKind(r.info, e)
	if !kind || len(e.Args) != 1 || !sameTuple(r.info.TypeOf(lit).(*types.Signature).Results(), r.info.TypeOf(e)) {
		return false
	}
	target, ok := ast.Unparen(e.Args[0]).(*ast.CallExpr)
	return ok && !slices.ContainsFunc(append([]ast.Expr{target.Fun}, target.Args...), func(x ast.Expr) bool { return r.awaitsIn(x) })
}

// slotLit resolves a literal that fills an async slot.
func (r *resolver) slotLit(lit *ast.FuncLit, expr *ast.CallExpr) *slot {
	if !r.forwards(lit) {
		if fn := r.literal(lit); len(fn.calls) > 0 {
			return &slot{lit: lit, fn: fn}
		}
		return &slot{lit: lit}
	}
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
	c := r.await(target, count)
	if c == nil {
		return nil
	}
	fn, sel := calleeOf(r.info, c.target)
	if form, _ := r.forms.of(fn, sel); c.callee.op != nil {
		c.callee.op, c.callee.form = nil, form.obj // the literal makes an Awaitable: that takes the constructor
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
