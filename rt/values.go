package rt

import (
	"context"
	"maps"
)

// SetValue has rt.Context().Value(key) be value for the calling task, until the task ends or leaves the WithContext that it is in;
// for the tasks that it spawns and the callbacks that it schedules from now on; and for nobody else: those have a copy (statements
// 023, 072). A context that rt.Context returned before does not change. Keys are as for context.WithValue: comparable, and of a
// type of their own. Outside a task, and in a callback, SetValue panics with Misuse.
//
// A value that holds for a call alone is better given to WithContext0:
//
//	err := rt.Await0(rt.WithContext0(context.WithValue(rt.Context(), userKey{}, name), func() error { … }))
func SetValue(key, value any) { runningFiber("rt.SetValue").setValue(key, value) }

// SetValueIn is SetValue in an async function.
func SetValueIn(fb *Fiber, key, value any) {
	if fb.loop == nil { // driven by hand, perhaps inside a task
		SetValue(key, value)
		return
	}
	fb.setValue(key, value)
}

// values is what a context of rt finds values in. Nothing in it changes, so tasks share it, and other goroutines may look.
type values struct {
	set   map[any]any     // by SetValue
	ctx   context.Context // then what WithContext was given, never done; may be nil
	outer *values         // then the values outside that WithContext
}

// find returns the value of key, nil if there is none.
func (v *values) find(key any) any {
	for ; v != nil; v = v.outer {
		if found, ok := v.set[key]; ok {
			return found
		}
		if v.ctx != nil {
			if found := v.ctx.Value(key); found != nil {
				return found
			}
		}
	}
	return nil
}

// with returns v with one more value.
func (v *values) with(key, value any) *values {
	n := new(values)
	if v != nil {
		*n = values{set: maps.Clone(v.set), ctx: v.ctx, outer: v.outer}
	}
	if n.set == nil {
		n.set = make(map[any]any)
	}
	n.set[key] = value
	return n
}

func (fb *Fiber) setValue(key, value any) {
	switch {
	case fb.scope == nil:
		panic(Misuse("rt: SetValue in a callback, which has the values of who scheduled it: set them there, or spawn a task"))
	case key == nil:
		panic(Misuse("rt: SetValue with the key nil: use a value of a type of your own"))
	}
	fb.setValues(fb.values().with(key, value))
}

// values returns what the contexts of fb find.
func (fb *Fiber) values() *values {
	if fb.extra == nil {
		return nil
	}
	return fb.extra.values
}

// setValues makes v what the contexts of fb find.
func (fb *Fiber) setValues(v *values) {
	if v != fb.values() {
		fb.more().values = v
	}
}

// runningValues returns the values of what l runs, a task or a callback.
func (l *Loop) runningValues() *values {
	if fb := l.current; fb != nil {
		return fb.values()
	}
	return l.values
}

// carry returns f as a callback that has the values of who schedules it.
func (l *Loop) carry(f func()) func() {
	v := l.runningValues()
	if v == nil {
		return f
	}
	return func() {
		l.values = v // until the end; after a panic, until that is reported
		f()
		l.values = nil
	}
}
