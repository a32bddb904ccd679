package rt_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// key is the type of the tests' context keys.
type key string

// sets is a step that sets a value.
func sets(k key, v any) step { return do(func() { rt.SetValue(k, v) }) }

// shows is a step that logs the values of keys.
func (w *world) shows(name string, keys ...key) step {
	return do(func() {
		for _, k := range keys {
			w.log("%s:%s=%v", name, k, rt.Context().Value(k))
		}
	})
}

// takes is a step that keeps the context of the task.
func takes(ctx *context.Context) step { return do(func() { *ctx = rt.Context() }) }

// stateOf says whether ctx is done, why, and how.
func stateOf(ctx context.Context) string {
	select {
	case <-ctx.Done():
	default:
		if ctx.Err() != nil {
			return "err-before-done"
		}
		return "live"
	}
	if ctx.Err() == context.DeadlineExceeded {
		return "deadline"
	}
	if cause := context.Cause(ctx); cause != context.Canceled {
		return "canceled(" + cause.Error() + ")"
	}
	return "canceled"
}

// tells is a step that logs the states of contexts.
func (w *world) tells(ctxs ...*context.Context) step {
	return do(func() {
		for _, ctx := range ctxs {
			w.log("%s", stateOf(*ctx))
		}
	})
}

// under is a step that runs steps under the context that outer returns.
func under(outer func() context.Context, then func(error) error, steps ...step) step {
	async, plain := asFunc(steps)
	return call(
		func() rt.Awaitable[struct{}] { return rt.WithContextAsync(outer(), async) },
		func() (struct{}, error) { return rt.WithContext(outer(), plain) },
		none(then))
}

// always returns a function that returns ctx.
func always(ctx context.Context) func() context.Context {
	return func() context.Context { return ctx }
}

// CPython, a ContextVar: none:None soon:1 from_it:1 later:1 at:2 done:1. Where it is set in the callback the value is seen there and in
// what that schedules; here a callback has no values of its own.
func TestC023_CallbacksHaveTheValuesOfWhoSchedulesThem(t *testing.T) {
	inBothForms(t, func(w *world) {
		says := func(name string) func() {
			return func() {
				w.log("%s:%v,%s", name, rt.Context().Value(key("k")), stateOf(rt.Context()))
			}
		}
		f := rt.NewFutureOn[int](w.loop)
		w.loop.CallSoon(says("none"))
		w.run(w.spawn(
			sets("k", 1),
			do(func() {
				w.loop.CallSoon(func() {
					says("soon")()
					w.loop.CallSoon(says("from_it"))
					misuse(w, func() { rt.SetValue(key("k"), 9) })
				})
				w.loop.CallLater(5, says("later"))
				f.AddDoneCallback(func(*rt.Future[int]) { says("done")() })
			}),
			sets("k", 2),
			do(func() { w.loop.CallAt(6, says("at")) }),
			sleep(10),
			do(func() { f.SetResult(0) }),
			sleep(1)))
		w.traced("none:<nil>,live soon:1,live from_it:1,live later:1,live at:2,live done:1,live")
	})
}

// CPython 3.11: none:None call:None callback:None task:None, the handler runs in the context of the loop's caller; the statement is that of
// 3.12.
func TestC026_HandlerHasTheValuesOfWhatFailed(t *testing.T) {
	w, _ := handled(t)
	loop, err := rt.NewLoop(rt.LoopOptions{Clock: w.clock, Poller: w.poller, Unhandled: func(x *rt.Failure) {
		w.log("%v:%v", x.Value, rt.Context().Value(key("k")))
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range []bool{false, true} {
		w.plain = plain
		task := rt.SpawnOn(loop, w.awaitable(
			sets("k", "a"),
			do(func() {
				loop.CallSoon(func() { panic("call") })
				rt.NewFutureOn[int](loop).AddDoneCallback(nil)
				done := rt.NewFutureOn[int](loop)
				done.AddDoneCallback(func(*rt.Future[int]) { panic("callback") })
				done.SetResult(1)
			}),
			yield(), yield(),
			sets("k", "b"),
			do(func() { panic("task") })))
		loop.CallSoon(func() { loop.CallSoon(func() {}); panic("none") })
		for !task.Done() {
			loop.Stop()
			loop.Run()
		}
	}
	w.traced("none:<nil> call:a callback:a task:b none:<nil> call:a callback:a task:b")
	loop.Close()
}

// CPython: child:a=1 child:b=1 child:a=2 grandchild:a=2 grandchild:b=1 parent:a=1 parent:b=3; with a TaskGroup and a gather: go:a=1 go:a=2
// body:a=1 map:a=1 map:a=1.
func TestC072_TasksCopyValues(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.run(w.spawn(
			sets("a", 1), sets("b", 1),
			do(func() {
				w.spawn(w.shows("child", "a", "b"), sets("a", 2), yield(), w.shows("child", "a"),
					do(func() { w.spawn(w.shows("grandchild", "a", "b")) }))
			}),
			sets("b", 3), // after the copy
			sleep(5),
			w.shows("parent", "a", "b")))
		w.traced("child:a=1 child:b=1 child:a=2 grandchild:a=2 grandchild:b=1 parent:a=1 parent:b=3")
		// The functions of a group and of a gather, also those that begin when others have ended.
		w.run(w.spawn(
			sets("a", 1),
			w.nursery(nil, func(n *nest) []step {
				return []step{n.begins(w.shows("go", "a"), sets("a", 2), yield(), w.shows("go", "a")), sleep(5), w.shows("body", "a")}
			}),
			call(func() rt.Awaitable[[]int] {
				return rt.MapAsync(1, []int{1, 2}, func(int) rt.Awaitable[int] {
					return w.child(0, w.shows("map", "a"), sets("a", 7), yield())()
				})
			}, func() ([]int, error) {
				return rt.Map(1, []int{1, 2}, func(int) (int, error) {
					_, err := plainScript([]step{w.shows("map", "a"), sets("a", 7), yield()})
					return 0, err
				})
			}, nil)))
		w.traced("go:a=1 go:a=2 body:a=1 map:a=1 map:a=1")
	})
}

// CPython: to_thread sees 7, run_in_executor 0; after a timeout nothing tells the thread.
func TestC234_BlockingHasValuesAndDeadline(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.runs(0, sets("k", 7), await(func() rt.Awaitable[string] {
			return rt.BlockingAsync(func(ctx context.Context) (string, error) {
				if ctx.Value(key("k")) != 7 {
					w.Errorf("value %v", ctx.Value(key("k")))
				}
				return stateOf(ctx), nil
			})
		}, func(s string, err error) error { w.log("%s", s); return err }))
		// Where a deadline passes, Err says so, also of contexts made from it.
		told := make(chan string, 2)
		loose := make(chan struct{})
		w.runs(20, timeout(20, w.came("timeout"), await(func() rt.Awaitable[int] {
			return rt.BlockingAsync(func(ctx context.Context) (int, error) {
				defer close(loose)
				if d, _ := ctx.Deadline(); d.UnixNano()%1e9 != 20 {
					w.Errorf("deadline %v", d)
				}
				inner, cancel := context.WithCancel(ctx)
				defer cancel()
				<-inner.Done()
				told <- stateOf(ctx)
				told <- stateOf(inner)
				return 0, nil
			})
		}, nil)))
		<-loose
		w.log("%s", <-told)
		w.log("%s", <-told)
		w.traced("live timeout:timeout20 deadline deadline")
	})
}

func TestContextIsDoneWithItsScope(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		var outer, inner, shielded context.Context
		w.runs(15,
			timeout(10, w.came("timeout"),
				takes(&outer),
				shield(nil, takes(&shielded), timeout(20, nil, takes(&inner), sleep(15), w.tells(&outer, &shielded, &inner))),
				w.tells(&inner, &shielded),
				yield()),
			w.tells(&outer))
		w.traced("deadline live live canceled canceled timeout:timeout10 deadline")

		// The end of a task, and the scope that is left.
		var left, ended context.Context
		w.runs(15, timeout(10, nil, takes(&left)), w.tells(&left), takes(&ended), w.tells(&ended))
		w.log("%s", stateOf(ended))
		w.traced("canceled live canceled")

		// A group: a child's error is the cause.
		var body, child context.Context
		w.runs(15, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(takes(&child), w.forever("a", true), w.tells(&child)),
				n.begins(yield(), fail(cause)),
				takes(&body), w.forever("body", true), w.tells(&body),
			}
		}), w.tells(&body, &child))
		w.traced("body:canceled canceled(cause) a:canceled canceled(cause) nursery:cause canceled(cause) canceled(cause)")
	})
}

func TestContextOfATaskThatIsCancelled(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		var outer, inner, pending, after context.Context
		task := w.spawn(
			takes(&outer),
			shield(nil, takes(&inner), sleep(5), w.tells(&outer, &inner)),
			takes(&pending), w.tells(&outer, &pending),
			w.next(),
			takes(&after), w.tells(&after),
			do(func() {
				if rt.Context() != after || pending != outer {
					w.Error("another context without need")
				}
			}))
		w.turns(1)
		task.Cancel(cause)
		w.run(task)
		w.traced("live live canceled(cause) canceled(cause) next:canceled live")
		if got := stateOf(after); got != "canceled" {
			w.Errorf("after the end: %s", got)
		}
	})
}

func TestContextDeadlineAndDerivedContexts(t *testing.T) {
	inBothForms(t, func(w *world) {
		base := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		deadline := func(want time.Duration) step {
			return do(func() {
				d, ok := rt.Context().Deadline()
				if ok != (want != 0) || ok && !d.Equal(base.Add(want)) {
					w.Errorf("deadline %v, %v; want %v", d, ok, want)
				}
			})
		}
		var derived context.Context
		var stop context.CancelFunc
		begun := make(chan string, 1)
		w.runs(10,
			sets("k", 1),
			sleep(2),
			deadline(0),
			timeout(10, nil, deadline(12),
				timeout(30, nil, deadline(12)),
				timeout(5, nil, deadline(7)),
				shield(nil, deadline(0), timeout(50, nil, deadline(52)), cleanup(4, nil, deadline(6)))),
			timeout(8, w.came("timeout"),
				do(func() {
					derived = context.WithoutCancel(rt.Context())
					if derived.Value(key("k")) != 1 || derived.Err() != nil {
						w.Error("no value, or an error")
					}
					derived, stop = context.WithCancel(rt.Context())
					context.AfterFunc(derived, func() { begun <- stateOf(derived) })
				}),
				sleep(20)))
		w.log("%s", <-begun)
		stop()
		w.traced("timeout:timeout8 deadline")
	})
}

func TestContextFromOtherGoroutines(t *testing.T) {
	inBothForms(t, func(w *world) {
		var ctx context.Context
		var all sync.WaitGroup
		w.runs(8, sets("k", 1), timeout(8, w.came("timeout"), takes(&ctx), do(func() {
			for range 4 {
				all.Go(func() {
					inner, cancel := context.WithCancel(context.WithValue(ctx, key("own"), 2))
					defer cancel()
					if ctx.Value(key("k")) != 1 || ctx.Value(key("none")) != nil {
						w.Error("another value")
					}
					if _, ok := inner.Deadline(); !ok {
						w.Error("no deadline")
					}
					<-inner.Done()
				})
			}
		}), sets("k", 2), sleep(10)))
		all.Wait()
		w.traced("timeout:timeout8")
	})
}

func TestContextOutsideATask(t *testing.T) {
	misuse(t, func() { rt.Context() })
	misuse(t, func() { rt.SetValue(key("k"), 1) })
	w := newWorld(t)
	w.run(w.spawn(do(func() { misuse(t, func() { rt.SetValue(nil, 1) }) })))
	// By hand, outside a task and inside one.
	w.run(w.spawn(sets("k", 1), do(func() {
		co := rt.Drive(rt.Func(func() (any, error) { return rt.Context().Value(key("k")), nil }))
		co.Send()
		if v, err := co.Result(); v != 1 || err != nil {
			t.Errorf("by hand: %v, %v", v, err)
		}
	})))
}

func TestContextsOfAClosedLoop(t *testing.T) {
	w := newWorld(t)
	var ctx, inner context.Context
	w.spawn(takes(&ctx), shield(nil, takes(&inner), w.forever("f", true)))
	w.turns(1)
	w.loop.Close()
	if context.Cause(ctx) != rt.ErrLoopClosed || context.Cause(inner) != rt.ErrLoopClosed {
		t.Errorf("contexts of tasks that never run again: %v, %v", context.Cause(ctx), context.Cause(inner))
	}
}

func TestOnPassesValuesOn(t *testing.T) {
	err := rt.RunLoops(2, func(loops []*rt.Loop, i int) error {
		if i > 0 {
			return nil
		}
		rt.SetValue(key("k"), 7)
		v, err := rt.On(loops[1], func() (any, error) {
			defer rt.SetValue(key("k"), 8)
			return rt.Context().Value(key("k")), nil
		})
		if own := rt.Context().Value(key("k")); v != 7 || own != 7 {
			t.Errorf("on the other loop %v, then %v", v, own)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
