package transform

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// resumeMethod writes Resume: the switch over states, then the flat code.
func (s *splicer) resumeMethod() (out text) {
	n := s.names
	what := "suspension or its end, and reports whether it has ended"
	out.str("// Resume runs " + s.fn.name() + " to its next " + what + ".\n")
	out.add(s.method("Resume"))
	out.str("(" + n.fb + " *")
	out.qual(rtPath, "Fiber")
	out.str(") (" + n.done + " bool) {\n")
	states, locals := s.suspensionCount(), s.topOfResume()
	enter := n.co + ".Enter()"
	if states > 0 && (s.defers || len(locals) > 0) {
		out.str(n.state + " := " + enter + "\n")
		enter = n.state
	} else if states == 0 {
		out.str(enter + "\n")
	}
	if s.defers {
		out.str("defer " + n.co + ".Leave(" + n.fb + ", " + n.co + ", &" + n.done + ")\n")
	}
	out.add(locals)
	if states > 0 {
		if enter == n.state {
			out.str("\n")
		}
		out.str("switch " + enter + " {\n")
		for _, in := range s.code {
			if in.op == opAwait || in.op == opYield {
				out.str("case " + strconv.Itoa(in.call.state) + ":\ngoto " + s.resume[in.call] + "\n")
			}
		}
		out.str("}\n\n")
	}
	b := &body{splicer: s}
	b.write()
	out.add(b.out)
	out.str("}\n")
	return out
}

func (s *splicer) suspensionCount() (n int) {
	for _, in := range s.code {
		if in.op == opAwait || in.op == opYield {
			n++
		}
	}
	return n
}

// topOfResume writes what stands at the top of Resume: constants and types of
// the body, and the variables that cross a jump.
func (s *splicer) topOfResume() (out text) {
	out.add(s.declared())
	for _, v := range s.vars {
		if v.place != placeMethod {
			continue
		}
		out.str("var " + v.name + " ")
		if v.boxed {
			out.str("*")
		}
		out.add(s.u.typeText(v.typ))
		out.str("\n")
	}
	return out
}

// A body writes the instructions. Between two labels is a segment; if it
// declares a local, a block is opened there, since no goto may jump over a
// declaration or into a block.
type body struct {
	*splicer
	out     text
	open    bool // in a segment's block
	fresh   bool // right behind a label or an opening brace
	segment int
	aliased map[string]bool // declared in it by aliases
}

func (b *body) write() {
	for i, in := range b.code {
		if i == 0 || in.segment != b.segment {
			b.close()
			b.segment, b.aliases, b.aliased = in.segment, map[alias]string{}, map[string]bool{}
		}
		if in.op == opLabel {
			b.close()
		} else {
			b.prepare(in)
		}
		if in.op == opEnd && b.terminated() {
			break
		}
		if in.op == opLabel && in.lead == "" {
			b.out.str("\n")
		}
		if b.fresh {
			in.lead = strings.TrimLeft(in.lead, "\n")
		}
		b.out.str(in.lead)
		b.fresh = in.op == opLabel || in.live != nil
		if in.op == opText && len(in.frags) == 1 && (in.frags[0].is("") || in.frags[0].fresh != nil && !in.frags[0].fresh.boxed) {
			continue // its comment was all, or the variable of an iteration is not boxed
		}
		if in.op == opJump {
			b.out.add(b.clear(in.leaves, in.left))
		}
		b.instr(in)
		b.out.str(in.trail + "\n")
		if in.op != opJump {
			b.out.add(b.clear(in.leaves, in.left))
		}
	}
	b.close()
}

func (b *body) close() {
	if b.open {
		b.out.str("}\n")
		b.open = false
	}
}

// prepare opens the segment's block where the first local is declared, and
// declares what the literals of an instruction refer to.
func (b *body) prepare(in *instr) {
	locals := declaresBlank(in)
	for _, v := range in.decls {
		locals = locals || v.place == placeSegment
	}
	var need []alias
	for _, v := range in.lits {
		if v.boxed {
			need = append(need, alias{v, false})
		}
	}
	for _, v := range in.copied {
		if v.place != placeNative && v.place != placeSegment {
			need = append(need, alias{v, true})
		}
	}
	if (locals || len(need) > 0) && !b.open {
		b.open, b.fresh = true, true
		b.out.str("{\n")
	}
	var names, values []text
	for _, a := range need {
		if _, ok := b.aliases[a]; ok {
			continue
		}
		name := unique(a.v.obj.Name(), func(n string) bool { return b.localTaken(a.v, n) })
		b.aliased[name] = true
		from := b.storage(a.v)
		if a.copy {
			from = b.ref(a.v, false).String()
		}
		names, values = append(names, plain(name)), append(values, plain(from))
		b.aliases[a] = name
	}
	if len(names) > 0 {
		b.out.add(join(names))
		b.out.str(" := ")
		b.out.add(join(values))
		b.out.str("\n")
	}
}

// declaresBlank reports whether an instruction is "var _ = …", which is a
// declaration to goto like any other.
func declaresBlank(in *instr) bool {
	if len(in.frags) != 1 {
		return false
	}
	d, ok := in.frags[0].node.(*ast.DeclStmt)
	return ok && slices.ContainsFunc(declaredBy(d), func(id *ast.Ident) bool { return id.Name == "_" })
}

// localTaken reports whether an alias of v may not be called name in this
// segment: something else that is referred to here would be hidden.
func (b *body) localTaken(v *variable, name string) bool {
	if b.aliased[name] || b.isMachinery(name) || b.hides(v, name, b.segment) {
		return true
	}
	return slices.ContainsFunc(b.vars, func(o *variable) bool {
		if o == v || o.name != name {
			return false
		}
		return o.place == placeSegment && b.code[o.first].segment == b.segment ||
			o.place == placeMethod && b.refersIn(o, b.segment)
	})
}

func (b *body) instr(in *instr) {
	switch in.op {
	case opText:
		b.statement(in)
	case opLabel:
		b.label(in.label.name, in.label.comment)
	case opJump:
		b.out.str("goto " + in.label.name)
	case opUnless, opIf:
		cond := b.frags(in.frags)
		b.out.str("if ")
		switch {
		case in.op == opUnless:
			cond = negate(in, cond)
		case hasComposite(in):
			cond = parenthesized(cond)
		}
		b.out.add(cond)
		b.out.str(" {\ngoto " + in.label.name + "\n}")
	case opSwitch:
		b.out.str("switch ")
		b.out.add(b.frags(in.frags))
		b.arms(in)
	case opSelect:
		b.out.str("select")
		b.arms(in)
	case opAwait:
		call := ""
		if in.asking != nil {
			call = b.ref(in.asking, false).String()
		} else {
			b.out.add(b.start(in))
			call = b.names.co + "." + b.holders[in.holder].name
		}
		b.out.add(b.clear(in.dead, in.ended))
		b.out.str("if !")
		if in.call.tail {
			b.out.qual(rtPath, "StartTail")
		} else {
			b.out.str(call + ".Start")
		}
		b.out.str("(" + b.names.fb + ", " + b.names.co + ") {\nreturn " + b.names.co + ".Suspend(" + strconv.Itoa(in.call.state) + ")\n}\n")
		b.close()
		b.out.str("\n")
		b.label(b.resume[in.call], b.fn.src.line(in.call.expr, in.call.expr.End()))
	case opYield:
		b.out.str(b.names.co + "." + b.yieldField() + ".Yield(" + b.names.fb + ", " + b.names.co + ", ")
		b.out.add(b.frags(in.frags))
		b.out.str(")\n")
		b.out.add(b.clear(in.dead, in.ended))
		b.out.str("return " + b.names.co + ".Suspend(" + strconv.Itoa(in.call.state) + ")\n")
		b.close()
		b.out.str("\n")
		b.label(b.resume[in.call], b.fn.src.line(in.call.expr, in.call.expr.End()))
	case opEnd:
		b.out.add(b.end())
	}
}

func (b *body) label(name, comment string) {
	b.out.str(name + ":")
	if comment != "" {
		b.out.str(" // " + comment)
	}
}

// terminated reports whether the body cannot go on to its closing brace.
func (b *body) terminated() bool { return b.stopsBefore(b.code, len(b.code)-1) }

// hasComposite reports whether a composite literal stands in a condition:
// its brace would begin the body.
func hasComposite(in *instr) (found bool) {
	for _, fr := range in.frags {
		if fr.node != nil {
			ast.Inspect(fr.node, func(n ast.Node) bool {
				_, is := n.(*ast.CompositeLit)
				found = found || is
				return !found
			})
		}
	}
	return found
}

// compares reports whether a condition of several pieces is a comparison, not
// a variable or the call of a method.
func (in *instr) compares() bool {
	return slices.ContainsFunc(in.frags, func(fr frag) bool { return strings.Contains(fr.raw, " ") })
}

func parenthesized(t text) text { return append(append(plain("("), t...), plain(")")...) }

// negate writes !(cond), without the parentheses where an operand needs none, and cond for !cond.
func negate(in *instr, cond text) text {
	if v := in.frags[0].ref; v != nil && !v.boxed && !in.compares() {
		return append(plain("!"), cond...)
	}
	if len(in.frags) == 1 && !hasComposite(in) {
		switch n := in.frags[0].node.(type) {
		case *ast.Ident, *ast.CallExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.ParenExpr:
			return append(plain("!"), cond...)
		case *ast.UnaryExpr:
			if n.Op == token.NOT && strings.HasPrefix(cond[0].s, "!") {
				cond[0].s = cond[0].s[len("!"):]
				return cond
			}
		}
	}
	return append(plain("!"), parenthesized(cond)...)
}

// statement writes one statement.
func (b *body) statement(in *instr) {
	frags := in.frags
	switch {
	case frags[0].define != nil:
		b.out.add(b.defining(frags[0].define))
		b.out.add(b.frags(frags[1:]))
	case frags[0].fresh != nil:
		b.freshen(frags[0].fresh)
	default:
		b.out.add(b.frags(frags))
	}
}

// freshen gives a boxed loop variable a new box with the old one's value.
func (b *body) freshen(v *variable) {
	b.out.str(b.storage(v) + " = new(")
	b.out.add(b.ref(v, false))
	b.out.str(")")
	delete(b.aliases, alias{v, false}) // it stands for the old box
}

// arms writes the cases of a switch or select, which only jump.
func (b *body) arms(in *instr) {
	b.out.str(" {\n")
	for _, a := range in.cases {
		switch {
		case a.comm != nil:
			b.out.str("case ")
			b.out.add(b.frags(a.comm))
			b.out.str(":\n")
		case a.exprs == nil:
			b.out.str("default:\n")
		default:
			b.out.str("case ")
			for i, x := range a.exprs {
				if i > 0 {
					b.out.str(", ")
				}
				b.out.add(b.node(x))
			}
			b.out.str(":\n")
		}
		b.out.str("goto " + a.label.name + "\n")
	}
	b.out.str("}")
}

// clear drops what died, so that a suspended frame keeps nothing alive that the
// source could no longer reach.
func (b *body) clear(vars []*variable, holders []int) (out text) {
	for _, v := range vars {
		out.str(b.storage(v) + " = ")
		if v.boxed {
			out.str("nil")
		} else {
			out.add(b.u.zeroText(v.typ))
		}
		out.str("\n")
	}
	for _, i := range holders {
		h := b.holders[i]
		switch {
		case h.callee.made() || h.pointer:
			out.str(b.names.co + "." + h.name + " = nil\n")
		case h.has.any:
			out.str(b.names.co + "." + h.name + " = ")
			out.add(b.holderType(h))
			out.str("{}\n")
		}
	}
	return out
}
