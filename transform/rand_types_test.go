package transform

import (
	"fmt"
	"slices"
	"strings"
)

// A localType is a type that a generated function declares. Its name is a
// local, which hides others and is hidden.
type localType struct {
	name    *local
	args    string     // of a generic one: [int]
	literal string     // with %s for a number
	number  string     // the number in a value %s
	place   string     // one in a variable %s, "" if none can be assigned
	holds   []*local   // other types in its literal
	in      *localType // an alias's
	named   bool       // %T is the same in both forms
}

// A typedVar is a variable of a local type, or a pointer to one.
type typedVar struct {
	of      *localType
	pointer bool
}

// text is how the type is written.
func (t *localType) text() string { return t.name.name + t.args }

// hiddenBy reports whether a declaration of name hides the type, or another one in its literal.
func (t *localType) hiddenBy(name string) bool {
	return slices.ContainsFunc(append([]*local{t.name}, t.holds...), func(v *local) bool { return v.name == name })
}

// sees reports whether a type can be written here.
func (g *programmer) sees(t *localType) bool {
	for _, v := range append([]*local{t.name}, t.holds...) {
		if g.lookup(v.name) != v {
			return false
		}
	}
	return true
}

// localTypes are the types that can be written here.
func (g *programmer) localTypes() (list []*localType) {
	for _, v := range g.visible(func(v *local) bool { return g.types[v] != nil }) {
		if t := g.types[v]; g.sees(t) {
			list = append(list, t)
		}
	}
	return list
}

// valueOf is a literal of a type.
func (g *programmer) valueOf(t *localType) string {
	return fmt.Sprintf(t.literal, g.argument(kInt))
}

// typeDecl declares a type.
func (g *programmer) typeDecl() *localType {
	others := g.localTypes()
	t := &localType{name: &local{kind: -1, keep: true, used: true}}
	name := choose(g, "P", "P", "Q", g.newName())
	if g.scope.inner(name) != nil {
		name = g.newName()
	}
	if g.one(2) {
		name, t.named = fmt.Sprintf("Type%d", g.trace()), true
	}
	t.name.name = name
	lit := func(fields string) string { return "(" + name + "{" + fields + "})" }
	of := ""
	switch form := g.n(11); {
	case form == 1:
		of, t.literal, t.number = "int", name+"(%s)", "int(%s)"
	case form == 2:
		of, t.literal, t.number, t.place = "[]int", lit("%s, 2"), "%s[1]", "%s[0]"
	case form == 3:
		size := g.fresh()
		g.line("const %s = 1 + 1", size)
		of, t.literal, t.number, t.place = "["+size+"]int", lit("1, %s"), "%s[1]", "%s[1]"
	case form == 4:
		of, t.literal, t.number, t.place = "map[string]int", lit("\"k\": %s"), "%s[\"k\"]", "%s[\"k\"]"
	case form == 5:
		t.args, t.named = "[int]", t.named && !g.generic
		t.literal, t.number, t.place = "("+name+"[int]{V: %s})", "%s.V", "%s.V"
		of = "struct {\nV X\nNext *" + name + "[X]\n}"
		g.line("type %s[X any] %s", name, of)
		return g.addType(t)
	case form == 6 && g.generic:
		of, t.literal, t.number, t.place = "struct {\nV T\nN int\n}", lit("V: "+g.literal(kT)+", N: %s"), "%s.N", "%s.N"
		return g.addTypeOf(t, of)
	case form == 7 && len(others) > 0:
		in := choose(g, others...)
		if in.hiddenBy(name) {
			break
		}
		t.holds = append([]*local{in.name}, in.holds...)
		of = "struct {\nIn " + in.text() + "\nN int\n}"
		t.literal, t.number, t.place = lit("In: "+in.literal), fmt.Sprintf(in.number, "%[1]s.In"), "%s.N"
	case form == 8 && len(others) > 0:
		in := choose(g, others...)
		if in.hiddenBy(name) {
			break
		}
		t.holds, t.in, t.named = append([]*local{in.name}, in.holds...), in, false
		t.literal, t.number, t.place = in.literal, in.number, in.place
		g.line("type %s = %s", name, in.text())
		return g.addType(t)
	case form == 9 && g.lookup("any") == nil:
		of, t.literal, t.number, t.place = "struct {\nD any\nF func() int\nN int\n}", lit("D: 1, N: %s"), "%s.N", "%s.N"
	case form == 10:
		of, t.literal, t.number, t.place = "struct {\nS\nN int\n}", lit("S: "+g.literal(kStruct)+", N: %s"), "(%[1]s.Sum() + %[1]s.N)", "%s.N"
		g.embeds[t] = true
		return g.addTypeOf(t, of)
	}
	if of == "" {
		of, t.literal, t.number, t.place = "struct {\nA int\nB string\nNext *"+name+"\n}", lit("A: %s, B: \"b\""), "%s.A", "%s.A"
	}
	return g.addTypeOf(t, of)
}

func (g *programmer) addTypeOf(t *localType, of string) *localType {
	g.line("type %s %s", t.name.name, of)
	return g.addType(t)
}

func (g *programmer) addType(t *localType) *localType {
	g.scope.locals = append(g.scope.locals, t.name)
	g.types[t.name] = t
	return t
}

// typed makes a variable of a local type visible.
func (g *programmer) typed(name string, of typedVar) *local {
	v := g.declare(name, -1)
	v.keep = true
	g.vars[v] = of
	return v
}

// someTyped picks a variable of a local type that passes.
func (g *programmer) someTyped(pass func(typedVar) bool) (*local, typedVar) {
	vs := g.visible(func(v *local) bool { return g.vars[v].of != nil && pass(g.vars[v]) })
	if len(vs) == 0 {
		return nil, typedVar{}
	}
	v := choose(g, vs...)
	g.use(v)
	return v, g.vars[v]
}

// read is the number in a variable of a local type.
func (x typedVar) read(name string) string {
	if x.pointer {
		name = "(*" + name + ")"
	}
	return fmt.Sprintf(x.of.number, name)
}

// typedNumber is a number in a variable of a local type, "" if there is none.
func (g *programmer) typedNumber() string {
	v, x := g.someTyped(func(typedVar) bool { return true })
	if v == nil {
		return ""
	}
	return x.read(v.name)
}

// typedPlace is where a variable of a local type keeps a number.
func (g *programmer) typedPlace() string {
	v, x := g.someTyped(func(x typedVar) bool { return x.of.place != "" })
	switch {
	case v == nil:
		return ""
	case x.pointer:
		return fmt.Sprintf(x.of.place, "(*"+v.name+")")
	}
	return fmt.Sprintf(x.of.place, v.name)
}

// embedding is a variable of a local type that embeds S.
func (g *programmer) embedding() string {
	v, _ := g.someTyped(func(x typedVar) bool { return g.embeds[x.of] })
	if v == nil {
		return ""
	}
	return v.name
}

// typeStmt writes a statement about local types.
func (g *programmer) typeStmt(deep int) (dead bool) {
	known := g.localTypes()
	if len(known) == 0 || g.one(6) {
		g.typedDefinition(g.typeDecl())
		return false
	}
	t := choose(g, known...)
	switch g.n(9) {
	case 1, 2:
		if g.fn.suspends() && g.fn.async {
			g.typedAwait(t)
			return false
		}
	case 3:
		if place := g.typedPlace(); place != "" {
			g.line("%s %s %s", place, choose(g, "=", "+="), g.argument(kInt))
			return false
		}
	case 4:
		if v, x := g.someTyped(func(x typedVar) bool { return x.of.named }); v != nil {
			g.line("w.T(%d, world.Kind(%s), %s)", g.trace(), v.name, x.read(v.name))
			return false
		}
	case 5:
		if deep > 0 {
			return g.typedSwitch(deep-1, known)
		}
	case 6:
		if deep > 0 {
			g.typedRange(deep-1, t)
			return false
		}
	case 7:
		if v, x := g.someTyped(func(x typedVar) bool { return !x.pointer && g.sees(x.of) }); v != nil {
			e := g.valueOf(x.of)
			g.line("%s = %s\n_ = %s", v.name, e, v.name)
			return false
		}
	case 8:
		if place := g.typedPlace(); place != "" { // captured
			name := g.newName()
			g.line("%s := func() int { %s++; return w.I(%d, %s) }", name, place, g.trace(), place)
			g.add([]*local{{name: name, kind: kFunc}})
			return false
		}
	}
	g.typedDefinition(t)
	return false
}

// typedDefinition declares a variable of a type.
func (g *programmer) typedDefinition(t *localType) {
	e, name := g.valueOf(t), g.newName()
	x := typedVar{of: t}
	switch g.n(4) {
	case 1:
		x.pointer = true
		u := g.fresh()
		g.line("%s := %s", u, e)
		g.line("%s := &%s", name, u)
	case 2:
		g.line("var %s %s = %s", name, t.text(), e)
	default:
		g.line("%s := %s", name, e)
	}
	g.holes(g.typed(name, x))
}

// typedAwait awaits something of a type.
func (g *programmer) typedAwait(t *localType) {
	name := g.newName()
	switch g.n(4) {
	case 0, 1:
		g.line("%s, _ := rt.Await(world.Same(w, %s))", name, g.valueOf(t))
	case 2:
		lit := fmt.Sprintf("func() (%s, error) { return rt.Await(world.Same(w, %s)) }", t.text(), g.plain(t))
		g.line("w.T(%d, world.Count(rt.Await(rt.Gather(%s, %s))))", g.trace(), lit, lit)
		return
	case 3:
		place := g.typedPlace()
		if place != "" {
			place += "++\n"
		}
		g.line("%s, _ := rt.Await(rt.Shield(func() (%s, error) {\n%sfailed := rt.Await0(w.Do(%d))\nreturn %s, failed\n}))", name, t.text(), place, g.n(9), g.plain(t))
	}
	g.holes(g.typed(name, typedVar{of: t}))
}

// plain is a literal of a type without awaits.
func (g *programmer) plain(t *localType) string {
	g.fn.native++
	defer func() { g.fn.native-- }()
	return g.valueOf(t)
}

// typedRange is a loop over values of a type.
func (g *programmer) typedRange(deep int, t *localType) {
	g.enter(true)
	x := fmt.Sprintf("[]%s{%s, %s}", t.text(), g.valueOf(t), g.valueOf(t))
	g.open()
	name := g.newName()
	g.line("for _, %s := range %s {", name, x)
	g.holes(g.typed(name, typedVar{of: t}))
	g.block(deep)
	g.line("}")
	g.close()
	g.exit()
}

// typedSwitch is a type switch over local types.
func (g *programmer) typedSwitch(deep int, known []*localType) (dead bool) {
	known = slices.DeleteFunc(known, func(t *localType) bool { return t.in != nil })
	if len(known) == 0 {
		return false
	}
	target := g.enter(false)
	var e string
	if v, _ := g.someTyped(func(typedVar) bool { return true }); v != nil {
		e = v.name
	} else {
		e = g.valueOf(choose(g, known...))
	}
	dead = true
	name := g.newName()
	g.line("switch %s := any(%s).(type) {", name, e)
	for i, c := range known {
		pointer := g.one(3)
		g.line("case %s%s:", strings.Repeat("*", map[bool]int{true: 1}[pointer]), c.text())
		g.open()
		v := g.typed(name, typedVar{c, pointer})
		v.used = true
		if i == 0 {
			g.line("w.T(%d, %s)", g.trace(), typedVar{c, pointer}.read(name))
		}
		dead = g.stmts(1+g.n(3), deep) && dead
		g.close()
	}
	if g.one(2) {
		g.line("default:")
		dead = g.clause(deep, name, kAny, false) && dead
	} else {
		dead = false
	}
	g.line("}")
	g.exit()
	return dead && !target.broken
}
