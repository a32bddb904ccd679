package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// findYield takes over what the mark says of the function's yield.
func (fn *function) findYield(m *mark) {
	info := fn.src.unit.pkg.TypesInfo
	var field *ast.Field
	if field, fn.yields = m.yieldParam(); field == nil {
		if fn.seq = m.seqLit(); fn.seq == nil {
			return
		}
		field, fn.yields = fn.seq.Type.Params.List[0], yieldsBool
	}
	fn.yield, _ = info.Defs[field.Names[0]].(*types.Var)
}

// returns are the results of the function's body.
func (fn *function) returns() *types.Tuple {
	if fn.seq != nil {
		return nil
	}
	return fn.sig.Results()
}

// yielded is the type of what the function hands out at once.
func (fn *function) yielded() types.Type {
	params := fn.yield.Type().Underlying().(*types.Signature).Params()
	return fn.src.unit.together(typeList(params))
}

// together is the one type that stands for up to two values of an iterator.
func (u *unit) together(values []types.Type) types.Type {
	switch len(values) {
	case 0:
		return types.NewStruct(nil, nil)
	case 1:
		return values[0]
	}
	return u.rtType("Pair", values...)
}

// iterValues are the values of an iterator's yield, func(…) bool; ok is false
// if t is another type.
func iterValues(t types.Type) (values []types.Type, ok bool) {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Variadic() || sig.Params().Len() > 2 || sig.Results().Len() != 1 || !types.Identical(sig.Results().At(0).Type(), types.Typ[types.Bool]) {
		return nil, false
	}
	return typeList(sig.Params()), true
}

// generatorArgs returns the type arguments of a generator or an async one.
func (fs *forms) generatorArgs(t types.Type) []types.Type {
	if args := fs.typeArgs(t, "Generator"); args != nil {
		return args
	}
	return fs.typeArgs(t, "AsyncGenerator")
}

// iterForm takes result, of the async form of plain, for that of an iterator.
// It reports false if it is none.
func (fs *forms) iterForm(f *form, plain *types.Signature, result types.Type) bool {
	args := fs.typeArgs(result, "Iter")
	if args == nil {
		args = fs.typeArgs(result, "Iter2")
	}
	if args == nil {
		return false
	}
	matches := func(yield types.Type) bool {
		values, ok := iterValues(yield)
		if ok && len(values) == 0 {
			values = []types.Type{types.NewStruct(nil, nil)}
		}
		return ok && slices.EqualFunc(values, args, types.Identical)
	}
	for i := range plain.Params().Len() {
		if v := plain.Params().At(i); v.Name() == "yield" && matches(v.Type()) {
			f.iter, f.yield = true, i
			return true
		}
	}
	if plain.Results().Len() == 1 && isIterator(plain.Results().At(0).Type()) {
		seq := plain.Results().At(0).Type().Underlying().(*types.Signature)
		f.iter = matches(seq.Params().At(0).Type())
	}
	return f.iter
}

// delegate takes the await of a generator's call for yield from.
func (r *resolver) delegate(c *call, form *form) bool {
	if id := r.passed(c.target); id != nil && form.yield < len(c.target.Args) && ast.Unparen(c.target.Args[form.yield]) == ast.Expr(id) {
		r.yields[id] = true
		c.yield = r.fn.yield
		return true
	}
	r.u.refuse(c.expr.Pos(), "%s of the generator %s without this function's own yield; pass the parameter yield on, or drive %s by hand",
		show(c.expr.Fun), show(c.target.Fun), form.obj.Name())
	return false
}

// passed returns this function's yield among the arguments of a call, or nil.
func (r *resolver) passed(expr *ast.CallExpr) *ast.Ident {
	return argument(r.info, expr, r.fn.yield)
}

// argument returns the argument of a call that is the variable v, or nil.
func argument(info *types.Info, expr *ast.CallExpr, v *types.Var) *ast.Ident {
	for _, a := range expr.Args {
		if id, ok := ast.Unparen(a).(*ast.Ident); ok && v != nil && info.Uses[id] == v {
			return id
		}
	}
	return nil
}

// refusePassed refuses a call that passes an iterator's yield on in a defer
// or go statement.
func (r *resolver) refusePassed(expr *ast.CallExpr, stmt string) bool {
	id := r.passed(expr)
	if id == nil || r.fn.yields != yieldsBool {
		return false
	}
	r.yields[id] = true
	r.u.refuse(expr.Pos(), "yield passed on in a %s statement, where the iterator cannot suspend; call %s in the body", stmt, show(expr.Fun))
	return true
}

// passYield resolves a call that passes an iterator's yield on: g(x, yield),
// or g(x)(yield) of one that returns an iterator.
func (r *resolver) passYield(expr *ast.CallExpr, id *ast.Ident, where site) {
	if where != inBody {
		r.u.refuse(expr.Pos(), "yield passed on in a closure; call %s in the iterator itself", show(expr.Fun))
		return
	}
	c := &call{kind: callAwait, expr: expr, count: 1, yield: r.fn.yield}
	if form := r.iterator(c, expr); form == nil || c.target == expr && ast.Unparen(expr.Args[form.yield]) != ast.Expr(id) {
		r.u.refuse(expr.Pos(), "yield passed to %s, which is no marked iterator of its values; mark it with //async, or range over it: for v := range … { if !yield(v) { return } }", show(expr.Fun))
		return
	}
	r.add(c)
}

// iterator finds the marked iterator that expr calls with a yield, or nil.
func (r *resolver) iterator(c *call, expr *ast.CallExpr) *form {
	c.target = expr
	fn, sel := calleeOf(r.info, expr)
	returned := fn == nil
	if inner, ok := ast.Unparen(expr.Fun).(*ast.CallExpr); returned && ok { // g(x)(yield)
		c.target = inner
		fn, sel = calleeOf(r.info, inner)
	}
	if fn == nil {
		return nil
	}
	form, _ := r.forms.of(fn, sel)
	if form == nil || !form.iter || returned != (form.yield < 0) {
		return nil
	}
	r.calls(c, fn, sel, form)
	r.fillSlots(c, c.target, fn, form)
	return form
}

// calls notes that c calls the iterator fn.
func (r *resolver) calls(c *call, fn *types.Func, sel *types.Selection, form *form) {
	c.callee = callee{fn: fn.Origin(), sel: sel, iter: true, local: r.u.funcs[fn.Origin()]}
	if c.callee.local == nil {
		c.callee.form = form.obj
	}
}

// findRanges finds the loops of a function that await or yield in each
// iteration and range over a marked iterator: it is pulled by its coroutine.
func (r *resolver) findRanges(fn *function) {
	fn.ranges = make(map[ast.Expr]*call)
	ast.Inspect(fn.body(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.RangeStmt:
			if fn.suspendsIn(n.Body) || n.Tok == token.ASSIGN && (fn.suspendsIn(n.Key) || n.Value != nil && fn.suspendsIn(n.Value)) {
				if c := r.ranged(ast.Unparen(n.X)); c != nil {
					fn.ranges[n.X] = c
				}
			}
		}
		return true
	})
}

// ranged takes what a loop ranges over for a marked iterator: the call of a
// function that returns one, the name of one without parameters of its own,
// or a literal that only calls one with its own yield.
func (r *resolver) ranged(x ast.Expr) *call {
	c := &call{kind: callIter}
	switch x := x.(type) {
	case *ast.CallExpr:
		fn, sel := calleeOf(r.info, x)
		if fn == nil {
			return nil
		}
		if form, _ := r.forms.of(fn, sel); form != nil && form.iter && form.yield < 0 {
			c.target = x
			r.calls(c, fn, sel, form)
			r.fillSlots(c, x, fn, form)
			return c
		}
	case *ast.FuncLit:
		if len(x.Body.List) != 1 || len(x.Type.Params.List) != 1 || len(x.Type.Params.List[0].Names) != 1 {
			return nil
		}
		s, isExpr := x.Body.List[0].(*ast.ExprStmt)
		yield, _ := r.info.Defs[x.Type.Params.List[0].Names[0]].(*types.Var)
		if !isExpr {
			return nil
		}
		expr, isCall := ast.Unparen(s.X).(*ast.CallExpr)
		if !isCall || argument(r.info, expr, yield) == nil {
			return nil
		}
		if c.yield = yield; r.iterator(c, expr) != nil {
			return c
		}
	default:
		fn, sel := functionNamed(r.info, x)
		if fn == nil {
			return nil
		}
		if form, _ := r.forms.of(fn, sel); form != nil && form.iter && form.yield >= 0 && fn.Signature().Params().Len() == 1 {
			c.named = x
			r.calls(c, fn, sel, form)
			return c
		}
	}
	return nil
}

// checkYields refuses every use of yield but calls and generators and
// iterators that get it, and awaits where they cannot be.
func (r *resolver) checkYields() {
	fn := r.fn
	if fn.yields == yieldsNot {
		return
	}
	ast.Inspect(fn.body(), func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && fn.yield != nil && r.info.Uses[id] == fn.yield && !r.yields[id] {
			if fn.yields == yieldsBool {
				r.u.refuse(id.Pos(), "yield used as a value; call it, or pass it on to a marked iterator: g(yield)")
			} else {
				r.u.refuse(id.Pos(), "yield used as a value; call it, or pass it on in rt.Await(g(yield))")
			}
		}
		return true
	})
	if fn.yields == yieldsBool {
		r.refuseAwaits()
	}
}

// refuseAwaits refuses awaits in an iterator.
func (r *resolver) refuseAwaits() {
	for _, f := range r.fn.all() {
		for _, c := range f.order {
			if c.kind == callEach || c.kind == callAwait && c.yield == nil {
				r.u.refuse(c.expr.Pos(), "%s in an iterator, which cannot be awaited; write yield rt.Yield[V, struct{}] and return an error", show(c.expr.Fun))
			}
		}
	}
}
