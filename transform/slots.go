package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A slot variable is a parameter, variable or field that holds an async
// function: in the generated form its type is func(A…) rt.Awaitable[R]. It is
// one if an async function awaits a call of it, if a function that makes async
// functions returns it, or if it and such a variable are given to each other;
// and one that has its async form beside it (partnerOf), if an async function
// gives it a value and none to that, or compares it with nil.

// slotVars are the slot variables of a package, by their generic origins.
type slotVars map[*types.Var]bool

func (s slotVars) has(v *types.Var) bool { return v != nil && s[v.Origin()] }

// findSlots finds the slot variables that the async functions of u use.
func findSlots(u *unit, forms *forms) slotVars {
	f := &slotFinder{u: u, info: u.pkg.TypesInfo, forms: forms, slots: slotVars{}}
	for {
		before := len(f.slots)
		for _, src := range u.sources {
			for _, fn := range src.funcs {
				if fn.decl.Body == nil {
					continue
				}
				f.fn = fn
				if fn.makes() {
					f.add(fn.sig.Results().At(0)) // if it has a name
					ast.Inspect(fn.decl.Body, f.returned)
				}
				ast.Inspect(fn.decl, f.visit)
			}
		}
		if len(f.slots) == before {
			return f.slots
		}
	}
}

type slotFinder struct {
	u     *unit
	info  *types.Info
	forms *forms
	slots slotVars
	fn    *function
}

// visit looks at one node for what makes a variable a slot.
func (f *slotFinder) visit(n ast.Node) bool {
	eachGiven(n, f.same)
	switch n := n.(type) {
	case *ast.CallExpr:
		f.call(n)
	case *ast.AssignStmt:
		for _, lhs := range n.Lhs {
			if partner := f.u.partnerOf(lhs, nil); partner != nil && !gives(f.info, n.Lhs, partner) {
				f.add(f.variable(lhs))
			}
		}
	case *ast.BinaryExpr:
		for _, sides := range [][2]ast.Expr{{n.X, n.Y}, {n.Y, n.X}} {
			if f.info.Types[sides[1]].IsNil() && f.u.partnerOf(sides[0], nil) != nil {
				f.add(f.variable(sides[0]))
			}
		}
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				f.same(kv.Key, kv.Value)
				if partner := f.u.partnerOf(kv.Key, n); partner != nil && !keyed(f.info, n, partner) {
					f.add(f.variable(kv.Key))
				}
			}
		}
	}
	return true
}

// returned looks for variables that a function which makes async functions
// returns.
func (f *slotFinder) returned(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit: // it returns something else
		return false
	case *ast.ReturnStmt:
		if len(n.Results) == 1 {
			f.add(f.variable(n.Results[0]))
		}
	}
	return true
}

// call looks at an await of a variable, and at variables given to slots.
func (f *slotFinder) call(n *ast.CallExpr) {
	if kind, _ := f.forms.awaitKind(f.info, n); kind && len(n.Args) == 1 {
		if target, ok := ast.Unparen(n.Args[0]).(*ast.CallExpr); ok {
			f.add(f.variable(target.Fun))
		}
		return
	}
	fn, sel := calleeOf(f.info, n)
	if fn == nil {
		return
	}
	var slots map[int]bool
	if form := f.forms.inFiber(fn, sel); form != nil {
		slots = form.slots
	} else if form, _ := f.forms.of(fn, sel); form != nil {
		slots = form.slots
	}
	params := fn.Origin().Signature().Params()
	for i, arg := range n.Args {
		i = min(i, params.Len()-1)
		if i >= 0 && (slots[i] || f.slots[params.At(i)]) {
			f.add(f.variable(arg))
		}
	}
}

// same notes that two expressions hold the same function.
func (f *slotFinder) same(a, b ast.Expr) {
	x, y := f.variable(a), f.variable(b)
	switch {
	case x != nil && f.slots[x]:
		f.add(y)
	case y != nil && f.slots[y]:
		f.add(x)
	}
}

// variable is the variable or field that an expression names, if it can hold
// an async function.
func (f *slotFinder) variable(e ast.Expr) *types.Var {
	v := variableNamed(f.info, e)
	if v == nil || v == f.fn.yield || asyncSignature(v.Type()) == nil {
		return nil
	}
	return v
}

func (f *slotFinder) add(v *types.Var) {
	if v != nil {
		f.slots[v] = true
	}
}

// variableNamed is the variable or field that an expression names, by its
// generic origin, or nil.
func variableNamed(info *types.Info, e ast.Expr) *types.Var {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil
	}
	obj := info.Uses[id]
	if obj == nil {
		obj = info.Defs[id]
	}
	if v, ok := obj.(*types.Var); ok {
		return v.Origin()
	}
	return nil
}

// asyncSignature is the signature of t if it is a function that can have an
// async form, else nil.
func asyncSignature(t types.Type) *types.Signature {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	if _, ok := splitResults(sig); !ok {
		return nil
	}
	return sig
}

// slotType is the type of a slot variable in the generated form:
// func(A…) rt.Awaitable[R].
func (u *unit) slotType(t types.Type) types.Type {
	sig := asyncSignature(t)
	results, _ := splitResults(sig)
	result := types.NewVar(token.NoPos, nil, "", u.rtType("Awaitable", u.valueOf(results)))
	return types.NewSignatureType(nil, nil, nil, sig.Params(), types.NewTuple(result), sig.Variadic())
}

// isLocal reports whether v is a parameter or a variable of a function.
func (r *resolver) isLocal(v *types.Var) bool { return !v.IsField() && v.Parent() != v.Pkg().Scope() }

// counterpartOf names the field or variable that stands beside v for its async
// form: a field's or a package variable's has a name of its own, which the
// package declares; missing says what to declare if it is not there.
func (r *resolver) counterpartOf(v *types.Var, e ast.Expr) (name, missing string) {
	if r.isLocal(v) {
		return "", ""
	}
	name = v.Name() + "Async"
	if _, isKey := ast.Unparen(e).(*ast.Ident); isKey && v.IsField() || r.u.partnerOf(e, nil) != nil {
		return name, ""
	}
	declare := name + " " + r.forms.typeString(r.u.slotType(v.Type()))
	if v.IsField() {
		return "", "add a field " + declare + " beside it"
	}
	return "", "declare var " + declare + " beside it"
}

// partnerOf is the variable for the async form of what e names, if that is a
// field or a package's variable that has one beside it: the same name with
// Async, of type func(A…) rt.Awaitable[R]. It stands in the literal in, if e is
// a key of one.
func (u *unit) partnerOf(e ast.Expr, in *ast.CompositeLit) *types.Var {
	info := u.pkg.TypesInfo
	v := variableNamed(info, e)
	if v == nil || v.Pkg() == nil || asyncSignature(v.Type()) == nil {
		return nil
	}
	var found types.Object
	name := v.Name() + "Async"
	sel, isSelector := ast.Unparen(e).(*ast.SelectorExpr)
	switch {
	case !v.IsField():
		if v.Parent() == v.Pkg().Scope() {
			found = v.Parent().Lookup(name)
		}
	case in != nil:
		var index []int
		if found, index, _ = types.LookupFieldOrMethod(info.TypeOf(in), true, v.Pkg(), name); len(index) != 1 {
			return nil
		}
	case isSelector:
		found, _, _ = types.LookupFieldOrMethod(info.TypeOf(sel.X), true, v.Pkg(), name)
	}
	partner, ok := found.(*types.Var)
	if !ok || !types.Identical(partner.Type(), u.slotType(info.TypeOf(e))) {
		return nil
	}
	return partner.Origin()
}

// keyed reports whether a literal has a value for a field.
func keyed(info *types.Info, lit *ast.CompositeLit, field *types.Var) bool {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && variableNamed(info, kv.Key) == field {
			return true
		}
	}
	return false
}

// gives reports whether one of the left sides of an assignment is v.
func gives(info *types.Info, to []ast.Expr, v *types.Var) bool {
	for _, e := range to {
		if variableNamed(info, e) == v {
			return true
		}
	}
	return false
}

// eachGiven calls give with all that a statement or a declaration gives a value
// of its own, and with that.
func eachGiven(n ast.Node, give func(to, value ast.Expr)) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) {
				give(to, n.Rhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, to := range n.Names {
			if len(n.Names) == len(n.Values) {
				give(to, n.Values[i])
			}
		}
	}
}
