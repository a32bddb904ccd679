package rt_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of CANCEL.md")

// api is the package as its users see it.
type api struct {
	*types.Package
	docs map[string]string // by name, that of a method after its type's
}

// readAPI reads the sources of the package; what they import is left out, as no operation is declared by means of it.
func readAPI(t *testing.T) api {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	a := api{docs: make(map[string]string)}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		a.readDocs(file)
	}
	without := types.Config{Importer: nothingImported{}, IgnoreFuncBodies: true, Error: func(error) {}}
	a.Package, _ = without.Check("rt", set, files, nil)
	return a
}

// nothingImported imports empty packages.
type nothingImported struct{}

func (nothingImported) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	p.MarkComplete()
	return p, nil
}

func (a api) readDocs(file *ast.File) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			a.docs[name] = d.Doc.Text()
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok {
					a.docs[s.Name.Name] = d.Doc.Text()
				}
			}
		}
	}
}

// receiver returns the name of a receiver's type.
func receiver(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// operations returns the names of all operations: of functions with an async form, and of those whose operation is a type.
func (a api) operations(t *testing.T) (names []string) {
	byType := map[string]string{"Asking": "Each"} // the name of an operation's type, but for Op, is the function's without dots
	for name := range a.docs {
		byType[strings.ReplaceAll(name, ".", "")+"Op"] = name
	}
	for _, name := range a.Scope().Names() {
		object := a.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.Func:
			names = append(names, asyncForm(name, object)...)
		case *types.TypeName:
			named, ok := object.Type().(*types.Named)
			if !ok {
				continue
			}
			for method := range named.Methods() {
				if method.Exported() {
					names = append(names, asyncForm(name+"."+method.Name(), method)...)
				}
			}
			if starts(named) {
				function, ok := byType[name]
				if !ok {
					t.Errorf("%s is an operation of no function", name)
				}
				names = append(names, function)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// asyncForm returns the name of the function of which f, called name, is the async form, if it is one.
func asyncForm(name string, f *types.Func) []string {
	function, ok := strings.CutSuffix(name, "Async")
	results := f.Signature().Results()
	if !ok || results.Len() != 1 {
		return nil
	}
	if awaitable := regexp.MustCompile(`^\*?rt\.(Awaitable|AsyncGenerator)\[`); awaitable.MatchString(results.At(0).Type().String()) {
		return []string{function}
	}
	return nil
}

// starts reports whether a pointer to named is what can be awaited.
func starts(named *types.Named) bool {
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return false
	}
	method, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), false, named.Obj().Pkg(), "Start")
	f, ok := method.(*types.Func)
	return ok && strings.HasPrefix(types.TypeString(f.Signature().Params(), nil), "(fb *rt.Fiber, parent rt.Resumable")
}

// cancels returns what the docstring of an operation says of a cancel. Where it says that one operation is another but for
// something, the other's does, and where a method says nothing, its type's.
func (a api) cancels(name string) string {
	doc := strings.Join(strings.Fields(a.docs[name]), " ")
	if _, says, ok := strings.Cut(doc, "Cancel: "); ok {
		return says
	}
	owner, _, isMethod := strings.Cut(name, ".")
	if m := regexp.MustCompile(`^\w+ is (\w+)\b`).FindStringSubmatch(doc); m != nil {
		for _, other := range []string{owner + "." + m[1], m[1]} {
			if _, ok := a.docs[other]; ok {
				return a.cancels(other)
			}
		}
	}
	if isMethod {
		return a.cancels(owner)
	}
	return ""
}

func TestEveryOperationHasARow(t *testing.T) {
	a := readAPI(t)
	listed := make(map[string]bool)
	for _, row := range rows {
		if row.cancel == "" || row.lost == "" || (len(row.meets) == 0) == (row.real == nil) {
			t.Errorf("the row of %v is not complete", row.names)
		}
		for _, name := range row.names {
			if _, ok := a.docs[name]; !ok || listed[name] {
				t.Errorf("%s is no function of the package, or has two rows", name)
			}
			listed[name] = true
			says := a.cancels(name)
			if want := promise(row.lost); says == "" || promise(saidLost(says)) != want {
				t.Errorf("the table says that a cancel of %s loses %s; its docstring says %q after \"Cancel:\"", name, row.lost, says)
			}
		}
	}
	found := a.operations(t)
	for _, name := range found {
		if !listed[name] {
			t.Errorf("%s has no row: say in rows of cancel_table_test.go what a cancel of it does, and sweep it", name)
		}
	}
	if len(found) < 50 {
		t.Errorf("only %d operations were found: %v", len(found), found)
	}
}

// saidLost returns what is lost by what a docstring says after Cancel.
func saidLost(says string) string {
	switch {
	case strings.HasPrefix(says, "lossless"):
		return nothing
	case strings.HasPrefix(says, "as lossless as"):
		return asMuch
	}
	return says
}

// promise is the kind of what is lost: nothing, what the functions lose, or something.
func promise(lost string) string {
	if lost == nothing || lost == asMuch {
		return lost
	}
	return "something"
}

// table returns the rows as Markdown.
func table() string {
	var b strings.Builder
	b.WriteString("| operation | a cancel while it waits | is lost | swept |\n| --- | --- | --- | --- |\n")
	for _, row := range rows {
		how := "all steps, all orders"
		if row.real != nil {
			how = "with goroutines"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", strings.Join(row.names, "`, `"), row.cancel, row.lost, how)
	}
	return b.String()
}

func TestCancelTable(t *testing.T) {
	const name = "CANCEL.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, got, _ := strings.Cut(string(text), "| operation |")
	if want := table(); "| operation |"+got != want {
		if !*update {
			t.Fatalf("the table of %s is not that of the test: go test ./rt -run TestCancelTable -update", name)
		}
		if err := os.WriteFile(name, []byte(before+want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
