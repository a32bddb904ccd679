package transform

import "fmt"

// A landing is a label that goto may mean.
type landing struct {
	label *string // its line, empty until something jumps there
	name  string
	back  bool
}

// newLabel picks a name that no other label of the function has.
func (g *programmer) newLabel() string {
	for _, n := range []string{"loop", "outer", "next1", "end1", "for1", "await1", "else1", "L"} {
		if !g.fn.labels[n] && g.one(3) {
			g.fn.labels[n] = true
			return n
		}
	}
	return fmt.Sprintf("L%d", g.trace())
}

// gotoStmt writes statements with a label behind or before them, which goto
// in them may mean.
func (g *programmer) gotoStmt(deep int) (dead bool) {
	m := &landing{name: g.newLabel(), back: g.one(2)}
	g.fn.landings = append(g.fn.landings, m)
	defer func() { g.fn.landings = g.fn.landings[:len(g.fn.landings)-1] }()
	if m.back {
		m.label = g.line("")
		g.line("w.T(%d)", g.trace())
		if g.stmts(1+g.n(3), deep) {
			return true
		}
		g.line("if w.More() && %s {", g.boolExpr(1))
		g.jump(m)
		g.line("}")
		return false
	}
	label := ""
	m.label = &label
	if g.one(2) {
		g.line("if %s {", g.boolExpr(1))
		g.jump(m)
		g.line("}")
	}
	g.line("{") // a goto may not jump over declarations
	g.block(deep)
	g.line("}")
	g.lines = append(g.lines, &label)
	g.line("w.T(%d)", g.trace())
	return false
}

func (g *programmer) jump(m *landing) {
	*m.label = m.name + ":"
	g.line("goto %s", m.name)
}

// leave writes a statement that does not go on: return, break, continue,
// goto, or a panic.
func (g *programmer) leave() (dead bool) {
	if n := len(g.fn.landings); n > 0 && g.one(2) {
		m := g.fn.landings[g.n(n)]
		if !m.back {
			g.jump(m)
			return true
		}
		g.line("if w.More() {")
		g.jump(m)
		g.line("}")
	}
	if n := len(g.fn.targets); n > 0 && g.n(3) > 0 {
		g.leaveTarget(g.n(n))
		return true
	}
	if g.one(8) {
		g.line("panic(%s)", choose(g, `"boom"`, "world.Err(9)", fmt.Sprintf("w.I(%d, 4)", g.trace())))
		return true
	}
	g.returnStmt()
	return true
}

// leaveTarget breaks out of a statement around, or goes on with it; before
// that it may begin it again.
func (g *programmer) leaveTarget(at int) {
	t := g.fn.targets[at]
	if g.one(8) {
		*t.label = t.name + ":"
		g.line("if w.More() {\ngoto %s\n}", t.name)
	}
	op := "break"
	if t.loop && g.one(2) {
		op = "continue"
	}
	if op == "break" {
		t.broken = true
	}
	if at == len(g.fn.targets)-1 && g.one(2) {
		g.line("%s", op)
		return
	}
	*t.label = t.name + ":"
	g.line("%s %s", op, t.name)
}

// enter begins a statement that can be left by its label.
func (g *programmer) enter(loop bool) *leavable {
	t := &leavable{label: g.line(""), name: g.newLabel(), loop: loop}
	g.fn.targets = append(g.fn.targets, t)
	return t
}

func (g *programmer) exit() { g.fn.targets = g.fn.targets[:len(g.fn.targets)-1] }
