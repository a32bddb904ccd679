package rt

import (
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Failure.Awaiting, the part of a stack that is no goroutine's. It grows where a failure passes to other functions than those on the
// stack of the panic: first by the functions that were suspended in calls of the one that panicked, and then, each time it passes from
// one task to another that awaits it, by those of the other. Who awaits learns of the failure in two steps, since both know something
// that the other does not:
//
//	meets   while the fiber is still suspended: its coroutines know their positions, and forget them when they run
//	takes   when it runs again and is about to panic: a plain task finds its functions on its own stack, and so does who had not
//	        to wait, because the other had ended before

// awaiting returns the suspended functions that await what is running on fb, up to maxStack of them.
func (fb *Fiber) awaiting() []Call { return fb.suspended(true) }

// suspended returns the functions of fb that are suspended, innermost first; but for the first if that is running.
func (fb *Fiber) suspended(running bool) (calls []Call) {
	plain := new(goroutineStacks)
	for co := range fb.calls {
		if !running {
			calls = append(calls, callsOf(co, plain)...)
		}
		running = false
		if len(calls) >= maxStack {
			break
		}
	}
	return calls
}

// runningCalls returns the functions on the stack of the calling goroutine, up to who runs the loop.
func runningCalls() (calls []Call) {
	var pcs [2 * maxStack]uintptr // half of them may be ours
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for more := true; more && len(calls) < maxStack; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.HasSuffix(f.Function, runsSteps) {
			break
		}
		if f.Function != "" && !ours(f.Function, f.File) {
			calls = append(calls, callAt(f))
		}
	}
	return calls
}

// runsSteps ends the name of the function that runs tasks: what is below it on a stack is who runs the loop.
const runsSteps = "/rt.(*Loop).batch"

// callAt names the function of f and where it is.
func callAt(f runtime.Frame) Call {
	return Call{filepath.Base(f.Function), filepath.Base(f.File) + ":" + strconv.Itoa(f.Line)}
}

// onGoroutine reports whether the innermost function of fb is one of a plain task.
func (fb *Fiber) onGoroutine() bool {
	for co := range fb.calls {
		_, plain := co.(interface{ task() *plainTask })
		return plain
	}
	return false
}

// meets notes that what fb is suspended on has ended by x, of another task; fb, or the one that it is a branch of, is about to be woken.
func (fb *Fiber) meets(x *Failure) {
	if fb = fb.whole(); x.panics() && fb.flags&fiberCallback == 0 && !fb.onGoroutine() {
		fb.more().failing = x.elsewhere().awaitedBy(fb.suspended(false))
		fb.extra.failing.of = x
	}
}

// takes makes x, by which something ended that the running fb has awaited, the failure that fb is about to panic with.
func (fb *Fiber) takes(x *Failure) {
	if !x.panics() {
		return
	}
	fb = fb.whole()
	if noted := fb.more().failing; noted != nil && noted.of == x {
		noted.of = nil // to wait for it again is another wait
		return
	}
	fb.extra.failing = x.elsewhere().awaitedBy(runningCalls(), fb.awaiting())
}

// awaitedBy returns x with more functions that have awaited it, the nearest maxStack of all. Others may see x itself.
func (x *Failure) awaitedBy(more ...[]Call) *Failure {
	passed := *x
	passed.Awaiting = slices.Concat(append([][]Call{x.Awaiting}, more...)...)
	passed.Awaiting = passed.Awaiting[:min(len(passed.Awaiting), maxStack)]
	return &passed
}
