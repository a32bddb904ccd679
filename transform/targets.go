package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A target is a statement that was taken apart and that break or continue
// may mean.
type target struct {
	node      ast.Stmt
	name      string // its label in the source
	breaks    *label
	continues *label    // of a loop
	ranging   *variable // a loop over a function: what is stopped when a jump leaves it
	ways      *leavings // out of it, for jumps that first leave such a loop in its body
	each      *eachLoop // a loop over rt.Each: jumps leave it by a way of its own
}

// A leaving is a way out of a loop: to a jump that is made when something else
// has ended, the generator of rt.Each or a loop that stayed whole.
type leaving struct {
	label *label
	then  jump
}

type leavings []*leaving

// leave returns where to go for a jump out of a loop with these ways.
func (l *lowerer) leave(ways *leavings, then jump) *label {
	for _, way := range *ways {
		if way.then.to == then.to && slices.Equal(way.then.stops, then.stops) {
			return way.label
		}
	}
	way := &leaving{labelf("leave%d", l.number("leave")), then}
	*ways = append(*ways, way)
	return way.label
}

// depart makes a jump.
func (l *lowerer) depart(j jump) {
	for _, v := range j.stops {
		l.text(ref(v), raw(".Stop()"))
	}
	l.jump(j.to)
}

// within lowers f inside t.
func (l *lowerer) within(t target, f func()) {
	l.targets = append(l.targets, t)
	f()
	l.targets = l.targets[:len(l.targets)-1]
}

// resolveJumps notes the jumps that the branch statements of a native
// statement become: those whose target has been taken apart.
//
// A loop over a function that stayed whole ends when a jump has left its body,
// and has to before those around it are stopped; so the jump goes to a place
// where they are.
func (l *lowerer) resolveJumps(s ast.Stmt) {
	var loops, breakable, funcs int // native ones around the node
	note := func(n *ast.BranchStmt, j jump) {
		if funcs > 0 && len(j.stops) > 0 {
			i := slices.IndexFunc(l.targets, func(t target) bool { return t.ranging == j.stops[0] })
			j = jump{to: l.leave(l.targets[i].ways, j)}
		}
		l.jumps[n] = j
	}
	labels := labelsIn(s)
	var walk func(n ast.Node) bool
	inside := func(n ast.Node, isLoop bool) {
		breakable++
		if isLoop {
			loops++
		}
		ast.Inspect(n, func(c ast.Node) bool {
			if c == n {
				return true
			}
			return c != nil && walk(c)
		})
		breakable--
		if isLoop {
			loops--
		}
	}
	walk = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			inside(n, true)
			return false
		case *ast.RangeStmt:
			if isOverFunc(l.info, n) {
				funcs++
				defer func() { funcs-- }()
			}
			inside(n, true)
			return false
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			inside(n, false)
			return false
		case *ast.BranchStmt:
			switch {
			case n.Label != nil && labels[n.Label.Name]:
			case n.Tok == token.GOTO:
				note(n, l.jumpTo(n))
			case n.Label != nil, n.Tok == token.BREAK && breakable == 0, n.Tok == token.CONTINUE && loops == 0:
				note(n, l.targetOf(n))
			}
		}
		return true
	}
	ast.Inspect(s, func(n ast.Node) bool { return n != nil && walk(n) })
}

// labelsIn are the labels of a statement and of those in it.
func labelsIn(s ast.Node) map[string]bool {
	labels := map[string]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			labels[l.Label.Name] = true
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
	return labels
}

// targetOf is what a break or continue becomes.
func (l *lowerer) targetOf(n *ast.BranchStmt) jump { return l.outOf(n, l.targets) }

// outOf is targetOf where the statements around the jump are these.
func (l *lowerer) outOf(n *ast.BranchStmt, around []target) (j jump) {
	for i, t := range slices.Backward(around) {
		mine := n.Label != nil && t.name == n.Label.Name || n.Label == nil && (n.Tok == token.BREAK || t.continues != nil)
		switch {
		case mine && n.Tok == token.CONTINUE:
			j.to = t.continues
			return j
		case t.each != nil && mine:
			j.to = l.leave(&t.each.ways, jump{to: t.breaks})
			return j
		case t.each != nil:
			j.to = l.leave(&t.each.ways, l.outOf(n, around[:i]))
			return j
		case t.ranging != nil:
			j.stops = append(j.stops, t.ranging)
		}
		if mine {
			j.to = t.breaks
			return j
		}
	}
	panic("transform: a jump without a target at " + l.fset.Position(n.Pos()).String())
}

// ---- return

// findReturns notes the returns in the loops over functions of a native
// statement.
func (l *lowerer) findReturns(s ast.Stmt) {
	ast.Inspect(s, func(n ast.Node) bool {
		if loop, ok := n.(*ast.RangeStmt); ok && isOverFunc(l.info, loop) {
			l.returns = append(l.returns, returnsIn(loop.Body)...)
			return false
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
}

// isOverFunc reports whether a loop ranges over a function.
func isOverFunc(info *types.Info, s *ast.RangeStmt) bool {
	_, ok := commonUnder(info.TypeOf(s.X)).(*types.Signature)
	return ok
}

func returnsIn(body *ast.BlockStmt) (list []*ast.ReturnStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			list = append(list, r)
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
	return list
}

// resolveReturns has those returns jump to the end of a function that defers.
// A return sets Resume's result when the loop's body ends, but the function
// that is ranged over may panic or call Goexit yet: Leave would take that for
// a return.
func (l *lowerer) resolveReturns() {
	if !l.defers || len(l.returns) == 0 {
		return
	}
	end := labelf("return%d", l.number("return"))
	for _, r := range l.returns {
		l.jumps[r] = jump{to: end}
	}
	l.mark(end)
}

// ---- goto

// findGotos notes the goto statements of a body.
func (l *lowerer) findGotos(body *ast.BlockStmt) {
	l.gotos, l.marks = map[types.Object][]*ast.BranchStmt{}, map[types.Object]*label{}
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
			obj := l.info.Uses[b.Label]
			l.gotos[obj] = append(l.gotos[obj], b)
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
}

// jumpedTo reports whether a labelled statement begins with a label of the
// flat code: a goto elsewhere means it, or a goto in it and it is taken apart.
func (l *lowerer) jumpedTo(s *ast.LabeledStmt) bool {
	return slices.ContainsFunc(l.gotos[l.info.Defs[s.Label]], func(b *ast.BranchStmt) bool {
		return b.Pos() < s.Pos() || s.End() <= b.Pos() || l.suspends(s)
	})
}

// markOf is the label of the flat code for one of the source's.
func (l *lowerer) markOf(obj types.Object) *label {
	lb := l.marks[obj]
	if lb == nil {
		lb = &label{name: obj.Name(), source: true}
		l.marks[obj] = lb
	}
	return lb
}

// gotoTarget lowers a statement that a goto means. Its label stands before
// it, so a break or continue that means it too takes it apart.
func (l *lowerer) gotoTarget(s *ast.LabeledStmt) {
	in := l.mark(l.markOf(l.info.Defs[s.Label]))
	l.line = l.lineOf(s.Colon)
	in.trail = l.trailing(s.Colon)
	l.leading(s.Stmt.Pos())
	named := false
	ast.Inspect(s.Stmt, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		named = named || ok && b.Tok != token.GOTO && b.Label != nil && b.Label.Name == s.Label.Name
		return !named
	})
	if named {
		l.flatten(s.Stmt, s.Label.Name)
	} else {
		l.stmt(s.Stmt, "")
	}
}

// jumpTo is what a goto becomes: the loops over functions around it that are
// not around its label are left.
func (l *lowerer) jumpTo(n *ast.BranchStmt) jump { return l.gotoFrom(n, l.targets) }

// gotoFrom is jumpTo where the statements around the jump are these.
func (l *lowerer) gotoFrom(n *ast.BranchStmt, around []target) (j jump) {
	obj := l.info.Uses[n.Label]
	for i, t := range slices.Backward(around) {
		switch {
		case t.node.Pos() <= obj.Pos() && obj.Pos() < t.node.End():
		case t.each != nil:
			j.to = l.leave(&t.each.ways, l.gotoFrom(n, around[:i]))
			return j
		case t.ranging != nil:
			j.stops = append(j.stops, t.ranging)
		}
	}
	j.to = l.markOf(obj)
	return j
}
