package rt

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// TestGoexitWhileRunEnds has the root return or panic, or a task panic that nobody awaits, while another task, which has called
// Goexit, awaits in its deferred calls: in both forms these are cancelled then, and come to their end.
func TestGoexitWhileRunEnds(t *testing.T) {
	for _, by := range []string{"return", "panic", "panic beside"} {
		for yields := range 6 {
			r := &runEnds{yields: yields, by: by}
			how := outcome(func() { Run0(r.plain) })
			plain := append(r.trace, how)
			r.trace = nil
			how = outcome(func() { RunAsync(Awaitable[int](r.generated())) })
			if generated := append(r.trace, how); !slices.Equal(plain, generated) {
				t.Errorf("%s after %d yields:\n    plain %q\ngenerated %q", by, yields, plain, generated)
			}
		}
	}
}

// runEnds is a program that ends after so many yields of its root, or of a task beside it.
type runEnds struct {
	yields int
	by     string
	trace  []string
}

func (r *runEnds) log(format string, args ...any) {
	r.trace = append(r.trace, fmt.Sprintf(format, args...))
}

func (r *runEnds) end() {
	r.log("ends")
	if r.by != "return" {
		panic("boom")
	}
}

// rootEnds says how often the root yields, and what it does then.
func (r *runEnds) rootEnds() (yields int, end func()) {
	if r.by == "panic beside" {
		return 10, func() { r.log("root ends") }
	}
	return r.yields, r.end
}

func (r *runEnds) plain() error {
	Spawn0(func() error {
		for i := range 2 {
			defer r.yield(fmt.Sprint("deferred ", i), 3, func() {})
		}
		runtime.Goexit()
		return nil
	})
	if r.by == "panic beside" {
		Spawn0(func() error { r.yield("beside", r.yields, r.end); return nil })
	}
	yields, end := r.rootEnds()
	r.yield("root", yields, end)
	return nil
}

// yield yields n times and then calls end.
func (r *runEnds) yield(name string, n int, end func()) {
	for k := range n {
		r.log("%s: %d %v", name, k, YieldNow())
	}
	end()
}

func (r *runEnds) generated() *coro {
	yields, end := r.rootEnds()
	root := r.yielding("root", yields, end)
	return newCoro(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			SpawnIn(fb, func() Awaitable[int] {
				return newDeferring(func(co *coro, _ *Fiber, _ int32) bool {
					for i := range 2 {
						co.deferCo(r.yielding(fmt.Sprint("deferred ", i), 3, func() {}))
					}
					runtime.Goexit()
					return true
				})
			})
			if r.by == "panic beside" {
				SpawnIn(fb, func() Awaitable[int] { return r.yielding("beside", r.yields, r.end) })
			}
			if !root.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		root.Result()
		return co.End()
	})
}

// yielding is yield in the generated form.
func (r *runEnds) yielding(name string, n int, end func()) *coro {
	k := 0
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		for ; ; state = 1 {
			if state > 0 {
				_, err := co.yield.Result()
				r.log("%s: %d %v", name, k, err)
				k++
			}
			if k == n {
				end()
				return true
			}
			co.yield.Init()
			if !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
		}
	})
}
