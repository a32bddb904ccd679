package transform

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// refuseTypes refuses what the generated code has to declare with its type
// and cannot, since this package has no name for that: fields, locals of
// Resume that are declared apart from their values, results of awaits.
func (f *flat) refuseTypes() {
	u := f.fn.src.unit
	for _, v := range f.vars {
		name, why := f.unnameable(v.typ)
		switch {
		case why == "" || !f.declared(v):
		case v.obj == nil:
			u.refuse(f.origin(v), "this value is needed after an await and its type %s is %s", name, why)
		case v.capture != notCaptured:
			u.refuse(v.obj.Pos(), "%s is captured by a function literal that awaits and its type %s is %s", v.obj.Name(), name, why)
		case v.place == placeFrame:
			u.refuse(v.obj.Pos(), "%s lives across an await and its type %s is %s", v.obj.Name(), name, why)
		default:
			u.refuse(v.obj.Pos(), "%s is used beside an await and its type %s is %s", v.obj.Name(), name, why)
		}
	}
	for c, i := range f.held {
		h := f.holders[i]
		for _, t := range append([]types.Type{h.result}, h.inst...) {
			if name, why := f.unnameable(t); why != "" {
				u.refuse(c.expr.Pos(), "the result of this await has the type %s, which is %s", name, why)
				break
			}
		}
	}
}

// declared reports whether v is declared with its type: it is a field, or a
// local at the top of Resume, or one that is set together with such a one.
func (f *flat) declared(v *variable) bool {
	apart := func(o *variable) bool { return o.place == placeFrame || o.place == placeMethod }
	return apart(v) || v.place == placeSegment && slices.ContainsFunc(f.code[v.first].defs, apart)
}

// unnameable is the unit's, and looks for what a type parameter hides, too.
func (f *flat) unnameable(t types.Type) (name, why string) {
	u := f.fn.src.unit
	if name, why = u.unnameable(t); why != "" {
		return name, why
	}
	u.eachTypeName(t, func(o *types.TypeName) {
		hides := func(p *types.TypeParam) bool { return p.Obj().Name() == o.Name() }
		if o.Parent() == u.pkg.Types.Scope() && slices.ContainsFunc(f.fn.typeParams(), hides) {
			name, why = o.Name(), "hidden by a type parameter of the function; rename that"
		}
	})
	return name, why
}

// unnameable looks for a part of t that has no name here, and says what to do
// about it.
func (u *unit) unnameable(t types.Type) (name, why string) {
	u.eachName(t, func(o types.Object) {
		const cure = "; convert the value to a type that this package can name, or to an interface"
		switch {
		case why != "" || o.Pkg() == nil:
		case o.Pkg() == u.pkg.Types && strings.HasPrefix(o.Name(), "_Ctype_"):
			name = "C." + strings.TrimPrefix(o.Name(), "_Ctype_")
			why = "known only to files that import \"C\"; convert the value to a Go type, or declare a type of it in such a file"
		case o.Pkg() == u.pkg.Types:
		case !token.IsExported(o.Name()):
			name, why = o.Pkg().Name()+"."+o.Name(), "unexported"+cure
		case isTypeName(o) && !u.mayImport(o.Pkg().Path()):
			name, why = o.Pkg().Name()+"."+o.Name(), "of an internal package"+cure
		}
	})
	return name, why
}

func isTypeName(o types.Object) bool {
	_, ok := o.(*types.TypeName)
	return ok
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
