package transform

import (
	"go/ast"
	"go/types"
)

// received writes what a yield returned.
func (s *splicer) received() text {
	if s.fn.yields == yieldsBool {
		return plain(s.names.co + "." + s.yieldField() + ".Continue()")
	}
	return plain(s.names.co + "." + s.yieldField() + ".Received()")
}

// pulled writes the pull iterator or the generator that a loop ranges over.
func (s *splicer) pulled(c *call) text {
	if c.lit != nil {
		return s.source(c.lit)
	}
	if c.target != nil {
		return s.asyncCall(c, nil)
	}
	e := &editor{splicer: s, root: c.named, stack: []ast.Node{c.named}}
	e.rename(c.named, calleeIdent(c.named), c.callee.asyncName())
	out := e.apply(c.named.Pos(), c.named.End())
	out.str("()")
	return out
}

// source writes the generator of a literal, with what it captures.
func (s *splicer) source(fn *function) text {
	f := s.inner[fn]
	_, use := (&splicer{flat: f, u: s.u, info: s.info}).typeParams()
	e := &editor{splicer: s, root: fn.lit, lits: []*ast.FuncLit{fn.lit}}
	out := named(fn.async)
	out.add(use)
	out.str("(")
	out.add(e.captures(f))
	out.str(")")
	return out
}

// yieldArgs writes the type arguments of what a generator or iterator yields to.
func (s *splicer) yieldArgs() (out text) {
	sig := s.fn.yield.Type().Underlying().(*types.Signature)
	out.str("[")
	out.add(s.u.typeText(s.fn.yielded()))
	out.str(", ")
	out.add(s.u.typeText(sig.Results().At(0).Type()))
	out.str("]")
	return out
}

// driver names the type of rt that the async form of a generator or iterator
// returns, and writes its type arguments.
func (s *splicer) driver() (name string, args text) {
	sig := s.fn.yield.Type().Underlying().(*types.Signature)
	list := typeList(sig.Params())
	switch {
	case s.fn.yields.generates():
		name, list = s.fn.yields.driver(), append(list, sig.Results().At(0).Type(), s.value())
	case len(list) == 2:
		name = "Iter2"
	default:
		name, list = "Iter", []types.Type{s.fn.yielded()}
	}
	var texts []text
	for _, t := range list {
		texts = append(texts, s.u.typeText(t))
	}
	args.str("[")
	args.add(join(texts))
	args.str("]")
	return name, args
}

// iterResult writes the rest of an iterator's Result.
func (s *splicer) iterResult() text {
	out := plain("() bool {\n" + s.names.co + ".Check()\nreturn ")
	if len(s.results) == 0 {
		out.str("true")
	} else {
		out.add(s.ref(s.results[0], false))
	}
	out.str("\n}\n")
	return out
}

// yieldsMethod writes Yields.
func (s *splicer) yieldsMethod() (out text) {
	out.str("// Yields says who the " + s.fn.yields.String() + " yields to.\n")
	out.add(s.method("Yields"))
	out.str("(to *")
	out.qual(rtPath, "Yielder")
	out.add(s.yieldArgs())
	out.str(") { " + s.names.co + "." + s.yieldField() + " = to }\n\n")
	return out
}
