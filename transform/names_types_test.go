package transform

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestHoistedName(t *testing.T) {
	for _, c := range []struct{ decl, local, want string }{
		{"func fetch()", "point", "fetchPoint"},
		{"func Fetch()", "Point", "fetchPoint"},
		{"func (c *client) fetch()", "point", "clientFetchPoint"},
		{"func (q *queue[T]) get()", "éa", "queueGetÉa"},
		{"func fetch()", "_x", "fetch_x"},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package p\n"+c.decl, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := hoistedName(file.Decls[0].(*ast.FuncDecl), c.local); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.local, c.decl, got, c.want)
		}
	}
}

// TestHoistedInFolder keeps hoisted types apart from what the package's tests
// and other builds declare and import, and gives the files that every build
// has their names first.
func TestHoistedInFolder(t *testing.T) {
	const body = `
import "github.com/goasync/goasync/rt"

// async
func NAME() (int, error) {
	type test int
	type build int
	type strings int
	type both int
	a, b, c, d := test(1), build(2), strings(3), both(4)
	err := rt.Await0(rt.Sleep(1))
	return int(a) + int(b) + int(c) + int(d), err
}
`
	dir := goldenModule(t)
	for name, text := range map[string]string{
		"x/a_linux.go": "package x\n" + strings.ReplaceAll(body, "NAME", "first"),
		"x/b.go":       "package x\n" + strings.ReplaceAll(body, "NAME", "second"),
		"x/none.go":    "//go:build none\n\npackage x\n\nvar build int\n",
		"x/x_test.go":  "package x\n\nimport \"strings\"\n\nfunc test() { strings.Clone(\"\") }\n",
	} {
		writeFile(t, filepath.Join(dir, name), []byte(text))
	}
	result, err := Run(Options{Dir: dir, Patterns: []string{"./x"}, Env: append(goldenEnv(), "GOOS=linux")})
	if err != nil || len(result.Diagnostics) > 0 {
		t.Fatal(err, result)
	}
	for name, want := range map[string][]string{
		"a_async_linux.go": {"firstTest", "firstBuild", "firstStrings", "firstBoth"},
		"b_async.go":       {"secondTest", "secondBuild", "secondStrings", "both"},
	} {
		i := slices.IndexFunc(result.Files, func(f File) bool { return filepath.Base(f.Path) == name })
		if i < 0 {
			t.Fatalf("%s is not generated: %v", name, result.Files)
		}
		for _, w := range want {
			if !strings.Contains(string(result.Files[i].Content), "\ntype "+w+" int\n") {
				t.Errorf("%s has no type %s", name, w)
			}
		}
	}
}
