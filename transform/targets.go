package transform

import (
	"go/ast"
	"go/token"
)

// A target is a statement that was taken apart and that break or continue
// may mean.
type target struct {
	name      string // its label in the source
	breaks    *label
	continues *label // of a loop
	named     bool   // a block: only a break with its name means it
}

// within lowers f inside t.
func (l *lowerer) within(t target, f func()) {
	l.targets = append(l.targets, t)
	f()
	l.targets = l.targets[:len(l.targets)-1]
}

// resolveJumps notes the gotos that the breaks and continues of a native
// statement become: those whose target has been taken apart.
func (l *lowerer) resolveJumps(s ast.Stmt) {
	var loops, breakable int // native ones around the node
	labels := map[string]bool{}
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
		case *ast.LabeledStmt:
			labels[n.Label.Name] = true
		case *ast.ForStmt, *ast.RangeStmt:
			inside(n, true)
			return false
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			inside(n, false)
			return false
		case *ast.BranchStmt:
			switch {
			case n.Label != nil:
				if !labels[n.Label.Name] && n.Tok != token.GOTO {
					l.jumps[n] = l.targetOf(n)
				}
			case n.Tok == token.BREAK && breakable == 0, n.Tok == token.CONTINUE && loops == 0:
				l.jumps[n] = l.targetOf(n)
			}
		}
		return true
	}
	ast.Inspect(s, func(n ast.Node) bool { return n != nil && walk(n) })
}

func (l *lowerer) targetOf(n *ast.BranchStmt) *label {
	for i := len(l.targets) - 1; i >= 0; i-- {
		t := l.targets[i]
		if n.Label != nil && t.name != n.Label.Name || n.Label == nil && t.named {
			continue
		}
		if n.Tok == token.BREAK {
			return t.breaks
		}
		if t.continues != nil {
			return t.continues
		}
	}
	panic("transform: a jump without a target at " + l.fset.Position(n.Pos()).String())
}
