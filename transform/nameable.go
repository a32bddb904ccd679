package transform

import (
	"go/token"
	"go/types"
)

// refuseTypes refuses variables that must be fields and whose types a struct
// outside the function cannot name.
func (f *flat) refuseTypes() {
	u := f.fn.src.unit
	for p := range f.fn.sig.RecvTypeParams().TypeParams() {
		if p.Obj().Name() == "_" {
			u.refuse(f.fn.decl.Recv.Pos(), "the receiver of %s has a blank type parameter, which the generated code must name; give it a name", f.fn.obj.Name())
		}
	}
	for _, v := range f.vars {
		if v.place != placeFrame || v.obj == nil {
			continue
		}
		if name, why := u.unnameable(v.typ); why != "" {
			u.refuse(v.obj.Pos(), "%s lives across an await and its type %s is %s", v.obj.Name(), name, why)
		}
	}
	for c, i := range f.held {
		h := f.holders[i]
		for _, t := range append([]types.Type{h.result}, h.inst...) {
			if name, why := u.unnameable(t); why != "" {
				u.refuse(c.expr.Pos(), "the result of this await has the type %s, which is %s", name, why)
				break
			}
		}
	}
}

// unnameable looks for a part of t that has no name at package level here,
// and says what to do about it.
func (u *unit) unnameable(t types.Type) (name, why string) {
	eachTypeName(t, func(o *types.TypeName) {
		switch {
		case why != "" || o.Pkg() == nil:
		case o.Pkg() != u.pkg.Types && !token.IsExported(o.Name()):
			name, why = o.Pkg().Name()+"."+o.Name(), "unexported; convert the value to a type that this package can name"
		case o.Parent() != o.Pkg().Scope() && o.Parent() != nil:
			name, why = o.Name(), "declared in the function; declare it at package level"
		}
	})
	return name, why
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
