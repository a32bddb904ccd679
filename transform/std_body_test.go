package transform

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"strings"
)

// A stdAwait is an await that the conversion makes, as long as the compiler
// does not refuse it.
type stdAwait struct {
	fn      *ast.FuncDecl // in whose body it stands
	call    *ast.CallExpr // of a converted function; or
	value   ast.Expr      // an operand; or
	before  ast.Stmt      // what a step stands before
	results int           // of the call, the error not counted
	refused bool
}

func (a *stdAwait) pos() token.Pos {
	switch {
	case a.call != nil:
		return a.call.Pos()
	case a.value != nil:
		return a.value.Pos()
	}
	return a.before.Pos()
}

// find lists the awaits of a function: its calls of converted functions, some
// values, and a step between any two statements. Literals are ordinary Go and have none,
// but those that are only deferred.
func (f *stdFile) find(s *stdCopy, fn *ast.FuncDecl) {
	steps := func(list []ast.Stmt) {
		for i, stmt := range list {
			_, isCase := stmt.(*ast.CaseClause)
			_, isComm := stmt.(*ast.CommClause)
			if i > 0 && !isCase && !isComm {
				f.awaits = append(f.awaits, &stdAwait{fn: fn, before: stmt})
			}
		}
	}
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && s.pkg.TypesInfo.Types[e].Value != nil {
			return false
		}
		f.values(s, fn, n)
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt:
			f.operands(n.Call, visit)
			return false
		case *ast.DeferStmt:
			f.operands(n.Call, visit)
			if lit, ok := n.Call.Fun.(*ast.FuncLit); ok {
				ast.Inspect(lit.Body, visit)
			}
			return false
		case *ast.BlockStmt:
			steps(n.List)
		case *ast.CaseClause:
			steps(n.Body)
		case *ast.CommClause:
			steps(n.Body)
		case *ast.CallExpr:
			callee, _ := functionNamed(s.pkg.TypesInfo, n.Fun)
			if callee != nil && s.marks[callee.Origin()] != nil {
				f.awaits = append(f.awaits, &stdAwait{fn: fn, call: n, results: callee.Signature().Results().Len()})
			}
		}
		return true
	}
	ast.Inspect(fn.Body, visit)
}

// operands visits what a go or defer statement evaluates at once.
func (f *stdFile) operands(call *ast.CallExpr, visit func(ast.Node) bool) {
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
		ast.Inspect(sel.X, visit)
	}
	for _, arg := range call.Args {
		ast.Inspect(arg, visit)
	}
}

// A stdBody writes the awaits of one function, and its returns.
type stdBody struct {
	*stdFile
	edits  *stdEdits
	fn     *ast.FuncDecl
	calls  map[*ast.CallExpr]*stdAwait
	values map[ast.Expr]*stdAwait
	steps  map[ast.Stmt]*stdAwait
	writes int // steps written, which take turns
	kept   int // awaits
}

// body writes what becomes of a function's body, and returns the number of
// its awaits.
func (f *stdFile) body(edits *stdEdits, fn *ast.FuncDecl) int {
	b := &stdBody{stdFile: f, edits: edits, fn: fn,
		calls: map[*ast.CallExpr]*stdAwait{}, values: map[ast.Expr]*stdAwait{}, steps: map[ast.Stmt]*stdAwait{}}
	for _, a := range f.awaits {
		switch {
		case a.fn != fn || a.refused:
			continue
		case a.call != nil:
			b.calls[a.call] = a
		case a.value != nil:
			b.values[a.value] = a
		default:
			b.steps[a.before] = a
		}
		b.kept++
	}
	b.node(fn.Body, true)
	if fn.Type.Results.NumFields() == 0 {
		b.edits.at(f.offset(fn.Body.Rbrace), ";return nil ", nil)
	}
	return b.kept
}

// node writes what is in n. Returns that are not those of the function itself
// are left as they are.
func (b *stdBody) node(n ast.Node, own bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if stmt, ok := n.(ast.Stmt); ok && b.steps[stmt] != nil {
			b.step(b.steps[stmt])
		}
		if e, ok := n.(ast.Expr); ok && b.values[e] != nil {
			b.value(e, own)
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			b.node(n.Body, false)
			return false
		case *ast.ReturnStmt:
			if own {
				b.returns(n)
				return false
			}
		case *ast.CallExpr:
			if a := b.calls[n]; a != nil {
				b.await(a, own, fmt.Sprintf("std_.Must%d(", a.results), "))")
				return false
			}
		}
		return true
	})
}

// stdSteps take turns.
var stdSteps = []string{
	"std_.Must0(", "rt_.Await0(std_.Step())); ",
	"std_.Must1(", "rt_.Await(std_.Pass(2))); ",
	"if err := ", "rt_.Await0(std_.Step()); err != nil { panic(err) }; ",
	"std_.Must1(", "rt_.Await(std_.Pass(0))); ",
}

// step writes a step before a statement.
func (b *stdBody) step(a *stdAwait) {
	i := b.writes * 2 % len(stdSteps)
	b.writes++
	b.edits.at(b.offset(a.before.Pos()), stdSteps[i], nil)
	b.edits.at(b.offset(a.before.Pos()), stdSteps[i+1], a)
}

// value writes the await of an operand.
func (b *stdBody) value(e ast.Expr, own bool) {
	a := b.values[e]
	delete(b.values, e)
	b.edits.at(b.offset(e.Pos()), "std_.Must1(", nil)
	b.edits.at(b.offset(e.Pos()), "rt_.Await(std_.Same(", a)
	b.node(e, own)
	b.edits.at(b.offset(e.End()), ")))", nil)
}

var awaitSpelling = []string{"rt_.Await0(", "rt_.Await(", "rt_.Await2(", "rt_.Await3("}

// await writes a call as an await, f(x) as left rt.Await(a_f(x)) right.
func (b *stdBody) await(a *stdAwait, own bool, left, right string) {
	b.edits.at(b.offset(a.call.Pos()), left, nil)
	b.edits.at(b.offset(a.call.Pos()), awaitSpelling[a.results], a)
	b.node(a.call.Fun, own)
	b.edits.at(b.offset(calleeName(a.call.Fun).Pos()), stdPrefix, nil)
	for _, arg := range a.call.Args {
		b.node(arg, own)
	}
	b.edits.at(b.offset(a.call.End()), right, nil)
}

// calleeName is the identifier by which a function is called.
func calleeName(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			return x.Sel
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		}
	}
}

// returns adds the error to what a return returns. A call that returns
// several results is returned by its await, as is every second of the others:
//
//	return f(x)    return rt.Await2(a_f(x))
//	               return std_.With2(f(x))
//	return x       return x, nil
//	return         return nil
func (b *stdBody) returns(s *ast.ReturnStmt) {
	count := b.fn.Type.Results.NumFields()
	if len(s.Results) == 1 {
		call, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr)
		switch a := b.calls[call]; {
		case ok && a != nil && (count > 1 || b.writes%2 == 0):
			b.await(a, true, "", ")")
			return
		case count > 1:
			b.edits.at(b.offset(s.Results[0].Pos()), fmt.Sprintf("std_.With%d(", count), nil)
			b.node(s.Results[0], true)
			b.edits.at(b.offset(s.Results[0].End()), ")", nil)
			return
		}
	}
	for _, e := range s.Results {
		b.node(e, true)
	}
	switch {
	case len(s.Results) > 0:
		b.edits.at(b.offset(s.End()), ", nil", nil)
	case count == 0:
		b.edits.at(b.offset(s.End()), " nil", nil)
	}
}

// write writes the converted package. It returns the number of its awaits.
func (s *stdCopy) write() (awaits int) {
	s.written = maps.Clone(s.marks)
	for _, f := range s.files {
		var edits stdEdits
		inFile, functions := 0, 0
		for fn := range s.marked(f) {
			f.declare(&edits, fn)
			inFile += f.body(&edits, fn)
			edits.at(f.offset(fn.End()), f.wrapper(fn, s.plain), nil)
			functions++
		}
		var imports strings.Builder
		if functions > 0 {
			imports.WriteString(`; import std_ "` + stdModule + `/tool"`)
		}
		if inFile > 0 {
			imports.WriteString(`; import rt_ "github.com/goasync/goasync/rt"`)
		}
		edits.at(f.offset(f.ast.Name.End()), imports.String(), nil)
		for _, spec := range f.ast.Imports {
			if strings.Trim(spec.Path.Value, "\"`") == s.stdCase.path {
				edits.at(f.offset(spec.Path.Pos())+1, stdModule+"/", nil)
			}
		}
		var out []byte
		out, f.edits = edits.apply(f.text)
		writeFile(s.t, f.path, out)
		awaits += inFile
	}
	return awaits
}
