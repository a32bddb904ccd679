package transform

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestResolve compares what each call of testdata/load/calls resolves to
// with the comment on its line.
func TestResolve(t *testing.T) {
	in := loadedInput(t, "calls")
	u := in.unit()
	resolve(u, in.world.formsFor(u))
	for _, d := range u.diags.list {
		t.Errorf("%s", d)
	}
	got := make(map[int][]string)
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			var calls []*call
			for _, c := range fn.calls {
				calls = append(calls, c)
			}
			slices.SortFunc(calls, func(a, b *call) int { return int(a.expr.Pos() - b.expr.Pos()) })
			for _, c := range calls {
				line := u.pkg.Fset.Position(c.expr.Pos()).Line
				got[line] = append(got[line], describe(c))
			}
			for i, c := range fn.order {
				if c.state != i+1 {
					t.Errorf("%s: order[%d] has state %d", fn.obj.Name(), i, c.state)
				}
			}
		}
	}
	want := make(map[int]string)
	for i, line := range strings.Split(string(in.files[0].text), "\n") {
		if m := resolves.FindStringSubmatch(line); m != nil {
			want[i+1] = m[1]
		}
	}
	for line, w := range want {
		if g := strings.Join(got[line], "; "); g != w {
			t.Errorf("line %d: %s, want %s", line, g, w)
		}
		delete(got, line)
	}
	for line, g := range got {
		t.Errorf("line %d: unexpected %s", line, g)
	}
}

var resolves = regexp.MustCompile(`[(){}]\s*// (.*)$`)

// describe says what a call resolves to.
func describe(c *call) string {
	var parts []string
	switch c.kind {
	case callYield:
		parts = append(parts, fmt.Sprintf("yield, state %d", c.state))
	case callInFiber:
		parts = append(parts, "in fiber")
	case callAwait:
		parts = append(parts, fmt.Sprintf("%s, state %d", describeCallee(c), c.state))
	}
	var args []ast.Expr
	for arg := range c.slots {
		args = append(args, arg)
	}
	slices.SortFunc(args, func(a, b ast.Expr) int { return int(a.Pos() - b.Pos()) })
	for _, arg := range args {
		if s := c.slots[arg]; s.lit != nil {
			parts = append(parts, "slot await "+describeCallee(s.await))
		} else {
			parts = append(parts, "slot "+s.name)
		}
	}
	return strings.Join(parts, "; ")
}

func describeCallee(of *call) string {
	var text string
	c := of.callee
	switch {
	case c.local != nil && c.op == nil && c.form == nil:
		text = "local " + c.local.coro
	case c.op != nil && c.form == nil:
		text = "op " + c.op.Name()
	case c.form != nil:
		text = "form " + c.form.Name()
	}
	if of.yield != nil {
		text += ", delegate"
	}
	return text
}
