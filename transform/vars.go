package transform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// variable is the variable of an object of the function.
func (f *flat) variable(obj types.Object) *variable {
	v := f.byObj[obj]
	if v == nil {
		o := obj.(*types.Var)
		typ := o.Type()
		if f.fn.src.unit.slots.has(o) {
			typ = f.fn.src.unit.slotType(typ)
		}
		v = &variable{obj: o, typ: typ, name: o.Name(), index: len(f.vars), first: -1}
		f.vars = append(f.vars, v)
		f.byObj[obj] = v
	}
	return v
}

// invent makes a variable that the source does not have.
func (f *flat) invent(name string, t types.Type) *variable {
	v := &variable{typ: t, name: name, index: len(f.vars), first: -1}
	f.vars = append(f.vars, v)
	return v
}

// signature makes the variables of captures, receiver, parameters and results.
// An unnamed result gets a name; an unnamed parameter has no variable.
func (f *flat) signature() {
	sig := f.fn.sig
	f.captures()
	param := func(p *types.Var) {
		if p == f.fn.yield {
			return
		}
		v := &variable{typ: p.Type(), index: -1, param: true, first: -1}
		if p.Name() != "" && p.Name() != "_" {
			v = f.variable(p)
			v.param = true
		}
		f.params = append(f.params, v)
	}
	if sig.Recv() != nil {
		param(sig.Recv())
	}
	for p := range sig.Params().Variables() {
		param(p)
	}
	results := f.fn.returns()
	n := results.Len()
	for i := range n {
		r := results.At(i)
		var v *variable
		switch {
		case r.Name() != "" && r.Name() != "_":
			v = f.variable(r)
		case i == n-1 && f.fn.yields != yieldsBool:
			v = f.invent("err", r.Type())
		case n <= 2:
			v = f.invent("result", r.Type())
		default:
			v = f.invent("result"+string(rune('1'+i)), r.Type())
		}
		v.result = i + 1
		f.results = append(f.results, v)
	}
}

// captures makes the variables that a literal has of the function around it,
// in the order in which it comes to them.
func (f *flat) captures() {
	if f.fn.lit == nil {
		return
	}
	info := f.fn.src.unit.pkg.TypesInfo
	if f.fn.deferred && recovers(info, f.fn.lit.Body) {
		f.panics = f.invent("defers", types.NewPointer(f.fn.src.unit.rtType("Defers")))
		f.panics.param, f.panics.capture = true, byCopy
		f.params = append(f.params, f.panics)
	}
	ast.Inspect(f.fn.lit.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || info.Uses[id] == nil || f.byObj[info.Uses[id]] != nil {
			return true
		}
		obj := info.Uses[id]
		of := f.outer.byObj[obj]
		if of == nil || f.fn.lit.Pos() <= obj.Pos() && obj.Pos() < f.fn.lit.End() {
			return true
		}
		v := f.variable(obj)
		v.param, v.capture = true, byPointer
		whole := !of.captured && !of.handed && !of.assigned && !of.addressed && of.result == 0 // a parameter of a literal between
		if of.constant || of.capture == byCopy || whole {
			v.capture = byCopy
		}
		v.captured = v.capture == byPointer
		f.params = append(f.params, v)
		return true
	})
}

// recovers reports whether a deferred function calls recover itself.
func recovers(info *types.Info, body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = found || isRecover(info, n)
		}
		return !found
	})
	return found
}

func isRecover(info *types.Info, call *ast.CallExpr) bool {
	return info.Types[call.Fun].IsBuiltin() && builtinName(call) == "recover"
}

// named reports whether the results have names in the source.
func (f *flat) named() bool {
	results := f.fn.returns()
	return results.Len() > 0 && results.At(0).Name() != ""
}

// references fills in, for each instruction, what it reads and writes, and
// for each variable where it is referred to and who shares it.
func (f *flat) references() {
	loops := f.loops()
	for i, in := range f.code {
		sc := &scanner{flat: f, info: f.fn.src.unit.pkg.TypesInfo, in: in, at: i, written: map[*ast.Ident]bool{}, stored: map[*ast.Ident]bool{}}
		for _, fr := range in.frags {
			sc.frag(fr)
		}
		for _, a := range in.cases {
			for _, fr := range a.comm {
				sc.frag(fr)
			}
			for _, e := range a.exprs {
				sc.expr(e)
			}
		}
	}
	for _, d := range f.consts {
		f.mentions(d)
	}
	f.constants()
	for _, v := range f.vars {
		if v.obj != nil && !v.param && v.result == 0 {
			for _, r := range loops {
				v.looped = v.looped || r.from <= v.obj.Pos() && v.obj.Pos() < r.to
			}
		}
	}
}

// mentions notes the variables whose types a constant depends on: len(array).
// To Go they are used by that.
func (f *flat) mentions(d *ast.DeclStmt) {
	info := f.fn.src.unit.pkg.TypesInfo
	ast.Inspect(d, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v := f.byObj[info.Uses[id]]; v != nil {
				v.mentioned = true
			}
		}
		return true
	})
}

// constants finds the captured variables that nothing writes after their
// declaration: a literal gets a copy of them, which nobody can tell from the
// variable, and they need no box.
func (f *flat) constants() {
	constant := func(v *variable) bool {
		return (v.captured || v.handed) && !v.assigned && !v.addressed && v.result == 0 && v.capture != byPointer
	}
	for _, in := range f.code {
		var shared []*variable
		for _, v := range in.lits {
			if constant(v) {
				in.copied = append(in.copied, v)
			} else {
				shared = append(shared, v)
			}
		}
		in.lits = shared
	}
	for _, v := range f.vars {
		if constant(v) {
			v.captured, v.deferred, v.constant = false, false, true
		}
	}
	f.throughBoxes(f.shared)
}

// throughBoxes notes that whoever writes to a box reads where it is.
func (f *flat) throughBoxes(boxed func(*variable) bool) {
	for _, in := range f.code {
		for _, v := range in.seen {
			if boxed(v) && !slices.Contains(in.defs, v) {
				in.uses = append(in.uses, v)
			}
		}
	}
}

// A span is a part of the source.
type span struct{ from, to token.Pos }

// loops are the parts of the body that may run again: loops, and what a goto
// goes back over.
func (f *flat) loops() (spans []span) {
	info := f.fn.src.unit.pkg.TypesInfo
	ast.Inspect(f.fn.body(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			spans = append(spans, span{n.Pos(), n.End()})
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				if to := info.Uses[n.Label].Pos(); to < n.Pos() {
					spans = append(spans, span{to, n.End()})
				}
			}
		}
		return true
	})
	return spans
}
