package transform

import (
	"go/ast"
	"go/types"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// slotTypes are the types of parameters that are async slots, as stubs write
// them, by the names of the parameters; and the results of functions that make
// async functions, by the names of these.
type slotTypes map[*ast.Ident]slotType

type slotType struct {
	text  string
	paths string // what it refers to, one path a line
}

// slotTypes finds them in a package that has been type-checked: whether a
// parameter is a slot depends on what its function does with it, and what that
// means depends on the types.
func (c *checker) slotTypes(in *input) slotTypes {
	found := slotTypes{}
	if !in.takesFunctions() {
		return found
	}
	u := in.unit()
	slots := findSlots(u, c.formsFor(u))
	for _, src := range u.sources {
		for _, fn := range src.funcs {
			if made := madeBy(fn.sig); made != nil {
				found[fn.decl.Name] = u.stubType(u.slotType(made))
			}
			for _, field := range fn.decl.Type.Params.List {
				for _, name := range field.Names {
					if v, ok := u.pkg.TypesInfo.Defs[name].(*types.Var); ok && slots.has(v) {
						found[name] = u.stubType(u.slotType(v.Type()))
					}
				}
			}
		}
	}
	return found
}

// takesFunctions reports whether a marked function has a parameter or result
// that may be a slot.
func (in *input) takesFunctions() bool {
	for _, f := range in.files {
		for _, m := range f.marks {
			fields := m.decl.Type.Params.List
			if results := m.decl.Type.Results; results != nil {
				fields = append(fields[:len(fields):len(fields)], results.List...)
			}
			yield, _ := m.yieldParam()
			for _, field := range fields {
				t := in.pkg.TypesInfo.TypeOf(field.Type)
				if t != nil && field != yield && asyncSignature(t) != nil {
					return true
				}
			}
		}
	}
	return false
}

func (u *unit) stubType(t types.Type) (s slotType) {
	var paths []string
	s.text = types.TypeString(t, func(p *types.Package) string {
		switch {
		case p == u.pkg.Types:
			return ""
		case p.Path() == rtPath:
			return stubRT
		}
		paths = append(paths, p.Path())
		return stubImport(p.Path())
	})
	s.paths = strings.Join(paths, "\n")
	return s
}

// stubImport is the name by which a stub imports what only a slot's type
// refers to.
func stubImport(path string) string {
	h := fnv.New64a()
	h.Write([]byte(path))
	return "goasync_" + strconv.FormatUint(h.Sum64(), 36) + "_"
}

// imports are the paths that the slots of a file refer to.
func (s slotTypes) imports(file *ast.File) (paths []string) {
	for name, slot := range s {
		if file.FileStart <= name.Pos() && name.Pos() < file.FileEnd && slot.paths != "" {
			paths = append(paths, strings.Split(slot.paths, "\n")...)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
