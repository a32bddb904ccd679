package transform

import (
	"fmt"
	"strings"
)

func (g *programmer) switchStmt(deep int) (dead bool) {
	t := g.enter(false)
	g.open()
	init := ""
	var read []string
	if g.one(2) {
		text, fresh := g.header()
		init = text
		for _, v := range fresh { // no statement can stand before the clauses
			read = append(read, g.show(v))
		}
	}
	of, tag := kind(-1), ""
	switch {
	case len(read) > 0:
		of = kInt
		tag = fmt.Sprintf("w.V(%s, %s)", g.expr(kInt, 1), strings.Join(read, ", "))
	case !g.one(3):
		of = choose(g, kInt, kString, kAny)
		tag = g.expr(of, 1)
	}
	g.line("switch %s%s {", init, tag)
	clauses := 1 + g.n(4)
	def := g.n(clauses + 2)
	dead = def < clauses
	for i := range clauses {
		if i == def {
			g.line("default:")
		} else {
			g.line("case %s:", g.caseExpr(of, i))
		}
		clauseDead := g.block(deep)
		if !clauseDead && i < clauses-1 && g.one(4) {
			g.line("fallthrough")
			clauseDead = true
		}
		dead = dead && clauseDead
	}
	g.line("}")
	g.close()
	g.exit()
	return dead && !t.broken
}

// caseExpr writes the expressions of a case, no constant twice.
func (g *programmer) caseExpr(k kind, i int) string {
	var list []string
	for j := range 1 + g.n(2) {
		switch {
		case k < 0:
			list = append(list, fmt.Sprintf("w.B(%d, %s)", g.trace(), g.expr(kBool, 1)))
		case k == kString, k == kAny && g.one(2):
			list = append(list, g.either(func() string { return fmt.Sprintf("w.S(%d, %s)", g.trace(), g.expr(kString, 1)) }, fmt.Sprintf("%q", strings.Repeat("a", 2*i+j))))
		default:
			list = append(list, g.either(func() string { return fmt.Sprintf("w.I(%d, %s)", g.trace(), g.expr(kInt, 1)) }, fmt.Sprint(2*i+j)))
		}
	}
	return strings.Join(list, ", ")
}

// caseTypes are the cases of type switches, and what their variable is then.
var caseTypes = []struct {
	text string
	kind kind
}{
	{"int", kInt}, {"string", kString}, {"[]int", kSlice}, {"nil", kAny}, {"S", kStruct}, {"error", kError},
	{"*int", kPointer}, {"[3]int, int8", kAny}, {"interface{ Area() int }", -1},
}

func (g *programmer) typeSwitch(deep int) (dead bool) {
	t := g.enter(false)
	g.open()
	var init, x string
	if !g.one(4) {
		x = g.expr(kAny, 2)
	} else {
		text, fresh := g.header()
		var read []string
		for _, v := range fresh {
			read = append(read, g.show(v))
		}
		init, x = text, fmt.Sprintf("any(w.V(2, %s))", strings.Join(read, ", "))
	}
	name := ""
	if g.n(4) > 0 {
		name = g.newName()
		g.line("switch %s%s := %s.(type) {", init, name, x)
	} else {
		g.line("switch %s%s.(type) {", init, x)
	}
	clauses := 1 + g.n(4)
	def, shown := g.n(clauses+2), g.n(clauses)
	dead = def < clauses
	from := g.n(len(caseTypes))
	for i := range clauses {
		c := caseTypes[(from+i)%len(caseTypes)]
		if i == def {
			c.kind = kAny
			g.line("default:")
		} else {
			g.line("case %s:", c.text)
		}
		clauseDead := g.clause(deep, name, c.kind, i == shown)
		dead = dead && clauseDead
	}
	g.line("}")
	g.close()
	g.exit()
	return dead && !t.broken
}

// clause writes the body of a clause of a type switch, of which one must read
// the variable.
func (g *programmer) clause(deep int, name string, k kind, reads bool) (dead bool) {
	g.open()
	defer g.close()
	g.line("w.T(%d)", g.trace())
	if name != "" {
		v := g.declare(name, k)
		v.used, v.keep = true, k < 0
		if reads && k < 0 {
			g.line("_ = %s", name)
		} else if reads {
			g.line("w.T(%d, %s)", g.trace(), g.show(v))
		}
	}
	return g.stmts(1+g.n(3), deep)
}

// selectStmt writes a select in which at most one communication can go on.
func (g *programmer) selectStmt(deep int) (dead bool) {
	t := g.enter(false)
	clauses := 1 + g.n(3)
	ready := g.n(clauses + 1)
	def := -1
	if g.fn.suspends() || ready == clauses || g.one(2) {
		def = g.n(clauses + 1)
	}
	dead = true
	g.line("select {")
	for i := range clauses + 1 {
		if i == def {
			g.line("default:")
			dead = g.block(deep) && dead
		}
		if i < clauses {
			dead = g.communication(deep, i == ready) && dead
		}
	}
	g.line("}")
	g.exit()
	return dead && !t.broken
}

// communication writes a clause of a select.
func (g *programmer) communication(deep int, ready bool) (dead bool) {
	id := g.trace()
	g.open()
	defer g.close()
	var fresh []*local
	if g.one(4) {
		channel := "Space"
		if !ready {
			channel = choose(g, "Never", "Empty")
		}
		g.line("case w.%s(%d) <- %s:", channel, id, g.argument(kInt))
	} else {
		channel := fmt.Sprintf("w.%s(%d)", choose(g, "Never", "Empty"), id)
		if ready {
			channel = fmt.Sprintf("w.Ready(%d, %s)", id, g.argument(kInt))
		}
		left, vs := g.received()
		fresh = vs
		g.line("case %s<-%s:", left, channel)
	}
	g.scope.locals = append(g.scope.locals, fresh...)
	if len(fresh) > 0 {
		g.holes(fresh...)
	}
	g.line("w.T(%d)", g.trace())
	return g.stmts(1+g.n(3), deep)
}

// received writes what stands left of a receive, and what that declares.
func (g *programmer) received() (left string, fresh []*local) {
	switch g.n(5) {
	case 1:
		fresh = []*local{{name: g.newName(), kind: kInt}}
		return fresh[0].name + " := ", fresh
	case 2:
		fresh = []*local{{name: g.newName(), kind: kInt}, {name: g.fresh(), kind: kBool}}
		return fresh[0].name + ", " + fresh[1].name + " := ", fresh
	case 3:
		return g.place(kInt) + " = ", nil
	case 4:
		return g.place(kInt) + ", " + g.place(kBool) + " = ", nil
	}
	return "", nil
}
