package rt_test

import (
	"errors"

	"github.com/goasync/goasync/rt"
)

// The meetings of generators that take numbers while they are asked.

// takers is the generator of a meeting: it yields zero at once if it is to be asked in another way than by Next, and then takes a
// number, which it yields, but while it is being closed.
func (g *goods) takers(zero bool) *rt.AsyncGenerator[int, int, struct{}] {
	return rt.AsyncPull0(func(yield rt.Yield[int, int]) error {
		closes := false
		if zero {
			_, err := yield(0)
			closes = errors.Is(err, rt.ErrGeneratorExit)
		}
		v, err := g.q.Get()
		switch {
		case err != nil:
			return err
		case closes:
			return g.took(v, nil)
		}
		_, err = yield(v)
		return err
	})
}

// answer is what a generator answers.
type answer = rt.Pair[int, bool]

func answered(v int, ok bool, err error) (answer, error) { return answer{First: v, Second: ok}, err }

// yields is a then for the number that a generator yields.
func (g *goods) yields(a answer, err error) error { return g.took(a.First, err) }

func meetNext(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		gen := g.takers(false)
		return []step{
			call(gen.NextAsync, func() (answer, error) { return answered(gen.Next()) }, g.yields),
			call0(gen.CloseAsync, gen.Close, nil),
		}
	})
}

func meetSend(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		gen := g.takers(true)
		return []step{
			call(gen.NextAsync, func() (answer, error) { return answered(gen.Next()) }, nil),
			call(func() rt.Awaitable[answer] { return gen.SendAsync(1) }, func() (answer, error) { return answered(gen.Send(1)) }, g.yields),
			call0(gen.CloseAsync, gen.Close, nil),
		}
	})
}

func meetThrow(w *world) meeting {
	g, thrown := newGoods(w), errors.New("thrown")
	return g.meeting(func() []step {
		gen := g.takers(true)
		return []step{
			call(gen.NextAsync, func() (answer, error) { return answered(gen.Next()) }, nil),
			call(func() rt.Awaitable[answer] { return gen.ThrowAsync(thrown) }, func() (answer, error) { return answered(gen.Throw(thrown)) }, g.yields),
			call0(gen.CloseAsync, gen.Close, nil),
		}
	})
}

func meetClose(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		gen := g.takers(true)
		return []step{
			call(gen.NextAsync, func() (answer, error) { return answered(gen.Next()) }, nil),
			call0(gen.CloseAsync, gen.Close, nil),
		}
	})
}

// meetAll has each loop take one number of a queue's.
func meetAll(w *world) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		all := g.q.AllAsync()
		return []step{call(all.NextAsync, func() (a answer, err error) { return firstOf(g.q.All) }, g.yields)}
	})
}

// firstOf returns the first value of source, in plain code.
func firstOf(source func(rt.Yield[int, struct{}]) error) (answer, error) {
	for v, err := range rt.Each(source) {
		return answer{First: v, Second: err == nil}, err
	}
	return answer{}, rt.ErrClosed
}

// meetEach has each loop leave a generator, which awaits something then, after one number.
func meetEach(w *world) meeting { return meetLoop(w, false) }

// meetRest is meetEach over the rest of a generator that one holds.
func meetRest(w *world) meeting { return meetLoop(w, true) }

func meetLoop(w *world, held bool) meeting {
	g := newGoods(w)
	return g.meeting(func() []step {
		left := 0
		source := func(yield rt.Yield[int, struct{}]) error {
			left++
			defer func() { left-- }()
			v, err := g.q.Get()
			if err != nil {
				return err
			}
			_, err = yield(v)
			return errors.Join(err, rt.Shield0(rt.YieldNow))
		}
		return []step{call(
			func() rt.Awaitable[answer] {
				co := &firstCoro{source: rt.AsyncPull0(source)}
				if held {
					co.source = co.source.AllAsync()
				}
				co.Visible()
				return co
			},
			func() (answer, error) {
				if held {
					return firstOf(rt.AsyncPull0(source).All)
				}
				return firstOf(source)
			},
			func(a answer, err error) error {
				if left != 0 {
					w.Errorf("the loop is left, and the generator has not ended: error %v", err)
				}
				return g.yields(a, err)
			})}
	})
}

// firstCoro is firstOf as goasync compiles it.
type firstCoro struct {
	rt.Frame
	rt.Defers
	source *rt.AsyncGenerator[int, struct{}, struct{}]
	range1 *rt.Asking[int]
	result answer
	err    error
}

func (co *firstCoro) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }

func (co *firstCoro) Result() (answer, error) {
	co.Check()
	return co.result, co.err
}

func (co *firstCoro) Resume(fb *rt.Fiber) (done bool) {
	state := co.Enter()
	defer co.Leave(fb, co, &done)
	switch state {
	case 1:
		goto await1
	case 2:
		goto await2
	}
	co.range1 = rt.RangeEach[int](&co.Defers, co.source)
	if !co.range1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if !co.range1.Next() {
		co.err = rt.ErrClosed
		return true
	}
	co.result, co.err = answer{First: co.range1.Key(), Second: co.range1.Value() == nil}, co.range1.Value()
	co.range1.Stop()
	if !co.range1.Start(fb, co) {
		return co.Suspend(2)
	}
await2:
	co.range1.Left()
	return true
}
