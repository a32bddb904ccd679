package rt

import (
	"errors"
	"runtime"
	"testing"
)

func TestHandDriven(t *testing.T) {
	s := newStage(t)
	f := NewFuture[int]()
	co := awaits(s, f, "h", 3)
	waits, done := co.Send()
	if _, ok := waits.(*FutureWaitOp[int]); !ok || done {
		t.Fatalf("Send: %T, %v", waits, done)
	}
	s.log("early: %s", misuse(t, func() { co.Send() }))
	co.Throw(errX)
	f.SetResult(3)
	if waits, done = co.Send(); waits != nil || !done {
		t.Errorf("last Send: %T, %v", waits, done)
	}
	s.log("late: %s", misuse(t, func() { co.Send() }))
	s.log("thrown late: %s", misuse(t, func() { co.Throw(errX) }))
	s.traced("early: Send before what the coroutine waits for is done", "h0: 0, x", "h1: 3, <nil>", "h2: 3, <nil>",
		"late: the coroutine has ended", "thrown late: the coroutine has ended")
}

// withCleanup awaits in and defers a literal that sleeps, or waits for what cannot be aborted.
func withCleanup(s *stage, in *coro, refuses bool) (outer, cleanup *coro) {
	cleanup = newCoro(func(d *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			s.log("cleanup")
			if refuses {
				d.stub.fiber = fb
				fb.Suspend(d, &d.stub)
				return d.Suspend(1)
			}
			if d.sleep.Init(4); !d.sleep.Start(fb, d) {
				return d.Suspend(1)
			}
		}
		_, err := d.sleep.Result()
		s.log("cleanup saw %v", err)
		return d.End()
	})
	outer = newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			co.deferCo(cleanup)
			if !in.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		return true
	})
	return outer, cleanup
}

func TestThrowAndCloseReachTheInnermost(t *testing.T) {
	s := newStage(t)
	in := awaits(s, NewFuture[int](), "in", 3)
	outer, _ := withCleanup(s, in, false)
	outer.Send()
	s.log("send to the inner: %s", misuse(t, func() { in.Send() }))
	in.Throw(errX)
	outer.Throw(errY)
	if err := outer.Close(); err != nil || outer.state != stateDone {
		t.Errorf("close: %v, state %d", err, outer.state)
	}
	closing := ErrCoroutineClosed.Error()
	s.traced("send to the inner: another coroutine awaits this one", "in0: 0, x", "in1: 0, y", "in2: 0, "+closing, "cleanup", "cleanup saw "+closing)
}

func TestCloseIgnoredByAnOperation(t *testing.T) {
	s := newStage(t)
	outer, cleanup := withCleanup(s, awaits(s, NewFuture[int](), "in", 1), true)
	outer.Send()
	if err := outer.Close(); err != ErrCloseIgnored || outer.state != Exiting {
		t.Errorf("close: %v, state %d", err, outer.state)
	}
	cleanup.stub.fiber.Wake()
	if _, done := outer.Send(); !done || outer.Close() != nil {
		t.Error("not done after the operation")
	}
	s.traced("in0: 0, "+ErrCoroutineClosed.Error(), "cleanup", "cleanup saw <nil>")
}

func TestCloseIgnoredByALoop(t *testing.T) {
	co := newCoro(func(co *coro, fb *Fiber, state int32) bool {
		for ; ; state = 0 {
			if state == 0 {
				if co.yield.Init(); !co.yield.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			if _, err := co.yield.Result(); err == nil {
				co.future.Init(NewFuture[int]())
				if !co.future.Start(fb, co) {
					return co.Suspend(2)
				}
			}
		}
	})
	co.Send()
	if err := co.Close(); err != ErrCloseIgnored {
		t.Errorf("close of a coroutine that swallows every error: %v", err)
	}
}

func TestThrowAndCloseBeforeTheStart(t *testing.T) {
	s := newStage(t)
	thrown, closed := awaits(s, doneFuture(1), "never", 1), awaits(s, doneFuture(1), "never", 1)
	thrown.Throw(errX)
	if _, err := thrown.Result(); err != errX {
		t.Errorf("thrown into before the start: %v", err)
	}
	if err := closed.Close(); err != nil || closed.state != stateDone {
		t.Errorf("closed before the start: %v, state %d", err, closed.state)
	}
	for _, co := range []*coro{thrown, closed} {
		if m := misuse(t, func() { SpawnOn[int](s.Loop, co) }); m != "the coroutine has ended" {
			t.Error(m)
		}
		if err := co.Close(); err != nil {
			t.Error(err)
		}
	}
	s.traced()
}

func TestResultTooEarly(t *testing.T) {
	s := newStage(t)
	co := awaits(s, NewFuture[int](), "a", 1)
	if m := misuse(t, func() { co.Result() }); m != "Result of a coroutine that has not ended" {
		t.Error(m)
	}
	co.Send()
	if m := misuse(t, func() { co.Result() }); m != "Result of a coroutine that has not ended" {
		t.Error(m)
	}
}

func TestPanicByHand(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		co := chain(s, 2, 1, suspends, visible, thrower)
		if _, done := co.Send(); !done {
			s.Error("not done")
		}
		s.traced("0.2", "0.1", "1 recovers boom", "1.1", "2.2", "2.1")
		if v, err := co.Result(); v != 101 || err != nil {
			s.Errorf("result %v, %v", v, err)
		}
		co = chain(s, 2, -1, suspends, visible, thrower)
		co.Send()
		if p := panicOf(func() { co.Result() }); p != "boom" {
			s.Errorf("Result panics with %v", p)
		}
	})
}

func TestGoexitByHand(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		co := chain(s, 2, -1, suspends, visible, runtime.Goexit)
		returned := false
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			co.Send()
			returned = true
		}()
		<-ended
		s.traced("0.2", "0.1", "1.2", "1.1", "2.2", "2.1")
		if returned || co.state != stateFailed {
			s.Errorf("Send returned: %v, state %d", returned, co.state)
		}
	})
}

func TestLoopOperationsByHand(t *testing.T) {
	s := newStage(t)
	sleeper := newCoro(func(co *coro, fb *Fiber, state int32) bool {
		co.sleep.Init(1)
		co.sleep.Start(fb, co)
		return co.Suspend(1)
	})
	sleeper.Send()
	m, _ := panicOf(func() { sleeper.Result() }).(Misuse)
	s.log("%s", m)
	s.log("%s", misuse(t, func() { SpawnIn(&Fiber{}, func() Awaitable[int] { return sleeper }) }))
	s.log("%s", misuse(t, func() { new(Scope).enter(&Fiber{}) }))
	s.traced("rt: Sleep in a coroutine that is driven by hand: it needs a loop, run it as a task",
		"Spawn in a coroutine that is driven by hand", "a scope in a coroutine that is driven by hand")
}

func TestDrive(t *testing.T) {
	f := NewFuture[int]()
	co := Drive(f.WaitAsync())
	if waits, done := co.Send(); waits == nil || done {
		t.Fatalf("Send: %v, %v", waits, done)
	}
	f.SetResult(4)
	if _, done := co.Send(); !done {
		t.Error("not done")
	}
	for range 2 {
		if v, err := co.Result(); v != 4 || err != nil {
			t.Errorf("result %v, %v", v, err)
		}
	}
	if again := Drive[int](co); again != co {
		t.Error("Drive of a coroutine is not that coroutine")
	}

	failing := NewFuture[int]()
	co = Drive(failing.WaitAsync())
	co.Send()
	co.Throw(errX)
	if _, err := co.Result(); err != errX {
		t.Errorf("error %v", err)
	}
	if failing.line.first != nil {
		t.Error("a wait that was thrown into still stands in line")
	}
	co = Drive(NewFuture[int]().WaitAsync())
	co.Throw(errX)
	if _, err := co.Result(); !errors.Is(err, errX) {
		t.Errorf("error %v", err)
	}
}
