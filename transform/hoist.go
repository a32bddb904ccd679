package transform

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A localDecl is how a type, an alias or a constant of a function is declared.
type localDecl struct {
	fn   *function     // the declared function, also of what stands in a literal
	spec *ast.TypeSpec // of a type or an alias

	typ, value ast.Expr // of a constant; typ may be nil, both may be those of the line above
	iota       int
}

// localDecls finds what the async functions declare.
func (u *unit) localDecls() map[types.Object]*localDecl {
	info := u.pkg.TypesInfo
	all := map[types.Object]*localDecl{}
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			ast.Inspect(fn.decl, func(n ast.Node) bool {
				d, ok := n.(*ast.GenDecl)
				if !ok {
					return true
				}
				var typ ast.Expr
				var values []ast.Expr
				for i, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						all[info.Defs[spec.Name]] = &localDecl{fn: fn, spec: spec}
					case *ast.ValueSpec:
						if d.Tok != token.CONST {
							continue
						}
						if len(spec.Values) > 0 {
							typ, values = spec.Type, spec.Values
						}
						for k, id := range spec.Names {
							all[info.Defs[id]] = &localDecl{fn: fn, typ: typ, value: values[k], iota: i}
						}
					}
				}
				return true
			})
		}
	}
	return all
}

// A hoister finds the local types that something outside of Resume has to
// name: a field, a literal's coroutine, a type argument of an awaited call's.
// They are declared at package level, with all type parameters of their
// function, since each instance of it has types of its own.
type hoister struct {
	u        *unit
	info     *types.Info
	embedded map[*types.TypeName]bool // a field is called like it
}

func hoist(u *unit, made []*flat) {
	u.locals, u.hoisted, u.typeNames = u.localDecls(), map[*types.TypeName]*function{}, map[*types.TypeName]string{}
	u.hoistedNames, u.allHoisted = map[*ast.FuncDecl]map[string]bool{}, map[string]bool{}
	h := &hoister{u: u, info: u.pkg.TypesInfo, embedded: map[*types.TypeName]bool{}}
	for _, f := range made {
		h.nameBlank(f)
	}
	for _, d := range u.locals {
		if d.spec != nil {
			h.findEmbedded(d.spec.Type)
		}
	}
	for _, f := range made {
		f.embedded = h.embedded
		h.findEmbedded(f.fn.node())
		for _, t := range f.written() {
			h.types(t)
		}
		if f.fn.lit != nil {
			h.literal(f)
		}
	}
	for _, f := range made {
		f.borrowed = slices.DeleteFunc(f.borrowed, func(o types.Object) bool {
			t, isType := o.(*types.TypeName)
			return isType && u.hoisted[t] != nil
		})
	}
	h.nameTypes()
}

// written are the types that are written outside of the function's Resume.
func (f *flat) written() (list []types.Type) {
	for _, v := range f.params {
		list = append(list, v.typ)
	}
	for _, v := range f.vars {
		if v.place == placeFrame {
			list = append(list, v.typ)
		}
	}
	for _, h := range f.holders {
		if h.callee.made() {
			list = append(list, h.result)
		} else {
			list = append(list, h.inst...)
		}
	}
	return list
}

// literal hoists the types of the functions around a literal that its code
// refers to. Constants and aliases stand in both: they are the same wherever
// they are declared.
func (h *hoister) literal(f *flat) {
	outside := func(o types.Object) bool {
		return h.u.locals[o] != nil && (o.Pos() < f.fn.lit.Pos() || f.fn.lit.End() <= o.Pos())
	}
	borrowed := map[types.Object]bool{}
	var refer func(o types.Object)
	refer = func(o types.Object) {
		d := h.u.locals[o]
		switch {
		case borrowed[o] || !outside(o):
			return
		case d.spec != nil && !d.spec.Assign.IsValid():
			h.hoist(o.(*types.TypeName))
			return
		case d.spec != nil && h.u.hoisted[o.(*types.TypeName)] != nil:
			return
		}
		borrowed[o] = true
		for _, e := range d.exprs() {
			h.refers(e, refer)
		}
	}
	h.ownCode(f, refer)
	for o := range borrowed {
		f.borrowed = append(f.borrowed, o)
	}
	slices.SortFunc(f.borrowed, func(a, b types.Object) int { return cmp.Compare(a.Pos(), b.Pos()) })
}

// ownCode calls refer for what a literal's code refers to, but for the code
// of the async literals in it.
func (h *hoister) ownCode(f *flat, refer func(types.Object)) {
	ast.Inspect(f.fn.lit, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return !slices.ContainsFunc(f.fn.lits, func(in *function) bool { return in.lit.Body == n })
		case *ast.Ident:
			if o := h.info.Uses[n]; o != nil {
				refer(o)
			}
		}
		return true
	})
}

// exprs are the parts of a declaration that refer to something.
func (d *localDecl) exprs() (list []ast.Expr) {
	if d.spec != nil {
		if d.spec.TypeParams != nil {
			for _, field := range d.spec.TypeParams.List {
				list = append(list, field.Type)
			}
		}
		return append(list, d.spec.Type)
	}
	if d.typ != nil {
		list = append(list, d.typ)
	}
	return append(list, d.value)
}

// refers calls refer for what an expression of a declaration refers to, and
// hoists the types of variables in it: only their types matter there.
func (h *hoister) refers(e ast.Expr, refer func(types.Object)) {
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || h.info.Uses[id] == nil {
			return true
		}
		if v, ok := h.info.Uses[id].(*types.Var); ok && h.u.localVar(v) {
			h.types(v.Type())
		}
		refer(h.info.Uses[id])
		return true
	})
}

// localVar reports whether v is a variable of a function.
func (u *unit) localVar(v *types.Var) bool {
	return !v.IsField() && v.Pkg() == u.pkg.Types && v.Parent() != nil && v.Parent() != u.pkg.Types.Scope()
}

// types hoists the local types that t is written with.
func (h *hoister) types(t types.Type) {
	h.u.eachTypeName(t, func(o *types.TypeName) {
		if h.u.isLocal(o) {
			h.hoist(o)
		}
	})
}

// hoist moves a type to package level, and with it those that its declaration
// is written with. Constants in it become their values, aliases what they
// stand for, except where a field is called like the alias.
func (h *hoister) hoist(o *types.TypeName) {
	d := h.u.locals[o]
	if d == nil || h.u.hoisted[o] != nil {
		return
	}
	h.u.hoisted[o] = d.fn
	var refer func(o types.Object)
	refer = func(o types.Object) {
		in := h.u.locals[o]
		switch {
		case in == nil:
		case in.spec != nil && in.spec.Assign.IsValid() && !h.embedded[o.(*types.TypeName)]:
			h.types(o.Type())
		case in.spec != nil:
			h.hoist(o.(*types.TypeName))
		default:
			for _, e := range in.exprs() {
				h.refers(e, refer)
			}
		}
	}
	for _, e := range d.exprs() {
		h.refers(e, refer)
	}
	h.ownParams(d)
}

// ownParams refuses type parameters of a type that hide those of its function.
func (h *hoister) ownParams(d *localDecl) {
	if d.spec.TypeParams == nil {
		return
	}
	for _, field := range d.spec.TypeParams.List {
		for _, id := range field.Names {
			for _, p := range d.fn.typeParams() {
				if h.u.nameOf(p.Obj()) == id.Name && id.Name != "_" {
					h.u.refuse(id.Pos(), "type parameter %s of %s hides that of %s, and %s must be declared at package level with both; rename one",
						id.Name, d.spec.Name.Name, d.fn.obj.Name(), d.spec.Name.Name)
				}
			}
		}
	}
}

// findEmbedded notes the local types and aliases that struct types below n
// embed: their fields are called like them.
func (h *hoister) findEmbedded(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		st, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		for _, field := range st.Fields.List {
			if len(field.Names) > 0 {
				continue
			}
			if o := h.localType(field.Type); o != nil {
				h.embedded[o] = true
			}
		}
		return true
	})
}

// localType is the type or alias of a function that an embedded field names,
// or nil.
func (h *hoister) localType(e ast.Expr) *types.TypeName {
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			o, _ := h.info.Uses[x].(*types.TypeName)
			if o != nil && h.u.isLocal(o) {
				return o
			}
			return nil
		default:
			return nil
		}
	}
}
