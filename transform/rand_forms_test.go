package transform

import (
	"fmt"
	"strings"
)

// both reports whether a function is a method that the program declares an
// interface of both forms for.
func (fn asyncFunc) both() bool {
	return strings.HasSuffix(fn.recv, "S") && !fn.yields && len(fn.slots) == 0
}

// interfaceOf writes the interface of a method's forms.
func (g *programmer) interfaceOf(fn asyncFunc) {
	params := []string{"*world.World", "int"}
	for i, k := range fn.params {
		of := typeOf[k]
		if fn.rest && i == len(fn.params)-1 {
			of = "..." + of[2:]
		}
		params = append(params, of)
	}
	var results []string
	for _, k := range fn.results {
		results = append(results, typeOf[k])
	}
	list := strings.Join(results, ", ")
	awaitable := [...]string{"struct{}", list, "rt.Pair[" + list + "]", "rt.Triple[" + list + "]"}[len(results)]
	args := strings.Join(params, ", ")
	g.line("type face_%s interface {\n%s(%s) (%s)\n%sAsync(%s) rt.Awaitable[%s]\n}", fn.name,
		fn.name, args, strings.Join(append(results, "error"), ", "), fn.name, args, awaitable)
}

// viaForms writes a callee in another form than as a method of a variable:
// through an interface, or as a method expression, of which first is the
// receiver. It is empty if it does neither.
func (g *programmer) viaForms(fn asyncFunc) (callee, first string) {
	if !fn.both() || !g.one(3) {
		return "", ""
	}
	of, x := "S", ""
	switch v := g.some(kStruct, true); {
	case fn.recv == "S":
		x = g.expr(kStruct, 1)
	case v != nil:
		g.use(v)
		of, x = "(*S)", "&"+v.name
	default:
		of, x = "(*S)", "(&S{A: "+g.expr(kInt, 1)+"})"
	}
	if g.one(2) {
		return of + "." + fn.name, x
	}
	if fn.recv == "S" && g.one(2) {
		x = "E{S: " + x + "}" // promoted
	}
	return fmt.Sprintf("face_%s(%s).%s", fn.name, x, fn.name), ""
}
