package rt

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
)

// enclosing returns a coroutine with an embedded timeout around what f returns. It logs what came.
func enclosing(s *stage, op *TimeoutOp[int], f func() Awaitable[int]) *coro {
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			co.Defer(func() {
				if p := recover(); p != nil {
					s.log("recovers %v, in the root scope: %v", p, fb.scope == &s.root)
				}
			})
			if op.Init(100, f); !op.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		v, err := op.Result()
		s.log("%v, %v, in the root scope: %v", v, err, fb.scope == &s.root)
		return true
	})
}

func TestPanicLeavesTheScopeAndPassesOn(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		var op TimeoutOp[int]
		task := SpawnOn[int](s.Loop, enclosing(s, &op, func() Awaitable[int] {
			return chain(s, 1, -1, suspends, visible, thrower)
		}))
		s.settle()
		s.traced("0.2", "0.1", "1.2", "1.1", "recovers boom, in the root scope: true")
		if !task.Done() || s.root.children != nil || s.root.fibers != nil || s.Time() != 0 {
			s.Errorf("done %v, at %v, scopes are left: %v", task.Done(), s.Time(), s.root.children != nil)
		}
	})
	// The function itself panics, before it has returned anything to await.
	s := newStage(t)
	var op TimeoutOp[int]
	SpawnOn[int](s.Loop, enclosing(s, &op, func() Awaitable[int] { panic("early") }))
	s.settle()
	s.traced("recovers early, in the root scope: true")
	// As the root of a task.
	task := SpawnOn(s.Loop, TimeoutAsync(10, func() Awaitable[int] { return chain(s, 0, -1, true, true, thrower) }))
	s.settle()
	if p := panicOf(func() { task.Result() }); p != "boom" || len(s.unhandled) != 1 {
		t.Errorf("Result panics with %v, unhandled %v", p, s.unhandled)
	}
	if !hasFrame(s.unhandled[0].Stack, "rt.thrower") {
		t.Error("the stack has lost the function that panicked")
	}
}

func TestGoexitLeavesTheScope(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		var op TimeoutOp[int]
		SpawnOn[int](s.Loop, enclosing(s, &op, func() Awaitable[int] {
			return chain(s, 0, -1, suspends, visible, runtime.Goexit)
		}))
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.settle()
		}()
		<-ended
		s.traced("0.2", "0.1")
		if s.root.children != nil {
			s.Error("the scope is left open")
		}
	})
}

func TestSectionOpIsUsedAgain(t *testing.T) {
	s := newStage(t)
	op := new(TimeoutOp[int])
	f := doneFuture(7)
	wait := new(FutureWaitOp[int])
	start := func() Awaitable[int] { wait.Init(f); return wait }
	var allocs float64
	SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		switch state {
		case 0:
			allocs = testing.AllocsPerRun(100, func() {
				if op.Init(10, start); !op.Start(fb, co) {
					s.Error("suspended")
				}
				if v, err := op.Result(); v != 7 || err != nil {
					s.Errorf("result %v, %v", v, err)
				}
			})
			if op.Init(10, func() Awaitable[int] { return NewFuture[int]().WaitAsync() }); !op.Start(fb, co) {
				return co.Suspend(1)
			}
		case 1:
			_, err := op.Result()
			s.log("%v", err)
			if op.Init(10, func() Awaitable[int] { return awaits(s, f, "again", 1) }); !op.Start(fb, co) {
				return co.Suspend(2)
			}
		}
		return co.End()
	}))
	s.settle()
	s.traced("rt: timed out after 10ns", "again0: 7, <nil>")
	if allocs != 0 && !DebugAll() { // see SkipInDebugMode
		t.Errorf("%v allocations an await", allocs)
	}
	if s.Time() != 10 {
		t.Errorf("ended at %v", s.Time())
	}
}

func TestSectionsWithoutAResult(t *testing.T) {
	s := newStage(t)
	async := func() Awaitable[struct{}] { return SleepAsync(20) }
	fine := []Awaitable[struct{}]{Shield0Async(async), Timeout0Async(30, async), Cleanup0Async(30, async)}
	var (
		shield  Shield0Op
		timeout Timeout0Op
		moveOn  MoveOn0Op
	)
	shield.Init(async)
	timeout.Init(10, async)
	moveOn.Init(10, async)
	fine = append(fine, &shield)
	for _, aw := range fine {
		task := SpawnOn(s.Loop, aw)
		s.settle()
		if _, err := task.Result(); err != nil {
			t.Errorf("%T: error %v", aw, err)
		}
	}
	late := SpawnOn(s.Loop, Awaitable[struct{}](&timeout))
	moved := SpawnOn(s.Loop, Awaitable[bool](&moveOn))
	s.settle()
	if _, err := late.Result(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want a passed deadline", err)
	}
	if expired, err := moved.Result(); !expired || err != nil {
		t.Errorf("expired %v, error %v", expired, err)
	}
}

// What refers to an awaited call may ask it more than once.
func TestSectionAsATaskKeepsItsResult(t *testing.T) {
	s := newStage(t)
	task := SpawnOn(s.Loop, ShieldAsync(func() Awaitable[int] { return doneFuture(7).WaitAsync() }))
	s.settle()
	for range 2 {
		if v, err := task.Result(); v != 7 || err != nil {
			t.Errorf("result %v, %v", v, err)
		}
	}
}

func TestSectionByHand(t *testing.T) {
	co := Drive(TimeoutAsync(10, func() Awaitable[int] { t.Error("begun"); return doneFuture(1).WaitAsync() }))
	co.Send()
	if m := misuse(t, func() { co.Result() }); m != "a scope in a coroutine that is driven by hand" {
		t.Error(m)
	}
}

// A throw, unlike a cancel of the task, is meant for the innermost await wherever it is.
func TestThrowGoesThroughAShield(t *testing.T) {
	s := newStage(t)
	task := SpawnOn(s.Loop, ShieldAsync(func() Awaitable[int] { return awaits(s, NewFuture[int](), "a", 1) }))
	s.settle()
	task.runs.throw(errX)
	s.settle()
	s.traced("a0: 0, x")
}

// Others run, however many timeouts a task goes through without waiting.
func TestReadyTimeoutsLetOthersRun(t *testing.T) {
	s := newStage(t)
	f := doneFuture(1)
	var op TimeoutOp[int]
	awaited, ticks := 0, 0
	SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		for ; ticks < 10; state = 0 {
			if state == 0 {
				if op.Init(time.Hour, f.WaitAsync); !op.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			v, _ := op.Result()
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

// A deferred literal that awaits cleans up under a scope that stays cancelled, and under a panic.
func TestCleanupInADeferredLiteral(t *testing.T) {
	for _, panics := range []bool{false, true} {
		s := newStage(t)
		cleanup := new(Cleanup0Op)
		inner := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if state == 1 {
				goto await1
			}
			co.deferCo(newCoro(func(d *coro, fb *Fiber, state int32) bool {
				if state == 0 {
					if cleanup.Init(50, func() Awaitable[struct{}] { return SleepAsync(20) }); !cleanup.Start(fb, d) {
						return d.Suspend(1)
					}
				}
				_, err := cleanup.Result()
				s.log("cleaned: %v, recovers %v", err, co.Recover())
				return d.End()
			}))
			if co.sleep.Init(1000); !co.sleep.Start(fb, co) {
				return co.Suspend(1)
			}
		await1:
			if _, co.err = co.sleep.Result(); panics {
				panic("boom")
			}
			return true
		})
		task := SpawnOn(s.Loop, TimeoutAsync(10, func() Awaitable[int] { return inner }))
		s.settle()
		_, err := task.Result()
		if panics {
			s.traced("cleaned: <nil>, recovers boom")
		} else {
			s.traced("cleaned: <nil>, recovers <nil>")
		}
		var expired *TimeoutError
		if !errors.As(err, &expired) || s.Time() != 30 {
			t.Errorf("error %v at %v, want a timeout at 30", err, s.Time())
		}
	}
}

func TestSectionsOutsideATask(t *testing.T) {
	err := Timeout0(0, func() error {
		if !InTask() {
			t.Error("no task")
		}
		return Sleep(time.Hour)
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want a passed deadline", err)
	}
	if expired, err := MoveOn0(0, func() error { return Sleep(time.Hour) }); !expired || err != nil {
		t.Errorf("expired %v, error %v", expired, err)
	}
	if err := Cleanup0(0, func() error { return Sleep(time.Hour) }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want a passed deadline", err)
	}
	if err := Shield0(func() error { return errX }); err != errX {
		t.Errorf("error %v, want %v", err, errX)
	}
	// In a plain task, a panic leaves the scope, too.
	err = Run0(func() error {
		func() {
			defer func() { recover() }()
			Timeout0(0, func() error { panic("boom") })
		}()
		return YieldNow()
	})
	if err != nil {
		t.Errorf("error %v: the scope was not left", err)
	}
	// On a loop's own goroutine they would block it.
	s := newStage(t)
	s.CallSoon(func() {
		for _, f := range []func(){
			func() { Timeout0(1, func() error { return nil }) },
			func() { MoveOn0(1, func() error { return nil }) },
			func() { Shield0(func() error { return nil }) },
			func() { Cleanup0(1, func() error { return nil }) },
		} {
			s.log("%s", misuse(t, f))
		}
	})
	s.settle()
	const would = " would block the loop it is called on"
	s.traced("rt.Timeout(d, f)"+would, "rt.MoveOn0(d, f)"+would, "rt.Shield(f)"+would, "rt.Cleanup0(grace, f)"+would)
}
