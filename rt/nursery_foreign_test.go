package rt_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/goasync/goasync/rt"
)

// errForeign is how a request fails whose own context was cancelled.
var errForeign = fmt.Errorf("get: %w", context.Canceled)

// TestCancelsOfOthersAreErrors: what is context.Canceled though nobody has cancelled the function is an error as any other.
func TestCancelsOfOthersAreErrors(t *testing.T) {
	for _, who := range []string{"child", "body"} {
		t.Run(who, func(t *testing.T) {
			inBothForms(t, func(w *world) {
				sleeps := func(name string) step {
					return await(func() rt.Awaitable[struct{}] { return rt.SleepAsync(10) }, func(_ struct{}, err error) error {
						return w.came(name)(err)
					})
				}
				err := w.run(w.spawn(w.nursery(nil, func(n *nest) []step {
					steps := []step{n.begins(sleeps("other")), yield()}
					if who == "child" {
						return append(steps, n.begins(fail(errForeign)), sleeps("body"))
					}
					return append(steps, fail(errForeign))
				})))
				group, ok := errors.AsType[*rt.GroupError](err)
				if !ok || len(group.Errors) != 1 || !errors.Is(err, context.Canceled) {
					w.Fatalf("error %v, want a group of one", err)
				}
				if group.Errors[0] != errForeign {
					w.Errorf("error %v, want it whole", group.Errors[0])
				}
				if who == "child" {
					w.traced("body:canceled other:canceled")
				} else {
					w.traced("other:canceled")
				}
			})
		})
	}
	// Those of supervised functions are reported.
	inBothForms(t, func(w *world) {
		w.run(w.spawn(w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				do(func() { n.g.OnError(func(err error) { w.log("%v", errors.Is(err, context.Canceled)) }) }),
				n.supervises(fail(errForeign)), n.supervises(fail(errors.Join(errForeign, &rt.Canceled{}))),
			}
		})))
		w.traced("true true nursery:nil")
	})
}

// TestCancelsThatContextsPassOn: a function that was cancelled may say so by the error of a context.
func TestCancelsThatContextsPassOn(t *testing.T) {
	inBothForms(t, func(w *world) {
		requests := func() step {
			return await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { w.log("%s", kindOf(err)); return errForeign })
		}
		// By the group.
		w.run(w.spawn(w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(requests()), yield(), n.cancels(nil), w.forever("body", false)}
		})))
		w.traced("body:canceled canceled nursery:nil")
		// By a cancel of the task, in the body or in the wait for the children.
		for _, last := range []step{requests(), w.says("body")} {
			task := w.spawn(w.nursery(nil, func(n *nest) []step { return []step{n.begins(requests()), last} }))
			w.turns(2)
			task.Cancel(nil)
			err := w.run(task)
			if _, ok := errors.AsType[*rt.GroupError](err); ok || !task.Canceled() {
				w.Errorf("error %v, want the cancel", err)
			}
		}
		w.traced("canceled canceled body canceled")
	})
}
