package rt

import "testing"

// nursed returns a coroutine with an embedded nursery, and recovers what comes out of it.
func nursed(s *stage, op *NurseryOp, f func(g *Group) Awaitable[struct{}]) *coro {
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			co.Defer(func() {
				if p := recover(); p != nil {
					s.log("recovers %v, in the root scope: %v", p, fb.scope == &s.root)
				}
			})
			if op.Init(f); !op.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		_, err := op.Result()
		s.log("%v, in the root scope: %v", err, fb.scope == &s.root)
		return true
	})
}

// withoutResult is an awaitable without a result.
type withoutResult struct{ Awaitable[int] }

func (a withoutResult) Result() (struct{}, error) {
	_, err := a.Awaitable.Result()
	return struct{}{}, err
}

func TestPanicInANurseryThatIsAField(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		for _, children := range []int{0, 2} {
			for _, who := range []string{"body", "child"} {
				if who == "child" && children == 0 {
					continue
				}
				op := new(NurseryOp)
				fails := func() Awaitable[struct{}] {
					return withoutResult{chain(s, 0, -1, suspends, visible, thrower)}
				}
				task := SpawnOn[int](s.Loop, nursed(s, op, func(g *Group) Awaitable[struct{}] {
					for i := range children {
						if i == 1 && who == "child" {
							g.add(g, fails)
							continue
						}
						g.add(g, func() Awaitable[struct{}] { return SleepAsync(100) })
					}
					if who == "body" {
						return fails()
					}
					return SleepAsync(100)
				}))
				begin := s.Time()
				s.settle()
				s.traced("0.2", "0.1", "recovers boom, in the root scope: true")
				if !task.Done() || s.Tasks() != 0 || s.root.children != nil || s.root.fibers != nil || s.Time() != begin {
					s.Errorf("done %v, %d tasks, at %v, scopes are left: %v", task.Done(), s.Tasks(), s.Time(), s.root.children != nil)
				}
			}
		}
	})
}

func TestPanicInANurseryKeepsItsStack(t *testing.T) {
	s := newStage(t)
	SpawnOn(s.Loop, NurseryAsync(func(g *Group) Awaitable[struct{}] {
		g.add(g, func() Awaitable[struct{}] { return Func0(func() error { thrower(); return nil }) })
		return SleepAsync(100)
	}))
	s.settle()
	if len(s.unhandled) != 1 || !hasFrame(s.unhandled[0].Stack, "rt.thrower") {
		t.Errorf("unhandled %v, or the stack has lost the function that panicked", s.unhandled)
	}
}
