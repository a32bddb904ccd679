package transform

import (
	"fmt"
	"go/parser"
	"go/types"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/packages"
)

// missingElsewhere says that a function of a package that is not compiled in
// this run has no async form called name, and what to do.
func (fs *forms) missingElsewhere(fn *types.Func, name string) string {
	meta := fs.metaOf(fn.Pkg())
	switch {
	case meta == nil || meta.Module == nil:
	case fs.c.isMarkedIn(meta, fn):
		return fmt.Sprintf("which is marked and has no async form %s yet; %s", name, rerun(meta))
	case copyOf(meta.Module) == noCopy && (meta.Module.Path != modulePath || fs.sameModule(fn.Pkg())):
		return fmt.Sprintf("which has no async form %s; mark %s with //async and %s", name, fn.Name(), rerun(meta))
	}
	return fmt.Sprintf("which has no async form %s; give rt.Blocking a function that calls it", name)
}

// unlike says that the async form of fn, obj, does not fit it: what is wrong,
// and what to write. One that was generated is not to be written but to be
// generated again.
func (fs *forms) unlike(fn, obj *types.Func, wrong, write string) string {
	if meta := fs.metaOf(obj.Pkg()); meta != nil && !fs.here[obj.Pkg()] {
		// The file's folder may be one of the machine that compiled it.
		file := filepath.Base(fs.c.p.fset.Position(obj.Pos()).Filename)
		text, err := os.ReadFile(filepath.Join(meta.Dir, file))
		if _, ours := generatedFrom(text); err == nil && ours {
			return fmt.Sprintf("whose async form %s is stale: it %s; %s", obj.Name(), wrong, rerun(meta))
		}
	}
	return fmt.Sprintf("whose async form %s %s; %s", obj.Name(), wrong, write)
}

// metaOf returns what the go command says of a package, nil for what has none.
func (fs *forms) metaOf(pkg *types.Package) *packages.Package {
	if pkg == nil {
		return nil // error's method
	}
	return fs.c.graph[pkg.Path()]
}

// isMarkedIn reports whether a function of a package that is no input is
// marked in its source.
func (c *checker) isMarkedIn(meta *packages.Package, fn *types.Func) bool {
	for _, path := range meta.GoFiles {
		text, err := os.ReadFile(path)
		if err != nil || !maybeMark.Match(text) {
			continue
		}
		file, err := parser.ParseFile(c.p.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, m := range scanMarks(&diagnostics{fset: c.p.fset}, file) {
			if receiverName(m.decl)+"."+m.decl.Name.Name == twinKey(fn) {
				return true
			}
		}
	}
	return false
}
