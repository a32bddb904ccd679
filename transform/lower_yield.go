package transform

import (
	"fmt"
	"go/ast"
	"go/types"
)

// operands are what is evaluated of a call that is started: its function, or
// the operand of its method, and its arguments.
func (c *call) operands() []ast.Expr {
	switch {
	case c.lit != nil:
		return []ast.Expr{c.lit.lit}
	case c.target == nil:
		return []ast.Expr{c.named}
	case c.kind != callEach && !c.callee.iter:
		return []ast.Expr{c.target}
	}
	return append([]ast.Expr{c.target.Fun}, c.target.Args...)
}

// yielded is what a yield hands out. Two values go as one:
//
//	co.yield.Yield(fb, co, rt.Pair[string, int]{First: k, Second: v})
func (l *lowerer) yielded(c *call) []frag {
	args := c.expr.Args
	switch t := l.fn.yielded(); {
	case l.fn.yields == yieldsBool && len(args) == 0:
		return []frag{raw("struct{}{}")}
	case l.fn.yields == yieldsBool && l.fn.yield.Type().Underlying().(*types.Signature).Params().Len() == 2:
		first, second := src(args[0]), frag{}
		if len(args) == 2 {
			second = src(args[1])
		} else { // yield(f())
			tuple := l.info.TypeOf(args[0]).(*types.Tuple)
			x := l.invent(fmt.Sprintf("tmp%d", l.number("tmp")), tuple.At(0).Type())
			y := l.invent(fmt.Sprintf("tmp%d", l.number("tmp")), tuple.At(1).Type())
			l.text(define(x, y), src(args[0]))
			first, second = ref(x), ref(y)
		}
		return []frag{{typ: t}, raw("{First: "), first, raw(", Second: "), second, raw("}")}
	}
	return []frag{src(args[0])}
}
