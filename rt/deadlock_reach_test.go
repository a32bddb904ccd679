package rt_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// runsStuck runs steps, whose last waits for what nobody does, as the root of Run on w's clock. Where the loop would sleep for ever, it
// is stopped.
func (w *world) runsStuck(opts rt.LoopOptions, loop **rt.Loop, steps ...step) error {
	p := &sleepless{Poller: w.poller, idle: func() { (*loop).Stop() }}
	opts.Clock, opts.Poller = w.clock, p
	return rt.RunAsyncWith0(rt.RunOptions{Loop: opts}, w.awaitable(append(steps, w.forever("root", false))...))
}

// What cannot bring in others does not end the reports: a context that never ends, a task's fiber. Who has asked for the loop does, and
// is told of it in debug mode.
func TestF35_WhoCanGetIn(t *testing.T) {
	var loop *rt.Loop
	fiber := func(then func(fb *rt.Fiber)) []step {
		return []step{do(func() {
			task := rt.Spawn0(func() error { return nil })
			if then(task.Fiber()); loop == nil {
				task.Fiber().Operation()
			}
		})}
	}
	for name, c := range map[string]struct {
		steps func(w *world) []step
		dead  bool
	}{
		"nobody":  {func(*world) []step { return nil }, true},
		"a fiber": {func(*world) []step { return fiber(func(*rt.Fiber) {}) }, true},
		"the loop of a fiber": {func(*world) []step {
			return fiber(func(fb *rt.Fiber) { loop = fb.Loop() })
		}, false},
		"the loop": {func(*world) []step { return []step{do(func() { loop = rt.RunningLoop() })} }, false},
		"a context that never ends": {func(w *world) []step {
			return []step{under(context.Background, nil, w.forever("inner", false))}
		}, true},
		"one with values": {func(w *world) []step {
			return []step{under(func() context.Context { return context.WithValue(context.Background(), key("k"), 1) }, nil, w.forever("inner", false))}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, debug := range []bool{false, true} {
				inBothForms(t, func(w *world) {
					loop = nil
					log := new(lines)
					opts := rt.LoopOptions{Debug: debug, Log: slog.New(slog.NewTextHandler(log, nil))}
					err := w.runsStuck(opts, &loop, c.steps(w)...)
					if _, dead := errors.AsType[*rt.DeadlockError](err); dead != c.dead || !dead && err != rt.ErrLoopStopped {
						w.Errorf("it ended with %v; want a deadlock: %v", err, c.dead)
					}
					if logged := strings.Count(log.text.String(), "it is a deadlock"); !c.dead && (debug || rt.DebugAll()) != (logged == 1) || c.dead && logged != 0 {
						w.Errorf("in debug mode, %v, it logged\n%s", debug, log.text.String())
					}
				})
			}
		})
	}
}

// unready is a poller that calls prepare where a loop announces that it will sleep, for ever or not.
type unready struct {
	*sleepless
	prepare func()
}

func (p *unready) Prepare() {
	p.Poller.Prepare()
	p.prepare()
}

// looking returns a loop that looks for deadlocks, on a clock, nil for the machine's, and its poller. Where it would sleep for ever, the test
// fails.
func (w *world) looking(clock rt.Clock) (*rt.Loop, *unready) {
	p := &unready{sleepless: &sleepless{Poller: rttest.NewPoller(w.clock)}, prepare: func() {}}
	loop, err := rt.NewLoop(rt.LoopOptions{Clock: clock, Poller: p, Deadlocks: true})
	if err != nil {
		w.Fatal(err)
	}
	p.idle = func() {
		w.Error("the loop sleeps for ever")
		loop.Stop()
	}
	return loop, p
}

// A hold that ends just when the loop is about to sleep for ever has it look around once more.
func TestF35_HoldThatEndsBeforeTheLoopSleeps(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		clock   rt.Clock
		forever int // which sleep is to be for ever: on the machine's clock the first is to look around
	}{{nil, 2}, {w.clock, 1}} {
		loop, p := w.looking(c.clock)
		release := loop.Hold()
		sleeps := 0
		p.prepare = func() {
			if sleeps++; sleeps == c.forever {
				release()
			}
		}
		_, err := rt.RunUntil(loop, rt.SpawnOn(loop, newScript([]step{w.forever("root", false)})))
		if _, dead := errors.AsType[*rt.DeadlockError](err); !dead || sleeps != c.forever+1 {
			t.Errorf("after %d sleeps it ended with %v", sleeps, err)
		}
		if err := loop.Shutdown(-1); err != nil {
			t.Error(err)
		}
		loop.Close()
	}
}

// A goroutine that has waited for something of the loop holds that no longer, when the loop looks around the next time.
func TestDeadlockAfterAGoroutineHasWaited(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // it goes on when the loop sleeps
	w := newWorld(t)
	for _, clock := range []rt.Clock{nil, w.clock} {
		loop, _ := w.looking(clock)
		e := rt.NewEventOn(loop)
		waited := make(chan error)
		go func() { waited <- e.Wait() }()
		for e.InLine() == 0 {
			loop.Stop()
			if err := loop.Run(); err != nil {
				t.Fatal(err)
			}
			runtime.Gosched()
		}
		_, err := rt.RunUntil(loop, rt.SpawnOn(loop, newScript([]step{do(e.Set), w.forever("root", false)})))
		if _, dead := errors.AsType[*rt.DeadlockError](err); !dead {
			t.Errorf("it ended with %v", err)
		}
		if err := <-waited; err != nil {
			t.Error(err)
		}
		if err := loop.Shutdown(-1); err != nil {
			t.Error(err)
		}
		loop.Close()
	}
}

// A source that waits for what nobody does is reported by RunEach, as the last error.
func TestF35_RunEach(t *testing.T) {
	w := newWorld(t)
	var last error
	opts := rt.RunOptions{Loop: rt.LoopOptions{Clock: w.clock, Poller: w.poller}}
	for v, err := range rt.RunEachWith(opts, func(yield rt.Yield[int, struct{}]) error {
		yield(1)
		return rt.NewEvent().Wait()
	}) {
		if v != 1 {
			last = err
		}
	}
	if _, dead := errors.AsType[*rt.DeadlockError](last); !dead {
		t.Errorf("the last error is %v", last)
	}
}

// onLoopsForDeadlocks runs f on three loops that look for deadlocks, in both forms. It returns how many were found, and what RunLoopsWith
// returned.
func onLoopsForDeadlocks(t *testing.T, grace time.Duration, f func(loops []*rt.Loop, i int) []step, check func(t *testing.T, deadlocks int, took time.Duration, err error)) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		synctest.Test(t, func(t *testing.T) {
			begin, deadlocks := time.Now(), 0
			err := run(rt.RunOptions{Grace: grace, Loop: rt.LoopOptions{Deadlocks: true}}, 3, f)
			for _, e := range errs(err) {
				if _, dead := errors.AsType[*rt.DeadlockError](e); dead {
					deadlocks++
				}
			}
			check(t, deadlocks, time.Since(begin), err)
		})
	})
}

// Tasks of several loops that wait for each other are reported when all loops are idle, and are cancelled.
func TestF35_RunLoops(t *testing.T) {
	onLoopsForDeadlocks(t, 0, func(loops []*rt.Loop, i int) []step {
		return [][]step{
			{sleep(time.Minute), on(loops[1], nil, on(loops[0], nil, never(nil)))},
			{never(nil)},
			nil,
		}[i]
	}, func(t *testing.T, deadlocks int, took time.Duration, err error) {
		if deadlocks != 2 || len(errs(err)) != 2 || took != time.Minute+time.Second ||
			!strings.Contains(err.Error(), "rt: loop 0: rt: deadlock") || !strings.Contains(err.Error(), "the end of a call on another loop") {
			t.Errorf("after %v, %d deadlocks: %v", took, deadlocks, err)
		}
	})
}

// What comes late from another loop, or from who holds one, is no deadlock.
func TestF35_RunLoopsWithoutADeadlock(t *testing.T) {
	for name, late := range map[string]func(loops []*rt.Loop, set func()) []step{
		"from a loop": func(loops []*rt.Loop, set func()) []step {
			return []step{sleep(time.Hour), do(func() { loops[1].Post(set) })}
		},
		"from a hold": func(loops []*rt.Loop, set func()) []step {
			return []step{sleep(time.Minute), do(func() { // the others sleep then
				release := loops[2].Hold() // that of one is enough
				time.AfterFunc(time.Hour-time.Minute, func() {
					loops[1].Post(set)
					release()
				})
			})}
		},
		"from a goroutine of Blocking": func(loops []*rt.Loop, set func()) []step {
			return []step{await(func() rt.Awaitable[struct{}] {
				return rt.Blocking0Async(func(context.Context) error { time.Sleep(time.Hour); loops[1].Post(set); return nil })
			}, nil)}
		},
		"by way of the third": func(loops []*rt.Loop, set func()) []step {
			return []step{on(loops[2], nil, sleep(time.Hour), do(func() { loops[1].Post(set) }))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			onLoopsForDeadlocks(t, 0, func(loops []*rt.Loop, i int) []step {
				if i != 0 {
					return nil
				}
				f := rt.NewFutureOn[int](loops[1])
				return append(late(loops, func() { f.SetResult(1) }), on(loops[1], nil, await(f.WaitAsync, nil)))
			}, func(t *testing.T, _ int, took time.Duration, err error) {
				if err != nil || took != time.Hour {
					t.Errorf("after %v: %v", took, err)
				}
			})
		})
	}
}

// Tasks that a deadlock's cancel does not reach are survivors: when there is no grace, as soon as they are in a deadlock again.
func TestF35_RunLoopsOfShielded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // only the generated form leaves no goroutine behind
		for grace, ends := range map[time.Duration]time.Duration{0: 2 * time.Second, time.Minute: time.Minute + time.Second} {
			begin := time.Now()
			opts := rt.RunOptions{Grace: grace, Loop: rt.LoopOptions{Deadlocks: true}}
			err := rt.RunLoopsAsyncWith(opts, 2, func(loops []*rt.Loop, i int) rt.Awaitable[struct{}] {
				return newScript([]step{shield(nil, never(nil))})
			})
			if n, took := len(namesLeft(err)), time.Since(begin); n != 2 || took != ends || len(errs(err)) != 3 {
				t.Errorf("after %v %d are left: %v", took, n, err)
			}
		}
	})
}
