package transform

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shrink looks for a smaller program of which the same comes as of src: by
// leaving out statements, or all of a statement but its body, until nothing
// more can go or the time is over. All that can be tried next is compiled at once.
func (b *batch) shrink(src string, v verdict, limit time.Duration) (string, verdict) {
	const most = 20 // programs at once
	for start := time.Now(); time.Since(start) < limit; {
		list := smaller(src)
		slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		found := false
		for len(list) > 0 && !found && time.Since(start) < limit {
			some := list[:min(len(list), most)]
			list = list[len(some):]
			for i := range some {
				some[i] = strings.Replace(some[i], "package "+packageOf(some[i]), "package "+packageName(i), 1)
			}
			for i, w := range b.tryAll(some, v.kind) {
				if w.like(v) {
					src, v, found = some[i], w, true
					break
				}
			}
		}
		if !found {
			break
		}
	}
	return src, v
}

// like reports whether v and w are the same failure: of one kind, and with one error where it is the compiler's.
func (v verdict) like(w verdict) bool {
	return v.kind == w.kind && (v.kind != brokenOutput || firstError(v.detail) == firstError(w.detail))
}

// firstError is the compiler's first error, without its place.
func firstError(detail string) string {
	if m := diagnostic.FindStringSubmatch(detail); m != nil {
		return m[3]
	}
	return ""
}

// tryAll runs programs as far as it takes to see a verdict of a kind; those that Go itself refuses for what is now unused
// are mended first.
func (b *batch) tryAll(sources []string, kind string) []verdict {
	for range 3 {
		verdicts := make([]verdict, len(sources))
		b.prepare(sources, verdicts)
		if kind == brokenRun {
			return verdicts
		}
		mended := false
		for i, w := range verdicts {
			if w.kind == refusedProgram {
				if src := mend(sources[i], w.detail); src != sources[i] {
					sources[i], mended = src, true
				}
			}
		}
		if !mended {
			break
		}
	}
	return b.run(sources, kind == vetted)
}

func packageOf(src string) string {
	_, rest, _ := strings.Cut(src, "package ")
	name, _, _ := strings.Cut(rest, "\n")
	return name
}

var diagnostic = regexp.MustCompile(`(?m)^[^:\n]*:(\d+):(\d+): (.*)$`)

// mend takes out what diagnostics say is unused.
func mend(src, diagnostics string) string {
	lines := strings.Split(src, "\n")
	done := map[int]bool{}
	for _, m := range diagnostic.FindAllStringSubmatch(diagnostics, -1) {
		n, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		if n > len(lines) || done[n] {
			continue
		}
		done[n] = true
		line := &lines[n-1]
		if name, ok := strings.CutPrefix(m[3], "declared and not used: "); ok && strings.HasPrefix((*line)[col-1:], name) {
			*line = (*line)[:col-1] + "_" + (*line)[col-1+len(name):]
		}
		if strings.HasPrefix(m[3], "no new variables") {
			*line = strings.Replace(*line, ":=", "=", 1)
		}
		if strings.HasPrefix(m[3], "label ") && strings.HasSuffix(strings.TrimSpace(*line), ":") {
			*line = ""
		}
	}
	return strings.Join(lines, "\n")
}

// smaller makes all programs that have a little less than src.
func smaller(src string) (list []string) {
	for n := 0; ; n++ {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
		if err != nil {
			return nil
		}
		s := &shrinker{at: n}
		s.file(file)
		if s.at >= 0 {
			return list
		}
		var out bytes.Buffer
		if format.Node(&out, fset, file) == nil && len(out.String()) < len(src) {
			list = append(list, out.String())
		}
	}
}

// A shrinker makes the at-th change of all that are possible.
type shrinker struct{ at int }

func (s *shrinker) now() bool { s.at--; return s.at == -1 }

func (s *shrinker) file(file *ast.File) {
	for i, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name != "entry" && s.now() {
			file.Decls = slices.Delete(file.Decls, i, i+1)
			file.Comments = slices.DeleteFunc(file.Comments, func(c *ast.CommentGroup) bool { return c == fn.Doc })
			return
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s.at < 0 {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			n.List = s.list(n.List)
		case *ast.CaseClause:
			n.Body = s.list(n.Body)
		case *ast.CommClause:
			n.Body = s.list(n.Body)
		case *ast.IfStmt:
			if n.Else != nil && s.now() {
				n.Else = nil
			}
			if n.Init != nil && s.now() {
				n.Init = nil
			}
		case *ast.SwitchStmt:
			if n.Init != nil && s.now() {
				n.Init = nil
			}
		case *ast.ForStmt:
			if n.Post != nil && s.now() {
				n.Post = nil
			}
		}
		for _, e := range operands(n) {
			s.expr(e)
		}
		return s.at >= 0
	})
}

func (s *shrinker) list(list []ast.Stmt) []ast.Stmt {
	for half := len(list) / 2; half > 1; half /= 2 {
		for i := 0; i+half <= len(list); i += half {
			if s.now() {
				return slices.Delete(list, i, i+half)
			}
		}
	}
	for i, stmt := range list {
		if s.now() {
			return slices.Delete(list, i, i+1)
		}
		for _, body := range bodies(stmt) {
			if s.now() {
				return slices.Concat(list[:i], body, list[i+1:])
			}
		}
	}
	return list
}

// bodies are the statements that can stand in the place of one that holds
// them.
func bodies(s ast.Stmt) [][]ast.Stmt {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		return append(bodies(s.Stmt), []ast.Stmt{s.Stmt})
	case *ast.BlockStmt:
		return [][]ast.Stmt{s.List}
	case *ast.IfStmt:
		list := [][]ast.Stmt{s.Body.List}
		if s.Else != nil {
			list = append(list, []ast.Stmt{s.Else})
		}
		if s.Init != nil {
			list[0] = append([]ast.Stmt{s.Init}, list[0]...)
		}
		return list
	case *ast.ForStmt:
		list := s.Body.List
		if s.Init != nil {
			list = append([]ast.Stmt{s.Init}, list...)
		}
		return [][]ast.Stmt{list}
	case *ast.RangeStmt:
		return [][]ast.Stmt{s.Body.List}
	case *ast.SwitchStmt:
		return clauseBodies(s.Body)
	case *ast.TypeSwitchStmt:
		return clauseBodies(s.Body)
	case *ast.SelectStmt:
		return clauseBodies(s.Body)
	}
	return nil
}

func clauseBodies(body *ast.BlockStmt) (list [][]ast.Stmt) {
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			list = append(list, c.Body)
		case *ast.CommClause:
			list = append(list, c.Body)
		}
	}
	return list
}
