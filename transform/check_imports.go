package transform

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"

	"golang.org/x/tools/go/packages"
)

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
	if err := c.findCgo(); err != nil {
		return err
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
	if file := c.cgoFile(conf, meta); file != nil {
		files = append(files, file)
	}
	conf.IgnoreFuncBodies = true
	conf.Error = func(error) {}
	return c.types(conf, meta, files, nil)
}
