package rt_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// onLoopsWith runs f on n loops with opts, in both forms.
func onLoopsWith(t *testing.T, test func(t *testing.T, run func(opts rt.RunOptions, n int, f func(loops []*rt.Loop, i int) []step) error)) {
	t.Run("plain", func(t *testing.T) {
		test(t, func(opts rt.RunOptions, n int, f func([]*rt.Loop, int) []step) error {
			return rt.RunLoopsWith(opts, n, func(loops []*rt.Loop, i int) error {
				_, err := plainScript(f(loops, i))
				return err
			})
		})
	})
	t.Run("async", func(t *testing.T) {
		test(t, func(opts rt.RunOptions, n int, f func([]*rt.Loop, int) []step) error {
			return rt.RunLoopsAsyncWith(opts, n, func(loops []*rt.Loop, i int) rt.Awaitable[struct{}] {
				return newScript(f(loops, i))
			})
		})
	})
}

// lines is a log of several goroutines.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// A task that panics on each loop is told to Unhandled, there, and the calls and the other tasks go on.
func TestRunLoopsWithUnhandled(t *testing.T) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		var mu sync.Mutex
		told := make(map[*rt.Loop]any)
		var ended atomic.Int64
		opts := rt.RunOptions{Loop: rt.LoopOptions{Unhandled: func(x *rt.Failure) {
			mu.Lock()
			defer mu.Unlock()
			told[rt.RunningLoop()] = x.Value
		}}}
		var all []*rt.Loop
		err := run(opts, 3, func(loops []*rt.Loop, i int) []step {
			if i == 0 {
				all = loops
			}
			return []step{
				do(func() { rt.SpawnOn(loops[i], newScript([]step{do(func() { panic(i) })})) }),
				yield(), yield(), yield(), do(func() { ended.Add(1) }),
			}
		})
		if err != nil || ended.Load() != 3 {
			t.Errorf("%d calls have ended, %v", ended.Load(), err)
		}
		for i, l := range all {
			if told[l] != i {
				t.Errorf("loop %d was told %v", i, told[l])
			}
		}
	})
}

func TestRunLoopsWithDebug(t *testing.T) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		log, clock := new(lines), new(rttest.Clock)
		opts := rt.RunOptions{Loop: rt.LoopOptions{
			Debug: true, SlowStep: 20 * time.Second, Clock: clock, Log: slog.New(slog.NewTextHandler(log, nil)),
		}}
		err := run(opts, 2, func(loops []*rt.Loop, i int) []step {
			if i != 0 { // it waits, so that its steps are not slow by the clock of both
				return []step{never(func(error) error { return nil })}
			}
			return []step{
				yield(), do(func() { clock.Advance(10 * time.Second) }), yield(),
				do(func() {
					rt.SpawnOn(loops[i], newScript([]step{do(func() { clock.Advance(30 * time.Second) }), fail(errors.New("lost"))}))
				}),
				yield(), yield(), fail(errors.New("stop")),
			}
		})
		text := log.text.String()
		if err == nil || !strings.Contains(text, "lost") || !strings.Contains(text, "30s") || strings.Contains(text, "10s") {
			t.Errorf("%v, and the log has\n%s", err, text)
		}
	})
}

// All loops have the clock, and each has random numbers of its own, the same ones each time.
func TestRunLoopsWithClockAndRand(t *testing.T) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		epoch := time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)
		var before []uint64
		for range 2 {
			clock := new(rttest.Clock)
			clock.Advance(time.Hour)
			opts := rt.RunOptions{Loop: rt.LoopOptions{Clock: clock, Epoch: epoch, Rand: rand.NewPCG(1, 2)}}
			drawn := make([]uint64, 3)
			err := run(opts, 3, func(loops []*rt.Loop, i int) []step {
				return []step{do(func() {
					if now := rt.Now(); !now.Equal(epoch.Add(time.Hour)) {
						t.Errorf("on loop %d it is %v", i, now)
					}
					drawn[i] = rt.Rand().Uint64()
				})}
			})
			if err != nil || drawn[0] == drawn[1] || drawn[1] == drawn[2] {
				t.Errorf("drawn %v, %v", drawn, err)
			}
			if before != nil && !slices.Equal(before, drawn) {
				t.Errorf("drawn %v, and then %v", before, drawn)
			}
			before = drawn
		}
	})
}

func TestRunLoopsWithPollerAndChoose(t *testing.T) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		w := newWorld(t)
		var order []int
		opts := rt.RunOptions{Loop: rt.LoopOptions{
			Clock: w.clock, Poller: w.poller, Choose: func(n int) int { return n - 1 },
		}}
		err := run(opts, 1, func(loops []*rt.Loop, i int) []step {
			return []step{do(func() {
				for i := range 3 {
					rt.SpawnOn(loops[0], newScript([]step{do(func() { order = append(order, i) })}))
				}
			}), sleep(time.Hour)}
		})
		if err != nil || !slices.Equal(order, []int{2, 1, 0}) || w.clock.Now() != time.Hour || !w.poller.Closed() {
			t.Errorf("tasks ran as %v, at %v: %v", order, w.clock.Now(), err)
		}
		misuse(t, func() { run(rt.RunOptions{Loop: rt.LoopOptions{Poller: w.poller}}, 2, nil) })
	})
}

// Each loop has as many goroutines of Blocking as are allowed, whatever the others do.
func TestRunLoopsWithMaxBlocking(t *testing.T) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			var now, most [2]atomic.Int64
			err := run(rt.RunOptions{Loop: rt.LoopOptions{MaxBlocking: 2}}, 2, func(_ []*rt.Loop, i int) []step {
				works := func() rt.Awaitable[struct{}] {
					return rt.Blocking0Async(func(context.Context) error {
						if n := now[i].Add(1); n > most[i].Load() {
							most[i].Store(n)
						}
						time.Sleep(time.Second)
						now[i].Add(-1)
						return nil
					})
				}
				return []step{await(func() rt.Awaitable[struct{}] { return rt.Gather0Async(works, works, works, works) }, nil)}
			})
			if took := time.Since(begin); err != nil || most[0].Load() != 2 || most[1].Load() != 2 || took != 2*time.Second {
				t.Errorf("%d and %d at a time, %v: %v", most[0].Load(), most[1].Load(), took, err)
			}
		})
	})
}

func TestRunLoopsWithPanicErrors(t *testing.T) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		late := errors.New("late")
		err := run(rt.RunOptions{Loop: rt.LoopOptions{PanicErrors: true}}, 2, func(_ []*rt.Loop, i int) []step {
			if i == 0 {
				return []step{yield(), do(func() { panic("boom") })}
			}
			return []step{never(func(error) error { return late })}
		})
		if x, ok := errors.AsType[*rt.Failure](err); !ok || x.Value != "boom" || !errors.Is(err, late) {
			t.Errorf("it returned %v", err)
		}
	})
}

// Once one call has failed, the others have the grace, and so have the tasks that are left when all have returned.
func TestRunLoopsWithGrace(t *testing.T) {
	boom := errors.New("boom")
	endless := func() step { return shield(nil, never(nil)) } // a step keeps its state
	slow := func(ended *bool) []step {
		return []step{never(func(error) error { return nil }), cleanup(time.Hour, nil, sleep(3*time.Second)), do(func() { *ended = true })}
	}
	for name, c := range map[string]struct {
		call func(loops []*rt.Loop, i int, ended *bool) []step
		err  error
		left []string
	}{
		"a call fails": {func(_ []*rt.Loop, i int, ended *bool) []step {
			return [][]step{{sleep(time.Second), fail(boom)}, {endless()}, slow(ended)}[i]
		}, boom, []string{"Task-1"}},
		"tasks are left": {func(loops []*rt.Loop, i int, ended *bool) []step {
			spawn := func(name string, steps []step) step {
				return do(func() { rt.SpawnOn(loops[i], newScript(steps)).SetName(name) })
			}
			return [][]step{
				{spawn("a", []step{endless()}), sleep(time.Second)},
				{spawn("b", []step{endless()}), spawn("c", []step{endless()}), yield()},
				{spawn("d", slow(ended)), yield()},
			}[i]
		}, nil, []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // only the generated form leaves no goroutine behind
				ended, begin := false, time.Now()
				opts := rt.RunOptions{Grace: 5 * time.Second}
				err := rt.RunLoopsAsyncWith(opts, 3, func(loops []*rt.Loop, i int) rt.Awaitable[struct{}] {
					return newScript(c.call(loops, i, &ended))
				})
				if left := namesLeft(err); !slices.Equal(left, c.left) || c.err != nil && !errors.Is(err, c.err) || !ended {
					t.Errorf("it returned %v, the slow one has ended: %v", err, ended)
				}
				if took := time.Since(begin); took != 6*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
	w := newWorld(t)
	opts := rt.RunOptions{Grace: 5, Loop: rt.LoopOptions{Clock: w.clock, Poller: w.poller}}
	err := rt.RunLoopsWith(opts, 1, func([]*rt.Loop, int) error {
		rt.Spawn0(func() error { return rt.Shield0(func() error { return rt.Sleep(1000) }) }).SetName("plain")
		return rt.Sleep(10)
	})
	if !slices.Equal(namesLeft(err), []string{"plain"}) || w.clock.Now() != 15 {
		t.Errorf("it returned %v at %v", err, w.clock.Now())
	}
}

// namesLeft returns the names of the tasks that err says are left.
func namesLeft(err error) (names []string) {
	if e, ok := errors.AsType[*rt.SurvivorsError](err); ok {
		for i := range e.Tasks {
			names = append(names, e.Tasks[i].Name)
		}
	}
	return names
}

// A loop whose tasks have all ended serves those that still have to, in the grace.
func TestRunLoopsWithGraceServesOthers(t *testing.T) {
	onLoopsWith(t, func(t *testing.T, run func(rt.RunOptions, int, func([]*rt.Loop, int) []step) error) {
		synctest.Test(t, func(t *testing.T) {
			boom, served := errors.New("boom"), false
			err := run(rt.RunOptions{Grace: time.Minute}, 2, func(loops []*rt.Loop, i int) []step {
				if i == 0 {
					return []step{yield(), fail(boom)}
				}
				return []step{never(func(error) error { return nil }),
					cleanup(time.Hour, nil, sleep(time.Second), on(loops[0], nil, do(func() { served = true })))}
			})
			if !served || err != boom && fmt.Sprint(err) != "boom" {
				t.Errorf("served %v, %v", served, err)
			}
		})
	})
}
