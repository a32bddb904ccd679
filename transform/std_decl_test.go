package transform

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// whyNot says why a function stays as it is; "" is for those that are
// converted.
func (s *stdCopy) whyNot(fn *ast.FuncDecl, obj *types.Func) string {
	name := fn.Name.Name
	switch {
	case fn.Body == nil:
		return "has no body"
	case name == "_" || name == "init" && fn.Recv == nil:
		return "has no name to call it by"
	case strings.HasSuffix(name, "Async"):
		return "is named like the async form of another"
	case obj.Signature().Results().Len() > 3:
		return "returns more than three results"
	case hasDirective(fn, "//go:nosplit"), hasDirective(fn, "//go:linkname"):
		return "is known to the toolchain"
	case callsRecover(s.pkg.TypesInfo, fn.Body):
		return "calls recover, which must be called by what is deferred"
	}
	for v := range obj.Signature().Params().Variables() {
		if v.Name() == "yield" {
			return "has a parameter yield, which would make a generator of it"
		}
	}
	return s.stdCase.plain[receiverDot(obj)+name]
}

// receiverDot is the name of a method's type and a dot, "" for a function.
func receiverDot(obj *types.Func) string {
	if recv := obj.Signature().Recv(); recv != nil {
		return typeName(recv.Type()) + "."
	}
	return ""
}

// callsRecover reports whether a body calls recover itself.
func callsRecover(info *types.Info, body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			found = found || info.Uses[n] == types.Universe.Lookup("recover")
		}
		return !found
	})
	return found
}

// mark chooses the functions to convert, and what is awaited in them.
func (s *stdCopy) mark() {
	for _, f := range s.files {
		for _, decl := range f.ast.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			obj := s.object(fn)
			if cause := s.whyNot(fn, obj); cause != "" {
				s.left[cause]++
				continue
			}
			s.marks[obj] = fn
		}
	}
	for _, f := range s.files {
		for fn := range s.marked(f) {
			s.declareSlots(fn)
		}
	}
	for _, f := range s.files {
		for fn := range s.marked(f) {
			f.find(s, fn)
		}
	}
}

func (s *stdCopy) object(fn *ast.FuncDecl) *types.Func {
	return s.pkg.TypesInfo.Defs[fn.Name].(*types.Func)
}

// marked ranges over the functions of a file that are converted.
func (s *stdCopy) marked(f *stdFile) func(yield func(*ast.FuncDecl) bool) {
	return func(yield func(*ast.FuncDecl) bool) {
		for _, decl := range f.ast.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && s.marks[s.object(fn)] == fn && !yield(fn) {
				return
			}
		}
	}
}

// stdPrefix begins the names of the async functions, whose rest is that of the
// original, which stays with the wrapper. It makes them unexported, so that
// what looks at methods by reflection finds those that it knows.
const stdPrefix = "a_"

// declare makes of
//
//	func (r *T) f(x int, more ...string) bool { … }
//
// an async function and a wrapper, on one line so that no line is moved:
//
//	//async:func
//	func (r *T) a_f(x int, more ...string) (bool, error) { … }
//	func (r_ *T) f(p0 int, p1 ...string) bool { return std_.Drive1(r_.a_fAsync(p0, p1...)) }
//
// A parameter that becomes an async slot gets the error, too, and the wrapper
// an adapter: a_fAsync(std_.Slot11Async(p0)) for f func(int) bool.
func (s *stdCopy) declare(f *stdFile, edits *stdEdits, fn *ast.FuncDecl) {
	edits.at(f.offset(fn.Type.Func), "//async:func\n", nil)
	edits.at(f.offset(fn.Name.Pos()), stdPrefix, nil)
	for _, field := range fn.Type.Params.List {
		if s.slotOf(field.Names) != nil {
			f.results(edits, field.Type.(*ast.FuncType))
		}
	}
	f.results(edits, fn.Type)
}

// slotOf is the slot that the variables declared together become, or nil.
func (s *stdCopy) slotOf(names []*ast.Ident) *stdSlot {
	if len(names) == 0 {
		return nil
	}
	v, _ := s.pkg.TypesInfo.Defs[names[0]].(*types.Var)
	if slot := s.slots[v]; slot != nil && slot.kept {
		return slot
	}
	return nil
}

// results adds the error to the results of a function's type.
func (f *stdFile) results(edits *stdEdits, ft *ast.FuncType) {
	results := ft.Results
	named := results.NumFields() > 0 && len(results.List[0].Names) > 0
	switch {
	case results.NumFields() == 0:
		edits.at(f.offset(ft.Params.End()), " error", nil)
	case named:
		edits.at(f.offset(results.Closing), ", async_ error", nil)
	case results.Opening.IsValid():
		edits.at(f.offset(results.Closing), ", error", nil)
	default:
		edits.at(f.offset(results.Pos()), "(", nil)
		edits.at(f.offset(results.End()), ", error)", nil)
	}
}

// wrapper is the function in the place of one that is converted. It drives the
// generated form of that, or calls the plain one.
func (s *stdCopy) wrapper(f *stdFile, fn *ast.FuncDecl) string {
	var text strings.Builder
	text.WriteString("; func ")
	callee, taker, async := stdPrefix+fn.Name.Name, "Must", ""
	if !s.plain {
		taker, async = "Drive", "Async"
	}
	callee += async
	if fn.Recv != nil {
		fmt.Fprintf(&text, "(r_ %s) ", f.slice(fn.Recv.List[0].Type))
		callee = "r_." + callee
	}
	text.WriteString(fn.Name.Name)
	if tps := fn.Type.TypeParams; tps != nil {
		var names []string
		for _, field := range tps.List {
			for _, name := range field.Names {
				names = append(names, name.Name)
			}
		}
		text.WriteString(f.slice(tps))
		callee += "[" + strings.Join(names, ", ") + "]"
	}
	var params, args []string
	for _, field := range fn.Type.Params.List {
		for range max(1, len(field.Names)) {
			arg := fmt.Sprintf("p%d", len(args))
			params = append(params, arg+" "+f.slice(field.Type))
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				arg += "..."
			}
			if slot := s.slotOf(field.Names); slot != nil {
				arg = slot.adapter() + async + "(" + arg + ")"
			}
			args = append(args, arg)
		}
	}
	fmt.Fprintf(&text, "(%s) ", strings.Join(params, ", "))
	call := fmt.Sprintf("std_.%s%d(%s(%s))", taker, fn.Type.Results.NumFields(), callee, strings.Join(args, ", "))
	if fn.Type.Results.NumFields() == 0 {
		text.WriteString("{ " + call + " }")
	} else {
		text.WriteString(f.slice(fn.Type.Results) + " { return " + call + " }")
	}
	return text.String()
}
