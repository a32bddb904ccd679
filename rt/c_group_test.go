package rt_test

import (
	"context"
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// nest is a nursery of a script, whose steps use its group once it has begun.
type nest struct {
	*world
	g *rt.Group
}

// nursery is a step that runs body in a nursery.
func (w *world) nursery(then func(error) error, body func(n *nest) []step) step {
	n := &nest{world: w}
	steps := body(n)
	return call(
		func() rt.Awaitable[struct{}] {
			return rt.NurseryAsync(func(g *rt.Group) rt.Awaitable[struct{}] { n.g = g; return newScript(steps) })
		},
		func() (struct{}, error) {
			return struct{}{}, rt.Nursery(func(g *rt.Group) error { n.g = g; _, err := plainScript(steps); return err })
		},
		none(then))
}

// begins is a step that starts steps in the group.
func (n *nest) begins(steps ...step) step { return do(func() { n.begin(steps...) }) }

func (n *nest) begin(steps ...step) {
	async, plain := asFunc(steps)
	if n.plain {
		n.g.Go(func() error { _, err := plain(); return err })
	} else {
		n.g.GoIn(n.loop.Current(), async)
	}
}

// cancels is a step that cancels the group.
func (n *nest) cancels(cause error) step { return do(func() { n.g.Cancel(cause) }) }

// CPython: "body b a late nursery:nil" at 9, "a body nursery:nil body nursery:nil" at 12.
func TestC136_NurseryWaitsForAll(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.runs(9, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(sleep(5), w.says("a"), n.begins(sleep(4), w.says("late"))),
				n.begins(sleep(2), w.says("b")),
				w.says("body"),
			}
		}))
		w.traced("body b a late nursery:nil")
		// Children that have ended before the body, and none at all.
		w.runs(12, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(w.says("a")), sleep(3), w.says("body")}
		}))
		w.runs(12, w.nursery(w.came("nursery"), func(n *nest) []step { return []step{w.says("body")} }))
		w.traced("a body nursery:nil body nursery:nil")
	})
}

// CPython: "a:canceled b:canceled body:canceled", at create_task RuntimeError "... is shutting down", next:nil, ExceptionGroup [boom]. That
// c is begun is [!] of 083, that the next await fails as well [!] of 085. Without a body that waits: "a:canceled nursery:boom next:nil".
func TestC137_FirstErrorCancelsTheOthersAndTheBody(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		err := w.runs(5, w.nursery(nil, func(n *nest) []step {
			return []step{
				n.begins(w.forever("a", false)),
				n.begins(sleep(5), fail(boom)),
				n.begins(await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
					w.log("cause:%v", errors.Is(err, boom))
					return err
				})),
				w.forever("body", true),
				// What is begun now can clean up what it was given.
				n.begins(w.says("c"), yield(), w.says("never")),
				w.next(),
			}
		}))
		// Members of the scope hear of it in the order in which they entered it: the body, then the children.
		w.traced("body:canceled next:canceled a:canceled cause:true c")
		if !errors.Is(err, boom) || errors.Is(err, context.Canceled) {
			w.Errorf("error %v, want %v and no cancel", err, boom)
		}
	})
	// The body has ended: the wait for the children is not disturbed.
	inBothForms(t, func(w *world) {
		w.runs(5, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(sleep(5), fail(boom)), n.begins(w.forever("a", false))}
		}), w.next())
		w.traced("a:canceled nursery:boom next:nil")
	})
}

// CPython: body a:canceled b:canceled, BaseExceptionGroup [first, second, [CancelledError, third]], "unhandled errors in a TaskGroup (3
// sub-exceptions)".
func TestC138_ErrorsAreCollected(t *testing.T) {
	first, second, third := errors.New("first"), errors.New("second"), errors.New("third")
	inBothForms(t, func(w *world) {
		err := w.runs(5, w.nursery(nil, func(n *nest) []step {
			return []step{
				n.begins(sleep(5), fail(first)),
				n.begins(w.forever("a", true), fail(second)), // while it is being cancelled
				n.begins(w.forever("b", false)),
				n.begins(await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { return errors.Join(err, third) })),
				w.says("body"),
			}
		}))
		var group *rt.GroupError
		if !errors.As(err, &group) || len(group.Unwrap()) != 3 {
			w.Fatalf("error %v, want three", err)
		}
		for i, want := range []error{first, second, third} {
			if group.Errors[i] != want {
				w.Errorf("error %d is %v, want %v", i, group.Errors[i], want)
			}
		}
		if want := "3 errors: first; second; third"; err.Error() != want {
			w.Errorf("it says %q, want %q", err, want)
		}
		w.traced("body a:canceled b:canceled")
		err = w.run(w.spawn(w.nursery(nil, func(n *nest) []step { return []step{n.begins(fail(first))} })))
		if err.Error() != "first" {
			w.Errorf("it says %q", err)
		}
	})
}

// CPython: "a:canceled body b nursery:nil" at 5, "a:canceled b:canceled nursery:ExceptionGroup [TimeoutError]" at 8.
func TestC139_CancelledChildrenAreNoErrors(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFuture[int]()
		w.runs(5, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(wait(w, "a", f)),
				n.begins(sleep(5), w.says("b")),
				n.begins(fail(&rt.Canceled{})),
				sleep(1),
				do(func() { f.Cancel(nil) }),
				sleep(1),
				w.says("body"),
			}
		}))
		w.traced("a:error body b nursery:nil")
		// A timeout is an error: the function has failed, nobody wanted it cancelled.
		w.runs(8, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(timeout(3, nil, w.forever("a", false))), n.begins(w.forever("b", false))}
		}))
		w.traced("a:canceled b:canceled nursery:timeout3")
	})
}

// CPython: a:canceled, ExceptionGroup [boom]; then "body:canceled a:canceled b:canceled cleaned" and "body a:canceled b:canceled cleaned",
// both CancelledError('cause'), the task cancelled; the timeouts: "body:canceled a:canceled timeout:timeout a:canceled timeout:timeout".
// Where the body swallows the cancel it waits for a for ever; [!] of 085.
func TestC140_ErrorsAndCancelsOfTheBody(t *testing.T) {
	boom, cause := errors.New("boom"), errors.New("cause")
	inBothForms(t, func(w *world) {
		err := w.runs(0, w.nursery(nil, func(n *nest) []step {
			return []step{n.begins(w.forever("a", false)), yield(), fail(boom)}
		}))
		var group *rt.GroupError
		if !errors.As(err, &group) || len(group.Errors) != 1 || !errors.Is(err, boom) {
			w.Errorf("error %v, want a group of %v", err, boom)
		}
		w.traced("a:canceled")

		// A cancel from outside, in the body and in the wait.
		for _, last := range []step{w.forever("body", false), w.says("body")} {
			task := w.spawn(w.nursery(nil, func(n *nest) []step {
				return []step{
					n.begins(await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
						w.log("a:%v", errors.Is(err, cause))
						return err
					}), w.says("never")),
					n.begins(w.forever("b", true), shield(nil, yield()), w.says("cleaned")),
					last,
				}
			}))
			w.turns(2)
			task.Cancel(cause)
			err := w.run(task)
			if !errors.Is(err, cause) || !task.Canceled() || errors.As(err, &group) {
				w.Errorf("error %v, want the cancel because of %v", err, cause)
			}
		}
		w.traced("body:canceled a:true b:canceled cleaned body a:true b:canceled cleaned")
		// The scope around it expires.
		w.runs(10, timeout(10, w.came("timeout"), w.nursery(nil, func(n *nest) []step {
			return []step{n.begins(w.forever("a", false)), w.forever("body", false)}
		})))
		w.runs(20, timeout(10, w.came("timeout"), w.nursery(nil, func(n *nest) []step {
			return []step{n.begins(w.forever("a", false))}
		})))
		w.traced("body:canceled a:canceled timeout:timeout10 a:canceled timeout:timeout10")
		// A body that swallows the cancel of the scope around it: the wait is a point where it comes in.
		w.runs(30, timeout(10, w.came("timeout"), w.nursery(nil, func(n *nest) []step {
			return []step{n.begins(w.forever("a", false)), w.forever("body", true)}
		})))
		w.traced("body:canceled a:canceled timeout:timeout10")
	})
}

// CPython: body:canceled nursery:ExceptionGroup [boom] cancelling:0 next:nil.
func TestC141_CancellingIsWhatItWasBefore(t *testing.T) {
	inBothForms(t, func(w *world) {
		var self *rt.Task[struct{}]
		self = w.spawn(
			w.nursery(w.came("nursery"), func(n *nest) []step {
				return []step{n.begins(fail(errors.New("boom"))), w.forever("body", false)}
			}),
			do(func() { w.log("cancelling:%d", self.Canceling()) }), w.next())
		w.run(self)
		w.traced("body:canceled nursery:boom cancelling:0 next:nil")
	})
}

// CPython 3.11: "body:canceled a:canceled nursery:boom next:nil next:nil", cancelling() is 1 and the cancel is lost; next:canceled is that
// of 3.13. Under a timeout: "a:canceled nursery:boom next:nil timeout:nil"; [!] of 085.
func TestC142_CancelAndErrorsAtOnce(t *testing.T) {
	boom, cause := errors.New("boom"), errors.New("cause")
	inBothForms(t, func(w *world) {
		for _, last := range []step{w.forever("body", false), w.says("body")} {
			task := w.spawn(
				w.nursery(w.came("nursery"), func(n *nest) []step {
					return []step{n.begins(w.forever("a", true), fail(boom)), last}
				}),
				await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("next:%v", errors.Is(err, cause)); return nil }),
				w.next())
			w.turns(2)
			task.Cancel(cause)
			w.run(task)
		}
		w.traced("body:canceled a:canceled nursery:boom next:true next:nil body a:canceled nursery:boom next:true next:nil")
		// The scope around it stays cancelled by itself, and is left without a trace.
		w.runs(10, timeout(10, w.came("timeout"),
			w.nursery(w.came("nursery"), func(n *nest) []step {
				return []step{n.begins(w.forever("a", true), fail(boom))}
			}),
			w.next(), yield()), w.next())
		w.traced("a:canceled nursery:boom next:canceled timeout:timeout10 next:nil")
	})
}

// CPython, a child that waits on whatever comes: a:canceled, after the release "held:1 ends nursery:canceled next:nil".
func TestC143_RepeatedCancelsDoNotAbandonChildren(t *testing.T) {
	inBothForms(t, func(w *world) {
		release := rt.NewFuture[int]()
		task := w.spawn(w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(w.forever("a", true), shield(nil, wait(w, "held", release)), w.says("ends"))}
		}), w.next())
		w.turns(2)
		for range 3 {
			task.Cancel(nil)
			w.turns(2)
		}
		w.traced("a:canceled")
		release.SetResult(1)
		w.run(task)
		w.traced("held:1 ends nursery:canceled next:nil")
	})
}

// CPython: RuntimeError "TaskGroup <TaskGroup entered> is finished"; before it is entered "... has not been entered".
func TestC144_GoAfterTheEnd(t *testing.T) {
	inBothForms(t, func(w *world) {
		var left *nest
		w.runs(0, w.nursery(nil, func(n *nest) []step { left = n; return nil }),
			do(func() {
				m := misuse(w, func() { left.begin(w.says("never")) })
				w.log("%s", m[:len("rt: group.Go")])
				left.g.Cancel(nil) // is late, and nothing
			}), w.next())
		if n := w.loop.Tasks(); n != 0 {
			w.Errorf("%d tasks are left", n)
		}
		if got := w.trace[0]; got != "rt: group.Go" || w.trace[1] != "next:nil" {
			w.Errorf("trace %q", w.trace)
		}
	})
}

// CPython, a KeyboardInterrupt: it leaves the loop at once; when the loop goes on, "body:canceled a:canceled cleaned" and
// KeyboardInterrupt('boom') bare, the other error dropped.
func TestC145_PanicOfAChildIsNotGrouped(t *testing.T) {
	inBothForms(t, func(w *world) {
		for _, last := range []step{w.forever("body", true), w.says("body")} {
			func() {
				defer func() {
					if p := recover(); p != "boom" {
						w.Errorf("panicked with %v, want boom", p)
					}
				}()
				w.run(w.spawn(w.nursery(nil, func(n *nest) []step {
					return []step{
						n.begins(w.forever("a", true), shield(nil, yield()), w.says("cleaned")),
						n.begins(yield(), do(func() { panic("boom") })),
						n.begins(yield(), yield(), fail(errors.New("dropped"))),
						last,
					}
				}), w.says("never")))
				w.Error("no panic")
			}()
		}
		w.traced("body:canceled a:canceled cleaned body a:canceled cleaned")
	})
}

// Not in CPython 3.11.
func TestC146_CancelOfAGroup(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		w.runs(0, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
					w.log("a:%v", errors.Is(err, cause))
					return err
				})),
				yield(),
				n.cancels(cause), n.cancels(errors.New("second")),
				w.forever("body", false),
			}
		}), w.next())
		// From a child, after the body.
		w.runs(0, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(w.forever("a", false)), n.begins(yield(), n.cancels(nil), yield())}
		}), w.next())
		w.traced("body:canceled a:true nursery:nil next:nil a:canceled nursery:nil next:nil")

		// A cancel from outside at the same time still propagates: from the wait, or at the next await.
		for _, name := range []string{"wait", "no_wait"} {
			var group *nest
			task := w.spawn(
				w.nursery(func(err error) error { w.log("%s:%s", name, kindOf(err)); return err }, func(n *nest) []step {
					group = n
					if name == "wait" {
						return []step{n.begins(w.forever("a", false)), w.forever("body", false)}
					}
					return []step{w.forever("body", false)}
				}),
				await(rt.YieldNowAsync, func(_ struct{}, err error) error { w.log("next:%s", kindOf(err)); return err }))
			w.turns(2)
			group.g.Cancel(nil)
			task.Cancel(cause)
			if err := w.run(task); !errors.Is(err, cause) {
				w.Errorf("error %v, want the cancel", err)
			}
		}
		w.traced("body:canceled a:canceled wait:canceled body:canceled no_wait:nil next:canceled")
	})
}

// CPython: RuntimeError "TaskGroup <TaskGroup> cannot determine the parent task"; a plain function is no coroutine, and may.
func TestC148_GroupOutsideATask(t *testing.T) {
	// A plain nursery runs a loop of its own.
	ran := false
	err := rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error { ran = true; return rt.YieldNow() })
		return nil
	})
	if err != nil || !ran {
		t.Errorf("error %v, ran %v", err, ran)
	}
	// A coroutine that is driven by hand has no loop for the children.
	co := rt.Drive(rt.NurseryAsync(func(g *rt.Group) rt.Awaitable[struct{}] { t.Error("begun"); return rt.Value(struct{}{}) }))
	co.Send()
	misuse(t, func() { co.Result() })
}
