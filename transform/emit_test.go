package transform

import (
	"bytes"
	"go/ast"
	"testing"
)

// TestInputIsOnlyRead compiles the language suite twice from the same syntax
// trees: the trees must stay as they are, and the bytes must be the same.
func TestInputIsOnlyRead(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages")
	}
	p, err := load(Options{Dir: langDir, Patterns: langPatterns(t)})
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, in := range p.inputs {
		if in.pkg == nil {
			continue
		}
		u := in.unit()
		forms := in.world.formsFor(u)
		resolve(u, forms)
		check(u, forms)
		if u.refused() {
			t.Fatal(u.diags.list)
		}
		before := trees(t, u)
		first, err := emit(u)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before, trees(t, u)) {
			t.Errorf("%s: emit has changed the syntax tree", u.pkg.PkgPath)
		}
		second, err := emit(u)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range first {
			files++
			if !bytes.Equal(f.Content, second[i].Content) {
				t.Errorf("%s: other bytes the second time", f.Path)
			}
		}
	}
	if files == 0 {
		t.Fatal("no files were made")
	}
}

func trees(t *testing.T, u *unit) []byte {
	var b bytes.Buffer
	for _, src := range u.sources {
		if err := ast.Fprint(&b, u.pkg.Fset, src.file, ast.NotNilFilter); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}
