package rt_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/goasync/goasync/rt"
)

// valued is an awaitable of nothing that returns v.
type valued struct {
	rt.Awaitable[struct{}]
	v int
}

func (a valued) Result() (int, error) {
	_, err := a.Awaitable.Result()
	return a.v, err
}

// child is an argument of a gather: steps in the world's form, then v.
func (w *world) child(v int, steps ...step) func() rt.Awaitable[int] {
	return func() rt.Awaitable[int] { return valued{w.awaitable(steps...), v} }
}

// gather is a step that gathers children and logs what came, separated by commas.
func (w *world) gather(children ...func() rt.Awaitable[int]) step {
	return await(
		func() rt.Awaitable[[]int] { return rt.GatherAsync(children...) },
		func(values []int, err error) error {
			if err != nil {
				w.log("gather:error")
				return err
			}
			entry := "gather"
			for _, v := range values {
				entry += fmt.Sprintf(":%d", v)
			}
			w.log("%s", entry)
			return nil
		})
}

// CPython, await gather() twice: [] [] next.
func TestC098_GatherOfNothingIsDoneAtOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.spawn(w.gather(), w.gather())
		w.loop.CallSoon(w.logs("next"))
		w.turns(1)
		w.traced("gather gather next")
	})
}

// CPython, with seconds: 2 4 3 1 [1, 2, 3, 4].
func TestC099_GatherKeepsTheOrderOfItsArguments(t *testing.T) {
	inBothForms(t, func(w *world) {
		err := w.run(w.spawn(w.gather(
			w.child(1, sleep(30), w.says("1")),
			w.child(2, w.says("2")),
			w.child(3, sleep(20), w.says("3")),
			w.child(4, sleep(10), w.says("4")),
		)))
		if err != nil {
			w.Error(err)
		}
		w.traced("2 4 3 1 gather:1:2:3:4")
	})
}

// CPython, the same children: d:nil gather:boom, and a and c go on; [!]. Of two errors in one iteration it raises the first, too, and logs
// nothing of the second.
func TestC101_FirstErrorCancelsTheOthersAndIsReturned(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		// What a child does when it is cancelled: it sees the error, and may still take its time.
		lasts := func(name string) []step {
			return []step{await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
				w.log("%s:%v:%v", name, isCanceled(err), errors.Is(err, boom))
				return err
			})}
		}
		err := w.run(w.spawn(w.gather(
			w.child(1, lasts("a")...),
			w.child(2, sleep(5), w.says("fails"), fail(boom)),
			w.child(3, lasts("c")...),
			w.child(4, sleep(5), await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("d:%v", isCanceled(err)); return nil })),
		)))
		if err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
		if last := w.trace[len(w.trace)-1]; last != "gather:error" || len(w.trace) != 5 {
			w.Errorf("trace %v: the gather must end after all of its children", w.trace)
		}
		if w.trace[0] != "fails" {
			w.Errorf("trace %v: cancelled before the first error", w.trace)
		}
		for _, entry := range []string{"a:true:true", "c:true:true", "d:true"} {
			found := false
			for _, got := range w.trace {
				found = found || got == entry
			}
			if !found {
				w.Errorf("trace %v lacks %s", w.trace, entry)
			}
		}

		// A later error changes nothing.
		err = w.run(w.spawn(w.gather(
			w.child(1, sleep(1), fail(boom)),
			w.child(2, sleep(1), fail(errors.New("second"))),
		)))
		if err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
	})
}

// CPython, a BaseException in place of the panic: gather raises it, and the other goes on [!]; a KeyboardInterrupt leaves the loop at once.
func TestC101_PanicOfAChildPanicsAtTheAwait(t *testing.T) {
	inBothForms(t, func(w *world) {
		defer func() {
			if p := recover(); p != "boom" {
				w.Errorf("panicked with %v, want boom", p)
			}
			w.traced("other:true")
		}()
		w.run(w.spawn(w.gather(
			w.child(1, await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { w.log("other:%v", isCanceled(err)); return err })),
			w.child(2, sleep(5), do(func() { panic("boom") })),
		), w.says("never")))
		w.Error("no panic")
	})
}

// CPython 3.11, children of the like: c, after the cancel a:canceled, after the release "b gather:canceled", with return_exceptions=True;
// the task is cancelled, the gather is not. Without it the gather ends at a:canceled, while the second child goes on; [!] of 101.
func TestC104_CancelOfAGatherEndsAfterItsChildren(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		// The second child swallows the cancel and lives on for a while; the third returns a value.
		never := rt.NewFuture[int]()
		release := rt.NewFuture[int]()
		task := w.spawn(w.gather(
			w.child(1, await(never.WaitAsync, func(_ int, err error) error { w.log("a:%v", errors.Is(err, cause)); return err })),
			w.child(2, w.stubborn(release)),
			w.child(3, w.says("c")),
		))
		w.turns(2)
		w.traced("c")
		task.Cancel(cause)
		w.turns(2)
		w.traced("a:true")
		if task.Done() {
			w.Error("the gather ended before its second child")
		}
		w.loop.CallSoon(func() { release.SetResult(1) })
		w.turns(4)
		w.traced("b gather:error")
		if !task.Canceled() {
			w.Error("the task is not cancelled")
		}
		if _, err := task.Result(); !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
			w.Errorf("error %v, want a cancel because of %v", err, cause)
		}
	})
}

// stubborn is a step that waits for f and cannot be cancelled.
func (w *world) stubborn(f *rt.Future[int]) step {
	return await(func() rt.Awaitable[int] { return &stubbornOp{f: f} }, func(int, error) error { w.log("b"); return nil })
}

// stubbornOp waits for f and refuses to be aborted, as an operation does that is under way elsewhere.
type stubbornOp struct {
	f *rt.Future[int]
}

func (op *stubbornOp) Start(fb *rt.Fiber, parent rt.Resumable) bool {
	if err := fb.Checkpoint(); err != nil {
		return fb.Ready(parent)
	}
	op.f.AddDoneCallback(func(*rt.Future[int]) { fb.Wake() })
	fb.Suspend(parent, op)
	return false
}

func (op *stubbornOp) Abort(*rt.Fiber, error) rt.Outcome { return rt.Refused }
func (op *stubbornOp) Result() (int, error)              { return 0, nil }

// CPython: a:canceled gather:canceled, the task cancelled, b not done; [!] of 101.
func TestC105_CancelledChildOfAGather(t *testing.T) {
	// As any other error: the others are cancelled [!], and the cancel is what the gather returns.
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		task := w.spawn(w.gather(
			w.child(1, wait(w, "a", f)),
			w.child(2, wait(w, "b", rt.NewFuture[int]())),
		))
		w.turns(2)
		f.Cancel(nil)
		if err := w.run(task); !errors.Is(err, context.Canceled) {
			w.Errorf("error %v, want a cancel", err)
		}
		w.traced("a:error b:error gather:error")
	})
}
