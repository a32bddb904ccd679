package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// checkNames refuses functions whose async form would be declared twice: by
// somebody else, or by another async function. Users write those names, so
// none is made up; see nameCoroutines for the others.
func checkNames(u *unit) {
	n := newNameChecker(u)
	n.predeclared()
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			n.form(fn)
		}
	}
}

// predeclared refuses package-level names, and type parameters of async
// functions, that hide what the generated code means by them: predeclared
// types, and what it is written with.
func (n *nameChecker) predeclared() {
	for _, name := range types.Universe.Names() {
		if obj := n.packageLevel(name); obj != nil && needsPredeclared(name) {
			n.u.refuse(obj.Pos(), "the package declares %s, which the generated code needs as Go predeclares it; rename it", name)
		}
	}
	for _, src := range n.u.sources {
		for _, fn := range src.funcs {
			for _, p := range fn.typeParams() {
				if name := p.Obj().Name(); needsPredeclared(name) {
					n.u.refuse(p.Obj().Pos(), "the type parameter hides %s, which the generated code needs as Go predeclares it; rename it", name)
				}
			}
		}
	}
}

// needsPredeclared reports whether generated code may use a predeclared name.
func needsPredeclared(name string) bool {
	_, isType := types.Universe.Lookup(name).(*types.TypeName)
	return isType || slices.Contains([]string{"false", "len", "new", "nil", "true"}, name)
}

// nameCoroutines gives each function's coroutine a name that is free in the
// package and in the functions, whose locals could hide it: fetchCoro, or
// fetchCoro2 where Fetch and fetch are both async or somebody else has a
// fetchCoro.
func nameCoroutines(u *unit) {
	u.coroNames = make(map[string]bool)
	n := newNameChecker(u)
	taken := make(map[string]bool)
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			maps.Copy(taken, identsIn(u.pkg.TypesInfo, fn.decl))
		}
	}
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			fn.coro = unique(coroName(fn.decl), func(name string) bool {
				return taken[name] || n.packageLevel(name) != nil
			})
			taken[fn.coro], u.coroNames[fn.coro] = true, true
		}
	}
}

// nameLiterals names the coroutines of async literals after the functions
// that they are in: fetchFunc1Coro, made by fetchFunc1Async.
func nameLiterals(u *unit) {
	n := newNameChecker(u)
	taken := make(map[string]bool)
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			maps.Copy(taken, identsIn(u.pkg.TypesInfo, fn.decl))
			taken[fn.coro] = true
		}
	}
	free := func(name string) string {
		name = unique(name, func(name string) bool { return taken[name] || n.packageLevel(name) != nil })
		taken[name] = true
		return name
	}
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			for i, lit := range fn.all()[1:] {
				base := fmt.Sprintf("%sFunc%d", strings.TrimSuffix(coroName(fn.decl), "Coro"), i+1)
				lit.coro, lit.async = free(base+"Coro"), free(base+"Async")
				u.coroNames[lit.coro], u.coroNames[lit.async] = true, true
			}
		}
	}
}

type nameChecker struct {
	u      *unit
	stubs  map[string]bool      // paths of the files whose declarations are ours
	owners map[string]*function // by name, with the receiver's type before a method's: what we declare
}

func newNameChecker(u *unit) *nameChecker {
	n := &nameChecker{u: u, stubs: make(map[string]bool), owners: make(map[string]*function)}
	for _, src := range u.sources {
		n.stubs[src.out] = true
	}
	return n
}

// form looks for what else is called like the async form of fn.
func (n *nameChecker) form(fn *function) {
	var obj types.Object
	key := fn.async
	if recv := fn.sig.Recv(); recv != nil {
		key = typeName(recv.Type()) + "." + key
		obj = member(recv.Type(), n.u.pkg.Types, fn.async)
	} else {
		obj = n.packageLevel(fn.async)
	}
	pos := n.taken(key, obj, fn)
	if pos.IsValid() {
		n.u.refuse(fn.decl.Name.Pos(), "async form %s of %s is declared at %s already; rename that, or name the form with //async:twin Name",
			fn.async, fn.decl.Name.Name, n.position(pos))
	}
}

// member returns the method of recv's type called name, or its field: not
// what is promoted from an embedded one.
func member(recv types.Type, pkg *types.Package, name string) types.Object {
	if p, ok := types.Unalias(recv).(*types.Pointer); ok {
		recv = p.Elem()
	}
	if s, ok := recv.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Name() == name {
				return f
			}
		}
	}
	obj, index, _ := types.LookupFieldOrMethod(recv, true, pkg, name)
	if len(index) == 1 {
		return obj
	}
	return nil
}

// taken records that we declare key for fn, and returns where else it is
// declared, by obj's author or by us for another function.
func (n *nameChecker) taken(key string, obj types.Object, fn *function) token.Pos {
	if obj != nil && !n.stubs[n.u.pkg.Fset.Position(obj.Pos()).Filename] {
		return obj.Pos()
	}
	if other := n.owners[key]; other != nil {
		return other.decl.Name.Pos()
	}
	n.owners[key] = fn
	return token.NoPos
}

// packageLevel returns what name means in the package block, or as the name
// of an import in one of its files.
func (n *nameChecker) packageLevel(name string) types.Object {
	if obj := n.u.pkg.Types.Scope().Lookup(name); obj != nil {
		return obj
	}
	for _, file := range n.u.pkg.Syntax {
		if scope := n.u.pkg.TypesInfo.Scopes[file]; scope != nil {
			if obj := scope.Lookup(name); obj != nil {
				return obj
			}
		}
	}
	return nil
}

// position names a place in the package's folder.
func (n *nameChecker) position(pos token.Pos) string {
	at := n.u.pkg.Fset.Position(pos)
	return fmt.Sprintf("%s:%d:%d", filepath.Base(at.Filename), at.Line, at.Column)
}

// checkHiding refuses methods that override one of an embedded type and
// leave its async form to that type: the two would do different things.
func checkHiding(u *unit, forms *forms) {
	for _, file := range u.pkg.Syntax {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv == nil {
				continue
			}
			obj, ok := u.pkg.TypesInfo.Defs[fn.Name].(*types.Func)
			if !ok || obj.Signature().Recv() == nil {
				continue
			}
			recv := obj.Signature().Recv().Type()
			name := forms.name(obj)
			found, index, _ := types.LookupFieldOrMethod(recv, true, u.pkg.Types, name)
			async, ok := found.(*types.Func)
			if !ok || len(index) < 2 {
				continue
			}
			owner := async.Signature().Recv().Type()
			hidden, _, _ := types.LookupFieldOrMethod(owner, true, obj.Pkg(), obj.Name())
			if _, ok := hidden.(*types.Func); !ok || !forms.isForm(async) {
				continue
			}
			u.refuse(fn.Name.Pos(), "method %s of %s hides that of %s, but %s is still that one's; mark %s with //async, or declare %s too",
				obj.Name(), typeName(recv), forms.typeString(owner), name, obj.Name(), name)
		}
	}
}

// isForm reports whether fn returns what async forms return.
func (fs *forms) isForm(fn *types.Func) bool {
	results := fn.Signature().Results()
	return results.Len() == 1 && slices.ContainsFunc([]string{"Awaitable", "Generator", "AsyncGenerator", "Iter", "Iter2"}, func(name string) bool {
		return fs.typeArgs(results.At(0).Type(), name) != nil
	})
}
