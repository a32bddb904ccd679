package rt

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// chain returns depth+1 coroutines, each awaiting the next. Each defers two calls, the later one of which recovers at depth
// recovers. The innermost, 0, calls leaf, after a suspension if suspends.
func chain(s *stage, depth, recovers int, suspends, visible bool, leaf func()) *coro {
	co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 1 {
			goto await1
		}
		co.Defer(func() { s.log("%d.1", depth) })
		co.Defer(func() {
			if depth != recovers {
				s.log("%d.2", depth)
				return
			}
			s.log("%d recovers %v", depth, recover())
			co.result = 100 + depth
		})
		if depth == 0 {
			if co.yield.Init(); suspends && !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
		} else {
			co.child = chain(s, depth-1, recovers, suspends, visible, leaf)
			if !co.child.Start(fb, co) {
				return co.Suspend(1)
			}
		}
	await1:
		if depth == 0 {
			leaf()
			return true
		}
		co.result, co.err = co.child.Result()
		return true
	})
	if !visible {
		embedded(co)
	}
	return co
}

func thrower() { panic("boom") }

// eachForm runs f for leaves that fail in the first descent and after a suspension, in frames with a barrier of their own and
// in embedded ones: nothing may tell them apart.
func eachForm(t *testing.T, f func(s *stage, suspends, visible bool)) {
	for _, suspends := range []bool{false, true} {
		for _, visible := range []bool{false, true} {
			t.Run(fmt.Sprintf("suspends=%v,visible=%v", suspends, visible), func(t *testing.T) {
				f(newStage(t), suspends, visible)
			})
		}
	}
}

func TestF24_PanicIsRecoveredAboveItsFrame(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		co := chain(s, 3, 2, suspends, visible, thrower)
		task := SpawnOn[int](s.Loop, co)
		s.settle()
		s.traced("0.2", "0.1", "1.2", "1.1", "2 recovers boom", "2.1", "3.2", "3.1")
		if v, err := task.Result(); v != 102 || err != nil {
			s.Errorf("result %v, %v", v, err)
		}
		states := []int32{co.state, co.child.state, co.child.child.state, co.child.child.child.state}
		if want := []int32{stateDone, stateDone, stateFailed, stateFailed}; fmt.Sprint(states) != fmt.Sprint(want) {
			s.Errorf("states %v, want %v", states, want)
		}
		if len(s.unhandled) != 0 {
			s.Errorf("unhandled: %v", s.unhandled)
		}
	})
}

func TestF24_PanicKeepsValueAndStack(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		co := chain(s, 3, -1, suspends, visible, thrower)
		task := SpawnOn[int](s.Loop, co)
		s.settle()
		s.traced("0.2", "0.1", "1.2", "1.1", "2.2", "2.1", "3.2", "3.1")
		for range 2 {
			if p := panicOf(func() { task.Result() }); p != "boom" {
				s.Errorf("Result panics with %v", p)
			}
		}
		if len(s.unhandled) != 1 || s.unhandled[0] != co.endedBy() {
			s.Fatalf("unhandled %v, want the failure of the frame", s.unhandled)
		}
		if !hasFrame(s.unhandled[0].Stack, "rt.thrower") {
			s.Error("the stack has lost the function that panicked")
		}
	})
}

func hasFrame(stack []uintptr, suffix string) bool {
	for frames := runtime.CallersFrames(stack); ; {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, suffix) {
			return true
		}
		if !more {
			return false
		}
	}
}

func TestF24_PanicInADeferredCall(t *testing.T) {
	for _, suspends := range []bool{false, true} {
		s := newStage(t)
		co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				co.Defer(func() { s.log("last %v", recover()) })
				co.Defer(func() {
					s.log("recovers %v", recover())
				})
				co.Defer(func() { panic("second") })
				if co.yield.Init(); suspends && !co.yield.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			panic("first")
		})
		SpawnOn[int](s.Loop, co)
		s.settle()
		s.traced("recovers second", "last <nil>")
		if co.state != stateDone {
			t.Errorf("state %d", co.state)
		}
	}
}

func TestPanicInADeferredCallIsLinked(t *testing.T) {
	s := newStage(t)
	// The values are equal, and of a type that == panics for: it is still two panics.
	type value struct{ s []int }
	co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		co.Defer(func() { panic(value{[]int{2}}) })
		panic(value{[]int{1}})
	})
	SpawnOn[int](s.Loop, co)
	s.settle()
	x := s.unhandled[0]
	if x.Value.(value).s[0] != 2 || x.Prev == nil || x.Prev.Value.(value).s[0] != 1 || x.Prev.Prev != nil {
		t.Errorf("failure %+v, before it %+v", x, x.Prev)
	}
}

func TestDeferredCallWithArguments(t *testing.T) {
	s := newStage(t)
	report := func(a, b int) { s.log("report(%d, %d) %v", a, b, recover()) }
	co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		for i := range 2 {
			a, b := i, 10*i
			co.DeferCall(func(raise func()) { defer report(a, b); raise() })
		}
		panic("p")
	})
	SpawnOn[int](s.Loop, co)
	s.settle()
	s.traced("report(1, 10) p", "report(0, 0) <nil>")
}

func TestGoexit(t *testing.T) {
	eachForm(t, func(s *stage, suspends, visible bool) {
		co := chain(s, 2, 2, suspends, visible, runtime.Goexit)
		task := SpawnOn[int](s.Loop, co)
		other := SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				if co.sleep.Init(100); !co.sleep.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			s.log("other")
			return co.End()
		}))
		returned := false
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.settle()
			returned = true
		}()
		<-ended
		s.traced("0.2", "0.1", "1.2", "1.1", "2 recovers <nil>", "2.1")
		if returned {
			s.Error("Run returned")
		}
		if s.Running() || !task.Done() || other.Done() {
			s.Errorf("running %v, task done %v, other done %v", s.Running(), task.Done(), other.Done())
		}
		if _, ok := panicOf(func() { task.Result() }).(goexit); !ok {
			s.Error("Result does not unwind its caller")
		}
		s.settle() // what is left goes on in another run
		s.traced("other")
	})
}

func TestDeferredLiteralAwaits(t *testing.T) {
	for _, suspends := range []bool{false, true} {
		for _, recovers := range []bool{false, true} {
			s := newStage(t)
			inner := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
				if state == 1 {
					goto await1
				}
				co.Defer(func() { s.log("first deferred, recovers %v", recover()) })
				co.deferCo(newCoro(func(d *coro, fb *Fiber, state int32) bool {
					if state == 0 {
						s.log("cleanup begins")
						if d.sleep.Init(5); !d.sleep.Start(fb, d) {
							return d.Suspend(1)
						}
					}
					if recovers {
						s.log("cleanup recovers %v", co.Recover())
					}
					s.log("cleanup ends")
					return d.End()
				}))
				co.Defer(func() { s.log("last deferred") })
				if co.yield.Init(); suspends && !co.yield.Start(fb, co) {
					return co.Suspend(1)
				}
			await1:
				panic("p")
			})
			outer := newCoro(func(co *coro, fb *Fiber, state int32) bool {
				if state == 0 && !inner.Start(fb, co) {
					return co.Suspend(1)
				}
				co.result, co.err = inner.Result()
				s.log("outer")
				return co.End()
			})
			SpawnOn[int](s.Loop, outer)
			s.settle()
			if recovers {
				s.traced("last deferred", "cleanup begins", "cleanup recovers p", "cleanup ends", "first deferred, recovers <nil>", "outer")
			} else {
				s.traced("last deferred", "cleanup begins", "cleanup ends", "first deferred, recovers p", "outer")
			}
			if s.Time() != 5 || outer.state != stateDone {
				t.Errorf("time %v, state %d", s.Time(), outer.state)
			}
		}
	}
}

func TestF24_DeferredLiteralPanicsAfterItsAwait(t *testing.T) {
	s := newStage(t)
	co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		co.Defer(func() { s.log("recovers %v", recover()) })
		co.deferCo(newCoro(func(d *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				if d.yield.Init(); !d.yield.Start(fb, d) {
					return d.Suspend(1)
				}
			}
			panic("in cleanup")
		}))
		panic("in body")
	})
	SpawnOn[int](s.Loop, co)
	s.settle()
	s.traced("recovers in cleanup")
}

func TestReentrancy(t *testing.T) {
	s := newStage(t)
	var co *coro
	co = newDeferring(func(_ *coro, fb *Fiber, state int32) bool {
		co.Defer(func() { s.log("deferred") })
		s.log("resume: %s", misuse(t, func() { co.Resume(fb) }))
		s.log("start: %s", misuse(t, func() { co.Start(fb, co) }))
		s.log("send: %s", misuse(t, func() { co.Send() }))
		s.log("close: %s", misuse(t, func() { co.Close() }))
		s.log("spawn: %s", misuse(t, func() { SpawnOn[int](s.Loop, co) }))
		s.log("result: %s", misuse(t, func() { co.Result() }))
		s.log("goes on")
		return true
	})
	SpawnOn[int](s.Loop, co)
	s.log("start of a task's: %s", misuse(t, func() { co.Start(nil, nil) }))
	s.log("send to a task's: %s", misuse(t, func() { co.Send() }))
	s.settle()
	s.log("resume after: %s", misuse(t, func() { co.Resume(nil) }))
	s.log("start after: %s", misuse(t, func() { co.Start(nil, nil) }))
	s.log("send after: %s", misuse(t, func() { co.Send() }))
	s.traced("start of a task's: the coroutine already belongs to a task or a generator",
		"send to a task's: a task or a generator drives this coroutine",
		"resume: the coroutine is already running",
		"start: the coroutine is already running",
		"send: the coroutine is already running",
		"close: Close of a coroutine from within itself",
		"spawn: the coroutine is already running",
		"result: Result of a coroutine that has not ended",
		"goes on",
		"deferred",
		"resume after: the coroutine has ended",
		"start after: the coroutine has ended",
		"send after: the coroutine has ended")
}

func TestAwaitedTwice(t *testing.T) {
	s := newStage(t)
	f := NewFuture[int]()
	shared := awaits(s, f, "shared", 1)
	awaiting := func() *coro {
		return newCoro(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 && !shared.Start(fb, co) {
				return co.Suspend(1)
			}
			return co.End()
		})
	}
	SpawnOn[int](s.Loop, awaiting())
	SpawnOn[int](s.Loop, awaiting())
	s.settle()
	f.SetResult(1)
	s.settle()
	s.traced("shared0: 1, <nil>")
	if len(s.unhandled) != 1 || !strings.Contains(fmt.Sprint(s.unhandled[0].Value), "already awaited") {
		t.Errorf("unhandled %v", s.unhandled)
	}
}

func TestFailedFrameIsPoisoned(t *testing.T) {
	s := newStage(t)
	co := newCoro(func(co *coro, fb *Fiber, state int32) bool { panic("boom") })
	SpawnOn[int](s.Loop, co)
	s.settle()
	m, _ := panicOf(func() { co.Resume(nil) }).(Misuse)
	if !strings.Contains(string(m), "has failed (panic: boom)") {
		t.Errorf("resume of a failed coroutine: %q", m)
	}
}
