package transform

import (
	"go/token"
	"go/types"
	"strconv"
)

// typeText writes a type as the generated code names it: go/types writes a
// local type as if it stood where it is declared.
func (u *unit) typeText(t types.Type) text {
	w := &typeWriter{u: u}
	w.write(t)
	return w.out
}

// A typeWriter writes one type.
type typeWriter struct {
	u   *unit
	out text
}

func (w *typeWriter) write(t types.Type) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			w.out.qual("unsafe", "Pointer")
		} else {
			w.out.name(t.Name())
		}
	case *types.Alias:
		if w.u.seenThrough(t.Obj()) {
			w.write(t.Rhs())
			return
		}
		w.named(t.Obj(), t.TypeArgs())
	case *types.Named:
		w.named(t.Obj(), t.TypeArgs())
	case *types.TypeParam:
		w.out.add(w.u.nameText(t.Obj()))
	case *types.Pointer:
		w.prefixed("*", t.Elem())
	case *types.Slice:
		w.prefixed("[]", t.Elem())
	case *types.Array:
		w.prefixed("["+strconv.FormatInt(t.Len(), 10)+"]", t.Elem())
	case *types.Map:
		w.prefixed("map[", t.Key())
		w.prefixed("]", t.Elem())
	case *types.Chan:
		w.channel(t)
	case *types.Tuple:
		w.tuple(t, false)
	case *types.Signature:
		w.out.str("func")
		w.signature(t)
	case *types.Struct:
		w.structure(t)
	case *types.Interface:
		w.iface(t)
	case *types.Union:
		for i := range t.Len() {
			if i > 0 {
				w.out.str(" | ")
			}
			if t.Term(i).Tilde() {
				w.out.str("~")
			}
			w.write(t.Term(i).Type())
		}
	}
}

func (w *typeWriter) prefixed(before string, t types.Type) {
	w.out.str(before)
	w.write(t)
}

// named writes the name of a type with its type arguments; those of the
// function around a local type come first.
func (w *typeWriter) named(o *types.TypeName, args *types.TypeList) {
	if o.Pkg() != nil && o.Pkg() != w.u.pkg.Types {
		w.out.qual(o.Pkg().Path(), o.Name())
	} else {
		w.out.add(w.u.nameText(o))
	}
	var list []types.Type
	for _, p := range w.u.outerParams(o) {
		list = append(list, p)
	}
	for t := range args.Types() {
		list = append(list, t)
	}
	for i, t := range list {
		w.prefixed([]string{"[", ", "}[min(i, 1)], t)
	}
	if len(list) > 0 {
		w.out.str("]")
	}
}

func (w *typeWriter) channel(t *types.Chan) {
	w.out.str([]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()])
	if e, ok := types.Unalias(t.Elem()).(*types.Chan); ok && t.Dir() != types.SendOnly && e.Dir() == types.RecvOnly {
		w.out.str("(")
		w.write(t.Elem())
		w.out.str(")")
		return
	}
	w.write(t.Elem())
}

func (w *typeWriter) tuple(t *types.Tuple, variadic bool) {
	w.out.str("(")
	for i := range t.Len() {
		v := t.At(i)
		if i > 0 {
			w.out.str(", ")
		}
		if v.Name() != "" {
			w.out.str(v.Name() + " ")
		}
		if s, ok := v.Type().(*types.Slice); ok && variadic && i == t.Len()-1 {
			w.prefixed("...", s.Elem())
		} else {
			w.write(v.Type())
		}
	}
	w.out.str(")")
}

func (w *typeWriter) signature(t *types.Signature) {
	w.tuple(t.Params(), t.Variadic())
	switch r := t.Results(); {
	case r.Len() == 1 && r.At(0).Name() == "":
		w.prefixed(" ", r.At(0).Type())
	case r.Len() > 0:
		w.out.str(" ")
		w.tuple(r, false)
	}
}

func (w *typeWriter) structure(t *types.Struct) {
	w.out.str("struct{")
	for i := range t.NumFields() {
		f := t.Field(i)
		if i > 0 {
			w.out.str("; ")
		}
		if !f.Embedded() {
			w.out.str(f.Name() + " ")
		}
		w.write(f.Type())
		if t.Tag(i) != "" {
			w.out.str(" " + strconv.Quote(t.Tag(i)))
		}
	}
	w.out.str("}")
}

// beginsWithStar reports whether the text of a constraint does: [P *T] would
// be the length of an array.
func beginsWithStar(t types.Type) bool {
	if u, ok := t.(*types.Union); ok {
		return !u.Term(0).Tilde() && beginsWithStar(u.Term(0).Type())
	}
	_, ok := t.(*types.Pointer)
	return ok
}

func (w *typeWriter) iface(t *types.Interface) {
	switch {
	case t == types.Universe.Lookup("any").Type().Underlying():
		w.out.name("any")
		return
	case t.IsImplicit() && t.NumExplicitMethods() == 0 && t.NumEmbeddeds() == 1 && !beginsWithStar(t.EmbeddedType(0)): // the constraint ~int
		w.write(t.EmbeddedType(0))
		return
	}
	w.out.str("interface{")
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		if i > 0 {
			w.out.str("; ")
		}
		w.out.str(m.Name())
		w.signature(m.Signature())
	}
	for i := range t.NumEmbeddeds() {
		if i > 0 || t.NumExplicitMethods() > 0 {
			w.out.str("; ")
		}
		w.write(t.EmbeddedType(i))
	}
	w.out.str("}")
}

// zeroText writes the zero value of a type.
func (u *unit) zeroText(t types.Type) (out text) {
	switch b := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case b.Info()&types.IsBoolean != 0:
			return named("false")
		case b.Info()&types.IsNumeric != 0:
			return plain("0")
		case b.Info()&types.IsString != 0:
			return plain(`""`)
		}
		return named("nil")
	case *types.Struct, *types.Array:
		out = u.typeText(t)
		out.str("{}")
		return out
	case *types.Interface:
		if _, ok := types.Unalias(t).(*types.TypeParam); ok {
			out.str("*")
			out.name("new")
			out.str("(")
			out.add(u.typeText(t))
			out.str(")")
			return out
		}
	}
	return named("nil")
}

// tupleText writes the types of a tuple.
func (u *unit) tupleText(t *types.Tuple) (out text) {
	for i := range t.Len() {
		if i > 0 {
			out.str(", ")
		}
		out.add(u.typeText(t.At(i).Type()))
	}
	return out
}

// isLocal reports whether o is a type or an alias that is declared in a
// function of the unit's package.
func (u *unit) isLocal(o *types.TypeName) bool {
	_, isParam := o.Type().(*types.TypeParam)
	return !isParam && o.Pkg() == u.pkg.Types && o.Parent() != o.Pkg().Scope()
}

// seenThrough reports whether the generated code writes what an alias stands
// for, since it cannot name the alias: one of a function that is not hoisted,
// or another package's own.
func (u *unit) seenThrough(o *types.TypeName) bool {
	switch {
	case o.Pkg() == nil:
		return false
	case o.Pkg() != u.pkg.Types:
		return !token.IsExported(o.Name())
	}
	return u.isLocal(o) && u.hoisted[o] == nil
}

// nameOf is what the generated code calls a type of the package or a type
// parameter.
func (u *unit) nameOf(o *types.TypeName) string {
	if name := u.typeNames[o]; name != "" {
		return name
	}
	return o.Name()
}

// nameText writes it.
func (u *unit) nameText(o *types.TypeName) text {
	p := piece{s: u.nameOf(o), name: true}
	if u.hoisted[o] == nil && o.Pkg() == u.pkg.Types && o.Parent() != o.Pkg().Scope() {
		p.local = o
	}
	return text{p}
}

// outerParams are the type parameters that a hoisted type has before its own:
// those of the function around it.
func (u *unit) outerParams(o *types.TypeName) []*types.TypeParam {
	if fn := u.hoisted[o]; fn != nil {
		return fn.typeParams()
	}
	return nil
}
