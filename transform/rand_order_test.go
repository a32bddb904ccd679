package transform

import (
	"fmt"
	"strings"
)

// order writes one expression whose parts depend on each other: calls that
// change what stands beside them, plain variables, awaits.
func (g *programmer) order() {
	var list []string
	for range 2 + g.n(4) {
		switch g.n(6) {
		case 0:
			list = append(list, g.argument(kInt))
		case 1, 2:
			list = append(list, g.atom(kInt))
		case 3:
			if v := g.some(kFunc, false); v != nil {
				g.use(v)
				list = append(list, v.name+"()")
			}
		case 4:
			if !g.fn.async {
				break
			}
			list = append(list, fmt.Sprintf("world.Or(%s)", g.giving(kInt).text()))
		case 5:
			list = append(list, g.expr(kInt, 1))
		}
	}
	if len(list) == 0 {
		list = append(list, g.atom(kInt))
	}
	if g.one(2) {
		g.mixed(list)
		return
	}
	g.line("w.N(%d, %s)", g.trace(), strings.Join(list, ", "))
}

// mixed writes an expression that converts its parts to interfaces: numbers,
// and among them what gc copies when it comes to it, and what it reads later.
func (g *programmer) mixed(list []string) {
	for i := range list {
		switch g.n(8) {
		case 0, 1:
			list[i] += ", " + g.expr(kBool, 2)
		case 2:
			list[i] = fmt.Sprintf("%s %s %s", list[i], choose(g, "==", "<", "!="), g.atom(kInt))
		case 3:
			list[i] = fmt.Sprintf("uint8((%s)&7)", list[i])
		case 4:
			list[i] += ", " + g.argument(kStruct)
		case 5:
			list[i] = fmt.Sprintf("[2]int{%s, %s} == [...]int{%s, 1}", list[i], g.atom(kInt), g.atom(kInt))
		case 6:
			list[i] = fmt.Sprintf("map[[2]int]string{{1, 2}: \"x\"}[[2]int{%s, %s}]", list[i], g.atom(kInt))
		}
	}
	if g.one(3) {
		g.line("w.T(%d, []any{%s}...)", g.trace(), strings.Join(list, ", "))
		return
	}
	g.line("w.T(%d, %s)", g.trace(), strings.Join(list, ", "))
}

// slot writes a literal that fills an async slot.
func (g *programmer) slot() string {
	outer := g.fn
	defer func() { g.fn = outer }()
	g.fn = &routine{literal: true, labels: outer.labels}
	return fmt.Sprintf("func() (int, error) { return rt.Await(w.Get(%s)) }", g.expr(kInt, 1))
}

func (g *programmer) gather() awaitable {
	list := []string{g.slot()}
	for range g.n(3) {
		list = append(list, g.slot())
	}
	return awaitable{fmt.Sprintf("rt.Gather(%s)", strings.Join(list, ", ")), []kind{kSlice}}
}

// spawn writes a statement that starts a task.
func (g *programmer) spawn() {
	if !g.fn.async {
		g.order()
		return
	}
	name := g.newName()
	e := g.slot()
	v := &local{name: name, kind: kTask}
	g.line("%s := rt.Spawn(%s)", name, e)
	g.add([]*local{v})
}

// channel writes statements that send a value, here or elsewhere, and receive
// it.
func (g *programmer) channel() {
	name := g.fresh()
	e := g.argument(kInt)
	g.line("%s := make(chan int, 1)", name)
	g.line(choose(g, "%s <- %s", "go world.Put(%s, %s)"), name, e)
	g.line("w.T(%d, <-%s)", g.trace(), name)
}

// commaOk writes a definition of two values that one expression gives.
func (g *programmer) commaOk() {
	x := choose(g, "world.Chan(%s)", "map[int]int{1: 2}[%s]", "any(%s).(int)")
	if x[0] == 'w' {
		x = "<-" + x
	}
	x = fmt.Sprintf(x, g.argument(kInt))
	if g.one(2) {
		g.line("%s, %s = %s", g.place(kInt), g.place(kBool), x)
		return
	}
	v, ok := &local{name: g.newName(), kind: kInt}, &local{name: g.fresh(), kind: kBool}
	g.line("%s, %s := %s", v.name, ok.name, x)
	g.add([]*local{v, ok})
}
