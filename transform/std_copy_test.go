package transform

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// stdModule is the module that the copies lie in, each in the folder of its
// import path. The name is not free: to a package whose path begins with
// bootstrap/, as the toolchain's own copies of the standard library have, the
// go command does not refuse the internal packages that the originals import.
const stdModule = "bootstrap"

// stdEnv leaves out cgo, whose files import what the go command makes.
func stdEnv() []string { return append(goldenEnv(), "CGO_ENABLED=0") }

// stdBuildFlags leave out the assembly of packages that can do without.
var stdBuildFlags = []string{"-tags=math_big_pure_go,purego"}

// stdFolder is the folder of -std.dir, or else one for this test, with the
// module in it.
func stdFolder(t *testing.T) (dir string) {
	t.Helper()
	if dir = *stdDir; dir == "" {
		dir = t.TempDir()
	}
	newStdModule(t, dir)
	return dir
}

// newStdModule makes the module, with the tool, the copies of what is vendored
// and no others yet.
func newStdModule(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "go.mod"), []byte("module "+stdModule+"\n\ngo 1.26\n\n"+
		"require github.com/goasync/goasync v0.0.0\n\nreplace github.com/goasync/goasync => "+root+"\n"))
	writeFile(t, filepath.Join(dir, "tool", "tool.go"), []byte(stdTool+stdAdapters()))
	copyVendored(t, dir)
}

// A stdCopy is a package of the standard library that is being converted.
type stdCopy struct {
	t          *testing.T
	stdCase    stdCase
	dir        string // of the copy
	pkg        *packages.Package
	files      []*stdFile
	marks      map[*types.Func]*ast.FuncDecl // what is converted
	written    map[*types.Func]*ast.FuncDecl // what was when the copy was last written
	plain      bool                          // the wrappers call the plain forms
	left       map[string]int                // functions that cannot be converted, by cause
	candidates int                           // values that could be awaited, so far
	lits       map[*ast.FuncLit]*stdLit      // the literals in what is converted
	slots      map[*types.Var]*stdSlot       // the variables that may become async slots
	given      map[ast.Expr]*stdGiven        // what is given to these
}

// A stdFile is a file of the package with what is to be awaited in it.
type stdFile struct {
	ast    *ast.File
	base   *token.File
	text   []byte
	path   string // of the copy
	awaits []*stdAwait
	edits  []stdEdit // of the last writing, by offset
}

// stdLoad type-checks a package and what it imports from their sources:
// nothing has to be built for it.
const stdLoad = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
	packages.NeedDeps | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedEmbedFiles

// newStdCopy copies a package with its tests into a module.
func newStdCopy(t *testing.T, c stdCase, module string) *stdCopy {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: stdLoad, BuildFlags: stdBuildFlags, Env: stdEnv()}, c.path)
	if err != nil || len(pkgs) != 1 || len(pkgs[0].Errors) > 0 {
		t.Fatalf("%v %v", err, pkgs)
	}
	s := &stdCopy{t: t, stdCase: c, dir: filepath.Join(module, c.path), pkg: pkgs[0],
		marks: map[*types.Func]*ast.FuncDecl{}, left: map[string]int{},
		lits: map[*ast.FuncLit]*stdLit{}, slots: map[*types.Var]*stdSlot{}, given: map[ast.Expr]*stdGiven{}}
	if err := s.clear(); err != nil {
		t.Fatal(err)
	}
	s.copyFiles()
	copyEmbedded(t, s.pkg, s.dir)
	for i, file := range s.pkg.Syntax {
		path := filepath.Join(s.dir, filepath.Base(s.pkg.CompiledGoFiles[i]))
		text, err := os.ReadFile(s.pkg.CompiledGoFiles[i])
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, &stdFile{ast: file, base: s.pkg.Fset.File(file.FileStart), text: text, path: path})
	}
	return s
}

// copyEmbedded copies what a package embeds, which may lie in folders below.
func copyEmbedded(t *testing.T, pkg *packages.Package, dir string) {
	t.Helper()
	for _, path := range pkg.EmbedFiles {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(filepath.Dir(pkg.GoFiles[0]), path)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, rel), text)
	}
}

// clear removes the files that an earlier run has left in the folder.
func (s *stdCopy) clear() error {
	names, err := filepath.Glob(filepath.Join(s.dir, "*.go"))
	for _, name := range names {
		err = cmp.Or(err, os.Remove(name))
	}
	return err
}

// copyFiles copies the package's folder, with what its tests read: testdata,
// and those of the folders above, which several packages share.
func (s *stdCopy) copyFiles() {
	from := filepath.Dir(s.pkg.GoFiles[0])
	src := filepath.Clean(strings.TrimSuffix(from, filepath.FromSlash(s.stdCase.path)))
	entries, err := os.ReadDir(from)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case s.stdCase.files[name] != "":
		case e.Type().IsRegular():
			text, err := os.ReadFile(filepath.Join(from, name))
			if err != nil {
				s.t.Fatal(err)
			}
			if filepath.Ext(name) == ".go" {
				text = rewriteImports(s.t, s.stdCase.path, name, text)
			}
			if strings.HasSuffix(name, "_test.go") {
				text = bytes.ReplaceAll(text, []byte("testing.AllocsPerRun("), []byte(noAllocs+"("))
			}
			writeFile(s.t, filepath.Join(s.dir, name), text)
		case name == "testdata":
			s.copyData(filepath.Join(from, name), filepath.Join(s.dir, name))
		}
	}
	for dir := from; dir != src; {
		dir = filepath.Dir(dir)
		shared := filepath.Join(dir, "testdata")
		rel, err := filepath.Rel(from, shared)
		if err != nil {
			s.t.Fatal(err)
		}
		s.copyData(shared, filepath.Join(s.dir, rel))
	}
}

// noAllocs is what stands for testing.AllocsPerRun in tests: the converted
// code allocates, and many a test that counts allocations finds out more.
const noAllocs = "(func(_ int, f func()) float64 { f(); return 0 })"

// copyData copies a folder unless there is none, or another package has
// copied it.
func (s *stdCopy) copyData(from, to string) {
	if _, err := os.Stat(from); err != nil {
		return
	}
	if _, err := os.Stat(to); err == nil {
		return
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		s.t.Fatal(err)
	}
}

// stdImportPrefix is what stands before the path of an import in the copy of a
// package: tests import the copy, and all what is copied of what is vendored.
func stdImportPrefix(pkg, path string) string {
	switch {
	case path == pkg:
		return stdModule + "/"
	case strings.HasPrefix(path, "golang.org/x/"):
		return stdModule + "/" + stdVendored + "/"
	}
	return ""
}

// rewriteImports has a file of a copied package import other copies.
func rewriteImports(t *testing.T, pkg, name string, text []byte) []byte {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var edits stdEdits
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		edits.at(fset.Position(spec.Path.Pos()).Offset+1, stdImportPrefix(pkg, path), nil)
	}
	out, _ := edits.apply(text)
	return out
}

// slice is the source text of a node.
func (f *stdFile) slice(n ast.Node) string {
	return string(f.text[f.offset(n.Pos()):f.offset(n.End())])
}

// holds reports whether a node stands in the file.
func (f *stdFile) holds(n ast.Node) bool {
	return f.ast.FileStart <= n.Pos() && n.Pos() < f.ast.FileEnd
}

func (f *stdFile) offset(pos token.Pos) int { return f.base.Offset(pos) }

// hasDirective reports whether a function's comment has a line that begins so.
func hasDirective(fn *ast.FuncDecl, prefix string) bool {
	return strings.Contains("\n"+docDirectives(fn.Doc), "\n"+prefix)
}
