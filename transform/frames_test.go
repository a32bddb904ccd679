package transform

import (
	"cmp"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestFrameSizes says with -v how many bytes each frame of the language suite
// has, the largest first: what a change of places, boxes or embedded calls
// costs. Generic ones have no size.
//
//	go test ./transform -run FrameSizes -v
func TestFrameSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks the language suite")
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax, Dir: langDir}, langPatterns(t)...)
	if err != nil {
		t.Fatal(err)
	}
	type frame struct {
		name string
		size int64
	}
	var frames []frame
	total := int64(0)
	for _, p := range pkgs {
		for _, name := range p.Types.Scope().Names() {
			o, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
			if !ok || !isFrame(o.Type()) {
				continue
			}
			size := p.TypesSizes.Sizeof(o.Type())
			frames = append(frames, frame{p.Name + "." + name, size})
			total += size
		}
	}
	if len(frames) == 0 {
		t.Fatal("there are no frames")
	}
	slices.SortFunc(frames, func(a, b frame) int {
		return cmp.Or(cmp.Compare(b.size, a.size), strings.Compare(a.name, b.name))
	})
	for _, f := range frames {
		t.Logf("%6d bytes %s", f.size, f.name)
	}
	t.Logf("%6d bytes in %d frames, %d on average", total, len(frames), total/int64(len(frames)))
}

// isFrame reports whether t is a generated coroutine that is not generic.
func isFrame(t types.Type) bool {
	named, ok := t.(*types.Named)
	if !ok || named.TypeParams().Len() > 0 {
		return false
	}
	st, ok := named.Underlying().(*types.Struct)
	if !ok || st.NumFields() == 0 || !st.Field(0).Embedded() {
		return false
	}
	first, ok := types.Unalias(st.Field(0).Type()).(*types.Named)
	return ok && first.Obj().Name() == "Frame" && first.Obj().Pkg().Path() == rtPath
}
