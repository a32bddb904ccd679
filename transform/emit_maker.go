package transform

// makerFunc writes the async form of a function that makes an async function:
// an ordinary function, whose body stays as it is but for what it returns.
func (s *splicer) makerFunc() (out text) {
	fn := s.fn
	out.str("// " + fn.async + " makes the async form of what " + fn.obj.Name() + " makes.\n")
	if fn.async != fn.obj.Name()+"Async" {
		out.str("//\n//async:of " + fn.obj.Name() + "\n")
	}
	out.str("func ")
	name := func(_ int, v *variable) string {
		if v.obj == nil {
			return "_"
		}
		return s.calledHere(v.obj)
	}
	if recv := fn.sig.Recv(); recv != nil {
		out.str("(" + name(0, s.params[0]) + " ")
		out.add(s.u.typeText(recv.Type()))
		out.str(") ")
	}
	out.str(fn.async)
	if fn.sig.TypeParams().Len() > 0 {
		decl, _ := s.typeParams()
		out.add(decl)
	}
	out.str("(")
	out.add(s.parameters(false, name))
	out.str(") ")
	result := s.u.typeText(s.u.slotType(madeBy(fn.sig)))
	if s.named() {
		out.str("(" + s.calledHere(fn.sig.Results().At(0)) + " ")
		out.add(result)
		out.str(")")
	} else {
		out.add(result)
	}
	out.str(" ")
	out.add(s.node(fn.body()))
	out.str("\n")
	return out
}
