package transform

import (
	"bytes"
	"go/parser"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// findTests looks through the package's folder for test files with marks, be
// they where they mark nothing. Others may await as they like: they are
// ordinary code, and tests of plain forms are full of it.
func (in *input) findTests() error {
	if in.meta.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(in.meta.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(in.meta.Dir, e.Name())
		if _, ours := in.generated[path]; ours || !strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := readSource(path)
		if err != nil || !bytes.Contains(text, []byte("async")) {
			continue // what is wrong with a test file is go test's to say
		}
		f := &inputFile{fset: in.diags.fset, path: path, text: text}
		f.ast, err = parser.ParseFile(f.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil && !maybeMark.Match(text) || f.ast == nil {
			continue
		}
		diags := &diagnostics{fset: f.fset}
		if f.marks = scanMarks(diags, f.ast); len(f.marks) > 0 || len(diags.list) > 0 {
			in.tests = append(in.tests, f)
		}
	}
	return nil
}

// loadTests adds the packages that the test files of in belong to: the
// package itself with its test files, and the external one. They are checked
// in a world of their own, in which every package that imports this one sees
// it with its test files, as in the test's binary.
func (p *workset) loadTests(in *input) error {
	roots, err := p.listTests(graphMode, []string{in.meta.PkgPath}, true)
	if err == nil && anyErrors(roots) && p.hide(in) {
		roots, err = p.listTests(graphMode, []string{in.meta.PkgPath}, true)
	}
	if err != nil {
		return err
	}
	graph := maps.Clone(p.graph)
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		if graph[pkg.PkgPath] == nil {
			graph[pkg.PkgPath] = pkg
		}
	})
	var inputs []*input
	for _, other := range p.inputs {
		if other != in && !other.testOnly {
			inputs = append(inputs, &input{
				meta: other.meta, files: other.files, generated: other.generated,
				diags: &diagnostics{fset: p.fset}, // said in the world before
			})
		}
	}
	inside := false
	var tests []*input
	for _, root := range roots {
		if !strings.HasSuffix(root.ID, " ["+in.meta.PkgPath+".test]") {
			continue
		}
		test := &input{meta: root, generated: in.generated, testOnly: true, diags: &diagnostics{fset: p.fset}}
		if err := test.read(root.GoFiles); err != nil {
			return err
		}
		test.refuseCgo()
		test.refuseTaken(slices.DeleteFunc(slices.Clone(test.files), func(f *inputFile) bool { return !f.isTest() }))
		tests = append(tests, test)
		graph[root.PkgPath] = root
		inside = inside || root.PkgPath == in.meta.PkgPath
	}
	if !inside {
		inputs = append(inputs, &input{meta: in.meta, files: in.files, generated: in.generated, diags: &diagnostics{fset: p.fset}})
	}
	p.inputs = append(p.inputs, tests...)
	return newChecker(p, append(inputs, tests...), graph).run()
}

// isTest reports whether f is a test file.
func (f *inputFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// hasTests reports whether the folder of a package has test files in this build.
func hasTests(pkg *packages.Package) bool {
	entries, err := os.ReadDir(pkg.Dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return strings.HasSuffix(e.Name(), "_test.go") && !slices.Contains(pkg.IgnoredFiles, filepath.Join(pkg.Dir, e.Name()))
	})
}
