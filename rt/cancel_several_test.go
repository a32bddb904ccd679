package rt_test

import (
	"context"
	"errors"

	"github.com/goasync/goasync/rt"
)

// The meetings of operations that wait for futures, tasks, one of several, and for what a generator yields.

// promises are futures, of which each wait has one and each gift sets one, in the same order.
type promises struct {
	w        *world
	futures  []*rt.Future[int]
	set      int // how many were given, or had been cancelled before
	awaited  int
	canceled int // waits
}

// newPromises returns futures for all that a sweep gives.
func newPromises(w *world) *promises {
	p := &promises{w: w}
	for range 16 {
		p.futures = append(p.futures, rt.NewFutureOn[int](w.loop))
	}
	return p
}

func (p *promises) give() {
	if p.set < len(p.futures) {
		p.futures[p.set].SetResult(p.set) // or it was cancelled
		p.set++
	}
}

// next returns the next future, and its value.
func (p *promises) next() (f *rt.Future[int], value int) {
	value = p.awaited
	p.awaited++
	return p.futures[value], value
}

// check checks that a future has its value, unless a wait for it was cancelled.
func (p *promises) check() {
	cancelled := 0
	for i, f := range p.futures {
		v, err := f.Result()
		switch {
		case f.Canceled():
			cancelled++
		case i < p.set && (v != i || err != nil):
			p.w.Errorf("future %d is %d, %v", i, v, err)
		}
	}
	if cancelled != p.canceled {
		p.w.Errorf("%d waits were cancelled, and %d futures", p.canceled, cancelled)
	}
}

func (p *promises) meeting(wait func() []step) meeting {
	return meeting{wait: wait, give: p.give, check: p.check}
}

func meetFuture(w *world) meeting {
	p := newPromises(w)
	return p.meeting(func() []step {
		f, value := p.next()
		return []step{call(f.WaitAsync, f.Wait, func(v int, err error) error {
			switch {
			case err == nil && v != value:
				w.Errorf("got %d, want %d", v, value)
			case err == nil:
			case f.Canceled() && errors.Is(err, context.Canceled):
				p.canceled++
			}
			return err
		})}
	})
}

func meetWait(w *world) meeting {
	p := newPromises(w)
	return p.meeting(func() []step {
		f, _ := p.next()
		return []step{call(
			func() rt.Awaitable[rt.Pair[[]*rt.Future[int], []*rt.Future[int]]] {
				return rt.WaitAsync(rt.UntilAll, f)
			},
			func() (r rt.Pair[[]*rt.Future[int], []*rt.Future[int]], err error) {
				r.First, r.Second, err = rt.Wait(rt.UntilAll, f)
				return r, err
			},
			func(r rt.Pair[[]*rt.Future[int], []*rt.Future[int]], err error) error {
				if err == nil && len(r.First) != 1 {
					w.Errorf("%d are done", len(r.First))
				}
				return err
			})}
	})
}

func meetWaitWithin(w *world) meeting {
	p := newPromises(w)
	return p.meeting(func() []step {
		f, _ := p.next()
		return []step{call(
			func() rt.Awaitable[rt.Pair[[]*rt.Future[int], []*rt.Future[int]]] {
				return rt.WaitWithinAsync(distant, rt.UntilFirst, f)
			},
			func() (r rt.Pair[[]*rt.Future[int], []*rt.Future[int]], err error) {
				r.First, r.Second, err = rt.WaitWithin(distant, rt.UntilFirst, f)
				return r, err
			},
			func(r rt.Pair[[]*rt.Future[int], []*rt.Future[int]], err error) error {
				if err == nil && len(r.First) != 1 {
					w.Errorf("%d are done", len(r.First))
				}
				return err
			})}
	})
}

// meetTask has each wait for a task that takes a number.
func meetTask(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		var task *rt.Task[struct{}]
		return []step{
			do(func() { task = w.spawn(g.take()) }),
			call0(func() rt.Awaitable[struct{}] { return task.WaitAsync() }, func() error { _, err := task.Wait(); return err }, func(err error) error {
				if (err == nil || task.Canceling() > 0) && !task.Done() {
					w.Errorf("a wait for a task that runs has ended with %v", err)
				}
				return err
			}),
		}
	})
}

// completing is a queue of AsCompleted, of futures of which each gift sets one.
func meetAsCompleted(w *world) meeting {
	p, n := newPromises(w), new(tally)
	q := rt.AsCompleted(p.futures...)
	return meeting{
		wait: func() []step {
			return []step{call(q.GetAsync, q.Get, func(_ *rt.Future[int], err error) error { return n.counts(err) })}
		},
		give: p.give,
		check: func() {
			if p.check(); n.got+q.Len() != p.set || q.InLine() > 0 {
				w.Errorf("%d have ended, %d came, %d are left, %d in line", p.set, n.got, q.Len(), q.InLine())
			}
		},
	}
}

// meetSelect has each select among an item, a permit and a distant time.
func meetSelect(w *world, selects func(func() []rt.Waiter, func(int, error) error) step) meeting {
	g, permits := newGoods(w), new(tally)
	s := emptySemaphore()
	turn := 0
	return meeting{
		wait: func() []step {
			var get *rt.QueueGetOp[int]
			return []step{selects(func() []rt.Waiter {
				get = g.q.GetOp()
				return []rt.Waiter{get, s.AcquireOp(), rt.After(distant)}
			}, func(i int, err error) error {
				switch {
				case err != nil:
					return err
				case i == 0:
					return g.took(get.Result())
				case i == 1:
					permits.got++
				default:
					w.Errorf("%d was chosen", i)
				}
				return nil
			})}
		},
		give: func() { // in turns
			if turn++; turn%2 == 0 {
				s.Release()
				permits.given++
			} else {
				g.give()
			}
		},
		check: func() {
			if g.check(); permits.given != permits.got+s.Available() || s.InLine() > 0 {
				w.Errorf("%d released, %d acquired, %d available, %d in line", permits.given, permits.got, s.Available(), s.InLine())
			}
		},
	}
}

func meetAfter(w *world) meeting {
	return meeting{
		wait: func() []step {
			return []step{selects(func() []rt.Waiter { return []rt.Waiter{rt.After(meetingTime)} }, func(_ int, err error) error { return err })}
		},
		check: func() {},
	}
}
