package rt_test

import (
	"cmp"
	"time"

	"github.com/goasync/goasync/rt"
)

// The meetings of operations that stand in a line of a lock, a queue and the like.

// goods are numbers that are put into a queue and taken from it.
type goods struct {
	traffic
	w    *world
	q    *rt.Queue[int]
	last int
}

func newGoods(w *world) *goods { return &goods{w: w, q: rt.NewQueue[int](0)} }

// give puts the next number into the queue.
func (g *goods) give() {
	g.last++
	if !g.q.TryPut(g.last) {
		g.w.Errorf("no room for %d", g.last)
	}
	g.put = append(g.put, g.last)
}

// take is a step that takes a number.
func (g *goods) take() step { return g.gets(g.q, func() {}) }

// took is a then that takes note of a number.
func (g *goods) took(v int, err error) error {
	if err == nil {
		g.got = append(g.got, v)
	}
	return err
}

// check checks that every number was taken once, or is in the queue.
func (g *goods) check() {
	if g.drain(g.q); !g.balanced() || g.q.InLine() > 0 {
		g.w.Errorf("put %v, got %v, %d in line", g.put, g.got, g.q.InLine())
	}
}

// meeting is the one of steps that take a number.
func (g *goods) meeting(wait func() []step) meeting {
	return meeting{wait: wait, give: g.give, check: g.check}
}

// tally counts what was given, and what came to who waits.
type tally struct{ given, got int }

// counts is a then that counts.
func (n *tally) counts(err error) error {
	if err == nil {
		n.got++
	}
	return err
}

func meetSleep(w *world) meeting {
	return meeting{
		wait: func() []step {
			var begin time.Duration
			return []step{
				do(func() { begin = w.clock.Now() }),
				call0(func() rt.Awaitable[struct{}] { return rt.SleepAsync(meetingTime) }, func() error { return rt.Sleep(meetingTime) }, func(err error) error {
					if slept := w.clock.Now() - begin; err == nil && slept != meetingTime {
						w.Errorf("slept %d, want %d", slept, meetingTime)
					}
					return err
				}),
			}
		},
		check: func() {},
	}
}

func meetYieldNow(w *world) meeting {
	return meeting{
		wait:  func() []step { return []step{call0(rt.YieldNowAsync, rt.YieldNow, nil)} },
		check: func() {},
	}
}

func meetLock(w *world) meeting {
	l, n := rt.NewLock(), new(tally)
	l.TryLock()
	return meeting{
		wait: func() []step { return []step{call0(l.LockAsync, l.Lock, n.counts)} },
		give: func() {
			if l.Locked() {
				l.Unlock()
				n.given++
			}
		},
		check: func() {
			left := 1
			if l.Locked() {
				left = 0
			}
			if n.given != n.got+left || l.InLine() > 0 {
				w.Errorf("unlocked %d times, locked %d times, %d free, %d in line", n.given, n.got, left, l.InLine())
			}
		},
	}
}

// emptySemaphore returns one whose permits, enough for a sweep, are all taken.
func emptySemaphore() *rt.Semaphore {
	s := rt.NewSemaphore(100)
	for s.TryAcquire() {
	}
	return s
}

func meetSemaphore(w *world) meeting { return meetAtSemaphore(w, emptySemaphore()) }

func meetUnboundedSemaphore(w *world) meeting { return meetAtSemaphore(w, rt.NewUnboundedSemaphore(0)) }

func meetAtSemaphore(w *world, s *rt.Semaphore) meeting {
	n := new(tally)
	return meeting{
		wait: func() []step { return []step{call0(s.AcquireAsync, s.Acquire, n.counts)} },
		give: func() { s.Release(); n.given++ },
		check: func() {
			if n.given != n.got+s.Available() || s.InLine() > 0 {
				w.Errorf("%d released, %d acquired, %d available, %d in line", n.given, n.got, s.Available(), s.InLine())
			}
		},
	}
}

func meetEvent(w *world) meeting {
	e, n := rt.NewEvent(), new(tally)
	return meeting{
		wait: func() []step { return []step{call0(e.WaitAsync, e.Wait, n.counts)} },
		give: func() {
			n.given += e.InLine()
			e.Set()
			e.Clear()
		},
		check: func() {
			if n.given != n.got || e.InLine() > 0 {
				w.Errorf("set for %d, met by %d, %d in line", n.given, n.got, e.InLine())
			}
		},
	}
}

// underLock calls f with l locked.
func underLock(l *rt.Lock, f func()) {
	if l.TryLock() {
		defer l.Unlock()
	}
	f()
}

func meetCondition(w *world) meeting {
	l, n := rt.NewLock(), new(tally)
	c := rt.NewCondition(l)
	return meeting{
		wait: func() []step {
			return []step{
				call0(l.LockAsync, l.Lock, nil),
				call0(c.WaitAsync, c.Wait, func(err error) error { l.Unlock(); return n.counts(err) }),
			}
		},
		give: func() {
			underLock(l, func() {
				n.given += min(1, c.InLine())
				c.Notify(1)
			})
		},
		check: func() {
			if n.given != n.got || l.Locked() || c.InLine()+l.InLine() > 0 {
				w.Errorf("%d notified, %d heard of it, locked %v, %d and %d in line", n.given, n.got, l.Locked(), c.InLine(), l.InLine())
			}
		},
	}
}

func meetConditionFor(w *world) meeting {
	l, n, tokens := rt.NewLock(), new(tally), 0
	c := rt.NewCondition(l)
	some := func() bool { return tokens > 0 }
	return meeting{
		wait: func() []step {
			return []step{
				call0(l.LockAsync, l.Lock, nil),
				call0(func() rt.Awaitable[struct{}] { return c.WaitForAsync(some) }, func() error { return c.WaitFor(some) }, func(err error) error {
					if err == nil {
						tokens--
					}
					l.Unlock()
					return n.counts(err)
				}),
			}
		},
		give: func() {
			underLock(l, func() {
				n.given++
				tokens++
				c.Notify(1)
			})
		},
		check: func() {
			if n.given != n.got+tokens || l.Locked() || c.InLine()+l.InLine() > 0 {
				w.Errorf("%d given, %d taken, %d left, locked %v, %d and %d in line", n.given, n.got, tokens, l.Locked(), c.InLine(), l.InLine())
			}
		},
	}
}

// selectsOne is a step that selects among what op returns and an event that is never set, and reads the result then.
func selectsOne[O interface {
	rt.Waiter
	Result() (T, error)
}, T any](op func() O, then func(T, error) error) step {
	var o O
	return selects(func() []rt.Waiter { o = op(); return []rt.Waiter{rt.NewEvent().WaitOp(), o} }, func(_ int, err error) error {
		if err != nil {
			var none T
			return then(none, err)
		}
		return then(o.Result())
	})
}

func meetBarrier(w *world) meeting {
	return meetAtBarrier(w, func(b *rt.Barrier, then func(int, error) error) step { return call(b.WaitAsync, b.Wait, then) })
}

func meetSelectedBarrier(w *world) meeting {
	return meetAtBarrier(w, func(b *rt.Barrier, then func(int, error) error) step { return selectsOne(b.WaitOp, then) })
}

func meetAtBarrier(w *world, wait func(b *rt.Barrier, then func(int, error) error) step) meeting {
	b, n := rt.NewBarrier(2), new(tally)
	return meeting{
		wait: func() []step {
			return []step{wait(b, func(index int, err error) error {
				if err == nil && index != 0 {
					w.Errorf("index %d, want 0", index)
				}
				return n.counts(err)
			})}
		},
		give: func() { // comes as the last, who does not wait
			if b.Waiting() > 0 {
				n.given++
				rt.Drive(b.WaitAsync()).Send()
			}
		},
		check: func() {
			if n.given != n.got || b.Waiting()+b.InLine() > 0 {
				w.Errorf("let through %d times, %d passed, %d wait, %d in line", n.given, n.got, b.Waiting(), b.InLine())
			}
		},
		alone: true,
	}
}

// queueOrders are a queue of each order, for up to max items.
var queueOrders = []func(max int) *rt.Queue[int]{
	rt.NewQueue[int],
	rt.NewLIFOQueue[int],
	func(max int) *rt.Queue[int] { return rt.NewPriorityQueue(max, cmp.Less[int]) },
}

// inAllOrders are the meetings at a queue of each order.
func inAllOrders(meet func(w *world, queue func(max int) *rt.Queue[int]) meeting) (all []func(w *world) meeting) {
	for _, queue := range queueOrders {
		all = append(all, func(w *world) meeting { return meet(w, queue) })
	}
	return all
}

func meetPut(w *world, queue func(max int) *rt.Queue[int]) meeting {
	g := &goods{w: w, q: queue(1)}
	g.give() // it is full
	return meeting{
		wait: func() []step { g.last++; return []step{g.puts(g.q, g.last)} },
		give: func() {
			if v, ok := g.q.TryGet(); ok {
				g.got = append(g.got, v)
			}
		},
		check: g.check,
	}
}

func meetGet(w *world, queue func(max int) *rt.Queue[int]) meeting {
	g := &goods{w: w, q: queue(0)}
	return g.meeting(func() []step { return []step{g.take()} })
}

func meetJoin(w *world, queue func(max int) *rt.Queue[int]) meeting {
	return meetAtJoin(queue(0), func(q *rt.Queue[int], then func(error) error) step { return call0(q.JoinAsync, q.Join, then) }, w)
}

func meetSelectedJoin(w *world) meeting {
	return meetAtJoin(rt.NewQueue[int](0), func(q *rt.Queue[int], then func(error) error) step {
		return selectsOne(q.JoinOp, none(then))
	}, w)
}

func meetAtJoin(q *rt.Queue[int], join func(q *rt.Queue[int], then func(error) error) step, w *world) meeting {
	n := new(tally)
	return meeting{
		wait: func() []step {
			return []step{do(func() { q.TryPut(1) }), join(q, n.counts)}
		},
		give: func() {
			if q.Unfinished() > 0 {
				q.TaskDone()
			}
			if q.Unfinished() == 0 {
				n.given += q.InLine()
			}
		},
		check: func() {
			if q.InLine() > 0 || n.got < n.given {
				w.Errorf("%d were done for, %d heard of it, %d in line", n.given, n.got, q.InLine())
			}
		},
	}
}

func meetSubscription(w *world) meeting {
	return meetAtSubscription(w, func(s *rt.Subscription[int], then func(int, error) error) step { return call(s.GetAsync, s.Get, then) })
}

func meetSelectedSubscription(w *world) meeting {
	return meetAtSubscription(w, func(s *rt.Subscription[int], then func(int, error) error) step { return selectsOne(s.GetOp, then) })
}

func meetSubscriptionAll(w *world) meeting {
	return meetAtSubscription(w, func(s *rt.Subscription[int], then func(int, error) error) step {
		all := s.AllAsync()
		return call(all.NextAsync, func() (answer, error) { return firstOf(s.All) }, func(a answer, err error) error { return then(a.First, err) })
	})
}

func meetAtSubscription(w *world, get func(s *rt.Subscription[int], then func(int, error) error) step) meeting {
	b, n := rt.NewBroadcast[int](), new(tally)
	sub := b.Subscribe(100, rt.CloseSlow)
	return meeting{
		wait: func() []step {
			return []step{get(sub, func(_ int, err error) error { return n.counts(err) })}
		},
		give: func() {
			n.given++
			if err := b.Send(n.given); err != nil {
				w.Error(err)
			}
		},
		check: func() {
			if n.given != n.got+sub.Len() || sub.InLine() > 0 {
				w.Errorf("%d sent, %d heard, %d left, %d in line", n.given, n.got, sub.Len(), sub.InLine())
			}
		},
	}
}
