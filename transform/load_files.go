package transform

import (
	"bytes"
	"errors"
	"fmt"
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

// findGenerated looks through the package's folder for files of ours, also
// those that the build leaves out.
func (in *input) findGenerated() error {
	if in.meta.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(in.meta.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".go" {
			continue
		}
		path := filepath.Join(in.meta.Dir, e.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			continue // the go command says what is wrong with it
		}
		if source, ours := generatedFrom(text); ours {
			in.generated[path] = source
		}
	}
	return nil
}

// readSource reads a source file as the parser is to see it: with "\n" at the
// ends of lines, and without other carriage returns in comments. The syntax
// tree has none of either, so that a comment would end too early in a text
// that has them. To Go they mean nothing, and lines and columns stay.
func readSource(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if err != nil || !bytes.Contains(text, []byte("\r")) {
		return text, err
	}
	var scan goscanner.Scanner
	file := token.NewFileSet().AddFile(path, -1, len(text))
	scan.Init(file, text, nil, goscanner.ScanComments)
	for {
		pos, tok, lit := scan.Scan()
		switch tok {
		case token.EOF:
			return text, nil
		case token.COMMENT:
			comment := text[file.Offset(pos):]
			end := bytes.IndexByte(comment, '\n')
			if strings.HasPrefix(lit, "/*") {
				end = bytes.Index(comment, []byte("*/"))
			}
			if end >= 0 {
				comment = comment[:end]
			}
			copy(comment, bytes.ReplaceAll(comment, []byte("\r"), []byte(" ")))
		}
	}
}

// parse reads a file and its marks.
func (in *input) parse(f *inputFile) {
	file, err := parser.ParseFile(f.fset, f.path, f.text, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	f.errs, _ = err.(goscanner.ErrorList)
	f.errs.RemoveMultiples() // on one line the first counts
	f.ast = file
	switch {
	case file == nil:
	case len(f.errs) > 0: // marks may be lost, or seem to be misplaced
		f.marks = scanMarks(&diagnostics{fset: f.fset}, file)
	default:
		f.marks = scanMarks(in.diags, file)
	}
}

// maybeMark finds what may be a mark in a file that does not parse.
var maybeMark = regexp.MustCompile(`(?m)^//(async(:.*)?| async)\s*$`)

// orphans returns the generated files of the package whose source is gone or
// has no marks any more. A source that this build leaves out keeps its file.
func (in *input) orphans() []string {
	wanted := make(map[string]bool)
	here := make(map[string]bool)
	for _, f := range slices.Concat(in.files, in.tests) {
		here[filepath.Base(f.path)] = true
		if len(f.marks) > 0 {
			wanted[f.out()] = true
		}
	}
	var orphans []string
	for path, source := range in.generated {
		if wanted[path] {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(in.meta.Dir, source)); err == nil &&
			!here[source] && filepath.Base(path) == outputName(source) && maybeMark.Match(text) {
			continue
		}
		orphans = append(orphans, path)
	}
	slices.Sort(orphans)
	return orphans
}

// refuseTaken refuses sources whose output would overwrite a file of
// somebody else's.
func (in *input) refuseTaken(files []*inputFile) {
	for _, f := range files {
		if len(f.marks) == 0 {
			continue
		}
		if _, ours := in.generated[f.out()]; ours {
			continue
		}
		if _, err := os.Lstat(f.out()); err == nil {
			in.diags.at(f.ast.Name.Pos(), "%s is not ours: it lacks the header of a generated file; rename it or remove it, the async forms of %s go there",
				filepath.Base(f.out()), filepath.Base(f.path))
		}
	}
}

// goError returns an error of the go command as one of ours.
func goError(e packages.Error) error {
	if e.Pos == "" || e.Pos == "-" {
		return errors.New(strings.TrimSpace(e.Msg))
	}
	return fmt.Errorf("%s: %s", e.Pos, strings.TrimSpace(e.Msg))
}
