package transform

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
)

// startMethod writes Start.
func (s *splicer) startMethod() (out text) {
	n := s.names
	out.str("// Start begins the call for " + n.parent + ", which awaits it.\n")
	out.add(s.method("Start"))
	out.str("(" + n.fb + " *")
	out.qual(rtPath, "Fiber")
	out.str(", " + n.parent + " ")
	out.qual(rtPath, "Resumable")
	out.str(") (ready bool) {\nreturn " + n.co + ".Begin(" + n.fb + ", " + n.co + ", " + n.parent + ")\n}\n")
	return out
}

// resultMethod writes Result.
func (s *splicer) resultMethod() (out text) {
	n := len(s.results)
	out.str("// Result returns the results of the call, which has ended, or panics as it did.\n")
	out.add(s.method("Result"))
	if s.fn.yields == yieldsBool {
		out.add(s.iterResult())
		return out
	}
	out.str("() (")
	out.add(s.u.typeText(s.value()))
	out.str(", error) {\n" + s.names.co + ".Check()\nreturn ")
	switch n {
	case 1:
		out.str("struct{}{}, ")
	case 2:
		out.add(s.ref(s.results[0], false))
		out.str(", ")
	default:
		out.add(s.u.typeText(s.value()))
		out.str("{")
		for i, v := range s.results[:n-1] {
			out.str([]string{"First: ", ", Second: ", ", Third: "}[i])
			out.add(s.ref(v, false))
		}
		out.str("}, ")
	}
	out.add(s.ref(s.results[n-1], false))
	out.str("\n}\n")
	return out
}

// handMethods writes Send, Throw and Close, for who drives it by hand.
func (s *splicer) handMethods() (out text) {
	if s.fn.yields == yieldsBool {
		return s.yieldsMethod()
	}
	co := s.names.co
	out.str("// Send resumes the call by hand.\n")
	out.add(s.method("Send"))
	out.str("() (waits ")
	out.qual(rtPath, "Operation")
	out.str(", done bool) { return ")
	out.qual(rtPath, "Send")
	out.str("(" + co + ") }\n\n// Throw makes what the call waits for fail with err; one that has not begun ends with it.\n")
	err := s.results[len(s.results)-1]
	out.add(s.method("Throw"))
	out.str("(err error) {\nif ")
	out.qual(rtPath, "Throw")
	out.str("(" + co + ", err) {\n")
	out.add(s.ref(err, false))
	out.str(" = err\n}\n}\n\n// Close ends the call by hand: its deferred calls run.\n")
	out.add(s.method("Close"))
	out.str("() error { return ")
	out.qual(rtPath, "Close")
	out.str("(" + co + ") }\n\n")
	if s.fn.yields != yieldsNot {
		out.add(s.yieldsMethod())
	}
	return out
}

// tailMethod writes Tail of a function that may end with the await of another.
func (s *splicer) tailMethod() (out text) {
	for _, h := range s.holders {
		if h.tail {
			out.str("// Tail is where the call is that this one ends with.\n")
			out.add(s.method("Tail"))
			out.str("() *")
			out.add(s.holderType(h))
			out.str(" { return &" + s.names.co + "." + h.name + " }\n")
		}
	}
	return out
}

// whereMethod writes Where, for dumps.
func (s *splicer) whereMethod() (out text) {
	co := s.names.co
	out.str("// Where is the source line at which the call is suspended.\n")
	out.add(s.method("Where"))
	out.str("() string {\nreturn " + co + ".Position(" + quoteLine(s, s.fn.node()))
	for _, c := range slices.Concat(s.fn.order, s.leaves) {
		out.str(", " + quoteLine(s, c.expr))
	}
	out.str(")\n}\n")
	return out
}

func quoteLine(s *splicer, n ast.Node) string {
	p := s.u.pkg.Fset.PositionFor(n.Pos(), false)
	return fmt.Sprintf("%q", fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line))
}

// guard writes the line that fails to compile when the signature has moved on.
func (s *splicer) guard() (out text) {
	fn := s.fn
	decl, use := s.typeParams()
	out.str("// If this does not compile, run goasync again.\n")
	if decl != nil {
		out.str("func _")
		out.add(decl)
		out.str("() {\n")
	}
	out.str("var _ func(")
	var params []*types.Var
	if fn.sig.Recv() != nil {
		params = append(params, fn.sig.Recv())
	}
	for p := range fn.sig.Params().Variables() {
		params = append(params, p)
	}
	for i, p := range params {
		if i > 0 {
			out.str(", ")
		}
		if fn.sig.Variadic() && i == len(params)-1 {
			out.str("...")
			out.add(s.u.typeText(p.Type().(*types.Slice).Elem()))
			continue
		}
		out.add(s.u.typeText(p.Type()))
	}
	out.str(") ")
	if fn.sig.Results().Len() == 1 {
		out.add(s.u.tupleText(fn.sig.Results()))
	} else if fn.sig.Results().Len() > 1 {
		out.str("(")
		out.add(s.u.tupleText(fn.sig.Results()))
		out.str(")")
	}
	out.str(" = ")
	if recv := fn.sig.Recv(); recv != nil {
		out.str("(")
		out.add(s.u.typeText(recv.Type()))
		out.str(")." + fn.obj.Name())
	} else {
		out.str(fn.obj.Name())
		out.add(use)
	}
	if decl != nil {
		out.str("\n}")
	}
	out.str("\n")
	return out
}
