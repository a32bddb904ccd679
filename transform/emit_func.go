package transform

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// typeParams writes "[T any]" for a declaration and "[T]" for a use.
func (s *splicer) typeParams() (decl, use text) {
	list := s.fn.typeParams()
	if len(list) == 0 {
		return nil, nil
	}
	decl.str("[")
	use.str("[")
	for i, p := range list {
		if i > 0 {
			decl.str(", ")
			use.str(", ")
		}
		decl.str(s.u.nameOf(p.Obj()) + " ")
		decl.add(s.u.typeText(p.Constraint()))
		use.add(s.u.nameText(p.Obj()))
	}
	decl.str("]")
	use.str("]")
	return decl, use
}

// self writes the coroutine's type as the generated methods name it.
func (s *splicer) self() (out text) {
	_, use := s.typeParams()
	out.str(s.fn.coro)
	out.add(use)
	return out
}

// method begins "func (co *fooCoro) name".
func (s *splicer) method(name string) (out text) {
	out.str("func (" + s.names.co + " *")
	out.add(s.self())
	out.str(") " + name)
	return out
}

// holderType writes the type of a call's coroutine or operation.
func (s *splicer) holderType(h *holder) (out text) {
	switch {
	case h.callee.form != nil && h.callee.iter:
		return s.u.typeText(h.result)
	case h.callee.made():
		return s.u.awaitableText(h.result)
	case h.callee.local != nil:
		out.str(h.callee.local.coro)
	case h.callee.op.Pkg() == s.u.pkg.Types:
		out.str(h.callee.op.Name())
	default:
		out.qual(h.callee.op.Pkg().Path(), h.callee.op.Name())
	}
	for i, t := range h.inst {
		out.str([]string{"[", ", "}[min(i, 1)])
		out.add(s.u.typeText(t))
	}
	if len(h.inst) > 0 {
		out.str("]")
	}
	return out
}

// frameType writes the struct.
func (s *splicer) frameType() (out text) {
	fn := s.fn
	what := s.qualified()
	if fn.lit != nil {
		what = "a function literal in " + what
	}
	out.str(fmt.Sprintf("// %s is one call of %s: not started, suspended or finished.\n", fn.coro, what))
	out.str("type " + fn.coro)
	decl, _ := s.typeParams()
	out.add(decl)
	out.str(" struct {\n")
	out.qual(rtPath, "Frame")
	out.str("\n")
	if s.defers {
		out.qual(rtPath, "Defers")
		out.str("\n")
	}
	if fn.yields != yieldsNot {
		out.str("\n// Who it yields to.\n" + s.yieldField() + " *")
		out.qual(rtPath, "Yielder")
		out.add(s.yieldArgs())
		out.str("\n")
	}
	captured := func(v *variable) bool { return v.capture != notCaptured }
	s.fields(&out, "Captured variables.", slices.DeleteFunc(slices.Clone(s.params), func(v *variable) bool { return !captured(v) }))
	s.fields(&out, "Parameters.", slices.DeleteFunc(slices.Clone(s.params), captured))
	s.fields(&out, "Results.", s.results)
	s.fields(&out, "Variables that live across "+s.suspensions()+".", s.flat.locals())
	if len(s.holders) > 0 {
		out.str("\n// Calls that it awaits.\n")
		for _, h := range s.holders {
			out.str(h.name + " ")
			if h.pointer {
				out.str("*")
			}
			out.add(s.holderType(h))
			out.str("\n")
		}
	}
	out.str("}\n")
	return out
}

// qualified is the function's name with its receiver's type: (*client).size.
func (s *splicer) qualified() string {
	what := s.fn.obj.Name()
	if recv := s.fn.obj.Signature().Recv(); recv != nil {
		what = s.u.typeText(recv.Type()).String() + "." + what
		if strings.HasPrefix(what, "*") {
			what = "(" + strings.Replace(what, ".", ").", 1)
		}
	}
	return what
}

func (s *splicer) suspensions() string {
	if s.fn.yields != yieldsNot {
		return "a yield"
	}
	return "an await"
}

// fields writes a group of fields.
func (s *splicer) fields(out *text, comment string, vs []*variable) {
	first := true
	for _, v := range vs {
		if v.place != placeFrame || v.field != v {
			continue
		}
		if first {
			out.str("\n// " + comment + "\n")
			first = false
		}
		out.str(v.name + " ")
		if v.boxed {
			out.str("*")
		}
		out.add(s.u.typeText(v.typ))
		out.str("\n")
	}
}

// parameters writes the parameter list of the async form, of a literal with
// its captures; names gives each its name. The receiver comes first if withRecv.
func (s *splicer) parameters(withRecv bool, name func(i int, v *variable) string) (out text) {
	sig := s.fn.sig
	first := true
	for i, v := range s.params {
		if i == 0 && sig.Recv() != nil && !withRecv {
			continue
		}
		if !first {
			out.str(", ")
		}
		first = false
		if n := name(i, v); n != "" {
			out.str(n)
			if s.likeNext(i) {
				continue
			}
			out.str(" ")
		}
		switch {
		case v.capture == byPointer:
			out.str("*")
		case sig.Variadic() && i == len(s.params)-1:
			out.str("...")
			out.add(s.u.typeText(v.typ.(*types.Slice).Elem()))
			continue
		}
		out.add(s.u.typeText(v.typ))
	}
	return out
}

// likeNext reports whether the parameter after the i-th has the same type, so that this is written once.
func (s *splicer) likeNext(i int) bool {
	if i+1 == len(s.params) || s.fn.sig.Variadic() && i+2 == len(s.params) {
		return false
	}
	v, next := s.params[i], s.params[i+1]
	return (v.capture == byPointer) == (next.capture == byPointer) && slices.Equal(s.u.typeText(v.typ), s.u.typeText(next.typ))
}

// initMethod writes Init, which makes a frame ready to start, also one that
// was used before.
func (s *splicer) initMethod() (out text) {
	co := s.names.co
	out.str("// Init makes " + co + " a call that has not begun.\n")
	out.add(s.method("Init"))
	out.str("(")
	out.add(s.parameters(true, func(i int, v *variable) string {
		if v.place != placeFrame {
			return "_"
		}
		return s.paramName(i, v)
	}))
	out.str(") {\n" + co + ".Reset()\n")
	if root := s.fn.src.unit.funcs[s.fn.obj]; root.early {
		out.str("_ = (*")
		out.add(s.self())
		out.str(").Resume // Go initialises first what it refers to\n")
	}
	var lhs, rhs text
	set := func(field string, value text) {
		if len(lhs) > 0 {
			lhs.str(", ")
			rhs.str(", ")
		}
		lhs.str(co + "." + field)
		rhs.add(value)
	}
	for i, v := range s.params {
		if v.place == placeFrame {
			value := plain(s.paramName(i, v))
			if v.boxed && v.capture == notCaptured {
				value = plain("&" + s.paramName(i, v))
			}
			set(v.name, value)
		}
	}
	for _, v := range s.results {
		switch {
		case v.boxed:
			value := plain("new(")
			value.add(s.u.typeText(v.typ))
			value.str(")")
			set(v.name, value)
		case s.named() || s.defers:
			set(v.name, s.u.zeroText(v.typ))
		}
	}
	if len(lhs) > 0 {
		out.add(lhs)
		out.str(" = ")
		out.add(rhs)
		out.str("\n")
	}
	out.str("}\n")
	return out
}

// paramName is the name of a parameter in Init and in the constructor.
func (s *splicer) paramName(i int, v *variable) string {
	if v.capture != notCaptured {
		return unique(v.name, func(n string) bool { return n == s.names.co || s.writtenName(n) || s.byName(n) })
	}
	if v.obj == nil {
		return unique(fmt.Sprintf("arg%d", i+1), func(n string) bool { return s.byName(n) })
	}
	return unique(v.obj.Name(), func(n string) bool {
		return n == s.names.co || s.writtenName(n) || n != v.obj.Name() && s.byName(n)
	})
}

// byName reports whether a parameter is called n.
func (s *splicer) byName(n string) bool {
	for _, v := range s.params {
		if v.obj != nil && v.capture == notCaptured && v.obj.Name() == n {
			return true
		}
	}
	return false
}

// constructor writes the async form.
func (s *splicer) constructor() (out text) {
	fn, co := s.fn, s.names.co
	runs := "when it is awaited"
	if fn.yields != yieldsNot {
		runs = "as it is iterated"
	}
	out.str(fmt.Sprintf("// %s returns a call of %s that has not begun: it runs %s.\n", fn.async, fn.linked(), runs))
	if fn.lit == nil && fn.async != fn.obj.Name()+"Async" {
		out.str("//\n//async:of " + fn.obj.Name() + "\n")
	}
	out.str("func ")
	if recv := fn.sig.Recv(); recv != nil {
		out.str("(" + s.paramName(0, s.params[0]) + " ")
		out.add(s.u.typeText(recv.Type()))
		out.str(") ")
	}
	out.str(fn.async)
	if fn.sig.TypeParams().Len() > 0 || fn.lit != nil {
		decl, _ := s.typeParams()
		out.add(decl)
	}
	out.str("(")
	out.add(s.parameters(false, s.paramName))
	out.str(") ")
	out.add(s.asyncResult())
	out.str(" {\n" + co + " := new(")
	out.add(s.self())
	out.str(")\n" + co + ".Init(")
	for i, v := range s.params {
		if i > 0 {
			out.str(", ")
		}
		out.str(s.paramName(i, v))
		if fn.sig.Variadic() && i == len(s.params)-1 {
			out.str("...")
		}
	}
	out.str(")\n" + co + ".Visible()\nreturn ")
	if fn.yields == yieldsNot {
		out.str(co)
	} else {
		name, args := s.driver()
		out.qual(rtPath, "New"+name)
		out.add(args)
		out.str("(" + co + ")")
	}
	out.str("\n}\n")
	return out
}

// asyncResult writes the result type of the async form.
func (s *splicer) asyncResult() (out text) {
	if s.fn.yields == yieldsNot {
		return s.u.awaitableText(s.value())
	}
	name, args := s.driver()
	out.str("*")
	out.qual(rtPath, name)
	out.add(args)
	return out
}

// value is the one type that stands for the results without the error.
func (s *splicer) value() types.Type { return s.u.valueOf(s.fn.results) }

// valueOf is the one type that stands for the results of an async function.
func (u *unit) valueOf(results []types.Type) types.Type {
	switch len(results) {
	case 0:
		return types.NewStruct(nil, nil)
	case 1:
		return results[0]
	}
	return u.rtType([]string{2: "Pair", 3: "Triple"}[len(results)], results...)
}
