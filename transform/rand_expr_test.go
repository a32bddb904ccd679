package transform

import (
	"fmt"
	"strings"
)

// expr writes a value of a kind; deep bounds how far it nests.
func (g *programmer) expr(k kind, deep int) string {
	if v := g.some(k, false); v != nil && (deep == 0 || g.n(5) < 3) {
		g.use(v)
		return v.name
	}
	if deep == 0 {
		return g.literal(k)
	}
	deep--
	if g.one(4) {
		if e := g.operand(k); e != "" {
			return e
		}
	}
	switch k {
	case kInt:
		return g.intExpr(deep)
	case kString:
		switch g.n(6) {
		case 1:
			return fmt.Sprintf("world.Cat(%s, %s)", g.expr(kString, deep), g.expr(kString, deep))
		case 2:
			return fmt.Sprintf("world.Itoa(%s)", g.expr(kInt, deep))
		case 3:
			return fmt.Sprintf("w.S(%d, %s)", g.trace(), g.expr(kString, deep))
		case 4:
			if v := g.some(kStruct, false); v != nil {
				g.use(v)
				return v.name + ".B"
			}
		}
	case kBool:
		return g.boolExpr(deep)
	case kSlice:
		switch g.n(6) {
		case 5:
			if v := g.some(kArray, true); v != nil {
				g.use(v)
				return v.name + "[:2]"
			}
		case 1:
			return fmt.Sprintf("world.Append(%s, %s)", g.expr(kSlice, deep), g.expr(kInt, deep))
		case 2:
			return fmt.Sprintf("[]int{%s, %s}", g.expr(kInt, deep), g.expr(kInt, deep))
		case 3:
			if v := g.some(kSlice, false); v != nil {
				g.use(v)
				return fmt.Sprintf("%s[:%s&1]", v.name, g.expr(kInt, deep))
			}
		}
	case kPointer:
		switch g.n(6) {
		case 5:
			if v := g.some(kArray, true); v != nil {
				g.use(v)
				return "&" + v.name + "[1]"
			}
		case 1, 2:
			if v := g.some(kInt, true); v != nil {
				g.use(v)
				return "&" + v.name
			}
		case 3:
			if v := g.some(kStruct, true); v != nil {
				g.use(v)
				return "&" + v.name + ".A"
			}
		case 4:
			if v := g.some(kSlice, false); v != nil {
				g.use(v)
				return "world.At(" + v.name + ", " + g.expr(kInt, deep) + ")"
			}
		}
	case kStruct:
		if g.one(2) {
			return fmt.Sprintf("(S{A: %s, B: %s, P: %s})", g.expr(kInt, deep), g.expr(kString, deep), g.expr(kPointer, deep))
		}
	case kFunc:
		return g.funcExpr()
	case kArray:
		return fmt.Sprintf("[3]int{%s, %s}", g.expr(kInt, deep), g.expr(kInt, deep))
	case kMap:
		key := "1"
		if g.one(2) {
			key = fmt.Sprintf("-w.I(%d, %s)-1", g.trace(), g.expr(kInt, deep))
		}
		return fmt.Sprintf("map[int]int{%s: %s, 2: %s}", key, g.expr(kInt, deep), g.expr(kInt, deep))
	case kAny:
		return fmt.Sprintf("any(%s)", g.expr(choose(g, kInt, kString, kSlice, kPointer, kError), deep))
	case kError:
		if g.one(2) {
			return fmt.Sprintf("world.Err(%s)", g.expr(kInt, deep))
		}
	}
	return g.literal(k)
}

func (g *programmer) literal(k kind) string {
	switch k {
	case kInt:
		return fmt.Sprint(g.n(9))
	case kString:
		return choose(g, `""`, `"a"`, `"xyz"`, `"é!"`)
	case kBool:
		return choose(g, "true", "false")
	case kSlice:
		return choose(g, "[]int{4, 5}", "[]int(nil)", "[]int{1}")
	case kPointer:
		return choose(g, "world.New(5)", "world.New(6)", "world.New(7)", "(*int)(nil)")
	case kStruct:
		return choose(g, "(S{})", "(S{A: 2})", `(S{B: "q", P: world.New(1)})`)
	case kFunc:
		return fmt.Sprintf("func() int { return w.I(%d, 1) }", g.trace())
	case kError:
		return choose(g, "error(nil)", "world.Err(1)")
	case kArray:
		return choose(g, "[3]int{}", "[3]int{1, 2, 3}")
	case kMap:
		return choose(g, "map[int]int{}", "map[int]int{1: 1}", "map[int]int(nil)")
	case kAny:
		return choose(g, "any(1)", `any("s")`, "any(nil)", "any(S{A: 3})", "any([]int{1})", "any(int8(4))", "any([3]int{5})")
	case kT:
		return "world.Zero[T]()"
	}
	panic("no literal of this kind")
}

func (g *programmer) intExpr(deep int) string {
	read := func(k kind, format string) string {
		v := g.some(k, false)
		if v == nil {
			return g.literal(kInt)
		}
		g.use(v)
		return fmt.Sprintf(format, v.name)
	}
	switch g.n(22) {
	case 18, 19, 20, 21:
		return g.compound(deep)
	case 16:
		return read(kArray, "%s[1]")
	case 17:
		return read(kMap, "%s[1]")
	case 1, 2:
		return fmt.Sprintf("w.I(%d, %s)", g.trace(), g.expr(kInt, deep))
	case 3:
		return fmt.Sprintf("(%s + %s)", g.expr(kInt, deep), g.expr(kInt, deep))
	case 4:
		return fmt.Sprintf("(%s - %s)", g.expr(kInt, deep), g.expr(kInt, deep))
	case 5:
		return fmt.Sprintf("%s %% 7", g.atom(kInt))
	case 6:
		return read(kPointer, "*%s")
	case 7:
		return read(kStruct, "%s.A")
	case 8:
		return read(kStruct, "%s.Sum()")
	case 9:
		if v := g.some(kSlice, false); v != nil {
			g.use(v)
			return fmt.Sprintf("%s[%s&1]", v.name, g.expr(kInt, deep))
		}
	case 10:
		return fmt.Sprintf("world.Len(%s)", g.expr(kSlice, deep))
	case 11:
		if g.fn.literal {
			return read(kFunc, "w.Call(%s)")
		}
		return read(kFunc, "%s()")
	case 12:
		return read(kRune, "int(%s)")
	case 13:
		if v := g.some(kStruct, true); v != nil {
			g.use(v)
			return fmt.Sprintf("%s.Add(%s)", v.name, g.expr(kInt, deep))
		}
	case 14:
		return g.funcExpr() + "()"
	case 15:
		return fmt.Sprintf("-%s", g.atom(kInt))
	}
	return g.literal(kInt)
}

// atom is a value that needs no parentheses.
func (g *programmer) atom(k kind) string { return g.expr(k, 0) }

func (g *programmer) boolExpr(deep int) string {
	switch g.n(11) {
	case 8:
		return fmt.Sprintf("(%s && %s)", g.expr(kBool, deep), g.expr(kBool, deep))
	case 9:
		return fmt.Sprintf("(%s || %s)", g.expr(kBool, deep), g.expr(kBool, deep))
	case 10:
		return fmt.Sprintf("!(%s == %s)", g.expr(kString, deep), g.expr(kString, deep))
	case 1, 2:
		return fmt.Sprintf("%s %s %s", g.expr(kInt, deep), choose(g, "<", ">", "==", "!="), fmt.Sprintf("w.I(%d, %s)", g.trace(), g.atom(kInt)))
	case 3:
		return fmt.Sprintf("w.B(%d, %s)", g.trace(), g.expr(kBool, deep))
	case 4:
		return fmt.Sprintf("(%s && w.B(%d, %s))", g.expr(kBool, deep), g.trace(), g.expr(kBool, deep))
	case 5:
		return fmt.Sprintf("(w.B(%d, %s) || %s)", g.trace(), g.expr(kBool, deep), g.expr(kBool, deep))
	case 6:
		if v := g.some(kError, false); v != nil {
			g.use(v)
			return v.name + choose(g, " != nil", " == nil")
		}
	case 7:
		return fmt.Sprintf("%s%%2 == 0", g.atom(kInt))
	}
	return g.literal(kBool)
}

// funcExpr writes a function literal. What it calls by a variable it calls
// through the world, which bounds recursion.
func (g *programmer) funcExpr() string {
	if g.size < 3 {
		return g.literal(kFunc)
	}
	return strings.TrimSpace(g.funcLit("func() int {", []kind{kInt}, nil)) // no newline before what follows
}

// funcLit writes a literal with a header and parameters.
func (g *programmer) funcLit(header string, results []kind, params []*local) string {
	outer := g.fn
	defer func() { g.fn = outer }()
	g.fn = &routine{results: results, literal: true, labels: outer.labels}
	return g.text(func() {
		g.line("%s", header)
		g.open()
		g.scope.locals = append(g.scope.locals, params...)
		dead := g.stmts(1+g.n(2), 2)
		if !dead && len(results) > 0 {
			g.line("return %s", g.exprs(results, 1))
		}
		g.close()
		g.line("}")
	})
}

func (g *programmer) exprs(kinds []kind, deep int) string {
	var list []string
	for _, k := range kinds {
		list = append(list, g.expr(k, deep))
	}
	return strings.Join(list, ", ")
}

// show writes a variable for the trace.
func (g *programmer) show(v *local) string {
	g.use(v)
	return shown(v.kind, v.name)
}
