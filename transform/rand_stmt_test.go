package transform

import (
	"fmt"
	"slices"
	"strings"
)

// stmts writes statements and reports whether the last one never ends.
func (g *programmer) stmts(count, deep int) (dead bool) {
	for range count {
		if g.size <= 0 {
			break
		}
		g.size--
		if g.stmt(deep) {
			return true
		}
	}
	if g.scope.outer != nil && g.one(4) && deep < 3 {
		return g.leave()
	}
	return false
}

// block writes the body of a statement behind its opening brace.
func (g *programmer) block(deep int) (dead bool) {
	g.open()
	g.line("w.T(%d)", g.trace())
	dead = g.stmts(1+g.n(3), deep)
	g.close()
	return dead
}

// stmt writes one statement.
func (g *programmer) stmt(deep int) (dead bool) {
	if g.fn.async && g.fn.suspends() && g.one(8) {
		g.slotStmt()
		return false
	}
	if g.one(7) {
		return g.typeStmt(deep)
	}
	if g.fn.suspends() && g.n(5) > 2 {
		g.awaitStmt()
		return false
	}
	if deep > 0 && g.n(5) > 1 {
		return g.flow(deep - 1)
	}
	switch g.n(14) {
	case 0:
		g.traceStmt()
	case 1, 2:
		g.define()
	case 3, 4:
		g.assign()
	case 5:
		g.opAssign()
	case 6:
		g.swap()
	case 7:
		g.store()
	case 8:
		g.deferStmt()
	case 9:
		g.constant()
	case 10:
		g.declaration()
	case 11:
		g.writer()
	case 13:
		g.methodValue()
	case 12:
		g.line("_ = %s", g.expr(choose(g, kInt, kBool, kSlice, kFunc), 2))
	}
	return false
}

// traceStmt traces the values of some variables.
func (g *programmer) traceStmt() {
	id := g.trace()
	vs := g.visible(func(v *local) bool { return !v.keep })
	var args string
	for range min(len(vs), 3) {
		args += ", " + g.show(vs[g.n(len(vs))])
	}
	g.line("w.T(%d%s)", id, args)
}

var definables = []kind{kInt, kInt, kString, kBool, kSlice, kPointer, kPointer, kStruct, kFunc, kFunc, kError, kArray, kMap, kAny}

// definable picks the kind of a variable.
func (g *programmer) definable() kind {
	if g.generic && g.one(4) {
		return kT
	}
	return choose(g, definables...)
}

// define writes x := e, or several, some of which may be there already.
func (g *programmer) define() {
	var lhs, rhs []string
	var fresh []*local
	for range 1 + g.n(2)*g.n(2) {
		k := g.definable()
		name, old := g.leftName(k, lhs)
		e := g.expr(k, 2)
		if old && e == name { // vet dislikes x = x
			e = g.literal(k)
			g.lookup(name).used = false
		}
		rhs = append(rhs, e)
		lhs = append(lhs, name)
		if !old {
			fresh = append(fresh, &local{name: name, kind: k})
		}
	}
	op := ":="
	if len(fresh) == 0 {
		op = "="
	}
	g.line("%s %s %s", strings.Join(lhs, ", "), op, strings.Join(rhs, ", "))
	g.add(fresh)
}

// add makes the variables of a definition visible.
func (g *programmer) add(fresh []*local) {
	g.scope.locals = append(g.scope.locals, fresh...)
	if len(fresh) > 0 {
		g.holes(fresh...)
	}
}

// leftName picks a name for the left of :=, old if the innermost block has
// such a variable already.
func (g *programmer) leftName(k kind, not []string) (name string, old bool) {
	if g.one(3) {
		for _, v := range g.scope.locals {
			if v.kind == k && !v.fixed && !v.keep && !slices.Contains(not, v.name) && g.lookup(v.name) == v {
				return v.name, true
			}
		}
	}
	for range 4 {
		if name = g.newName(); !slices.Contains(not, name) {
			return name, false
		}
	}
	return g.fresh(), false
}

// place picks what can be assigned a value of a kind.
func (g *programmer) place(k kind) string {
	if k == kInt {
		switch g.n(8) {
		case 4:
			if v := g.some(kArray, true); v != nil {
				g.use(v)
				return v.name + "[1]"
			}
		case 5:
			if v := g.some(kMap, false); v != nil {
				g.use(v)
				return fmt.Sprintf("%s[%s&3]", v.name, g.expr(kInt, 1))
			}
		case 6, 7:
			if e := g.typedPlace(); e != "" {
				return e
			}
		case 1:
			if v := g.some(kSlice, false); v != nil {
				g.use(v)
				return fmt.Sprintf("%s[%s&1]", v.name, g.either(func() string { return g.expr(kInt, 1) }, fmt.Sprintf("w.I(%d, 1)", g.trace())))
			}
		case 2:
			if v := g.some(kPointer, false); v != nil {
				g.use(v)
				return "*" + v.name
			}
		case 3:
			if v := g.some(kStruct, true); v != nil {
				g.use(v)
				return v.name + ".A"
			}
		}
	}
	if v := g.some(k, true); v != nil {
		return v.name
	}
	return "_"
}

func (g *programmer) assign() {
	k := g.definable()
	lhs, rhs := g.place(k), g.expr(k, 2)
	if lhs == rhs { // vet dislikes x = x
		lhs = "_"
	}
	if g.one(3) {
		k2 := g.definable()
		lhs2, rhs2 := g.place(k2), g.expr(k2, 2)
		lhs, rhs = lhs+", "+lhs2, rhs+", "+rhs2
	}
	g.line("%s = %s", lhs, rhs)
}

func (g *programmer) opAssign() {
	switch lhs := g.place(kInt); {
	case lhs == "_":
		g.traceStmt()
	case g.one(2):
		g.line("%s%s", lhs, choose(g, "++", "--"))
	default:
		g.line("%s %s %s", lhs, choose(g, "+=", "-=", "*=", "^="), g.expr(kInt, 2))
	}
}

func (g *programmer) swap() {
	k := choose(g, kInt, kString, kSlice, kFunc, kPointer)
	a, b := g.some(k, true), g.some(k, true)
	if a == nil || a == b {
		g.define()
		return
	}
	g.use(a)
	g.use(b)
	g.line("%s, %s = %s, %s", a.name, b.name, b.name, a.name)
}

// store writes through what is shared.
func (g *programmer) store() {
	if v := g.some(kPointer, false); v != nil && g.one(2) {
		g.use(v)
		g.line("*%s %s %s", v.name, choose(g, "=", "+="), g.expr(kInt, 2))
		return
	}
	if v := g.some(kStruct, true); v != nil {
		g.use(v)
		g.line("%s.%s", v.name, g.either(func() string {
			return g.either(func() string { return "B = " + g.expr(kString, 1) }, "P = world.New(5)")
		}, "A++"))
		return
	}
	g.assign()
}

// writer makes a function that writes a variable around it.
func (g *programmer) writer() {
	v := g.some(kInt, true)
	if v == nil {
		g.define()
		return
	}
	g.use(v)
	lit := fmt.Sprintf("func() int { %s %s; w.T(%d, %s); return %s }", v.name, choose(g, "++", "+= 2", "*= 2"), g.trace(), v.name, v.name)
	if f := g.some(kFunc, true); f != nil && g.one(2) {
		g.line("%s = %s", f.name, lit)
		return
	}
	name, old := g.leftName(kFunc, nil)
	if old {
		g.line("%s = %s", name, lit)
		return
	}
	g.line("%s := %s", name, lit)
	g.add([]*local{{name: name, kind: kFunc}})
}

func (g *programmer) constant() {
	name := g.newName()
	k := choose(g, kInt, kString)
	value := g.literal(k)
	for _, v := range g.visible(func(v *local) bool { return v.fixed && v.kind == k && k == kInt }) {
		if g.one(2) {
			g.use(v)
			value = v.name + " + 1"
			break
		}
	}
	g.line("const %s = %s", name, value)
	g.scope.locals = append(g.scope.locals, &local{name: name, kind: k, fixed: true})
}

// declaration writes var statements.
func (g *programmer) declaration() {
	k := g.definable()
	if k == kBool && g.lookup("bool") != nil {
		k = kInt
	}
	switch g.n(3) {
	case 0:
		name := g.newName()
		g.line("var %s %s", name, typeOf[k])
		g.add([]*local{{name: name, kind: k}})
	case 1:
		e := g.expr(k, 2)
		name := g.newName()
		g.line("var %s %s = %s", name, typeOf[k], e)
		g.add([]*local{{name: name, kind: k}})
	case 2:
		e := g.expr(k, 2)
		v, u := &local{name: g.newName(), kind: k}, &local{name: g.fresh(), kind: kInt}
		g.scope.locals = append(g.scope.locals, v) // the second line sees it
		g.line("var (\n%s = %s\n%s int = %s\n)", v.name, e, u.name, g.expr(kInt, 2))
		g.scope.locals = append(g.scope.locals, u)
		g.holes(v, u)
	}
}

// deferStmt writes a deferred call.
func (g *programmer) deferStmt() {
	if g.fn.async && g.one(3) {
		g.deferAwait()
		return
	}
	id := g.trace()
	switch g.n(9) {
	case 0, 1:
		g.line("defer func() {\nif p := recover(); p != nil {")
		g.deferred(id, ", world.Panic(p)")
		g.line("}\n}()")
	case 2:
		g.line("defer func() {")
		g.deferred(id, "")
		g.line("}()")
	case 3:
		g.line("defer w.T(%d, %s, %s)", id, g.argument(kInt), g.argument(kString))
	case 4:
		g.line("defer w.Done()")
	case 5:
		g.line("defer w.Recover(%d)", id)
	case 6:
		outer := g.size
		g.size = min(g.size, 3)
		lit := g.funcLit("func(a int, s string) {", nil, []*local{{name: "a", kind: kInt, used: true}, {name: "s", kind: kString, used: true}})
		g.size = outer
		g.line("defer %s(%s, %s)", strings.TrimSpace(lit), g.argument(kInt), g.argument(kString))
	case 7:
		if v := g.some(kFunc, false); v != nil {
			g.use(v)
			if g.fn.literal {
				g.line("defer w.Call(%s)", v.name) // it may be the literal itself
			} else {
				g.line("defer %s()", v.name)
			}
			return
		}
		g.line("defer w.T(%d)", id)
	case 8:
		if v := g.some(kStruct, true); v != nil {
			g.use(v)
			g.line("defer %s.%s", v.name, g.either(func() string { return "Add(" + g.argument(kInt) + ")" }, "Sum()"))
			return
		}
		g.line("defer w.I(%d, %s)", id, g.argument(kInt))
	}
}

// deferred writes the body of a deferred literal, which may change results.
func (g *programmer) deferred(id int, args string) {
	outer := g.fn
	named := outer.named
	g.fn = &routine{literal: true, labels: outer.labels}
	g.line("w.T(%d%s)", id, args)
	g.open()
	for _, r := range named {
		if g.lookup(r.name) == r && g.one(2) {
			e := g.expr(r.kind, 1)
			if e == r.name { // a result, which needs no reading
				e = g.literal(r.kind)
			}
			g.line("%s = %s", r.name, e)
		}
	}
	outerSize := g.size
	g.size = min(g.size, 3)
	g.stmts(g.n(3), 1)
	g.size = outerSize - (min(outerSize, 3) - g.size)
	if g.one(6) {
		g.line("if w.B(%d, %s) {\npanic(\"again\")\n}", g.trace(), g.expr(kBool, 1))
	}
	g.close()
	g.fn = outer
}
