package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// slot writes an expression that fills an async slot.
func (e *editor) slot(sl *slot) bool {
	n := e.stack[len(e.stack)-1].(ast.Expr)
	switch {
	case sl.none:
	case sl.maker != nil:
		return e.call(sl.maker.expr)
	case sl.variable != nil && sl.name == "":
		e.ident(ast.Unparen(n).(*ast.Ident))
	case sl.variable != nil && sl.variable.IsField() && isIdent(n): // in a composite literal
		e.replace(n, plain(sl.name))
	case sl.lit == nil:
		e.rename(n, calleeIdent(n), sl.name)
	case sl.await != nil:
		e.replace(n, e.forwarding(sl))
	case sl.fn != nil:
		e.replace(n, e.literal(sl.fn))
	default:
		e.replace(n, e.plainLit(sl.lit))
	}
	return false
}

func isIdent(e ast.Expr) bool {
	_, ok := e.(*ast.Ident)
	return ok
}

// within is an editor of root for what stands inside a literal.
func (e *editor) within(root ast.Node, lit *ast.FuncLit) *editor {
	return &editor{splicer: e.splicer, root: root, lits: append(e.lits[:len(e.lits):len(e.lits)], lit)}
}

// forwarding writes a literal that only returns one await:
//
//	func() (page, error) { return rt.Await(fetch(a)) }
//	func() rt.Awaitable[page] { return fetchAsync(a) }
func (e *editor) forwarding(sl *slot) text {
	out := plain("func")
	in := e.within(sl.lit, sl.lit)
	out.add(in.edited(sl.lit.Type.Params))
	out.str(" ")
	out.add(e.u.awaitableText(e.fn.awaited(sl.await)))
	out.str(" { return ")
	out.add(e.asyncCall(sl.await, in.lits))
	out.str(" }")
	return out
}

// literal writes a literal with a coroutine of its own, which gets what it
// captures:
//
//	func(u string) (page, error) { … }
//	func(u string) rt.Awaitable[page] { return crawlFunc1Async(seen, u) }
func (e *editor) literal(fn *function) (out text) {
	f := e.inner[fn]
	s := &splicer{flat: f, u: e.u, info: e.info}
	_, use := s.typeParams()
	if len(f.params) == fn.sig.Params().Len() { // it captures nothing
		out.name(fn.async)
		out.add(use)
		return out
	}
	captures := e.within(e.root, fn.lit).captures(f)
	var params, args text
	args.add(captures)
	for i, v := range f.params {
		if v.capture != notCaptured {
			continue
		}
		if len(params) > 0 {
			params.str(", ")
		}
		name := s.paramName(i, v)
		params.str(name + " ")
		if fn.sig.Variadic() && i == len(f.params)-1 {
			params.str("...")
			params.add(e.u.typeText(v.typ.(*types.Slice).Elem()))
			name += "..."
		} else {
			params.add(e.u.typeText(v.typ))
		}
		args.str(", " + name)
	}
	out.str("func(")
	out.add(params)
	out.str(") ")
	out.add(e.u.awaitableText(s.value()))
	out.str(" { return ")
	out.name(fn.async)
	out.add(use)
	out.str("(")
	out.add(args)
	out.str(") }")
	return out
}

// captures writes what a literal captures, as the arguments of its coroutine:
// boxes and addresses, or copies.
func (e *editor) captures(f *flat) (out text) {
	for _, v := range f.params {
		if v.capture == notCaptured {
			continue
		}
		if len(out) > 0 {
			out.str(", ")
		}
		switch of := e.byObj[v.obj]; {
		case v == f.panics:
			out.str("&" + e.names.co + ".Defers")
		case v.capture == byCopy:
			out.add(e.ref(of, len(e.lits) > 0))
		case of.boxed:
			out.str(e.box(of))
		default:
			out.str("&" + e.storage(of))
		}
	}
	return out
}

// plainLit writes a literal that awaits nothing:
//
//	func(n int) (int, error) { return n + 1, nil }
//	func(n int) rt.Awaitable[int] { return rt.Func(func() (int, error) { return n + 1, nil }) }
func (e *editor) plainLit(lit *ast.FuncLit) text {
	in := func(n ast.Node) text { return e.within(lit, lit).edited(n) }
	results, _ := splitResults(e.info.TypeOf(lit).(*types.Signature))
	out := plain("func")
	out.add(in(lit.Type.Params))
	out.str(" ")
	out.add(e.u.awaitableText(e.u.valueOf(results)))
	out.str(" { return ")
	out.qual(rtPath, []string{"Func0", "Func", "Func2", "Func3"}[len(results)])
	out.str("(func() ")
	out.add(in(lit.Type.Results))
	out.str(" ")
	body := e.within(lit, lit)
	for _, id := range e.reused(lit) {
		name := in(id).String()
		body.insert(lit.Body.Lbrace+1, plain("\n"+name+" := "+name+"\n_ = "+name))
	}
	out.add(body.edited(lit.Body))
	out.str(") }")
	return out
}

// reused are the parameters of a literal to which its body assigns by a := that
// declares others: they and what it declares are in one scope, until the body
// is that of a function of its own.
func (e *editor) reused(lit *ast.FuncLit) (list []*ast.Ident) {
	params := map[types.Object]bool{}
	for p := range e.info.TypeOf(lit).(*types.Signature).Params().Variables() {
		params[p] = true
	}
	for _, s := range lit.Body.List {
		for l, ok := s.(*ast.LabeledStmt); ok; l, ok = s.(*ast.LabeledStmt) {
			s = l.Stmt
		}
		assign, ok := s.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			continue
		}
		for _, x := range assign.Lhs {
			if id := x.(*ast.Ident); params[e.info.Uses[id]] {
				delete(params, e.info.Uses[id])
				list = append(list, id)
			}
		}
	}
	return list
}

// deferLit writes the defer statement of a literal that awaits: its coroutine
// is made at once, with captures and arguments, and rt runs it.
func (e *editor) deferLit(n *ast.DeferStmt, fn *function) {
	f := e.inner[fn]
	_, use := e.typeParams()
	name := unique("call", func(s string) bool { return e.idents[s] })
	args := e.captures(f)
	out := plain("{\n")
	values := n.Call.Args
	if len(values) == 1 {
		if tuple, ok := e.info.TypeOf(values[0]).(*types.Tuple); ok { // Init takes other arguments, too
			var names []text
			for i := range tuple.Len() {
				names = append(names, plain(unique(fmt.Sprint("arg", i+1), func(s string) bool { return e.idents[s] })))
			}
			out.add(join(names))
			out.str(" := ")
			out.add(e.sub(values[0]))
			out.str("\n")
			if len(args) > 0 {
				args.str(", ")
			}
			args.add(join(names))
			values = nil
		}
	}
	for i, a := range values {
		if len(args) > 0 {
			args.str(", ")
		}
		args.add(e.sub(a))
		if n.Call.Ellipsis.IsValid() && i == len(n.Call.Args)-1 {
			args.str("...")
		}
	}
	out.str(name + " := &")
	out.name(fn.coro)
	out.add(use)
	out.str("{}\n" + name + ".Init(")
	out.add(args)
	out.str(")\n" + e.names.co + ".DeferCo(" + name + ", " + name + ".Check)\n}")
	e.replace(n, out)
}
