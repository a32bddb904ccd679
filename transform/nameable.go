package transform

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
)

// refuseTypes refuses what the generated code would have to declare and
// cannot, since its type is another package's own.
func (f *flat) refuseTypes() {
	u := f.fn.src.unit
	for _, v := range f.vars {
		if name := u.unnameable(v.typ); name != "" {
			f.refuseVariable(v, name)
		}
	}
	for c, i := range f.held {
		h := f.holders[i]
		for _, t := range append([]types.Type{h.result}, h.inst...) {
			if name := u.unnameable(t); name != "" {
				u.refuse(c.expr.Pos(), "the result of this await has a type of another package that this one cannot name, %s; let the awaited function return an interface or an exported type", name)
				break
			}
		}
	}
}

// refuseVariable refuses a variable of a type that cannot be named where the
// generated code must name it.
func (f *flat) refuseVariable(v *variable, name string) {
	u := f.fn.src.unit
	const cure = "declare it with an interface that has the methods you call, or convert it to a type that this package can name"
	switch {
	case v.capture != notCaptured:
		u.refuse(f.fn.lit.Pos(), "this function literal awaits and captures %s, whose type another package does not export, %s; %s", v.obj.Name(), name, cure)
	case v.place == placeFrame && v.obj == nil:
		u.refuse(f.position(v), "a value here is needed after an await, and another package does not export its type, %s; assign it to a variable before: %s", name, cure)
	case v.place == placeFrame:
		u.refuse(v.obj.Pos(), "%s lives across an await, and another package does not export its type, %s; %s", v.obj.Name(), name, cure)
	case v.place == placeMethod && v.obj != nil || v.place == placeSegment && f.declaredApart(v):
		u.refuse(f.position(v), "%s is declared apart from its value around an await, and another package does not export its type, %s; %s", cmp.Or(v.name, "a value"), name, cure)
	case v.place == placeMethod:
		u.refuse(f.position(v), "a value here is needed behind a branch with an await, and another package does not export its type, %s; assign it to a variable before: %s", name, cure)
	}
}

// declaredApart reports whether a local gets a declaration of its own, with
// its type: it is set together with something that is no local of the block.
func (f *flat) declaredApart(v *variable) bool {
	in := f.code[v.first]
	return v.typed || slices.ContainsFunc(in.defs, func(o *variable) bool { return o.place == placeFrame || o.place == placeMethod })
}

// position is where v is declared or, if it is one of ours, what it is for.
func (f *flat) position(v *variable) token.Pos {
	if v.obj != nil {
		return v.obj.Pos()
	}
	if v.first >= 0 {
		for _, fr := range f.code[v.first].frags {
			if fr.node != nil {
				return fr.node.Pos()
			}
		}
	}
	return f.fn.node().Pos()
}

// unnameable looks for a part of t that this package cannot name: a type of
// another package that is not exported, or a struct or interface with fields
// or methods of its own.
func (u *unit) unnameable(t types.Type) (name string) {
	u.eachName(t, func(o types.Object) {
		if name == "" && o.Pkg() != nil && o.Pkg() != u.pkg.Types && !token.IsExported(o.Name()) {
			name = o.Pkg().Name() + "." + o.Name()
		}
	})
	return name
}
