package rt_test

import (
	"context"
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// What CPython 3.11 does where these tests cancel and uncancel, as a task of the like prints it:
//
//	cancels itself, returns 7             cancelled ('self',) | cancelled()=True cancelling()=1
//	cancels itself, raises boom           error boom | cancelled()=False cancelling()=1
//	cancels itself twice, uncancels       (2, 1, 0, 0) | thrown; from 3.13 on not thrown
//	catches it, uncancels, goes on        ('caught', 1, 0) | value 7 | cancelled()=False cancelling()=0
//	awaits a task cancelled by others     cancelled () | cancelled()=True cancelling()=0; here an error that is no cancel, [!]
//	is cancelled when the value is there  cancelled ('cause',) | cancelled()=True; here it gets the value, [!] of 084
//	uncancels, awaiting a shield          cancelled () | cancelled()=True; here no cancel comes before the shield's end, [!] of 118

func TestC086_SelfCancelAtTheEnd(t *testing.T) {
	cause, boom := errors.New("cause"), errors.New("boom")
	inBothForms(t, func(w *world) {
		var self *rt.Task[struct{}]
		cancels := do(func() { self.Cancel(cause) })
		self = w.spawn(cancels)
		if err := w.run(self); !errors.Is(err, cause) || !self.Canceled() {
			w.Errorf("error %v, cancelled %v; want a cancel", err, self.Canceled())
		}
		self = w.spawn(cancels, fail(boom))
		if err := w.run(self); err != boom || self.Canceled() || self.Canceling() != 1 {
			w.Errorf("error %v, cancelled %v; want %v", err, self.Canceled(), boom)
		}
		// It was delivered, or is held by a shield until the end.
		self = w.spawn(cancels, w.next())
		if err := w.run(self); err != nil {
			w.Errorf("error %v after the cancel was met", err)
		}
		self = w.spawn(shield(nil, cancels, w.next()))
		if err := w.run(self); !errors.Is(err, cause) {
			w.Errorf("error %v, want a cancel", err)
		}
		w.traced("next:canceled next:nil")
		// Of others, too late to be delivered: what is returned counts (084).
		f := rt.NewFuture[int]()
		self = w.spawn(wait(w, "f", f))
		w.turns(1)
		f.SetResult(7)
		self.Cancel(cause)
		if err := w.run(self); err != nil || self.Canceled() {
			w.Errorf("error %v, cancelled %v; want the value", err, self.Canceled())
		}
		w.traced("f:7")
	})
}

func TestC092_TaskThatOthersCancelledIsNoCancelOfWhoWaits(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		inner := w.spawn(w.forever("inner", false))
		told := func(name string) step {
			return call(inner.WaitAsync, inner.Wait, func(_ struct{}, err error) error {
				var e *rt.TaskCanceledError
				w.log("%s:%v,%v,%v,%v", name, errors.Is(err, rt.ErrTaskCanceled), errors.As(err, &e), errors.Is(err, context.Canceled), errors.Is(err, cause))
				return err
			})
		}
		one, two := w.spawn(told("one")), w.spawn(told("two"))
		w.turns(2)
		inner.Cancel(cause)
		w.turns(3)
		late := w.spawn(told("late"))
		w.turns(2)
		if one.Canceled() || two.Canceled() || late.Canceled() || isCanceled(errOf(one)) {
			w.Error("who waits counts as cancelled")
		}
		w.traced("inner:canceled one:true,true,false,true two:true,true,false,true late:true,true,false,true")
		// The cancel of one who waits reaches the task and is a cancel there; for the other it is not.
		inner = w.spawn(w.forever("inner", false))
		one, two = w.spawn(told("one")), w.spawn(told("two"))
		w.turns(2)
		one.Cancel(cause)
		w.turns(3)
		if !one.Canceled() || two.Canceled() {
			w.Errorf("cancelled %v, %v", one.Canceled(), two.Canceled())
		}
		w.traced("inner:canceled one:false,false,true,true two:true,true,false,true")
		// A group whose function waits for it has an error.
		inner.Cancel(nil)
		w.runs(0, w.nursery(func(err error) error { w.log("%v", errors.Is(err, rt.ErrTaskCanceled)); return nil },
			func(n *nest) []step { return []step{n.begins(call(inner.WaitAsync, inner.Wait, nil))} }))
		w.traced("true")
	})
}

// errOf returns the error of a task that has ended.
func errOf(task *rt.Task[struct{}]) error {
	_, err := task.Result()
	return err
}

func TestC094_Uncancel(t *testing.T) {
	inBothForms(t, func(w *world) {
		var self *rt.Task[struct{}]
		cancels := do(func() { self.Cancel(nil) })
		uncancels := do(func() { w.log("left:%d", self.Uncancel()) })
		self = w.spawn(uncancels, cancels, cancels, uncancels, uncancels, uncancels, w.next())
		if err := w.run(self); err != nil {
			w.Error(err)
		}
		w.traced("left:0 left:1 left:0 left:0 next:nil")
		// Some are left: it is delivered. Then it is taken back, and the context is another.
		self = w.spawn(cancels, cancels, uncancels, w.next(), uncancels, w.next(),
			do(func() { w.log("%s:%d", stateOf(rt.Context()), self.Canceling()) }))
		w.run(self)
		w.traced("left:1 next:canceled left:0 next:nil live:0")
		// It waits for the end of a shield, and the end of the task.
		self = w.spawn(shield(nil, cancels, uncancels), w.next(), cancels, uncancels)
		if err := w.run(self); err != nil || self.Canceled() {
			w.Errorf("error %v", err)
		}
		w.traced("left:0 next:nil left:0")
		// A scope stays cancelled.
		w.runs(0, timeout(0, w.came("timeout"), do(func() { self.Uncancel() }), w.next(), fail(context.Canceled)))
		w.traced("next:canceled timeout:canceled")
		if self.Uncancel() != 0 {
			w.Error("of a task that has ended")
		}
	})
}

func TestMoveOnWithAValue(t *testing.T) {
	inBothForms(t, func(w *world) {
		move := func(v int, steps ...step) step {
			return call(func() rt.Awaitable[rt.Pair[int, bool]] { return rt.MoveOnAsync(5, w.child(v, steps...)) },
				func() (p rt.Pair[int, bool], err error) {
					p.First, p.Second, err = rt.MoveOn(5, func() (int, error) { _, err := plainScript(steps); return v, err })
					return p, err
				},
				func(p rt.Pair[int, bool], err error) error { w.log("%d,%v,%v", p.First, p.Second, err); return nil })
		}
		w.runs(8, move(1, sleep(3)), move(2, sleep(2), w.forever("f", true)), move(3, fail(errors.New("boom"))))
		w.traced("1,false,<nil> f:canceled 2,true,<nil> 3,false,boom")
	})
	v, expired, err := rt.MoveOn(0, func() (string, error) { return "some", rt.YieldNow() })
	if v != "some" || !expired || err != nil {
		t.Errorf("outside a task: %q, %v, %v", v, expired, err)
	}
}
