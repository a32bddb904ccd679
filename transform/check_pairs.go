package transform

import (
	"go/ast"
	"go/types"
)

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

// checkPairs refuses ordinary code that sets a function and not its async
// form: only in async functions one is put in for the other, and these would
// find none.
func checkPairs(u *unit) {
	c := &pairChecker{u: u, info: u.pkg.TypesInfo, variables: make(map[*types.Var]bool)}
	for _, file := range u.pkg.Syntax {
		ast.Inspect(file, c.sets(c.variables))
	}
	for _, file := range u.pkg.Syntax {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && isMarked(u, fn) {
				continue
			}
			c.set = make(map[*types.Var]bool)
			ast.Inspect(decl, c.sets(c.set))
			ast.Inspect(decl, c.visit)
		}
	}
}

type pairChecker struct {
	u         *unit
	info      *types.Info
	variables map[*types.Var]bool // what the package gives a value
	set       map[*types.Var]bool // what the declaration that is looked at does
}

// sets notes what is given a value, but for keys of literals.
func (c *pairChecker) sets(to map[*types.Var]bool) func(ast.Node) bool {
	return func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				to[variableNamed(c.info, e)] = true
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				if len(n.Values) > 0 {
					to[variableNamed(c.info, id)] = true
				}
			}
		}
		return true
	}
}

func (c *pairChecker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if partner := c.u.partnerOf(kv.Key, n); partner != nil && !keyed(c.info, n, partner) {
					c.given(kv.Key, kv.Value, partner)
				}
			}
		}
	case *ast.AssignStmt:
		for i, e := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) {
				c.given(e, n.Rhs[i], c.u.partnerOf(e, nil))
			}
		}
	case *ast.ValueSpec:
		for i, id := range n.Names {
			if len(n.Names) == len(n.Values) {
				c.given(id, n.Values[i], c.u.partnerOf(id, nil))
			}
		}
	}
	return true
}

// given refuses value for what e names if its async form is set nowhere.
func (c *pairChecker) given(e, value ast.Expr, partner *types.Var) {
	if partner == nil || c.set[partner] || !partner.IsField() && c.variables[partner] || c.info.Types[value].IsNil() {
		return
	}
	c.u.refuse(e.Pos(), "%s without %[1]sAsync, which is what async functions await; set both, and %[1]sAsync to nil if no async function is to get there", show(e))
}
