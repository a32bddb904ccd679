package rt_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

func TestPanicOfTheBodyComesOutWhenTheChildrenHaveEnded(t *testing.T) {
	for _, suspends := range []bool{false, true} {
		for _, form := range []string{"coroutine", "plain"} {
			t.Run(fmt.Sprintf("%s,suspends=%v", form, suspends), func(t *testing.T) {
				w, failures := handled(t)
				w.plain = form == "plain"
				task := w.spawn(w.nursery(nil, func(n *nest) []step {
					steps := []step{
						n.begins(w.forever("a", true), shield(nil, sleep(5)), w.says("cleaned"), fail(errors.New("dropped"))),
						n.begins(w.forever("b", true), do(func() { panic("second") })),
					}
					if suspends {
						steps = append(steps, yield())
					}
					return append(steps, do(thrower))
				}))
				w.turns(5)
				if task.Done() {
					w.Error("the nursery ended before its children")
				}
				w.clock.Advance(5)
				w.turns(4)
				// One of the two panics has a caller; the other is reported when it happens.
				w.traced("a:canceled b:canceled unhandled:second cleaned unhandled:boom")
				if len(*failures) != 2 || !strings.Contains(stackOf((*failures)[1]), "thrower") {
					w.Errorf("failures %v, or the stack has lost the function that panicked", *failures)
				}
			})
		}
	}
}

func TestGoexitInANursery(t *testing.T) {
	for _, who := range []string{"body", "child"} {
		var trace []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			rt.Run0(func() error {
				defer func() { trace = append(trace, "root") }()
				return rt.Nursery(func(g *rt.Group) error {
					g.Go(func() error {
						defer func() { trace = append(trace, "other") }()
						err := rt.Sleep(time.Hour)
						rt.Shield0(rt.YieldNow)
						return err
					})
					g.Go(func() error {
						rt.YieldNow()
						if who == "child" {
							runtime.Goexit()
						}
						return nil
					})
					rt.YieldNow()
					rt.YieldNow()
					if who == "body" {
						runtime.Goexit()
					}
					return nil
				})
			})
			trace = append(trace, "returned")
		}()
		<-done
		if got := strings.Join(trace, " "); got != "other root" {
			t.Errorf("Goexit in the %s: trace %q, want other root", who, got)
		}
	}
	// In the async form, after a suspension and before one.
	for _, suspends := range []bool{false, true} {
		w := newWorld(t)
		steps := func(n *nest) []step {
			s := []step{n.begins(w.forever("a", true), shield(nil, yield()), w.says("cleaned"))}
			if suspends {
				s = append(s, yield())
			}
			return append(s, do(runtime.Goexit))
		}
		task := w.spawn(w.nursery(nil, steps))
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.run(task)
			t.Error("Run returned")
		}()
		<-done
		w.turns(4)
		w.traced("a:canceled cleaned")
		if !task.Done() || w.loop.Tasks() != 0 {
			t.Errorf("done %v, %d tasks left", task.Done(), w.loop.Tasks())
		}
	}
}

// A cancel that comes by way of an await of the task has a scope that is not around the children.
func TestForwardedCancelOfAScopeReachesChildren(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		gathers := w.spawn(w.gather(w.child(1, w.forever("gathered", false))))
		nurses := w.spawn(w.nursery(nil, func(n *nest) []step { return []step{n.begins(w.forever("a", false))} }))
		fails := w.spawn(
			w.nursery(w.came("nursery"), func(n *nest) []step { return []step{n.begins(w.forever("b", true), fail(boom))} }),
			w.next(), w.next())
		w.turns(2)
		for _, task := range []*rt.Task[struct{}]{gathers, nurses, fails} {
			w.run(w.spawn(timeout(10, w.came("timeout"), await(task.WaitAsync, nil))))
		}
		w.traced("gathered:canceled gather:error timeout:timeout10 a:canceled timeout:timeout10 " +
			"b:canceled nursery:boom next:canceled next:nil timeout:nil")
	})
}

func TestNurseriesInNurseries(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		inner := func(name string, steps ...step) step {
			return w.nursery(func(err error) error { w.log("%s:%s", name, kindOf(err)); return err }, func(n *nest) []step {
				return []step{n.begins(steps...), n.begins(w.forever(name+"_other", false))}
			})
		}
		err := w.runs(5, w.nursery(nil, func(n *nest) []step {
			return []step{
				n.begins(inner("one", sleep(5), fail(boom))),
				n.begins(inner("two", sleep(50), w.says("never"))),
			}
		}))
		w.traced("one_other:canceled one:boom two_other:canceled two:canceled")
		var group *rt.GroupError
		if !errors.As(err, &group) || len(group.Errors) != 1 || !errors.Is(err, boom) || errors.Is(err, context.Canceled) {
			w.Errorf("error %v, want a group of a group of %v", err, boom)
		}
	})
}

// An error that a panic in the way it is compared would be made of.
type uncomparable struct{ s []int }

func (uncomparable) Error() string { return "uncomparable" }

func TestErrorsOfAGroupAreTakenAsTheyAre(t *testing.T) {
	inBothForms(t, func(w *world) {
		wraps := func(format string, others ...any) step {
			return await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error {
				return fmt.Errorf(format, append([]any{err}, others...)...)
			})
		}
		boom := errors.New("boom")
		err := w.run(w.spawn(w.nursery(nil, func(n *nest) []step {
			return []step{
				n.begins(wraps("words around a cancel: %w")),
				n.begins(wraps("%w beside %w", boom)),
				n.begins(wraps("%w beside %w", uncomparable{[]int{1}})),
				n.begins(wraps("outer: %w", fmt.Errorf("no cancel"))),
				n.begins(yield(), fail(fmt.Errorf("whole: %w", errors.Join(boom, uncomparable{})))),
			}
		})))
		var group *rt.GroupError
		if !errors.As(err, &group) || len(group.Errors) != 3 {
			w.Fatalf("error %v, want three", err)
		}
		if text := group.Errors[0].Error(); text != "whole: boom\nuncomparable" {
			w.Errorf("the first is %q", text)
		}
		// The body's cancel keeps its words.
		task := w.spawn(w.nursery(nil, func(n *nest) []step { return []step{wraps("body: %w")} }))
		w.turns(1)
		task.Cancel(nil)
		if err := w.run(task); err == nil || err.Error() != "body: rt: canceled" {
			w.Errorf("error %v", err)
		}
	})
}

// nursing awaits one embedded nursery two times.
type nursing struct {
	rt.Frame
	w      *world
	rounds int
	groups []*rt.Group
	call1  rt.NurseryOp
}

func (co *nursing) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *nursing) Result() (struct{}, error)                    { co.Check(); return struct{}{}, nil }

func (co *nursing) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() > 0 {
		goto await1
	}
for1:
	co.call1.Init(func(g *rt.Group) rt.Awaitable[struct{}] {
		co.groups = append(co.groups, g)
		g.GoIn(fb, co.w.child0(sleep(1), co.w.says("child")))
		return newScript([]step{yield(), co.w.says("body")})
	})
	if !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
await1:
	if _, err := co.call1.Result(); err != nil {
		co.w.Error(err)
	}
	if co.rounds++; co.rounds == 2 {
		return co.End()
	}
	goto for1
}

// child0 is an argument of a combinator in the world's form.
func (w *world) child0(steps ...step) func() rt.Awaitable[struct{}] {
	return func() rt.Awaitable[struct{}] { return w.awaitable(steps...) }
}

func TestNurseryOpIsUsedAgain(t *testing.T) {
	w := newWorld(t)
	co := &nursing{w: w}
	if err := w.run(rt.SpawnOn(w.loop, rt.Awaitable[struct{}](co))); err != nil {
		t.Fatal(err)
	}
	w.traced("body child body child")
	if co.groups[0] == co.groups[1] {
		t.Error("the second nursery has the group of the first")
	}
	misuse(t, func() { co.groups[0].GoIn(rt.SpawnOn(w.loop, rt.Value(1)).Fiber(), w.child0()) })
	w.turns(1)
}

func TestNurseryOnAnotherLoop(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	var g *rt.Group
	w.run(rt.SpawnOn(w.loop, rt.NurseryAsync(func(group *rt.Group) rt.Awaitable[struct{}] {
		g = group
		misuse(t, func() { g.GoIn(rt.SpawnOn(other.loop, rt.Value(1)).Fiber(), w.child0()) })
		return rt.Value(struct{}{})
	})))
	other.turns(1)
	w.loop.CallSoon(func() {
		misuse(t, func() { rt.Nursery(func(*rt.Group) error { return nil }) })
	})
	w.turns(1)
}
