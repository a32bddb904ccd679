package transform

import (
	"go/ast"
	"go/parser"
	"go/token"
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
