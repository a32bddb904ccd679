package transform

import (
	"go/ast"
	"go/types"
)

// checkPairs refuses ordinary code that sets a function and not its async
// form: only in async functions one is put in for the other, and these would
// find none.
func checkPairs(u *unit) {
	c := &pairChecker{u: u, info: u.pkg.TypesInfo}
	for _, file := range u.pkg.Syntax {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && isMarked(u, fn) {
				continue
			}
			c.decl = decl
			ast.Inspect(decl, c.visit)
		}
	}
}

type pairChecker struct {
	u    *unit
	info *types.Info
	decl ast.Decl // that is looked at
}

func (c *pairChecker) visit(n ast.Node) bool {
	if lit, ok := n.(*ast.CompositeLit); ok {
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if partner := c.u.partnerOf(kv.Key, lit); partner != nil && !keyed(c.info, lit, partner) {
					c.given(kv.Key, kv.Value, partner)
				}
			}
		}
	}
	eachGiven(n, func(to, value ast.Expr) { c.given(to, value, c.u.partnerOf(to, nil)) })
	return true
}

// given refuses value for what e names if its async form, partner, is set
// nowhere.
func (c *pairChecker) given(e, value ast.Expr, partner *types.Var) {
	if partner == nil || c.info.Types[value].IsNil() || c.sets(partner) {
		return
	}
	c.u.refuse(e.Pos(), "%s without %[1]sAsync, which is what async functions await; set both, and %[1]sAsync to nil if no async function is to get there", show(e))
}

// sets reports whether something gives v a value: the declaration that is
// looked at, if v is a field, else anything in the package.
func (c *pairChecker) sets(v *types.Var) (found bool) {
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || gives(c.info, n.Lhs, v)
		case *ast.ValueSpec:
			for _, id := range n.Names {
				found = found || len(n.Values) > 0 && variableNamed(c.info, id) == v
			}
		}
		return !found
	}
	if v.IsField() {
		ast.Inspect(c.decl, visit)
		return found
	}
	for _, file := range c.u.pkg.Syntax {
		ast.Inspect(file, visit)
	}
	return found
}
