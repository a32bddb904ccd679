package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// copiesIn are the operands of n itself, an expression or a statement, that gc
// copies into a variable when it comes to them, among the calls: its runtime
// takes their address, and they have none. Go leaves open when they are read.
//
//	fmt.Sprint(a == b, rt.Await(f()))    gc compares before f
//	fmt.Sprint(a, rt.Await(f()))         reads a after it
func (l *lowerer) copiesIn(n ast.Node) (list []ast.Expr) {
	l.conversions(n, func(e ast.Expr, to types.Type) {
		if to != nil && types.IsInterface(to) && l.boxedByAddress(e) {
			list = append(list, e)
		}
	})
	if n, ok := n.(*ast.IndexExpr); ok && l.info.Types[n.X].IsValue() {
		if m, ok := commonUnder(l.info.TypeOf(n.X)).(*types.Map); ok && l.keyCopied(m, n.Index) {
			list = append(list, n.Index)
		}
	}
	return list
}

// conversions calls f with each operand of n that takes a type from where it
// stands, and that type: what is passed, assigned, sent, stored or returned.
func (l *lowerer) conversions(n ast.Node, f func(e ast.Expr, to types.Type)) {
	each := func(list []ast.Expr, to func(int) types.Type) {
		for i, e := range list {
			if _, several := l.info.TypeOf(e).(*types.Tuple); !several {
				f(e, to(i))
			}
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		if t := l.info.TypeOf(n.Fun); l.info.Types[n.Fun].IsType() {
			f(n.Args[0], t)
		} else if sig, ok := t.Underlying().(*types.Signature); ok { // also of append and panic
			each(n.Args, func(i int) types.Type { return paramType(sig, i, n.Ellipsis.IsValid()) })
		}
	case *ast.CompositeLit:
		l.elements(n, f)
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			f(n.X, l.info.TypeOf(n.Y))
			f(n.Y, l.info.TypeOf(n.X))
		}
	case *ast.SendStmt:
		if ch, ok := l.info.TypeOf(n.Chan).Underlying().(*types.Chan); ok {
			f(n.Value, ch.Elem())
		}
	case *ast.AssignStmt:
		each(n.Rhs, func(i int) types.Type {
			if i < len(n.Lhs) {
				return l.info.TypeOf(n.Lhs[i])
			}
			return nil
		})
	case *ast.ValueSpec:
		each(n.Values, func(i int) types.Type { return l.info.TypeOf(n.Names[i]) })
	case *ast.ReturnStmt:
		results := l.fn.sig.Results()
		each(n.Results, func(i int) types.Type { return results.At(i).Type() })
	}
}

// elements is conversions for those of a composite literal.
func (l *lowerer) elements(lit *ast.CompositeLit, f func(e ast.Expr, to types.Type)) {
	t := l.info.TypeOf(lit).Underlying()
	if p, ok := t.(*types.Pointer); ok { // &T left out
		t = p.Elem().Underlying()
	}
	for i, e := range lit.Elts {
		pair, _ := e.(*ast.KeyValueExpr)
		if pair != nil {
			e = pair.Value
		}
		switch t := t.(type) {
		case *types.Struct:
			if pair == nil {
				f(e, t.Field(i).Type())
			} else if field, ok := l.info.Uses[pair.Key.(*ast.Ident)]; ok {
				f(e, field.Type())
			}
		case interface{ Elem() types.Type }: // an array or a slice; maps are built entry by entry
			f(e, t.Elem())
		}
	}
}

// paramType is the type of the parameter that takes argument i.
func paramType(sig *types.Signature, i int, spread bool) types.Type {
	last := sig.Params().Len() - 1
	if i < last || !sig.Variadic() || spread {
		return sig.Params().At(i).Type()
	}
	if s, ok := sig.Params().At(last).Type().Underlying().(*types.Slice); ok {
		return s.Elem()
	}
	return nil
}

// boxedByAddress reports whether gc makes an interface of e by the address of
// a copy: the runtime has functions for words and strings by value.
func (l *lowerer) boxedByAddress(e ast.Expr) bool {
	t := l.info.TypeOf(e)
	if l.hasAddress(e) || types.IsInterface(t) || holdsParam(t) {
		return false
	}
	sole := soleComponent(t)
	if _, slice := sole.Underlying().(*types.Slice); slice || isString(sole) {
		return false
	}
	sizes := l.fn.src.unit.pkg.TypesSizes
	size, align := sizes.Sizeof(t), sizes.Alignof(t)
	switch size {
	case 2, 4:
		return align != size || hasPointers(t)
	case 8:
		return align != sizes.Alignof(types.Typ[types.Uint64]) || hasPointers(t)
	}
	return true
}

// hasAddress reports whether gc need not copy e to take its address, or it
// does not matter when, since e never changes.
func (l *lowerer) hasAddress(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return true
	case *ast.UnaryExpr:
		if _, ok := ast.Unparen(e.X).(*ast.Ident); ok && e.Op == token.AND {
			return true
		}
	}
	if fn, sel := functionNamed(l.info, e); fn != nil && sel == nil {
		return true
	}
	return l.info.Types[e].Addressable() || l.isStatic(e)
}

// comparesMemory reports whether gc takes the addresses of the operands of e,
// behind the calls of both.
func (l *lowerer) comparesMemory(e *ast.BinaryExpr) bool {
	is := func(x ast.Expr) bool {
		switch l.info.TypeOf(x).Underlying().(type) {
		case *types.Struct, *types.Array:
			return true
		}
		return false
	}
	return is(e.X) && is(e.Y)
}

// spillOperands evaluates what gc copies of a comparison of memory.
func (l *lowerer) spillOperands(e *ast.BinaryExpr) {
	l.spillBefore(e.X, e.X.End())
	l.spillBefore(e.Y, e.Y.End())
	for _, x := range []ast.Expr{ast.Unparen(e.X), ast.Unparen(e.Y)} {
		if _, done := l.instead[x]; !done && !l.hasAddress(x) {
			l.spill(x)
		}
	}
}

// keyCopied reports whether gc looks in a map with a copy of the key e. It
// does not where the runtime takes the key as a word or as a string.
func (l *lowerer) keyCopied(m *types.Map, e ast.Expr) bool {
	if holdsParam(m.Key()) || holdsParam(m.Elem()) || l.isStatic(e) {
		return false
	}
	if types.IsInterface(m.Key()) && !types.IsInterface(l.info.TypeOf(e)) {
		return true
	}
	sizes := l.fn.src.unit.pkg.TypesSizes
	const mostElem = 128 // bytes: the runtime's own limit for maps that are looked up by value
	if sizes.Sizeof(m.Elem()) > mostElem {
		return !l.hasAddress(e)
	}
	size := sizes.Sizeof(m.Key())
	switch k := m.Key().Underlying().(type) {
	case *types.Pointer, *types.Chan:
		return false
	case *types.Basic:
		word := k.Info()&types.IsInteger != 0 && size >= 4
		return !word && k.Info()&types.IsString == 0 && k.Kind() != types.UnsafePointer && !l.hasAddress(e)
	case *types.Struct, *types.Array: // a word is read as such from a copy
		if sole := soleComponent(k); isString(sole) || memorySize(k, sizes) == size && (size == 4 || size == 8) {
			return true
		}
	}
	return !l.hasAddress(e)
}

// bytesAsKey reports whether gc reads e in its place since the key is made of
// bytes, which it does not copy then.
func (l *lowerer) bytesAsKey(e *ast.IndexExpr) bool {
	if _, ok := commonUnder(l.info.TypeOf(e.X)).(*types.Map); !ok {
		return false
	}
	var made func(ast.Expr) bool
	made = func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.CallExpr:
			if tv := l.info.Types[e.Fun]; tv.IsType() && isString(tv.Type) {
				_, bytes := l.info.TypeOf(e.Args[0]).Underlying().(*types.Slice)
				return bytes
			}
		case *ast.KeyValueExpr:
			return made(e.Value)
		case *ast.CompositeLit:
			return slices.ContainsFunc(e.Elts, made)
		}
		return false
	}
	return made(e.Index)
}

// soleComponent is the only field or element, at any depth, that t is made of.
func soleComponent(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if u.NumFields() == 1 {
			return soleComponent(u.Field(0).Type())
		}
	case *types.Array:
		if u.Len() == 1 {
			return soleComponent(u.Elem())
		}
	}
	return t
}

// memorySize is how many bytes of t are compared as memory; -1 if not all are.
func memorySize(t types.Type, sizes types.Sizes) int64 {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		if t.Info()&(types.IsFloat|types.IsComplex|types.IsString) == 0 {
			return sizes.Sizeof(t)
		}
	case *types.Pointer, *types.Chan:
		return sizes.Sizeof(t)
	case *types.Array:
		if n := memorySize(t.Elem(), sizes); n >= 0 {
			return n * t.Len()
		}
	case *types.Struct:
		var sum int64
		for f := range t.Fields() {
			n := memorySize(f.Type(), sizes)
			if n < 0 || f.Name() == "_" {
				return -1
			}
			sum += n
		}
		return sum
	}
	return -1
}

// holdsParam reports whether the size of t depends on a type parameter.
func holdsParam(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for f := range u.Fields() {
			if holdsParam(f.Type()) {
				return true
			}
		}
	case *types.Array:
		return holdsParam(u.Elem())
	}
	return false
}
