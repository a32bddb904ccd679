package transform

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// A mark is the end of a doc comment that makes its function async.
type mark struct {
	decl *ast.FuncDecl
	twin string // the name that //async:twin gives to the async form, or ""

	awaits bool // a generator: it awaits something other than yields; see reviseMarks
}

// scanMarks returns the functions of a file that are marked, in source
// order, and refuses the marks that mark nothing.
//
// The mark is the last line of the doc comment; directives of other tools
// may follow it, since gofmt moves them there. Three spellings count:
// "//async"; "// async", which gofmt makes of it; and "//async:option". The
// spaced one is also prose, so it is taken for a mark only where it can be one.
func scanMarks(ds *diagnostics, file *ast.File) []mark {
	var marks []mark
	read := make(map[*ast.Comment]bool)
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Doc == nil {
			continue
		}
		lines := markLines(fn.Doc)
		if len(lines) == 0 {
			continue
		}
		m := mark{decl: fn}
		for _, c := range lines {
			read[c] = true
			if option, ok := strings.CutPrefix(c.Text, "//async:"); ok {
				m.option(ds, c.Pos(), option)
			}
		}
		m.guessAwaits()
		marks = append(marks, m)
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if tight(c) && !read[c] {
				ds.at(c.Pos(), "%s", misplaced(file, group))
			}
		}
	}
	refuseMarkedVars(ds, file)
	return marks
}

// option reads what follows "//async:".
func (m *mark) option(ds *diagnostics, pos token.Pos, option string) {
	name, arg, _ := strings.Cut(strings.TrimSpace(option), " ")
	arg = strings.TrimSpace(arg)
	switch {
	case strings.TrimLeft(option, " \t") != option && strings.TrimSpace(option) != "": // gofmt would make a sentence of it
		ds.at(pos, "space in //async:%s; write //async:%s", option, strings.TrimSpace(option))
	case name == "func" && arg == "":
	case name == "twin" && token.IsIdentifier(arg):
		m.twin = arg
	case name == "twin":
		ds.at(pos, "//async:twin without a name for the async form; write //async:twin Name")
	default:
		ds.at(pos, "unknown option //async:%s; write //async:func or //async:twin Name", strings.TrimSpace(option))
	}
}

var directive = regexp.MustCompile(`^//(line |export |extern |nolint|[a-z0-9]+:[a-z0-9])`)

// markLines returns the mark's lines at the end of a doc comment.
func markLines(doc *ast.CommentGroup) []*ast.Comment {
	var lines []*ast.Comment
	for i := len(doc.List) - 1; i >= 0; i-- {
		c := doc.List[i]
		switch {
		case tight(c), spaced(c):
			lines = append(lines, c)
		case strings.TrimSpace(c.Text) == "//", directive.MatchString(c.Text):
		default:
			return lines
		}
	}
	return lines
}

// tight reports whether c is a mark for certain.
func tight(c *ast.Comment) bool {
	text := strings.TrimRight(c.Text, " \t\r")
	return text == "//async" || strings.HasPrefix(text, "//async:")
}

// spaced reports whether c is a mark as gofmt writes it, if it stands where
// a mark can.
func spaced(c *ast.Comment) bool {
	return strings.TrimRight(c.Text, " \t\r") == "// async"
}

// misplaced says why a mark in group marks nothing.
func misplaced(file *ast.File, group *ast.CommentGroup) string {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc == group {
				return "//async is not the last line of the doc comment; move it to the end"
			}
			if decl.Pos() <= group.Pos() && group.End() <= decl.End() {
				return "//async inside a function, and a literal cannot be marked; declare a function or method and mark that"
			}
		case *ast.GenDecl:
			if decl.Doc == group || decl.Pos() <= group.Pos() && group.End() <= decl.End() {
				return "//async on a " + decl.Tok.String() + " declaration; only functions and methods that are declared can be marked"
			}
		}
	}
	return "//async belongs to no function; put it on the line above func, as the last line of its doc comment"
}

// refuseMarkedVars refuses the mark in gofmt's spelling over a variable that
// holds a function literal.
func refuseMarkedVars(ds *diagnostics, file *ast.File) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR || gen.Doc == nil || len(gen.Specs) != 1 {
			continue
		}
		spec := gen.Specs[0].(*ast.ValueSpec)
		if len(spec.Values) != 1 || !spaced(gen.Doc.List[len(gen.Doc.List)-1]) {
			continue
		}
		if _, ok := spec.Values[0].(*ast.FuncLit); ok {
			ds.at(gen.Doc.List[len(gen.Doc.List)-1].Pos(), "%s", misplaced(file, gen.Doc))
		}
	}
}
