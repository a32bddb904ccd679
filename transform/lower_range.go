package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// rangeStmt lowers range over an integer, a slice and a string. What is
// ranged over is evaluated once; the position is the key variable itself if
// the body only reads it, else one of our own:
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
func (l *lowerer) rangeStmt(s *ast.RangeStmt, name string) {
	loop := l.newLoop(s.For, s.Body)
	r := &ranging{lowerer: l, s: s, number: loop.number}
	r.key, r.value = l.rangeVar(s, s.Key), l.rangeVar(s, s.Value)
	switch t := types.Default(l.info.TypeOf(s.X)).Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsString != 0 {
			r.overString()
			break
		}
		r.overInt()
	default: // a slice, or a type parameter whose types are slices
		r.overSlice()
	}
	l.mark(loop.start)
	l.add(&instr{op: opIf, frags: r.ended, label: loop.end})
	for _, in := range r.each {
		l.text(in...)
	}
	l.line = l.lineOf(s.Body.Lbrace)
	l.within(target{name: name, breaks: loop.end, continues: loop.next}, func() { l.block(s.Body) })
	l.mark(loop.next)
	l.text(r.post...).post = true
	l.jump(loop.start)
	l.mark(loop.end)
	l.line = l.lineOf(s.End())
}

// A ranging collects the parts of one loop.
type ranging struct {
	*lowerer
	s          *ast.RangeStmt
	number     int
	key, value *variable // that it declares, else nil
	ended      []frag    // the condition on which it ends
	each       [][]frag  // what each iteration begins with
	post       []frag
}

func (r *ranging) hidden(kind string, t types.Type) *variable {
	return r.invent(fmt.Sprintf("%s%d", kind, r.number), t)
}

// position is the variable that counts, starting at 0.
func (r *ranging) position(t types.Type) *variable {
	v := r.key
	if v == nil || !r.onlyRead(v, r.s.Body) {
		v = r.hidden("index", t)
	}
	r.text(define(v), raw("0"))
	return v
}

func (r *ranging) once(kind string, t types.Type, x ...frag) *variable {
	v := r.hidden(kind, t)
	r.text(append([]frag{define(v)}, x...)...)
	return v
}

// assign gives e, the key or value of the loop, its value in each iteration.
func (r *ranging) assign(e ast.Expr, v *variable, value ...frag) {
	switch {
	case v != nil:
		r.each = append(r.each, append([]frag{define(v)}, value...))
	case e != nil && !isBlank(e):
		r.each = append(r.each, append([]frag{src(e), raw(" = ")}, value...))
	}
}

// count assigns the position to a key that is not the position itself.
func (r *ranging) count(at *variable) {
	if at != r.key {
		r.assign(r.s.Key, r.key, ref(at))
	}
}

func (r *ranging) overInt() {
	t := types.Default(r.info.TypeOf(r.s.X))
	if b, ok := r.info.TypeOf(r.s.X).(*types.Basic); ok && b.Info()&types.IsUntyped != 0 && r.s.Key != nil && !isBlank(r.s.Key) {
		t = r.info.TypeOf(r.s.Key)
	}
	limit := src(r.s.X)
	if r.info.Types[r.s.X].Value == nil {
		limit = ref(r.once("range", t, src(r.s.X)))
	}
	at := r.position(t)
	r.ended = []frag{ref(at), raw(" >= "), limit}
	r.count(at)
	r.post = []frag{ref(at), raw("++")}
}

func (r *ranging) overSlice() {
	length := []frag{raw("len("), src(r.s.X), raw(")")}
	var all *variable
	if r.s.Value != nil && !isBlank(r.s.Value) {
		all = r.once("range", r.info.TypeOf(r.s.X), src(r.s.X))
		length = []frag{raw("len("), ref(all), raw(")")}
	} else {
		length = []frag{ref(r.once("range", types.Typ[types.Int], length...))}
	}
	at := r.position(types.Typ[types.Int])
	r.ended = append([]frag{ref(at), raw(" >= ")}, length...)
	r.count(at)
	if all != nil {
		r.assign(r.s.Value, r.value, ref(all), raw("["), ref(at), raw("]"))
	}
	r.post = []frag{ref(at), raw("++")}
}

func (r *ranging) overString() {
	all := r.once("range", types.Default(r.info.TypeOf(r.s.X)), src(r.s.X))
	at := r.position(types.Typ[types.Int])
	width := r.hidden("width", types.Typ[types.Int])
	r.ended = []frag{ref(at), raw(" >= len("), ref(all), raw(")")}
	r.count(at)
	decode := []frag{qual("unicode/utf8", "DecodeRuneInString"), raw("("), ref(all), raw("["), ref(at), raw(":])")}
	if !types.Identical(all.typ, types.Typ[types.String]) {
		decode = []frag{decode[0], raw("(string("), ref(all), raw("["), ref(at), raw(":]))")}
	}
	char := r.value
	if char == nil {
		char = r.hidden("rune", types.Typ[types.Rune])
	}
	r.each = append(r.each, append([]frag{define(char, width)}, decode...))
	if r.value == nil {
		r.assign(r.s.Value, nil, ref(char))
	}
	r.post = []frag{ref(at), raw(" += "), ref(width)}
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
