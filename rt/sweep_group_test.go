package rt_test

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

func TestSweepOfALimitedGroup(t *testing.T) {
	sweep(t, 24, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		running, begun, given := 0, 0, 0
		worker := []step{do(func() {
			begun++
			if running++; running > 2 {
				w.Errorf("%d run, want at most 2", running)
			}
		}), ignored(), ignored(), do(func() { running-- })}
		tasks = append(tasks, w.spawn(w.nursery(nil, func(n *nest) []step {
			steps := []step{n.limits(2)}
			for range 3 {
				steps = append(steps, do(func() { given++ }), n.begins(worker...))
			}
			for range 3 {
				steps = append(steps, n.waits(func(err error) error {
					if err == nil {
						given++
					}
					return err
				}, worker...))
			}
			return append(steps, n.drains(100, nil))
		})), w.spawn(yield(), yield(), yield()))
		return tasks, func() {
			if running != 0 || begun != given || !tasks[0].Done() {
				w.Errorf("%d run, %d of %d begun, done %v", running, begun, given, tasks[0].Done())
			}
		}
	})
}

func TestSweepOfAStart(t *testing.T) {
	for _, fails := range []int{0, 1, 2} {
		sweep(t, 16, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
			boom := errors.New("boom")
			alive := [2]bool{}
			tasks = append(tasks, w.spawn(w.nursery(nil, func(n *nest) []step {
				serve := func(alive *bool) step {
					end := func(at int) step {
						return step{end: func() error {
							if fails == at {
								*alive = false
								return boom
							}
							return nil
						}}
					}
					return n.starts(func(err error) error {
						if err != nil && *alive {
							w.Errorf("something is left of a start that has failed with %v", err)
						}
						return err
					}, func(ready step) []step {
						return []step{
							do(func() { *alive = true }), ignored(), end(1), ready, ignored(),
							shield(func(error) error { return nil }, yield()), do(func() { *alive = false }), end(2),
						}
					})
				}
				return []step{serve(&alive[0]), serve(&alive[1]), ignored(), n.cancels(nil)}
			})), w.spawn(yield()))
			return tasks, func() {
				if alive[0] || alive[1] || !tasks[0].Done() {
					w.Errorf("alive %v, done %v", alive, tasks[0].Done())
				}
			}
		})
	}
}
