package rt_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
)

// awaiters returns the functions that awaited x, those of the test's own alone, "function position" each.
func awaiters(x *rt.Failure) (list []string) {
	for _, c := range x.Awaiting {
		if c.Position != "" && strings.HasPrefix(c.Func, "rt_test.") {
			list = append(list, c.Func+" "+c.Position)
		}
	}
	return list
}

// together are the ways to await functions that run beside the caller, of which the last one panics.
func (w *world) together(steps []step) map[string]step {
	one, plain := asFunc(steps)
	plain0 := func() error { _, err := plain(); return err }
	other, plainOther := asFunc([]step{yield()})
	body := []step{yield()}
	var task *rt.Task[struct{}]
	spawned := func() { task = w.spawn(steps...) }
	return map[string]step{
		"Gather": call(func() rt.Awaitable[[]struct{}] { return rt.GatherAsync(other, one) },
			func() ([]struct{}, error) { return rt.Gather(plainOther, plain) }, nil),
		"Map": call(func() rt.Awaitable[[]struct{}] {
			return rt.MapAsync(1, []int{0, 1}, func(i int) rt.Awaitable[struct{}] {
				if i == 0 {
					return other()
				}
				return one()
			})
		}, func() ([]struct{}, error) {
			return rt.Map(1, []int{0, 1}, func(i int) (struct{}, error) {
				if i == 0 {
					return plainOther()
				}
				return plain()
			})
		}, nil),
		"Race": call0(func() rt.Awaitable[struct{}] { return rt.Race0Async(one) }, func() error { return rt.Race0(plain0) }, nil),
		"Nursery": call0(func() rt.Awaitable[struct{}] {
			return rt.NurseryAsync(func(g *rt.Group) rt.Awaitable[struct{}] {
				w.goes(g, steps)
				return newScript(body)
			})
		}, func() error {
			return rt.Nursery(func(g *rt.Group) error {
				g.Go(plain0)
				_, err := plainScript(body)
				return err
			})
		}, nil),
		"Group.Start": call0(func() rt.Awaitable[struct{}] {
			return rt.NurseryAsync(func(g *rt.Group) rt.Awaitable[struct{}] {
				return g.StartAsync(func(func()) rt.Awaitable[struct{}] { return one() })
			})
		}, func() error {
			return rt.Nursery(func(g *rt.Group) error {
				return g.Start(func(func()) error { return plain0() })
			})
		}, nil),
		"Task.Wait": call0(func() rt.Awaitable[struct{}] { spawned(); return task.WaitAsync() },
			func() error { spawned(); _, err := task.Wait(); return err }, nil),
		"Shield": call0(func() rt.Awaitable[struct{}] {
			return rt.Shield0Async(func() rt.Awaitable[struct{}] { return rt.Gather0Async(one) })
		}, func() error {
			return rt.Shield0(func() error { return rt.Gather0(plain0) })
		}, nil),
		"On": call0(func() rt.Awaitable[struct{}] { return rt.On0Async(w.loop, one) },
			func() error { return rt.On0(w.loop, plain0) }, nil),
	}
}

// goes has g run steps in the world's form.
func (w *world) goes(g *rt.Group, steps []step) {
	if w.plain {
		g.Go(func() error { _, err := plainScript(steps); return err })
		return
	}
	g.GoIn(w.loop.Current(), func() rt.Awaitable[struct{}] { return newScript(steps) })
}

// A panic that passes from one task to another says who awaited whom, through all of them: the function that waited for several, and
// the one that waited for that one's task.
func TestPanicShowsWhoAwaitedTheTask(t *testing.T) {
	for _, form := range []string{"coroutine", "plain"} {
		for _, late := range []bool{false, true} {
			w, failures := handled(t)
			w.plain = form == "plain"
			steps := []step{do(thrower)}
			if late {
				steps = []step{yield(), yield(), do(thrower)}
			}
			for what, waits := range w.together(steps) {
				*failures = nil
				inner := []step{yield(), waits}
				outer := call0(func() rt.Awaitable[struct{}] { return w.spawn(inner...).WaitAsync() },
					func() error { _, err := w.spawn(inner...).Wait(); return err }, nil)
				w.spawn(outer)
				w.turns(12)
				if len(*failures) != 1 {
					t.Fatalf("%s, %s: %d failures", what, form, len(*failures))
				}
				x := (*failures)[0]
				if x.Value != "boom" || !strings.Contains(stackOf(x), "thrower") {
					t.Errorf("%s, %s: a panic with %v, stack %s", what, form, x.Value, stackOf(x))
				}
				text := strings.Join(awaiters(x), "\n")
				if !w.plain && !slices.Equal(awaiters(x), []string{"rt_test.script step 2", "rt_test.script step 1"}) {
					t.Errorf("%s, late %v: awaited by\n%s", what, late, text)
				}
				// Of each plain task the two functions that interpret its script, around the one that waits.
				if w.plain && (strings.Count(text, "rt_test.plainScript c_script_test.go:") != 2 ||
					strings.Count(text, "awaiting_test.go:") < 2) {
					t.Errorf("%s, late %v: awaited by\n%s", what, late, text)
				}
				if !strings.Contains(x.Error(), "\nawaited by rt_test.") {
					t.Errorf("%s: the text of the failure is\n%v", what, x)
				}
			}
		}
	}
}

// Who awaits a task that has ended before, and who awaits it again elsewhere, are shown where they are.
func TestPanicOfATaskThatIsAwaitedAgain(t *testing.T) {
	inBothForms(t, func(w *world) {
		var found []*rt.Failure
		task := w.spawn(yield(), do(thrower))
		wait := func() rt.Awaitable[struct{}] { return task.WaitAsync() }
		again := call0(func() rt.Awaitable[struct{}] { return recorded{wait(), &found} },
			func() error {
				defer func() { found = append(found, rt.Recovered(recover())) }()
				_, err := task.Wait()
				return err
			}, func(error) error { return nil })
		if err := w.run(w.spawn(again, yield(), again, yield(), again)); err != nil {
			t.Fatal(err)
		}
		if len(found) != 3 {
			t.Fatalf("%d panics", len(found))
		}
		for i, x := range found {
			if x.Value != "boom" || !strings.Contains(stackOf(x), "thrower") {
				t.Errorf("panic %d: %v", i, x)
			}
			if n := strings.Count(x.Error(), "rt_test.plainScript") + strings.Count(x.Error(), "rt_test.(*script).Resume") +
				strings.Count(x.Error(), "awaited by rt_test.script step"); n < 2 || n > 3 {
				t.Errorf("panic %d: the scripts are shown %d times in\n%v", i, n, x)
			}
			if len(x.Awaiting) == 0 || len(x.Awaiting) > len(found[0].Awaiting)+2 {
				t.Errorf("panic %d is awaited by %v, the first by %v", i, x.Awaiting, found[0].Awaiting)
			}
		}
	})
}

// recorded recovers the panic of what it awaits.
type recorded struct {
	rt.Awaitable[struct{}]
	found *[]*rt.Failure
}

func (r recorded) Result() (struct{}, error) {
	defer func() { *r.found = append(*r.found, rt.Recovered(recover())) }()
	return r.Awaitable.Result()
}

// The panic of a goroutine of Blocking was awaited, too.
func TestPanicOfBlockingShowsWhoAwaitedIt(t *testing.T) {
	inBothForms(t, func(w *world) {
		panics := func(context.Context) error { panic("boom") }
		blocks := call0(func() rt.Awaitable[struct{}] { return rt.Blocking0Async(panics) },
			func() error { return rt.Blocking0(panics) }, nil)
		loop, err := rt.NewLoop(rt.LoopOptions{PanicErrors: true})
		if err != nil {
			t.Fatal(err)
		}
		defer loop.Close()
		w.loop = loop
		var x *rt.Failure
		if err := w.run(w.spawn(yield(), blocks)); !errors.As(err, &x) || len(awaiters(x)) == 0 {
			t.Errorf("it ended by\n%v", err)
		}
	})
}

// However many tasks a panic passes, what is kept of them is bounded.
func TestPanicPassesManyTasks(t *testing.T) {
	w, failures := handled(t)
	waits := []step{do(thrower)}
	for range 1000 {
		inner := waits
		waits = []step{await(func() rt.Awaitable[struct{}] { return w.spawn(inner...).WaitAsync() }, nil)}
	}
	w.spawn(waits...)
	w.loop.CallLater(1, w.loop.Stop)
	w.loop.Run()
	if len(*failures) != 1 || len((*failures)[0].Awaiting) != 64 {
		t.Errorf("%d failures, awaited by %d", len(*failures), len((*failures)[0].Awaiting))
	}
}

func throwsThere(err error) { panic(err) }
func throwsHere(err error)  { panic(err) }

// After a wait that does not panic, a panic of who has waited is its own, though it has the value of the other's; but what Result panics
// with is the other's.
func TestPanicAfterAWaitThatDoesNotPanic(t *testing.T) {
	boom := errors.New("boom")
	type tasks = rt.Pair[[]*rt.Task[struct{}], []*rt.Task[struct{}]]
	for _, form := range []string{"coroutine", "plain"} {
		w, failures := handled(t)
		w.plain = form == "plain"
		for _, last := range []string{"throws", "result"} {
			*failures = nil
			other := w.spawn(yield(), yield(), do(func() { throwsThere(boom) }))
			w.spawn(
				await(func() rt.Awaitable[tasks] { return rt.WaitAsync(rt.UntilAll, other) }, func(_ tasks, err error) error { return err }),
				do(func() {
					if last == "throws" {
						throwsHere(boom)
					}
					other.Result()
				}))
			w.turns(6)
			if len(*failures) != 1 || (*failures)[0].Value != boom {
				t.Fatalf("%s, %s: failures %v", form, last, *failures)
			}
			x := (*failures)[0]
			here, there := strings.Contains(stackOf(x), "throwsHere"), strings.Contains(stackOf(x), "throwsThere")
			if last == "throws" && (!here || there) {
				t.Errorf("%s: the stack is %s", form, stackOf(x))
			}
			if last == "result" && form == "coroutine" && !there {
				t.Errorf("%s: the stack of the Result is %s", form, stackOf(x))
			}
		}
	}
}
