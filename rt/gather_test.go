package rt_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

func TestGatherCancelledWhileItFails(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		// The first error is on its way out, held up by a child that does not end: a cancel does not replace it, and comes at
		// the next await.
		held := rt.NewFuture[int]()
		task := w.spawn(
			await(
				func() rt.Awaitable[[]int] {
					return rt.GatherAsync(w.child(1, yield(), fail(boom)), w.child(2, w.stubborn(held)))
				},
				func(_ []int, err error) error { w.log("gather:%v", err); return nil }),
			await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("then:%v", isCanceled(err)); return err }),
		)
		w.turns(3)
		task.Cancel(nil)
		w.turns(1)
		w.loop.CallSoon(func() { held.SetResult(1) })
		w.turns(4)
		w.traced("b gather:boom then:true")
	})
}

func TestGatherThatFailsWhileCancelled(t *testing.T) {
	boom, cause := errors.New("boom"), errors.New("cause")
	inBothForms(t, func(w *world) {
		task := w.spawn(w.gather(
			w.child(1, sees(w, "a", rt.NewFuture[int]()), fail(boom)),
			w.child(2, wait(w, "b", rt.NewFuture[int]())),
		))
		w.turns(2)
		task.Cancel(cause)
		err := w.run(task)
		if !isCanceled(err) || !errors.Is(err, cause) || !errors.Is(err, boom) {
			w.Errorf("error %v, want the cancel with its cause, and boom", err)
		}
		w.traced("a:true b:error gather:error")
	})
}

func TestGatherInGather(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		inner := func(steps ...step) func() rt.Awaitable[int] {
			return w.child(1, await(
				func() rt.Awaitable[[]int] {
					return rt.GatherAsync(w.child(1, steps...), w.child(2, sees(w, "inner", rt.NewFuture[int]())))
				}, nil))
		}
		err := w.run(w.spawn(w.gather(
			inner(sleep(5), w.says("fails"), fail(boom)),
			inner(sleep(50), w.says("never")),
			w.child(3, sees(w, "outer", rt.NewFuture[int]())),
		)))
		if err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
		if w.trace[0] != "fails" || w.trace[1] != "inner:true" || len(w.trace) != 5 {
			w.Errorf("trace %v", w.trace)
		}
		if now := w.clock.Now(); now != 5 {
			w.Errorf("ended at %d, want 5", now)
		}
	})
}

func TestGatherEdges(t *testing.T) {
	// Canceled before it begins, it begins nothing.
	inBothForms(t, func(w *world) {
		task := w.spawn(w.gather(w.child(1, w.says("never"))))
		task.Cancel(nil)
		w.turns(2)
		w.traced("gather:error")
	})
	// The second panic of two is reported, not lost.
	w, failures := handled(t)
	task := w.spawn(w.gather(w.child(1, do(thrower)), w.child(2, do(func() { panic("second") }))))
	task.AddDoneCallback(func(*rt.Task[struct{}]) {})
	w.turns(3)
	if len(*failures) != 1 || (*failures)[0].Value != "second" {
		t.Errorf("failures %v, want the second panic", *failures)
	}
	// A function that panics before it has an awaitable.
	*failures = nil
	w.spawn(await(func() rt.Awaitable[[]int] {
		return rt.GatherAsync(func() rt.Awaitable[int] { panic("none") })
	}, nil))
	w.turns(3)
	if len(*failures) != 1 || (*failures)[0].Value != "none" {
		t.Errorf("failures %v, want the panic", *failures)
	}
	if n := w.loop.Tasks(); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
	// By hand there is no loop to run it on.
	misuse(t, func() {
		co := rt.Drive(rt.GatherAsync(w.child(1)))
		co.Send()
		co.Result()
	})
}

// twice awaits one embedded operation two times.
type twice struct {
	rt.Frame
	w     *world
	trace []int
	call1 rt.GatherOp[int]
}

func (co *twice) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *twice) Result() (struct{}, error)                    { co.Check(); return struct{}{}, nil }

func (co *twice) Resume(fb *rt.Fiber) (done bool) {
	state := co.Enter()
	if state > 0 {
		goto await1
	}
for1:
	co.call1.Init(co.w.child(len(co.trace)+1, sleep(1)), co.w.child(len(co.trace)+2))
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	values, err := co.call1.Result()
	co.trace = append(co.trace, values...)
	if err != nil || len(co.trace) == 4 {
		return co.End()
	}
	goto for1
}

func TestGatherOpIsUsedAgain(t *testing.T) {
	w := newWorld(t)
	co := &twice{w: w}
	if err := w.run(rt.SpawnOn(w.loop, rt.Awaitable[struct{}](co))); err != nil {
		t.Fatal(err)
	}
	if got := co.trace; len(got) != 4 || got[0] != 1 || got[1] != 2 || got[2] != 3 || got[3] != 4 {
		t.Errorf("got %v", got)
	}
}

func TestGatherUnderRun(t *testing.T) {
	// What Run leaves behind may be a gather: it ends with its children.
	ended := 0
	err := rt.Run0(func() error {
		rt.Spawn0(func() error {
			one := func() error { defer func() { ended++ }(); return rt.Sleep(time.Hour) }
			err := rt.Gather0(one, one)
			if ended != 2 || !isCanceled(err) {
				t.Errorf("gather returned %v after %d children had ended", err, ended)
			}
			ended++
			return err
		})
		rt.YieldNow()
		return rt.YieldNow()
	})
	if err != nil || ended != 3 {
		t.Errorf("error %v, %d ended", err, ended)
	}

	// t.Fatal in a gathered function ends the goroutine of Run, after everybody's deferred calls.
	var trace []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		rt.Run0(func() error {
			defer func() { trace = append(trace, "root") }()
			return rt.Gather0(
				func() error { defer func() { trace = append(trace, "other") }(); return rt.Sleep(time.Hour) },
				func() error { rt.YieldNow(); runtime.Goexit(); return nil },
			)
		})
		trace = append(trace, "returned")
	}()
	<-done
	if len(trace) != 2 || trace[0] != "other" || trace[1] != "root" {
		t.Errorf("trace %v, want other root", trace)
	}
}
