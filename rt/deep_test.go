package rt

import (
	"fmt"
	"testing"
)

// deepCoro is a call of: func deep(depth int, f *rt.Future[int]) (int, error) { if depth == 0 { return f.Wait() }; v, err :=
// deep(depth-1, f); return v+1, err }, with awaits; innermost it panics if it booms.
type deepCoro struct {
	Frame
	depth  int
	booms  bool
	future *Future[int]
	result int
	err    error
	call1  FutureWaitOp[int]
	call2  *deepCoro
}

func (co *deepCoro) Start(fb *Fiber, parent Resumable) bool { return Begin(fb, co, parent) }

func (co *deepCoro) Result() (int, error) {
	co.Check()
	return co.result, co.err
}

func (co *deepCoro) Resume(fb *Fiber) (done bool) {
	switch co.Enter() {
	case 1:
		goto await1
	case 2:
		goto await2
	}
	if co.depth > 0 {
		goto else1
	}
	co.call1.Init(co.future)
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if co.booms {
		panic("boom")
	}
	co.result, co.err = co.call1.Result()
	return co.End()
else1:
	co.call2 = &deepCoro{depth: co.depth - 1, booms: co.booms, future: co.future}
	if !co.call2.Start(fb, co) {
		return co.Suspend(2)
	}
await2:
	co.result, co.err = co.call2.Result()
	co.result++
	return co.End()
}

// TestDeep descends hundreds of thousands of levels, suspended at the bottom or not, returning or panicking.
func TestDeep(t *testing.T) {
	for _, suspends := range []bool{false, true} {
		for _, booms := range []bool{false, true} {
			t.Run(fmt.Sprintf("suspends=%v,booms=%v", suspends, booms), func(t *testing.T) {
				depth := 100_000
				if suspends == booms && !testing.Short() {
					depth = 250_000
				}
				s := newStage(t)
				f := NewFuture[int]()
				if !suspends {
					f.SetResult(7)
				}
				co := &deepCoro{depth: depth, booms: booms, future: f}
				co.Visible()
				task := SpawnOn[int](s.Loop, co)
				s.settle()
				if suspends {
					f.SetResult(7)
					s.settle()
				}
				if booms {
					if p := panicOf(func() { task.Result() }); p != "boom" {
						t.Errorf("Result panics with %v", p)
					}
				} else if v, err := task.Result(); v != depth+7 || err != nil {
					t.Errorf("result %v, %v", v, err)
				}
			})
		}
	}
}

// TestDeepFailureIsLinear has 30,000 levels with a deferred call each. A cost that grew with the square of the depth would take
// a minute.
func TestDeepFailureIsLinear(t *testing.T) {
	const depth = 30_000
	for _, suspends := range []bool{false, true} {
		for _, visible := range []bool{false, true} {
			s := newStage(t)
			deferred := 0
			var level func(n int) *coro
			level = func(n int) *coro {
				co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
					switch {
					case state == 1 && n == 0:
						panic("boom")
					case state == 1:
						co.child.Result()
						return true
					}
					co.Defer(func() { deferred++ })
					if n > 0 {
						if co.child = level(n - 1); !co.child.Start(fb, co) {
							return co.Suspend(1)
						}
						co.child.Result()
						return true
					}
					if co.yield.Init(); suspends && !co.yield.Start(fb, co) {
						return co.Suspend(1)
					}
					panic("boom")
				})
				if !visible {
					embedded(co)
				}
				return co
			}
			task := SpawnOn[int](s.Loop, level(depth))
			s.settle()
			if p := panicOf(func() { task.Result() }); p != "boom" || deferred != depth+1 {
				t.Errorf("suspends %v, visible %v: panics with %v after %d deferred calls", suspends, visible, p, deferred)
			}
		}
	}
}
