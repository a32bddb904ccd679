package transform

import (
	"fmt"
	"strings"
)

// nativeStmt writes a statement that may not hold an await: it stays as it
// is, but what leaves it can go anywhere.
func (g *programmer) nativeStmt(deep int) {
	g.fn.native++
	defer func() { g.fn.native-- }()
	t := g.enter(true)
	defer g.exit()
	one := func(header string, k kind) {
		name := g.newName()
		g.open()
		v := &local{name: name, kind: k}
		g.scope.locals = append(g.scope.locals, v)
		g.line("for %s := range %s {", name, header)
		g.holes(v)
		g.block(deep)
		g.line("}")
		g.close()
	}
	switch g.n(6) {
	case 0:
		one("world.Chan(1, 2)", kInt)
	case 1:
		one(fmt.Sprintf("w.Seq(%d)", 1+g.n(3)), kInt)
	case 2:
		one("map[string]int{\"k\": 1}", kString)
	case 3:
		one(g.expr(kArray, 1), kInt)
	case 4:
		t.loop = false
		k := choose(g, kInt, kString, kError)
		e := g.expr(k, 1)
		name := g.fresh()
		g.line("switch %s := any(%s).(type) {", name, e)
		g.line("case %s:", typeOf[k])
		g.open()
		v := &local{name: name, kind: k, used: true}
		g.scope.locals = append(g.scope.locals, v)
		g.line("w.T(%d, %s)", g.trace(), name)
		g.block(deep)
		g.close()
		g.line("default:")
		g.block(deep)
		g.line("}")
	case 5:
		t.loop = false
		g.line("select {")
		if v := g.some(kInt, true); v != nil && g.one(2) {
			g.line("case %s = <-world.Chan(%s):", v.name, g.expr(kInt, 1))
		} else {
			g.line("case <-world.Chan():")
		}
		g.block(deep)
		if g.one(2) {
			g.line("case <-chan int(nil):")
			g.block(deep)
		}
		g.line("}")
	}
}

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
			if g.fn.yields {
				break
			}
			if a := g.awaitable(func(ks []kind) bool { return len(ks) == 1 && ks[0] == kInt }); a.call != "" {
				list = append(list, fmt.Sprintf("world.Or(%s)", a.text()))
			}
		case 5:
			list = append(list, g.expr(kInt, 1))
		}
	}
	if len(list) == 0 {
		list = append(list, g.atom(kInt))
	}
	g.line("w.N(%d, %s)", g.trace(), strings.Join(list, ", "))
}

// slot writes a literal that fills an async slot.
func (g *programmer) slot() string {
	outer := g.fn
	defer func() { g.fn = outer }()
	g.fn = &routine{literal: true, labels: map[string]bool{}}
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
	if g.fn.yields {
		g.order()
		return
	}
	name := g.newName()
	e := g.slot()
	v := &local{name: name, kind: kTask}
	g.line("%s := rt.Spawn(%s)", name, e)
	g.add([]*local{v})
}
