package meet

import (
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// BarrierRounds has three tasks go on together, round after round. One that
// fails lets the others know.
//
// async
func BarrierRounds(w *harness.World) (string, error) {
	b := rt.NewBarrier(3)
	sums := make([]int, 3)
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for i := range 3 {
			g.Go(func() error {
				for round := range 2 {
					if _, err := rt.Await(w.Get(i)); err != nil {
						b.Abort()
						w.Err("aborted", err)
						return nil
					}
					index, err := rt.Await(b.Wait())
					w.Trace("met", i, round, index, harness.Show(err))
					if errors.Is(err, rt.ErrBarrierBroken) {
						return nil
					}
					if err != nil {
						return err
					}
					sums[i] += index
				}
				return nil
			})
		}
		return nil
	}))
	return fmt.Sprint(sums, b.Waiting(), b.Broken()), err
}

// BroadcastNews has three subscribers hear a sender, one of which is slow and
// told so, and one slow and left out.
//
// async
func BroadcastNews(w *harness.World) (string, error) {
	news := rt.NewBroadcast[int]()
	heard := make([]string, 3)
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for i, sub := range []*rt.Subscription[int]{
			news.Subscribe(16, rt.CloseSlow), news.Subscribe(1, rt.DropOldest), news.Subscribe(1, rt.CloseSlow),
		} {
			g.Go(func() error {
				defer sub.Close()
				for {
					v, err := rt.Await(sub.Get())
					var missed *rt.MissedError
					switch {
					case errors.As(err, &missed):
						heard[i] += fmt.Sprint("?", missed.Missed)
					case errors.Is(err, rt.ErrClosed), errors.Is(err, rt.ErrTooSlow):
						heard[i] += "."
						return nil
					case err != nil:
						return err
					default:
						heard[i] += fmt.Sprint(v)
						if err := rt.Await0(w.Do("hear")); err != nil {
							return err
						}
					}
				}
			})
		}
		defer news.Close()
		for v := range 4 {
			if err := rt.Await0(rt.YieldNow()); err != nil {
				return err
			}
			if err := errors.Join(news.Send(v), news.Send(v), news.Send(v)); err != nil {
				return err
			}
		}
		return nil
	}))
	return fmt.Sprint(heard), err
}

// LocksHeld has tasks hold a lock and a permit while they wait for something
// else; whatever fails, they are free at the end.
//
// async
func LocksHeld(w *harness.World) (string, error) {
	l, s := rt.NewLock(), rt.NewSemaphore(2)
	inside, total := 0, 0
	task := func(i int) error {
		if err := rt.Await0(s.Acquire()); err != nil {
			return err
		}
		defer s.Release()
		if err := rt.Await0(w.Do("permit")); err != nil {
			return err
		}
		if err := rt.Await0(l.Lock()); err != nil {
			return err
		}
		defer l.Unlock()
		inside++
		n, err := rt.Await(w.Get(i))
		w.Trace("inside", i, inside, s.Available())
		inside--
		total += n
		return err
	}
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for i := range 4 {
			g.Go(func() error { return rt.Await0(task(i)) })
		}
		return nil
	}))
	return fmt.Sprint(total, l.Locked(), s.Available()), err
}

// StageReached has tasks wait for an event, and for a condition that one of
// them makes true.
//
// async
func StageReached(w *harness.World) (string, error) {
	start, l := rt.NewEvent(), rt.NewLock()
	c := rt.NewCondition(l)
	stage, order := 0, ""
	err := rt.Await0(rt.Nursery(func(g *rt.Group) error {
		for i := range 3 {
			g.Go(func() error {
				if err := rt.Await0(start.Wait()); err != nil {
					return err
				}
				if err := rt.Await0(l.Lock()); err != nil {
					return err
				}
				defer l.Unlock()
				if err := rt.Await0(c.WaitFor(func() bool { return stage == 2-i })); err != nil {
					return err
				}
				order += fmt.Sprint(i)
				stage++
				c.NotifyAll()
				return rt.Await0(w.Do("stage"))
			})
		}
		err := rt.Await0(w.Do("start"))
		start.Set()
		return err
	}))
	return fmt.Sprint(order, stage, l.Locked()), err
}
