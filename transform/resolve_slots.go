package transform

import (
	"go/ast"
	"go/types"
	"maps"
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
			r.u.refuse(arg.Pos(), "functions for %s from a slice; write them as arguments, or give rt.Map a slice of what they differ in", show(expr.Fun))
			continue
		}
		if s := r.slot(arg, show(expr.Fun)); s != nil {
			c.slots[arg] = s
		}
	}
}

// noElements is what to do about functions in slices, maps and the like,
// which have no async form: that would be another slice or map.
const noElements = "elements have no async form, fields do: keep structs with a function and its async form"

// withAsyncForm is what can be given instead of an async function to what is
// no function by name.
const withAsyncForm = "a struct with a function and its async form"

// slot resolves an expression that fills an async slot of something.
func (r *resolver) slot(e ast.Expr, of string) *slot {
	if lit, ok := ast.Unparen(e).(*ast.FuncLit); ok {
		return r.slotLit(lit)
	}
	if r.info.Types[e].IsNil() {
		return &slot{none: true}
	}
	if v := variableNamed(r.info, e); r.u.slots.has(v) {
		return r.slotVar(v, e)
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if made := r.maker(call); made != nil {
			return &slot{maker: made}
		}
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && r.info.Types[call.Fun].IsType() {
		r.u.refuse(e.Pos(), "conversion to %s of a function for %s, which has another type in the async form; leave the conversion out", show(call.Fun), of)
		return nil
	}
	fn, sel := functionNamed(r.info, e)
	if fn == nil {
		fn, sel = methodExpr(r.info, e)
	}
	if _, isElement := ast.Unparen(e).(*ast.IndexExpr); fn == nil && isElement {
		r.u.refuse(e.Pos(), "%s as a function for %s, which is awaited; %s", show(e), of, noElements)
		return nil
	}
	if fn == nil {
		r.u.refuse(e.Pos(), "%s as a function for %s, which is awaited; write a function or method with an async form, or func() … { … }", show(e), of)
		return nil
	}
	form, why := r.forms.of(fn, sel)
	if form == nil {
		r.u.refuse(e.Pos(), "%s as a function for %s, %s", show(e), of, why.or("write func(…) … { return "+show(e)+"(…) }"))
		return nil
	}
	if len(form.slots) > 0 {
		r.u.refuse(e.Pos(), "%s as a function for %s, whose async form takes async functions; a function value cannot: call it by its name, or have it take %s", show(e), of, withAsyncForm)
		return nil
	}
	if form.yield >= 0 {
		r.u.refuse(e.Pos(), "%s as a function for %s, whose async form has other parameters; write func() … { return rt.Await(f(x)) }", show(e), of)
		return nil
	}
	return &slot{form: form.obj, name: form.obj.Name()}
}

// maker resolves the call of a function that makes an async function, or
// returns nil.
func (r *resolver) maker(expr *ast.CallExpr) *call {
	if c := r.fn.calls[expr]; c != nil {
		return c
	}
	fn, sel := calleeOf(r.info, expr)
	if fn == nil {
		return nil
	}
	form := r.forms.maker(fn, sel)
	if form == nil {
		return nil
	}
	c := &call{kind: callMaker, expr: expr, callee: callee{fn: fn.Origin(), sel: sel, form: form.obj}}
	r.fillSlots(c, expr, fn, form)
	r.add(c)
	return c
}

// slotVar resolves the use of a slot variable.
func (r *resolver) slotVar(v *types.Var, e ast.Expr) *slot {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		r.held[id] = true
	}
	name, missing := r.counterpartOf(v, e)
	if missing != "" {
		r.u.refuse(e.Pos(), "%s is awaited and has no async form; %s", show(e), missing)
		return nil
	}
	return &slot{variable: v, name: name}
}

// awaitValue resolves the await of a call of something that is no function
// by name.
func (r *resolver) awaitValue(c *call) *call {
	fun := c.target.Fun
	if fn, sel := methodExpr(r.info, fun); fn != nil {
		form, why := r.forms.of(fn, sel)
		if form == nil {
			r.u.refuse(c.expr.Pos(), "%s of %s, %s", show(c.expr.Fun), show(fun), why.or("call it without "+show(c.expr.Fun)))
			return nil
		}
		c.callee = callee{fn: fn.Origin(), sel: sel, form: form.obj}
		return c
	}
	known := r.u.slots.has(variableNamed(r.info, fun))
	switch fun := ast.Unparen(fun).(type) {
	case *ast.FuncLit:
		known = true
	case *ast.CallExpr:
		known = r.maker(fun) != nil
	}
	if _, isElement := ast.Unparen(fun).(*ast.IndexExpr); !known && isElement {
		r.u.refuse(c.expr.Pos(), "%s of a call of %s; %s", show(c.expr.Fun), show(fun), noElements)
		return nil
	}
	if tp, ok := types.Unalias(r.info.TypeOf(fun)).(*types.TypeParam); ok && !known {
		r.u.refuse(c.expr.Pos(), "%s of a call of %s, whose type is a type parameter; let it be %s", show(c.expr.Fun), show(fun), r.forms.typeString(commonUnder(tp)))
		return nil
	}
	if !known {
		r.u.refuse(c.expr.Pos(), "%s of a call of %s, whose value is not known to have an async form; call a function or a variable", show(c.expr.Fun), show(fun))
		return nil
	}
	s := r.slot(fun, show(c.expr.Fun))
	if s == nil {
		return nil
	}
	r.fn.filled[fun] = s
	c.callee = callee{value: s}
	return c
}

// literal resolves a literal that has a coroutine of its own if it awaits.
func (r *resolver) literal(lit *ast.FuncLit) *function {
	return r.literalWith(lit, func(*function) {})
}

// literalWith is literal for a function that set completes.
func (r *resolver) literalWith(lit *ast.FuncLit, set func(*function)) *function {
	r.slotLits[lit] = true
	outer := r.fn
	r.fn = &function{
		src: outer.src, decl: outer.decl, obj: outer.obj, lit: lit,
		sig:   r.info.TypeOf(lit).(*types.Signature),
		calls: make(map[*ast.CallExpr]*call), filled: make(map[ast.Expr]*slot),
	}
	fn := r.fn
	fn.results, _ = splitResults(fn.sig)
	set(fn)
	r.body()
	r.fn = outer
	if fn.suspends() {
		outer.lits = append(outer.lits, fn)
	}
	return fn
}

// suspends reports whether a literal needs a coroutine: for its own awaits or
// for those of its deferred literals.
func (fn *function) suspends() bool {
	return len(fn.calls) > 0 || slices.ContainsFunc(fn.lits, func(l *function) bool { return l.deferred })
}

// awaitsIn reports whether the code of a function needs its coroutine: it
// awaits, also in its deferred literals, or calls something that needs to know
// who runs.
func (r *resolver) awaitsIn(body ast.Node) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
				found = found || r.awaitsIn(lit.Body)
			}
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

// forwarded returns the await of which a literal only returns the results, in
// its own types, and how many Await takes besides the error; nil if it does
// something else.
func (r *resolver) forwarded(lit *ast.FuncLit) (await *ast.CallExpr, count int) {
	if len(lit.Body.List) != 1 {
		return nil, 0
	}
	ret, ok := lit.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil, 0
	}
	e, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr)
	if !ok {
		return nil, 0
	}
	kind, count := r.forms.awaitKind(r.info, e)
	if !kind || len(e.Args) != 1 || !sameTuple(r.info.TypeOf(lit).(*types.Signature).Results(), r.info.TypeOf(e)) {
		return nil, 0
	}
	target, ok := ast.Unparen(e.Args[0]).(*ast.CallExpr)
	if !ok || slices.ContainsFunc(append([]ast.Expr{target.Fun}, target.Args...), func(x ast.Expr) bool { return r.awaitsIn(x) }) {
		return nil, 0
	}
	return e, count
}

// slotLit resolves a literal that fills an async slot.
func (r *resolver) slotLit(lit *ast.FuncLit) *slot {
	target, count := r.forwarded(lit)
	if target == nil {
		fn := r.literal(lit)
		if fn.suspends() {
			return &slot{lit: lit, fn: fn}
		}
		r.fn.lits = append(r.fn.lits, fn.lits...) // it gets no coroutine: what is in it stands in that of r.fn
		maps.Copy(r.fn.filled, fn.filled)
		return &slot{lit: lit}
	}
	r.slotLits[lit] = true
	c := r.await(target, count)
	if c == nil {
		return nil
	}
	fn, sel := calleeOf(r.info, c.target) // nil if it calls a slot
	if c.callee.op != nil {
		form, _ := r.forms.of(fn, sel)
		c.callee.op, c.callee.form = nil, form.obj // the literal makes an Awaitable: that takes the constructor
	}
	if fn != nil && r.forms.isBlocking(fn) {
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
