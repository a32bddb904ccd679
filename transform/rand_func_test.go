package transform

import (
	"fmt"
	"slices"
	"strings"
)

// An asyncFunc is a generated async function.
type asyncFunc struct {
	name    string
	recv    string   // "S", "*S", "Box[T]", "*Box[T]" or ""
	generic bool     // has a type parameter T, and a parameter of that type
	params  []kind   // behind w and depth
	cores   []string // by parameter: the constraint of the type parameter that is its type, or ""
	results []kind   // without the error
	yields  bool
	rest    bool        // the last parameter, a slice, is ...
	slots   []shape     // parameters that are awaited, behind depth
	ring    []asyncFunc // those that it ends with an await of
}

// signature makes up the parameters and results of a function.
func (g *programmer) signature(name string, yields, method bool) asyncFunc {
	fn := asyncFunc{name: name, yields: yields}
	if yields {
		fn.results = []kind{kInt}
	} else {
		for range []int{1, 1, 0, 2, 3}[g.n(5)] {
			fn.results = append(fn.results, choose(g, kInt, kInt, kString, kSlice, kBool, kStruct, kPointer, kArray, kError, kAny))
		}
		if method {
			fn.recv = choose(g, "", "", "S", "*S", "*Box[T]", "Box[T]")
		}
	}
	for range g.n(3) {
		fn.params = append(fn.params, choose(g, kInt, kString, kSlice, kPointer, kStruct, kFunc, kArray, kMap, kAny))
	}
	if fn.boxed() || method && fn.recv == "" && g.one(3) {
		fn.generic = true
		fn.params = append([]kind{kT}, fn.params...)
		if len(fn.results) > 0 && !yields && g.one(2) {
			fn.results[0] = kT
		}
	}
	if method && !yields {
		for range g.n(3) {
			fn.slots = append(fn.slots, g.shape(fn.generic))
		}
	}
	if n := len(fn.params); !yields && n > 0 && fn.params[n-1] == kSlice {
		fn.rest = g.one(2)
	}
	if method && fn.recv == "" {
		g.withCores(&fn)
	}
	return fn
}

// hidden reports whether a local has the name of a function.
func (g *programmer) hidden(fn asyncFunc) bool { return fn.recv == "" && g.lookup(fn.name) != nil }

// instance picks a type argument.
func (g *programmer) instance() kind {
	if g.generic && g.one(2) {
		return kT
	}
	return choose(g, kInt, kString, kSlice)
}

// callOf is a call of a function, with a type for its T.
func (g *programmer) callOf(fn asyncFunc, t kind) awaitable {
	of := func(k kind) kind {
		if k == kT {
			return t
		}
		return k
	}
	callee, args := "", []string{"w", g.depth(fn)}
	if via, first := g.viaForms(fn); via != "" {
		callee = via
		if first != "" {
			args = append([]string{first}, args...)
		}
	}
	for _, s := range fn.slots {
		args = append(args, g.fill(s.at(t)))
	}
	for i, k := range fn.params {
		switch {
		case fn.rest && i == len(fn.params)-1 && g.one(2):
			for range g.n(3) {
				args = append(args, g.argument(kInt))
			}
		case fn.rest && i == len(fn.params)-1:
			args = append(args, g.expr(k, 1)+"...")
		default:
			args = append(args, g.argument(of(k)))
		}
	}
	if fn.yields {
		args = append(args, "yield")
	}
	var results []kind
	for _, k := range fn.results {
		results = append(results, of(k))
	}
	if callee == "" {
		callee = g.callee(fn, t)
	}
	return awaitable{fmt.Sprintf("%s(%s)", callee, strings.Join(args, ", ")), results}
}

// callee writes what is called: a method with its receiver.
func (g *programmer) callee(fn asyncFunc, t kind) string {
	if strings.HasSuffix(fn.recv, "S") && g.one(4) {
		if v := g.embedding(); v != "" {
			return v + "." + fn.name
		}
	}
	switch {
	case fn.boxed():
		return fmt.Sprintf("(%sBox[%s]{V: %s}).%s", strings.TrimSuffix(strings.Replace(fn.recv, "*", "&", 1), "Box[T]"), typeOf[t], g.expr(t, 1), fn.name)
	case fn.generic && g.one(2):
		return fmt.Sprintf("%s[%s]", fn.name, typeOf[t])
	case fn.recv == "":
		return fn.name
	case g.one(4):
		return "(" + map[string]string{"*S": "&"}[fn.recv] + "E{S: " + g.expr(kStruct, 1) + "})." + fn.name
	case g.one(4):
		return "(F{&S{A: " + g.expr(kInt, 1) + "}})." + fn.name
	case fn.recv == "S":
		return g.expr(kStruct, 0) + "." + fn.name
	}
	if v := g.some(kStruct, true); v != nil {
		g.use(v)
		return v.name + "." + fn.name
	}
	return "(&S{A: 1})." + fn.name
}

// function writes an async function.
func (g *programmer) function(fn asyncFunc) {
	g.generic = fn.generic
	g.fn = &routine{results: fn.results, async: !fn.yields, yields: fn.yields, labels: map[string]bool{}}
	g.scope = nil
	g.open()
	g.scope.locals = append(g.scope.locals, &local{name: "w", kind: -1, keep: true}, &local{name: "depth", kind: kInt, keep: true})
	params := []string{"w *world.World", "depth int"}
	slotParams, slots := g.slotParams(fn.slots)
	params = append(params, slotParams...)
	for i, k := range fn.params {
		name, of := "_", typeOf[k]
		if !g.one(7) {
			v := g.declare(g.newName(), k)
			v.used = true
			name = v.name
		}
		if fn.rest && i == len(fn.params)-1 {
			of = "..." + of[2:]
		}
		if p := fn.core(i); p != "" {
			of = p
		}
		params = append(params, name+" "+of)
	}
	recv, typeParams := "", fn.typeParams()
	switch {
	case fn.boxed():
		recv, typeParams = "(box "+fn.recv+") ", ""
		g.scope.locals = append(g.scope.locals, &local{name: "box.V", kind: kT, fixed: true, used: true})
	case fn.recv != "":
		v := g.declare(g.newName(), kStruct)
		g.use(v)
		if fn.recv == "*S" {
			v.kind = -1
			v.keep = true
		}
		recv = fmt.Sprintf("(%s %s) ", v.name, fn.recv)
	}
	if fn.yields {
		g.scope.locals = append(g.scope.locals, &local{name: "yield", kind: -1, keep: true})
		params = append(params, "yield rt.Yield[int, string]")
	}
	var results []string
	named := g.one(2)
	for i, k := range append(slices.Clone(fn.results), kError) {
		if !named {
			results = append(results, typeOf[k])
			continue
		}
		if g.one(7) {
			results = append(results, "_ "+typeOf[k])
			continue
		}
		name := g.newName()
		if i == len(fn.results) && g.scope.inner("err") == nil {
			name = "err"
		}
		v := g.declare(name, k)
		g.use(v)
		g.fn.named = append(g.fn.named, v)
		results = append(results, name+" "+typeOf[k])
	}
	g.line("\n// %s is made up.\n//\n//async:func\nfunc %s%s%s(%s) (%s) {", fn.name, recv, fn.name, typeParams, strings.Join(params, ", "), strings.Join(results, ", "))
	g.line("w.T(%d, depth)", g.trace())
	zero := make([]string, len(fn.results))
	for i, k := range fn.results {
		zero[i] = first[k]
	}
	g.line("if depth < 0 {")
	for _, v := range slots { // or nothing but this function itself might await them
		g.line("%s", v.read())
	}
	g.line("return %s\n}", strings.Join(append(zero, "nil"), ", "))
	if !g.stmts(12, 3) {
		g.ending(fn)
	}
	g.close()
	g.line("}")
}
