package transform

import "fmt"

// flow writes a statement that holds others. Where none of them may await it
// stays as it is, but what leaves it can go anywhere.
func (g *programmer) flow(deep int) (dead bool) {
	if g.one(5) {
		g.fn.native++
		defer func() { g.fn.native-- }()
	}
	if len(g.iters)+len(g.each) > 0 && g.one(5) {
		g.rangeStmt(deep)
		return false
	}
	switch g.n(15) {
	case 3, 4:
		return g.forStmt(deep)
	case 5, 6, 7:
		g.rangeStmt(deep)
	case 8:
		return g.switchStmt(deep)
	case 9:
		return g.typeSwitch(deep)
	case 10, 11:
		return g.selectStmt(deep)
	case 12, 13:
		return g.gotoStmt(deep)
	case 14:
		g.line("{")
		dead = g.block(deep)
		g.line("}")
		return dead
	default:
		return g.ifStmt(deep)
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

func (g *programmer) forStmt(deep int) (dead bool) {
	t := g.enter(true)
	g.open()
	switch g.n(5) {
	case 0, 1:
		i := g.newName()
		g.scope.locals = append(g.scope.locals, &local{name: i, kind: kInt, used: true})
		post := i + "++"
		switch g.n(6) {
		case 4:
			post = fmt.Sprintf("%s = w.I(%d, %s+1)", i, g.trace(), i)
		case 5:
			if e := g.operand(kInt); e != "" {
				post = fmt.Sprintf("%s += 1 + %s&1", i, e)
			}
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
