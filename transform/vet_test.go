package transform

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestVet holds the warnings to the "want" comments.
func TestVet(t *testing.T) {
	result, err := Vet(Options{Dir: "testdata/vet", Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	holdTo(t, result.Diagnostics, wants(t, "testdata/vet"))
	if len(result.Files) > 0 {
		t.Errorf("%d files", len(result.Files))
	}
}

// Vet has the refusals of Run, too.
func TestVetRefuses(t *testing.T) {
	opts := Options{Dir: "testdata/check", Patterns: []string{"./stmts", "./shape"}}
	ran, err := Run(opts)
	if err != nil {
		t.Fatal(err)
	}
	vetted, err := Vet(opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ran.Diagnostics {
		if !slices.Contains(vetted.Diagnostics, d) {
			t.Errorf("missing: %s", d)
		}
	}
}

// TestBlockingCallsExist looks every known function up, and that they are in order.
func TestBlockingCallsExist(t *testing.T) {
	if !slices.IsSortedFunc(blocking, func(a, b knownCall) int { return cmp.Compare(a.name, b.name) }) {
		t.Error("not in order")
	}
	for _, b := range blocking {
		slash := strings.LastIndexByte(b.name, '/') + 1
		dot := slash + strings.IndexByte(b.name[slash:], '.')
		pkg := standard(t, b.name[:dot])
		typ, method, isMethod := strings.Cut(b.name[dot+1:], ".")
		obj := pkg.Scope().Lookup(typ)
		if obj != nil && isMethod {
			obj, _, _ = types.LookupFieldOrMethod(types.NewPointer(obj.Type()), true, pkg, method)
			if obj == nil {
				obj, _, _ = types.LookupFieldOrMethod(pkg.Scope().Lookup(typ).Type(), true, pkg, method) // an interface's
			}
		}
		if fn, ok := obj.(*types.Func); !ok || nameOf(fn) != fmt.Sprint(pkg.Name(), b.name[dot:]) {
			t.Errorf("%s is no function", b.name)
		}
	}
}

var standardPackages = map[string]*types.Package{}

// standard returns the types of a package of the standard library.
func standard(t *testing.T, path string) *types.Package {
	t.Helper()
	if standardPackages[path] == nil {
		list, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes}, path)
		if err != nil || len(list) != 1 || list[0].Types == nil {
			t.Fatalf("%s: %v", path, err)
		}
		standardPackages[path] = list[0].Types
	}
	return standardPackages[path]
}
