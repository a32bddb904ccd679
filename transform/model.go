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
	sources []*source
	funcs   map[*types.Func]*function // by the object of the plain form (Origin of a generic one)
	diags   *diagnostics
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

// A function is one function marked //async.
type function struct {
	src     *source
	decl    *ast.FuncDecl
	obj     *types.Func
	sig     *types.Signature
	async   string       // name of the async form: fetchAsync
	coro    string       // name of the coroutine's type: fetchCoro, clientFetchCoro
	results []types.Type // of the plain form without the error: at most three
	yield   *types.Var   // a generator's yield parameter, else nil
	calls   map[*ast.CallExpr]*call
	order   []*call // the awaits and yields of calls, in source order; order[i].state == i+1
	byPos   []*call // the same, by where they begin, the larger first
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
)

// A call is a call in a function's body that does not stay as it is written.
type call struct {
	kind  callKind
	expr  *ast.CallExpr // the whole: rt.Await(c.size(u)), yield(1), rt.Spawn(f)
	state int           // awaits and yields: 1…n

	// Awaits.
	count  int           // results besides the error: Await0 is 0
	target *ast.CallExpr // c.size(u)
	callee callee

	// Awaits and in-fiber calls: arguments of target (or expr) whose type is
	// a function in the plain form and an async slot in the async form.
	slots map[ast.Expr]*slot
}

// A callee is the async form of the function that an await calls. Exactly
// one of local, op and async is set.
type callee struct {
	fn       *types.Func      // the plain form (Origin)
	sel      *types.Selection // of a method call, else nil
	local    *function        // its coroutine is generated in this unit
	op       *types.TypeName  // its package offers an operation to embed
	form     *types.Func      // its async form, called for an Awaitable (an interface's method, another package's coroutine)
	delegate bool             // it is a generator and takes this function's yield: yield from
}

// A slot is how an argument fills an async slot, func(A…) rt.Awaitable[R].
// With a form it is a function or method by name; otherwise a literal whose
// body is one return of one await.
type slot struct {
	form  *types.Func  // its async form, to be written in the name's place; local's object may not exist yet
	name  string       // the name to write
	lit   *ast.FuncLit // nil by name
	await *call        // the literal's await
}
