package transform

import (
	"fmt"
	"go/format"
	"slices"
	"strings"
)

// A generator of random async functions. A stream of bytes decides
// everything, so that the fuzzer can steer it; when the bytes are used up
// each choice is the simplest one. The programs are well typed, end, have no
// unreachable statements, and trace what they do. What they are made of
// stands in rand_expr_test.go (values), rand_stmt_test.go (statements),
// rand_flow_test.go, rand_range_test.go, rand_cases_test.go and
// rand_goto_test.go (those that hold others), rand_await_test.go and
// rand_operand_test.go (what suspends), rand_func_test.go (functions),
// rand_lit_test.go, rand_slot_test.go and rand_maker_test.go (async functions
// as values), rand_iter_test.go (iterators), rand_each_test.go (async
// generators), rand_types_test.go (local types), rand_typed_test.go (named
// types and constraints), rand_forms_test.go (methods).

// kind is a type of the generated programs.
type kind int

const (
	kInt kind = iota
	kString
	kBool
	kSlice   // []int
	kPointer // *int
	kStruct  // S
	kFunc    // func() int
	kError
	kRune // of a range over a string, or an integer of any type: only read as an int
	kArray
	kMap
	kTask // *rt.Task[int], of rt.Spawn
	kAny
	kT // a type parameter
)

var typeOf = [...]string{"int", "string", "bool", "[]int", "*int", "S", "func() int", "error", "rune", "[3]int", "map[int]int", "*rt.Task[int]", "any", "T"}

// A local is a variable or a constant of a generated function.
type local struct {
	name  string
	kind  kind
	fixed bool    // may not be assigned: a constant
	keep  bool    // may not be hidden: w, depth, yield
	used  bool    // is read somewhere
	hole  *string // a line right behind its declaration
	slot  *slotVar
}

// A scope is one block. Function literals see what is around them.
type scope struct {
	locals []*local
	outer  *scope
}

// A leavable is a statement that break or continue can leave.
type leavable struct {
	label  *string // the line before it, empty until something jumps there
	name   string
	loop   bool
	broken bool // something breaks out of it
}

// A routine is a function or a literal that is being written.
type routine struct {
	results  []kind
	named    []*local  // its results, if they have names
	async    bool      // may await
	yields   bool      // is a generator or an iterator
	iter     *iterFunc // which iterator it is
	each     bool      // an async for ranges over it: its yield gives no value
	literal  bool
	native   int // statements around that may hold no await
	targets  []*leavable
	landings []*landing
	labels   map[string]bool
	makes    *shape // it returns an async function
	made     *local // what it returns, if that has a name
	guarded  int    // statements around that the world's fuel bounds
}

// suspends reports whether it may await or yield.
func (r *routine) suspends() bool { return (r.async || r.yields) && r.native == 0 }

// A programmer writes one program.
type programmer struct {
	data   []byte
	lines  []*string
	scope  *scope
	fn     *routine
	funcs  []asyncFunc
	rings  []asyncFunc
	makers []maker
	leaves []leaf
	iters  []*iterFunc
	each   []asyncFunc           // generators that async fors range over
	types  map[*local]*localType // by their names
	vars   map[*local]typedVar   // of local types
	embeds map[*localType]bool   // types that embed S
	size   int                   // statements that may still be written
	id     int                   // of the last trace call

	generic bool // the function has a type parameter T

	marked []*local // those that are used, in this order
	nested int      // awaits around the argument that is being written
}

// n returns a number below k.
func (g *programmer) n(k int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % k
}

// one is true once in k times, and never when the bytes are used up.
func (g *programmer) one(k int) bool { return g.n(k) == k-1 }

func choose[T any](g *programmer, list ...T) T { return list[g.n(len(list))] }

// either chooses between what is made when it is chosen and a text.
func (g *programmer) either(make func() string, text string) string {
	if g.one(2) {
		return make()
	}
	return text
}

// use notes that v is read.
func (g *programmer) use(v *local) {
	if !v.used {
		v.used = true
		g.marked = append(g.marked, v)
	}
}

// unuse takes back what was used behind the first of those marked, since what
// used it is not written.
func (g *programmer) unuse(marked int) {
	for _, v := range g.marked[marked:] {
		v.used = false
	}
	g.marked = g.marked[:marked]
}

func (g *programmer) line(format string, args ...any) *string {
	s := fmt.Sprintf(format, args...)
	g.lines = append(g.lines, &s)
	return &s
}

// text returns what f writes.
func (g *programmer) text(f func()) string {
	outer := g.lines
	g.lines = nil
	f()
	var b strings.Builder
	for _, s := range g.lines {
		if *s != "" {
			b.WriteString(*s + "\n")
		}
	}
	g.lines = outer
	return b.String()
}

func (g *programmer) trace() int { g.id++; return g.id }

func (g *programmer) open() { g.scope = &scope{outer: g.scope} }

// close leaves a block; what was not read in it is now, where it begins.
func (g *programmer) close() {
	for _, v := range g.scope.locals {
		if !v.used && v.hole != nil {
			*v.hole = strings.TrimSpace(*v.hole + "\n" + v.read())
		}
	}
	g.scope = g.scope.outer
}

// read is a statement that reads v.
func (v *local) read() string {
	if v.slot != nil {
		return v.slot.await(v.name)
	}
	return "_ = " + v.name
}

// declare makes a variable. Its hole is the line that g.holes makes.
func (g *programmer) declare(name string, k kind) *local {
	v := &local{name: name, kind: k}
	g.scope.locals = append(g.scope.locals, v)
	return v
}

// holes makes the line on which variables are read that nothing else reads.
func (g *programmer) holes(vs ...*local) {
	hole := g.line("")
	for _, v := range vs {
		v.hole = hole
	}
}

// inner finds a name in the innermost block.
func (s *scope) inner(name string) *local {
	for _, v := range s.locals {
		if v.name == name {
			return v
		}
	}
	return nil
}

func (g *programmer) lookup(name string) *local {
	for s := g.scope; s != nil; s = s.outer {
		if v := s.inner(name); v != nil {
			return v
		}
	}
	return nil
}

// visible are the variables that are not hidden and that pass.
func (g *programmer) visible(pass func(*local) bool) (vs []*local) {
	seen := map[string]bool{}
	for s := g.scope; s != nil; s = s.outer {
		for _, v := range s.locals {
			if !seen[v.name] && pass(v) {
				vs = append(vs, v)
			}
		}
		for _, v := range s.locals {
			seen[v.name] = true
		}
	}
	return vs
}

// some picks a variable of a kind, nil if there is none.
func (g *programmer) some(k kind, assigned bool) *local {
	vs := g.visible(func(v *local) bool { return v.kind == k && !v.keep && !(assigned && v.fixed) })
	if len(vs) == 0 {
		return nil
	}
	return vs[g.n(len(vs))]
}

// names are few, so that they hide each other all the time. Some are those
// that the generated code uses itself.
var names = []string{"a", "b", "c", "x", "x", "y", "i", "s", "err", "v", "r",
	"co", "fb", "done", "state", "parent", "result", "err2", "x2", "call1", "tmp1", "range1", "index1", "len", "new", "utf8", "raise", "arg1", "Frame", "Resume", "ok",
	"entryCoro", "help1Coro", "help1", "entryAsync", "bool", "S2", "iter", "iter1", "iter1Coro"}

// newName picks a name that the innermost block does not have yet.
func (g *programmer) newName() string {
	for range 4 {
		name := choose(g, names...)
		if g.scope.inner(name) == nil {
			return name
		}
	}
	return g.fresh()
}

func (g *programmer) fresh() string { return fmt.Sprintf("u%d", g.trace()) }

// program writes a package.
func program(data []byte, name string) string {
	g := &programmer{data: data, types: map[*local]*localType{}, vars: map[*local]typedVar{}, embeds: map[*localType]bool{}}
	gen := g.one(5)
	g.funcs = append(g.funcs, g.signature("entry", gen, false))
	for i := range 1 + g.n(3) {
		g.funcs = append(g.funcs, g.signature(fmt.Sprintf("help%d", i+1), gen && g.one(2), true))
	}
	g.values()
	g.line("package %s", name)
	g.line("import (\n\"iter\"\n\"random/world\"\n\"github.com/goasync/goasync/rt\"\n)")
	g.line("var _ rt.Operation\nvar _ iter.Seq[int]")
	g.line("type P struct{ Z bool }")
	g.line("type It struct {\nW *world.World\nDepth int\n}")
	g.line("type S struct {\nA int\nB string\nP *int\n}")
	g.line("type E struct {\nN int\nS\n}\ntype F struct{ *S }")
	g.line("type Box[T any] struct{ V T }\ntype Fn func() int")
	g.line("func (c S) String() string { return world.Cat(world.Itoa(c.A), c.B) }\nfunc (c S) Area() int { return c.A }")
	g.line("func (c S) Sum() int { return c.A*10 + len(c.B) }")
	g.line("func (c *S) Add(n int) int { c.A += n; return c.A }")
	g.line(namedTypes)
	g.line(valueTypes)
	for _, fn := range g.funcs {
		if fn.both() {
			g.interfaceOf(fn)
		}
	}
	g.register(g.funcs[0])
	g.line("%s", g.iterators())
	g.asyncGenerators()
	for _, fn := range g.each {
		g.eachFunction(fn)
	}
	for i, fn := range g.funcs {
		g.size = 22
		if i > 0 {
			g.size = 9
		}
		g.function(fn)
	}
	g.writeValues()
	var b strings.Builder
	for _, s := range g.lines {
		if *s != "" {
			b.WriteString(*s + "\n")
		}
	}
	src := b.String()
	out, err := format.Source([]byte(src))
	if err != nil {
		panic(fmt.Sprintf("%v in\n%s", err, src))
	}
	return string(out)
}

// first are the arguments of the first call, by kind; a call that is too deep returns them too.
var first = [...]string{"3", `"abc"`, "true", "[]int{1, 2, 3}", "world.New(0)", "S{A: 1, B: \"b\"}", "func() int { return 7 }", "nil", "", "[3]int{1, 2, 3}", "map[int]int{1: 2}", "", "any(4)", "world.Zero[T]()"}

// register writes how the program is run.
func (g *programmer) register(fn asyncFunc) {
	args := "w, 2"
	for _, k := range fn.params {
		args += ", " + first[k]
	}
	if fn.rest {
		args += "..."
	}
	if fn.yields {
		g.line("var Program = world.Generator(func(w *world.World) *rt.Generator[int, string, int] {\nreturn rt.Pull(func(yield rt.Yield[int, string]) (int, error) { return %s(%s, yield) })\n},", fn.name, args)
		g.line("func(w *world.World) *rt.Generator[int, string, int] { return %sAsync(%s) })", fn.name, args)
		return
	}
	g.line("var Program = world.Function(func(w *world.World) (world.Values, error) {")
	var vars []string
	for i := range fn.results {
		vars = append(vars, fmt.Sprintf("r%d", i+1))
	}
	g.line("%s := %s(%s)", strings.Join(append(slices.Clone(vars), "err"), ", "), fn.name, args)
	g.line("return world.Values{%s}, err\n}, func(w *world.World) rt.Awaitable[world.Values] {", shows(fn.results, vars))
	switch len(fn.results) {
	case 0:
		g.line("return world.Convert(%sAsync(%s), func(struct{}) world.Values { return world.Values{} })", fn.name, args)
	case 1:
		g.line("return world.Convert(%sAsync(%s), func(r1 %s) world.Values { return world.Values{%s} })", fn.name, args, typeOf[fn.results[0]], shows(fn.results, vars))
	case 2, 3:
		fields := []string{"v.First", "v.Second", "v.Third"}[:len(vars)]
		types := ""
		for _, k := range fn.results {
			types += typeOf[k] + ", "
		}
		pair := []string{"Pair", "Triple"}[len(vars)-2]
		g.line("return world.Convert(%sAsync(%s), func(v rt.%s[%s]) world.Values { return world.Values{%s} })", fn.name, args, pair, types, shows(fn.results, fields))
	}
	g.line("})")
}

// shows writes values so that they print the same in both forms.
func shows(kinds []kind, exprs []string) string {
	var list []string
	for i, k := range kinds {
		list = append(list, shown(k, exprs[i]))
	}
	return strings.Join(list, ", ")
}

func shown(k kind, e string) string {
	switch k {
	case kPointer:
		return "world.Deref(" + e + ")"
	case kStruct:
		return e + ".A, " + e + ".B"
	case kFunc:
		return "w.Call(" + e + ")"
	case kRune:
		return "int(" + e + ")"
	case kMap, kSlice:
		return "world.Print(" + e + ")" // as it is now
	case kTask:
		return e + ".Done()"
	case kArray:
		return "world.Array(" + e + ")"
	case kAny, kT:
		return "world.Print(" + e + ")"
	}
	return e
}
