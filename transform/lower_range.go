package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// rangeStmt lowers range. What is ranged over is evaluated once; the position
// is the key variable itself if the body only reads it, else one of our own:
//
//	range1 := x
//	i := 0
//	for1: // for i, u := range x
//	if i >= len(range1) { goto end1 }
//	u := range1[i]
//	body
//	next1:
//	i++
//	goto for1
//	end1:
//
// An array is copied by this, as Go does; a pointer to one is not followed.
// Maps and functions are ranged over by rt, see overMap and overFunc.
func (l *lowerer) rangeStmt(s *ast.RangeStmt, name string) {
	if c := l.fn.each(s); c != nil {
		l.eachStmt(s, name, c)
		return
	}
	l.awaits(s.X)
	loop := l.newLoop(s, s.Body)
	r := &ranging{lowerer: l, s: s, loop: loop}
	r.key, r.value = l.rangeVar(s, s.Key), l.rangeVar(s, s.Value)
	t := target{node: s, name: name, breaks: loop.end, continues: loop.next}
	switch u := commonUnder(types.Default(l.info.TypeOf(s.X))).(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			r.overString()
		} else {
			r.overInt()
		}
	case *types.Map:
		r.overMap(u)
	case *types.Chan:
		r.overChan(u)
	case *types.Signature:
		t.ranging, t.ways = r.overFunc(u), new(leavings)
	default: // a slice, an array or a pointer to one
		r.overSlice()
	}
	l.past(s.X)
	l.mark(loop.start)
	r.begin()
	l.line = l.lineOf(s.Body.Lbrace)
	l.within(t, func() { l.block(s.Body) })
	l.mark(loop.next)
	if r.post != nil {
		l.text(r.post...).post = true
	}
	l.jump(loop.start)
	if t.ways != nil {
		for _, way := range *t.ways {
			l.mark(way.label)
			l.depart(way.then)
		}
	}
	l.mark(loop.end)
	l.line = l.lineOf(s.End())
}

// A ranging collects the parts of one loop.
type ranging struct {
	*lowerer
	s          *ast.RangeStmt
	loop       loopLabels
	key, value *variable // that it declares, else nil
	begin      func()    // builds the test for the end, and what each iteration begins with
	post       []frag
}

func (r *ranging) hidden(kind string, t types.Type) *variable {
	return r.invent(fmt.Sprintf("%s%d", kind, r.loop.number), t)
}

// position is the variable that counts, starting at 0.
func (r *ranging) position(t types.Type) *variable {
	v := r.key
	if v == nil || !r.onlyRead(v, r.s.Body) {
		v = r.hidden("index", t)
	}
	r.text(define(v), frag{zero: v})
	return v
}

// once evaluates what is ranged over, or something of it.
func (r *ranging) once(t types.Type, x ...frag) *variable {
	v := r.hidden("range", t)
	r.text(append([]frag{define(v)}, x...)...)
	return v
}

// assign gives the loop's variables, or what the source has in their place,
// their values in each iteration. A value may be missing where nothing wants
// it.
func (r *ranging) assign(key, value []frag) {
	var vs []*variable
	var lhs []ast.Expr
	var values []frag
	for _, side := range []struct {
		e     ast.Expr
		v     *variable
		value []frag
	}{{r.s.Key, r.key, key}, {r.s.Value, r.value, value}} {
		if side.value == nil || side.e == nil || isBlank(side.e) {
			continue
		}
		if len(values) > 0 {
			values = append(values, raw(", "))
		}
		values = append(values, side.value...)
		if side.v != nil {
			vs = append(vs, side.v)
		} else {
			lhs = append(lhs, side.e)
		}
	}
	switch {
	case len(vs) > 0:
		r.text(append([]frag{define(vs...)}, values...)...)
	case len(lhs) > 0:
		r.assignTo(lhs, values)
	}
}

// assignTo builds an assignment as the source might have it.
func (r *ranging) assignTo(lhs []ast.Expr, values []frag) {
	r.awaitsInOrder(lhs)
	var frags []frag
	for i, e := range lhs {
		if i > 0 {
			frags = append(frags, raw(", "))
		}
		frags = append(frags, assigned(e))
	}
	r.text(append(append(frags, raw(" = ")), values...)...)
}

// counted are the values of the position, nothing if it is the key itself.
func (r *ranging) counted(at *variable) []frag {
	if at == r.key {
		return nil
	}
	return []frag{ref(at)}
}

func (r *ranging) overInt() {
	t := types.Default(r.info.TypeOf(r.s.X))
	limit := r.lowerer.value(r.s.X)
	switch {
	case r.info.Types[r.s.X].Value != nil:
	case mayBeUntyped(r.s.X) && !types.Identical(t, types.Typ[types.Int]): // 1 << n
		limit = ref(r.once(t, frag{typ: t}, raw("("), limit, raw(")")))
	default:
		limit = ref(r.once(t, limit))
	}
	at := r.position(t)
	r.begin = func() {
		r.when(r.loop.end, ref(at), raw(" >= "), limit)
		r.assign(r.counted(at), nil)
	}
	r.post = []frag{ref(at), raw("++")}
}

func (r *ranging) overSlice() {
	x := r.lowerer.value(r.s.X)
	length := []frag{raw("len("), x, raw(")")}
	var all *variable
	switch {
	case r.s.Value != nil && !isBlank(r.s.Value):
		all = r.once(r.info.TypeOf(r.s.X), x)
		length = []frag{raw("len("), ref(all), raw(")")}
	case !r.lengthIsConstant():
		length = []frag{ref(r.once(types.Typ[types.Int], length...))}
	}
	at := r.position(types.Typ[types.Int])
	r.begin = func() {
		r.when(r.loop.end, append([]frag{ref(at), raw(" >= ")}, length...)...)
		var element []frag
		if all != nil {
			element = []frag{ref(all), raw("["), ref(at), raw("]")}
		}
		if r.s.Tok == token.DEFINE {
			r.assign(r.counted(at), nil)
			r.assign(nil, element)
		} else {
			r.assign(r.counted(at), element)
		}
	}
	r.post = []frag{ref(at), raw("++")}
}

// lengthIsConstant reports whether len of what is ranged over is a constant:
// then Go does not evaluate it for the positions alone.
func (r *ranging) lengthIsConstant() bool {
	u := commonUnder(r.info.TypeOf(r.s.X))
	if p, ok := u.(*types.Pointer); ok {
		u = p.Elem().Underlying()
	}
	if _, ok := u.(*types.Array); !ok {
		return false
	}
	if _, ok := types.Unalias(r.info.TypeOf(r.s.X)).(*types.TypeParam); ok {
		return false
	}
	effects := false
	ast.Inspect(r.s.X, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			effects = effects || !r.info.Types[n.Fun].IsType() && r.info.Types[n].Value == nil
		case *ast.UnaryExpr:
			effects = effects || n.Op == token.ARROW
		}
		return !effects
	})
	return !effects
}

func (r *ranging) overString() {
	all := r.once(types.Default(r.info.TypeOf(r.s.X)), r.lowerer.value(r.s.X))
	at := r.position(types.Typ[types.Int])
	width := r.hidden("width", types.Typ[types.Int])
	decode := []frag{qual("unicode/utf8", "DecodeRuneInString"), raw("("), ref(all), raw("["), ref(at), raw(":])")}
	if !types.Identical(all.typ, types.Typ[types.String]) {
		decode = []frag{decode[0], raw("(string("), ref(all), raw("["), ref(at), raw(":]))")}
	}
	r.begin = func() {
		r.when(r.loop.end, ref(at), raw(" >= len("), ref(all), raw(")"))
		if r.s.Tok == token.DEFINE || r.s.Value == nil || isBlank(r.s.Value) {
			r.assign(r.counted(at), nil)
			char := r.value
			if char == nil {
				char = r.hidden("rune", types.Typ[types.Rune])
			}
			r.text(append([]frag{define(char, width)}, decode...)...)
			return
		}
		char := r.hidden("rune", types.Typ[types.Rune])
		r.text(append([]frag{define(char, width)}, decode...)...)
		r.assign(r.counted(at), []frag{ref(char)})
	}
	r.post = []frag{ref(at), raw(" += "), ref(width)}
}

// overChan receives until the channel is closed:
//
//	for1: // for v := range ch
//	v, ok1 := <-range1
//	if !ok1 { goto end1 }
func (r *ranging) overChan(ch *types.Chan) {
	all := r.once(r.info.TypeOf(r.s.X), r.lowerer.value(r.s.X))
	ok := r.hidden("ok", types.Typ[types.Bool])
	v := r.key
	if v == nil {
		v = r.hidden("recv", ch.Elem())
	}
	r.begin = func() {
		r.text(define(v, ok), raw("<-"), ref(all))
		r.unless(r.loop.end, ref(ok))
		if v != r.key {
			r.assign([]frag{ref(v)}, nil)
		}
	}
}

// overMap has rt go through a map, since only Go knows where it stands while
// the body inserts and deletes:
//
//	range1 := rt.RangeMap(m)
//	for1: // for k, v := range m
//	if !range1.Next() { goto end1 }
//	k, v := range1.Key(), range1.Value()
func (r *ranging) overMap(m *types.Map) {
	all := r.once(types.NewPointer(r.fn.src.unit.rtType("MapIter", m.Key(), m.Elem())), qual(rtPath, "RangeMap"), raw("("), r.lowerer.value(r.s.X), raw(")"))
	r.begin = func() {
		r.unless(r.loop.end, ref(all), raw(".Next()"))
		r.assign([]frag{ref(all), raw(".Key()")}, []frag{ref(all), raw(".Value()")})
	}
}

// overFunc has rt run a function on a coroutine of Go's own and pull its
// values; a marked iterator is pulled by its own coroutine, with RangeIter.
// Leaving the loop by a jump stops it, and so does the end of the call:
//
//	range1 := rt.Range(&co.Defers, f)
//	for1: // for v := range f
//	if !range1.Next() { goto end1 }
//	v := range1.Key()
func (r *ranging) overFunc(f *types.Signature) *variable {
	pair := []types.Type{types.NewStruct(nil, nil), types.NewStruct(nil, nil)}
	name := "Range0"
	for i, v := range slices.Collect(commonUnder(f.Params().At(0).Type()).(*types.Signature).Params().Variables()) {
		pair[i], name = v.Type(), []string{"Range", "Range2"}[i]
	}
	x := r.lowerer.value(r.s.X)
	if c := r.fn.ranges[r.s.X]; c != nil {
		x = frag{iter: c}
		name = strings.Replace(strings.TrimSuffix(name, "0"), "Range", "RangeIter", 1)
	}
	r.defers = true
	all := r.once(types.NewPointer(r.fn.src.unit.rtType("Ranging", pair...)),
		qual(rtPath, name), raw("("), frag{defers: true}, raw(", "), x, raw(")"))
	r.begin = func() {
		r.unless(r.loop.end, ref(all), raw(".Next()"))
		r.assign([]frag{ref(all), raw(".Key()")}, []frag{ref(all), raw(".Value()")})
	}
	return all
}

// commonUnder is the underlying type of t; of a type parameter, that of all
// its types, which have the same one where range or a receive takes it.
func commonUnder(t types.Type) types.Type {
	if all := typesUnder(t); len(all) > 0 {
		return all[0]
	}
	return t.Underlying()
}

// isArray reports whether t is an array, or a type parameter that may be one.
func isArray(t types.Type) bool {
	return t != nil && slices.ContainsFunc(typesUnder(t), func(t types.Type) bool { _, ok := t.(*types.Array); return ok })
}

// typesUnder are the underlying types of those that a type parameter stands
// for, or that of another type.
func typesUnder(t types.Type) (list []types.Type) {
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return []types.Type{t.Underlying()}
	}
	var visit func(t types.Type)
	visit = func(t types.Type) {
		switch u := types.Unalias(t).(type) {
		case *types.Union:
			for term := range u.Terms() {
				visit(term.Type())
			}
			return
		case *types.TypeParam:
			visit(u.Constraint())
			return
		}
		if i, ok := t.Underlying().(*types.Interface); ok {
			for e := range i.EmbeddedTypes() {
				visit(e)
			}
			return
		}
		list = append(list, t.Underlying())
	}
	visit(tp.Constraint())
	return list
}

// rangeVar is the variable that a range clause declares, or nil.
func (l *lowerer) rangeVar(s *ast.RangeStmt, e ast.Expr) *variable {
	if e == nil || s.Tok != token.DEFINE {
		return nil
	}
	return l.defined(e)
}

// onlyRead reports whether the body neither writes v nor lets it be shared.
func (l *lowerer) onlyRead(v *variable, body *ast.BlockStmt) bool {
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && l.info.Uses[id] == v.obj
	}
	only := true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				only = only && !is(e)
			}
		case *ast.IncDecStmt:
			only = only && !is(n.X)
		case *ast.UnaryExpr:
			only = only && !(n.Op == token.AND && is(n.X))
		case *ast.RangeStmt:
			only = only && !(n.Key != nil && is(n.Key)) && !(n.Value != nil && is(n.Value))
		case *ast.SelectorExpr:
			only = only && !is(n.X)
		case *ast.FuncLit:
			ast.Inspect(n.Body, func(m ast.Node) bool {
				if id, ok := m.(*ast.Ident); ok && l.info.Uses[id] == v.obj {
					only = false
				}
				return only
			})
		}
		return only
	})
	return only
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}
