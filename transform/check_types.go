package transform

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A checker type-checks marked packages. It is the importer of all of them,
// so that each package is one *types.Package for all.
type checker struct {
	p        *workset
	rt       *types.Package
	order    []*input
	graph    map[string]*packages.Package
	inputs   map[string]*input            // the marked packages, by path
	exports  map[string]string            // export data of their dependencies: path -> file
	source   map[string]bool              // paths of packages that are checked from source
	imported map[string]*types.Package    // what was checked from source
	compiled types.Importer               // reads export data
	twins    map[string]map[string]string // see twinsOf
	active   []string                     // the import path of imports, to end cycles
}

func newChecker(p *workset, inputs []*input, graph map[string]*packages.Package) *checker {
	c := &checker{
		p:        p,
		order:    inputs,
		graph:    graph,
		inputs:   make(map[string]*input),
		exports:  make(map[string]string),
		source:   make(map[string]bool),
		twins:    make(map[string]map[string]string),
		imported: map[string]*types.Package{"unsafe": types.Unsafe},
	}
	c.compiled = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(c.exports[path])
	})
	for _, in := range inputs {
		in.world = c
		if in.marked() {
			c.inputs[in.meta.PkgPath] = in
		}
	}
	return c
}

// run type-checks the marked packages, in the order of their imports.
func (c *checker) run() error {
	if len(c.inputs) == 0 {
		return nil
	}
	if err := c.findExports(); err != nil {
		return err
	}
	rt, err := c.Import(rtPath)
	if err != nil {
		return fmt.Errorf("cannot import %s, which the async functions need; go get %s", rtPath, modulePath)
	}
	for _, name := range slices.Sorted(maps.Keys(rtNames)) {
		if rt.Scope().Lookup(name) == nil {
			return fmt.Errorf("%s has no %s, which this goasync needs; let both be of one version: go get %s@latest", rtPath, name, modulePath)
		}
	}
	c.rt = rt
	for _, in := range c.order {
		if c.inputs[in.meta.PkgPath] == in {
			c.Import(in.meta.PkgPath) // its errors are diagnostics
		}
	}
	return nil
}

// findExports has the go command make export data of what the packages that
// are checked from source import.
func (c *checker) findExports() error {
	seen := make(map[string]bool)
	for path := range c.inputs {
		c.needsSource(path, seen)
	}
	// Packages between two marked ones.
	for path := range c.graph {
		c.needsSource(path, seen)
	}
	want := map[string]bool{rtPath: !c.source[rtPath]}
	for path := range c.source {
		for _, dep := range c.graph[path].Imports {
			if dep.PkgPath != "unsafe" && dep.PkgPath != "C" && !c.source[dep.PkgPath] {
				want[dep.PkgPath] = true
			}
		}
	}
	var paths []string
	for path, ok := range want {
		if ok {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	pkgs, err := c.p.list(packages.NeedName|packages.NeedExportFile, paths)
	if err != nil {
		return err
	}
	for _, pkg := range pkgs {
		c.exports[pkg.PkgPath] = pkg.ExportFile
	}
	return nil
}

// needsSource reports whether a package is marked or imports one that is.
func (c *checker) needsSource(path string, seen map[string]bool) bool {
	if seen[path] {
		return c.source[path]
	}
	seen[path] = true
	pkg := c.graph[path]
	if pkg == nil {
		return false
	}
	needs := c.inputs[path] != nil
	for _, dep := range pkg.Imports {
		if c.needsSource(dep.PkgPath, seen) {
			needs = true
		}
	}
	c.source[path] = needs
	if !needs {
		delete(c.source, path)
	}
	return needs
}

// An importScope is the importer of one package: it knows what the import paths in
// that package's files mean.
type importScope struct {
	*checker
	pkg *packages.Package
}

func (s importScope) Import(path string) (*types.Package, error) {
	dep := s.pkg.Imports[path]
	if dep == nil {
		return s.checker.Import(path)
	}
	if len(dep.GoFiles) == 0 && len(dep.Errors) > 0 {
		return nil, goError(packages.Error{Msg: dep.Errors[0].Msg})
	}
	return s.checker.Import(dep.PkgPath)
}

// Import returns the package of a path, from what was done before, from
// export data, or from source where it has to be.
func (c *checker) Import(path string) (*types.Package, error) {
	if pkg := c.imported[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	for _, p := range c.active {
		if p == path {
			return nil, errors.New("import cycle not allowed")
		}
	}
	if c.exports[path] != "" {
		return c.compiled.Import(path)
	}
	c.active = append(c.active, path)
	defer func() { c.active = c.active[:len(c.active)-1] }()
	if in := c.inputs[path]; in != nil {
		return c.checkInput(in), nil
	}
	meta := c.graph[path]
	if meta == nil || len(meta.GoFiles) == 0 {
		return nil, fmt.Errorf("package %s is not found", path)
	}
	return c.checkDependency(meta), nil
}

// checkDependency type-checks the declarations of a package that is no input
// from source, as it lies on disk.
func (c *checker) checkDependency(meta *packages.Package) *types.Package {
	var files []*ast.File
	for _, path := range meta.GoFiles {
		if file, _ := parser.ParseFile(c.p.fset, path, nil, parser.SkipObjectResolution); file != nil {
			files = append(files, file)
		}
	}
	conf := c.config(meta)
	conf.IgnoreFuncBodies = true
	conf.Error = func(error) {}
	return c.types(conf, meta, files, nil)
}

// checkInput type-checks a marked package with the stubs of its generated
// files, and records what is wrong with it.
func (c *checker) checkInput(in *input) *types.Package {
	for _, f := range in.files {
		if f.ast == nil {
			in.parse(f)
		}
		for _, e := range f.errs {
			in.broken = true
			in.diags.add(e.Pos, "%s", e.Msg)
		}
	}
	listed := in.listErrors()
	conf := c.config(in.meta)
	var stubs map[*token.File]bool
	var shown bool // whether the error before, which a "\tother declaration" goes on with, was
	var found []types.Error
	conf.Error = func(err error) {
		var e types.Error
		if !errors.As(err, &e) {
			return
		}
		goesOn := strings.HasPrefix(e.Msg, "\t")
		switch {
		case stubs[c.p.fset.File(e.Pos)]:
			if !goesOn {
				shown = false
			}
			return
		case listed && strings.HasPrefix(e.Msg, "could not import"):
			shown = false
			return
		case goesOn && !shown:
			return
		}
		shown = true
		found = append(found, e)
	}
	var pkg *types.Package
	var info *types.Info
	for again := true; again; again = c.reviseMarks(in, info) {
		stubs, shown, found = in.addStubs(), true, nil
		info = newInfo()
		pkg = c.types(conf, in.meta, in.syntax, info)
	}
	in.pkg = &packages.Package{
		ID: in.meta.ID, Name: pkg.Name(), PkgPath: in.meta.PkgPath, Dir: in.meta.Dir,
		GoFiles: in.meta.GoFiles, CompiledGoFiles: in.meta.GoFiles, Imports: in.meta.Imports, Module: in.meta.Module,
		Types: pkg, Fset: c.p.fset, Syntax: in.syntax, TypesInfo: info, TypesSizes: in.meta.TypesSizes,
	}
	for path := range in.meta.Imports {
		if dep := c.inputs[path]; dep != nil && dep.broken {
			in.broken = true
		}
	}
	if !in.broken {
		for _, e := range found {
			msg := strings.TrimSpace(e.Msg)
			if m := notImported.FindStringSubmatch(msg); m != nil {
				msg = m[1] // in the go command's words
			}
			in.diags.add(c.p.fset.Position(e.Pos), "%s", msg)
		}
	}
	in.broken = in.broken || len(found) > 0 || listed
	return pkg
}

// addStubs sets the files to type-check, and returns which of them are stubs.
func (in *input) addStubs() map[*token.File]bool {
	in.syntax = nil
	for _, f := range in.files {
		if f.ast != nil {
			in.syntax = append(in.syntax, f.ast)
		}
	}
	stubs := make(map[*token.File]bool)
	for _, f := range in.files {
		if len(f.marks) == 0 {
			continue
		}
		if stub, _ := parser.ParseFile(f.fset, f.out(), f.stub(), parser.SkipObjectResolution); stub != nil {
			in.syntax = append(in.syntax, stub)
			stubs[f.fset.File(stub.FileStart)] = true
		}
	}
	return stubs
}

func newInfo() *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Instances:    make(map[*ast.Ident]types.Instance),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:       make(map[ast.Node]*types.Scope),
		FileVersions: make(map[*ast.File]string),
	}
}

// config returns how packages of meta's module are checked.
func (c *checker) config(meta *packages.Package) *types.Config {
	conf := &types.Config{
		Importer:    importScope{c, meta},
		FakeImportC: true,
		Sizes:       meta.TypesSizes,
	}
	if m := meta.Module; m != nil && m.GoVersion != "" {
		conf.GoVersion = "go" + m.GoVersion
	}
	return conf
}

// types type-checks one package.
func (c *checker) types(conf *types.Config, meta *packages.Package, files []*ast.File, info *types.Info) *types.Package {
	pkg, _ := conf.Check(meta.PkgPath, c.p.fset, files, info)
	pkg.MarkComplete()
	c.imported[meta.PkgPath] = pkg
	return pkg
}
