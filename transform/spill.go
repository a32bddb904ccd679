package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// awaits lowers the awaits and yields of n, a statement or an expression that
// is evaluated once, in the order of evaluation: what is an argument of
// another comes first, then from left to right. Then n can be used as it is,
// with their results in their places.
//
// One rule keeps Go's order. Before a suspension, what stands left of it and
// is a call, a receive, or a && or || with one in it, is evaluated into a
// variable; so is an earlier await. Plain variables stay where they are: gc
// reads them after the calls of an expression. What stands right of the last
// suspension stays too.
func (l *lowerer) awaits(n ast.Node) {
	for _, p := range l.points(n) {
		l.spillBefore(n, p.Pos())
		switch p := p.(type) {
		case *ast.CallExpr:
			l.suspend(l.fn.calls[p])
		case *ast.BinaryExpr:
			l.logical(p)
		case *ast.CompositeLit:
			l.mapLiteral(p)
		}
	}
}

// awaitsInOrder is awaits for expressions that are evaluated one after the
// other.
func (l *lowerer) awaitsInOrder(list []ast.Expr) {
	for i, e := range list {
		if !l.suspends(e) {
			continue
		}
		for _, before := range list[:i] {
			l.spillBefore(before, before.End())
		}
		l.awaits(e)
	}
}

// points are the awaits and yields of n, in the order of evaluation, and each
// && and || whose right operand has one, and map literal with one; what is in
// these belongs to them.
func (l *lowerer) points(n ast.Node) (list []ast.Expr) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || len(l.fn.within(c)) == 0 {
			return false
		}
		switch c := c.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BinaryExpr:
			if _, done := l.instead[c]; isLogical(c) && !done && l.suspends(c.Y) {
				list = append(append(list, l.points(c.X)...), c)
				return false
			}
		case *ast.CompositeLit:
			if _, done := l.instead[c]; !done && l.suspends(c) && l.isMapLiteral(c) {
				list = append(list, c)
				return false
			}
		case *ast.CallExpr:
			if call := l.fn.calls[c]; call != nil && call.state > 0 {
				for _, x := range append([]ast.Expr{c.Fun}, c.Args...) {
					list = append(list, l.points(x)...)
				}
				list = append(list, c)
				return false
			}
		}
		return true
	})
	return list
}

// logical evaluates a && or || whose right operand awaits:
//
//	tmp1 := x
//	if !tmp1 { goto and1 }
//	tmp1 = y
//	and1:
func (l *lowerer) logical(e *ast.BinaryExpr) {
	v := l.logicalTmp(e.X)
	if v == nil {
		v = l.invent(fmt.Sprintf("tmp%d", l.number("tmp")), types.Default(l.info.TypeOf(e)))
		l.text(define(v), l.value(e.X))
	}
	l.logicalRest(e, v)
	l.instead[e] = []frag{ref(v)}
}

// logicalRest evaluates the right operand into v, which has the left one, if
// it is needed.
func (l *lowerer) logicalRest(e *ast.BinaryExpr, v *variable) {
	var end *label
	if e.Op == token.LAND {
		end = labelf("and%d", l.number("and"))
		l.unless(end, ref(v))
	} else {
		end = labelf("or%d", l.number("or"))
		l.when(end, ref(v))
	}
	if y, ok := ast.Unparen(e.Y).(*ast.BinaryExpr); ok && isLogical(y) && l.suspends(y.Y) {
		l.awaits(y.X)
		l.text(set(v), raw(" = "), l.value(y.X))
		l.logicalRest(y, v)
	} else {
		l.awaits(e.Y)
		l.text(set(v), raw(" = "), l.value(e.Y))
	}
	l.mark(end)
}

// logicalTmp is the variable of a && or || that was evaluated as the left
// operand of another one, which goes on with it; else nil.
func (l *lowerer) logicalTmp(x ast.Expr) *variable {
	e, ok := ast.Unparen(x).(*ast.BinaryExpr)
	if !ok || !isLogical(e) {
		return nil
	}
	if instead := l.instead[e]; len(instead) == 1 {
		return instead[0].ref
	}
	return nil
}

func isLogical(e *ast.BinaryExpr) bool { return e.Op == token.LAND || e.Op == token.LOR }

// value is an expression whose awaits have been lowered.
func (l *lowerer) value(e ast.Expr) frag {
	if instead := l.instead[ast.Unparen(e)]; len(instead) == 1 {
		return instead[0]
	}
	return src(e)
}

// spillBefore evaluates the largest calls and receives of s that end before
// pos, and what gc copies among them (spill_copies.go).
func (l *lowerer) spillBefore(s ast.Node, pos token.Pos) {
	copied, stored := map[ast.Node]bool{}, map[ast.Node]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		if n == nil || n.Pos() >= pos {
			return false
		}
		if _, ok := l.instead[n]; ok {
			return false
		}
		if copied[n] && n.End() <= pos {
			l.spill(n.(ast.Expr))
			return false
		}
		for _, e := range l.copiesIn(n) {
			copied[ast.Unparen(e)] = true
		}
		switch n := n.(type) {
		case *ast.BinaryExpr:
			switch {
			case n.End() > pos:
			case l.comparesMemory(n):
				l.spillOperands(n)
				return false
			case l.hasEffect(n):
				l.spill(n)
				return false
			}
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				stored[ast.Unparen(e)] = true
			}
		case *ast.IndexExpr:
			if n.End() <= pos && !stored[n] && n != s && l.bytesAsKey(n) {
				l.spill(n)
				return false
			}
		case *ast.SelectorExpr:
			if n.X.End() <= pos && l.boxesForCall(ast.Unparen(n.X)) {
				l.spill(ast.Unparen(n.X))
				return false
			}
		case ast.Expr:
			if n.End() <= pos && l.hasEffect(n) {
				l.spill(n)
				return false
			}
		}
		return true
	})
}

// boxesForCall reports whether e, whose method is called or taken, converts a
// value to an interface: gc makes the copy that the interface refers to before
// the arguments of the call, though it makes those among arguments after them.
func (l *lowerer) boxesForCall(e ast.Expr) bool {
	c, ok := e.(*ast.CallExpr)
	if !ok || !l.info.Types[c.Fun].IsType() || l.instead[c] != nil {
		return false
	}
	from := l.info.TypeOf(c.Args[0])
	return types.IsInterface(l.info.TypeOf(c)) && !types.IsInterface(from) && !isPointerShaped(from)
}

// spill evaluates e into a variable of its own.
func (l *lowerer) spill(e ast.Expr) {
	t := l.info.TypeOf(e)
	if tuple, ok := t.(*types.Tuple); ok {
		var vs []*variable
		var refs []frag
		for i := range tuple.Len() {
			v := l.invent(fmt.Sprintf("tmp%d", l.number("tmp")), tuple.At(i).Type())
			if vs = append(vs, v); i > 0 {
				refs = append(refs, raw(", "))
			}
			refs = append(refs, ref(v))
		}
		l.text(define(vs...), src(e))
		l.instead[e] = refs
		return
	}
	if c, ok := e.(*ast.CallExpr); ok && l.fn.calls[c] != nil && l.fn.calls[c].kind == callMaker {
		t = l.fn.src.unit.slotType(t) // what it makes is the async form
	}
	v := l.invent(fmt.Sprintf("tmp%d", l.number("tmp")), types.Default(t))
	l.text(append([]frag{define(v)}, l.element(e)...)...)
	l.instead[e] = []frag{ref(v)}
}

// hasEffect reports whether e itself is something that Go orders: a call, a
// receive, or && and || around one; or that gc evaluates in its place among
// them, although Go leaves the order open: slicing and type assertions, so
// that both forms of a function agree.
func (l *lowerer) hasEffect(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		return l.isCall(e)
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	case *ast.SliceExpr:
		return true
	case *ast.CompositeLit:
		return l.isMapLiteral(e)
	case *ast.TypeAssertExpr:
		return e.Type != nil && !isPointerShaped(l.info.TypeOf(e))
	case *ast.BinaryExpr:
		if !isLogical(e) {
			return false
		}
		found := false
		ast.Inspect(e, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncLit); ok {
				return false
			}
			if x, ok := n.(ast.Expr); ok && n != ast.Node(e) {
				found = found || l.hasEffect(x)
			}
			return !found
		})
		return found
	}
	return false
}

// isCall reports whether e calls something: it is no conversion, and not
// constant.
func (l *lowerer) isCall(e *ast.CallExpr) bool {
	tv := l.info.Types[e.Fun]
	if l.info.Types[e].Value != nil {
		return false
	}
	if tv.IsType() { // gc makes the bytes of a string in their place
		_, toSlice := tv.Type.Underlying().(*types.Slice)
		return toSlice && isString(l.info.TypeOf(e.Args[0]))
	}
	// Package unsafe's only compute; len and the like are calls to Go.
	return !tv.IsBuiltin() || types.Universe.Lookup(builtinName(e)) != nil
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// isPointerShaped reports whether an interface holds a value of type t itself.
func isPointerShaped(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	}
	return false
}

func builtinName(e *ast.CallExpr) string {
	switch f := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr: // unsafe.Sizeof
		return f.Sel.Name
	}
	return ""
}

// suspend lowers one await or yield, up to where its result can be read.
func (l *lowerer) suspend(c *call) {
	if c.kind == callYield {
		l.add(&instr{op: opYield, call: c, frags: l.yielded(c)})
		return
	}
	if !c.callee.made() && c.callee.sel != nil && len(c.target.Args) == 1 {
		// Init takes the receiver first, so several values must be several arguments.
		if _, ok := l.info.TypeOf(c.target.Args[0]).(*types.Tuple); ok {
			if _, done := l.instead[c.target.Args[0]]; !done {
				l.spill(c.target.Args[0])
			}
		}
	}
	in := &instr{op: opAwait, call: c, holder: l.hold(c)}
	for _, x := range c.operands() {
		if x == c.target {
			in.frags = append(in.frags, src(x))
		} else {
			in.frags = append(in.frags, l.value(x))
		}
	}
	l.add(in)
}

// hold finds the field for the coroutine of an await, by its type.
func (l *lowerer) hold(c *call) int {
	h := &holder{callee: &c.callee, inst: l.typeArgs(c), result: l.fn.awaited(c), tail: c.tail}
	for i, o := range l.holders {
		if h.tail && o.tail { // one field for all that the call may end with: it has the results of the function
			l.held[c] = i
			return i
		}
		same := h.callee.local == o.callee.local && h.callee.op == o.callee.op && h.callee.made() == o.callee.made() && h.tail == o.tail
		if h.callee.made() {
			same = same && types.Identical(h.result, o.result)
		}
		if same && slices.EqualFunc(h.inst, o.inst, types.Identical) {
			l.held[c] = i
			return i
		}
	}
	h.circle = h.callee.local != nil && h.callee.local.circle == l.fn.circle
	h.name = fmt.Sprintf("call%d", len(l.holders)+1)
	if c.tail {
		h.name = "tail"
	}
	l.holders = append(l.holders, h)
	l.held[c] = len(l.holders) - 1
	return len(l.holders) - 1
}

// typeArgs are the type arguments of the callee's coroutine or operation:
// the receiver's, then the function's.
func (l *lowerer) typeArgs(c *call) (args []types.Type) {
	add := func(list *types.TypeList) {
		for i := range list.Len() {
			args = append(args, list.At(i))
		}
	}
	if c.callee.sel != nil {
		recv := c.callee.sel.Obj().(*types.Func).Signature().Recv().Type()
		if p, ok := types.Unalias(recv).(*types.Pointer); ok {
			recv = p.Elem()
		}
		if n, ok := types.Unalias(recv).(*types.Named); ok {
			add(n.TypeArgs())
		}
		return args
	}
	if id := calleeIdent(c.target.Fun); id != nil {
		add(l.info.Instances[id].TypeArgs)
	}
	return args
}

// calleeIdent is the identifier that names the function in a call.
func calleeIdent(fun ast.Expr) *ast.Ident {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.IndexExpr:
		return calleeIdent(f.X)
	case *ast.IndexListExpr:
		return calleeIdent(f.X)
	}
	return nil
}

// awaited is T of the Awaitable that an await waits for.
func (fn *function) awaited(c *call) types.Type {
	if c.callee.iter {
		return fn.src.unit.rtType("IterCoroutine", fn.yielded())
	}
	results := typeList(fn.src.unit.pkg.TypesInfo.TypeOf(c.target))
	return fn.src.unit.valueOf(results[:len(results)-1])
}
