package transform

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	goscanner "go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// fixed is the spelling of the mark that gofmt keeps and godoc does not print.
const fixed = "//async:func"

// Fix rewrites the marks //async and // async of the packages that opts names
// to //async:func, also in files that this build leaves out. It touches no
// other line, except that what was as gofmt writes it stays so. Nothing is
// refused but files with marks that do not parse, and like Run it writes
// nothing: Files are those that change.
func Fix(opts Options) (*Result, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	p := &workset{opts: opts, fset: token.NewFileSet()}
	roots, err := p.list(packages.NeedName|packages.NeedFiles|packages.NeedModule, opts.Patterns)
	if err != nil {
		return nil, err
	}
	if roots, err = edited(roots, opts.Patterns); err != nil {
		return nil, err
	}
	if len(roots) == 0 {
		return nil, noneMatch(opts.Patterns)
	}
	result := new(Result)
	for _, meta := range roots {
		paths := sourcesOf(meta)
		if len(paths) == 0 && len(meta.Errors) > 0 {
			return nil, goError(meta.Errors[0])
		}
		diags := &diagnostics{fset: p.fset}
		var files []File
		for _, path := range paths {
			content, err := fixFile(diags, path)
			if err != nil {
				return nil, err
			}
			if content != nil {
				files = append(files, File{Path: path, Content: content})
			}
		}
		if len(diags.list) == 0 {
			result.Files = append(result.Files, files...)
		}
		result.Diagnostics = append(result.Diagnostics, diags.list...)
	}
	result.Diagnostics = report(opts.Dir, result.Diagnostics)
	slices.SortFunc(result.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return result, nil
}

// sourcesOf returns the Go files in the folder of a package, its tests and
// what this build leaves out with them; of files that are named one by one,
// only those.
func sourcesOf(meta *packages.Package) []string {
	paths := slices.Clone(meta.GoFiles)
	if meta.PkgPath != "command-line-arguments" {
		paths = append(paths, meta.IgnoredFiles...)
		entries, _ := os.ReadDir(meta.Dir) // there are no files if it cannot be read
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), "_test.go") && !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "_") {
				paths = append(paths, filepath.Join(meta.Dir, e.Name()))
			}
		}
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return filepath.Ext(path) != ".go" })
	slices.Sort(paths)
	return slices.Compact(paths)
}

// oldMark finds what may be a mark to be rewritten.
var oldMark = regexp.MustCompile(`(?m)^// ?async\s*$`)

// fixFile returns the new content of a file, or nil if it stays as it is.
func fixFile(diags *diagnostics, path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil || !oldMark.Match(text) {
		return nil, err
	}
	file, err := parser.ParseFile(diags.fset, path, text, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	if err != nil {
		if list, ok := err.(goscanner.ErrorList); ok {
			list.RemoveMultiples()
			for _, e := range list {
				diags.add(e.Pos, "%s", e.Msg)
			}
			return nil, nil
		}
		return nil, err
	}
	if ast.IsGenerated(file) {
		return nil, nil // its generator would undo it
	}
	content := fixMarks(diags.fset, file, text)
	if bytes.Equal(content, text) {
		return nil, nil
	}
	if formatted, err := format.Source(text); err == nil && bytes.Equal(formatted, text) {
		return format.Source(content)
	}
	return content, nil
}

// fixMarks returns text with the marks of file rewritten.
func fixMarks(fset *token.FileSet, file *ast.File, text []byte) []byte {
	var out []byte
	from := 0
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Doc == nil {
			continue
		}
		lines := markLines(fn.Doc)
		slices.Reverse(lines)
		for _, c := range lines {
			if mark := strings.TrimRight(c.Text, " \t\r"); mark == "//async" || mark == "// async" {
				at := fset.File(c.Pos()).Offset(c.Pos())
				out = append(append(out, text[from:at]...), fixed...)
				from = at + len(mark)
			}
		}
	}
	return append(out, text[from:]...)
}
