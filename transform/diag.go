package transform

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// A Diagnostic is one reason why a package was not compiled: what was found
// at Pos, and what to write instead; or an error of Go's own, in Go's words.
type Diagnostic struct {
	Pos     token.Position // Filename is relative to Options.Dir where that is shorter
	Message string
}

// String returns the diagnostic as Go's tools print theirs:
// "file:line:col: message".
func (d Diagnostic) String() string {
	if d.Pos.Filename == "" {
		return d.Message
	}
	return d.Pos.String() + ": " + d.Message
}

// A diagnostics collects what is found wrong with one package.
type diagnostics struct {
	fset *token.FileSet
	list []Diagnostic
}

// add records one more. A message that was recorded for the same position
// before is not repeated.
func (ds *diagnostics) add(pos token.Position, format string, args ...any) {
	d := Diagnostic{pos, format}
	if len(args) > 0 {
		d.Message = fmt.Sprintf(format, args...)
	}
	if !slices.Contains(ds.list, d) {
		ds.list = append(ds.list, d)
	}
}

// at records a refusal of what stands at pos.
func (ds *diagnostics) at(pos token.Pos, format string, args ...any) {
	ds.add(ds.fset.Position(pos), format, args...)
}

// refuse records that what stands at pos cannot be compiled. The message
// says what was found and, after a semicolon, what to write instead. Nothing
// is emitted for a unit with a refusal.
func (u *unit) refuse(pos token.Pos, format string, args ...any) {
	u.diags.at(pos, format, args...)
}

// refused reports whether anything of u was refused.
func (u *unit) refused() bool { return len(u.diags.list) > 0 }

// report returns the diagnostics of a run in the order of files and lines,
// with paths relative to dir where the file is below it.
func report(dir string, all []Diagnostic) []Diagnostic {
	for i := range all {
		all[i].Pos.Filename = relative(dir, all[i].Pos.Filename)
	}
	slices.SortStableFunc(all, func(a, b Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
		)
	})
	return slices.Compact(all) // a test's package has its package's, too
}

// relative returns path seen from dir, or path itself where it is not below dir.
func relative(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return rel
}

// parsePosition reads the "file:line:col" of the go command's errors; the
// column, then the line, may be missing.
func parsePosition(s string) token.Position {
	var pos token.Position
	numbers := []int{}
	for len(numbers) < 2 {
		i := strings.LastIndexByte(s, ':')
		n := 0
		if i < 0 {
			break
		}
		if _, err := fmt.Sscanf(s[i+1:], "%d", &n); err != nil {
			break
		}
		numbers = append(numbers, n)
		s = s[:i]
	}
	if s != "-" {
		pos.Filename = s
	}
	switch len(numbers) {
	case 1:
		pos.Line = numbers[0]
	case 2:
		pos.Line, pos.Column = numbers[1], numbers[0]
	}
	return pos
}
