package transform

import (
	"go/ast"
	"go/types"
)

// check refuses what this version does not compile or what cannot be right,
// each with its position and what to write instead. Later passes may assume
// that nothing of the kind is left. What cannot be resolved was refused
// before (resolve.go); what a type forbids is refused by who knows where the
// variable lives (unit.refuse).
func check(u *unit, forms *forms) {
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			checkShape(u, fn)
			if fn.decl.Body != nil {
				for _, f := range fn.all() {
					checkBody(u, f, f.body())
				}
			}
		}
	}
	checkNames(u)
	checkHiding(u, forms)
	checkOutside(u, forms)
	checkPairs(u)
}

// checkShape refuses functions whose declaration cannot have an async form.
func checkShape(u *unit, fn *function) {
	name, pos := fn.decl.Name.Name, fn.decl.Name.Pos()
	if fn.decl.Body == nil {
		u.refuse(pos, "async function %s has no body; write it in Go", name)
	}
	switch {
	case fn.decl.Recv == nil && (name == "init" || name == "main" && u.pkg.Name == "main"):
		u.refuse(pos, "async function %s, which is not called but started by Go; mark another function and start that with rt.RunAsync", name)
		return
	case name == "_":
		u.refuse(pos, "async function without a name; give it one")
		return
	}
	if !checkYieldParam(u, fn) {
		return
	}
	results := fn.sig.Results()
	switch _, ok := splitResults(fn.sig); {
	case fn.yields == yieldsBool:
		checkIter(u, fn)
	case ok, fn.makes():
	case results.Len() == 1 && isIterator(results.At(0).Type()):
		u.refuse(pos, "async function %s returns an iterator, but does more than that; let its body be return func(yield func(V) bool) { … }, or take that yield as a parameter", name)
	case results.Len() > 0 && types.Identical(results.At(results.Len()-1).Type(), types.Universe.Lookup("error").Type()):
		u.refuse(pos, "async function %s returns %d results before the error, and an await carries three; return a struct", name, results.Len()-1)
	default:
		u.refuse(pos, "async function %s does not return an error as its last result; add one, since any await can be cancelled", name)
	}
}

// checkYieldParam refuses parameters named yield of another type than a
// generator's.
func checkYieldParam(u *unit, fn *function) bool {
	for v := range fn.sig.Params().Variables() {
		if v.Name() != "yield" {
			if alias, ok := v.Type().(*types.Alias); ok && v.Name() != "_" && v.Name() != "" && alias.Obj().Pkg() == u.rt && alias.Obj().Name() == "Yield" {
				u.refuse(v.Pos(), "%s of type rt.Yield, which makes a generator of a function only if it is called yield; rename it, or write its type as %s", v.Name(), fn.typeString(v.Type().Underlying()))
				return false
			}
			continue
		}
		sig, isFunc := v.Type().Underlying().(*types.Signature)
		switch {
		case v == fn.yield && (isYieldType(v.Type()) || fn.yields == yieldsBool):
		case isFunc && sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), types.Typ[types.Bool]):
			u.refuse(v.Pos(), "type of yield that hides an iterator's; write the parameter as yield func(V) bool or yield func(K, V) bool, on its own")
			return false
		case isYieldType(v.Type()):
			u.refuse(v.Pos(), "type of yield that hides func(Y) (S, error); write the parameter as yield rt.Yield[Y, S], on its own")
			return false
		case v == fn.yield:
			u.refuse(v.Pos(), "yield of type %s, which is no func(Y) (S, error); write the parameter as yield rt.Yield[Y, S], or rename it", fn.typeString(v.Type()))
			return false
		}
	}
	return true
}

// checkIter refuses an iterator whose results are not those of one.
func checkIter(u *unit, fn *function) {
	pos, name, results := fn.decl.Name.Pos(), fn.decl.Name.Name, fn.sig.Results()
	isBool := results.Len() == 1 && types.Identical(results.At(0).Type(), types.Typ[types.Bool])
	if _, ok := iterValues(fn.yield.Type()); !ok {
		u.refuse(fn.yield.Pos(), "yield of type %s, which is no func(V) bool and no func(K, V) bool; write one of these, or rename it", fn.typeString(fn.yield.Type()))
	}
	if fn.seq == nil && results.Len() > 0 && !isBool {
		u.refuse(pos, "iterator %s with results; return nothing or bool, or take yield rt.Yield[V, struct{}] and return an error", name)
	}
}

// isIterator reports whether t is func(func(…) bool), as iter.Seq is.
func isIterator(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && yield.Results().Len() == 1 && types.Identical(yield.Results().At(0).Type(), types.Typ[types.Bool])
}

// typeString returns a type as messages about fn name it.
func (fn *function) typeString(t types.Type) string {
	return (&forms{u: fn.src.unit}).typeString(t)
}

// checkOutside refuses awaits in code that is not async, and rt.Await that is
// not called, anywhere.
func checkOutside(u *unit, forms *forms) {
	for _, file := range u.pkg.Syntax {
		checkAwaitValues(u, file)
		for _, decl := range file.Decls {
			fn, isFunc := decl.(*ast.FuncDecl)
			if isFunc && isMarked(u, fn) {
				continue
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				expr, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if kind, _ := forms.awaitKind(u.pkg.TypesInfo, expr); !kind {
					return true
				}
				if isFunc {
					u.refuse(expr.Pos(), "%s outside an async function; mark %s with //async, or call without %s", show(expr.Fun), fn.Name.Name, show(expr.Fun))
				} else {
					u.refuse(expr.Pos(), "%s in a package-level initialiser; set the variable in a function", show(expr.Fun))
				}
				return true
			})
		}
	}
}

// checkAwaitValues refuses rt.Await used as a value.
func checkAwaitValues(u *unit, file *ast.File) {
	called := make(map[*ast.Ident]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id := functionIdent(n.Fun); id != nil {
				called[id] = true
			}
		case *ast.Ident:
			fn, ok := u.pkg.TypesInfo.Uses[n].(*types.Func)
			if _, is := awaitNames[n.Name]; ok && is && fn.Pkg() == u.rt && fn.Signature().Recv() == nil && !called[n] {
				u.refuse(n.Pos(), "rt.%s that is not called; write rt.%[1]s(f(x)) where the results are wanted", n.Name)
			}
		}
		return true
	})
}

// isMarked reports whether decl is one of u's async functions.
func isMarked(u *unit, decl *ast.FuncDecl) bool {
	fn, _ := u.pkg.TypesInfo.Defs[decl.Name].(*types.Func)
	return u.funcs[fn] != nil
}
