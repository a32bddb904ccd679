package transform

import (
	"fmt"
	"slices"
	"strings"
)

// A shape is a type of async functions that variables hold.
type shape struct {
	params   []kind
	results  []kind // without the error
	world    bool   // the first parameter is the world
	variadic bool   // the last parameter is ...int
}

var shapes = []shape{
	{params: []kind{kInt}, results: []kind{kInt}},
	{results: []kind{kInt}},
	{},
	{params: []kind{kInt}, results: []kind{kInt}, world: true},
	{params: []kind{kInt}},
	{params: []kind{kString}, results: []kind{kString}},
	{params: []kind{kInt, kString}, results: []kind{kInt, kString}},
	{params: []kind{kSlice}, results: []kind{kInt}, variadic: true},
	{params: []kind{kPointer, kStruct}, results: []kind{kStruct, kSlice, kAny}},
	{results: []kind{kError}},
}

// ofT is a shape that a type parameter makes.
var ofT = shape{params: []kind{kT}, results: []kind{kT}}

// operations are methods of the world that have a shape.
var operations = map[string][]string{
	shapes[0].text(): {"w.Get", "w.Self(1).Get", "w.Face(2).Get"},
	shapes[4].text(): {"w.Do"},
	shapes[5].text(): {"w.Name"},
	shapes[6].text(): {"w.Two"},
	shapes[7].text(): {"w.Sum"},
}

func (g *programmer) shape(generic bool) shape {
	if generic && g.one(2) {
		return ofT
	}
	return choose(g, shapes...)
}

// text is the type of functions of a shape.
func (s shape) text() string {
	params := make([]string, len(s.params))
	for i, k := range s.params {
		params[i] = typeOf[k]
		if s.variadic && i == len(params)-1 {
			params[i] = "...int"
		}
	}
	if s.world {
		params = append([]string{"*world.World"}, params...)
	}
	results := make([]string, len(s.results))
	for i, k := range s.results {
		results[i] = typeOf[k]
	}
	return fmt.Sprintf("func(%s) (%s)", strings.Join(params, ", "), strings.Join(append(results, "error"), ", "))
}

func (s shape) is(other shape) bool { return s.text() == other.text() }

// at is the shape for a type in place of T.
func (s shape) at(t kind) shape {
	of := func(list []kind) []kind {
		list = slices.Clone(list)
		for i, k := range list {
			if k == kT {
				list[i] = t
			}
		}
		return list
	}
	s.params, s.results = of(s.params), of(s.results)
	return s
}

// A slotVar is what is known of a variable that holds an async function.
type slotVar struct {
	shape    shape
	owner    *routine // that declares it
	settable bool
	final    bool // what is called by it does not call it
}

// await calls it with simple arguments.
func (v *slotVar) await(name string) string {
	var args []string
	if v.shape.world {
		args = append(args, "w")
	}
	for _, k := range v.shape.params {
		if k == kSlice && v.shape.variadic {
			continue
		}
		args = append(args, simple[k])
	}
	return awaitable{fmt.Sprintf("%s(%s)", name, strings.Join(args, ", ")), v.shape.results}.text()
}

// simple are arguments of any place.
var simple = map[kind]string{kInt: "3", kString: `"abc"`, kPointer: "nil", kStruct: "S{A: 1}", kT: first[kT]}

// slotsOf are the variables that hold an async function that can be called
// here. A literal may be called by each variable around it: it calls those
// only while the world has fuel.
func (g *programmer) slotsOf(pass func(*slotVar) bool) []*local {
	return g.visible(func(v *local) bool {
		return v.slot != nil && (v.slot.final || v.slot.owner == g.fn || g.fn.guarded > 0) && pass(v.slot)
	})
}

func (g *programmer) someSlot(pass func(*slotVar) bool) *local {
	vs := g.slotsOf(pass)
	if len(vs) == 0 {
		return nil
	}
	v := vs[g.n(len(vs))]
	g.use(v)
	return v
}

// slotParams declares the parameters of a function that are awaited.
func (g *programmer) slotParams(list []shape) (params []string, vs []*local) {
	for _, s := range list {
		v := g.declare(g.newName(), -1)
		v.keep, v.used = true, true
		v.slot = &slotVar{shape: s, owner: g.fn, final: true}
		params = append(params, v.name+" "+g.shapeType(s))
		vs = append(vs, v)
	}
	return params, vs
}

// shapeType is a shape's text or the name of such a type.
func (g *programmer) shapeType(s shape) string {
	if s.is(shapes[0]) && g.one(3) {
		return "Op"
	}
	return s.text()
}

// fill writes an async function: a variable, a literal of any kind, one that
// another makes, or a function or method by its name.
func (g *programmer) fill(s shape) string {
	if g.one(3) {
		if v := g.someSlot(func(v *slotVar) bool { return v.shape.is(s) }); v != nil {
			return v.name
		}
	}
	if g.size >= 3 && g.n(5) > 1 {
		return g.shapedLit(s, g.n(4) > 0)
	}
	if m := g.makerOf(s); m != nil && g.one(3) {
		return g.make(m)
	}
	if names := g.named(s); len(names) > 0 && g.one(2) {
		name := choose(g, names...)
		if strings.Contains(name, "%s") {
			return fmt.Sprintf(name, g.expr(kInt, 1))
		}
		return name
	}
	return g.forward(s)
}

// forward writes a literal that only returns an await, if one has its results.
func (g *programmer) forward(s shape) string {
	return g.inLiteral(&routine{literal: true, results: s.results}, 0, func() {
		params := g.shapeParams(s)
		result := ""
		if g.one(2) {
			if v := g.someSlot(func(v *slotVar) bool { return slices.Equal(v.shape.results, s.results) }); v != nil {
				result = g.callShape(v.name, v.slot.shape).text()
			}
		}
		if result == "" {
			result = g.forwarded(s.results)
		}
		g.line("func(%s) (%s) { return %s }", strings.Join(params, ", "), resultTypes(s.results), result)
	})
}

// forwarded awaits an operation with some results, or makes them up.
func (g *programmer) forwarded(results []kind) string {
	switch {
	case len(results) == 0:
		return fmt.Sprintf("rt.Await0(w.Do(%s))", g.expr(kInt, 1))
	case len(results) == 1:
		return g.giving(results[0]).text()
	case slices.Equal(results, []kind{kInt, kString}):
		return fmt.Sprintf("rt.Await2(w.Two(%s, %s))", g.expr(kInt, 1), g.expr(kString, 1))
	}
	return g.exprs(append(slices.Clone(results), kError), 1)
}

func resultTypes(results []kind) string {
	var list []string
	for _, k := range results {
		list = append(list, typeOf[k])
	}
	return strings.Join(append(list, "error"), ", ")
}

// callShape calls a function of a shape.
func (g *programmer) callShape(fun string, s shape) awaitable {
	var args []string
	if s.world {
		args = append(args, "w")
	}
	for i, k := range s.params {
		switch {
		case s.variadic && i == len(s.params)-1 && g.one(2):
			args = append(args, g.expr(k, 1)+"...")
		case s.variadic && i == len(s.params)-1:
			for range g.n(3) {
				args = append(args, g.argument(kInt))
			}
		default:
			args = append(args, g.argument(k))
		}
	}
	return awaitable{fmt.Sprintf("%s(%s)", fun, strings.Join(args, ", ")), s.results}
}

// slotCall is a call of an async function that is a value.
func (g *programmer) slotCall() awaitable {
	switch g.n(8) {
	case 4:
		if s := g.shape(g.generic); g.size >= 3 {
			return g.callShape(g.shapedLit(s, g.n(4) > 0), s)
		}
	case 5:
		if len(g.makers) > 0 {
			m := choose(g, g.makers...)
			return g.callShape(g.make(&m), m.shape)
		}
	case 6:
		return g.combined()
	case 7:
		if len(g.rings) > 0 {
			return g.callOf(choose(g, g.rings...), kInt)
		}
	}
	if v := g.someSlot(func(*slotVar) bool { return true }); v != nil {
		return g.callShape(v.name, v.slot.shape)
	}
	return awaitable{}
}

// slotGiving is a call of a variable with one result, of a kind.
func (g *programmer) slotGiving(k kind) awaitable {
	v := g.someSlot(func(v *slotVar) bool { return slices.Equal(v.shape.results, []kind{k}) })
	if v == nil {
		return awaitable{}
	}
	return g.callShape(v.name, v.slot.shape)
}

// combined is a call of a function of rt that calls others.
func (g *programmer) combined() awaitable {
	value := func() string { return g.fill(shape{results: []kind{kInt}}) }
	switch g.n(7) {
	case 1:
		return awaitable{fmt.Sprintf("rt.Shield0(%s)", g.fill(shape{})), nil}
	case 2:
		return awaitable{fmt.Sprintf("rt.Timeout(1<<40, %s)", value()), []kind{kInt}}
	case 3:
		return awaitable{fmt.Sprintf("rt.Cleanup0(1<<40, %s)", g.fill(shape{})), nil}
	case 4:
		return awaitable{fmt.Sprintf("rt.Gather(%s, %s)", value(), value()), []kind{kSlice}}
	case 5:
		return awaitable{fmt.Sprintf("rt.Map(%d, %s, %s)", 1+g.n(3), g.expr(kSlice, 1), g.fill(shapes[0])), []kind{kSlice}}
	case 6:
		name := g.fresh()
		lit := g.inLiteral(&routine{async: true}, 4, func() {
			g.line("func(%s *rt.Group) error {", name)
			for range 1 + g.n(2) {
				g.line("%s.Go(%s)", name, g.fill(shape{}))
			}
			if !g.stmts(1+g.n(2), 1) {
				g.returnStmt()
			}
			g.line("}")
		})
		return awaitable{fmt.Sprintf("rt.Nursery(%s)", lit), nil}
	}
	return awaitable{fmt.Sprintf("rt.Shield(%s)", value()), []kind{kInt}}
}
