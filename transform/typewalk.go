package transform

import "go/types"

// eachTypeName calls f for every named type and alias that typeText writes t
// with.
func (u *unit) eachTypeName(t types.Type, f func(*types.TypeName)) {
	u.eachName(t, func(o types.Object) {
		if t, ok := o.(*types.TypeName); ok {
			f(t)
		}
	})
}

// eachName is eachTypeName for the fields and methods of struct and interface
// types as well.
func (u *unit) eachName(t types.Type, f func(types.Object)) {
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
			if u.seenThrough(t.Obj()) {
				visit(t.Rhs())
				return
			}
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
				f(v)
				if o := embeddedAlias(v); o != nil && u.isLocal(o) {
					f(o) // the field is called like it
				}
				visit(v.Type())
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				f(m)
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

// embeddedAlias is the alias that an embedded field was written with, or nil.
func embeddedAlias(v *types.Var) *types.TypeName {
	if !v.Embedded() {
		return nil
	}
	t := v.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if a, ok := t.(*types.Alias); ok {
		return a.Obj()
	}
	return nil
}
