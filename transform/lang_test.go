package transform

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the tests of testdata compare with")

// langDir holds the language suite: programs that must do the same in both
// forms. It is part of the main module, but the go command's patterns skip it.
const langDir = "../testdata/lang"

// langPatterns are its packages.
func langPatterns(t *testing.T) (patterns []string) {
	t.Helper()
	err := filepath.WalkDir(langDir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if files, _ := filepath.Glob(filepath.Join(path, "*.go")); len(files) > 0 {
			rel, err := filepath.Rel(langDir, path)
			patterns = append(patterns, "./"+filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return patterns
}

// TestLangIsFresh compiles the language suite and compares the generated
// files, and the tables of the programs, with those that are checked in.
func TestLangIsFresh(t *testing.T) {
	patterns := langPatterns(t)
	for _, p := range patterns {
		if p == "." {
			continue
		}
		dir := filepath.Join(langDir, p)
		if table := programTable(t, dir); table != nil {
			compareFile(t, filepath.Join(dir, "table.go"), table)
		}
	}
	result, err := Run(Options{Dir: langDir, Patterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		t.Errorf("refused: %v", d)
	}
	for _, f := range result.Files {
		if f.Content == nil {
			if *update {
				os.Remove(f.Path)
			} else {
				t.Errorf("%s has no source any more: go test ./transform -run Lang -update", f.Path)
			}
			continue
		}
		if formatted, err := format.Source(f.Content); err != nil || !bytes.Equal(formatted, f.Content) {
			t.Errorf("%s is not formatted as by gofmt (%v)", f.Path, err)
		}
		compareFile(t, f.Path, f.Content)
	}
}

// compareFile compares a file with what it should hold, or writes it.
func compareFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Errorf("%s is stale: go test ./transform -run Lang -update", path)
		return
	}
	if err := os.WriteFile(path, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLang vets the language suite and runs it: each program in both forms
// under every script.
func TestLang(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles and runs packages")
	}
	packages := langPatterns(t)
	goCommand(t, langDir, append([]string{"vet"}, packages...)...)
	goCommand(t, langDir, "test", ".")
}

// goCommand runs the go command.
func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// programTable writes the table of a package's programs: its exported async
// functions and generators of a *harness.World.
func programTable(t *testing.T, dir string) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	name := ""
	for _, path := range files {
		base := filepath.Base(path)
		if strings.HasSuffix(base, "_async.go") || strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "pending") || base == "table.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		name = file.Name.Name
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || !strings.Contains(fn.Doc.Text()+docDirectives(fn.Doc), "async") || !takesWorld(fn) {
				continue
			}
			fmt.Fprintf(&rows, "harness.%s(%q, %s, %sAsync),\n", constructorOf(fn), name+"."+fn.Name.Name, fn.Name.Name, fn.Name.Name)
		}
	}
	if rows.Len() == 0 {
		return nil
	}
	text, err := format.Source([]byte("package " + name + `

import "github.com/goasync/goasync/testdata/lang/harness"

// Programs are the programs of this package; the test of freshness writes them down.
var Programs = []harness.Program{
` + rows.String() + "}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// constructorOf names the function of the harness that makes a program of fn. The doc comment of an async generator says so.
func constructorOf(fn *ast.FuncDecl) string {
	results := fn.Type.Results.NumFields()
	if fn.Type.Params.NumFields() == 1 {
		if _, isSeq := fn.Type.Results.List[0].Type.(*ast.IndexExpr); isSeq {
			return "NewSeq"
		}
		return []string{"New0", "New", "New2", "New3"}[results-1]
	}
	values, isIter := iterTypes(fn.Type.Params.List[1].Type)
	switch {
	case !isIter && strings.Contains(fn.Doc.Text(), "Asynchronous"):
		return "NewAsyncGen"
	case !isIter:
		return "NewGen"
	case len(values) == 2:
		return "NewIter2"
	case results == 1:
		return "NewIterBool"
	}
	return "NewIter"
}

// docDirectives are the lines of a comment that its Text leaves out.
func docDirectives(doc *ast.CommentGroup) string {
	var b strings.Builder
	if doc != nil {
		for _, c := range doc.List {
			b.WriteString(c.Text + "\n")
		}
	}
	return b.String()
}

// takesWorld reports whether a function's parameters are a *harness.World
// and at most a yield.
func takesWorld(fn *ast.FuncDecl) bool {
	params := fn.Type.Params
	switch {
	case fn.Type.TypeParams != nil || params.NumFields() == 0 || params.NumFields() > 2:
		return false
	case params.NumFields() == 2 && params.List[len(params.List)-1].Names[0].Name != "yield":
		return false
	}
	star, ok := fn.Type.Params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	switch x := star.X.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name == "World"
	case *ast.Ident:
		return x.Name == "World"
	}
	return false
}
