package rt_test

import (
	"context"
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestCancelThatNobodyIsToMeet: only a cancel of the task that gave way to the errors of a group is met by the next await.
func TestCancelThatNobodyIsToMeet(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		// A cancel that the body has from a future is none of the task.
		gone := rt.NewFuture[int]()
		gone.Cancel(nil)
		waits := await(gone.WaitAsync, func(_ int, err error) error { return err })
		w.run(w.spawn(w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(fail(boom)), waits}
		}), w.next()))
		w.traced("nursery:boom next:nil")
		// Nor does it hide one that the task gets in the wait for the children.
		cause := errors.New("cause")
		task := w.spawn(w.nursery(nil, func(n *nest) []step {
			return []step{n.begins(w.forever("child", true), shield(nil, sleep(3))), yield(), waits}
		}))
		w.turns(3)
		task.Cancel(cause)
		if err := w.run(task); !errors.Is(err, cause) {
			w.Errorf("error %v, want the task's cancel", err)
		}
		w.traced("child:canceled")
		// One that was taken back is over.
		task = w.spawn(w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(w.forever("child", true), fail(boom))}
		}), w.next())
		w.turns(2)
		task.Cancel(nil)
		task.Uncancel()
		w.run(task)
		w.traced("child:canceled nursery:boom next:nil")
	})
}

// TestCancelGivesWayToAPanic: the cancel that a nursery has met is met again by who recovers its panic.
func TestCancelGivesWayToAPanic(t *testing.T) {
	inBothForms(t, func(w *world) {
		n := &nest{world: w}
		child := []step{w.forever("child", true), do(func() { panic("boom") })}
		task := w.spawn(call(
			func() rt.Awaitable[struct{}] {
				return guarded{rt.NurseryAsync(func(g *rt.Group) rt.Awaitable[struct{}] {
					n.g = g
					return newScript([]step{n.begins(child...)})
				}), w}
			},
			func() (struct{}, error) {
				defer func() { w.log("recovered:%v", recover()) }()
				return struct{}{}, rt.Nursery(func(g *rt.Group) error { n.g = g; n.begin(child...); return nil })
			},
			none(nil)), w.next())
		w.turns(2)
		task.Cancel(nil)
		w.run(task)
		w.traced("child:canceled recovered:boom next:canceled")
	})
}

// TestErrorsJoinedWithCancels: who is cancelled and fails as well has failed.
func TestErrorsJoinedWithCancels(t *testing.T) {
	flush := errors.New("flush")
	inBothForms(t, func(w *world) {
		all := func(child func() rt.Awaitable[int]) step {
			return await(func() rt.Awaitable[[]int] { return rt.GatherAsync(child) }, nil)
		}
		for _, outer := range []func(inner step) step{
			func(inner step) step { return all(w.child(1, inner)) },
			func(inner step) step {
				return await(func() rt.Awaitable[int] { return rt.RaceAsync(w.child(1, inner)) }, nil)
			},
			func(inner step) step { return w.nursery(nil, func(n *nest) []step { return []step{n.begins(inner)} }) },
		} {
			task := w.spawn(outer(all(w.child(1, w.forever("work", true), fail(flush)))))
			w.turns(4)
			task.Cancel(nil)
			if err := w.run(task); !errors.Is(err, flush) {
				w.Errorf("error %v, want what failed in it", err)
			}
		}
	})
}

// TestOldCancelOfAnOperation: the cancel of an operation's last use, which a function has kept, is an error in its next.
func TestOldCancelOfAnOperation(t *testing.T) {
	t.Run("gather", func(t *testing.T) {
		op := new(rt.GatherOp[int])
		usedAgain(t, op, op.Init)
	})
	t.Run("race", func(t *testing.T) {
		op := new(rt.RaceOp[int])
		usedAgain(t, op, op.Init)
	})
}

// usedAgain uses op, which init prepares, while its task is cancelled, and then with a function that returns the same cancel.
func usedAgain[T any](t *testing.T, op rt.Awaitable[T], init func(fs ...func() rt.Awaitable[int])) {
	w := newWorld(t)
	var kept error
	keeps := await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { kept = err; return err })
	init(w.child(1, keeps))
	task := rt.SpawnOn(w.loop, op)
	w.turns(2)
	task.Cancel(nil)
	if _, err := rt.RunUntil(w.loop, task); !errors.Is(err, context.Canceled) || kept == nil {
		t.Fatalf("error %v, and %v in the function, want the cancel", err, kept)
	}
	init(w.child(2, fail(kept)))
	if _, err := rt.RunUntil(w.loop, rt.SpawnOn(w.loop, op)); err != kept {
		t.Errorf("error %v, want what the function returned", err)
	}
}

// TestRefusedFunctionSaysSoByItsContext: while a Drain waits, a function that is refused returns the error of its context. It is none.
func TestRefusedFunctionSaysSoByItsContext(t *testing.T) {
	inBothForms(t, func(w *world) {
		var ctx context.Context
		w.runs(9, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(sleep(9), w.says("flight")),
				n.begins(sleep(3), n.begins(takes(&ctx), await(rt.YieldNowAsync, func(struct{}, error) error { return ctx.Err() }))),
				n.drains(10, w.came("drain")),
			}
		}))
		w.traced("flight drain:nil nursery:nil")
	})
}
