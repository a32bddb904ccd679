package transform

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// forms finds the async forms of functions, as LANGUAGE's rule says: the
// same name with Async, in the same package or method set.
type forms struct {
	u    *unit
	c    *checker
	rt   *types.Package
	twin map[*types.Func]string // of the functions of this run that have a name of their own
	here map[*types.Package]bool
}

// formsFor returns the forms that the functions of u may call.
func (c *checker) formsFor(u *unit) *forms {
	fs := &forms{u: u, c: c, rt: c.rt, twin: make(map[*types.Func]string), here: make(map[*types.Package]bool)}
	for _, in := range c.order {
		if in.pkg == nil {
			continue
		}
		fs.here[in.pkg.Types] = true
		for _, f := range in.files {
			for i := range f.marks {
				if obj, ok := in.pkg.TypesInfo.Defs[f.marks[i].decl.Name].(*types.Func); ok {
					fs.twin[obj] = f.marks[i].asyncName()
				}
			}
		}
	}
	return fs
}

// A form is a function's async form.
type form struct {
	obj   *types.Func
	slots map[int]bool // parameters of the plain form that are async slots in it
	yield int          // the parameter of the plain form that it leaves out, or -1
	iter  bool         // it is an iterator's; without yield, of a function that returns one
}

// awaitNames are rt's identities, with the number of results besides the error.
var awaitNames = map[string]int{"Await0": 0, "Await": 1, "Await2": 2, "Await3": 3}

// awaitKind reports whether expr calls one of them.
func (fs *forms) awaitKind(info *types.Info, expr *ast.CallExpr) (ok bool, count int) {
	fn, _ := calleeOf(info, expr)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != rtPath {
		return false, 0
	}
	count, ok = awaitNames[fn.Name()]
	return ok, count
}

// awaitName returns the spelling of the await that takes the results of a
// function.
func (fs *forms) awaitName(sig *types.Signature) string {
	results, _ := splitResults(sig)
	for name, count := range awaitNames {
		if count == len(results) {
			return "rt." + name
		}
	}
	return "rt.Await"
}

// isBlocking reports whether fn is one that runs its argument on a goroutine
// of its own.
func (fs *forms) isBlocking(fn *types.Func) bool {
	return fn.Pkg() == fs.rt && fn.Signature().Recv() == nil && (fn.Name() == "Blocking" || fn.Name() == "Blocking0")
}

// name returns what the async form of fn is called.
func (fs *forms) name(fn *types.Func) string {
	if name := fs.twin[fn.Origin()]; name != "" {
		return name
	}
	if pkg := fn.Pkg(); pkg != nil && !fs.here[pkg] {
		if name := fs.c.twinsOf(pkg.Path())[twinKey(fn)]; name != "" {
			return name
		}
	}
	return fn.Name() + "Async"
}

// of returns the async form of fn, which sel selects if it is a method; or
// nil, and what is missing and what to do, to end a message with.
func (fs *forms) of(fn *types.Func, sel *types.Selection) (*form, reason) {
	if fs.runsLoop(fn) {
		return nil, reason{text: "which runs a loop of its own; await what it is given: rt.Await(f(x))"}
	}
	name := fs.name(fn)
	obj, plain := fs.counterpart(fn, sel, name)
	if obj == nil {
		return nil, fs.missing(fn, name)
	}
	sig := instantiated(fn, obj)
	if sig == nil {
		return nil, reason{text: fs.unlike(fn, obj, "has other type parameters", "give it those of "+fn.Name())}
	}
	if why := fs.hidden(fn, sel, obj, name); why != "" {
		return nil, reason{text: why}
	}
	f := &form{obj: obj, yield: -1}
	results, ok := splitResults(plain)
	if sig.Results().Len() != 1 {
		return nil, fs.missing(fn, name)
	}
	result := sig.Results().At(0).Type()
	want := fs.awaited(results)
	if fs.iterForm(f, plain, result) {
	} else if !ok {
		return nil, fs.missing(fn, name)
	} else if arg := fs.generatorArgs(result); arg != nil {
		f.yield = yieldIndex(plain)
		if f.yield < 0 || !types.Identical(arg[2], want) {
			return nil, fs.missing(fn, name)
		}
	} else if arg := fs.typeArgs(result, "Awaitable"); arg == nil || !types.Identical(arg[0], want) {
		return nil, reason{text: fs.unlike(fn, obj, fmt.Sprintf("does not return rt.Awaitable[%s]", fs.typeString(want)), "give it that result")}
	}
	f.slots, ok = fs.slots(plain, sig, f.yield, 0)
	if !ok {
		return nil, reason{text: fs.unlike(fn, obj, "has other parameters", "give it those of "+fn.Name())}
	}
	return f, reason{}
}

// counterpart returns the function or method that goes by name where fn is
// found, and the signature of fn to compare with.
func (fs *forms) counterpart(fn *types.Func, sel *types.Selection, name string) (*types.Func, *types.Signature) {
	if fn.Pkg() == nil {
		return nil, nil
	}
	if sel == nil {
		if fn.Signature().Recv() != nil {
			return nil, nil
		}
		obj, _ := fn.Pkg().Scope().Lookup(name).(*types.Func)
		return obj, fn.Signature()
	}
	obj, _, _ := types.LookupFieldOrMethod(sel.Recv(), true, fn.Pkg(), name)
	method, _ := obj.(*types.Func)
	return method, fn.Signature()
}

// instantiated returns the signature of the async form in the type
// parameters of fn, or nil if it has not as many.
func instantiated(fn, form *types.Func) *types.Signature {
	sig, tps := form.Signature(), fn.Signature().TypeParams()
	if sig.TypeParams().Len() != tps.Len() {
		return nil
	}
	if tps.Len() == 0 {
		return sig
	}
	var targs []types.Type
	for tp := range tps.TypeParams() {
		targs = append(targs, tp)
	}
	inst, err := types.Instantiate(nil, sig, targs, false)
	if err != nil {
		return nil
	}
	return inst.(*types.Signature)
}

// hidden says why the async form that sel's receiver has is not that of fn:
// a method and its async form come from one type at one embedding depth.
func (fs *forms) hidden(fn *types.Func, sel *types.Selection, obj *types.Func, name string) string {
	if sel == nil {
		return ""
	}
	_, index, _ := types.LookupFieldOrMethod(sel.Recv(), true, fn.Pkg(), name)
	same := len(index) == len(sel.Index())
	for i := 0; same && i < len(index)-1; i++ {
		same = index[i] == sel.Index()[i]
	}
	if same {
		return ""
	}
	return fmt.Sprintf("which is another type's than %s; declare both on the same type", name)
}

// A reason says why a function has no async form and what to do, to end a
// message with.
type reason struct {
	text     string
	unmarked bool // to mark it is one way out
}

// or returns the reason with another way out.
func (r reason) or(other string) string {
	if r.unmarked {
		return r.text + ", or " + other
	}
	return r.text
}

// missing says that fn has no async form.
func (fs *forms) missing(fn *types.Func, name string) reason {
	recv := fn.Signature().Recv()
	switch {
	case !fs.here[fn.Pkg()]:
		return reason{text: fs.missingElsewhere(fn, name)}
	case recv != nil && types.IsInterface(recv.Type()):
		sig := fn.Signature()
		if asyncSignature(sig) == nil {
			return reason{text: fmt.Sprintf("which has no async form %s, and cannot have one in an interface without an error as its last result; add that", name)}
		}
		declare := strings.TrimPrefix(fs.typeString(fs.u.slotType(sig)), "func")
		return reason{text: fmt.Sprintf("which has no async form %s; declare %[1]s%s in the interface", name, declare)}
	}
	return reason{fmt.Sprintf("which has no async form %s; mark %s with //async", name, fn.Name()), true}
}

// runsLoop reports whether fn is rt.Run or the like.
func (fs *forms) runsLoop(fn *types.Func) bool {
	return fn.Pkg() == fs.rt && fn.Signature().Recv() == nil && strings.HasPrefix(fn.Name(), "Run") && !strings.HasPrefix(fn.Name(), "Running")
}

// sameModule reports whether pkg belongs to the module that is compiled.
func (fs *forms) sameModule(pkg *types.Package) bool {
	if pkg == nil {
		return false // error's method
	}
	meta := fs.c.graph[pkg.Path()]
	return meta != nil && meta.Module != nil && fs.u.pkg.Module != nil && meta.Module.Path == fs.u.pkg.Module.Path
}

// awaited returns what an Awaitable of these results is of.
func (fs *forms) awaited(results []types.Type) types.Type {
	names := []string{2: "Pair", 3: "Triple"}
	switch len(results) {
	case 0:
		return types.NewStruct(nil, nil)
	case 1:
		return results[0]
	case 2, 3:
		if obj := fs.rt.Scope().Lookup(names[len(results)]); obj != nil {
			if t, err := types.Instantiate(nil, obj.Type(), results, false); err == nil {
				return t
			}
		}
	}
	return types.Typ[types.Invalid]
}

// typeArgs returns the type arguments of t if it is rt's generic type name,
// or a pointer to it; else nil.
func (fs *forms) typeArgs(t types.Type, name string) []types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() != fs.rt || named.Obj().Name() != name {
		return nil
	}
	var args []types.Type
	for t := range named.TypeArgs().Types() {
		args = append(args, t)
	}
	return args
}

// slots compares the parameters of a plain form with those of its async
// form, which begins with skip parameters of its own and lacks the one at
// yield. A function of the plain form that returns an error may be an async
// slot in the other.
func (fs *forms) slots(plain, async *types.Signature, yield, skip int) (map[int]bool, bool) {
	slots := make(map[int]bool)
	if plain.Variadic() != async.Variadic() {
		return nil, false
	}
	j := skip
	for i := range plain.Params().Len() {
		if i == yield {
			continue
		}
		if j >= async.Params().Len() {
			return nil, false
		}
		p, a := plain.Params().At(i).Type(), async.Params().At(j).Type()
		j++
		if plain.Variadic() && i == plain.Params().Len()-1 {
			if ps, ok := p.(*types.Slice); ok {
				if as, ok := a.(*types.Slice); ok {
					p, a = ps.Elem(), as.Elem()
				}
			}
		}
		switch {
		case types.Identical(p, a):
		case fs.isSlot(p, a):
			slots[i] = true
		default:
			return nil, false
		}
	}
	return slots, j == async.Params().Len()
}

// isSlot reports whether a is func(A…) rt.Awaitable[R] and p func(A…) (R…, error).
func (fs *forms) isSlot(p, a types.Type) bool {
	plain, ok1 := p.Underlying().(*types.Signature)
	async, ok2 := a.Underlying().(*types.Signature)
	if !ok1 || !ok2 || async.Results().Len() != 1 || !types.Identical(plain.Params(), async.Params()) || plain.Variadic() != async.Variadic() {
		return false
	}
	results, ok := splitResults(plain)
	args := fs.typeArgs(async.Results().At(0).Type(), "Awaitable")
	return ok && len(args) == 1 && types.Identical(args[0], fs.awaited(results))
}

// inFiber returns the form of a function of rt that is told which fiber
// calls it, or nil.
func (fs *forms) inFiber(fn *types.Func, sel *types.Selection) *form {
	if fn.Pkg() != fs.rt {
		return nil
	}
	obj, plain := fs.counterpart(fn, sel, fn.Name()+"In")
	if obj == nil {
		return nil
	}
	sig := instantiated(fn, obj)
	if sig == nil || sig.Params().Len() == 0 || !types.Identical(sig.Results(), plain.Results()) {
		return nil
	}
	first, ok := sig.Params().At(0).Type().(*types.Pointer)
	if !ok || !types.Identical(first.Elem(), fs.rtType("Fiber")) {
		return nil
	}
	slots, ok := fs.slots(plain, sig, -1, 1)
	if !ok {
		return nil
	}
	return &form{obj: obj, slots: slots, yield: -1}
}

// maker returns the form of a function that makes async functions, or nil: the
// same name with Async, which returns func(A…) rt.Awaitable[R].
func (fs *forms) maker(fn *types.Func, sel *types.Selection) *form {
	if madeBy(fn.Signature()) == nil {
		return nil
	}
	obj, plain := fs.counterpart(fn, sel, fs.name(fn))
	if obj == nil {
		return nil
	}
	sig := instantiated(fn, obj)
	if sig == nil || sig.Results().Len() != 1 || !fs.isSlot(plain.Results().At(0).Type(), sig.Results().At(0).Type()) || fs.hidden(fn, sel, obj, fs.name(fn)) != "" {
		return nil
	}
	slots, ok := fs.slots(plain, sig, -1, 0)
	if !ok {
		return nil
	}
	return &form{obj: obj, slots: slots, yield: -1}
}

// rtType returns a type of rt that is not generic.
func (fs *forms) rtType(name string) types.Type {
	if obj := fs.rt.Scope().Lookup(name); obj != nil {
		return obj.Type()
	}
	return types.Typ[types.Invalid]
}

// typeString returns a type as messages name it.
func (fs *forms) typeString(t types.Type) string {
	return types.TypeString(t, func(pkg *types.Package) string {
		if pkg == fs.u.pkg.Types {
			return ""
		}
		return pkg.Name()
	})
}
