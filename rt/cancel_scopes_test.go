package rt_test

import (
	"context"

	"github.com/goasync/goasync/rt"
)

// The meetings of operations that run functions: in the caller's task, or in tasks that they make. The functions take numbers.

// inSection is the meeting of an operation that runs steps in the caller's task.
func inSection(section func(steps ...step) step) func(w *world) meeting {
	return func(w *world) meeting {
		g := newGoods(w)
		return g.meeting(func() []step { return []step{section(g.take())} })
	}
}

var (
	meetTimeout     = inSection(func(steps ...step) step { return timeout(distant, nil, steps...) })
	meetShield      = inSection(func(steps ...step) step { return shield(nil, steps...) })
	meetCleanup     = inSection(func(steps ...step) step { return cleanup(distant, nil, steps...) })
	meetWithContext = inSection(func(steps ...step) step { return under(always(context.Background()), nil, steps...) })
	meetMoveOn0     = inSection(func(steps ...step) step { return moveOn(distant, notExpired, steps...) })
	meetMoveOn      = inSection(func(steps ...step) step {
		async, plain := asFunc(steps)
		return call(
			func() rt.Awaitable[rt.Pair[struct{}, bool]] { return rt.MoveOnAsync(distant, async) },
			func() (p rt.Pair[struct{}, bool], err error) {
				p.First, p.Second, err = rt.MoveOn(distant, plain)
				return p, err
			},
			func(p rt.Pair[struct{}, bool], err error) error { return notExpired(p.Second, err) })
	})
)

// notExpired is a then for a deadline that is distant.
func notExpired(expired bool, err error) error {
	if expired {
		panic("a distant deadline has passed")
	}
	return err
}

// crew are the functions that one wait runs in tasks of their own: how many have begun and not ended.
type crew struct {
	w       *world
	running int
}

// member are steps of one of the crew.
func (c *crew) member(work ...step) []step {
	return []step{do(func() { c.running++ }), nested(work, func(err error) error { c.running--; return err })}
}

// home checks that nobody of the crew is left: it is called when who has waited for them goes on.
func (c *crew) home(err error) error {
	if c.running != 0 {
		c.w.Errorf("%d of the functions still run after error %v", c.running, err)
	}
	return err
}

func meetGather(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		c := &crew{w: w}
		taker, plainTaker := asFunc(c.member(g.take()))
		other, plainOther := asFunc(c.member(yield()))
		return []step{call(
			func() rt.Awaitable[[]struct{}] { return rt.GatherAsync(taker, other) },
			func() ([]struct{}, error) { return rt.Gather(plainTaker, plainOther) },
			func(_ []struct{}, err error) error { return c.home(err) })}
	})
}

func meetMap(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		c := &crew{w: w}
		return []step{w.maps(1, []int{1, 2, 3}, func(_ []int, err error) error { return c.home(err) }, func(item int) []step {
			if item == 2 {
				return c.member(g.take())
			}
			return c.member(yield())
		})}
	})
}

// meetRace has two run: one that takes a number, and wins, and one that waits for nothing.
func meetRace(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		c := &crew{w: w}
		taker, plainTaker := asFunc(c.member(g.take()))
		never, plainNever := asFunc(c.member(await(rt.NewFutureOn[int](w.loop).WaitAsync, nil)))
		return []step{call(
			func() rt.Awaitable[struct{}] { return rt.RaceAsync(taker, never) },
			func() (struct{}, error) { return rt.Race(plainTaker, plainNever) },
			none(c.home))}
	})
}

// inNursery is the meeting of an operation of a nursery's group: body is the nursery's.
func inNursery(body func(n *nest, c *crew, take step) []step) func(w *world) meeting {
	return func(w *world) meeting {
		g := newGoods(w)
		return g.meeting(func() []step {
			c := &crew{w: w}
			return []step{w.nursery(c.home, func(n *nest) []step { return body(n, c, g.take()) })}
		})
	}
}

var (
	meetNursery = inNursery(func(n *nest, c *crew, take step) []step {
		return append([]step{n.begins(c.member(take)...), n.begins(c.member(yield())...)}, c.member(yield())...)
	})
	meetDrain = inNursery(func(n *nest, c *crew, take step) []step {
		return []step{n.begins(c.member(take)...), n.drains(distant, c.home)}
	})
	meetGoWait = inNursery(func(n *nest, c *crew, take step) []step {
		return turnTaken(n, c, take, n.waits)
	})
	meetSuperviseWait = inNursery(func(n *nest, c *crew, take step) []step {
		return append([]step{do(func() { n.g.OnError(func(err error) { n.Error(err) }) })}, turnTaken(n, c, take, n.superviseWaits)...)
	})
	meetStart       = inNursery(startAlone)
	meetStartInLine = inNursery(func(n *nest, c *crew, take step) []step {
		return append([]step{n.limits(1), n.begins(c.member(take)...)}, startAlone(n, c, yield())...)
	})
)

// startAlone are the steps of a body that starts a function. After an error nothing of that is left.
func startAlone(n *nest, _ *crew, work step) []step {
	own := &crew{w: n.world}
	return []step{n.starts(func(err error) error {
		if err != nil {
			return own.home(err)
		}
		return nil
	}, func(ready step) []step { return own.member(work, ready, yield()) })}
}

// turnTaken are the steps of a body that gives the group a function by waits. It begins when the one before has ended. If the group had
// it begin, it is one of the crew, and else it must not.
func turnTaken(n *nest, c *crew, take step, waits func(then func(error) error, steps ...step) step) []step {
	given, begun := false, false
	return []step{
		n.limits(1),
		n.begins(c.member(take)...),
		shieldedCheck(waits(func(err error) error { given = err == nil; return err }, do(func() { begun = true }), yield()), func() {
			if begun && !given {
				n.Error("the wait has failed, and its function has begun")
			}
		}),
		n.drains(distant, func(err error) error {
			if given != begun {
				n.Errorf("the wait has begun its function %v, which runs %v", given, begun)
			}
			return err
		}),
	}
}

// shieldedCheck is s, after which f is called also if s has failed.
func shieldedCheck(s step, f func()) step {
	end := s.end
	s.end = func() error {
		err := end()
		f()
		return err
	}
	return s
}
