package transform

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Vet looks, in the async functions of the packages that opts names, for what
// compiles, and yet does on a loop what it should not: it blocks the loop and
// with it all other tasks, it runs beside the loop, or it asks the system for
// the time or for chance, so that a fake clock and a replay do not hold. The
// Diagnostics are these and the refusals of Run. There are no Files.
//
// A line is not looked at if a comment at its end, or alone above it, says so
// and why:
//
//	mu.Lock() //goasync:allow held for a few instructions by whoever has it
//
// What a call does inside is not looked into, but for that of a function
// that is known to block.
func Vet(opts Options) (*Result, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	p, err := load(opts)
	if err != nil {
		return nil, err
	}
	var found []Diagnostic
	for _, in := range p.inputs {
		if in.pkg != nil && !in.broken {
			u := in.unit()
			forms := in.world.formsFor(u)
			resolve(u, forms)
			check(u, forms)
			for _, src := range u.sources {
				vetSource(src, forms)
			}
		}
		found = append(found, in.diags.list...)
	}
	return &Result{Diagnostics: report(opts.Dir, found)}, nil
}

// A vetter looks at one async function.
type vetter struct {
	u       *unit
	forms   *forms
	info    *types.Info
	allowed allowances
	awaited map[*ast.CallExpr]bool // the calls in rt.Await
}

func vetSource(src *source, fs *forms) {
	allowed := allowedLines(src)
	defer allowed.unused(src.unit)
	for _, fn := range src.funcs {
		v := &vetter{u: src.unit, forms: fs, info: src.unit.pkg.TypesInfo, allowed: allowed, awaited: make(map[*ast.CallExpr]bool)}
		if fn.decl.Body != nil { // else it was refused
			v.walk(fn.decl.Body)
		}
	}
}

// allowMark begins the comment that allows a line.
const allowMark = "//goasync:allow"

// An allowance is such a comment.
type allowance struct {
	pos  token.Pos
	used bool
}

// allowances are those of a file, by the lines that they allow.
type allowances map[int]*allowance

// allowedLines returns the lines with such a comment, and those below one that
// stands alone. It refuses one that does not say why.
func allowedLines(src *source) allowances {
	lines := make(allowances)
	fset := src.unit.pkg.Fset
	for _, group := range src.file.Comments {
		for _, c := range group.List {
			reason, ok := strings.CutPrefix(c.Text, allowMark)
			if !ok || reason != "" && reason[0] != ' ' {
				continue
			}
			if reason, _, _ = strings.Cut(reason, "//"); strings.TrimSpace(reason) == "" {
				src.unit.refuse(c.Pos(), "%s without a reason; say behind it why the line is right", allowMark)
			}
			pos := fset.Position(c.Pos())
			line := pos.Line
			if alone(src.text, pos) {
				line = fset.Position(group.End()).Line + 1
			}
			lines[line] = &allowance{pos: c.Pos()}
		}
	}
	return lines
}

// unused warns of the comments that allow nothing.
func (lines allowances) unused(u *unit) {
	for _, a := range lines {
		if !a.used {
			u.diags.at(a.pos, "%s of a line of which there is nothing to say; remove it", allowMark)
		}
	}
}

// alone reports whether nothing stands left of pos in its line.
func alone(text []byte, pos token.Position) bool {
	return strings.TrimSpace(string(text[pos.Offset-pos.Column+1:pos.Offset])) == ""
}

func (v *vetter) warn(pos token.Pos, format string, args ...any) {
	if a := v.allowed[v.u.pkg.Fset.Position(pos).Line]; a != nil {
		a.used = true
		return
	}
	v.u.diags.at(pos, format, args...)
}

// walk looks at what runs on the loop: literals too, but for those that run on
// goroutines.
func (v *vetter) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			v.warn(n.Pos(), "go statement: the goroutine runs beside the loop, in no fixed order, and no cancel reaches it; start a task with rt.Spawn, or await rt.Blocking")
			v.elsewhere(n.Call)
			return false
		case *ast.SelectStmt:
			v.selects(n)
			return false
		case *ast.SendStmt:
			v.warn(n.Arrow, "send to a channel, which blocks the loop; await rt.SendTo(%s, …)", show(n.Chan))
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				v.warn(n.OpPos, "receive from a channel, which blocks the loop; await rt.Recv(%s)", show(n.X))
			}
		case *ast.RangeStmt:
			if t := v.info.TypeOf(n.X); t != nil {
				if _, isChan := commonUnder(t).(*types.Chan); isChan {
					v.warn(n.For, "range over a channel, which blocks the loop; await rt.Recv(%s) until it fails with rt.ErrClosed", show(n.X))
				}
			}
		case *ast.AssignStmt:
			eachGiven(n, v.field)
		case *ast.KeyValueExpr:
			v.field(n.Key, n.Value)
		case *ast.CallExpr:
			return v.call(n)
		}
		return true
	})
}

// elsewhere looks at a call whose function and literals run on a goroutine;
// the other arguments are evaluated here.
func (v *vetter) elsewhere(call *ast.CallExpr) {
	for _, x := range append([]ast.Expr{call.Fun}, call.Args...) {
		if _, isLit := ast.Unparen(x).(*ast.FuncLit); !isLit {
			v.walk(x)
		}
	}
}

// selects looks at a select statement. With a default it does not block.
func (v *vetter) selects(s *ast.SelectStmt) {
	if !hasDefault(s) {
		v.warn(s.Select, "select without default, which blocks the loop; await rt.Select with an rt.Receiver for each channel")
	}
	for _, c := range s.Body.List {
		clause := c.(*ast.CommClause)
		switch comm := clause.Comm.(type) {
		case *ast.SendStmt:
			v.walk(comm.Chan)
			v.walk(comm.Value)
		case *ast.ExprStmt:
			v.walk(ast.Unparen(comm.X).(*ast.UnaryExpr).X)
		case *ast.AssignStmt:
			for _, x := range comm.Lhs {
				v.walk(x)
			}
			v.walk(ast.Unparen(comm.Rhs[0]).(*ast.UnaryExpr).X)
		}
		for _, stmt := range clause.Body {
			v.walk(stmt)
		}
	}
}

// call looks at a call, and reports whether to look into it.
func (v *vetter) call(call *ast.CallExpr) bool {
	if is, _ := v.forms.awaitKind(v.info, call); is && len(call.Args) == 1 {
		if target, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); ok {
			v.awaited[target] = true
		}
	}
	fn, sel := calleeOf(v.info, call)
	if fn == nil {
		return true
	}
	if v.forms.isBlocking(fn) {
		v.elsewhere(call)
		return false
	}
	switch advice := blocks(fn); {
	case advice != "":
		v.warn(call.Pos(), "call of %s, %s", nameOf(fn), advice)
	case v.forms.runsLoop(fn):
		v.warn(call.Pos(), "call of %s, which fails where a loop runs already; await what it is given, or give it to rt.Spawn", nameOf(fn))
	}
	if form, _ := v.forms.of(fn, sel); form == nil && !v.awaited[call] {
		v.arguments(call, fn)
		v.functions(call, fn)
	}
	return true
}

// functions warns of async functions that are given to what has no async form:
// it can only call the form that blocks.
func (v *vetter) functions(call *ast.CallExpr, to *types.Func) {
	if to.Pkg() == v.forms.rt {
		return
	}
	for _, arg := range call.Args {
		fn, sel := functionNamed(v.info, arg)
		if fn == nil {
			continue
		}
		if form, _ := v.forms.of(fn, sel); form != nil && !form.iter {
			v.warn(arg.Pos(), "%s as a function for %s, which has no async form, so that its calls block the loop; mark %[2]s and await it, or call it in rt.Blocking", show(arg), show(call.Fun))
		}
	}
}

// arguments looks at what is given to a function that has no async form, unless
// it is code that awaits itself.
func (v *vetter) arguments(call *ast.CallExpr, fn *types.Func) {
	sig, ok := v.info.TypeOf(call.Fun).(*types.Signature)
	if !ok || v.knowsAwaits(fn.Pkg()) {
		return
	}
	for i, arg := range call.Args {
		if i < sig.Params().Len() {
			v.hides(arg, sig.Params().At(i).Type(), show(call.Fun))
		}
	}
}

// field looks at what is given to the field of a struct of a package that does
// not await.
func (v *vetter) field(to, value ast.Expr) {
	if f := variableNamed(v.info, to); f != nil && f.IsField() && !v.knowsAwaits(f.Pkg()) && f.Pkg() != v.u.pkg.Types {
		v.hides(value, v.info.TypeOf(to), show(to))
	}
}

// hides warns of a value that could be awaited and is given away, for what or
// whom it says, as what blocks: a Conn as an io.Reader. Who takes it knows
// only that form of its methods.
func (v *vetter) hides(e ast.Expr, as types.Type, to string) {
	from := v.info.TypeOf(e)
	if as == nil || from == nil || types.IsInterface(from) {
		return
	}
	face, ok := as.Underlying().(*types.Interface)
	if !ok {
		return
	}
	method := hiddenMethod(from, face)
	if method == "" {
		return
	}
	instead := "poll.Read, poll.Copy or poll.NewReader"
	if method == "Write" {
		instead = "poll.Write, poll.Copy or poll.NewWriter"
	}
	v.warn(e.Pos(), "%s as %s for %s, whose calls of %s block the loop; give it to a function that awaits, such as %s, or do that in rt.Blocking",
		show(e), types.TypeString(as, types.RelativeTo(v.u.pkg.Types)), to, method, instead)
}

// knowsAwaits reports whether a package uses rt.
func (v *vetter) knowsAwaits(pkg *types.Package) bool {
	return pkg == v.forms.rt || pkg != nil && slices.Contains(pkg.Imports(), v.forms.rt)
}

// hiddenMethod names a method of to that has an async form in from and not
// in to.
func hiddenMethod(from types.Type, to *types.Interface) string {
	methods := types.NewMethodSet(from)
	for m := range to.Methods() {
		form := m.Name() + "Async"
		if obj, _, _ := types.LookupFieldOrMethod(to, false, nil, form); obj == nil && methods.Lookup(nil, form) != nil {
			return m.Name()
		}
	}
	return ""
}

// nameOf names a function as its users write it: time.Sleep, sync.Mutex.Lock.
func nameOf(fn *types.Func) string {
	name := fn.Pkg().Name() + "."
	if recv := fn.Signature().Recv(); recv != nil {
		t := recv.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := t.(*types.Named); ok {
			name += named.Obj().Name() + "."
		}
	}
	return name + fn.Name()
}

// blocks says what a function of the standard library does that should not
// be done on a loop, and what to write instead; "" for any other.
func blocks(fn *types.Func) string {
	if fn.Pkg() == nil {
		return ""
	}
	name := fn.Pkg().Path() + strings.TrimPrefix(nameOf(fn), fn.Pkg().Name())
	i, ok := slices.BinarySearchFunc(blocking, name, func(b knownCall, name string) int { return cmp.Compare(b.name, name) })
	if ok {
		return blocking[i].advice
	}
	if path := fn.Pkg().Path(); (path == "math/rand" || path == "math/rand/v2") && fn.Signature().Recv() == nil && !strings.HasPrefix(fn.Name(), "New") {
		return "whose numbers a replay does not repeat; use rt.Rand()"
	}
	return ""
}
