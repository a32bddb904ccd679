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
	cgo      map[string]string            // what cgo made of those that use it: path -> file
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
		cgo:      make(map[string]string),
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
	slots := slotTypes{}
	for {
		pkg, found := c.checkWithStubs(in, slots, listed)
		more := c.slotTypes(in)
		if revised := c.reviseMarks(in, in.pkg.TypesInfo); !revised && maps.Equal(slots, more) {
			return c.checked(in, pkg, found, listed)
		}
		slots = more
	}
}

// checkWithStubs type-checks a marked package once; slots are the parameters
// of its async forms that are async slots.
func (c *checker) checkWithStubs(in *input, slots slotTypes, listed bool) (*types.Package, []types.Error) {
	stubs := in.addStubs(slots) // files that the user does not know
	conf := c.config(in.meta)
	if file := c.cgoFile(conf, in.meta); file != nil {
		in.syntax = append(in.syntax, file)
		stubs[c.p.fset.File(file.FileStart)] = true
	}
	shown := true // whether the error before, which a "\tother declaration" goes on with, was
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
		case listed && (strings.HasPrefix(e.Msg, "could not import") || twoPackages.MatchString(e.Msg)): // said already
			shown = false
			return
		case goesOn && !shown:
			return
		}
		shown = true
		found = append(found, e)
	}
	info := newInfo()
	pkg := c.types(conf, in.meta, in.syntax, info)
	in.pkg = &packages.Package{
		ID: in.meta.ID, Name: pkg.Name(), PkgPath: in.meta.PkgPath, Dir: in.meta.Dir,
		GoFiles: in.meta.GoFiles, CompiledGoFiles: in.meta.GoFiles, Imports: in.meta.Imports, Module: in.meta.Module,
		Types: pkg, Fset: c.p.fset, Syntax: in.syntax, TypesInfo: info, TypesSizes: in.meta.TypesSizes,
	}
	return pkg, found
}

// checked records what is wrong with a marked package.
func (c *checker) checked(in *input, pkg *types.Package, found []types.Error, listed bool) *types.Package {
	for path := range in.meta.Imports {
		if dep := c.inputs[path]; dep != nil && dep.broken {
			in.broken = true
		}
	}
	if !in.broken && !(listed && usesCgo(in.meta) && c.cgo[in.meta.PkgPath] == "") {
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
func (in *input) addStubs(slots slotTypes) map[*token.File]bool {
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
		if stub, _ := parser.ParseFile(f.fset, f.out(), f.stub(slots), parser.SkipObjectResolution); stub != nil {
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
