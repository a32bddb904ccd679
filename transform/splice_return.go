package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// endAt writes how a return ends the call.
func (e *editor) endAt(n *ast.ReturnStmt) text {
	if j, ok := e.jumps[n]; ok {
		return e.goes(j)
	}
	return e.end()
}

// end writes how Resume ends a call that returns.
func (s *splicer) end() text {
	if s.defers {
		out := plain("return ")
		out.name("true") // Leave runs the deferred calls and ends it
		return out
	}
	return plain("return " + s.names.co + ".End()")
}

// returns writes "return a, b" as assignments to the results and the end:
//
//	co.total, co.err = a, b
//	return co.End()
//
// A result that is returned as itself is not assigned.
func (e *editor) returns(n *ast.ReturnStmt) bool {
	var lhs text
	var values []ast.Expr
	add := func(v *variable) {
		if len(lhs) > 0 {
			lhs.str(", ")
		}
		lhs.add(e.ref(v, false))
	}
	switch {
	case len(n.Results) == len(e.results):
		for i, x := range n.Results {
			if id, ok := ast.Unparen(x).(*ast.Ident); ok && e.byObj[e.info.Uses[id]] == e.results[i] {
				continue
			}
			add(e.results[i])
			values = append(values, x)
		}
	case len(n.Results) == 1: // return f()
		for _, v := range e.results {
			add(v)
		}
		values = n.Results
	}
	if len(values) == 0 {
		e.replace(n, e.endAt(n))
		return false
	}
	lhs.str(" = ")
	if len(n.Results) == 1 && e.isAwait0(n.Results[0]) {
		lhs = append(plain("_, "), lhs...)
	}
	if len(values) == len(n.Results) { // the operands stay in their text
		e.cut(n.Pos(), n.Pos()+token.Pos(len("return")), lhs)
		for _, x := range n.Results {
			e.walk(x)
		}
	} else {
		for i, x := range values {
			if i > 0 {
				lhs.str(", ")
			}
			lhs.add(e.sub(x))
		}
		e.cut(n.Pos(), n.End(), lhs)
	}
	e.insert(n.End(), append(plain("\n"), e.endAt(n)...))
	return false
}

// deferStmt writes a deferred call as a record: run later, last to first, by
// a defer statement of Go's own, so that recover works in it.
//
//	defer func() { … }()    co.Defer(func() { … })
//	defer c.release()       co.Defer(co.c.release)
//	defer c.Close()         co.DeferErr(co.c.Close)
//	defer f(a, 1)           call, arg1 := f, a
//	                        co.DeferCall(func(raise func()) { defer call(arg1, 1); raise() })
//
// Function and arguments are evaluated where the statement stands.
func (e *editor) deferStmt(n *ast.DeferStmt) bool {
	co := e.names.co
	call := n.Call
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		if fn := e.fn.litOf(lit); fn != nil {
			e.deferLit(n, fn)
			return false
		}
	}
	sig, _ := e.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	method := ""
	if sig != nil && sig.Params().Len() == 0 && !e.info.Types[call.Fun].IsBuiltin() {
		switch results, ok := splitResults(sig); {
		case sig.Results().Len() == 0:
			method = ".Defer("
		case ok && len(results) == 0:
			method = ".DeferErr("
		}
	}
	if method != "" {
		e.cut(n.Pos(), call.Fun.Pos(), plain(co+method))
		e.walk(call.Fun)
		e.cut(call.Fun.End(), n.End(), plain(")"))
		return false
	}
	r := &record{editor: e, taken: identsIn(e.info, e.fn.node())}
	fun := r.function(call.Fun)
	fun.str("(")
	for i, a := range call.Args {
		if i > 0 {
			fun.str(", ")
		}
		fun.add(r.argument(a))
	}
	if call.Ellipsis.IsValid() {
		fun.str("...")
	}
	fun.str(")")
	raise := r.unique("raise")
	lines := r.lines()
	var out text
	if len(lines) > 0 {
		out.str("{\n")
		out.add(lines)
	}
	if r.mayBeNil != "" {
		out.str("if " + r.mayBeNil + " == ")
		out.name("nil")
		out.str(" {\n" + co + ".Defer(")
		out.name("nil")
		out.str(")\n} else {\n")
	}
	out.str(co + ".DeferCall(func(" + raise + " func()) {\ndefer ")
	out.add(fun)
	out.str("\n" + raise + "()\n})")
	if r.mayBeNil != "" {
		out.str("\n}")
	}
	if len(lines) > 0 {
		out.str("\n}")
	}
	e.replace(n, out)
	return false
}

// A record collects what a defer statement evaluates at once. It is one
// assignment, so that calls come before plain variables as in the source.
type record struct {
	*editor
	taken         map[string]bool
	names, values []text
	args          int
	mayBeNil      string // the function, if it is a variable: a defer statement accepts nil
}

func (r *record) unique(name string) string {
	name = unique(name, func(s string) bool { return r.taken[s] })
	r.taken[name] = true
	return name
}

func (r *record) keep(names string, value text) text {
	r.names = append(r.names, plain(names))
	r.values = append(r.values, value)
	return plain(names)
}

// lines writes "call, arg1 := f, a". What has several values is assigned alone.
func (r *record) lines() (out text) {
	if len(r.names) == 0 {
		return nil
	}
	if last := len(r.names) - 1; last > 0 && strings.Contains(r.names[last].String(), ",") {
		first := &record{editor: r.editor, names: r.names[:last], values: r.values[:last]}
		out.add(first.lines())
		r = &record{editor: r.editor, names: r.names[last:], values: r.values[last:]}
	}
	out.add(join(r.names))
	out.str(" := ")
	out.add(join(r.values))
	out.str("\n")
	return out
}

func join(list []text) (out text) {
	for i, t := range list {
		if i > 0 {
			out.str(", ")
		}
		out.add(t)
	}
	return out
}

// function writes the deferred function: one that is declared by its name,
// any other value evaluated now.
func (r *record) function(fun ast.Expr) text {
	name := r.unique("call")
	method := false
	if id := calleeIdent(fun); id != nil {
		obj := r.info.Uses[id]
		_, isBuiltin := obj.(*types.Builtin)
		f, isFunc := obj.(*types.Func)
		if isBuiltin || isFunc && f.Signature().Recv() == nil {
			return r.sub(fun)
		}
		method = isFunc
	}
	if _, isLit := ast.Unparen(fun).(*ast.FuncLit); !isLit && !method {
		r.mayBeNil = name
	}
	return r.keep(name, r.sub(fun))
}

// argument writes one argument: a constant or nil as it is, anything else
// evaluated now.
func (r *record) argument(a ast.Expr) text {
	tv := r.info.Types[a]
	fn, method := functionNamed(r.info, a)
	if tv.Value != nil || tv.IsNil() || tv.IsType() || fn != nil && method == nil {
		return r.sub(a) // it never changes
	}
	n := 1
	if tuple, ok := tv.Type.(*types.Tuple); ok {
		n = tuple.Len()
	}
	var names []string
	for range n {
		r.args++
		names = append(names, r.unique("arg"+strconv.Itoa(r.args)))
	}
	value := r.sub(a)
	if mayBeUntyped(a) && !types.IsInterface(tv.Type) { // the recorded type is the parameter's
		if b, ok := tv.Type.(*types.Basic); !ok || b.Kind() != types.Bool && b.Kind() != types.Int {
			value = r.convert(tv.Type, value)
		}
	}
	return r.keep(strings.Join(names, ", "), value)
}

// mayBeUntyped reports whether an expression that is no constant may have no
// type of its own: a comparison or a shift.
func mayBeUntyped(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return true
	case *ast.UnaryExpr:
		return e.Op != token.AND && e.Op != token.ARROW
	}
	return false
}

func (r *record) convert(t types.Type, value text) (out text) {
	out.str("(")
	out.add(r.u.typeText(t))
	out.str(")(")
	out.add(value)
	out.str(")")
	return out
}
