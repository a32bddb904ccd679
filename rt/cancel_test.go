package rt

import (
	"context"
	"errors"
	"testing"
)

var (
	errX = errors.New("x")
	errY = errors.New("y")
)

// awaits returns a coroutine that awaits f n times and logs what it gets.
func awaits(s *stage, f *Future[int], name string, n int) *coro {
	i := 0
	return newCoro(func(co *coro, fb *Fiber, state int32) bool {
		for ; ; state = 0 {
			if state == 0 {
				if co.future.Init(f); !co.future.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			v, err := co.future.Result()
			s.log("%s%d: %v, %v", name, i, v, err)
			if i++; i == n {
				return co.End()
			}
		}
	})
}

func doneFuture(v int) *Future[int] {
	f := NewFuture[int]()
	f.SetResult(v)
	return f
}

func TestThrowBeforeTheFirstStep(t *testing.T) {
	s := newStage(t)
	SpawnOn[int](s.Loop, awaits(s, doneFuture(7), "a", 3)).runs.throw(errX)
	s.settle()
	s.traced("a0: 0, x", "a1: 7, <nil>", "a2: 7, <nil>")
}

func TestThrowAfterTheValueKeepsTheValue(t *testing.T) {
	s := newStage(t)
	f := NewFuture[int]()
	task := SpawnOn[int](s.Loop, awaits(s, f, "a", 3))
	s.settle()
	f.SetResult(7)
	task.runs.throw(errX)
	s.settle()
	s.traced("a0: 7, <nil>", "a1: 0, x", "a2: 7, <nil>")
}

func TestTwoThrowsDeliverOne(t *testing.T) {
	s := newStage(t)
	f := NewFuture[int]()
	task := SpawnOn[int](s.Loop, awaits(s, f, "a", 3))
	s.settle()
	task.runs.throw(errX)
	task.runs.throw(errY)
	f.SetResult(7)
	s.settle()
	s.traced("a0: 0, x", "a1: 7, <nil>", "a2: 7, <nil>")
}

func TestThrowIntoItself(t *testing.T) {
	s := newStage(t)
	inner := awaits(s, doneFuture(7), "a", 3)
	SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			fb.throw(errX)
			if !inner.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		return co.End()
	}))
	s.settle()
	s.traced("a0: 0, x", "a1: 7, <nil>", "a2: 7, <nil>")
}

func TestRefusedThrowWaitsForTheNextOperation(t *testing.T) {
	s := newStage(t)
	inner := awaits(s, doneFuture(7), "a", 3)
	co := newCoro(func(co *coro, fb *Fiber, state int32) bool {
		switch state {
		case 0:
			if !co.stub.Start(fb, co) {
				return co.Suspend(1)
			}
			fallthrough
		case 1:
			_, err := co.stub.Result()
			s.log("stubborn: %v", err)
			if !inner.Start(fb, co) {
				return co.Suspend(2)
			}
		}
		return co.End()
	})
	task := SpawnOn[int](s.Loop, co)
	s.settle()
	task.runs.throw(errX)
	s.settle()
	s.log("finish")
	co.stub.fiber.Wake()
	s.settle()
	s.traced("finish", "stubborn: <nil>", "a0: 0, x", "a1: 7, <nil>", "a2: 7, <nil>")
}

func TestCancelGoesToTheAwaitedTaskFirst(t *testing.T) {
	s := newStage(t)
	f, g := NewFuture[int](), NewFuture[int]()
	inner := SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		switch state {
		case 0:
			if co.future.Init(f); !co.future.Start(fb, co) {
				return co.Suspend(1)
			}
			fallthrough
		case 1:
			_, err := co.future.Result()
			s.log("inner swallows: %v", err)
			if co.future.Init(g); !co.future.Start(fb, co) {
				return co.Suspend(2)
			}
		}
		co.result, co.err = co.future.Result()
		return co.End()
	}))
	outer := SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			if co.task.Init(inner); !co.task.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		co.result, co.err = co.task.Result()
		s.log("outer: %v, %v", co.result, co.err)
		return co.End()
	}))
	s.settle()
	outer.Cancel(errX)
	s.settle()
	s.log("set")
	g.SetResult(5)
	s.settle()
	s.traced("inner swallows: rt: canceled: x", "set", "outer: 5, <nil>")
	if !f.Canceled() || inner.Canceled() || outer.Canceled() || outer.Canceling() != 1 {
		t.Error("wrong states after a cancel that was swallowed")
	}
}

func TestDoubleWakePanics(t *testing.T) {
	s := newStage(t)
	co := newCoro(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 && !co.stub.Start(fb, co) {
			return co.Suspend(1)
		}
		return co.End()
	})
	SpawnOn[int](s.Loop, co)
	s.settle()
	co.stub.fiber.Wake()
	if m := misuse(t, co.stub.fiber.Wake); m != "Wake of a fiber that is ready already" {
		t.Error(m)
	}
	s.settle()
	if m := misuse(t, co.stub.fiber.Wake); m != "Wake of a fiber that has ended" {
		t.Error(m)
	}
}

func TestScopeIsLevelTriggeredAndShieldStopsIt(t *testing.T) {
	s := newStage(t)
	scope, shield := new(Scope), &Scope{shield: true}
	inside := awaits(s, NewFuture[int](), "inside", 3)
	shielded := awaits(s, doneFuture(2), "shielded", 1)
	outside := awaits(s, doneFuture(1), "outside", 1)
	task := SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		switch state {
		case 0:
			scope.enter(fb)
			s.CallAt(10, func() { scope.cancel(context.DeadlineExceeded) })
			if !inside.Start(fb, co) {
				return co.Suspend(1)
			}
			fallthrough
		case 1:
			shield.enter(fb)
			if !shielded.Start(fb, co) {
				return co.Suspend(2)
			}
			fallthrough
		case 2:
			shield.leave(fb)
			if co.yield.Init(); !co.yield.Start(fb, co) {
				return co.Suspend(3)
			}
			fallthrough
		case 3:
			_, err := co.yield.Result()
			var c *Canceled
			s.log("after the shield: %v %v %v", errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &c) && c.Scope == scope)
			scope.leave(fb)
			if !outside.Start(fb, co) {
				return co.Suspend(4)
			}
		}
		return co.End()
	}))
	s.settle()
	const deadline = ": 0, rt: canceled: context deadline exceeded"
	s.traced("inside0"+deadline, "inside1"+deadline, "inside2"+deadline, "shielded0: 2, <nil>", "after the shield: true true true", "outside0: 1, <nil>")
	if !task.Done() || task.runs.scope != nil || s.root.fibers != nil || s.root.children != nil {
		t.Error("scopes are left linked")
	}
}

func TestDeadlineWithTheValueKeepsTheValue(t *testing.T) {
	s := newStage(t)
	f := NewFuture[int]()
	inside := awaits(s, f, "a", 2)
	scope := new(Scope)
	SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			s.CallAt(10, func() { f.SetResult(9) })
			scope.enter(fb)
			s.CallAt(10, func() { scope.cancel(context.DeadlineExceeded) })
			if !inside.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		scope.leave(fb)
		return co.End()
	}))
	s.settle()
	s.traced("a0: 9, <nil>", "a1: 0, rt: canceled: context deadline exceeded")
}

func TestCancelOfAScopeReachesItsFibersInOrder(t *testing.T) {
	s := newStage(t)
	scope := new(Scope)
	scope.open(s.Loop, &s.root)
	for i := range 3 {
		task := SpawnOn[int](s.Loop, newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				co.Defer(func() { s.log("deferred %d", i) })
				if co.sleep.Init(1000); !co.sleep.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			_, co.err = co.sleep.Result()
			return true
		}))
		task.runs.leaveScope()
		scope.add(&task.runs)
	}
	s.CallAt(10, func() { scope.cancel(errX); scope.cancel(errY) })
	s.settle()
	s.traced("deferred 0", "deferred 1", "deferred 2")
	if s.Time() != 10 || scope.canceled.Cause != errX {
		t.Errorf("ended at %v by %v", s.Time(), scope.canceled.Cause)
	}
}

func TestF18_FailingAwaitsLetOthersRun(t *testing.T) {
	s := newStage(t)
	scope := new(Scope)
	failures, ticks := 0, 0
	stop := false
	SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			scope.enter(fb)
			scope.cancel(errX)
		}
		for {
			if state == 0 {
				if stop {
					scope.leave(fb)
					return co.End()
				}
				if co.sleep.Init(1); !co.sleep.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			state = 0
			if _, err := co.sleep.Result(); err != nil {
				failures++
			}
		}
	}))
	var tick func()
	tick = func() {
		if ticks++; ticks == 10 {
			stop = true
			return
		}
		s.CallSoon(tick)
	}
	s.CallSoon(tick)
	s.settle()
	if want := 9 * maxFailing; failures < want || failures > want+2*maxFailing {
		t.Errorf("%d failures in 10 turns, want about %d", failures, want)
	}
}

func TestF18_ReadyAwaitsLetOthersRun(t *testing.T) {
	s := newStage(t)
	f := doneFuture(1)
	awaited, ticks := 0, 0
	SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		for ; ticks < 10; state = 0 {
			if state == 0 {
				if co.future.Init(f); !co.future.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			v, _ := co.future.Result()
			awaited += v
		}
		return co.End()
	}))
	var tick func()
	tick = func() {
		if ticks++; ticks < 10 {
			s.CallSoon(tick)
		}
	}
	s.CallSoon(tick)
	s.settle()
	if awaited < 9*maxCredit || awaited > 11*maxCredit {
		t.Errorf("%d awaits in 10 turns, want about %d", awaited, 10*maxCredit)
	}
}
