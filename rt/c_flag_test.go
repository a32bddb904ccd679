package rt_test

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// awaitsFlag is a step that waits for f, and logs name and what came.
func (w *world) awaitsFlag(f *rt.Flag, name string) step {
	return call0(f.WaitAsync, f.Wait, func(err error) error {
		w.log("%s:%s", name, kindOf(err))
		return err
	})
}

func TestC155_SetWakesAllAlsoIfClearFollows(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFlag()
		w.spawn(w.awaitsFlag(f, "a"), w.awaitsFlag(f, "a_again"))
		w.spawn(w.awaitsFlag(f, "b"))
		cancelled := w.spawn(w.awaitsFlag(f, "c"))
		late := w.spawn(w.awaitsFlag(f, "d"), w.next())
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

func TestC156_WaitForASetFlagDoesNotYieldButCanBeCancelled(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFlag()
		f.Set()
		w.spawn(w.awaitsFlag(f, "a"), w.awaitsFlag(f, "b"))
		w.loop.CallSoon(w.logs("next_turn"))
		w.turns(1)
		w.traced("a:nil b:nil next_turn")
		task := w.spawn(w.awaitsFlag(f, "c"))
		task.Cancel(nil)
		w.turns(1)
		w.traced("c:canceled")
	})
}
