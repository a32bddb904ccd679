package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Go initialises a package's variables in the order of what they refer to, and
// a function that an initialiser calls refers to what its body refers to. A
// generated constructor refers to its coroutine's type alone: Resume is called
// through an interface, which Go does not follow. So the coroutines that an
// initialiser may run mention Resume.

// findEarly notes the async functions that may run while the package is
// initialised, and refer to variables that are initialised.
func findEarly(u *unit) {
	g := &initGraph{info: u.pkg.TypesInfo, bodies: map[types.Object]ast.Node{}, callers: map[types.Object][]types.Object{}}
	var roots []ast.Node
	initialised := map[types.Object]bool{}
	for _, file := range u.pkg.Syntax {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if obj := g.info.Defs[decl.Name]; obj != nil && decl.Body != nil {
					g.bodies[obj] = decl.Body
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if spec, ok := spec.(*ast.ValueSpec); ok && decl.Tok == token.VAR && len(spec.Values) > 0 {
						roots = append(roots, spec)
						for _, id := range spec.Names {
							initialised[g.info.Defs[id]] = true
						}
					}
				}
			}
		}
	}
	early := map[types.Object]*function{} // by the plain form
	for _, fn := range u.funcs {
		early[fn.obj] = fn
		if obj := u.asyncForm(fn); obj != nil {
			g.bodies[obj] = fn.decl.Name // a call of the async form is one of the function
		}
	}
	for obj, body := range g.bodies {
		g.refersTo(body, func(to types.Object) { g.callers[to] = append(g.callers[to], obj) })
	}
	run := map[types.Object]bool{}
	for _, root := range roots {
		g.reach(root, run)
	}
	needs := map[types.Object]bool{}
	for v := range initialised {
		g.reachCallers(v, needs)
	}
	for obj, fn := range early {
		fn.early = run[obj] && needs[obj]
	}
}

// An initGraph says what the functions of a package refer to.
type initGraph struct {
	info    *types.Info
	bodies  map[types.Object]ast.Node
	callers map[types.Object][]types.Object
}

// refersTo calls f for what n refers to.
func (g *initGraph) refersTo(n ast.Node, f func(types.Object)) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := g.info.Uses[id]
		if obj == nil {
			obj = g.info.Defs[id]
		}
		if fn, ok := obj.(*types.Func); ok {
			obj = fn.Origin()
		}
		if obj != nil {
			f(obj)
		}
		return true
	})
}

// reach adds the functions that n refers to, and those that they refer to.
func (g *initGraph) reach(n ast.Node, seen map[types.Object]bool) {
	g.refersTo(n, func(obj types.Object) {
		if body := g.bodies[obj]; body != nil && !seen[obj] {
			seen[obj] = true
			g.reach(body, seen)
		}
	})
}

// reachCallers adds the functions that refer to obj, and those that refer to
// them.
func (g *initGraph) reachCallers(obj types.Object, seen map[types.Object]bool) {
	for _, caller := range g.callers[obj] {
		if !seen[caller] {
			seen[caller] = true
			g.reachCallers(caller, seen)
		}
	}
}

// asyncForm is the object of a function's async form, which a stub declares.
func (u *unit) asyncForm(fn *function) types.Object {
	recv := fn.sig.Recv()
	if recv == nil {
		return u.pkg.Types.Scope().Lookup(fn.async)
	}
	obj, _, _ := types.LookupFieldOrMethod(recv.Type(), true, u.pkg.Types, fn.async)
	return obj
}
