package rt_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
)

func TestSweepOfAnEvent(t *testing.T) {
	sweep(t, 8, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		e := rt.NewEvent()
		w.lines = append(w.lines, e.InLine)
		for range 3 {
			tasks = append(tasks, w.spawn(yield(), call0(e.WaitAsync, e.Wait, nil), yield()))
		}
		setter := w.spawn(ignored(), ignored(), ignored(), do(e.Set), do(e.Clear))
		return append(tasks, setter), func() {
			if e.InLine() > 0 && setter.Done() && !setter.Canceled() {
				w.Errorf("%d wait after the event was set", e.InLine())
			}
		}
	})
}

func TestSweepOfABarrier(t *testing.T) {
	sweep(t, 16, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		b := rt.NewBarrier(2)
		w.lines = append(w.lines, b.InLine)
		var indices []int
		for range 4 { // two rounds of two; an interruption may leave one without a partner
			var steps []step
			for range 3 {
				steps = append(steps, call(b.WaitAsync, b.Wait, func(index int, err error) error {
					if err == nil {
						indices = append(indices, index)
					}
					return err
				}), ignored())
			}
			tasks = append(tasks, w.spawn(steps...))
		}
		return tasks, func() {
			if b.Waiting() != b.InLine() || b.Waiting() > 1 {
				w.Errorf("%d wait, %d are in line", b.Waiting(), b.InLine())
			}
			// Who was let go has been told so: for each first of a round there is a last.
			slices.Sort(indices)
			rounds := len(indices) / 2
			if slices.Index(append(indices, 1), 1) != rounds || len(indices)%2 != 0 {
				w.Errorf("indices %v", indices)
			}
		}
	})
}

func TestSweepOfABarrierThatBreaks(t *testing.T) {
	sweep(t, 12, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		b := rt.NewBarrier(3)
		w.lines = append(w.lines, b.InLine)
		meets := func() step {
			return call(b.WaitAsync, b.Wait, func(_ int, err error) error {
				if err == rt.ErrBarrierBroken {
					return nil
				}
				return err
			})
		}
		for range 2 {
			tasks = append(tasks, w.spawn(meets(), ignored(), meets(), ignored(), meets()))
		}
		tasks = append(tasks, w.spawn(ignored(), do(b.Reset), ignored(), ignored(), ignored(), do(b.Abort)))
		return tasks, func() {
			if b.Broken() && !(tasks[0].Done() && tasks[1].Done()) {
				w.Errorf("%d wait at a broken barrier", b.InLine())
			}
			if b.Waiting() != b.InLine() {
				w.Errorf("%d wait, %d are in line", b.Waiting(), b.InLine())
			}
		}
	})
}

func TestSweepOfABroadcast(t *testing.T) {
	sweep(t, 16, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		b := rt.NewBroadcast[int]()
		subscriptions := []*rt.Subscription[int]{b.Subscribe(2, rt.DropOldest), b.Subscribe(16, rt.CloseSlow)}
		heard := make([]int, len(subscriptions)) // or missed
		for i, s := range subscriptions {
			w.lines = append(w.lines, s.InLine)
			for range 2 {
				var steps []step
				for range 3 {
					steps = append(steps, call(s.GetAsync, s.Get, func(_ int, err error) error {
						n, err := counted(err)
						heard[i] += n
						return err
					}), ignored())
				}
				tasks = append(tasks, w.spawn(steps...))
			}
		}
		sent := 0
		var sends []step
		for range 3 { // more at once than the first subscription has room for
			sends = append(sends, do(func() { w.sends(b, sent, sent+1, sent+2, sent+3); sent += 4 }), ignored())
		}
		sender := w.spawn(sends...)
		return append(tasks, sender), func() {
			b.Close()
			for i, s := range subscriptions {
				for {
					_, err := rt.RunUntil(w.loop, rt.SpawnOn(w.loop, s.GetAsync()))
					if err == rt.ErrClosed {
						break
					}
					n, _ := counted(err)
					heard[i] += n
				}
				if heard[i] != sent {
					w.Errorf("%d sent, subscription %d has seen %d", sent, i, heard[i])
				}
			}
		}
	})
}

// counted returns how many items an error of a subscription's Get stands for, one if there is none, and the error if it is another.
func counted(err error) (n int, other error) {
	if err == nil {
		return 1, nil
	}
	var missed *rt.MissedError
	if errors.As(err, &missed) {
		return missed.Missed, nil
	}
	return 0, err
}
