package rt

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// TestGoexitWhileRunEnds has the root return or panic while another task, which has called Goexit, awaits in its deferred calls: in
// both forms these are cancelled then, and come to their end.
func TestGoexitWhileRunEnds(t *testing.T) {
	for _, panics := range []bool{false, true} {
		for yields := range 6 {
			r := &runEnds{yields: yields, panics: panics}
			how := outcome(func() { Run0(r.plain) })
			plain := append(r.trace, how)
			r.trace = nil
			how = outcome(func() { RunAsync(Awaitable[int](r.generated())) })
			if generated := append(r.trace, how); !slices.Equal(plain, generated) {
				t.Errorf("panics %v after %d yields:\n    plain %q\ngenerated %q", panics, yields, plain, generated)
			}
		}
	}
}

// runEnds is a program whose root ends after so many yields.
type runEnds struct {
	yields int
	panics bool
	trace  []string
}

func (r *runEnds) log(format string, args ...any) {
	r.trace = append(r.trace, fmt.Sprintf(format, args...))
}

func (r *runEnds) end() {
	r.log("root ends")
	if r.panics {
		panic("boom")
	}
}

func (r *runEnds) plain() error {
	Spawn0(func() error {
		for i := range 2 {
			defer func() {
				for k := range 3 {
					r.log("deferred %d: %d %v", i, k, YieldNow())
				}
			}()
		}
		runtime.Goexit()
		return nil
	})
	for k := range r.yields {
		r.log("root: %d %v", k, YieldNow())
	}
	r.end()
	return nil
}

func (r *runEnds) generated() *coro {
	root := r.yielding("root", r.yields, r.end)
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
			if !root.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		root.Result()
		return co.End()
	})
}

// yielding yields n times and then calls end.
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
