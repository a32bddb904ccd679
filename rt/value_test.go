package rt

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
)

func TestValueAndFail(t *testing.T) {
	s := newStage(t)
	var task *Task[int]
	task = SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		task.Cancel(nil)
		for _, aw := range []Awaitable[int]{Value(7), Fail[int](errX)} {
			if !aw.Start(fb, co) {
				s.Error("suspended")
			}
			v, err := aw.Result()
			s.log("%v, %v", v, err) // the cancel does not come here
		}
		return co.End()
	}))
	s.settle()
	s.traced("7, <nil>", "0, x")
	for _, aw := range []Awaitable[int]{Value(7), Fail[int](errX), Func(func() (int, error) { return 7, errX })} {
		task := SpawnOn(s.Loop, aw)
		s.settle()
		v, err := task.Result()
		s.log("%v, %v", v, err)
	}
	s.traced("7, <nil>", "0, x", "7, x")
}

func TestFuncRunsWhenStarted(t *testing.T) {
	s := newStage(t)
	aw := Func(func() (int, error) { s.log("f"); return 7, errX })
	aw0 := Func0(func() error { s.log("f0"); return errY })
	s.log("made")
	if !aw.Start(nil, nil) || !aw0.Start(nil, nil) {
		t.Error("suspended")
	}
	s.log("started")
	v, err := aw.Result()
	_, err0 := aw0.Result()
	s.log("%v, %v, %v", v, err, err0)
	s.log("%s", misuse(t, func() { aw.Start(nil, nil) }))
	s.log("%s", misuse(t, func() { aw0.Start(nil, nil) }))
	s.traced("made", "f", "f0", "started", "7, x, y", "the call has ended", "the call has ended")
	if n := testing.AllocsPerRun(100, func() {
		aw := Func0(errNone)
		aw.Start(nil, nil)
		aw.Result()
	}); n > 1 {
		t.Errorf("%v allocations a call", n)
	}
}

func errNone() error { return nil }

func TestPanicInAFuncPanicsAtTheAwait(t *testing.T) {
	for _, suspends := range []bool{false, true} {
		s := newStage(t)
		co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				co.Defer(func() { s.log("recovers %v", recover()) })
				if co.yield.Init(); suspends && !co.yield.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			aw := Func0(func() error { thrower(); return nil })
			aw.Start(fb, co)
			s.log("never")
			return true
		})
		SpawnOn[int](s.Loop, co)
		s.settle()
		s.traced("recovers boom")
	}
	// Alone in a task, and as a function of a gather.
	s := newStage(t)
	task := SpawnOn(s.Loop, Func0(func() error { thrower(); return nil }))
	gather := SpawnOn(s.Loop, Gather0Async(func() Awaitable[struct{}] { return Func0(func() error { thrower(); return nil }) }))
	s.settle()
	if p, q := panicOf(func() { task.Result() }), panicOf(func() { gather.Result() }); p != "boom" || q != "boom" {
		t.Errorf("panics %v, %v", p, q)
	}
	if len(s.unhandled) != 2 || !hasFrame(s.unhandled[0].Stack, "rt.thrower") {
		t.Errorf("unhandled %v", s.unhandled)
	}
}

func TestGoexitInAFunc(t *testing.T) {
	s := newStage(t)
	task := SpawnOn(s.Loop, Func0(func() error { runtime.Goexit(); return nil }))
	returned, ended := false, make(chan struct{})
	go func() {
		defer close(ended)
		s.settle()
		returned = true
	}()
	<-ended
	if returned || !task.Done() {
		t.Errorf("returned %v, done %v", returned, task.Done())
	}
}

// source is what programs have two of: one that waits, and a mock.
type source interface {
	ReadAsync(p []byte) Awaitable[int]
}

type mock struct{ text string }

func (m *mock) ReadAsync(p []byte) Awaitable[int] {
	return Func(func() (int, error) {
		n := copy(p, m.text)
		m.text = m.text[n:]
		if n == 0 {
			return 0, errors.New("end")
		}
		return n, nil
	})
}

func ExampleFunc() {
	var src source = &mock{"hello"}
	p := make([]byte, 3)
	for range 3 {
		n, err := RunAsync(src.ReadAsync(p))
		fmt.Println(n, err)
	}
	// Output:
	// 3 <nil>
	// 2 <nil>
	// 0 end
}
