package transform

import (
	"fmt"
	"slices"
	"strings"
)

// An iterFunc is a generated iterator: a marked function with a yield of
// Go's own.
type iterFunc struct {
	asyncFunc        // results are none, or a bool
	values    []kind // that its yield takes
	seq       bool   // returns iter.Seq or iter.Seq2
	recovers  bool   // may recover a panic of the loop's body
}

// iterators makes up the iterators of a program and writes them, into text
// since what ranges over them has to know whether they recover.
func (g *programmer) iterators() (text string) {
	if g.one(3) {
		return ""
	}
	for i := range 1 + g.n(3) {
		g.iters = append(g.iters, g.iterSignature(fmt.Sprintf("iter%d", i+1)))
	}
	for _, it := range g.iters {
		g.size = 8
		text += g.text(func() { g.iterFunction(it) })
	}
	for _, it := range g.iters {
		it.recovers = strings.Contains(strings.ToLower(text), "recover") || strings.Contains(text, "w.Seq2")
	}
	return text
}

// iterSignature makes up what an iterator takes and yields.
func (g *programmer) iterSignature(name string) *iterFunc {
	it := &iterFunc{recovers: true, seq: g.one(3)} // for those that range over it while it is written
	it.name = name
	it.recv = choose(g, "", "", "It", "S", "*S", "*Box[T]")
	values := []kind{kInt, kInt, kString, kStruct, kAny}
	if it.recv == "*Box[T]" || it.recv == "" && g.one(3) {
		it.generic = true
		it.params = []kind{kT}
		values = append(values, kT)
	}
	for range choose(g, 1, 1, 2, 0) {
		it.values = append(it.values, choose(g, values...))
	}
	if it.recv == "It" {
		it.params = nil
	} else {
		for range g.n(2) {
			it.params = append(it.params, choose(g, kInt, kString, kSlice, kFunc))
		}
	}
	switch {
	case it.seq:
		it.seq = len(it.values) > 0
	case g.one(3):
		it.results = []kind{kBool}
	}
	return it
}

// yieldType is the type of an iterator's yield.
func yieldType(values []kind, t kind) string {
	var list []string
	for _, k := range instances(values, t) {
		list = append(list, typeOf[k])
	}
	return "func(" + strings.Join(list, ", ") + ") bool"
}

// instances are the kinds with t in the place of T.
func instances(kinds []kind, t kind) (list []kind) {
	for _, k := range kinds {
		if k == kT {
			k = t
		}
		list = append(list, k)
	}
	return list
}

// iterFunction writes an iterator.
func (g *programmer) iterFunction(it *iterFunc) {
	g.generic = it.generic
	g.fn = &routine{results: it.results, yields: true, iter: it, labels: map[string]bool{}}
	g.scope = nil
	g.open()
	g.scope.locals = append(g.scope.locals, &local{name: "w", kind: -1, keep: true}, &local{name: "depth", kind: kInt, keep: true}, &local{name: "yield", kind: -1, keep: true})
	params := []string{"w *world.World", "depth int"}
	if it.recv == "It" {
		params = nil
	}
	recv, typeParams := g.iterReceiver(it)
	for _, k := range it.params {
		name := g.newName()
		if name == "bool" { // which the literal's type needs
			name = g.fresh()
		}
		g.use(g.declare(name, k))
		params = append(params, name+" "+typeOf[k])
	}
	doc := fmt.Sprintf("\n// %s is made up.\n//\n//async:func\nfunc %s%s%s", it.name, recv, it.name, typeParams)
	of := yieldType(it.values, kT)
	switch {
	case it.seq:
		args := strings.TrimSuffix(strings.TrimPrefix(of, "func("), ") bool")
		g.line("%s(%s) iter.Seq%s[%s] {\nreturn func(yield %s) {", doc, strings.Join(params, ", "), map[int]string{2: "2"}[len(it.values)], args, of)
		g.open()
		defer g.line("}")
	default:
		results := ""
		if len(it.results) > 0 {
			results = " bool"
			if g.one(2) {
				v := g.declare(choose(g, "more", "result", "ok"), kBool)
				if g.scope.inner(v.name) != v {
					v.name = g.fresh()
				}
				g.use(v)
				g.fn.named = []*local{v}
				results = " (" + v.name + " bool)"
			}
		}
		g.line("%s(%s)%s {", doc, strings.Join(append(params, "yield "+of), ", "), results)
	}
	if it.recv == "It" {
		g.line("w, depth := recv.W, recv.Depth")
	}
	g.line("w.T(%d, depth)", g.trace())
	g.line("if depth < 0 {\nreturn%s\n}", map[int]string{1: " true"}[len(it.results)])
	if !g.stmts(8, 3) && len(it.results) > 0 {
		g.iterReturn()
	}
	if it.seq {
		g.close()
		g.line("}")
	}
	g.close()
	if !it.seq {
		g.line("}")
	}
}

// iterReceiver writes the receiver and the type parameters of an iterator.
func (g *programmer) iterReceiver(it *iterFunc) (recv, typeParams string) {
	switch it.recv {
	case "":
		if it.generic {
			typeParams = "[T any]"
		}
		return "", typeParams
	case "*Box[T]":
		g.scope.locals = append(g.scope.locals, &local{name: "box.V", kind: kT, fixed: true, used: true})
		return "(box *Box[T]) ", ""
	case "It":
		g.scope.locals = append(g.scope.locals, &local{name: "recv", kind: -1, keep: true})
	case "S":
		g.use(g.declare("recv", kStruct))
	case "*S":
		g.scope.locals = append(g.scope.locals, &local{name: "recv", kind: -1, keep: true})
	}
	return "(recv " + it.recv + ") ", ""
}

// iterReturn writes a return of an iterator.
func (g *programmer) iterReturn() {
	named := g.fn.named
	switch {
	case len(g.fn.results) == 0, len(named) > 0 && g.lookup(named[0].name) == named[0] && g.one(3):
		g.line("return")
	default:
		g.line("return %s", g.argument(kBool))
	}
}

// iterCall is a call of an iterator; last is its yield, "" for one that
// returns its function.
func (g *programmer) iterCall(it *iterFunc, t kind, last string) string {
	if it.recv == "It" {
		return g.callArgs("(It{w, depth - 1})."+it.name, nil, last, it.seq)
	}
	args := []string{"w", "depth-1"}
	for _, k := range instances(it.params, t) {
		args = append(args, g.argument(k))
	}
	return g.callArgs(g.callee(it.asyncFunc, t), args, last, it.seq)
}

func (g *programmer) callArgs(f string, args []string, last string, seq bool) string {
	switch {
	case last == "":
		return fmt.Sprintf("%s(%s)", f, strings.Join(args, ", "))
	case seq:
		return fmt.Sprintf("%s(%s)(%s)", f, strings.Join(args, ", "), last)
	}
	return fmt.Sprintf("%s(%s)", f, strings.Join(append(args, last), ", "))
}

// yieldCall is a call of an iterator's yield.
func (g *programmer) yieldCall() string {
	var args []string
	for _, k := range g.fn.iter.values {
		args = append(args, g.argument(k))
	}
	return "yield(" + strings.Join(args, ", ") + ")"
}

// passes is a call that passes an iterator's yield on, "" if there is none; it
// has a value if more.
func (g *programmer) passes(more bool) string {
	var able []*iterFunc
	t := g.instance()
	for _, it := range g.iters {
		if !g.hidden(it.asyncFunc) && (len(it.results) > 0 || !more) && slices.Equal(instances(it.values, t), g.fn.iter.values) {
			able = append(able, it)
		}
	}
	if len(able) == 0 {
		return ""
	}
	return g.iterCall(choose(g, able...), t, "yield")
}

// goesOn is a value that an iterator's yield gives, its own or another's.
func (g *programmer) goesOn() string {
	if g.one(4) {
		if e := g.passes(true); e != "" {
			return e
		}
	}
	return g.yieldCall()
}

// yieldStmt writes a statement of an iterator that yields.
func (g *programmer) yieldStmt() {
	switch g.n(9) {
	case 4, 5:
		if e := g.passes(false); e != "" {
			g.line("%s", e)
			return
		}
	case 6:
		text, fresh := g.yieldDefinition(true)
		g.line("%s", text)
		g.add(fresh)
		return
	case 7:
		if g.one(4) { // whether it goes on or not
			g.line("%s", g.yieldCall())
			return
		}
	case 8:
		g.line("w.T(%d, %s, %s)", g.trace(), g.argument(kInt), g.argument(kBool))
		return
	}
	g.line("if !%s {\nw.T(%d, \"stopped\")", g.goesOn(), g.trace())
	g.iterReturn()
	g.line("}")
}

// yieldDefinition is awaited for iterators.
func (g *programmer) yieldDefinition(define bool) (text string, fresh []*local) {
	e := g.goesOn()
	if !define {
		return g.place(kBool) + " = " + e, nil
	}
	name, old := g.leftName(kBool, nil)
	if old {
		return name + " = " + e, nil
	}
	return name + " := " + e, []*local{{name: name, kind: kBool}}
}

// bounded reports whether the function knows how deep it may call others.
func (g *programmer) bounded() bool { return g.lookup("depth") != nil }

// iterRange is a loop over a generated iterator: by its name, a call of what
// returns one, or a literal that calls it.
func (g *programmer) iterRange() (r rangeable, ok bool) {
	if len(g.iters) == 0 || !g.bounded() || g.lookup("bool") != nil {
		return r, false
	}
	it := choose(g, g.iters...)
	if g.hidden(it.asyncFunc) {
		return r, false
	}
	t := g.instance()
	r = rangeable{key: -1, value: -1, recovers: it.recovers}
	for i, k := range instances(it.values, t) {
		*[]*kind{&r.key, &r.value}[i] = k
	}
	switch {
	case it.recv == "It" && !it.seq && len(it.results) == 0 && g.one(2):
		r.x = "(It{w, depth - 1})." + it.name
	case it.seq && g.one(4):
		r.x = "world.Through(" + g.iterCall(it, t, "") + ")"
	case it.seq && !g.one(4):
		r.x = g.iterCall(it, t, "")
	default:
		r.x = g.iterLiteral(it, t)
	}
	return r, true
}

// iterLiteral is a literal that calls an iterator with its own yield, and may
// do more.
func (g *programmer) iterLiteral(it *iterFunc, t kind) string {
	outer := g.fn
	defer func() { g.fn = outer }()
	g.fn = &routine{literal: true, labels: outer.labels}
	more := ""
	if g.one(4) {
		more = fmt.Sprintf("\nw.T(%d)", g.trace())
	}
	return fmt.Sprintf("func(yield %s) {\n%s%s\n}", yieldType(it.values, t), g.iterCall(it, t, "yield"), more)
}
