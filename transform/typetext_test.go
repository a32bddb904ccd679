package transform

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestTypeText compares types of every kind with what go/types writes.
func TestTypeText(t *testing.T) {
	const source = `package p

import "unsafe"

type (
	named struct{}
	generic[K comparable, V ~int | ~string] struct{}
	alias = map[string]int
	galias[T any] = []T
)

func f[T any, U ~[]T, C interface{ comparable; M() }, E interface{ ~int; String() string }](
	a unsafe.Pointer, b []byte, c [3]rune, d map[string]*named, e chan int, f chan<- (<-chan int), g <-chan (chan int),
	h chan (<-chan named), i func(x int, y ...string) (n int, err error), j func(), k struct{ named; *generic[int, int]; a, b int; c string ` + "`json:\"c\"`" + ` },
	l interface{ named(); error; M(int) bool }, m any, n interface{}, o alias, p galias[T], q generic[string, int], r T, s U, t E,
	v complex128, w func(func() error) func() (int, error), x uintptr, y ...[]any,
) {
}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{pkg: &packages.Package{Types: pkg}}
	sig := pkg.Scope().Lookup("f").Type().(*types.Signature)
	check := func(typ types.Type) {
		want := types.TypeString(typ, func(p *types.Package) string {
			if p == pkg {
				return ""
			}
			return p.Name()
		})
		got := ""
		for _, p := range u.typeText(typ) {
			if p.path != "" {
				got += p.path + "."
			}
			got += p.s
		}
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for v := range sig.Params().Variables() {
		check(v.Type())
	}
	for p := range sig.TypeParams().TypeParams() {
		check(p.Constraint())
	}
}
