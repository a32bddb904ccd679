package rt_test

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// awaitsEvent is a step that waits for f, and logs name and what came.
func (w *world) awaitsEvent(f *rt.Event, name string) step {
	return call0(f.WaitAsync, f.Wait, func(err error) error {
		w.log("%s:%s", name, kindOf(err))
		return err
	})
}

// CPython: c:canceled a:nil b:nil d:canceled, then a_again:nil; d:nil is [!] of 084.
func TestC155_SetWakesAllAlsoIfClearFollows(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewEvent()
		w.spawn(w.awaitsEvent(f, "a"), w.awaitsEvent(f, "a_again"))
		w.spawn(w.awaitsEvent(f, "b"))
		cancelled := w.spawn(w.awaitsEvent(f, "c"))
		late := w.spawn(w.awaitsEvent(f, "d"), w.next())
		w.turns(1)
		cancelled.Cancel(nil)
		f.Set()
		late.Cancel(nil)
		if !f.IsSet() {
			w.Error("not set")
		}
		f.Clear()
		if f.IsSet() {
			w.Error("not cleared")
		}
		w.turns(2)
		w.traced("c:canceled a:nil b:nil d:nil next:canceled")
		f.Set()
		w.turns(1)
		w.traced("a_again:nil")
	})
}

// CPython: a:nil b:nil next_turn; a task that has cancelled itself: c:nil next:canceled; [!].
func TestC156_WaitForASetEventDoesNotYieldButCanBeCancelled(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewEvent()
		f.Set()
		w.spawn(w.awaitsEvent(f, "a"), w.awaitsEvent(f, "b"))
		w.loop.CallSoon(w.logs("next_turn"))
		w.turns(1)
		w.traced("a:nil b:nil next_turn")
		task := w.spawn(w.awaitsEvent(f, "c"))
		task.Cancel(nil)
		w.turns(1)
		w.traced("c:canceled")
	})
}
