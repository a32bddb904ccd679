package transform

import (
	"cmp"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// hoistedName is what a local type is called at package level if its own name
// is taken: the type point of the method size of client is clientSizePoint.
func hoistedName(decl *ast.FuncDecl, name string) string {
	return strings.TrimSuffix(coroName(decl), "Coro") + upperFirst(name)
}

// nameTypes names the hoisted types. The first of a name keeps it if it is
// free, so that %T of a value still says what the source says; those that
// fields are called like come before the others, since they must keep it.
func (h *hoister) nameTypes() {
	if len(h.u.hoisted) == 0 {
		return
	}
	n, taken := newNameChecker(h.u), h.u.folderNames()
	idents := map[string]bool{}
	for _, src := range h.u.sources {
		for _, fn := range src.funcs {
			maps.Copy(idents, identsIn(h.info, fn.decl))
			for _, f := range fn.all() {
				taken[f.coro], taken[f.async] = true, true
			}
		}
	}
	free := func(name string) bool {
		return types.Universe.Lookup(name) == nil && n.packageLevel(name) == nil && !taken[name] && name != "init" && name != "main"
	}
	list := h.inOrder()
	for _, first := range []bool{true, false} {
		for _, o := range list {
			if h.embedded[o] != first {
				continue
			}
			fn, name := h.u.hoisted[o], o.Name()
			if !free(name) || h.wanted(fn, o) {
				name = unique(hoistedName(fn.decl, name), func(s string) bool { return idents[s] || !free(s) })
			}
			if first && name != o.Name() {
				h.u.refuse(o.Pos(), "%s is embedded in a struct and must be declared at package level, where another %s is; rename it", o.Name(), o.Name())
			}
			h.u.typeNames[o], taken[name] = name, true
			if h.u.hoistedNames[fn.decl] == nil {
				h.u.hoistedNames[fn.decl] = map[string]bool{}
			}
			h.u.hoistedNames[fn.decl][name] = true
			h.u.allHoisted[name] = true
		}
	}
}

// wanted reports whether something else in a function must be called like its
// type o: a type parameter, or a type or alias that a field is called like.
func (h *hoister) wanted(fn *function, o *types.TypeName) bool {
	for other := range h.embedded {
		if other != o && !h.embedded[o] && other.Name() == o.Name() && h.u.locals[other].fn == fn {
			return true
		}
	}
	return slices.ContainsFunc(fn.typeParams(), func(p *types.TypeParam) bool { return h.u.nameOf(p.Obj()) == o.Name() })
}

// inOrder are the hoisted types in source order; those of files that not
// every build has come last, so that all builds give the others one name.
func (h *hoister) inOrder() (list []*types.TypeName) {
	for o := range h.u.hoisted {
		list = append(list, o)
	}
	rank := map[*source]int{}
	for _, src := range h.u.sources {
		dir, name := filepath.Split(src.path)
		nowhere := build.Context{GOOS: "none", GOARCH: "none", Compiler: "none"}
		if always, err := nowhere.MatchFile(dir, name); !always || err != nil {
			rank[src] = 1
		}
		if strings.HasSuffix(name, "_test.go") {
			rank[src] = 2
		}
	}
	slices.SortFunc(list, func(a, b *types.TypeName) int {
		x, y := h.u.hoisted[a].src, h.u.hoisted[b].src
		return cmp.Or(cmp.Compare(rank[x], rank[y]), cmp.Compare(x.path, y.path), cmp.Compare(a.Pos(), b.Pos()))
	})
	return list
}

// folderNames are the names at package level and of imports in all files of
// the package's folder, also those of tests and of other builds, but not in
// generated ones, which give way.
func (u *unit) folderNames() map[string]bool {
	names := map[string]bool{}
	paths, _ := filepath.Glob(filepath.Join(u.pkg.Dir, "*.go"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		file, _ := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if _, generated := generatedFrom(text); generated || file == nil || file.Name.Name != u.pkg.Name {
			continue
		}
		for _, decl := range file.Decls {
			declaredNames(names, decl)
		}
	}
	return names
}

// declaredNames adds what a file's declaration declares.
func declaredNames(names map[string]bool, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names[d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ImportSpec:
				path, _ := strconv.Unquote(spec.Path.Value)
				names[filepath.Base(path)] = true // as it is called most often
				if spec.Name != nil {
					names[spec.Name.Name] = true
				}
			case *ast.TypeSpec:
				names[spec.Name.Name] = true
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					names[id.Name] = true
				}
			}
		}
	}
}

// typeNamed reports whether the code around Resume calls a type of the
// function so: a hoisted one, also of what is around a literal, a coroutine,
// or a type parameter.
func (f *flat) typeNamed(s string) bool {
	u := f.fn.src.unit
	return u.hoistedNames[f.fn.decl][s] || u.coroNames[s] || slices.ContainsFunc(f.fn.typeParams(), func(p *types.TypeParam) bool { return u.nameOf(p.Obj()) == s })
}

// hoistedNamed reports whether a hoisted type is called s.
func (u *unit) hoistedNamed(s string) bool { return u.allHoisted[s] }

// nameBlank names the receiver's type parameters that the source leaves blank
// as the type itself does.
func (h *hoister) nameBlank(f *flat) {
	recv := f.fn.obj.Signature().Recv()
	blank := func(p *types.TypeParam) bool { return p.Obj().Name() == "_" }
	if recv == nil || f.fn.lit != nil || !slices.ContainsFunc(f.fn.typeParams(), blank) {
		return
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return
	}
	n := newNameChecker(h.u)
	taken := identsIn(h.info, f.fn.decl)
	for i, p := range f.fn.typeParams() {
		if !blank(p) {
			continue
		}
		name := named.Origin().TypeParams().At(i).Obj().Name()
		if name == "_" {
			name = "T"
		}
		name = unique(name, func(s string) bool { return taken[s] || n.packageLevel(s) != nil || types.Universe.Lookup(s) != nil })
		taken[name], h.u.typeNames[p.Obj()] = true, name
	}
}

// nameConsts names the local constants and types that stand at the top of
// Resume, where nothing else may be called as they are. The first of a name
// keeps it, so that %T of a value still says what the source says; those that
// fields are called like come before the others.
func (f *flat) nameConsts() {
	f.renamed = map[types.Object]string{}
	list := f.atTop()
	slices.SortStableFunc(list, func(a, b types.Object) int { return cmp.Compare(f.rank(a), f.rank(b)) })
	for _, obj := range list {
		name := unique(obj.Name(), func(s string) bool {
			return f.topNamed(s) || f.isMachinery(s) || f.writtenName(s) || s != obj.Name() && f.idents[s] ||
				s == obj.Name() && f.meansMore(obj)
		})
		f.topNames = append(f.topNames, name)
		if name == obj.Name() {
			continue
		}
		f.renamed[obj] = name
		if o, ok := obj.(*types.TypeName); ok {
			f.fn.src.unit.typeNames[o] = name
			if f.embedded[o] {
				f.fn.src.unit.refuse(o.Pos(), "%s is embedded in a struct and must be declared for all of the function, where another %s is; rename it", o.Name(), o.Name())
			}
		}
	}
}

// atTop are the constants and types that are declared at the top of Resume.
func (f *flat) atTop() []types.Object {
	u := f.fn.src.unit
	list := slices.Clone(f.borrowed)
	for _, d := range f.consts {
		for _, id := range declaredBy(d) {
			obj := u.pkg.TypesInfo.Defs[id]
			if t, isType := obj.(*types.TypeName); obj != nil && id.Name != "_" && !(isType && u.hoisted[t] != nil) {
				list = append(list, obj)
			}
		}
	}
	return list
}

// rank puts those that fields are called like first.
func (f *flat) rank(o types.Object) int {
	if t, ok := o.(*types.TypeName); ok && f.embedded[t] {
		return 0
	}
	return 1
}

// meansMore reports whether obj's name means something else in the function
// that is not declared in a statement of its own, in a field, or as another
// such constant or type. The variables give way to a type.
func (f *flat) meansMore(obj types.Object) bool {
	_, isType := obj.(*types.TypeName)
	for o := range f.owned[obj.Name()] {
		v := f.byObj[o]
		switch {
		case o == obj, v != nil && (isType || v.place == placeNative || v.place == placeFrame), f.nativeDecl(o):
		case v == nil && f.inside(o):
		default:
			return true
		}
	}
	return false
}
