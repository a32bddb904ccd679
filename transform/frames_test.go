package transform

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestFrameSizes says with -v how many bytes each frame of the language suite
// has, the largest first: what a change of places, boxes or embedded calls
// costs. A generic one has the sizes of the instances that the suite uses.
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
	total, generic := int64(0), 0
	for _, p := range pkgs {
		for _, named := range framesOf(p) {
			name := types.TypeString(named, func(q *types.Package) string { return q.Name() })
			size := p.TypesSizes.Sizeof(named)
			frames = append(frames, frame{name, size})
			total += size
			if named.TypeArgs().Len() > 0 {
				generic++
			}
		}
	}
	if generic == 0 || generic == len(frames) {
		t.Fatalf("%d of %d frames are instances of generic ones", generic, len(frames))
	}
	slices.SortFunc(frames, func(a, b frame) int {
		return cmp.Or(cmp.Compare(b.size, a.size), strings.Compare(a.name, b.name))
	})
	for _, f := range frames {
		t.Logf("%6d bytes %s", f.size, f.name)
	}
	t.Logf("%6d bytes in %d frames, %d on average; %d are instances of generic ones", total, len(frames), total/int64(len(frames)), generic)
}

// A frameSet is the frames of a package: those that are not generic, and of
// the others the instances that are mentioned somewhere.
type frameSet struct {
	p    *packages.Package
	ctxt *types.Context
	list []*types.Named
}

func framesOf(p *packages.Package) []*types.Named {
	s := &frameSet{p: p, ctxt: types.NewContext()}
	for _, name := range p.Types.Scope().Names() {
		if o, ok := p.Types.Scope().Lookup(name).(*types.TypeName); ok {
			s.add(o.Type())
		}
	}
	made := s.madeBy()
	for id, in := range p.TypesInfo.Instances {
		s.add(in.Type)
		args := slices.Collect(in.TypeArgs.Types())
		for _, generic := range made[p.TypesInfo.Uses[id]] {
			if in, err := types.Instantiate(s.ctxt, generic, args, true); err == nil {
				s.add(in)
			}
		}
	}
	return s.list
}

// madeBy says which generic frames a generic function makes for the types that
// it is called with.
func (s *frameSet) madeBy() map[types.Object][]types.Type {
	made := map[types.Object][]types.Type{}
	for _, file := range s.p.Syntax {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			obj := s.p.TypesInfo.Defs[fn.Name].(*types.Func)
			params := slices.Collect(obj.Signature().TypeParams().TypeParams())
			ast.Inspect(fn, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				if !ok {
					return true
				}
				in := s.p.TypesInfo.Instances[id]
				if named, ok := in.Type.(*types.Named); ok && isFrame(named) && slices.EqualFunc(slices.Collect(in.TypeArgs.Types()), params,
					func(arg types.Type, p *types.TypeParam) bool { return arg == types.Type(p) }) {
					made[obj] = append(made[obj], named.Origin())
				}
				return true
			})
		}
	}
	return made
}

// add adds t if it is a frame of known size, and what it has as fields.
func (s *frameSet) add(t types.Type) {
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() != s.p.Types || !isFrame(named) || named.TypeParams().Len() > named.TypeArgs().Len() ||
		mentionsParam(named) || slices.ContainsFunc(s.list, func(o *types.Named) bool { return types.Identical(o, named) }) {
		return
	}
	s.list = append(s.list, named)
	for f := range named.Underlying().(*types.Struct).Fields() {
		field := f.Type()
		if p, ok := field.(*types.Pointer); ok {
			field = p.Elem()
		}
		s.add(field)
	}
}

// mentionsParam reports whether a type is an instance for a type parameter.
func mentionsParam(t *types.Named) bool {
	return slices.ContainsFunc(slices.Collect(t.TypeArgs().Types()), holdsParam)
}

// isFrame reports whether t is a generated coroutine.
func isFrame(t *types.Named) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok || st.NumFields() == 0 || !st.Field(0).Embedded() {
		return false
	}
	first, ok := types.Unalias(st.Field(0).Type()).(*types.Named)
	return ok && first.Obj().Name() == "Frame" && first.Obj().Pkg().Path() == rtPath
}
