package transform

import (
	"fmt"
	"slices"
	"strings"
)

// inLiteral returns what write writes, a literal with at most so many
// statements.
func (g *programmer) inLiteral(r *routine, most int, write func()) string {
	fn, size, nested := g.fn, g.size, g.nested
	r.labels = fn.labels
	most = min(most, size)
	g.fn, g.size, g.nested = r, most, 0
	text := g.text(func() {
		g.open()
		write()
		g.close()
	})
	g.fn, g.size, g.nested = fn, size-(most-g.size), nested
	return strings.TrimSpace(text)
}

// shapedLit writes a literal with a body, which may await.
func (g *programmer) shapedLit(s shape, async bool) string {
	return g.inLiteral(&routine{results: s.results, async: async}, 5, func() { g.shaped("func", s, "") })
}

// shaped writes a function of a shape.
func (g *programmer) shaped(header string, s shape, begin string) {
	params := g.shapeParams(s)
	g.line("%s(%s) (%s) {", header, strings.Join(params, ", "), g.resultList(s.results))
	if begin != "" {
		g.line("%s", begin)
	}
	g.line("w.T(%d)", g.trace())
	if g.fn.suspends() && g.n(3) > 0 {
		g.awaitStmt()
	}
	if !g.stmts(1+g.n(3), 2) {
		g.returnStmt()
	}
	g.line("}")
}

// shapeParams declares the parameters of a function of a shape.
func (g *programmer) shapeParams(s shape) (params []string) {
	if s.world {
		g.scope.locals = append(g.scope.locals, &local{name: "w", kind: -1, keep: true})
		params = append(params, "w *world.World")
	}
	for i, k := range s.params {
		name, of := "_", typeOf[k]
		if !g.one(7) {
			v := g.declare(g.newName(), k)
			v.used = true
			name = v.name
		}
		if s.variadic && i == len(s.params)-1 {
			of = "...int"
		}
		params = append(params, name+" "+of)
	}
	return params
}

// resultList writes the results of the routine, perhaps with names.
func (g *programmer) resultList(results []kind) string {
	if g.one(2) {
		return resultTypes(results)
	}
	var list []string
	for _, k := range append(slices.Clone(results), kError) {
		name := "_"
		if !g.one(7) {
			name = g.newName()
			v := g.declare(name, k)
			v.used = true
			g.fn.named = append(g.fn.named, v)
		}
		list = append(list, name+" "+typeOf[k])
	}
	return strings.Join(list, ", ")
}

// deferAwait writes a deferred literal that may await, recover, and change
// results.
func (g *programmer) deferAwait() {
	named := g.fn.named
	var args []string
	var kinds []kind
	for range g.n(3) {
		k := choose(g, kInt, kString)
		kinds = append(kinds, k)
		args = append(args, g.argument(k))
	}
	lit := g.inLiteral(&routine{literal: true, async: true}, 5, func() {
		g.line("func(%s) {", strings.Join(g.shapeParams(shape{params: kinds}), ", "))
		g.line("w.T(%d)", g.trace())
		g.deferredBody(named)
		g.line("}")
	})
	g.line("defer %s(%s)", lit, strings.Join(args, ", "))
}

// deferredBody writes the body of a deferred literal that may await, in a
// function with some named results.
func (g *programmer) deferredBody(named []*local) {
	if g.n(3) > 0 {
		g.awaitStmt()
	}
	if g.one(2) {
		g.line("if p := recover(); p != nil {\nw.T(%d, world.Panic(p))", g.trace())
		g.open()
		g.setResults(named)
		dead := g.stmts(g.n(3), 1)
		g.close()
		g.line("}")
		if dead && g.one(2) {
			return
		}
	}
	g.setResults(named)
	if g.stmts(1+g.n(3), 2) {
		return
	}
	if g.one(6) {
		g.line("if w.B(%d, %s) {\npanic(\"again\")\n}", g.trace(), g.expr(kBool, 1))
	}
	if g.one(4) {
		g.line("w.T(%d, world.Panic(recover()))", g.trace())
	}
}

// setResults assigns to some of the named results that can be seen.
func (g *programmer) setResults(named []*local) {
	for _, r := range named {
		if g.lookup(r.name) == r && g.one(2) {
			e := g.argument(r.kind)
			if e == r.name { // vet dislikes x = x
				e = g.literal(r.kind)
			}
			g.line("%s = %s", r.name, e)
		}
	}
}

// slotStmt writes a statement about variables that hold async functions.
func (g *programmer) slotStmt() {
	switch g.n(9) {
	case 1:
		g.holder()
	case 2, 3:
		g.setSlot()
	case 4, 5:
		g.guarded()
	case 6:
		g.task()
	case 7:
		g.deferAwait()
	default:
		g.defineSlot()
	}
}

// defineSlot declares a variable.
func (g *programmer) defineSlot() {
	s := g.shape(g.generic)
	name := g.newName()
	v := &local{name: name, kind: -1, keep: true, slot: &slotVar{shape: s, owner: g.fn, settable: g.n(3) > 0}}
	v.slot.final = !v.slot.settable
	switch e := g.fill(s); g.n(4) {
	case 0, 1:
		g.line("%s := %s", name, e)
	case 2:
		g.line("var %s %s = %s", name, g.shapeType(s), e)
	case 3: // what fills it may mean another variable that its name would hide
		name = g.fresh()
		v.name = name
		g.line("var %s %s", name, g.shapeType(s))
		g.line("if %s == nil {\n%s = %s\n}", name, name, e)
	}
	g.add([]*local{v})
}

// setSlot gives a variable another function, perhaps that of another.
func (g *programmer) setSlot() {
	vs := g.visible(func(v *local) bool { return v.slot != nil && v.slot.settable })
	if len(vs) == 0 {
		g.defineSlot()
		return
	}
	v := vs[g.n(len(vs))]
	for _, u := range vs {
		if u != v && u.slot.shape.is(v.slot.shape) && g.one(2) {
			g.line("%s, %s = %s, %s", u.name, v.name, v.name, u.name)
			return
		}
	}
	marked := len(g.marked)
	e := g.fill(v.slot.shape)
	if e == v.name || g.one(12) {
		g.unuse(marked)
		e = "nil"
	}
	if e != "nil" && g.one(4) {
		g.line("if %s == nil {\n%s = %s\n}", v.name, v.name, e)
		return
	}
	g.line("%s = %s", v.name, e)
}

// guarded writes statements that may call all variables around.
func (g *programmer) guarded() {
	g.line("if w.More() {")
	g.fn.guarded++
	g.open()
	g.awaitStmt()
	g.stmts(g.n(2), 1)
	g.close()
	g.fn.guarded--
	g.line("}")
}

// task starts a task that runs any function.
func (g *programmer) task() {
	e := g.fill(shape{results: []kind{kInt}})
	v := &local{name: g.newName(), kind: kTask}
	g.line("%s := rt.Spawn(%s)", v.name, e)
	g.add([]*local{v})
	if g.one(2) {
		g.use(v)
		g.line("w.T(%d, world.Or(rt.Await(%s.Wait())))", g.trace(), v.name)
	}
}

// holder declares a struct with functions in fields.
func (g *programmer) holder() {
	name := g.fresh()
	set := func(field string, s shape) string {
		if g.n(4) == 0 {
			return ""
		}
		return fmt.Sprintf("%s: %s, ", field, g.fill(s))
	}
	g.line("%s := %sH{%s%sN: %s}", name, choose(g, "&", ""), set("F", shapes[0]), set("G", shapes[2]), g.expr(kInt, 1))
	g.line("w.T(%d, %s.N)", g.trace(), name)
	for _, v := range []struct {
		field    string
		shape    shape
		settable bool
	}{{"F", shapes[0], true}, {"G", shapes[2], true}, {"run", shapes[3], false}} {
		g.scope.locals = append(g.scope.locals, &local{name: name + "." + v.field, kind: -1, keep: true, used: true,
			slot: &slotVar{shape: v.shape, owner: g.fn, settable: v.settable}})
	}
}
