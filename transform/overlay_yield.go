package transform

import (
	"bytes"
	"fmt"
	"go/ast"
	"strings"
)

// A yielding is what a function's yield parameter makes of it.
type yielding uint8

const (
	yieldsNot  yielding = iota // it has none
	yieldsSent                 // func(Y) (S, error): a generator
	yieldsTask                 // the same, and it awaits: an async generator
	yieldsBool                 // func(V) bool: an iterator of Go's
)

// generates reports whether a function that yields so is a generator.
func (y yielding) generates() bool { return y == yieldsSent || y == yieldsTask }

// driver is the type of rt that a generator's async form returns.
func (y yielding) driver() string {
	if y == yieldsTask {
		return "AsyncGenerator"
	}
	return "Generator"
}

// String is what a function is called that yields so.
func (y yielding) String() string {
	return [...]string{"async function", "generator", "async generator", "iterator"}[y]
}

// yieldParam returns the parameter that makes a generator or an iterator of
// the function. It is named yield, on its own, and its type is written out:
// func(Y) (S, error), rt.Yield[Y, S], func(V) bool or func(K, V) bool.
func (m *mark) yieldParam() (*ast.Field, yielding) {
	for _, field := range m.decl.Type.Params.List {
		if len(field.Names) != 1 || field.Names[0].Name != "yield" {
			continue
		}
		if y, s := yieldTypes(field.Type); y != nil && s != nil {
			if m.awaits {
				return field, yieldsTask
			}
			return field, yieldsSent
		}
		if _, ok := iterTypes(field.Type); ok {
			return field, yieldsBool
		}
	}
	return nil, yieldsNot
}

// seqLit returns the literal func(yield func(V) bool) { … } whose return is
// all that the function does, or nil.
func (m *mark) seqLit() *ast.FuncLit {
	decl := m.decl
	if decl.Body == nil || len(decl.Body.List) != 1 || decl.Type.Results.NumFields() != 1 {
		return nil
	}
	ret, ok := decl.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	lit, ok := ast.Unparen(ret.Results[0]).(*ast.FuncLit)
	if !ok || lit.Type.Results.NumFields() != 0 || len(lit.Type.Params.List) != 1 || len(lit.Type.Params.List[0].Names) != 1 {
		return nil
	}
	if _, ok := iterTypes(lit.Type.Params.List[0].Type); !ok {
		return nil
	}
	return lit
}

// iterTypes returns the values of an iterator's yield, at most two, if t is
// the type of one.
func iterTypes(t ast.Expr) (values []ast.Expr, ok bool) {
	f, isFunc := ast.Unparen(t).(*ast.FuncType)
	if !isFunc || f.TypeParams != nil || f.Results.NumFields() != 1 || f.Params.NumFields() > 2 {
		return nil, false
	}
	if id, isIdent := f.Results.List[0].Type.(*ast.Ident); !isIdent || id.Name != "bool" {
		return nil, false
	}
	for _, field := range f.Params.List {
		if _, variadic := field.Type.(*ast.Ellipsis); variadic {
			return nil, false
		}
		for range max(1, len(field.Names)) {
			values = append(values, field.Type)
		}
	}
	return values, true
}

// stubIter writes the result of an iterator's async form.
func (in *inputFile) stubIter(b *bytes.Buffer, yield ast.Expr) {
	values, _ := iterTypes(yield)
	var list []string
	for _, v := range values {
		list = append(list, string(in.source(v.Pos(), v.End())))
	}
	switch len(list) {
	case 0:
		fmt.Fprintf(b, "*%s.Iter[struct{}]", stubRT)
	case 1:
		fmt.Fprintf(b, "*%s.Iter[%s]", stubRT, list[0])
	default:
		fmt.Fprintf(b, "*%s.Iter2[%s]", stubRT, strings.Join(list, ", "))
	}
}
