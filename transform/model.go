package transform

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// A unit is one package that has async functions. load makes it, check
// completes the calls; the later passes only read it.
type unit struct {
	pkg     *packages.Package
	rt      *types.Package
	slots   slotVars // variables that hold async functions
	sources []*source
	funcs   map[*types.Func]*function // by the object of the plain form (Origin of a generic one)
	diags   *diagnostics

	coroNames map[string]bool // what the types of coroutines are called, and what makes those of literals

	// Set by hoist, once it is known where variables are kept.
	locals       map[types.Object]*localDecl       // types and constants of the async functions
	hoisted      map[*types.TypeName]*function     // those that are declared at package level, each with its function
	typeNames    map[*types.TypeName]string        // what local types and blank type parameters are called
	hoistedNames map[*ast.FuncDecl]map[string]bool // what the hoisted ones of each function are called
	allHoisted   map[string]bool                   // and those of all
}

// rtType is a type of rt, instantiated.
func (u *unit) rtType(name string, args ...types.Type) types.Type {
	t := u.rt.Scope().Lookup(name).Type()
	if len(args) > 0 {
		t, _ = types.Instantiate(nil, t, args, false)
	}
	return t
}

// A source is one file with async functions, and the file that is made of it.
type source struct {
	unit       *unit
	file       *ast.File
	path       string // absolute: …/x.go
	out        string // absolute: …/x_async.go
	text       []byte // what the positions of file refer to
	constraint string // the file's "//go:build …" line, or ""
	funcs      []*function
}

// A function is one function marked //async, or an async function literal in
// one: a literal that fills a slot, or is deferred, and awaits. A literal has a
// coroutine of its own, whose first parameters are what it captures.
type function struct {
	src      *source
	decl     *ast.FuncDecl // of a literal: that around it
	obj      *types.Func   // of a literal: that around it
	lit      *ast.FuncLit  // nil for a declared function
	deferred bool          // the literal is what a defer statement calls
	early    bool          // it may run while the package is initialised
	circle   int           // the same number as those have that it awaits and that may come back to it
	lits     []*function   // the async literals right in it, in source order
	sig      *types.Signature
	async    string             // name of the async form: fetchAsync, fetchFunc1Async
	coro     string             // name of the coroutine's type: fetchCoro, clientFetchCoro, fetchFunc1Coro
	results  []types.Type       // of the plain form without the error: at most three
	yields   yielding           // what its yield parameter makes of it
	yield    *types.Var         // that parameter, or else nil
	seq      *ast.FuncLit       // the literal that a function which returns an iterator consists of, or nil
	ranges   map[ast.Expr]*call // what loops range over that pull a marked iterator
	calls    map[*ast.CallExpr]*call
	filled   map[ast.Expr]*slot // what fills slots, beside the arguments of calls
	order    []*call            // the awaits and yields of calls, in source order; order[i].state == i+1
	byPos    []*call            // the same, by where they begin, the larger first
}

// node is the declaration or the literal.
func (fn *function) node() ast.Node {
	if fn.lit != nil {
		return fn.lit
	}
	return fn.decl
}

// body is what the function does.
func (fn *function) body() *ast.BlockStmt {
	switch {
	case fn.lit != nil:
		return fn.lit.Body
	case fn.seq != nil:
		return fn.seq.Body
	}
	return fn.decl.Body
}

// makes reports whether the function awaits nothing but makes an async
// function: it returns one, and nothing else.
func (fn *function) makes() bool { return fn.lit == nil && madeBy(fn.sig) != nil }

// madeBy is what a function with this signature makes, if that is a function
// that can have an async form, else nil.
func madeBy(sig *types.Signature) types.Type {
	if sig.Results().Len() != 1 || asyncSignature(sig.Results().At(0).Type()) == nil {
		return nil
	}
	return sig.Results().At(0).Type()
}

// name is what comments call the function.
func (fn *function) name() string {
	if fn.lit != nil {
		return "the function literal"
	}
	return fn.obj.Name()
}

// linked is the function's name in a comment: a link to its documentation, if it has one.
func (fn *function) linked() string {
	if fn.lit != nil || !fn.obj.Exported() {
		return fn.name()
	}
	switch recv := receiverName(fn.decl); {
	case recv == "":
		return "[" + fn.name() + "]"
	case token.IsExported(recv):
		return "[" + recv + "." + fn.name() + "]"
	}
	return fn.name()
}

// typeParams are the type parameters that the function's code may name.
func (fn *function) typeParams() (list []*types.TypeParam) {
	sig := fn.obj.Signature()
	list = slices.AppendSeq(list, sig.RecvTypeParams().TypeParams())
	return slices.AppendSeq(list, sig.TypeParams().TypeParams())
}

// all are the function and the async literals in it, outer ones first.
func (fn *function) all() []*function {
	list := []*function{fn}
	for _, lit := range fn.lits {
		list = append(list, lit.all()...)
	}
	return list
}

// litOf is the async literal right in fn that lit is, or nil.
func (fn *function) litOf(lit *ast.FuncLit) *function {
	for _, l := range fn.lits {
		if l.lit == lit {
			return l
		}
	}
	return nil
}

// suspendsIn reports whether n contains an await or a yield of the function.
func (fn *function) suspendsIn(n ast.Node) bool { return len(fn.within(n)) > 0 }

// within are the awaits and yields in n, by position.
func (fn *function) within(n ast.Node) []*call {
	from, _ := slices.BinarySearchFunc(fn.byPos, n.Pos(), func(c *call, pos token.Pos) int { return cmp.Compare(c.expr.Pos(), pos) })
	for from < len(fn.byPos) && fn.byPos[from].expr.Pos() == n.Pos() && fn.byPos[from].expr.End() > n.End() {
		from++ // n is the beginning of that call
	}
	to := from
	for to < len(fn.byPos) && fn.byPos[to].expr.Pos() < n.End() {
		to++
	}
	return fn.byPos[from:to]
}

type callKind uint8

const (
	callAwait   callKind = iota // rt.Await…(target)
	callYield                   // yield(v)
	callInFiber                 // rt.Spawn(f): compiles to rt.SpawnIn(fb, f)
	callMaker                   // logged(f), which makes an async function: compiles to loggedAsync(f)
	callIter                    // what is ranged over: fAsync(x), to be pulled
	callEach                    // rt.Each(source) ranged over: the await of each value
)

// A call is a call in a function's body that does not stay as it is written.
type call struct {
	kind  callKind
	expr  *ast.CallExpr // the whole: rt.Await(c.size(u)), yield(1), rt.Spawn(f)
	state int           // awaits and yields: 1…n
	tail  bool          // the function ends with it: see tails.go

	// Awaits. An iterator's call that passes yield on is one, without rt.Await.
	count  int           // results besides the error: Await0 is 0
	target *ast.CallExpr // c.size(u)
	yield  *types.Var    // the yield that it passes on: yield from
	named  ast.Expr      // callIter, callEach without a target: the iterator's or generator's name
	lit    *function     // callEach without either: the literal that is the source
	callee callee

	// Awaits and in-fiber calls: arguments of target (or expr) whose type is
	// a function in the plain form and an async slot in the async form.
	slots map[ast.Expr]*slot
}

// A callee is the async form of the function that an await calls. Exactly
// one of local, op, form and value is set.
type callee struct {
	fn    *types.Func      // the plain form (Origin); nil with value
	sel   *types.Selection // of a method call, else nil
	local *function        // its coroutine is generated in this unit
	op    *types.TypeName  // its package offers an operation to embed
	form  *types.Func      // its async form, called for an Awaitable (an interface's method, another package's coroutine)
	value *slot            // what is called is no function by name but the value of a slot
	iter  bool             // it is an iterator
}

// made reports whether the callee makes an Awaitable, which is all that is
// known of its coroutine.
func (c *callee) made() bool { return c.form != nil || c.value != nil }

// A slot is how an expression fills an async slot, func(A…) rt.Awaitable[R]:
// one of form, variable, maker, lit and none is set.
type slot struct {
	form     *types.Func  // a function or method by name: its async form, to be written in the name's place
	variable *types.Var   // a slot variable
	maker    *call        // a call that makes one
	name     string       // the name to write; of a variable, if that is another one
	lit      *ast.FuncLit // a literal
	await    *call        // all that the literal does is to return this
	fn       *function    // or it has a coroutine of its own; neither: it awaits nothing
	none     bool         // nil
}
