package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A bodyChecker refuses awaits and yields where this version cannot compile
// them. It goes only where there is one: a statement without is copied, and
// everything that Go has may stand in it.
type bodyChecker struct {
	u      *unit
	fn     *function
	info   *types.Info
	labels map[types.Object]bool // of statements in lists that are flattened
}

func (c *bodyChecker) check() {
	body := c.fn.decl.Body
	if c.await(body) == nil {
		return
	}
	c.list(body.List)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			if n.Tok == token.GOTO && c.labels[c.info.Uses[n.Label]] {
				c.u.refuse(n.Pos(), "goto %s, whose label stands among statements that await; use a labelled for with break or continue", n.Label.Name)
			}
		}
		return true
	})
}

// await returns the first await or yield in n, or nil.
func (c *bodyChecker) await(n ast.Node) *call {
	for _, call := range c.fn.order {
		if n.Pos() <= call.expr.Pos() && call.expr.End() <= n.End() {
			return call
		}
	}
	return nil
}

// refuse refuses the first await in n because of where it stands.
func (c *bodyChecker) refuse(n ast.Node, where string) {
	call := c.await(n)
	c.u.refuse(call.expr.Pos(), "%s in %s is not compiled yet; assign its results to variables before", show(call.expr.Fun), where)
}

// not refuses an await in n, which may be missing.
func (c *bodyChecker) not(n ast.Node, where string) {
	if n != nil && c.await(n) != nil {
		c.refuse(n, where)
	}
}

// list checks a list of statements that is flattened.
func (c *bodyChecker) list(stmts []ast.Stmt) {
	for _, s := range stmts {
		for l, ok := s.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
			c.labels[c.info.Defs[l.Label]] = true
		}
		if c.await(s) != nil {
			c.stmt(s)
		}
	}
}

// stmt checks a statement that contains an await.
func (c *bodyChecker) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		c.list(s.List)
	case *ast.LabeledStmt:
		c.stmt(s.Stmt)
	case *ast.IfStmt:
		c.ifStmt(s)
	case *ast.ForStmt:
		c.simple(s.Init)
		if s.Cond != nil {
			c.not(s.Cond, "the condition of a for")
		}
		c.simple(s.Post)
		c.list(s.Body.List)
	case *ast.RangeStmt:
		c.rangeStmt(s)
	case *ast.SwitchStmt:
		c.simple(s.Init)
		if s.Tag != nil {
			c.not(s.Tag, "the tag of a switch")
		}
		for _, clause := range s.Body.List {
			clause := clause.(*ast.CaseClause)
			for _, e := range clause.List {
				c.not(e, "a case expression")
			}
			c.list(clause.Body)
		}
	case *ast.TypeSwitchStmt:
		c.whole(s, "a type switch", "assign the value to a variable of each type with x, ok := v.(T), and use if")
	case *ast.SelectStmt:
		c.whole(s, "a select statement", "let the clauses set variables, and await after it")
	case *ast.GoStmt:
		c.refuse(s, "the arguments of a go statement")
	case *ast.DeferStmt:
		c.refuse(s, "the arguments of a deferred call")
	default:
		c.simple(s)
	}
}

// whole refuses a statement for what is anywhere in it.
func (c *bodyChecker) whole(s ast.Stmt, what, instead string) {
	call := c.await(s)
	c.u.refuse(call.expr.Pos(), "%s in %s is not compiled yet; %s", show(call.expr.Fun), what, instead)
}

func (c *bodyChecker) ifStmt(s *ast.IfStmt) {
	c.simple(s.Init)
	c.not(s.Cond, "the condition of an if")
	c.list(s.Body.List)
	switch e := s.Else.(type) {
	case *ast.BlockStmt:
		c.list(e.List)
	case *ast.IfStmt:
		c.ifStmt(e)
	}
}

// rangeStmt checks what is ranged over when the body awaits.
func (c *bodyChecker) rangeStmt(s *ast.RangeStmt) {
	c.not(s.X, "the operand of range")
	if s.Key != nil {
		c.not(s.Key, "a range clause")
	}
	if s.Value != nil {
		c.not(s.Value, "a range clause")
	}
	if c.await(s.Body) == nil {
		return
	}
	t := c.info.TypeOf(s.X)
	what, instead := "", "range over a slice of it, or use a for with an index"
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&(types.IsInteger|types.IsString) == 0 {
			what = "a value of type " + c.fn.typeString(t)
		}
	case *types.Slice:
	case *types.Array, *types.Pointer:
		what = "an array"
	case *types.Map:
		what, instead = "a map", "collect its keys in a slice and range over that"
	case *types.Chan:
		what, instead = "a channel", "receive in rt.Blocking, or use a future"
	case *types.Signature:
		what, instead = "a function", "collect its values in a slice and range over that"
	case *types.Interface:
		what = "a value of a type parameter"
	default:
		what = "a value of type " + c.fn.typeString(t)
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		what, instead = "a value of a type parameter", "use a for with an index"
	}
	if what != "" {
		c.u.refuse(s.For, "range over %s with an await in its body is not compiled yet; %s", what, instead)
		return
	}
	c.list(s.Body.List)
}

// simple checks a statement that contains no other, or nil. In it an await
// is an operand of its own or an argument.
func (c *bodyChecker) simple(s ast.Stmt) {
	if s == nil || c.await(s) == nil {
		return
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		c.operand(s.X)
	case *ast.ReturnStmt:
		c.operands(s.Results)
	case *ast.AssignStmt:
		for _, e := range s.Lhs {
			c.not(e, "the left side of an assignment")
		}
		if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
			c.not(s.Rhs[0], "an assignment with "+s.Tok.String())
			return
		}
		c.operands(s.Rhs)
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				c.operands(v.Values)
			} else {
				c.not(spec, "a declaration")
			}
		}
	case *ast.SendStmt:
		c.refuse(s, "a send statement")
	case *ast.IncDecStmt:
		c.refuse(s, "the operand of "+s.Tok.String())
	default:
		c.refuse(s, "this statement")
	}
}

func (c *bodyChecker) operands(list []ast.Expr) {
	for _, e := range list {
		c.operand(e)
	}
}

// operand checks an expression that is evaluated by itself: an await may be
// all of it, or an argument of the call that it is.
func (c *bodyChecker) operand(e ast.Expr) {
	e = ast.Unparen(e)
	if c.await(e) == nil {
		return
	}
	expr, ok := e.(*ast.CallExpr)
	if !ok {
		c.refuse(e, c.kind(e))
		return
	}
	if call := c.fn.calls[expr]; call != nil && call.kind == callAwait {
		expr = call.target
	}
	if c.info.Types[expr.Fun].IsType() {
		c.refuse(expr, "a conversion")
		return
	}
	c.not(expr.Fun, "the operand of a call")
	c.operands(expr.Args)
}

// kind names an expression in which an await is one part of several.
func (c *bodyChecker) kind(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return "an operand of " + e.Op.String()
	case *ast.UnaryExpr:
		return "the operand of " + e.Op.String()
	case *ast.StarExpr:
		return "the operand of *"
	case *ast.IndexExpr, *ast.IndexListExpr:
		return "an index expression"
	case *ast.SliceExpr:
		return "a slice expression"
	case *ast.SelectorExpr:
		return "the operand of a selector"
	case *ast.TypeAssertExpr:
		return "the operand of a type assertion"
	case *ast.CompositeLit:
		return "a composite literal"
	}
	return "this expression"
}
