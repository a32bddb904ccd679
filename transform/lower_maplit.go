package transform

import (
	"fmt"
	"go/ast"
	"go/types"
)

// mapLiteral evaluates a map literal with an entry that awaits, as gc does:
// the entries that are constant first, then one after the other, each stored
// before the next is evaluated.
//
//	tmp1 := map[string]int{"a": 1}
//	tmp1[k] = x
//	…
//	tmp1["b"] = rt.Unpack(co.call1.Result())
func (l *lowerer) mapLiteral(e *ast.CompositeLit) {
	v := l.invent(fmt.Sprintf("tmp%d", l.number("tmp")), l.info.TypeOf(e))
	made := append([]frag{define(v)}, typeOfLiteral(e, v.typ)...)
	made = append(made, raw("{"))
	var entries []*ast.KeyValueExpr
	for _, x := range e.Elts {
		entry := x.(*ast.KeyValueExpr)
		if !l.isStatic(entry) {
			entries = append(entries, entry)
			continue
		}
		if made[len(made)-1].raw != "{" {
			made = append(made, raw(", "))
		}
		made = append(made, src(entry))
	}
	l.text(append(made, raw("}"))...)
	for _, entry := range entries {
		l.line = l.lineOf(entry.Pos()) - 1 // no blank lines between entries
		l.leading(entry.Pos())
		l.entry(v, entry)
		l.store(v, entry).trail = l.trailing(entry.End())
	}
	l.instead[e] = []frag{ref(v)}
}

// entry lowers the awaits of an entry of the map that v is, or points to.
func (l *lowerer) entry(v *variable, entry *ast.KeyValueExpr) {
	t := commonUnder(v.typ)
	if p, ok := t.(*types.Pointer); ok {
		t = commonUnder(p.Elem())
	}
	if !l.suspends(entry.Value) || !l.keyCopied(t.(*types.Map), entry.Key) {
		l.awaitsInOrder([]ast.Expr{entry.Key, entry.Value})
		return
	}
	l.awaits(entry.Key)
	if key := ast.Unparen(entry.Key); l.instead[key] == nil {
		l.spill(key)
	}
	l.awaits(entry.Value)
}

// store puts an entry in the map that v is, or points to.
func (l *lowerer) store(v *variable, entry *ast.KeyValueExpr) *instr {
	text := []frag{ref(v)}
	if _, ok := v.typ.Underlying().(*types.Pointer); ok {
		text = []frag{raw("(*"), ref(v), raw(")")}
	}
	text = append(append(text, raw("[")), l.element(entry.Key)...)
	text = append(append(text, raw("] = ")), l.element(entry.Value)...)
	return l.text(text...)
}

// isMapLiteral reports whether e is a map literal that gc builds in its place
// among the calls of an expression: one with an entry that is not constant.
func (l *lowerer) isMapLiteral(e *ast.CompositeLit) bool {
	t := l.info.TypeOf(e)
	if p, ok := t.Underlying().(*types.Pointer); ok { // &T left out
		t = p.Elem()
	}
	if _, ok := commonUnder(t).(*types.Map); !ok {
		return false
	}
	for _, entry := range e.Elts {
		if !l.isStatic(entry) {
			return true
		}
	}
	return false
}

// isStatic reports whether e, an element of a composite literal, is made of
// constants alone, so that gc need not compute it.
func (l *lowerer) isStatic(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.KeyValueExpr:
		_, field := e.Key.(*ast.Ident)
		return (l.isStatic(e.Key) || field && l.info.Types[e.Key].Type == nil) && l.isStatic(e.Value)
	case *ast.CompositeLit:
		switch l.info.TypeOf(e).Underlying().(type) {
		case *types.Struct, *types.Array:
		default:
			return false
		}
		for _, x := range e.Elts {
			if !l.isStatic(x) {
				return false
			}
		}
		return true
	}
	tv := l.info.Types[e]
	return tv.Value != nil || tv.IsNil()
}

// element is a key or value of a literal, to stand by itself.
func (l *lowerer) element(e ast.Expr) []frag {
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil && l.instead[lit] == nil {
		return append(typeOfLiteral(lit, l.info.TypeOf(lit)), src(lit))
	}
	return []frag{l.value(e)}
}

// typeOfLiteral is what stands before the brace of a literal of type t: where
// that was left out, all of it has to be written for a literal that moves.
func typeOfLiteral(e *ast.CompositeLit, t types.Type) []frag {
	if e.Type != nil {
		return []frag{src(e.Type)}
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return []frag{raw("&"), {typ: p.Elem()}}
	}
	return []frag{{typ: t}}
}
