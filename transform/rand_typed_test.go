package transform

import (
	"fmt"
	"strings"
)

// Named types to range over, constraints with a core type, and methods to
// take as values.
const namedTypes = `type Count int8
type Word string
type List []int
type Trio [3]int
type Table map[int]string
type Feed chan int
type Walk func(func(int) bool)
type Lists interface{ ~[]int }
type Funcs interface{ ~func() int }
func (c S) Upto(emit func(int) bool) {
	for i := range c.A & 3 {
		if !emit(i) {
			return
		}
	}
}`

// cores are the constraints of parameters of a kind. Values of the kind and of
// such a type parameter can be assigned to each other.
var cores = map[kind][]string{
	kSlice:   {"~[]int", "Lists", "interface{ ~[]int }"},
	kMap:     {"~map[int]int"},
	kFunc:    {"~func() int", "Funcs"},
	kPointer: {"~*int"},
}

// withCores gives some parameters of a function the types of type parameters,
// no two of one kind: values of two type parameters cannot be assigned.
func (g *programmer) withCores(fn *asyncFunc) {
	fn.cores = make([]string, len(fn.params))
	taken := map[kind]bool{}
	for i, k := range fn.params {
		last := fn.rest && i == len(fn.params)-1
		if list := cores[k]; len(list) > 0 && !taken[k] && !last && g.one(2) {
			fn.cores[i], taken[k] = choose(g, list...), true
		}
	}
}

// core is the type parameter that a parameter has as its type, "" if none.
func (fn asyncFunc) core(i int) string {
	if i >= len(fn.cores) || fn.cores[i] == "" {
		return ""
	}
	return fmt.Sprintf("C%d", i+1)
}

// typeParams are those of a function.
func (fn asyncFunc) typeParams() string {
	var list []string
	if fn.generic {
		list = append(list, "T any")
	}
	for i := range fn.params {
		if p := fn.core(i); p != "" {
			list = append(list, p+" "+fn.cores[i])
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// boxed reports whether it is a method of a generic type.
func (fn asyncFunc) boxed() bool { return strings.HasSuffix(fn.recv, "Box[T]") }

// namedRange is something of a named type, or an integer of any type.
func (g *programmer) namedRange() rangeable {
	switch g.n(12) {
	case 1:
		return rangeable{x: fmt.Sprintf("%s(%s & 3)", choose(g, "uint8", "uint", "int64", "uintptr"), g.atom(kInt)), key: kRune, value: -1}
	case 2: // constants
		return rangeable{x: choose(g, "Count(2)", "uint16(3)", "'\\x02'", "int8(-1)"), key: kRune, value: -1}
	case 3:
		return rangeable{x: "List(" + g.expr(kSlice, 1) + ")", key: kInt, value: kInt}
	case 4:
		return rangeable{x: "Trio(" + g.expr(kArray, 1) + ")", key: kInt, value: kInt}
	case 5:
		if v := g.some(kArray, true); v != nil {
			g.use(v)
			return rangeable{x: "(*Trio)(&" + v.name + ")", key: kInt, value: kInt}
		}
	case 6:
		return rangeable{x: "Word(" + g.expr(kString, 1) + ")", key: kInt, value: kRune}
	case 7:
		return rangeable{x: fmt.Sprintf("(Table{%s: %s})", g.expr(kInt, 1), g.expr(kString, 1)), key: kInt, value: kString}
	case 8:
		return rangeable{x: fmt.Sprintf("Feed(world.Chan(%s, %s))", g.expr(kInt, 1), g.expr(kInt, 1)), key: kInt, value: -1}
	case 9:
		return rangeable{x: fmt.Sprintf("Walk(w.Seq(%d))", 1+g.n(3)), key: kInt, value: -1}
	case 10, 11:
		x := g.expr(kStruct, 0)
		return rangeable{x: choose(g, x, "(E{S: "+x+"})") + ".Upto", key: kInt, value: -1}
	}
	return rangeable{x: fmt.Sprintf("Count(%s & 3)", g.atom(kInt)), key: kRune, value: -1}
}

// stepKey changes a variable of a loop that is an integer of any type.
func (g *programmer) stepKey(fresh []*local) {
	for _, v := range fresh {
		if v.kind == kRune && g.one(3) {
			g.line("%s %s", v.name, choose(g, "++", "--", "+= 2"))
		}
	}
}

// methodValue makes a function of a method, with the receiver as it is now.
func (g *programmer) methodValue() {
	v := g.some(kStruct, true)
	if v == nil {
		g.define()
		return
	}
	g.use(v)
	x := choose(g, v.name, "(&"+v.name+")", "(E{S: "+v.name+"})", "(F{&"+v.name+"})")
	name := g.newName()
	g.line("%s := %s.%s", name, x, choose(g, "Sum", "Area"))
	g.add([]*local{{name: name, kind: kFunc}})
}
