package rt_test

import (
	"fmt"
	"testing"

	"github.com/goasync/goasync/rt"
)

// meets is a step that waits at b, and logs name and what came.
func (w *world) meets(b *rt.Barrier, name string) step {
	return call(b.WaitAsync, b.Wait, func(index int, err error) error {
		if err != nil {
			w.log("%s:%s", name, kindOf(err))
			return nil
		}
		w.log("%s:%d", name, index)
		return nil
	})
}

// CPython, an iteration each: c:2 with none waiting, a:0 b:1, a2:2, b2:0 c2:1; alone:0 at_once. Who comes next and who is let go are in
// another order: there c2 waits until all have left, here it has its place already.
func TestC166_BarrierLetsAllGoAtOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBarrier(3)
		w.spawn(w.meets(b, "a"), w.meets(b, "a2"))
		w.spawn(w.meets(b, "b"), w.meets(b, "b2"))
		w.turns(3)
		w.traced("")
		if b.Waiting() != 2 || b.Broken() {
			w.Errorf("%d wait, broken %v", b.Waiting(), b.Broken())
		}
		// The last does not wait, and does not get into the next round before those whom it let go: they are let go already.
		w.spawn(w.meets(b, "c"), w.meets(b, "c2"))
		w.turns(1)
		w.traced("c:2")
		if b.Waiting() != 1 {
			w.Errorf("%d wait, want c alone", b.Waiting())
		}
		w.turns(1)
		w.traced("a:0 b:1 b2:2")
		w.turns(1)
		w.traced("c2:0 a2:1")
		if b.Waiting() != 0 || b.InLine() != 0 {
			w.Errorf("%d wait, %d in line", b.Waiting(), b.InLine())
		}
		// A barrier for one never holds.
		w.spawn(w.meets(rt.NewBarrier(1), "alone"), w.says("at_once"))
		w.turns(1)
		w.traced("alone:0 at_once")
	})
	misuse(t, func() { rt.NewBarrier(0) })
}

// CPython: a, b and c BrokenBarrierError, none waiting, at_once next:nil; after the resets d:BrokenBarrierError f:2 d2:0 e:1.
func TestC167_BrokenBarrier(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBarrier(3)
		w.spawn(w.meets(b, "a"))
		w.spawn(w.meets(b, "b"), w.next())
		w.turns(1)
		b.Abort()
		w.spawn(w.meets(b, "c"), w.says("at_once"))
		if b.Waiting() != 0 || !b.Broken() {
			w.Errorf("%d wait, broken %v", b.Waiting(), b.Broken())
		}
		w.turns(1)
		w.traced("a:broken b:broken c:broken at_once")
		b.Reset()
		if b.Broken() {
			w.Error("broken after a reset")
		}
		// Reset breaks a round; those who come after it make the next one.
		w.spawn(w.meets(b, "d"), w.meets(b, "d2"))
		w.turns(1)
		b.Reset()
		w.spawn(w.meets(b, "e"))
		w.spawn(w.meets(b, "f"))
		w.turns(2)
		w.traced("next:nil d:broken f:2 d2:0 e:1")
	})
}

// CPython: a:canceled, 2 waiting, not broken; d:2 b:1 c:canceled next:nil. That c was there is [!] of 084.
func TestC167_CancelledWaiterKeepsTheBarrierUsable(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBarrier(3)
		a := w.spawn(w.meets(b, "a"))
		w.spawn(w.meets(b, "b"))
		w.turns(1)
		a.Cancel(nil)
		c := w.spawn(w.meets(b, "c"), w.next())
		w.turns(1)
		w.traced("a:canceled")
		if b.Waiting() != 2 || b.Broken() {
			w.Errorf("%d wait, broken %v", b.Waiting(), b.Broken())
		}
		// Who was let go has been there, whatever comes then; the indices are those of the ones that were there.
		w.spawn(w.meets(b, "d"), do(func() { c.Cancel(nil) }))
		w.turns(2)
		w.traced("d:2 b:0 c:1 next:canceled")
	})
}

func ExampleBarrier() {
	b := rt.NewBarrier(2)
	err := rt.Nursery(func(g *rt.Group) error {
		for _, name := range []string{"hare", "tortoise"} {
			g.Go(func() error {
				defer b.Abort() // so that the other does not wait for one that has failed
				for lap := 1; lap <= 2; lap++ {
					index, err := b.Wait()
					if err != nil {
						return err
					}
					if index == 0 {
						fmt.Println("lap", lap, name, "was there first")
					}
				}
				return nil
			})
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// lap 1 hare was there first
	// lap 2 tortoise was there first
	// <nil>
}

// Two waits of one Select leave nobody behind in a barrier that is broken.
func TestSelectOfTwoWaitsAtABarrier(t *testing.T) {
	inBothForms(t, func(w *world) {
		b := rt.NewBarrier(3)
		for _, breaks := range []func(){b.Reset, b.Abort} {
			w.spawn(selects(among(b.WaitOp(), b.WaitOp()), w.chose("select")))
			w.turns(1)
			breaks()
			w.turns(1)
			w.traced("select:0:nil")
			if b.Waiting() != 0 {
				w.Errorf("%d wait, want 0", b.Waiting())
			}
		}
	})
}
