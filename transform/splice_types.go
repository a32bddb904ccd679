package transform

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A declaration is a constant or a type that is written where it does not
// stand in the source.
type declaration struct {
	hoisted bool // at package level, where the function's constants and aliases are not
	iota    int  // what iota means in the value of a constant
}

// hoistedTypes writes the types of a function, and of the literals in it,
// that are declared at package level:
//
//	// point is a type of fetch.
//	type point struct{ x, y int }
func (s *splicer) hoistedTypes() (list []text) {
	var all []*types.TypeName
	for o, fn := range s.u.hoisted {
		if fn == s.fn {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b *types.TypeName) int { return int(a.Pos() - b.Pos()) })
	for _, o := range all {
		spec, name := s.u.locals[o].spec, s.u.nameOf(o)
		what := "type"
		if spec.Assign.IsValid() {
			what = "alias"
		}
		if name == o.Name() {
			what = strings.Replace("a "+what, "a a", "an a", 1)
		} else {
			what = "the " + what + " " + o.Name()
		}
		out := plain(fmt.Sprintf("// %s is %s of %s.\n", name, what, s.qualified()))
		params, _ := s.typeParams()
		own := s.moved(spec.TypeParams, &declaration{hoisted: true})
		out.str("type " + name)
		out.add(joinParams(params, own))
		out.str(" ")
		if spec.Assign.IsValid() {
			out.str("= ")
		}
		out.add(s.moved(spec.Type, &declaration{hoisted: true}))
		out.str("\n")
		list = append(list, out)
	}
	return list
}

// joinParams makes one list of "[T any]" and "[U any]".
func joinParams(a, b text) (out text) {
	if len(a) == 0 || len(b) == 0 {
		return append(a, b...)
	}
	a[len(a)-1].s = a[len(a)-1].s[:len(a[len(a)-1].s)-1]
	b[0].s = ", " + b[0].s[1:]
	out.add(a)
	out.add(b)
	return out
}

// moved writes a part of a declaration where it does not stand in the source.
func (s *splicer) moved(n ast.Node, d *declaration) text {
	if list, ok := n.(*ast.FieldList); ok && list == nil {
		return nil
	}
	e := &editor{splicer: s, root: n, decl: d}
	return e.edited(n)
}

// declared writes the constants and types at the top of Resume: what a
// literal needs of those around it, then its own.
func (s *splicer) declared() (out text) {
	for _, o := range s.borrowed {
		d := s.u.locals[o]
		if d.spec != nil {
			out.str("type " + s.calledHere(o))
			out.add(s.moved(d.spec.TypeParams, &declaration{}))
			out.str(" = ")
			out.add(s.moved(d.spec.Type, &declaration{}))
			out.str("\n")
			continue
		}
		out.str("const " + s.calledHere(o) + " ")
		if d.typ != nil {
			out.add(s.moved(d.typ, &declaration{}))
			out.str(" ")
		}
		out.str("= ")
		out.add(s.moved(d.value, &declaration{iota: d.iota}))
		out.str("\n")
	}
	for _, d := range s.consts {
		if !slices.ContainsFunc(d.Decl.(*ast.GenDecl).Specs, s.stays) {
			continue
		}
		out.add(s.moved(d, &declaration{iota: -1}))
		out.str("\n")
	}
	return out
}

// stays reports whether a constant or type is declared where it was.
func (s *splicer) stays(spec ast.Spec) bool {
	t, ok := spec.(*ast.TypeSpec)
	return !ok || s.u.hoisted[s.typeName(t.Name)] == nil
}

func (s *splicer) typeName(id *ast.Ident) *types.TypeName {
	o, _ := s.info.Defs[id].(*types.TypeName)
	return o
}

// calledHere is what a constant or type is called in Resume, or a variable that
// is no field.
func (f *flat) calledHere(o types.Object) string {
	if name, ok := f.renamed[o]; ok {
		return name
	}
	if v := f.byObj[o]; v != nil {
		return v.name
	}
	return o.Name()
}

// declareTypes edits a declaration of types: the hoisted ones are left out.
func (e *editor) declareTypes(n *ast.DeclStmt) bool {
	specs := n.Decl.(*ast.GenDecl).Specs
	if !slices.ContainsFunc(specs, e.stays) && len(specs) > 0 {
		e.replace(n, nil)
		return false
	}
	for _, spec := range specs {
		if e.stays(spec) {
			e.walk(spec)
		} else {
			e.cut(spec.Pos(), spec.End(), nil)
		}
	}
	return false
}

// localName writes the name of a constant or type of a function, or in a
// declaration what stands for it; nothing if it stays as it is.
func (e *editor) localName(id *ast.Ident, obj types.Object) text {
	switch o := obj.(type) {
	case *types.Const:
		switch {
		case e.decl == nil:
		case o.Parent() == types.Universe && o.Name() == "iota" && e.decl.iota >= 0:
			return plain(fmt.Sprint(e.decl.iota))
		case e.decl.hoisted && e.u.locals[o] != nil:
			return e.constText(o)
		}
	case *types.TypeName:
		switch {
		case e.u.hoisted[o] != nil:
			out := e.u.nameText(o)
			if use := e.outerArgs(o); use != nil {
				out.add(use)
				out.str("]")
			}
			return out
		case e.decl != nil && e.decl.hoisted && e.u.locals[o] != nil:
			return e.aliased(o)
		case e.u.typeNames[o] != "":
			return e.u.nameText(o)
		}
	case *types.Var:
		if e.decl != nil && e.info.Uses[id] == obj && e.u.localVar(o) {
			return e.u.someText(o.Type())
		}
	}
	if name, ok := e.renamed[obj]; ok {
		return plain(name)
	}
	return nil
}

// aliased writes what an alias stands for.
func (s *splicer) aliased(o *types.TypeName) text {
	out := s.moved(s.u.locals[o].spec.Type, &declaration{hoisted: true})
	switch types.Unalias(o.Type()).(type) {
	case *types.Chan, *types.Signature:
		return parenthesized(out)
	}
	return out
}

// outerArgs writes "[T, U" for a hoisted type of a generic function.
func (s *splicer) outerArgs(o *types.TypeName) (out text) {
	for i, p := range s.u.outerParams(o) {
		out.str([]string{"[", ", "}[min(i, 1)])
		out.add(s.u.nameText(p.Obj()))
	}
	return out
}

// instance edits x[T] where x is a type of the function with type parameters
// of its own.
func (e *editor) instance(x ast.Expr, lbrack token.Pos, indices []ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return true
	}
	o, ok := e.info.Uses[id].(*types.TypeName)
	if !ok || e.u.locals[o] == nil {
		return true
	}
	n := e.stack[len(e.stack)-1].(ast.Expr)
	if e.decl != nil && e.decl.hoisted && e.u.hoisted[o] == nil { // an alias
		e.replace(n, e.u.typeText(e.info.TypeOf(n)))
		return false
	}
	use := e.outerArgs(o)
	if use == nil {
		return true
	}
	out := e.u.nameText(o)
	out.add(use)
	out.str(", ")
	e.cut(x.Pos(), lbrack+1, out)
	for _, i := range indices {
		e.walk(i)
	}
	return false
}

// constText writes the value of a function's constant as an expression that
// means it anywhere: as a number, if that is one on every machine.
func (s *splicer) constText(o *types.Const) text {
	d := s.u.locals[o]
	if d.typ == nil && o.Val().Kind() == constant.Int && s.isNumber(d.value) {
		return plain(o.Val().ExactString())
	}
	value := s.moved(d.value, &declaration{hoisted: true, iota: d.iota})
	if d.typ != nil {
		out := s.u.typeText(o.Type())
		out.add(parenthesized(value))
		return out
	}
	switch d.value.(type) {
	case *ast.BasicLit, *ast.ParenExpr, *ast.SelectorExpr, *ast.CallExpr:
		return value
	}
	return parenthesized(value)
}

// isNumber reports whether a constant is computed from numbers alone.
func (s *splicer) isNumber(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return s.isNumber(e.X)
	case *ast.BinaryExpr:
		return s.isNumber(e.X) && s.isNumber(e.Y)
	case *ast.Ident:
		o, ok := s.info.Uses[e].(*types.Const)
		if !ok {
			return false
		}
		d := s.u.locals[o]
		return o.Parent() == types.Universe && o.Name() == "iota" || d != nil && d.typ == nil && s.isNumber(d.value)
	}
	return false
}

// someText writes a value of a type in place of a variable whose type is all
// that matters: an operand of len, cap or unsafe.Sizeof in a constant. It
// calls nothing, since then len would be no constant.
func (u *unit) someText(t types.Type) (out text) {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return u.zeroText(t)
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature:
		out = parenthesized(u.typeText(t))
		out.str("(")
		out.name("nil")
		out.str(")")
		return out
	}
	out = plain("*")
	out.name("new")
	out.str("(")
	out.add(u.typeText(t))
	out.str(")")
	return parenthesized(out)
}
