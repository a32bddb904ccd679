package transform

import (
	"fmt"
	"go/ast"
	"maps"
	"strings"
)

// A stdBody writes the awaits of one function, and its returns.
type stdBody struct {
	*stdFile
	s      *stdCopy
	edits  *stdEdits
	calls  map[*ast.CallExpr]*stdAwait
	values map[ast.Expr]*stdAwait
	steps  map[ast.Stmt]*stdAwait
	writes int               // steps written, which take turns
	kept   int               // awaits
	filled map[ast.Expr]bool // what is given to slots and has been written
}

// asIs stands for the number of results of a function or literal whose returns
// stay as they are.
const asIs = -1

// body writes what becomes of a function's body, and returns the number of
// its awaits.
func (s *stdCopy) body(f *stdFile, edits *stdEdits, fn *ast.FuncDecl) int {
	b := &stdBody{stdFile: f, s: s, edits: edits, filled: map[ast.Expr]bool{},
		calls: map[*ast.CallExpr]*stdAwait{}, values: map[ast.Expr]*stdAwait{}, steps: map[ast.Stmt]*stdAwait{}}
	for _, a := range f.awaits {
		switch {
		case a.fn != fn || !a.kept():
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
	b.results(fn.Body, fn.Type.Results.NumFields())
	return b.kept
}

// results writes a body whose returns get an error beside their count results.
func (b *stdBody) results(body *ast.BlockStmt, count int) {
	b.node(body, count)
	if count == 0 {
		b.edits.at(b.offset(body.Rbrace), ";return nil ", nil)
	}
}

// node writes what is in n, which stands in a function or literal of so many
// results.
func (b *stdBody) node(n ast.Node, count int) {
	ast.Inspect(n, func(n ast.Node) bool {
		if stmt, ok := n.(ast.Stmt); ok && b.steps[stmt] != nil {
			b.step(b.steps[stmt])
		}
		if e, ok := n.(ast.Expr); ok {
			switch given := b.s.given[e]; {
			case given != nil && given.filled() && !b.filled[e]:
				b.filled[e] = true
				b.fill(e, given.to, count)
				return false
			case b.values[e] != nil:
				b.value(e, count)
				return false
			}
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			b.literal(n)
			return false
		case *ast.ValueSpec:
			if b.s.slotOf(n.Names) != nil && n.Type != nil {
				b.stdFile.results(b.edits, n.Type.(*ast.FuncType))
			}
		case *ast.ReturnStmt:
			if count != asIs {
				b.returns(n, count)
				return false
			}
		case *ast.CallExpr:
			if a := b.calls[n]; a != nil {
				b.await(a, count, fmt.Sprintf("std_.Must%d(", a.results), "))")
				return false
			}
		}
		return true
	})
}

// literal writes a literal.
func (b *stdBody) literal(lit *ast.FuncLit) {
	if l := b.s.lits[lit]; l.kept && l.kind != stdDeferred {
		b.stdFile.results(b.edits, lit.Type)
		b.results(lit.Body, l.count)
		return
	}
	b.node(lit.Body, asIs)
}

// fill writes what is given to a slot: nil, another slot, a literal or
// converted function as what it has become, anything else through an adapter.
func (b *stdBody) fill(e ast.Expr, to *stdSlot, count int) {
	info := b.s.pkg.TypesInfo
	slot := b.s.slots[variableNamed(info, e)]
	lit, isLit := ast.Unparen(e).(*ast.FuncLit)
	fn, _ := functionNamed(info, e)
	switch {
	case info.Types[e].IsNil(), slot != nil && slot.kept, isLit && b.s.lits[lit].kept:
		b.node(e, count)
	case fn != nil && b.s.marks[fn.Origin()] != nil && !b.s.hasSlots(fn.Origin()):
		if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
			b.node(sel.X, count)
		}
		b.edits.at(b.offset(calleeName(e).Pos()), stdPrefix, nil)
	default:
		b.edits.at(b.offset(e.Pos()), to.adapter()+"(", nil)
		b.node(e, count)
		b.edits.at(b.offset(e.End()), ")", nil)
	}
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
func (b *stdBody) value(e ast.Expr, count int) {
	a := b.values[e]
	delete(b.values, e)
	b.edits.at(b.offset(e.Pos()), "std_.Must1(", nil)
	b.edits.at(b.offset(e.Pos()), "rt_.Await(std_.Same(", a)
	b.node(e, count)
	b.edits.at(b.offset(e.End()), ")))", nil)
}

var awaitSpelling = []string{"rt_.Await0(", "rt_.Await(", "rt_.Await2(", "rt_.Await3("}

// await writes a call as an await, f(x) as left rt.Await(a_f(x)) right.
func (b *stdBody) await(a *stdAwait, count int, left, right string) {
	b.edits.at(b.offset(a.call.Pos()), left, nil)
	b.edits.at(b.offset(a.call.Pos()), awaitSpelling[a.results], a)
	b.node(a.call.Fun, count)
	if a.slot == nil && a.called == nil {
		b.edits.at(b.offset(calleeName(a.call.Fun).Pos()), stdPrefix, nil)
	}
	for _, arg := range a.call.Args {
		b.node(arg, count)
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
func (b *stdBody) returns(s *ast.ReturnStmt, count int) {
	if len(s.Results) == 1 {
		call, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr)
		switch a := b.calls[call]; {
		case ok && a != nil && (count > 1 || b.writes%2 == 0):
			b.await(a, count, "", ")")
			return
		case count > 1:
			b.edits.at(b.offset(s.Results[0].Pos()), fmt.Sprintf("std_.With%d(", count), nil)
			b.node(s.Results[0], count)
			b.edits.at(b.offset(s.Results[0].End()), ")", nil)
			return
		}
	}
	for _, e := range s.Results {
		b.node(e, count)
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
	s.settle()
	for _, f := range s.files {
		var edits stdEdits
		inFile, functions := 0, 0
		for fn := range s.marked(f) {
			s.declare(f, &edits, fn)
			inFile += s.body(f, &edits, fn)
			edits.at(f.offset(fn.End()), s.wrapper(f, fn), nil)
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
			edits.at(f.offset(spec.Path.Pos())+1, stdImportPrefix(s.stdCase.path, strings.Trim(spec.Path.Value, "\"`")), nil)
		}
		var out []byte
		out, f.edits = edits.apply(f.text)
		writeFile(s.t, f.path, out)
		awaits += inFile
	}
	return awaits
}
