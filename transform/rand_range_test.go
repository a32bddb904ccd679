package transform

import (
	"fmt"
	"strings"
)

// A rangeable is what a loop ranges over, with the kinds of its values, -1
// for what it does not have.
type rangeable struct {
	x          string
	key, value kind
	recovers   bool // a function that recovers panics: gc takes a panic where a loop assigns key and value for none of the body's
}

func (g *programmer) rangeable() rangeable {
	if g.fn.async && g.fn.suspends() && g.one(4) {
		return g.eachRange()
	}
	if g.one(2) {
		if r, ok := g.iterRange(); ok {
			return r
		}
	}
	if g.one(4) {
		return g.namedRange()
	}
	switch g.n(16) {
	case 2, 3:
		return rangeable{x: g.either(func() string { return g.expr(kSlice, 1) }, fmt.Sprintf("w.Slice(%d)", g.trace())), key: kInt, value: kInt}
	case 4:
		return rangeable{x: g.either(func() string { return g.expr(kString, 1) }, `"aéz"`), key: kInt, value: kRune}
	case 5:
		return rangeable{x: g.expr(kArray, 1), key: kInt, value: kInt}
	case 6:
		if v := g.some(kArray, true); v != nil {
			g.use(v)
			return rangeable{x: "&" + v.name, key: kInt, value: kInt}
		}
		return rangeable{x: fmt.Sprintf("world.Three(%s, %s, 1)", g.expr(kInt, 1), g.expr(kInt, 1)), key: kInt, value: kInt}
	case 7, 8: // of one entry, since the order is random
		return rangeable{x: fmt.Sprintf("map[int]string{%s: %s}", g.expr(kInt, 1), g.expr(kString, 1)), key: kInt, value: kString}
	case 9:
		return rangeable{x: "map[int]string{1: \"a\", 2: \"b\"}", key: -1, value: -1}
	case 10:
		return rangeable{x: fmt.Sprintf("world.Chan(%s, %s)", g.expr(kInt, 1), g.expr(kInt, 1)), key: kInt, value: -1}
	case 11:
		return rangeable{x: fmt.Sprintf("w.Seq(%d)", 1+g.n(3)), key: kInt, value: -1}
	case 12:
		return rangeable{x: fmt.Sprintf("w.Seq0(%s & 3)", g.atom(kInt)), key: -1, value: -1}
	case 13:
		return rangeable{x: fmt.Sprintf("w.Seq2(%d)", 1+g.n(3)), key: kInt, value: kString, recovers: true}
	case 14:
		return rangeable{x: fmt.Sprintf("w.Bad(%s)", g.expr(kInt, 1)), key: kInt, value: -1}
	case 15:
		if g.lookup("bool") == nil {
			return rangeable{x: g.iterator(), key: kInt, value: -1}
		}
	}
	return rangeable{x: g.either(func() string { return g.atom(kInt) + " & 3" }, fmt.Sprint(1+g.n(3))), key: kInt, value: -1}
}

// iterator writes a literal of a function to range over, which shares
// variables with the body of the loop.
func (g *programmer) iterator() string {
	outer := g.fn
	defer func() { g.fn = outer }()
	g.fn = &routine{literal: true, labels: outer.labels}
	return strings.TrimSpace(g.text(func() {
		g.line("func(emit func(int) bool) {")
		g.open()
		if g.one(3) {
			g.line("defer w.T(%d)", g.trace())
		}
		for range 1 + g.n(2) {
			if g.one(12) { // Go panics if the loop has been left
				g.line("emit(%s)", g.expr(kInt, 1))
			} else {
				g.line("if !emit(%s) {\nreturn\n}", g.expr(kInt, 1))
			}
		}
		g.stmts(g.n(2), 1)
		g.close()
		g.line("}")
	}))
}

func (g *programmer) rangeStmt(deep int) {
	g.enter(true)
	r := g.rangeable()
	g.open()
	clause, fresh := g.rangeClause(r)
	g.line("for %srange %s {", clause, r.x)
	if len(fresh) > 0 {
		g.holes(fresh...)
		g.stepKey(fresh)
	}
	g.block(deep)
	g.line("}")
	g.close()
	g.exit()
}

// rangeClause writes what stands before range, and returns what it declares.
func (g *programmer) rangeClause(r rangeable) (clause string, fresh []*local) {
	name := func(k kind) string {
		if g.one(5) {
			return "_"
		}
		v := &local{name: g.newName(), kind: k}
		g.scope.locals = append(g.scope.locals, v)
		fresh = append(fresh, v)
		return v.name
	}
	two := r.value >= 0
	switch {
	case r.key < 0 || g.one(6):
		return "", nil
	case g.one(5) && !r.recovers && r.key != kRune: // for a[i] = range x
		clause = g.place(r.key)
		if two {
			v := "_"
			if r.value != kRune {
				v = g.place(r.value)
			}
			clause += ", " + v
		}
		return clause + " = ", nil
	}
	clause = name(r.key)
	if two && g.n(3) > 0 {
		clause += ", " + name(r.value)
	}
	if len(fresh) == 0 {
		return clause + " = ", nil
	}
	return clause + " := ", fresh
}
