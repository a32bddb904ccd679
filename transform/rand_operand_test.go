package transform

import "fmt"

// operand writes a value of a kind that an await or a yield gives, "" if none
// can stand here: anywhere in an expression.
func (g *programmer) operand(k kind) string {
	if !g.fn.suspends() || g.nested >= 2 {
		return ""
	}
	g.nested++
	defer func() { g.nested-- }()
	if g.fn.yields && (!g.fn.async || g.one(4)) {
		return g.yielded(k)
	}
	switch {
	case k == kBool && g.one(2):
		return fmt.Sprintf("(rt.Await0(w.Do(%s)) == nil)", g.argument(kInt))
	case k == kBool:
		return fmt.Sprintf("world.Fine(%s)", g.giving(kInt).text())
	case k == kError && g.one(2):
		return fmt.Sprintf("world.Why(%s)", g.giving(kString).text())
	case k == kError:
		return fmt.Sprintf("rt.Await0(w.Do(%s))", g.argument(kInt))
	case k == kInt && g.one(6):
		return fmt.Sprintf("world.Left(rt.Await2(w.Two(%s, %s)))", g.argument(kInt), g.argument(kString))
	case k == kInt && g.one(2):
		return fmt.Sprintf("world.Or(%s)", g.giving(k).text())
	case k == kString && g.one(2):
		return fmt.Sprintf("world.OrS(%s)", g.giving(k).text())
	}
	return fmt.Sprintf("world.Val(%s)", g.giving(k).text())
}

// yielded is operand for generators.
func (g *programmer) yielded(k kind) string {
	switch {
	case g.fn.iter != nil && k == kBool:
		return g.goesOn()
	case g.fn.iter != nil, g.fn.each && k != kBool && k != kError:
		return ""
	}
	switch k {
	case kString:
		return fmt.Sprintf("%s(yield(%s))", choose(g, "world.OrS", "world.Val"), g.argument(kInt))
	case kBool:
		return fmt.Sprintf("world.Fine(yield(%s))", g.argument(kInt))
	case kError:
		return fmt.Sprintf("world.Why(yield(%s))", g.argument(kInt))
	case kInt:
		return fmt.Sprintf("world.Or(%s)", g.delegation().text())
	}
	return ""
}

// giving is an awaitable with one result, of a kind.
func (g *programmer) giving(k kind) awaitable {
	var able []asyncFunc
	for _, fn := range g.funcs {
		if !fn.yields && !g.hidden(fn) && len(fn.results) == 1 && (fn.results[0] == k || fn.results[0] == kT && k == kInt) {
			able = append(able, fn)
		}
	}
	if len(able) > 0 && g.one(3) {
		return g.callOf(choose(g, able...), k)
	}
	if g.one(5) {
		if a := g.slotGiving(k); a.call != "" {
			return a
		}
	}
	one := []kind{k}
	switch {
	case k == kInt && g.one(4):
		return awaitable{fmt.Sprintf("w.Face(%d).Get(%s)", g.trace(), g.argument(kInt)), one}
	case k == kInt && g.one(4):
		return awaitable{fmt.Sprintf("w.Sum(%s, %s)", g.argument(kInt), g.argument(kInt)), one}
	case k == kInt:
		return awaitable{fmt.Sprintf("w.Get(%s)", g.argument(kInt)), one}
	case k == kString:
		return awaitable{fmt.Sprintf("w.Name(%s)", g.argument(kString)), one}
	case k == kSlice && g.one(2):
		return g.gather()
	}
	return awaitable{fmt.Sprintf("world.Same(w, %s)", g.argument(k)), one}
}

// argument writes an argument, rather often with an await.
func (g *programmer) argument(k kind) string {
	if g.one(6) {
		if e := g.operand(k); e != "" {
			return e
		}
	}
	return g.expr(k, 2)
}

// length is len or cap, as far as a variable does not hide it.
func (g *programmer) length() string {
	if g.lookup("len") != nil || g.one(3) {
		return "cap"
	}
	return "len"
}

// compound writes a number that is made of several.
func (g *programmer) compound(deep int) string {
	part := func() string { return g.expr(kInt, deep) }
	switch g.n(19) {
	case 16:
		return fmt.Sprintf("%s(%s)", g.length(), g.expr(kSlice, deep))
	case 17:
		if size := g.length(); size == "len" {
			return fmt.Sprintf("len(%s)", g.expr(kMap, deep))
		}
	case 18:
		return fmt.Sprintf("int(real(complex(float64(int(%s)), float64(int(%s)))))", part(), part())
	case 14, 15:
		if e := g.typedNumber(); e != "" {
			return e
		}
	case 1:
		return fmt.Sprintf("[]int{%s, %s}[%s&1]", part(), part(), part())
	case 2:
		return fmt.Sprintf("map[int]int{%s: %s}[%s]", part(), part(), part())
	case 3:
		return fmt.Sprintf("<-world.Chan(%s, %s)", part(), part())
	case 4:
		return fmt.Sprintf("int(uint8(w.I(%d, %s)))", g.trace(), part())
	case 5:
		return fmt.Sprintf("Fn(%s)()", g.funcExpr())
	case 6:
		return fmt.Sprintf("%s(w.I(%d, %s), w.I(%d, %s))", choose(g, "min", "max"), g.trace(), part(), g.trace(), part())
	case 7:
		return fmt.Sprintf("S.Sum(%s)", g.expr(kStruct, deep))
	case 8:
		if v := g.some(kStruct, true); v != nil {
			g.use(v)
			return fmt.Sprintf("(*S).Add(&%s, %s)", v.name, part())
		}
	case 9:
		return fmt.Sprintf("[...]int{%s, %s, 2: %s}[1]", part(), part(), part())
	case 10:
		return fmt.Sprintf("world.AsInt(%s)", g.expr(kAny, deep))
	case 11:
		return fmt.Sprintf("*world.New(%s)", part())
	case 12:
		return fmt.Sprintf("(%s %s %s)", part(), choose(g, "*", "&", "|", "^", "&^"), part())
	case 13:
		return fmt.Sprintf("(%s << (uint(w.I(%d, %s)) & 3))", part(), g.trace(), part())
	}
	return fmt.Sprintf("w.I(%d, %s)", g.trace(), part())
}
