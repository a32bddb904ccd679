package transform

import (
	"fmt"
	"strings"
)

// flow writes a statement that holds others.
func (g *programmer) flow(deep int) (dead bool) {
	switch g.n(11) {
	case 9, 10:
		g.nativeStmt(deep)
	case 0, 1, 2:
		return g.ifStmt(deep)
	case 3, 4:
		return g.forStmt(deep)
	case 5, 6:
		g.rangeStmt(deep)
	case 7:
		return g.switchStmt(deep)
	case 8:
		g.line("{")
		dead = g.block(deep)
		g.line("}")
		return dead
	}
	return false
}

func (g *programmer) ifStmt(deep int) (dead bool) {
	dead = true
	keyword := "if "
	scopes := 0
	for i := 0; ; i++ {
		init := ""
		var fresh []*local
		if g.one(2) {
			g.open() // seen in the rest of the chain
			scopes++
			init, fresh = g.header()
		}
		g.line("%s%s%s {", keyword, init, g.boolExpr(2))
		if len(fresh) > 0 {
			g.holes(fresh...)
		}
		if !g.block(deep) {
			dead = false
		}
		if i == 2 || !g.one(3) {
			break
		}
		keyword = "} else if "
	}
	if g.one(2) {
		g.line("} else {")
		if !g.block(deep) {
			dead = false
		}
	} else {
		dead = false
	}
	g.line("}")
	for range scopes {
		g.close()
	}
	return dead
}

// header writes an init statement with its semicolon, and returns what it
// declares: its caller makes the hole.
func (g *programmer) header() (text string, fresh []*local) {
	if g.fn.suspends() && g.n(3) > 0 {
		text, fresh = g.awaited(true)
	} else {
		k := choose(g, kInt, kInt, kString, kError)
		e := g.expr(k, 2)
		name := g.newName()
		fresh = []*local{{name: name, kind: k}}
		text = name + " := " + e
	}
	g.scope.locals = append(g.scope.locals, fresh...)
	return text + "; ", fresh
}

// enter begins a statement that can be left by its label.
func (g *programmer) enter(loop bool) *leavable {
	name := ""
	for _, n := range []string{"loop", "outer", "next1", "end1", "for1", "await1", "else1", "L"} {
		if !g.fn.labels[n] && g.one(3) {
			name = n
			break
		}
	}
	if name == "" {
		name = fmt.Sprintf("L%d", g.trace())
	}
	t := &leavable{label: g.line(""), name: name, loop: loop}
	g.fn.targets = append(g.fn.targets, t)
	g.fn.labels[name] = true
	return t
}

func (g *programmer) exit() { g.fn.targets = g.fn.targets[:len(g.fn.targets)-1] }

func (g *programmer) forStmt(deep int) (dead bool) {
	t := g.enter(true)
	g.open()
	switch g.n(5) {
	case 0, 1:
		i := g.newName()
		g.scope.locals = append(g.scope.locals, &local{name: i, kind: kInt, used: true})
		post := i + "++"
		if g.one(4) {
			post = fmt.Sprintf("%s = w.I(%d, %s+1)", i, g.trace(), i)
		}
		g.line("for %s := 0; %s < %d && w.More(); %s {", i, i, 1+g.n(4), post)
		g.block(deep)
	case 2:
		g.line("for w.More() && %s {", g.boolExpr(1))
		g.block(deep)
	case 3:
		g.line("for {")
		g.line("if !w.More() {\nbreak\n}")
		t.broken = true
		g.block(deep)
	case 4:
		init, fresh := g.header()
		cond := g.boolExpr(1)
		post := ""
		if g.fn.suspends() && g.one(2) {
			post, _ = g.awaited(false)
		} else if v := g.some(kInt, true); v != nil {
			post = v.name + "--"
		}
		g.line("for %sw.More() && %s; %s {", init, cond, post)
		if len(fresh) > 0 {
			g.holes(fresh...)
		}
		g.block(deep)
	}
	g.line("}")
	g.close()
	g.exit()
	return false
}

func (g *programmer) rangeStmt(deep int) {
	g.enter(true)
	var x string
	var value kind
	two := true
	switch g.n(5) {
	case 0, 1:
		x, two = g.either(func() string { return g.atom(kInt) + " & 3" }, fmt.Sprint(1+g.n(3))), false
	case 2, 3:
		x, value = g.either(func() string { return g.expr(kSlice, 1) }, fmt.Sprintf("w.Slice(%d)", g.trace())), kInt
	case 4:
		x, value = g.either(func() string { return g.expr(kString, 1) }, `"aéz"`), kRune
	}
	g.open()
	var fresh []*local
	name := func(k kind) string {
		if g.one(5) {
			return "_"
		}
		n := g.newName()
		v := &local{name: n, kind: k}
		g.scope.locals = append(g.scope.locals, v)
		fresh = append(fresh, v)
		return n
	}
	clause := ""
	switch {
	case g.one(6):
	case g.one(5): // for a[i] = range x
		k, v := g.place(kInt), "_"
		if two && value == kInt {
			v = g.place(kInt)
		}
		clause = k + " = "
		if two {
			clause = k + ", " + v + " = "
		}
	default:
		list := []string{name(kInt)}
		if two && g.n(3) > 0 {
			list = append(list, name(value))
		}
		clause = strings.Join(list, ", ") + " := "
		if strings.Trim(clause, "_, :=") == "" {
			clause = strings.Replace(clause, ":=", "=", 1)
		}
	}
	g.line("for %srange %s {", clause, x)
	if len(fresh) > 0 {
		g.holes(fresh...)
	}
	g.block(deep)
	g.line("}")
	g.close()
	g.exit()
}

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
		of = choose(g, kInt, kString)
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
			return fmt.Sprintf("w.B(%d, %s)", g.trace(), g.expr(kBool, 1))
		case k == kString:
			list = append(list, g.either(func() string { return fmt.Sprintf("w.S(%d, %s)", g.trace(), g.expr(k, 1)) }, fmt.Sprintf("%q", strings.Repeat("a", 2*i+j))))
		default:
			list = append(list, g.either(func() string { return fmt.Sprintf("w.I(%d, %s)", g.trace(), g.expr(k, 1)) }, fmt.Sprint(2*i+j)))
		}
	}
	return strings.Join(list, ", ")
}

// leave writes a statement that does not go on: return, break, continue, or
// a panic.
func (g *programmer) leave() (dead bool) {
	if n := len(g.fn.targets); n > 0 && g.n(3) > 0 {
		at := g.n(n)
		t := g.fn.targets[at]
		op := "break"
		if t.loop && g.one(2) {
			op = "continue"
		}
		if op == "break" {
			t.broken = true
		}
		if at == n-1 && g.one(2) {
			g.line("%s", op)
			return true
		}
		*t.label = t.name + ":"
		g.line("%s %s", op, t.name)
		return true
	}
	if g.one(8) {
		g.line("panic(%s)", choose(g, `"boom"`, "world.Err(9)", fmt.Sprintf("w.I(%d, 4)", g.trace())))
		return true
	}
	g.returnStmt()
	return true
}
