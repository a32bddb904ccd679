package transform

import (
	"go/types"
)

// operation returns the type that fn's package offers to embed for a call of
// fn, or nil: FOp for a function F, TMOp for a method T.M, with the type
// parameters of the receiver and then of the function, and with Init (of the
// receiver and the parameters), Start and Result on its pointer.
func (fs *forms) operation(fn *types.Func, sel *types.Selection, f *form) *types.TypeName {
	fn = fn.Origin()
	sig := fn.Signature()
	name := fn.Name() + "Op"
	var recv []types.Type
	if sel != nil {
		if sig.Recv() == nil || types.IsInterface(sig.Recv().Type()) {
			return nil
		}
		name = typeName(sig.Recv().Type()) + upperFirst(name)
		recv = []types.Type{sig.Recv().Type()}
	}
	obj, ok := fn.Pkg().Scope().Lookup(name).(*types.TypeName)
	if !ok || !obj.Exported() && fn.Pkg() != fs.u.pkg.Types {
		return nil
	}
	t := instanceFor(obj, sig)
	if t == nil {
		return nil
	}
	init, result, start := methodOf(t, obj.Pkg(), "Init"), methodOf(t, obj.Pkg(), "Result"), methodOf(t, obj.Pkg(), "Start")
	if init == nil || result == nil || start == nil {
		return nil
	}
	if len(recv) > 0 && (init.Params().Len() == 0 || !types.Identical(init.Params().At(0).Type(), recv[0])) {
		return nil
	}
	slots, ok := fs.slots(sig, init, -1, len(recv))
	if !ok || len(slots) != len(f.slots) || result.Results().Len() != 2 {
		return nil
	}
	if results, ok := splitResults(sig); !ok || !types.Identical(result.Results().At(0).Type(), fs.awaited(results)) {
		return nil
	}
	return obj
}

// instanceFor returns obj's type with the type parameters of a function and
// its receiver as arguments, or nil if they do not fit.
func instanceFor(obj *types.TypeName, sig *types.Signature) types.Type {
	var targs []types.Type
	for tp := range sig.RecvTypeParams().TypeParams() {
		targs = append(targs, tp)
	}
	for tp := range sig.TypeParams().TypeParams() {
		targs = append(targs, tp)
	}
	named, ok := types.Unalias(obj.Type()).(*types.Named)
	if !ok || named.TypeParams().Len() != len(targs) {
		return nil
	}
	if len(targs) == 0 {
		return named
	}
	t, err := types.Instantiate(nil, named, targs, false)
	if err != nil {
		return nil
	}
	return t
}

// methodOf returns the signature of a method of a pointer to t, or nil.
func methodOf(t types.Type, pkg *types.Package, name string) *types.Signature {
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, pkg, name)
	if fn, ok := obj.(*types.Func); ok {
		return fn.Signature()
	}
	return nil
}

// typeName returns the name of a receiver's type.
func typeName(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}
