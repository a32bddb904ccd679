package rt

import (
	"fmt"
	"runtime"
	"strings"
	"unsafe"
)

// Failure is how a coroutine ended that did not return. As an error its text is that of a crash: what it panicked with, and where.
type Failure struct {
	// Value is what it panicked with; nil if it called runtime.Goexit.
	Value any
	// Stack has the program counters of the panic, innermost first, for runtime.CallersFrames. Where the panic passed from a
	// coroutine to a suspended caller, it ends.
	Stack []uintptr
	// Awaiting goes on where Stack ends: the functions that awaited the coroutine, innermost first, then those that awaited its task,
	// or the Gather, Map, Nursery or the like that it was a function of, and so on through all tasks that the panic has passed; the
	// nearest ones.
	Awaiting []Call
	// Goexit says that it called runtime.Goexit.
	Goexit bool
	// Prev is the failure that was under way when a deferred call panicked, nil for none.
	Prev *Failure

	over bool     // it was recovered: see caught
	of   *Failure // of another task, which this is as who awaits it has met it; nil once that has taken it
}

// Misuse is what the runtime panics with where the program has a bug: it says what was found and what to write instead.
type Misuse string

// Error returns the message.
func (m Misuse) Error() string { return string(m) }

// goexit is the value that unwinds suspended callers of a coroutine that called runtime.Goexit.
type goexit struct{ failure *Failure }

// Error says what happened, should the value end the program.
func (goexit) Error() string { return "rt: result of a coroutine that called runtime.Goexit" }

// maxStack bounds Failure.Stack, in frames.
const maxStack = 64

// newFailure makes the failure of a panic with value p. It must be called, at any depth, by the deferred function that
// recovered p, so that the stack still has the place of the panic.
func newFailure(p any) *Failure {
	if g, ok := p.(goexit); ok {
		return g.failure
	}
	var pcs [maxStack]uintptr
	n := runtime.Callers(2, pcs[:])
	return &Failure{Value: p, Stack: append([]uintptr(nil), pcs[:n]...)}
}

// caught returns the failure of a panic with value p that was just recovered on fb: the one that was raised again on its way
// up, with the stack of where it began, or a new one. That has the stack of the last one, too, if it has its value and that was
// recovered: who recovers may panic again with what it got; or if it is the Result of what failed elsewhere. If p is nil, it is a
// Goexit. Where code that is no coroutine has called Goexit, and a deferred call panicked, it notes that the goroutine is exiting, which
// a panic does not tell: see exiting.
func (fb *Fiber) caught(p any) *Failure {
	if p == nil {
		return &Failure{Goexit: true}
	}
	if g, ok := p.(goexit); ok {
		return g.failure
	}
	if fb == nil {
		return newFailure(p)
	}
	before := fb.failedWith(p)
	if before != nil && before.of == nil && !before.over {
		return before
	}
	x := newFailure(p)
	x.Awaiting = fb.awaiting()
	if underGoexit(x.Stack) {
		x.Prev = &Failure{Goexit: true}
		fb.flags |= fiberExiting
	}
	if before != nil && (before.of == nil || raisedAgain(x.Stack)) {
		x.Stack, x.Awaiting = before.Stack, before.Awaiting
	}
	fb.more().failing = x
	return x
}

// failedWith returns the last panic on its way up through fb, or the one that another task ended by which fb has waited for, if its value
// was p; else nil.
func (fb *Fiber) failedWith(p any) *Failure {
	if fb.extra == nil || fb.extra.failing == nil || !identical(fb.extra.failing.Value, p) {
		return nil
	}
	return fb.extra.failing
}

// raisedAgain reports whether a panic with this stack, of who has recovered it, is one of Result. After a wait that does not panic, as Wait,
// that is how the failure of another task comes to who has waited, and what else panics with its value is no part of it.
func raisedAgain(stack []uintptr) bool {
	frames := runtime.CallersFrames(stack)
	for raised, more := false, len(stack) > 0; more; {
		var f runtime.Frame
		if f, more = frames.Next(); raised {
			return strings.HasSuffix(f.Function, "/rt.(*Failure).raise")
		}
		raised = f.Function == "runtime.gopanic"
	}
	return false
}

// Recovered returns the failure of the panic that the calling deferred function has recovered, with p, to report it: it has the stack of
// where the panic began, also if that was in a function which the one that recovers has awaited. Anywhere in a task, in both forms.
func Recovered(p any) *Failure {
	var fb *Fiber
	if l := here().loop; l != nil {
		fb = l.Current()
	}
	return fb.caughtAside(p)
}

// caughtAside is caught where it is not Leave, or who else resumes coroutines, that has recovered p: in a plain task, or in a deferred
// call. The goroutine exits there by itself.
func (fb *Fiber) caughtAside(p any) *Failure {
	x := fb.caught(p)
	if fb != nil {
		fb.flags &^= fiberExiting
	}
	return x
}

// caughtExiting is caught on a goroutine that is exiting: once the panic is recovered, the Goexit goes on.
func (fb *Fiber) caughtExiting(p any) *Failure {
	x := fb.caught(p)
	if x.recovered() == nil {
		x.Prev = &Failure{Goexit: true}
	}
	if fb != nil {
		fb.flags &^= fiberExiting
	}
	return x
}

// raise panics in the caller of a failed coroutine.
func (x *Failure) raise() {
	if x.Goexit {
		panic(goexit{x})
	}
	panic(x.Value)
}

// recovered returns what is left of x when its panic is recovered: the Goexit that it interrupted, or nil.
func (x *Failure) recovered() *Failure {
	for x != nil && !x.Goexit {
		x = x.Prev
	}
	return x
}

// elsewhere returns x as a fiber sees it that waits for the one that ended by x: the Goexit that a panic interrupted is not its own.
func (x *Failure) elsewhere() *Failure {
	if x.Goexit || x.recovered() == nil {
		return x
	}
	alone := *x
	alone.Prev = nil
	return &alone
}

// panics reports whether x is a panic: not nil, which is none, and no Goexit.
func (x *Failure) panics() bool { return x != nil && !x.Goexit }

// goOn panics natively with x, if that is a panic: it is under way and a deferred call is to find it so.
func (x *Failure) goOn() {
	if x.panics() {
		panic(x.Value)
	}
}

// passOn panics with x, if that is a panic. Deferred, it does so under Goexit, too.
func (x *Failure) passOn() {
	if x.panics() {
		x.crash()
	}
}

// describe returns one line about x.
func (x *Failure) describe() string {
	if x.Goexit {
		return "runtime.Goexit"
	}
	return fmt.Sprintf("panic: %v", x.Value)
}

// Error returns what the coroutine panicked with, the stack of the panic, and the functions that awaited the coroutine, with the
// source line of each await.
func (x *Failure) Error() string {
	var b strings.Builder
	b.WriteString(x.describe())
	if len(x.Stack) > 0 {
		b.WriteByte('\n')
	}
	frames := runtime.CallersFrames(x.Stack)
	for raised, more := false, len(x.Stack) > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.HasSuffix(f.Function, runsSteps) {
			break // below it is who runs the loop
		}
		switch {
		case f.Function == "runtime.gopanic":
			raised = true // what comes before are the calls that recovered it
		case raised && !ours(f.Function, f.File):
			fmt.Fprintf(&b, "\n%s\n\t%s:%d", f.Function, f.File, f.Line)
		}
	}
	for _, c := range x.Awaiting {
		fmt.Fprintf(&b, "\nawaited by %v", c)
	}
	if x.Prev != nil {
		b.WriteString("\n\nwhile it ended by ")
		b.WriteString(x.Prev.Error())
	}
	return b.String()
}

// Unwrap returns what the coroutine panicked with, if that is an error.
func (x *Failure) Unwrap() error {
	err, _ := x.Value.(error)
	return err
}

// crash panics with x's value where nothing of the stack of x is left. Whoever recovers gets the value. If nobody does, Go prints
// x, too, with the stack: it prints the panics whose deferred calls panicked again.
func (x *Failure) crash() {
	defer func() { x.raise() }()
	panic(crashing{x})
}

// crashing is a failure as Go prints it behind a "panic: " of its own.
type crashing struct{ failure *Failure }

func (c crashing) Error() string { return strings.TrimPrefix(c.failure.Error(), "panic: ") }

// identical reports whether a and b are one interface value: the same type and the same word of data. Panic and recover pass
// it on untouched, so this tells a value that was raised again from a new one. Comparing with == would not do: it panics for
// some types and calls different panics with equal values the same.
func identical(a, b any) bool {
	return *(*[2]unsafe.Pointer)(unsafe.Pointer(&a)) == *(*[2]unsafe.Pointer)(unsafe.Pointer(&b))
}
