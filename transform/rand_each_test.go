package transform

import (
	"fmt"
	"strings"
)

// asyncGenerators makes up generators that may await, and what drives them is
// an async for: their yields take numbers and send nothing.
func (g *programmer) asyncGenerators() {
	for i := range g.n(4) {
		fn := asyncFunc{name: fmt.Sprintf("each%d", i+1), yields: true, recv: choose(g, "", "", "It", "S", "*S", "*Box[T]")}
		if fn.recv == "*Box[T]" || fn.recv == "" && g.one(3) {
			fn.generic = true
			fn.params = []kind{kT}
		}
		for range g.n(3) {
			if fn.recv != "It" {
				fn.params = append(fn.params, choose(g, kInt, kString, kSlice, kFunc, kMap))
			}
		}
		g.each = append(g.each, fn)
	}
}

// eachFunction writes one.
func (g *programmer) eachFunction(fn asyncFunc) {
	g.size = 9
	g.generic = fn.generic
	g.fn = &routine{async: !g.one(4), yields: true, each: true, labels: map[string]bool{}}
	g.scope = nil
	g.open()
	g.scope.locals = append(g.scope.locals, &local{name: "w", kind: -1, keep: true}, &local{name: "depth", kind: kInt, keep: true}, &local{name: "yield", kind: -1, keep: true})
	params := []string{"w *world.World", "depth int"}
	if fn.recv == "It" {
		params = nil
	}
	recv, typeParams := g.iterReceiver(&iterFunc{asyncFunc: fn})
	for _, k := range fn.params {
		v := g.declare(g.newName(), k)
		g.use(v)
		params = append(params, v.name+" "+typeOf[k])
	}
	result := "error"
	if g.one(2) {
		v := g.declare("err", kError)
		if g.scope.inner("err") != v {
			v.name = g.fresh()
		}
		g.use(v)
		g.fn.named = []*local{v}
		result = "(" + v.name + " error)"
	}
	params = append(params, "yield rt.Yield[int, struct{}]")
	g.line("\n// %s is made up.\n//\n//async:func\nfunc %s%s%s(%s) %s {", fn.name, recv, fn.name, typeParams, strings.Join(params, ", "), result)
	if fn.recv == "It" {
		g.line("w, depth := recv.W, recv.Depth")
	}
	g.line("w.T(%d, depth)", g.trace())
	g.line("if depth < 0 {\nreturn nil\n}")
	if !g.stmts(8, 3) {
		g.returnStmt()
	}
	g.close()
	g.line("}")
}

// eachDelegation is an await of another generator that gets this one's yield.
func (g *programmer) eachDelegation() (a awaitable, ok bool) {
	if len(g.each) == 0 || !g.bounded() {
		return a, false
	}
	fn := choose(g, g.each...)
	if g.hidden(fn) {
		return a, false
	}
	return awaitable{g.iterCall(&iterFunc{asyncFunc: fn}, g.instance(), "yield"), nil}, true
}

// eachRange is an async for.
func (g *programmer) eachRange() rangeable {
	return rangeable{x: "rt.Each(" + g.eachSource() + ")", key: kInt, value: kError, recovers: true}
}

// eachSource is what an async for ranges over: a generator by its name, a
// literal that passes its yield on, or one that is a generator of its own.
func (g *programmer) eachSource() string {
	outer, size := g.fn, g.size
	defer func() { g.fn = outer }()
	if fn := g.eachCallee(); fn != nil {
		if fn.recv == "It" && g.one(2) {
			return "(It{w, depth - 1})." + fn.name
		}
		g.fn = &routine{literal: true, labels: outer.labels}
		return fmt.Sprintf("func(yield rt.Yield[int, struct{}]) error {\nreturn rt.Await0(%s)\n}", g.iterCall(&iterFunc{asyncFunc: *fn}, g.instance(), "yield"))
	}
	g.size = min(size, 5)
	g.fn = &routine{async: true, yields: true, each: true, labels: outer.labels}
	text := g.text(func() {
		result := "error"
		g.open()
		if g.one(3) {
			v := g.declare("err", kError)
			g.use(v)
			g.fn.named = []*local{v}
			result = "(err error)"
		}
		g.line("func(yield rt.Yield[int, struct{}]) %s {\nw.T(%d)", result, g.trace())
		g.awaitStmt()
		if !g.stmts(1+g.n(4), 2) {
			g.returnStmt()
		}
		g.close()
		g.line("}")
	})
	g.size = size - (min(size, 5) - g.size)
	return strings.TrimSpace(text)
}

// eachCallee picks a generator, or nil.
func (g *programmer) eachCallee() *asyncFunc {
	if len(g.each) == 0 || !g.bounded() || g.one(3) {
		return nil
	}
	if fn := choose(g, g.each...); !g.hidden(fn) {
		return &fn
	}
	return nil
}
