package transform

import (
	"go/ast"
	"go/token"
	"go/types"
)

// call edits the calls that do not stay as they are written.
func (e *editor) call(n *ast.CallExpr) bool {
	c := e.fn.calls[n]
	switch {
	case e.panics != nil && len(e.lits) == 0 && isRecover(e.info, n):
		e.replace(n, plain(e.storage(e.panics)+".Recover()"))
		return false
	case c == nil || c.kind == callAwait && c.state == 0:
		return true
	case c.kind == callMaker:
		e.rename(n.Fun, calleeIdent(n.Fun), c.callee.asyncName())
		for _, a := range n.Args {
			e.walk(a)
		}
		return false
	case c.kind == callYield:
		e.replace(n, e.received())
		return false
	case c.kind == callAwait:
		e.replace(n, e.result(n, c))
		return false
	}
	// rt.Spawn(f) is rt.SpawnIn(fb, f).
	id := calleeIdent(n.Fun)
	e.rename(n.Fun, id, id.Name+"In")
	e.insert(n.Lparen+1, plain(e.names.fb))
	if len(n.Args) > 0 {
		e.insert(n.Lparen+1, plain(", "))
	}
	for _, a := range n.Args {
		e.walk(a)
	}
	return false
}

// result reads the results of an await in the place where it stands.
func (e *editor) result(n *ast.CallExpr, c *call) text {
	read := plain(e.names.co + "." + e.holders[e.held[c]].name + ".Result()")
	if c.count == 1 || c.count == 0 && e.dropsValue(n) {
		return read
	}
	out := text{{s: "Unpack" + string(rune('0'+c.count)), path: rtPath}}
	out.str("(")
	out.add(read)
	out.str(")")
	return out
}

// dropsValue reports whether the first of the two values of an Await0's
// Result is assigned to the blank identifier, or both are dropped.
func (e *editor) dropsValue(n *ast.CallExpr) bool {
	switch p := e.parent().(type) {
	case *ast.ExprStmt:
		return true
	case *ast.AssignStmt:
		return e.errorOnly(p)
	case *ast.ReturnStmt:
		return len(p.Results) == 1
	}
	return false
}

// rename writes another name in the place of the identifier that names the
// function in fun; everything else of fun is edited as usual.
func (e *editor) rename(fun ast.Expr, id *ast.Ident, name string) {
	switch f := fun.(type) {
	case *ast.ParenExpr:
		e.rename(f.X, id, name)
	case *ast.IndexExpr:
		e.rename(f.X, id, name)
		e.walk(f.Index)
	case *ast.IndexListExpr:
		e.rename(f.X, id, name)
		for _, x := range f.Indices {
			e.walk(x)
		}
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			if pkg, ok := e.info.Uses[x].(*types.PkgName); ok {
				e.replace(f, text{{s: name, path: pkg.Imported().Path()}})
				return
			}
		}
		e.stack = append(e.stack, f)
		e.walk(f.X)
		e.stack = e.stack[:len(e.stack)-1]
		e.replace(f.Sel, plain(name))
	case *ast.Ident:
		if obj := e.info.Uses[f]; obj != nil && obj.Pkg() != e.u.pkg.Types {
			e.replace(f, text{{s: name, path: obj.Pkg().Path()}}) // through a dot import
			return
		}
		e.replace(f, named(name))
	}
}

// asyncName is the name of the callee's async form.
func (c *callee) asyncName() string {
	switch {
	case c.local != nil:
		return c.local.async
	case c.form != nil:
		return c.form.Name()
	case c.value != nil:
		return c.value.name
	}
	return c.fn.Name() + "Async"
}

// asyncCall writes the call of the target's async form.
func (s *splicer) asyncCall(c *call, lits []*ast.FuncLit) text {
	e := &editor{splicer: s, root: c.target, lits: lits}
	e.stack = append(e.stack, c.target)
	if c.callee.value != nil {
		e.walk(c.target.Fun) // it fills a slot
	} else {
		e.rename(c.target.Fun, calleeIdent(c.target.Fun), c.callee.asyncName())
	}
	if c.yield != nil {
		args := e.arguments(c, nil)
		e.cut(c.target.Lparen+1, c.target.Rparen, args)
	} else {
		for _, a := range c.target.Args {
			e.walk(a)
		}
	}
	return e.apply(c.target.Pos(), c.target.End())
}

// awaitableText writes rt.Awaitable of an await's results.
func (u *unit) awaitableText(t types.Type) (out text) {
	out.qual(rtPath, "Awaitable")
	out.str("[")
	out.add(u.typeText(t))
	out.str("]")
	return out
}

// start writes how an await begins: the call's coroutine made ready.
func (s *splicer) start(in *instr) (out text) {
	c, h := in.call, s.holders[in.holder]
	field := s.names.co + "." + h.name
	if c.callee.made() {
		out.str(field + " = ")
		out.add(s.asyncCall(c, nil))
		if c.yield != nil {
			out.str(".From(" + s.names.co + "." + s.yieldField() + ")")
		}
		out.str("\n")
		return out
	}
	frame := field
	reads := s.readsHolder(c, in.holder) // the frame that is there is still to be read for an argument
	again := reads && h.pointer
	switch {
	case again:
		frame = unique("call", func(n string) bool { return s.idents[n] })
		out.str("{\n" + frame + " := ")
		out.add(s.newFrame(h))
	case !reads:
		out.add(s.frameFor(in, h))
	}
	e := &editor{splicer: s, root: c.target, stack: []ast.Node{c.target}}
	out.str(frame + ".Init(")
	out.add(e.arguments(c, e.initReceiver(c)))
	out.str(")\n")
	if again {
		out.str(field + " = " + frame + "\n}\n")
	}
	if c.yield != nil {
		out.str(field + ".Yields(" + s.names.co + "." + s.yieldField() + ")\n")
	}
	return out
}

// frameFor provides the frame of a call: that of an earlier one, which has
// ended, without what it may have left there, or a new one.
func (s *splicer) frameFor(in *instr, h *holder) (out text) {
	field := s.names.co + "." + h.name
	clean := func(frame string) {
		if h.has.stale {
			out.str(frame + " = ")
			out.add(s.holderType(h))
			out.str("{}\n")
		}
	}
	made := append(plain(field+" = "), s.newFrame(h)...)
	switch {
	case !h.pointer:
		if in.mayHold {
			clean(field)
		}
	case in.holds:
		clean("*" + field)
	case in.mayHold:
		out.str("if " + field + " == nil {\n")
		out.add(made)
		if h.has.stale {
			out.str("} else {\n")
			clean("*" + field)
		}
		out.str("}\n")
	default:
		out.add(made)
	}
	return out
}

func (s *splicer) newFrame(h *holder) (out text) {
	out.str("new(")
	out.add(s.holderType(h))
	out.str(")\n")
	return out
}

// readsHolder reports whether an argument of an awaited call is the result of
// an await whose frame is kept in the same field.
func (s *splicer) readsHolder(c *call, holder int) bool {
	for _, o := range s.fn.order {
		h, held := s.held[o]
		if held && h == holder && o != c && c.target.Pos() <= o.expr.Pos() && o.expr.End() <= c.target.End() {
			return true
		}
	}
	return false
}

// initReceiver writes the receiver of an awaited call as the first argument of
// Init, nil if that has none.
func (e *editor) initReceiver(c *call) text {
	if c.callee.made() || c.callee.sel == nil || c.callee.sel.Kind() != types.MethodVal {
		return nil
	}
	return e.receiver(c)
}

// arguments writes the arguments of an awaited call behind recv, if there is
// one, but for a yield that is passed on: on lines of their own where the
// source has them so.
func (e *editor) arguments(c *call, recv text) (out text) {
	first := len(recv) == 0
	out.add(recv)
	last := c.target.Lparen
	newLine := func(pos token.Pos) bool { return e.u.pkg.Fset.Position(pos).Line > e.u.pkg.Fset.Position(last).Line }
	comma := func() {
		if !first {
			out.str(", ")
		}
		first = false
	}
	for i, a := range c.target.Args {
		if id, ok := ast.Unparen(a).(*ast.Ident); ok && c.yield != nil && e.info.Uses[id] == c.yield {
			continue
		}
		comma()
		if newLine(a.Pos()) {
			out.str("\n")
		}
		out.add(e.sub(a))
		if c.target.Ellipsis.IsValid() && i == len(c.target.Args)-1 {
			out.str("...")
		}
		last = a.End()
	}
	if !first && newLine(c.target.Rparen) {
		out.str(",\n")
	}
	return out
}

// receiver writes the receiver of a method call as an argument: through
// embedded fields, its address taken or its pointer followed as Go does.
func (e *editor) receiver(c *call) (out text) {
	sel := ast.Unparen(c.target.Fun).(*ast.SelectorExpr)
	out = e.sub(sel.X)
	t := c.callee.sel.Recv()
	path := c.callee.sel.Index()
	if len(path) > 1 {
		switch ast.Unparen(sel.X).(type) {
		case *ast.UnaryExpr, *ast.StarExpr, *ast.Ident:
			if first := out.String()[0]; first == '*' || first == '&' || first == '<' {
				out = append(append(plain("("), out...), plain(")")...)
			}
		}
	}
	for _, i := range path[:len(path)-1] {
		st := t.Underlying()
		if p, ok := st.(*types.Pointer); ok {
			st = p.Elem().Underlying()
		}
		f := st.(*types.Struct).Field(i)
		out.str("." + f.Name())
		t = f.Type()
	}
	want := isPointer(types.Unalias(c.callee.sel.Obj().(*types.Func).Signature().Recv().Type()))
	switch {
	case want && !isPointer(t):
		if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok && len(path) == 1 {
			if v := e.byObj[e.info.Uses[id]]; v != nil && v.boxed {
				return plain(e.box(v))
			}
		}
		return append(plain("&"), out...)
	case !want && isPointer(t):
		return append(plain("*"), out...)
	}
	return out
}
