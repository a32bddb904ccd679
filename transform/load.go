package transform

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	goscanner "go/scanner"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A workset is what one run loads: the packages of the patterns, and of
// their dependencies as much as type-checking needs.
type workset struct {
	opts   Options
	fset   *token.FileSet
	graph  map[string]*packages.Package // by path: the patterns' packages and all their dependencies
	hidden map[string][]byte            // generated files that the go command sees with other contents
	inputs []*input                     // the patterns' packages, then those of their tests
}

// An input is one package of the patterns as it was found.
type input struct {
	meta      *packages.Package
	files     []*inputFile      // written by people, in the go command's order
	tests     []*inputFile      // test files with marks, which are compiled as another input
	testOnly  bool              // is that other input: only what its test files become is wanted
	world     *checker          // has type-checked it, and the packages that it imports
	generated map[string]string // path of each file of ours in the folder -> base name of its source
	diags     *diagnostics
	syntax    []*ast.File // of files, then the stubs
	broken    bool        // has syntax errors, or needs a package that has
	pkg       *packages.Package
}

// An inputFile is one file of an input. Files that cannot matter to the
// marks are not parsed before their package is type-checked.
type inputFile struct {
	fset  *token.FileSet
	path  string
	text  []byte
	ast   *ast.File // nil: not parsed yet
	marks []mark
	errs  goscanner.ErrorList // of the syntax
}

// source returns the bytes between two positions of the file.
func (f *inputFile) source(from, to token.Pos) []byte {
	file := f.fset.File(f.ast.FileStart)
	return f.text[file.Offset(from):file.Offset(to)]
}

// out returns the path of the file that is generated for f.
func (f *inputFile) out() string {
	return filepath.Join(filepath.Dir(f.path), outputName(filepath.Base(f.path)))
}

const graphMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedModule | packages.NeedTypesSizes

// load finds the marked functions of the packages that the patterns name and
// type-checks those packages. It fails if there is no such package.
//
// The packages are parsed for their marks first; files that stand in for the
// generated ones (overlay.go) are then type-checked in their place, so it
// does not matter whether those exist, are stale or do not even parse.
// Dependencies come as export data, made by the go command; only a package
// between two marked ones is type-checked as well.
func load(opts Options) (*workset, error) {
	p := &workset{opts: opts, fset: token.NewFileSet()}
	again, err := p.findInputs()
	if err == nil && again {
		_, err = p.findInputs()
	}
	if err != nil {
		return nil, err
	}
	if err := newChecker(p, p.inputs, p.graph).run(); err != nil {
		return nil, err
	}
	for _, in := range slices.Clone(p.inputs) {
		if len(in.tests) > 0 {
			if err := p.loadTests(in); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// findInputs lists the packages and parses the patterns' ones for marks. It
// is to be called again if generated files were in the way and are hidden now.
func (p *workset) findInputs() (again bool, err error) {
	p.graph, p.inputs = make(map[string]*packages.Package), nil
	roots, err := p.list(graphMode, p.opts.Patterns)
	if err != nil {
		return false, err
	}
	packages.Visit(roots, nil, func(pkg *packages.Package) { p.graph[pkg.PkgPath] = pkg })
	if roots, err = edited(roots, p.opts.Patterns); err != nil {
		return false, err
	}
	for _, root := range roots {
		if err := p.add(root); err != nil {
			return false, err
		}
	}
	if len(p.inputs) == 0 {
		return false, noneMatch(p.opts.Patterns)
	}
	if anyErrors(roots) {
		for _, in := range p.inputs {
			again = p.hide(in) || again
		}
	}
	return again, nil
}

// noneMatch is the error when there is nothing to do.
func noneMatch(patterns []string) error {
	return fmt.Errorf("no Go packages match %s", strings.Join(patterns, " "))
}

// list runs the go command.
func (p *workset) list(mode packages.LoadMode, patterns []string) ([]*packages.Package, error) {
	return p.listTests(mode, patterns, false)
}

// listTests runs the go command, which lists the packages' tests as well.
func (p *workset) listTests(mode packages.LoadMode, patterns []string, tests bool) ([]*packages.Package, error) {
	pkgs, err := packages.Load(&packages.Config{
		Mode:       mode,
		Tests:      tests,
		Dir:        p.opts.Dir,
		Env:        p.opts.Env,
		BuildFlags: p.opts.BuildFlags,
		Fset:       p.fset,
		Overlay:    p.hidden,
	}, patterns...)
	if err != nil {
		// What the go command wrote is the message.
		if _, stderr, ok := strings.Cut(err.Error(), ": stderr: "); ok {
			err = errors.New(strings.TrimSpace(stderr))
		}
	}
	return pkgs, err
}

// add makes an input of a package that the go command listed, and fails if
// the package does not exist.
func (p *workset) add(meta *packages.Package) error {
	paths := slices.Clone(meta.GoFiles)
	if len(paths) == 0 {
		if err := nothingIn(meta); err != nil {
			return err
		}
	}
	in := &input{
		meta:      meta,
		generated: make(map[string]string),
		diags:     &diagnostics{fset: p.fset},
	}
	p.inputs = append(p.inputs, in)
	if err := in.findGenerated(); err != nil {
		return err
	}
	if err := in.read(paths); err != nil {
		return err
	}
	in.refuseCgo()
	in.refuseTaken(in.files)
	return in.findTests()
}

// read adds the files at paths that are not ours, and parses those that may
// have marks.
func (in *input) read(paths []string) error {
	for _, path := range paths {
		if _, ours := in.generated[path]; ours || filepath.Ext(path) != ".go" {
			continue
		}
		text, err := readSource(path)
		if err != nil {
			return err
		}
		f := &inputFile{fset: in.diags.fset, path: path, text: text}
		if bytes.Contains(text, []byte("async")) {
			in.parse(f)
		}
		in.files = append(in.files, f)
	}
	return nil
}

// marked reports whether the package has async functions, or marks that are
// none, or uses rt in a way that only async functions may: whether it is to
// be type-checked.
func (in *input) marked() bool {
	if len(in.diags.list) > 0 {
		return true
	}
	for _, f := range in.files {
		switch {
		case len(f.marks) > 0,
			len(f.errs) > 0 && maybeMark.Match(f.text),
			bytes.Contains(f.text, []byte(rtPath)) && bytes.Contains(f.text, []byte("Await")):
			return true
		}
	}
	return false
}

// unit returns the input as the later passes know it.
func (in *input) unit() *unit {
	u := &unit{pkg: in.pkg, rt: in.world.rt, funcs: make(map[*types.Func]*function), diags: in.diags}
	for _, f := range in.files {
		if len(f.marks) == 0 {
			continue
		}
		src := &source{unit: u, file: f.ast, path: f.path, out: f.out(), text: f.text}
		src.constraint = in.constraint(f)
		for i := range f.marks {
			m := &f.marks[i]
			obj, ok := in.pkg.TypesInfo.Defs[m.decl.Name].(*types.Func)
			if !ok {
				continue // type errors
			}
			fn := &function{
				src: src, decl: m.decl, obj: obj, sig: obj.Signature(),
				async: m.asyncName(),
				calls: make(map[*ast.CallExpr]*call), filled: make(map[ast.Expr]*slot),
			}
			fn.findYield(m)
			src.funcs = append(src.funcs, fn)
			u.funcs[obj] = fn
		}
		u.sources = append(u.sources, src)
	}
	nameCoroutines(u)
	return u
}
