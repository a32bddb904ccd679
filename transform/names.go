package transform

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/packages"
)

// All names that the generated code invents are made here. The user's names
// win: what would collide with one gets a number, from 2.

// machinery is what the generated code of one function calls its own things.
type machinery struct {
	co, fb, done, state, parent string
}

// reserved are the names of a frame's methods and embedded fields, which a
// field may not have.
var reserved = map[string]bool{
	"Frame": true, "Defers": true,
	// of every coroutine
	"Init": true, "Resume": true, "Start": true, "Result": true, "Send": true, "Throw": true, "Close": true, "Yields": true, "Where": true, "Tail": true,
	// promoted from rt.Frame
	"Base": true, "Begin": true, "Visible": true, "Reset": true, "Enter": true, "Suspend": true, "End": true, "Check": true, "Position": true,
	// promoted from rt.Defers
	"Defer": true, "DeferErr": true, "DeferCall": true, "DeferCo": true, "Recover": true, "Leave": true,
}

// unique returns name, or name2, name3 …, whichever is not taken first.
func unique(name string, taken func(string) bool) string {
	for n, try := 2, name; ; n++ {
		if !taken(try) {
			return try
		}
		try = name + strconv.Itoa(n)
	}
}

// identsIn are the names in a function that stand for themselves: all
// identifiers but selectors' fields and methods and the qualifiers of imports.
func identsIn(info *types.Info, n ast.Node) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ast.Inspect(n.X, func(m ast.Node) bool {
				if id, ok := m.(*ast.Ident); ok {
					addIdent(info, names, id)
				}
				return true
			})
			return false
		case *ast.Ident:
			addIdent(info, names, n)
		}
		return true
	})
	return names
}

func addIdent(info *types.Info, names map[string]bool, id *ast.Ident) {
	if _, ok := info.Uses[id].(*types.PkgName); !ok {
		names[id.Name] = true
	}
}

// name chooses the names of the function's variables and machinery.
func (f *flat) name() {
	f.idents = identsIn(f.fn.src.unit.pkg.TypesInfo, f.fn.node())
	f.owned = f.owners()
	used := func(s string) bool { return f.idents[s] || f.typeNamed(s) }
	f.names = machinery{unique("co", used), unique("fb", used), unique("done", used), unique("state", used), unique("parent", used)}

	fields := map[string]bool{}
	taken := func(s string) bool { return fields[s] || reserved[s] }
	if f.fn.yields != yieldsNot {
		fields[f.yieldField()] = true
	}
	field := func(v *variable) {
		switch {
		case v.place != placeFrame:
		case v.field != v:
			v.name = v.field.name
		default:
			v.name = unique(v.name, taken)
			fields[v.name] = true
		}
	}
	for _, v := range f.params {
		field(v)
	}
	for _, v := range f.results {
		field(v)
	}
	for _, v := range f.locals() {
		field(v)
	}
	for _, h := range f.holders {
		h.name = unique(h.name, taken)
		fields[h.name] = true
	}
	f.nameConsts()
	f.nameLocals()
	f.nameLabels()
}

// locals are the variables that are no parameters or results, in the order
// in which the code comes to them.
func (f *flat) locals() (list []*variable) {
	for _, v := range f.vars {
		if !v.param && v.result == 0 {
			list = append(list, v)
		}
	}
	slices.SortStableFunc(list, func(a, b *variable) int { return cmp.Compare(a.first, b.first) })
	return list
}

// declaredBy are the names of a constant or type declaration.
func declaredBy(d *ast.DeclStmt) (ids []*ast.Ident) {
	for _, spec := range d.Decl.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			ids = append(ids, spec.Names...)
		case *ast.TypeSpec:
			ids = append(ids, spec.Name)
		}
	}
	return ids
}

// nameLocals numbers the locals of Resume that would get in each other's
// way: those of the method are seen everywhere, those of a segment in it.
func (f *flat) nameLocals() {
	n := f.names
	method := map[string]bool{n.co: true, n.fb: true, n.done: true, n.state: true}
	for _, name := range f.topNames {
		method[name] = true
	}
	inMethod := map[string][]*variable{}
	for _, v := range f.vars {
		if v.place == placeMethod {
			v.name = unique(v.name, func(s string) bool { return method[s] || f.hides(v, s, -1) })
			method[v.name] = true
			inMethod[v.name] = append(inMethod[v.name], v)
		}
	}
	hidden := func(s string, seg int) bool { // by a local of this segment
		return f.isMachinery(s) || slices.ContainsFunc(inMethod[s], func(v *variable) bool { return f.refersIn(v, seg) })
	}
	inSegment := map[int]map[string]bool{}
	for _, v := range f.vars {
		if v.place != placeSegment {
			continue
		}
		seg := f.code[v.first].segment
		if inSegment[seg] == nil {
			inSegment[seg] = map[string]bool{}
		}
		v.name = unique(v.name, func(s string) bool { return inSegment[seg][s] || hidden(s, seg) || f.hides(v, s, seg) })
		inSegment[seg][v.name] = true
	}
}

func (f *flat) isMachinery(s string) bool {
	n := f.names
	return s == n.co || s == n.fb || s == n.done || s == n.state
}

// hides reports whether a local for v that is called s would hide something
// else that s means in the function; segment is -1 for a local of all of
// Resume. Locals of our own among themselves are up to the caller.
func (f *flat) hides(v *variable, s string, segment int) bool {
	if f.topNamed(s) {
		return true
	}
	if v.obj == nil || s != v.obj.Name() {
		return f.idents[s] || f.typeNamed(s)
	}
	if f.writtenName(s) {
		return true
	}
	for o := range f.owned[s] {
		other := f.byObj[o]
		switch {
		case o == types.Object(v.obj), other != nil && (other.place == placeNative || other.place == placeFrame):
		case other != nil && segment >= 0:
			// The caller knows the locals of a segment.
		case other != nil && other.place == placeSegment && !f.refersIn(v, f.code[other.first].segment):
		case other == nil && f.nativeDecl(o):
		default:
			return true
		}
	}
	return false
}

// topNamed reports whether a constant or type at the top of Resume is called s.
func (f *flat) topNamed(s string) bool { return slices.Contains(f.topNames, s) }

// nativeDecl reports whether o is a constant or type that is declared inside
// a statement that stays as it is written, and so means something there only.
func (f *flat) nativeDecl(o types.Object) bool {
	switch o.(type) {
	case *types.Const, *types.TypeName:
	default:
		return false
	}
	in := func(n ast.Node) bool { return n.Pos() <= o.Pos() && o.Pos() < n.End() }
	return in(f.fn.node()) && !slices.ContainsFunc(f.consts, func(d *ast.DeclStmt) bool { return in(d) })
}

// formNamed reports whether s is the async form of a function that this one
// calls or names.
func (f *flat) formNamed(s string) bool {
	for _, c := range f.fn.calls {
		named := c.kind == callAwait || c.kind == callMaker || c.kind == callEach && c.lit == nil
		if named && c.callee.sel == nil && c.callee.asyncName() == s {
			return true
		}
	}
	for _, c := range f.fn.ranges {
		if c.callee.sel == nil && c.callee.asyncName() == s {
			return true
		}
	}
	for _, sl := range f.slots() {
		if sl.lit == nil && sl.name == s || sl.await != nil && sl.await.callee.sel == nil && sl.await.callee.asyncName() == s {
			return true
		}
	}
	return false
}

// writtenName reports whether the generated code may mean something by s: a
// predeclared name, an async form, or a type of the package that one of the
// variables has. A local may not hide it.
func (f *flat) writtenName(s string) bool {
	if types.Universe.Lookup(s) != nil || f.formNamed(s) || f.typeNamed(s) {
		return true
	}
	obj, isType := f.fn.src.unit.pkg.Types.Scope().Lookup(s).(*types.TypeName)
	if !isType {
		return false
	}
	mentions := func(t types.Type) (found bool) {
		f.fn.src.unit.eachTypeName(t, func(o *types.TypeName) { found = found || o == obj })
		return found
	}
	return slices.ContainsFunc(f.vars, func(v *variable) bool { return v.place != placeNative && mentions(v.typ) }) ||
		slices.ContainsFunc(f.params, func(v *variable) bool { return mentions(v.typ) }) ||
		slices.ContainsFunc(f.holders, func(h *holder) bool { return slices.ContainsFunc(h.inst, mentions) })
}

// refersIn reports whether something in a segment refers to v.
func (f *flat) refersIn(v *variable, segment int) bool {
	for i := v.first; i <= v.last; i++ {
		if f.code[i].segment == segment && slices.Contains(f.code[i].seen, v) {
			return true
		}
	}
	return false
}

// owners are the objects that each name of the function means somewhere.
func (f *flat) owners() map[string]map[types.Object]bool {
	info := f.fn.src.unit.pkg.TypesInfo
	owners := map[string]map[types.Object]bool{}
	ast.Inspect(f.fn.node(), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := info.Uses[id]
		if obj == nil {
			obj = info.Defs[id]
		}
		if v, ok := obj.(*types.Var); ok && v.IsField() {
			return true
		}
		if obj == nil {
			return true
		}
		if owners[id.Name] == nil {
			owners[id.Name] = map[types.Object]bool{}
		}
		owners[id.Name][obj] = true
		return true
	})
	return owners
}

// nameLabels keeps our labels apart from the source's: for1 becomes for1_.
func (f *flat) nameLabels() {
	taken := labelsIn(f.fn.body())
	free := func(name string) string {
		for taken[name] {
			name += "_"
		}
		return name
	}
	f.resume = map[*call]string{}
	for _, in := range f.code {
		switch in.op {
		case opLabel:
			if !in.label.source {
				in.label.name = free(in.label.name)
			}
		case opAwait:
			f.resume[in.call] = free("await" + strconv.Itoa(in.call.state))
		case opYield:
			f.resume[in.call] = free("yield" + strconv.Itoa(in.call.state))
		}
	}
}

// yieldField is the field that holds a generator's rt.Yielder.
func (f *flat) yieldField() string { return "yield" }

// importNames are the names under which a generated file may import: a
// package's own, unless the functions or the package use it for something else.
func importName(src *source, p *types.Package, idents map[string]bool) string {
	scope := src.unit.pkg.Types.Scope()
	return unique(p.Name(), func(s string) bool { return idents[s] || scope.Lookup(s) != nil || src.unit.hoistedNamed(s) })
}

// packagesBelow are the packages that a package can name, by path.
func packagesBelow(p *packages.Package) map[string]*types.Package {
	all := map[string]*types.Package{}
	var visit func(p *types.Package)
	visit = func(p *types.Package) {
		if all[p.Path()] == nil {
			all[p.Path()] = p
			for _, i := range p.Imports() {
				visit(i)
			}
		}
	}
	visit(p.Types)
	return all
}
