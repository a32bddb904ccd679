package transform

import (
	"go/ast"
	"go/types"
)

// Whether a generator is an async one decides what its async form returns, so
// the stub has to say it before anything is type-checked. It is one if it
// awaits, in its body or in a deferred literal: a call that does not get its
// yield, an async generator that does, or the values of rt.Each. The first is guessed from the text;
// where the types say that the guess was wrong, the package is type-checked
// again with better stubs.

// guessAwaits guesses from the text whether a generator is an async one.
func (m *mark) guessAwaits() {
	if field, _ := m.yieldParam(); field == nil {
		return
	}
	eachOwn(m.decl.Body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		_, await := awaitNames[sel.Sel.Name]
		target, isCall := call.Args[0].(*ast.CallExpr)
		if await && isCall && !mentionsYield(target) {
			m.awaits = true
		}
	})
}

func mentionsYield(target *ast.CallExpr) bool {
	for _, a := range target.Args {
		if id, ok := ast.Unparen(a).(*ast.Ident); ok && id.Name == "yield" {
			return true
		}
	}
	return false
}

// eachOwn visits the nodes of a body but for those of literals that are no
// deferred ones.
func eachOwn(body *ast.BlockStmt, visit func(ast.Node)) {
	if body == nil {
		return
	}
	deferred := make(map[ast.Node]bool)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			deferred[ast.Unparen(n.Call.Fun)] = true
		case *ast.FuncLit:
			return deferred[n]
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}

// reviseMarks finds out, with the types, which generators are async ones. It
// reports whether there are more than was guessed: then the stubs were wrong.
func (c *checker) reviseMarks(in *input, info *types.Info) (more bool) {
	var fs *forms
	for _, f := range in.files {
		for i := range f.marks {
			m := &f.marks[i]
			if field, kind := m.yieldParam(); kind == yieldsSent {
				if fs == nil {
					fs = c.formsFor(nil)
				}
				if fs.awaits(info, m, info.Defs[field.Names[0]]) {
					m.awaits, more = true, true
				}
			}
		}
	}
	return more
}

// awaits reports whether a generator with this yield awaits.
func (fs *forms) awaits(info *types.Info, m *mark, yield types.Object) (found bool) {
	eachOwn(m.decl.Body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return
		}
		if callee, _ := calleeOf(info, call); callee != nil && fs.isEach(callee) {
			found = true
			return
		}
		if kind, _ := fs.awaitKind(info, call); !kind {
			return
		}
		target, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr)
		v, _ := yield.(*types.Var)
		if !ok || argument(info, target, v) == nil {
			found = true
			return
		}
		fn, sel := calleeOf(info, target)
		if fn == nil {
			return
		}
		form, _ := fs.counterpart(fn, sel, fs.name(fn))
		found = found || form != nil && form.Signature().Results().Len() == 1 &&
			fs.typeArgs(form.Signature().Results().At(0).Type(), "AsyncGenerator") != nil
	})
	return found
}
