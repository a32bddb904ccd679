package transform

import (
	"bytes"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"
)

// What stands in a generated file is about to be replaced, but the go command
// reads it: a stale one may be of another package, or import what is gone or
// what imports its package by now. Most of it does no harm and is passed over
// (aboutGenerated); where the go command has complaints, it is asked again
// with empty files in the place of the generated ones.

// hide has the go command see nothing in the generated files of in, and
// reports whether it saw something before.
func (p *workset) hide(in *input) (changed bool) {
	for path, source := range in.generated {
		if p.hidden[path] != nil {
			continue
		}
		if p.hidden == nil {
			p.hidden = make(map[string][]byte)
		}
		p.hidden[path] = in.emptyFile(source)
		changed = true
	}
	return changed
}

// emptyFile returns a file without declarations, of the package and with the
// constraint of a source file.
func (in *input) emptyFile(source string) []byte {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(in.meta.Dir, source), nil, parser.PackageClauseOnly|parser.ParseComments)
	switch {
	case err != nil && len(in.files) > 0: // the source is gone
		return []byte("//go:build ignore\n\npackage ignore\n")
	case err != nil: // it was the last one, and the folder is to stay a package
		return []byte("package orphan\n")
	}
	var b bytes.Buffer
	if line := buildLine(file); line != "" {
		b.WriteString(line + "\n\n")
	}
	b.WriteString("package " + file.Name.Name + "\n")
	return b.Bytes()
}

// anyErrors reports whether the go command complains about one of pkgs.
func anyErrors(pkgs []*packages.Package) bool {
	return slices.ContainsFunc(pkgs, func(pkg *packages.Package) bool { return len(pkg.Errors) > 0 })
}
