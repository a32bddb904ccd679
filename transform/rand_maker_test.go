package transform

import (
	"fmt"
	"strings"
)

// valueTypes are declared by each program.
const valueTypes = `
type Op func(int) (int, error)

type M struct {
	w *world.World
	n int
}

type H struct {
	F      func(int) (int, error)
	FAsync func(int) rt.Awaitable[int]
	G      func() error
	GAsync func() rt.Awaitable[struct{}]
	N      int
}

// run calls what there is.
//
//async:func
func (h *H) run(w *world.World, v int) (int, error) {
	if h.G != nil {
		if err := rt.Await0(h.G()); err != nil {
			return v, err
		}
	}
	if h.F == nil {
		return v, nil
	}
	return rt.Await(h.F(v + h.N))
}
`

// A maker is a generated function that returns an async function.
type maker struct {
	name   string
	shape  shape
	params []kind // behind w and depth, before a function that it can call
}

// A leaf is a generated async function whose shape is a slot's.
type leaf struct {
	header string
	value  string // with a verb for a number in the receiver
	shape  shape
	begin  string
}

// values makes up the functions that are used as values, and those that
// only await each other.
func (g *programmer) values() {
	for i := range g.n(3) {
		m := maker{name: fmt.Sprintf("make%d", i+1), shape: g.shape(false)}
		for range g.n(2) {
			m.params = append(m.params, choose(g, kInt, kString, kPointer, kStruct))
		}
		g.makers = append(g.makers, m)
	}
	if g.one(2) {
		g.leaves = append(g.leaves, leaf{"func leaf1", "leaf1", shapes[3], ""})
	}
	for i := range g.n(3) {
		recv, s := choose(g, "*", ""), choose(g, shapes[0], shapes[1], shapes[2], shapes[5])
		name := fmt.Sprintf("step%d", i+1)
		g.leaves = append(g.leaves, leaf{fmt.Sprintf("func (m %sM) %s", recv, name), "(&M{w, %s})." + name, s, "w := m.w"})
	}
	if g.one(3) {
		g.rings = g.ring()
	}
}

// named are the functions and methods of a shape, as values, with a verb for
// a number where a receiver has one.
func (g *programmer) named(s shape) (list []string) {
	list = append(list, operations[s.text()]...)
	for _, l := range g.leaves {
		if l.shape.is(s) {
			list = append(list, l.value)
		}
	}
	return list
}

func (g *programmer) makerOf(s shape) *maker {
	for _, m := range g.makers {
		if m.shape.is(s) {
			return &m
		}
	}
	return nil
}

// make calls a maker.
func (g *programmer) make(m *maker) string {
	args := []string{"w", "depth-1"}
	for _, k := range m.params {
		args = append(args, g.expr(k, 1))
	}
	return fmt.Sprintf("%s(%s)", m.name, strings.Join(append(args, g.fill(m.shape)), ", "))
}

// writeValues writes the functions that values made up.
func (g *programmer) writeValues() {
	for _, m := range g.makers {
		g.size = 6
		g.maker(m)
	}
	rings := g.rings
	g.funcs, g.makers, g.rings = nil, nil, nil // what follows calls none of them
	for _, l := range g.leaves {
		g.size = 5
		g.leaf(l)
	}
	for _, fn := range rings {
		g.size = 5
		g.function(fn)
	}
}

// start begins a function.
func (g *programmer) start(r *routine) {
	g.generic = false
	g.fn = r
	g.fn.labels = map[string]bool{}
	g.scope = nil
	g.open()
	g.scope.locals = append(g.scope.locals, &local{name: "w", kind: -1, keep: true})
}

// maker writes a maker. What it is given is awaited by what it makes.
func (g *programmer) maker(m maker) {
	g.start(&routine{makes: &m.shape})
	g.scope.locals = append(g.scope.locals, &local{name: "depth", kind: kInt, keep: true})
	params := append([]string{"w *world.World", "depth int"}, g.shapeParams(shape{params: m.params})...)
	slots, next := g.slotParams([]shape{m.shape})
	result := m.shape.text()
	if g.one(3) {
		v := g.declare(g.newName(), -1)
		v.keep, v.used = true, true
		v.slot = &slotVar{shape: m.shape, owner: g.fn, settable: true}
		g.fn.made = v
		result = v.name + " " + result
	}
	g.line("\n// %s is made up.\n//\n//async:func\nfunc %s(%s) (%s) {", m.name, m.name, strings.Join(append(params, slots...), ", "), result)
	g.line("w.T(%d, depth)", g.trace())
	g.line("if depth < 0 {\nreturn %s { return %s }\n}", m.shape.text(), next[0].read())
	if !g.stmts(4, 2) {
		g.returnStmt()
	}
	g.close()
	g.line("}")
}

// returnMade writes the return of a maker.
func (g *programmer) returnMade() {
	if v := g.fn.made; v != nil && g.lookup(v.name) == v && g.one(2) {
		if e := g.fill(*g.fn.makes); e != v.name {
			g.line("%s = %s", v.name, e)
		}
		g.line("return")
		return
	}
	g.line("return %s", g.fill(*g.fn.makes))
}

func (g *programmer) leaf(l leaf) {
	g.start(&routine{results: l.shape.results, async: true})
	if l.begin != "" {
		g.scope.locals = append(g.scope.locals, &local{name: "m.n", kind: kInt, used: true})
		g.open() // := declares no field
		defer g.close()
	}
	g.line("\n// It is made up.\n//\n//async:func")
	g.shaped(l.header, l.shape, l.begin)
	g.close()
}

// ring makes up functions that end with awaits of each other.
func (g *programmer) ring() (list []asyncFunc) {
	var like asyncFunc
	for range g.n(3) {
		like.results = append(like.results, choose(g, kInt, kString, kSlice))
		like.params = append(like.params, choose(g, kInt, kString, kPointer))
	}
	for i := range 1 + g.n(3) {
		fn := like
		fn.name = fmt.Sprintf("ring%d", i+1)
		list = append(list, fn)
	}
	for i := range list {
		list[i].ring = list
	}
	return list
}

// ending writes the end of a function.
func (g *programmer) ending(fn asyncFunc) {
	if len(fn.ring) == 0 {
		g.returnStmt()
		return
	}
	if g.one(2) {
		g.line("if %s {\nreturn %s\n}", g.boolExpr(1), g.callOf(choose(g, fn.ring...), kInt).text())
	}
	g.line("return %s", g.callOf(choose(g, fn.ring...), kInt).text())
}

// depth is how deep a function that is called may call others.
func (g *programmer) depth(fn asyncFunc) string {
	if len(fn.ring) > 0 && len(g.funcs) > 0 {
		return "5" // it is called from outside of its ring
	}
	return "depth-1"
}
