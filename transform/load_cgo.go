package transform

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/types"
	"os"
	"reflect"
	"slices"

	"golang.org/x/tools/go/packages"
)

// Cgo. What a name of C is, only cgo knows: it writes a file of Go
// declarations, in which C.int is _Ctype_int and C.add is _Cfunc_add. With
// that file among the package's, go/types understands the sources as they
// are written. What a package that uses C has to say about C is so checked
// like the rest; without it "type id C.int" would have no values.
//
// A generated file does not import "C". It would need the preamble, too, and
// a second copy of that defines its functions twice and splits its variables
// in two. So C's names stay in the files of their author, in functions
// without a mark, and where a type of C's would have to be written it is
// refused (nameable.go).

// findCgo has cgo translate the packages that are checked from source and
// use it, and keeps where their declarations are. What it says about the C
// in them is an error of the package.
func (c *checker) findCgo() error {
	var paths []string
	for path := range c.source {
		if usesCgo(c.graph[path]) {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	slices.Sort(paths)
	if slices.Contains(paths, "command-line-arguments") {
		paths = c.p.opts.Patterns // they are files
	}
	pkgs, err := c.p.list(packages.NeedName|packages.NeedFiles|packages.NeedCompiledGoFiles, paths)
	if err != nil {
		return err
	}
	for _, pkg := range pkgs {
		for _, path := range pkg.CompiledGoFiles {
			if slices.Contains(pkg.GoFiles, path) {
				continue
			}
			if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte("\nfunc _Cgo_ptr(")) {
				c.cgo[pkg.PkgPath] = path
			}
		}
		if in := c.inputs[pkg.PkgPath]; in != nil && c.cgo[pkg.PkgPath] == "" {
			for _, e := range pkg.Errors {
				if !slices.ContainsFunc(in.meta.Errors, func(o packages.Error) bool { return o.Msg == e.Msg }) {
					in.meta.Errors = append(in.meta.Errors, e)
				}
			}
		}
	}
	return nil
}

// usesCgo reports whether a package may have files that import "C", which
// the go command lists as what cgo's file imports.
func usesCgo(meta *packages.Package) bool { return meta.Imports["runtime/cgo"] != nil }

// cgoFile prepares conf for a package that uses cgo, and returns the file
// that cgo made; nil if there is none.
func (c *checker) cgoFile(conf *types.Config, meta *packages.Package) *ast.File {
	path := c.cgo[meta.PkgPath]
	if path == "" {
		return nil
	}
	file, _ := parser.ParseFile(c.p.fset, path, nil, parser.SkipObjectResolution)
	if file == nil || !expectCgoFile(conf) {
		return nil
	}
	return file
}

// expectCgoFile tells the type checker that cgo's file is among the others.
// go/types does not export that switch; gopls sets it in the same way. A
// checker without it takes every name of C's for valid.
func expectCgoFile(conf *types.Config) bool {
	field := reflect.ValueOf(conf).Elem().FieldByName("go115UsesCgo")
	if !field.IsValid() || field.Kind() != reflect.Bool {
		return false
	}
	*(*bool)(field.Addr().UnsafePointer()) = true
	conf.FakeImportC = false // they exclude each other
	return true
}

// refuseCgo refuses the names of C in marked functions.
func (in *input) refuseCgo() {
	for _, f := range in.files {
		for _, m := range f.marks {
			if !importsC(f.ast) {
				break
			}
			ast.Inspect(m.decl, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if id, ok := sel.X.(*ast.Ident); ok && id.Name == "C" {
					in.diags.at(sel.Pos(), "C.%s in async function %s, whose generated form cannot import \"C\" with this file's preamble; use it in a function without the mark and call that",
						sel.Sel.Name, m.decl.Name.Name)
				}
				return true
			})
		}
	}
}

// importsC reports whether a file is one of cgo's.
func importsC(file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
}
