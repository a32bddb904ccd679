package rt_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
)

// endless awaits for ever, whatever its awaits fail with.
type endless struct {
	rt.Frame
	call rt.YieldNowOp
}

func (co *endless) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *endless) Result() (struct{}, error)                    { co.Check(); return struct{}{}, nil }

func (co *endless) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 1 {
		co.call.Result()
	}
	for {
		co.call.Init()
		if !co.call.Start(fb, co) {
			return co.Suspend(1)
		}
		co.call.Result()
	}
}

// refusals are tasks that do not end when they are cancelled, each with what keeps it.
func refusals(w *world) map[string]func() rt.Awaitable[struct{}] {
	var again func() rt.Awaitable[struct{}]
	again = func() rt.Awaitable[struct{}] {
		return w.awaitable(do(func() { rt.SpawnOn(rt.RunningLoop(), again()) }))
	}
	release := make(chan struct{})
	w.Cleanup(func() { close(release) })
	return map[string]func() rt.Awaitable[struct{}]{
		"a timer": func() rt.Awaitable[struct{}] { return w.awaitable(shield(nil, sleep(time.Hour))) },
		"nothing": func() rt.Awaitable[struct{}] { return w.awaitable(shield(nil, w.forever("shielded", true))) },
		"a goroutine": func() rt.Awaitable[struct{}] {
			return w.awaitable(shield(nil, await(func() rt.Awaitable[struct{}] {
				return rt.Blocking0Async(func(context.Context) error { <-release; return nil })
			}, nil)))
		},
		"its own code": func() rt.Awaitable[struct{}] {
			if w.plain {
				return rt.PlainAsync(func() (struct{}, error) {
					for {
						rt.YieldNow()
					}
				})
			}
			co := new(endless)
			co.Visible()
			return co
		},
		"what it spawns": again,
	}
}

// panicking are roots of Run that panic, or whose tasks do.
func panicking(w *world) map[string][]step {
	boom := do(func() { panic("boom") })
	spawns := func(steps ...step) step {
		return do(func() { rt.SpawnOn(rt.RunningLoop(), w.awaitable(steps...)) })
	}
	return map[string][]step{
		"the root":     {boom},
		"a task":       {spawns(boom), w.forever("root", false)},
		"what is left": {spawns(w.forever("left", true), boom), yield()},
		"a callback":   {do(func() { rt.RunningLoop().CallSoon(func() { panic("boom") }) }), w.forever("root", false)},
	}
}

// A panic comes out of Run though a task refuses to end, and no time has passed. Tasks that have only each other to wait for have run
// their deferred calls.
func TestPanicIsNotHeldUp(t *testing.T) {
	inBothForms(t, func(outer *world) {
		for refusal := range refusals(outer) {
			for place := range panicking(outer) {
				for _, returned := range []bool{false, true} {
					t.Run(refusal+" and "+place, func(t *testing.T) {
						w := newWorld(t)
						w.plain = outer.plain
						err := panicsOutOf(w, rt.RunOptions{Loop: rt.LoopOptions{PanicErrors: returned}}, func(opts rt.RunOptions) error {
							return rt.RunAsyncWith0(opts, w.withRefusal(refusals(w)[refusal](), panicking(w)[place]))
						})
						if x, ok := errors.AsType[*rt.Failure](err); err != nil && (!ok || x.Value != "boom") {
							t.Errorf("it ended with %v", err)
						}
					})
				}
			}
		}
	})
}

// withRefusal is a root that begins a task that refuses to end and two that clean up with the help of each other, and then does steps.
func (w *world) withRefusal(refuses rt.Awaitable[struct{}], steps []step) rt.Awaitable[struct{}] {
	return w.awaitable(append([]step{
		do(func() {
			l := rt.RunningLoop()
			rt.SpawnOn(l, refuses)
			q := rt.NewQueue[int](0)
			rt.SpawnOn(l, w.awaitable(w.forever("getter", true), shield(nil, w.gets(q, "get")), w.says("cleaned")))
			rt.SpawnOn(l, w.awaitable(w.forever("putter", true), shield(nil, yield(), yield(), w.puts(q, 1))))
		}),
		yield(), yield(), yield(),
	}, steps...)...)
}

// panicsOutOf runs run, which is to panic with boom or to return an error, on w's clock, which is not to move.
func panicsOutOf(w *world, opts rt.RunOptions, run func(opts rt.RunOptions) error) (err error) {
	w.Helper()
	opts.Loop.Clock, opts.Loop.Poller = w.clock, w.poller
	defer func() {
		w.Helper()
		if p := recover(); p != nil && p != "boom" || p == nil && err == nil {
			w.Errorf("panicked with %v", p)
		}
		cleaned := 0
		for _, line := range w.trace {
			if line == "cleaned" {
				cleaned++
			}
		}
		if cleaned != 1 || w.clock.Now() != 0 {
			w.Errorf("at %v the trace is %v", w.clock.Now(), w.trace)
		}
	}()
	return run(opts)
}

// A grace is kept also by a panic.
func TestPanicWithGrace(t *testing.T) {
	inBothForms(t, func(w *world) {
		defer func() {
			if p := recover(); p != "boom" || w.clock.Now() != 5 {
				w.Errorf("panicked with %v at %v", p, w.clock.Now())
			}
			w.traced("left:canceled cleaned")
		}()
		rt.RunAsyncWith0(rt.RunOptions{Grace: 5, Loop: rt.LoopOptions{Clock: w.clock, Poller: w.poller}}, w.awaitable(
			do(func() {
				l := rt.RunningLoop()
				rt.SpawnOn(l, w.awaitable(w.forever("left", true), cleanup(20, nil, sleep(3)), w.says("cleaned")))
				rt.SpawnOn(l, w.awaitable(shield(nil, sleep(time.Hour))))
			}),
			yield(), yield(), do(func() { panic("boom") })))
	})
}

// A loop that was run again after a panic has its whole grace.
func TestShutdownAfterAPanicThatIsOver(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.spawn(shield(nil, sleep(7)), w.says("ended"))
		w.loop.CallSoon(func() { panic("boom") })
		func() {
			defer func() { recover() }()
			w.turns(1)
		}()
		if err := w.loop.Shutdown(-1); err != nil || w.clock.Now() != 7 {
			w.Errorf("%v at %v", err, w.clock.Now())
		}
		w.traced("ended")
	})
}

// A panic of source, of what it spawns and of the body come out of the loop of RunEach.
func TestPanicOfRunEachIsNotHeldUp(t *testing.T) {
	for place, at := range map[string]int{"source": 1, "a task": 2, "the body": 3} {
		t.Run(place, func(t *testing.T) {
			w := newWorld(t)
			panicsOutOf(w, rt.RunOptions{}, func(opts rt.RunOptions) error {
				source := func() *ints {
					return rt.AsyncPull0(func(yield rt.Yield[int, struct{}]) error {
						rt.SpawnOn(rt.RunningLoop(), w.withRefusal(w.awaitable(shield(nil, w.forever("shielded", true))), nil)).Wait()
						yield(0)
						switch at {
						case 1:
							panic("boom")
						case 2:
							rt.Spawn0(func() error { panic("boom") })
							return rt.Sleep(time.Hour)
						}
						return nil
					})
				}
				for range rt.RunEachAsyncWith(opts, source) {
					if at == 3 {
						panic("boom")
					}
				}
				return nil
			})
		})
	}
}

// With a panic on one loop, tasks on the others and those that wait for another loop have their last turns, and no more.
func TestPanicOfRunLoopsIsNotHeldUp(t *testing.T) {
	for place, panics := range map[string]func(loops []*rt.Loop) []step{
		"a call": func([]*rt.Loop) []step { return []step{do(func() { panic("boom") })} },
		"a task of another loop": func(loops []*rt.Loop) []step {
			return []step{do(func() { loops[1].Post(func() { panic("boom") }) }), never(nil)}
		},
		"what is left": func(loops []*rt.Loop) []step {
			return []step{do(func() {
				rt.SpawnOn(loops[0], newScript([]step{never(func(error) error { panic("boom") })}))
				for _, l := range loops {
					l.Post(l.Stop) // as if all calls had returned
				}
			}), never(nil)}
		},
	} {
		t.Run(place, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the generated form leaves no goroutine behind
				begin, cleaned := time.Now(), false
				defer func() {
					if p := recover(); p != "boom" || !cleaned || time.Since(begin) != 0 {
						t.Errorf("panicked with %v after %v; cleaned up: %v", p, time.Since(begin), cleaned)
					}
				}()
				err := rt.RunLoopsAsync(3, func(loops []*rt.Loop, i int) rt.Awaitable[struct{}] {
					switch i {
					case 0:
						return newScript(append([]step{on(loops[2], nil), on(loops[1], nil)}, panics(loops)...))
					case 1:
						return newScript([]step{shield(nil, sleep(time.Hour))})
					}
					help := func(n int) step { return on(loops[n], nil, shield(nil, yield())) }
					return newScript([]step{never(func(error) error { return nil }), shield(nil, help(0), help(1), help(0), do(func() { cleaned = true })), shield(nil, never(nil))})
				})
				t.Errorf("it returned %v", err)
			})
		})
	}
}

// A loop whose code blocks is waited for as long as steps have, not for ever; it ends when it can.
func TestPanicOfRunLoopsWithABlockedLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		defer func() {
			if p := recover(); p != "boom" || time.Since(begin) != time.Second {
				t.Errorf("panicked with %v after %v", p, time.Since(begin))
			}
			time.Sleep(time.Hour) // or goroutines are left
		}()
		rt.RunLoopsAsync(3, func(_ []*rt.Loop, i int) rt.Awaitable[struct{}] {
			return newScript([][]step{
				{yield(), do(func() { panic("boom") })},
				{do(func() { time.Sleep(time.Hour) }), never(nil)},
				{never(nil)},
			}[i])
		})
	})
}
