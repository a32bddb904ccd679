package rt

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
)

// references lists what v, a struct, refers to.
func references(prefix string, v reflect.Value) (list []string) {
	for i := range v.NumField() {
		f, name := v.Field(i), prefix+v.Type().Field(i).Name
		switch f.Kind() {
		case reflect.Struct:
			list = append(list, references(name+".", f)...)
		case reflect.Pointer, reflect.Func, reflect.Interface, reflect.Slice:
			if !f.IsNil() {
				list = append(list, name)
			}
		}
	}
	return list
}

// TestOperationsLetGo reads the result of every operation that frames embed, completed, failed at the start, and aborted: after
// that it refers to nothing, as a frame that embeds it may stay suspended elsewhere for long.
func TestOperationsLetGo(t *testing.T) {
	for _, how := range []string{"completed", "refused", "aborted"} {
		s := newStage(t)
		f := NewFutureOn[int](s.Loop)
		of := NewFutureOn[int](s.Loop) // not f, which a cancel of a wait for it cancels
		inner := SpawnOn(s.Loop, of.WaitAsync())
		type operation interface {
			Start(fb *Fiber, parent Resumable) bool
		}
		var (
			wait     FutureWaitOp[int]
			task     TaskWaitOp[int]
			sleep    SleepOp
			yield    YieldNowOp
			blocking BlockingOp[int]
			gather   GatherOp[int]
		)
		wait.Init(f)
		task.Init(inner)
		sleep.Init(5)
		yield.Init()
		done := make(chan struct{})
		blocking.Init(func(context.Context) (int, error) { <-done; return 1, nil })
		gather.Init(func() Awaitable[int] { return f.WaitAsync() }, func() Awaitable[int] { return f.WaitAsync() })
		for _, op := range []struct {
			begin  operation
			result func() error
		}{
			{&wait, func() error { _, err := wait.Result(); return err }},
			{&task, func() error { _, err := task.Result(); return err }},
			{&sleep, func() error { _, err := sleep.Result(); return err }},
			{&yield, func() error { _, err := yield.Result(); return err }},
			{&blocking, func() error { _, err := blocking.Result(); return err }},
			{&gather, func() error { _, err := gather.Result(); return err }},
		} {
			if how == "completed" && op.begin == operation(&blocking) {
				continue // TestBlocking has it; its goroutine needs a loop that waits
			}
			var err error
			root := SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
				if state == 0 && !op.begin.Start(fb, co) {
					return co.Suspend(1)
				}
				err = op.result()
				return co.End()
			}))
			if how == "refused" {
				root.Cancel(nil)
			}
			s.Stop()
			s.Loop.Run()
			if how == "aborted" {
				root.Cancel(nil)
			} else if how == "completed" {
				f.SetResult(1)
				of.SetResult(1)
			}
			s.settle()
			if how != "completed" && op.begin != operation(&yield) && !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %T ended with %v", how, op.begin, err)
			}
			if left := references("", reflect.ValueOf(op.begin).Elem()); left != nil || !root.Done() {
				t.Errorf("%s: %T refers to %v after its result was read (ended: %v)", how, op.begin, left, root.Done())
			}
		}
		close(done)
	}
}

// TestScopeCancelCountsOnce has fibers of a scope await one another: the scope's cancel comes to the innermost on several ways
// and counts once.
func TestScopeCancelCountsOnce(t *testing.T) {
	s := newStage(t)
	waits := func(inner *Task[int]) *Task[int] {
		return SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				if co.task.Init(inner); !co.task.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			co.result, co.err = co.task.Result()
			return co.End()
		}))
	}
	innermost := SpawnOn[int](s.Loop, newCoro(func(co *coro, fb *Fiber, state int32) bool {
		switch state {
		case 0:
			if co.stub = (stubborn{}); !co.stub.Start(fb, co) {
				return co.Suspend(1)
			}
		case 1: // the cancel did not end the wait: it is thrown at the next
			if co.future.Init(NewFuture[int]()); !co.future.Start(fb, co) {
				return co.Suspend(2)
			}
		}
		co.result, co.err = co.future.Result()
		return co.End()
	}))
	middle := waits(innermost)
	outer := waits(middle)
	// The outer and the middle one in a scope, and the middle one in a scope in that.
	var around, within Scope
	around.open(s.Loop, &s.root)
	within.open(s.Loop, &around)
	for fb, in := range map[*Fiber]*Scope{&outer.runs: &around, &middle.runs: &within} {
		fb.leaveScope()
		in.add(fb)
	}
	s.settle()
	around.cancel(errors.New("enough"))
	if n := fmt.Sprint(outer.Canceling(), middle.Canceling(), innermost.Canceling()); n != "0 1 1" {
		t.Errorf("cancels counted: %s, want 0 1 1", n)
	}
	innermost.runs.Wake()
	s.settle()
	for _, task := range []*Task[int]{outer, middle, innermost} {
		if _, err := task.Result(); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	}
	// Another cancel is another one.
	again := SpawnOn(s.Loop, NewFuture[int]().WaitAsync())
	again.Cancel(nil)
	again.Cancel(nil)
	if again.Canceling() != 2 {
		t.Errorf("two cancels count as %d", again.Canceling())
	}
	s.settle()
}
