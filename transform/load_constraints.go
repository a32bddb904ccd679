package transform

import (
	"go/ast"
	"go/build/constraint"
	"go/version"
	"strings"
)

// The language of a file is that of its module, but a go version in its
// constraint may make it another one. Generated code is written in madeFor.
// Before loopVars the variables of a loop are the same in all iterations,
// which is not what async functions are compiled for.
const (
	loopVars = "go1.22"
	madeFor  = "go1.26"
)

// constraint returns the "//go:build …" line of the file that is generated
// for f, or "": that of f, which must ask for a version that is new enough.
func (in *input) constraint(f *inputFile) string {
	line := buildLine(f.ast)
	v := in.pkg.TypesInfo.FileVersions[f.ast]
	switch {
	case !version.IsValid(v) || version.Compare(v, madeFor) >= 0:
		return line
	case version.Compare(v, loopVars) < 0:
		in.diags.at(f.ast.Name.Pos(), "async functions in a file of Go %s, whose loops share their variables; let its //go:build line, or go.mod, ask for %s or newer",
			strings.TrimPrefix(v, "go"), loopVars)
	}
	var expr constraint.Expr = &constraint.TagExpr{Tag: madeFor}
	if line != "" {
		// One that does not parse is an error of the go command's.
		if own, err := constraint.Parse(line); err == nil {
			expr = &constraint.AndExpr{X: own, Y: expr}
		}
	}
	return "//go:build " + expr.String()
}

// buildLine returns the "//go:build …" line of a file, or "".
func buildLine(file *ast.File) string {
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, c := range group.List {
			if constraint.IsGoBuild(c.Text) {
				return c.Text
			}
		}
	}
	return ""
}
