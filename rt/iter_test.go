package rt

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// scripted is the coroutine of an iterator whose k-th resume does steps[k], then ends.
type scripted struct {
	Frame
	Defers
	defers bool
	out    *Yielder[int, bool]
	steps  []func(co *scripted, fb *Fiber) (suspends bool)
	child  *scripted
}

func (co *scripted) Yields(y *Yielder[int, bool])           { co.out = y }
func (co *scripted) Start(fb *Fiber, parent Resumable) bool { return Begin(fb, co, parent) }
func (co *scripted) Result() bool                           { co.Check(); return true }

func (co *scripted) Resume(fb *Fiber) (done bool) {
	state := co.Enter()
	if co.defers {
		defer co.Leave(fb, co, &done)
	}
	for _, step := range co.steps[state:] {
		state++
		if step(co, fb) {
			return co.Suspend(state)
		}
	}
	if co.defers {
		return true
	}
	return co.End()
}

// yields yields v.
func yields(v int) func(*scripted, *Fiber) bool {
	return func(co *scripted, fb *Fiber) bool {
		co.out.Yield(fb, co, v)
		return true
	}
}

// does calls f.
func does(f func()) func(*scripted, *Fiber) bool {
	return func(*scripted, *Fiber) bool { f(); return false }
}

// passes starts a call that passes yield on to child, which ends with result.
func passes(child *scripted) func(*scripted, *Fiber) bool {
	return func(co *scripted, fb *Fiber) bool {
		co.child = child
		child.Yields(co.out)
		return !child.Start(fb, co)
	}
}

func result(co *scripted, _ *Fiber) bool { co.child.Result(); return false }

// deferring records f as a deferred call.
func deferring(f func()) func(*scripted, *Fiber) bool {
	return func(co *scripted, _ *Fiber) bool { co.Defer(f); return false }
}

func script(defers bool, steps ...func(*scripted, *Fiber) bool) *scripted {
	return &scripted{defers: defers, steps: steps}
}

// TestIterPanic has the innermost of three iterators panic at its second resume: deferred calls of its callers run, and one of
// them may recover, wherever in the chain they are; what nobody recovers comes out of Next. The iterator has then ended.
func TestIterPanic(t *testing.T) {
	for _, defers := range []int{0, 1, 2, 3} { // a bit for each caller: 1 the outermost
		for _, leafDefers := range []bool{false, true} {
			for _, recovers := range []bool{false, true} {
				var trace, want []string
				log := func(what string) func() { return func() { trace = append(trace, what) } }
				leaf := script(leafDefers, yields(1), does(func() { panic("boom") }))
				if leafDefers {
					leaf.steps = slices.Insert(leaf.steps, 0, deferring(log("leaf")))
					want = append(want, "leaf")
				}
				call := leaf
				for level := 1; level >= 0; level-- {
					caller := script(defers&(1<<level) != 0, passes(call), result)
					if caller.defers {
						name := fmt.Sprint("caller ", level)
						want = append(want, name)
						caller.steps = slices.Insert(caller.steps, 0, deferring(log(name)))
						if recovers {
							caller.steps = slices.Insert(caller.steps, 1, deferring(func() { recover() }))
						}
					}
					call = caller
				}
				it := NewIter[int](call)
				if v, ok := it.Next(); v != 1 || !ok {
					t.Fatalf("first value %v, %v", v, ok)
				}
				p := panicOf(func() { it.Next() })
				if recovers && defers != 0 {
					if p != nil {
						t.Errorf("defers %b: Next panics with %v after it was recovered", defers, p)
					}
				} else if p != "boom" {
					t.Errorf("defers %b: Next panics with %v", defers, p)
				}
				if !slices.Equal(trace, want) {
					t.Errorf("defers %b, leaf %v, recovers %v: deferred calls %q, want %q", defers, leafDefers, recovers, trace, want)
				}
				if v, ok := it.Next(); v != 0 || ok {
					t.Errorf("defers %b: Next of what has panicked returns %v, %v", defers, v, ok)
				}
				it.Stop()
			}
		}
	}
}

// TestIterPanicAtFirst has an iterator panic before it yields, below a caller that recovers.
func TestIterPanicAtFirst(t *testing.T) {
	leaf := func() *scripted { return script(false, does(func() { panic("boom") })) }
	it := NewIter[int](script(true, deferring(func() { recover() }), passes(leaf()), result))
	if v, ok := it.Next(); v != 0 || ok {
		t.Errorf("Next returns %v, %v", v, ok)
	}
	it = NewIter[int](script(false, passes(leaf()), result))
	if p := panicOf(func() { it.Next() }); p != "boom" {
		t.Errorf("Next panics with %v", p)
	}
	it.Stop()
	if v, ok := it.Next(); v != 0 || ok {
		t.Errorf("Next of what has panicked returns %v, %v", v, ok)
	}
}

// TestIterGoexit has an iterator end by Goexit, which ends the goroutine that drives it and runs its callers' deferred calls.
func TestIterGoexit(t *testing.T) {
	for _, defers := range []bool{false, true} {
		var trace []string
		caller := script(defers, passes(script(false, yields(1), does(runtime.Goexit))), result)
		if defers {
			caller.steps = slices.Insert(caller.steps, 0, deferring(func() { trace = append(trace, fmt.Sprint(recover())) }))
		}
		it := NewIter[int](caller)
		it.Next()
		exits(t, func() { it.Next() })
		if defers != slices.Equal(trace, []string{"<nil>"}) {
			t.Errorf("caller defers %v: trace %q", defers, trace)
		}
		if v, ok := it.Next(); v != 0 || ok {
			t.Errorf("Next after Goexit returns %v, %v", v, ok)
		}
	}
}

// TestIterDrivenFromWithin has an iterator drive itself: that panics with Misuse, at the latest at its next yield or its end.
func TestIterDrivenFromWithin(t *testing.T) {
	for _, by := range []string{"Next", "Stop", "All"} {
		for _, then := range []string{"yields", "ends"} {
			for _, defers := range []bool{false, true} {
				for _, callerDefers := range []bool{false, true} {
					var it *Iter[int]
					drive := func() {
						switch by {
						case "Next":
							if v, ok := it.Next(); v != 0 || ok {
								t.Errorf("%s of what is running returns %v, %v", by, v, ok)
							}
						case "Stop":
							it.Stop()
						case "All":
							for range it.All() {
								t.Error("what is running yields")
							}
						}
					}
					left := false
					co := script(defers, yields(1), does(drive))
					if defers {
						co.steps = slices.Insert(co.steps, 0, deferring(func() { left = true }))
					}
					if then == "yields" {
						co.steps = append(co.steps, yields(2))
					}
					it = NewIter[int](script(callerDefers, passes(co), result))
					it.Next()
					if m := misuse(t, func() { it.Next() }); m != "the generator is already running" {
						t.Errorf("%s in what %s: Misuse %q", by, then, m)
					}
					if left != defers {
						t.Errorf("%s in what %s: its deferred call ran: %v", by, then, left)
					}
					if v, ok := it.Next(); v != 0 || ok {
						t.Errorf("Next after that returns %v, %v", v, ok)
					}
				}
			}
		}
	}
}

// TestIterGuard checks that Next takes the way of a generator only while a suspended caller may have deferred calls.
func TestIterGuard(t *testing.T) {
	inner := script(true, passes(script(false, yields(1), yields(2))), result)
	it := NewIter[int](script(false, passes(inner), result, yields(3), passes(script(true, yields(4), yields(5))), result))
	for i, guarded := range []bool{true, true, false, false, false} {
		if v, ok := it.Next(); v != i+1 || !ok {
			t.Fatalf("value %d: %v, %v", i+1, v, ok)
		}
		if got := it.runs.flags&fiberGuarded != 0; got != guarded {
			t.Errorf("at value %d: guarded %v, want %v", i+1, got, guarded)
		}
	}
	if _, ok := it.Next(); ok {
		t.Error("yields after its end")
	}
}
