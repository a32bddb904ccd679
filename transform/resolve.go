package transform

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
)

// resolve finds, for every await, yield and call of rt that needs the
// fiber, what it compiles to, and refuses those that compile to nothing.
// Everything is found by object: names of imports, dot imports and shadowing
// do not matter.
func resolve(u *unit, forms *forms) {
	r := &resolver{u: u, info: u.pkg.TypesInfo, forms: forms}
	u.slots = findSlots(u, forms)
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			fn.results, _ = splitResults(fn.sig)
		}
	}
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			if fn.decl.Body != nil {
				r.function(fn)
			}
		}
	}
	nameLiterals(u)
	findCircles(u)
	findTails(u)
	findEarly(u)
}

// A resolver resolves the calls of one function after the other.
type resolver struct {
	u     *unit
	info  *types.Info
	forms *forms

	fn       *function
	awaited  map[*ast.CallExpr]bool // targets of awaits
	slotLits map[*ast.FuncLit]bool  // literals that fill a slot: no closures
	yields   map[*ast.Ident]bool    // uses of yield as they should be
	held     map[*ast.Ident]bool    // uses of slot variables as they should be
}

// A site is where in a function the code that is looked at stands.
type site uint8

const (
	inBody      site = iota // in the async function itself
	inClosure               // in a literal, which is ordinary Go
	inGoroutine             // in a literal that runs elsewhere, and may block
)

func (r *resolver) function(fn *function) {
	r.fn = fn
	r.awaited = make(map[*ast.CallExpr]bool)
	r.slotLits = make(map[*ast.FuncLit]bool)
	r.yields = make(map[*ast.Ident]bool)
	r.held = make(map[*ast.Ident]bool)
	if recv := fn.sig.Recv(); r.u.slots.has(recv) {
		r.u.refuse(recv.Pos(), "receiver %s is awaited, and in the async form it has its type still; take the function as a parameter, or as a field of a struct beside its async form", recv.Name())
	}
	r.body()
	r.checkYields()
	r.checkSlotUses()
	for _, f := range fn.all() {
		r.findRanges(f)
	}
}

// body resolves the calls of r.fn and numbers its awaits.
func (r *resolver) body() {
	fn := r.fn
	r.walk(fn.body(), inBody)
	slices.SortFunc(fn.order, func(a, b *call) int { return cmp.Compare(a.expr.Rparen, b.expr.Rparen) })
	for i, c := range fn.order {
		c.state = i + 1
	}
	fn.byPos = slices.SortedFunc(slices.Values(fn.order), func(a, b *call) int {
		return cmp.Or(cmp.Compare(a.expr.Pos(), b.expr.Pos()), cmp.Compare(b.expr.End(), a.expr.End()))
	})
}

// walk resolves what is in n.
func (r *resolver) walk(n ast.Node, where site) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			r.goStmt(n, where)
			return false
		case *ast.DeferStmt:
			if kind, _ := r.forms.awaitKind(r.info, n.Call); kind {
				r.u.refuse(n.Pos(), "defer of rt.Await, which would run at once; await it before the function returns")
				return false
			}
			if isYield(r.info, r.fn, n.Call) {
				r.yields[ast.Unparen(n.Call.Fun).(*ast.Ident)] = true
				r.u.refuse(n.Pos(), "defer of yield, which cannot suspend there; call yield in the body")
				return false
			}
			if r.refusePassed(n.Call, "defer") {
				return false
			}
			if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok && where == inBody && r.awaitsIn(lit.Body) {
				r.literal(lit).deferred = true
			}
			if fn, sel := calleeOf(r.info, n.Call); fn != nil && where == inBody {
				if form, _ := r.forms.of(fn, sel); form != nil && !form.iter {
					r.u.refuse(n.Pos(), "deferred call of %s, which blocks the loop; write defer func() { %s(%s(…)) }()", show(n.Call.Fun), r.forms.awaitName(fn.Signature()), show(n.Call.Fun))
					return false
				}
			}
		case *ast.FuncLit:
			if !r.slotLits[n] {
				r.walk(n.Body, max(where, inClosure))
			}
			return false
		case *ast.RangeStmt:
			r.rangeEach(n, where)
			r.fillVariables(n)
		case *ast.CallExpr:
			if !r.call(n, where) {
				return false
			}
		case *ast.AssignStmt, *ast.ValueSpec, *ast.CompositeLit, *ast.BinaryExpr:
			r.fillVariables(n)
		case *ast.ExprStmt:
			if r.forms.typeArgs(r.info.TypeOf(n.X), "Awaitable") != nil {
				r.u.refuse(n.Pos(), "%s that nothing awaits, so that it does not run; write rt.Await(f(x)) for it", show(n.X))
				return false
			}
		case *ast.ReturnStmt:
			if r.fn.makes() && where == inBody && len(n.Results) == 1 {
				r.note(n.Results[0], r.slot(n.Results[0], "the result of "+r.fn.name()))
			}
		}
		return true
	})
}

// goStmt looks at a go statement: its call runs elsewhere, its arguments here.
func (r *resolver) goStmt(s *ast.GoStmt, where site) {
	if kind, _ := r.forms.awaitKind(r.info, s.Call); kind {
		r.u.refuse(s.Pos(), "rt.Await in a go statement; start a task with rt.Spawn")
		return
	}
	if isYield(r.info, r.fn, s.Call) {
		r.yields[ast.Unparen(s.Call.Fun).(*ast.Ident)] = true
		r.u.refuse(s.Pos(), "yield in a go statement; call it in the body")
		return
	}
	if r.refusePassed(s.Call, "go") {
		return
	}
	if lit, ok := ast.Unparen(s.Call.Fun).(*ast.FuncLit); ok {
		r.walk(lit.Body, inGoroutine)
	} else {
		r.walk(s.Call.Fun, where)
	}
	for _, arg := range s.Call.Args {
		if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
			r.walk(lit.Body, inGoroutine)
		} else {
			r.walk(arg, where)
		}
	}
}

// call resolves one call, and reports whether to look into it.
func (r *resolver) call(expr *ast.CallExpr, where site) bool {
	if kind, count := r.forms.awaitKind(r.info, expr); kind {
		if r.fn.makes() && where == inBody {
			r.u.refuse(expr.Pos(), "%s in %s, which only makes an async function; await in the function that it returns, or let it return an error, too", show(expr.Fun), r.fn.name())
			return false
		}
		if where != inBody {
			r.u.refuse(expr.Pos(), "%s in an ordinary closure, whose calls are not awaited; write rt.Await(f(x)) where the closure is called, or give it to a function that does", show(expr.Fun))
			return false
		}
		c := r.await(expr, count)
		if c == nil {
			return false
		}
		r.add(c)
		return true
	}
	if isYield(r.info, r.fn, expr) {
		r.yields[ast.Unparen(expr.Fun).(*ast.Ident)] = true
		if where != inBody {
			r.u.refuse(expr.Pos(), "yield in a closure; call it in the %s itself", r.fn.yields)
			return false
		}
		r.add(&call{kind: callYield, expr: expr})
		return true
	}
	if id := r.passed(expr); id != nil && r.fn.yields == yieldsBool {
		r.yields[id] = true
		r.passYield(expr, id, where)
		return true
	}
	fn, sel := calleeOf(r.info, expr)
	if fn != nil && r.forms.isBlocking(fn) {
		r.blocking(expr, where)
		return false
	}
	if r.awaited[expr] {
		return true
	}
	if fn == nil {
		if v := variableNamed(r.info, expr.Fun); where != inGoroutine && r.u.slots.has(v) && !r.isLocal(v) {
			r.refuseBlocking(expr, where, r.forms.awaitName(asyncSignature(v.Type())))
		}
		return true
	}
	if r.forms.isEach(fn) && r.fn.calls[expr] == nil && where != inGoroutine {
		r.u.refuse(expr.Pos(), "rt.Each that no loop ranges over; write for v, err := range rt.Each(…) in the async function itself")
		return false
	}
	if form := r.forms.inFiber(fn, sel); form != nil {
		switch {
		case where == inBody:
			c := &call{kind: callInFiber, expr: expr}
			r.fillSlots(c, expr, fn, form)
			r.add(c)
		case len(form.slots) > 0:
			r.u.refuse(expr.Pos(), "%s in an ordinary closure, which does not know its task; call it in the async function itself, or use rt.SpawnOn", show(expr.Fun))
			return false
		}
		return true
	}
	if form, _ := r.forms.of(fn, sel); form != nil && !form.iter && where != inGoroutine { // an iterator runs what it is given
		r.refuseBlocking(expr, where, r.forms.awaitName(fn.Signature()))
	}
	return true
}

// refuseBlocking refuses a call of a plain form that has an async one. The
// goroutine that it would block is the loop's.
func (r *resolver) refuseBlocking(expr *ast.CallExpr, where site, await string) {
	name := show(expr.Fun)
	if where == inClosure {
		r.u.refuse(expr.Pos(), "call of %s in an ordinary closure, which blocks the loop; call it in the async function itself with %s(%s(…)), or give rt.Blocking a function that calls it", name, await, name)
		return
	}
	r.u.refuse(expr.Pos(), "call of %s without %s, which blocks the loop; write %s(%s(…)), or give rt.Blocking a function that calls it", name, await, await, name)
}

// blocking looks into a call of rt.Blocking: its literal may block.
func (r *resolver) blocking(expr *ast.CallExpr, where site) {
	for _, arg := range expr.Args {
		if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
			r.checkBlocking(lit)
			r.walk(lit.Body, inGoroutine)
		} else {
			for _, lit := range r.literalsIn(arg) {
				r.checkBlocking(lit)
			}
			r.walk(arg, where)
		}
	}
	if !r.awaited[expr] && where != inGoroutine {
		fn, _ := calleeOf(r.info, expr)
		name, await := show(expr.Fun), r.forms.awaitName(fn.Signature())
		r.u.refuse(expr.Pos(), "call of %s without %s, which blocks the loop; write %s(%s(…)) in the async function itself", name, await, await, name)
	}
}

func (r *resolver) add(c *call) {
	r.fn.calls[c.expr] = c
	if c.kind == callAwait || c.kind == callYield || c.kind == callEach {
		r.fn.order = append(r.fn.order, c)
	}
}

// await resolves rt.Await…(target), or refuses it and returns nil.
func (r *resolver) await(expr *ast.CallExpr, count int) *call {
	c := &call{kind: callAwait, expr: expr, count: count}
	if len(expr.Args) != 1 {
		r.u.refuse(expr.Pos(), "%s of results that are already there; give it the call itself: rt.Await(f(x))", show(expr.Fun))
		return nil
	}
	target, ok := ast.Unparen(expr.Args[0]).(*ast.CallExpr)
	if !ok || r.info.Types[target.Fun].IsType() || r.info.Types[target.Fun].IsBuiltin() {
		r.u.refuse(expr.Pos(), "%s of %s, which is no call; give it a call: rt.Await(f(x))", show(expr.Fun), show(expr.Args[0]))
		return nil
	}
	if !types.Identical(r.info.TypeOf(expr), r.info.TypeOf(target)) && !sameTuple(r.info.TypeOf(expr), r.info.TypeOf(target)) {
		r.u.refuse(expr.Pos(), "%s that converts the results of %s; leave its type arguments out and convert the results after it", show(expr.Fun), show(target.Fun))
		return nil
	}
	c.target = target
	r.awaited[target] = true
	fn, sel := calleeOf(r.info, target)
	if fn == nil {
		return r.awaitValue(c)
	}
	form, why := r.forms.of(fn, sel)
	if form == nil {
		r.u.refuse(expr.Pos(), "%s of %s, %s", show(expr.Fun), show(target.Fun), why.or("call it without "+show(expr.Fun)))
		return nil
	}
	c.callee = callee{fn: fn.Origin(), sel: sel}
	switch op := r.forms.operation(fn, sel, form); {
	case r.u.funcs[fn.Origin()] != nil:
		c.callee.local = r.u.funcs[fn.Origin()]
	case op != nil:
		c.callee.op = op
	default:
		c.callee.form = form.obj
	}
	if form.yield >= 0 && !r.delegate(c, form) {
		return nil
	}
	r.fillSlots(c, target, fn, form)
	return c
}
