package transform

import (
	"go/token"
	"go/types"
	"strings"
)

// refuseTypes refuses variables that are declared anew and whose types the
// generated code cannot name there: fields, outside of the function; and
// locals of Resume, at its top, where the function's own types stand, too.
func (f *flat) refuseTypes() {
	u := f.fn.src.unit
	for p := range f.fn.sig.RecvTypeParams().TypeParams() {
		if p.Obj().Name() == "_" {
			u.refuse(f.fn.decl.Recv.Pos(), "the receiver of %s has a blank type parameter, which the generated code must name; give it a name", f.fn.obj.Name())
		}
	}
	for _, v := range f.vars {
		if v.place != placeFrame && v.place != placeMethod {
			continue
		}
		name, why, local := u.unnameable(v.typ)
		switch {
		case why == "" || local && v.place == placeMethod:
		case v.obj == nil:
			u.refuse(f.origin(v), "this value is needed after an await and its type %s is %s", name, why)
		case v.place == placeFrame:
			u.refuse(v.obj.Pos(), "%s lives across an await and its type %s is %s", v.obj.Name(), name, why)
		default:
			u.refuse(v.obj.Pos(), "%s is used beside an await and its type %s is %s", v.obj.Name(), name, why)
		}
	}
	for c, i := range f.held {
		h := f.holders[i]
		for _, t := range append([]types.Type{h.result}, h.inst...) {
			if name, why, _ := u.unnameable(t); why != "" {
				u.refuse(c.expr.Pos(), "the result of this await has the type %s, which is %s", name, why)
				break
			}
		}
	}
}

// unnameable looks for a part of t that has no name at package level here,
// and says what to do about it; local if it has a name in the function.
func (u *unit) unnameable(t types.Type) (name, why string, local bool) {
	eachTypeName(t, func(o *types.TypeName) {
		switch {
		case why != "" || o.Pkg() == nil:
		case o.Pkg() == u.pkg.Types && strings.HasPrefix(o.Name(), "_Ctype_"):
			name = "C." + strings.TrimPrefix(o.Name(), "_Ctype_")
			why = "known only to files that import \"C\"; convert the value to a Go type, or declare a type of it in such a file"
		case o.Pkg() != u.pkg.Types && !token.IsExported(o.Name()):
			name, why = o.Pkg().Name()+"."+o.Name(), "unexported; convert the value to a type that this package can name"
		case o.Pkg() != u.pkg.Types && !u.mayImport(o.Pkg().Path()):
			name, why = o.Pkg().Name()+"."+o.Name(), "of an internal package; convert the value to a type that this package can name"
		case o.Parent() != o.Pkg().Scope() && o.Parent() != nil:
			name, why = o.Name(), "declared in the function; declare it at package level"
			local = true
		}
	})
	return name, why, local
}

// origin is where the source has what an invented variable holds.
func (f *flat) origin(v *variable) token.Pos {
	if v.first >= 0 && v.first < len(f.code) {
		for _, fr := range f.code[v.first].frags {
			if fr.node != nil {
				return fr.node.Pos()
			}
		}
	}
	return f.fn.decl.Name.Pos()
}

// mayImport reports whether the package may import path: those below a folder
// internal are for the packages beside that folder.
func (u *unit) mayImport(path string) bool {
	elems := strings.Split(path, "/")
	last := len(elems) - 1
	for last >= 0 && elems[last] != "internal" {
		last--
	}
	from := u.pkg.PkgPath
	if last < 0 || from == "command-line-arguments" { // that one's place is not known
		return true
	}
	if strings.HasSuffix(u.pkg.Name, "_test") {
		from = strings.TrimSuffix(from, "_test")
	}
	parent := strings.Join(elems[:last], "/")
	return parent != "" && (from == parent || strings.HasPrefix(from, parent+"/"))
}

// eachTypeName calls f for every named type and alias that t is written with.
func eachTypeName(t types.Type, f func(*types.TypeName)) {
	seen := map[types.Type]bool{}
	var visit func(t types.Type)
	args := func(list *types.TypeList) {
		for t := range list.Types() {
			visit(t)
		}
	}
	visit = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			f(t.Obj())
			args(t.TypeArgs())
		case *types.Named:
			f(t.Obj())
			args(t.TypeArgs())
		case *types.Pointer:
			visit(t.Elem())
		case *types.Slice:
			visit(t.Elem())
		case *types.Array:
			visit(t.Elem())
		case *types.Chan:
			visit(t.Elem())
		case *types.Map:
			visit(t.Key())
			visit(t.Elem())
		case *types.Tuple:
			for v := range t.Variables() {
				visit(v.Type())
			}
		case *types.Signature:
			visit(t.Params())
			visit(t.Results())
		case *types.Struct:
			for v := range t.Fields() {
				visit(v.Type())
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				visit(m.Type())
			}
			for e := range t.EmbeddedTypes() {
				visit(e)
			}
		case *types.Union:
			for term := range t.Terms() {
				visit(term.Type())
			}
		}
	}
	visit(t)
}
