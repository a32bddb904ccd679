package transform

import (
	"fmt"
	"slices"
	"strings"
)

// An awaitable is a call that can be awaited.
type awaitable struct {
	call    string
	results []kind
}

func (a awaitable) text() string {
	count := ""
	if len(a.results) != 1 {
		count = fmt.Sprint(len(a.results))
	}
	return fmt.Sprintf("rt.Await%s(%s)", count, a.call)
}

// awaitable makes up a call with one of the result lists that pass.
func (g *programmer) awaitable(pass func([]kind) bool) awaitable {
	for range 6 {
		marked := len(g.marked)
		if a := g.anyAwaitable(); pass(a.results) {
			return a
		}
		g.unuse(marked)
	}
	return awaitable{}
}

func (g *programmer) anyAwaitable() awaitable {
	if g.fn.each && (!g.fn.async || g.one(3)) {
		if a, ok := g.eachDelegation(); ok || !g.fn.async {
			return a
		}
	}
	if g.fn.yields && !g.fn.async {
		return g.delegation()
	}
	if g.one(4) {
		if a := g.slotCall(); a.call != "" {
			return a
		}
	}
	switch g.n(16) {
	case 14:
		return g.gather()
	case 15:
		if v := g.some(kTask, false); v != nil {
			g.use(v)
			return awaitable{v.name + ".Wait()", []kind{kInt}}
		}
		return awaitable{fmt.Sprintf("w.Get(%s)", g.argument(kInt)), []kind{kInt}}
	case 3:
		return awaitable{fmt.Sprintf("w.Name(%s)", g.argument(kString)), []kind{kString}}
	case 4:
		return awaitable{fmt.Sprintf("w.Do(%s)", g.argument(kInt)), nil}
	case 5:
		if g.one(3) { // f(g())
			g.nested++
			defer func() { g.nested-- }()
			return awaitable{fmt.Sprintf("w.Two(world.Both(rt.Await2(w.Two(%s, %s))))", g.argument(kInt), g.argument(kString)), []kind{kInt, kString}}
		}
		return awaitable{fmt.Sprintf("w.Two(%s, %s)", g.argument(kInt), g.argument(kString)), []kind{kInt, kString}}
	case 6:
		k := choose(g, kStruct, kSlice, kPointer, kFunc, kInt, kString)
		return awaitable{fmt.Sprintf("world.Same(w, %s)", g.argument(k)), []kind{k}}
	case 7:
		return awaitable{fmt.Sprintf("w.Face(%d).Get(%s)", g.trace(), g.argument(kInt)), []kind{kInt}}
	case 8:
		return awaitable{"rt.YieldNow()", nil}
	case 9:
		return awaitable{fmt.Sprintf("w.Self(%d).Get(%s)", g.trace(), g.argument(kInt)), []kind{kInt}}
	case 10:
		return awaitable{fmt.Sprintf("w.Sum(%s...)", g.expr(kSlice, 1)), []kind{kInt}}
	case 11, 12, 13:
		return g.generated(false)
	default:
		return awaitable{fmt.Sprintf("w.Get(%s)", g.argument(kInt)), []kind{kInt}}
	}
}

// generated is a call of a function of this program.
func (g *programmer) generated(yields bool) awaitable {
	if len(g.funcs) == 0 {
		return awaitable{fmt.Sprintf("w.Get(%s)", g.argument(kInt)), []kind{kInt}}
	}
	if len(g.rings) > 0 && !yields && g.one(3) {
		return g.callOf(choose(g, g.rings...), kInt)
	}
	fn := choose(g, g.funcs...)
	if g.hidden(fn) {
		fn = g.funcs[0]
	}
	if fn.yields != yields {
		return awaitable{fmt.Sprintf("w.Get(%s)", g.argument(kInt)), []kind{kInt}}
	}
	return g.callOf(fn, g.instance())
}

// delegation is what a generator awaits.
func (g *programmer) delegation() awaitable {
	var gens []asyncFunc
	for _, fn := range g.funcs {
		if fn.yields {
			gens = append(gens, fn)
		}
	}
	all := g.funcs
	g.funcs = gens
	defer func() { g.funcs = all }()
	return g.generated(true)
}

// suspending makes up an await or a yield.
func (g *programmer) suspending() (text string, results []kind) {
	if g.fn.each && (!g.fn.async || g.one(2)) {
		return fmt.Sprintf("yield(%s)", g.argument(kInt)), []kind{-1}
	}
	if g.fn.yields && !g.fn.async && g.n(4) > 0 {
		return fmt.Sprintf("yield(%s)", g.argument(kInt)), []kind{kString}
	}
	a := g.anyAwaitable()
	return a.text(), a.results
}

// awaited writes a definition or assignment of what an await returns, and
// what it declares.
func (g *programmer) awaited(define bool) (text string, fresh []*local) {
	if g.fn.iter != nil {
		return g.yieldDefinition(define)
	}
	e, results := g.suspending()
	var lhs []string
	for _, k := range append(slices.Clone(results), kError) {
		if g.one(7) {
			lhs = append(lhs, "_")
			continue
		}
		if !define {
			lhs = append(lhs, g.place(k))
			continue
		}
		name, old := g.leftName(k, lhs)
		if k == kError && g.n(3) > 0 && !slices.Contains(lhs, "err") {
			if v := g.scope.inner("err"); v == nil || v.kind == kError && g.lookup("err") == v && !v.fixed {
				name, old = "err", v != nil
			}
		}
		lhs = append(lhs, name)
		if !old {
			fresh = append(fresh, &local{name: name, kind: k})
		}
	}
	op := "="
	if define && len(fresh) > 0 {
		op = ":="
	}
	if op == "=" && strings.Trim(strings.Join(lhs, ""), "_") == "" && g.one(2) {
		return e, nil
	}
	return fmt.Sprintf("%s %s %s", strings.Join(lhs, ", "), op, e), fresh
}

// awaitStmt writes a statement that awaits or yields.
func (g *programmer) awaitStmt() {
	if g.fn.iter != nil {
		g.yieldStmt()
		return
	}
	switch g.n(14) {
	case 9, 10:
		g.order()
	case 11:
		g.spawn()
	case 12:
		g.channel()
	case 13:
		g.commaOk()
	case 0, 1, 2, 3:
		text, fresh := g.awaited(true)
		g.line("%s", text)
		g.add(fresh)
		g.checkErr()
	case 4, 5:
		text, _ := g.awaited(false)
		g.line("%s", text)
	case 6:
		e, _ := g.suspending()
		g.line("%s", e)
	case 7:
		g.line("w.T(%d, %s, %s)", g.trace(), g.argument(kInt), g.argument(kString))
	case 8:
		e, results := g.suspending()
		var lhs []string
		var fresh []*local
		for _, k := range append(slices.Clone(results), kError) {
			name := g.newName()
			if slices.Contains(lhs, name) {
				name = g.fresh()
			}
			lhs = append(lhs, name)
			fresh = append(fresh, &local{name: name, kind: k})
		}
		g.line("var %s = %s", strings.Join(lhs, ", "), e)
		g.add(fresh)
	}
}

// checkErr writes what a user writes behind an await.
func (g *programmer) checkErr() {
	v := g.lookup("err")
	if v == nil || v.kind != kError || !g.one(3) {
		return
	}
	g.use(v)
	g.line("if err != nil {")
	g.open()
	g.leave()
	g.close()
	g.line("}")
}

// returnStmt writes a return of any form.
func (g *programmer) returnStmt() {
	if g.fn.iter != nil {
		g.iterReturn()
		return
	}
	results := g.fn.results
	if g.fn.makes != nil {
		g.returnMade()
		return
	}
	if g.fn.literal {
		if len(results) == 0 {
			g.line("return")
			return
		}
		g.line("return %s", g.exprs(results, 1))
		return
	}
	if g.one(2) {
		g.traceStmt()
	}
	visible := len(g.fn.named) > 0
	for _, r := range g.fn.named {
		visible = visible && g.lookup(r.name) == r
	}
	if visible && g.one(3) {
		g.line("return")
		return
	}
	if g.fn.suspends() && g.one(3) {
		if a := g.awaitable(func(ks []kind) bool { return slices.Equal(ks, results) }); a.call != "" {
			g.line("return %s", a.text())
			return
		}
	}
	var list []string
	for _, k := range results {
		if k == kArray || k == kStruct {
			// gc writes a literal into the result piece by piece: what is there if a piece panics is its own affair.
			list = append(list, g.expr(k, 0))
			continue
		}
		list = append(list, g.argument(k))
	}
	switch {
	case g.one(5) && g.fn.async && g.fn.suspends():
		list = append(list, fmt.Sprintf("rt.Await0(w.Do(%s))", g.argument(kInt)))
	default:
		list = append(list, g.expr(kError, 1))
	}
	g.line("return %s", strings.Join(list, ", "))
}
