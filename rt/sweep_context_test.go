package rt_test

import (
	"context"
	"testing"

	"github.com/goasync/goasync/rt"
)

// TestSweepOfContexts has tasks take their contexts in nested scopes: wherever one is cancelled, a context that lives belongs to a
// scope that its task is in, and none lives after the end.
func TestSweepOfContexts(t *testing.T) {
	sweep(t, 24, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		var taken []context.Context
		takes := do(func() { taken = append(taken, rt.Context()) })
		outer, cancel := context.WithCancel(context.Background())
		for range 2 {
			tasks = append(tasks, w.spawn(
				takes, yield(),
				under(always(outer), nil,
					takes, yield(),
					shield(nil, takes, yield(), takes),
					timeout(100, nil, takes, yield(), sets("k", 1), takes),
					w.nursery(nil, func(n *nest) []step {
						return []step{n.begins(takes, yield(), takes), takes, yield()}
					}),
					yield()),
				takes, yield()))
		}
		return tasks, func() {
			cancel()
			for _, task := range tasks {
				if !task.Done() {
					w.Error("a task has not ended")
				}
			}
			for i, ctx := range taken {
				if ctx.Err() == nil {
					w.Errorf("context %d of %d lives after its task", i, len(taken))
				}
			}
		}
	})
}

// TestSweepOfAContextThatEnds has the context end while the task, in every turn, is somewhere in what it bounds. The context ends on
// another goroutine, so that each run waits until the loop has been told.
func TestSweepOfAContextThatEnds(t *testing.T) {
	inBothForms(t, func(w *world) {
		for turn := range 12 {
			begun, ended := 0, 0
			ctx, cancel := context.WithCancel(context.Background())
			item := func(wait step) []step {
				return []step{do(func() { begun++ }), wait, do(func() { ended++ })}
			}
			var steps []step
			for range 3 {
				steps = append(steps, item(ignored())...)
				steps = append(steps, item(shield(func(error) error { return nil }, yield(), yield()))...)
			}
			task := w.spawn(under(always(ctx), w.came("with"), append(steps, w.forever("f", false))...), w.next())
			w.turns(turn)
			cancel()
			w.run(task)
			if begun != 6 || ended != 6 {
				w.Errorf("cancelled after turn %d: %d begun, %d ended", turn, begun, ended)
			}
			w.traced("f:canceled with:canceled next:nil")
		}
	})
}

// TestSweepOfThrows throws an error into a task in every turn, in what a group's awaitable methods and the sections wait for: it
// comes out once, where the task stands, and nothing is left.
func TestSweepOfThrows(t *testing.T) {
	boom := rt.Misuse("boom") // any error that is no cancel
	inBothForms(t, func(w *world) {
		plain := w.plain
		for turn := range 20 {
			w := newWorld(t)
			w.plain = plain
			met, last := 0, false
			meets := func(err error) error {
				if err != nil {
					met++
				}
				return nil
			}
			task := w.spawn(
				w.nursery(meets, func(n *nest) []step {
					child := []step{ignored(), ignored()}
					return []step{
						n.limits(1),
						n.waits(meets, child...), n.waits(meets, child...),
						n.starts(meets, func(ready step) []step { return append([]step{ignored(), ready}, child...) }),
						under(always(context.Background()), meets, yield(), yield()),
						call(func() rt.Awaitable[rt.Pair[int, bool]] { return rt.MoveOnAsync(100, w.child(1, yield(), yield())) },
							func() (p rt.Pair[int, bool], err error) {
								p.First, p.Second, err = rt.MoveOn(100, func() (int, error) { _, err := plainScript([]step{yield(), yield()}); return 1, err })
								return p, err
							}, func(_ rt.Pair[int, bool], err error) error { return meets(err) }),
						n.drains(100, meets),
					}
				}), do(func() { last = true }), ignored())
			w.turns(turn)
			want := 1
			if last {
				want = 0
			}
			rt.ThrowInto(task, boom)
			if err := w.run(task); err != nil || w.loop.Tasks() != 0 {
				w.Errorf("thrown after turn %d: error %v, %d tasks are left", turn, err, w.loop.Tasks())
			}
			if met != want {
				w.Errorf("thrown after turn %d: it was met %d times, want %d", turn, met, want)
			}
		}
	})
}
