package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// lower makes the flat code of a checked function. A statement without an
// await stays one instruction of source text, whatever is in it; only what
// contains an await is taken apart.
//
// outer is the flat code of the function around a literal.
func lower(fn *function, outer *flat) *flat {
	l := &lowerer{
		flat: &flat{
			fn:      fn,
			outer:   outer,
			byObj:   map[types.Object]*variable{},
			met:     map[*ast.FuncLit]bool{},
			jumps:   map[ast.Stmt]jump{},
			instead: map[ast.Node][]frag{},
			held:    map[*call]int{},
		},
		info:  fn.src.unit.pkg.TypesInfo,
		fset:  fn.src.unit.pkg.Fset,
		count: map[string]int{},
	}
	l.signature()
	if fn.makes() {
		l.text(src(fn.body()))
		l.add(&instr{op: opEnd})
		return l.flat
	}
	l.findGotos(fn.body())
	l.defers = defers(fn.body())
	l.comments = commentsIn(fn.src.file, fn.body())
	l.line = l.lineOf(fn.body().Lbrace)
	l.block(fn.body())
	l.resolveReturns()
	l.add(&instr{op: opEnd})
	l.tidy()
	return l.flat
}

// defers reports whether a function defers calls of its own.
func defers(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}

type lowerer struct {
	*flat
	info     *types.Info
	fset     *token.FileSet
	targets  []target // of break and continue, innermost last
	gotos    map[types.Object][]*ast.BranchStmt
	marks    map[types.Object]*label // where statements that a goto means begin
	returns  []*ast.ReturnStmt       // in native loops over functions
	count    map[string]int          // labels of each kind
	comments []*ast.CommentGroup
	line     int    // on which the last statement ended
	lead     string // comments for the next instruction
}

func (l *lowerer) add(in *instr) *instr {
	in.lead, l.lead = l.lead+in.lead, ""
	l.code = append(l.code, in)
	return in
}

func (l *lowerer) text(frags ...frag) *instr { return l.add(&instr{op: opText, frags: frags}) }
func (l *lowerer) mark(lb *label) *instr     { return l.add(&instr{op: opLabel, label: lb}) }
func (l *lowerer) jump(lb *label) *instr     { return l.add(&instr{op: opJump, label: lb}) }

// unless builds: if !(cond) { goto lb }
func (l *lowerer) unless(lb *label, cond ...frag) *instr {
	return l.add(&instr{op: opUnless, frags: cond, label: lb})
}

// when builds: if cond { goto lb }
func (l *lowerer) when(lb *label, cond ...frag) *instr {
	return l.add(&instr{op: opIf, frags: cond, label: lb})
}

// number returns the next number of a kind of construct; its labels share it.
func (l *lowerer) number(kind string) int { l.count[kind]++; return l.count[kind] }

func labelf(format string, args ...any) *label { return &label{name: fmt.Sprintf(format, args...)} }

// stmts lowers the statements of a block that ends at end.
func (l *lowerer) stmts(list []ast.Stmt, end token.Pos) {
	for _, s := range list {
		l.leading(s.Pos())
		l.stmt(s, "")
		l.line = max(l.line, l.lineOf(s.End()))
	}
	l.leading(end)
	if l.lead != "" { // comments at the end of a block
		l.text(raw(""))
	}
}

func (l *lowerer) block(b *ast.BlockStmt) { l.stmts(b.List, b.Rbrace); l.line = l.lineOf(b.Rbrace) }

// stmt lowers one statement; name is its label.
func (l *lowerer) stmt(s ast.Stmt, name string) {
	if decl, ok := s.(*ast.DeclStmt); ok && decl.Decl.(*ast.GenDecl).Tok != token.VAR {
		l.consts = append(l.consts, decl)
		l.past(s)
		return
	}
	labeled, _ := s.(*ast.LabeledStmt)
	switch {
	case labeled != nil && l.jumpedTo(labeled):
		l.gotoTarget(labeled)
	case !l.suspends(s) && !l.capturesItself(s):
		l.native(s)
	case l.head(s) != nil:
		l.awaits(l.head(s))
		l.native(s)
	default:
		l.flatten(s, name)
	}
}

// head is the part of a statement that has all its awaits, if that part is
// evaluated first and once: then the statement itself can stay as it is.
func (l *lowerer) head(s ast.Stmt) ast.Node {
	var parts []ast.Node // in order of evaluation
	add := func(n ast.Node, is bool) {
		if is {
			parts = append(parts, n)
		}
	}
	switch s := s.(type) {
	case *ast.LabeledStmt:
		return l.head(s.Stmt)
	case *ast.IfStmt:
		if l.hasBranches(s.Cond) {
			return nil
		}
		add(s.Init, s.Init != nil)
		add(s.Cond, true)
		add(s.Body, true)
		add(s.Else, s.Else != nil)
	case *ast.SwitchStmt:
		add(s.Init, s.Init != nil)
		add(s.Tag, s.Tag != nil)
		add(s.Body, true)
	case *ast.TypeSwitchStmt:
		add(s.Init, s.Init != nil)
		add(s.Assign, true)
		add(s.Body, true)
	case *ast.ForStmt:
		if s.Init == nil {
			return nil
		}
		add(s.Init, true)
		add(s.Cond, s.Cond != nil)
		add(s.Post, s.Post != nil)
		add(s.Body, true)
	case *ast.RangeStmt:
		if l.fn.each(s) != nil { // each iteration awaits
			return nil
		}
		add(s.X, true)
		add(s.Key, s.Key != nil)
		add(s.Value, s.Value != nil)
		add(s.Body, true)
	}
	switch {
	case len(parts) < 2, slices.ContainsFunc(parts[1:], l.suspends): // nothing stands before the body
		return nil
	}
	return parts[0]
}

// flatten takes a statement with an await apart; name is its label.
func (l *lowerer) flatten(s ast.Stmt, name string) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		l.block(s)
	case *ast.IfStmt:
		l.ifStmt(s)
	case *ast.ForStmt:
		l.forStmt(s, name)
	case *ast.RangeStmt:
		l.rangeStmt(s, name)
	case *ast.SwitchStmt:
		l.switchStmt(s, name)
	case *ast.TypeSwitchStmt:
		l.typeSwitch(s, name)
	case *ast.SelectStmt:
		l.selectStmt(s, name)
	case *ast.LabeledStmt:
		l.line = l.lineOf(s.Colon)
		l.leading(s.Stmt.Pos())
		l.stmt(s.Stmt, s.Label.Name)
	case *ast.DeclStmt:
		l.declStmt(s)
	case *ast.ReturnStmt, *ast.ExprStmt, *ast.AssignStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.DeferStmt:
		l.awaits(s)
		l.native(s)
	default:
		panic(fmt.Sprintf("%s: %T contains an await and was not refused", l.fset.Position(s.Pos()), s))
	}
}

// declStmt lowers var: one after the other of a group, since each may use
// those before it.
func (l *lowerer) declStmt(s *ast.DeclStmt) {
	specs := s.Decl.(*ast.GenDecl).Specs
	if len(specs) == 1 {
		l.awaits(s)
		l.native(s)
		return
	}
	l.line = l.lineOf(s.Decl.(*ast.GenDecl).Lparen)
	for _, spec := range specs {
		l.leading(spec.Pos())
		l.stmt(&ast.DeclStmt{Decl: &ast.GenDecl{TokPos: spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}}}, "")
	}
	l.line = l.lineOf(s.End())
}

// capturesItself reports whether s is a group of variables in which a literal
// captures one that stands before it, which may need a box by then.
func (l *lowerer) capturesItself(s ast.Stmt) (captures bool) {
	decl, ok := s.(*ast.DeclStmt)
	if !ok || len(decl.Decl.(*ast.GenDecl).Specs) == 1 {
		return false
	}
	info := l.fn.src.unit.pkg.TypesInfo
	inside := func(n ast.Node, at token.Pos) bool { return n.Pos() <= at && at < n.End() }
	ast.Inspect(s, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			return !captures
		}
		ast.Inspect(lit.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && info.Uses[id] != nil {
				at := info.Uses[id].Pos()
				captures = captures || inside(s, at) && !inside(lit, at)
			}
			return !captures
		})
		return false
	})
	return captures
}

// jumpOf builds the jump of a branch statement, if s is one that stops no loops.
func (l *lowerer) jumpOf(s ast.Stmt) *instr {
	j, ok := l.jumps[s]
	if _, is := s.(*ast.BranchStmt); !is || !ok || len(j.stops) > 0 {
		return nil
	}
	delete(l.jumps, s)
	return l.jump(j.to)
}

// native keeps a statement as it is written.
func (l *lowerer) native(s ast.Stmt) {
	l.resolveJumps(s)
	l.findReturns(s)
	in := l.jumpOf(s)
	if in == nil {
		in = l.text(src(s))
	}
	l.past(s)
	in.trail = l.trailing(s.End())
}

// suspends reports whether n contains an await or a yield.
func (l *lowerer) suspends(n ast.Node) bool { return l.fn.suspendsIn(n) }

// ---- comments

func commentsIn(file *ast.File, body *ast.BlockStmt) (in []*ast.CommentGroup) {
	for _, g := range file.Comments {
		if body.Lbrace < g.Pos() && g.End() <= body.Rbrace {
			in = append(in, g)
		}
	}
	return in
}

func (l *lowerer) lineOf(pos token.Pos) int { return l.fset.PositionFor(pos, false).Line }

// leading moves the comments before pos, and a blank line, above the next instruction.
func (l *lowerer) leading(pos token.Pos) {
	var b strings.Builder
	for len(l.comments) > 0 && l.comments[0].Pos() < pos {
		g := l.comments[0]
		l.comments = l.comments[1:]
		if l.lineOf(g.Pos()) > l.line+1 {
			b.WriteString("\n")
		}
		b.WriteString("\t" + l.source(g) + "\n") // in column 1 it could be a directive
		l.line = l.lineOf(g.End())
	}
	if l.lineOf(pos) > l.line+1 {
		b.WriteString("\n")
	}
	l.lead += b.String()
}

// past says that the text of n has been taken, with the comments in it.
func (l *lowerer) past(n ast.Node) {
	for len(l.comments) > 0 && l.comments[0].Pos() < n.End() {
		l.comments = l.comments[1:]
	}
	l.line = l.lineOf(n.End())
}

// trailing takes the comment that stands on the line on which a statement ends.
func (l *lowerer) trailing(end token.Pos) string {
	if len(l.comments) == 0 || l.lineOf(l.comments[0].Pos()) != l.lineOf(end) {
		return ""
	}
	g := l.comments[0]
	l.comments = l.comments[1:]
	l.line = l.lineOf(g.End())
	return " " + l.source(g)
}

func (l *lowerer) source(n ast.Node) string { return l.fn.src.slice(n.Pos(), n.End()) }

// slice is the source text between two positions.
func (s *source) slice(from, to token.Pos) string {
	f := s.unit.pkg.Fset.File(from)
	return string(s.text[f.Offset(from):f.Offset(to)])
}

// line is the source text of n up to a position on one line, for comments: without the bodies of literals, but for short ones, and cut if
// it is long.
func (s *source) line(n ast.Node, to token.Pos) string {
	file := s.unit.pkg.Fset.File(n.Pos())
	short := len(joinLines(s.uncommented(n.Pos(), to))) <= longest
	var out strings.Builder
	from := n.Pos()
	ast.Inspect(n, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if !ok || n.Pos() >= to || short && file.Line(lit.Pos()) == file.Line(lit.End()) {
			return n == nil || n.Pos() < to
		}
		out.WriteString(s.uncommented(from, lit.Body.Lbrace+1) + " … }")
		from = lit.Body.End()
		return false
	})
	return oneLine(out.String() + s.uncommented(from, to))
}

// uncommented is source text without the comments in it.
func (s *source) uncommented(from, to token.Pos) string {
	var out strings.Builder
	for _, g := range s.file.Comments {
		if from <= g.Pos() && g.End() <= to {
			out.WriteString(s.slice(from, g.Pos()))
			from = g.End()
		}
	}
	return out.String() + s.slice(from, to)
}

// longest is how long a comment of source text may be.
const longest = 100

// oneLine is text as it would stand on one line, cut before a word if it is long.
func oneLine(text string) string {
	text = joinLines(text)
	r := []rune(text)
	if len(r) <= longest {
		return text
	}
	text = string(r[:longest-1])
	if i := strings.LastIndexByte(text, ' '); i > 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(text, " …") + " …"
}

// joinLines writes a list that stands on lines of its own as gofmt would on one line.
func joinLines(text string) string {
	var out string
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case line == "":
		case out == "" || strings.HasSuffix(out, "(") || strings.HasSuffix(out, "["):
			out += line
		case line[0] == ')' || line[0] == ']':
			out = strings.TrimSuffix(out, ",") + line
		default:
			out += " " + line
		}
	}
	return out
}
