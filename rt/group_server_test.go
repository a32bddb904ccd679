package rt_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// supervises is a step that starts steps in the group, whose errors are reported.
func (n *nest) supervises(steps ...step) step {
	async, plain := asFunc(steps)
	return do(func() {
		if n.plain {
			n.g.Supervise(func() error { _, err := plain(); return err })
		} else {
			n.g.SuperviseIn(n.loop.Current(), async)
		}
	})
}

// starts is a step that starts steps and waits until the one that calls ready has been made.
func (n *nest) starts(then func(error) error, body func(ready step) []step) step {
	steps := func(ready func()) []step { return body(do(ready)) }
	return call0(
		func() rt.Awaitable[struct{}] {
			return n.g.StartAsync(func(ready func()) rt.Awaitable[struct{}] { return newScript(steps(ready)) })
		},
		func() error {
			return n.g.Start(func(ready func()) error { _, err := plainScript(steps(ready)); return err })
		}, then)
}

// waits is a step that starts steps in the group when there is room.
func (n *nest) waits(then func(error) error, steps ...step) step {
	async, plain := asFunc(steps)
	return call0(
		func() rt.Awaitable[struct{}] { return n.g.GoWaitAsync(async) },
		func() error { return n.g.GoWait(func() error { _, err := plain(); return err }) }, then)
}

// superviseWaits is a step that starts steps in the group, whose errors are reported, when there is room.
func (n *nest) superviseWaits(then func(error) error, steps ...step) step {
	async, plain := asFunc(steps)
	return call0(
		func() rt.Awaitable[struct{}] { return n.g.SuperviseWaitAsync(async) },
		func() error { return n.g.SuperviseWait(func() error { _, err := plain(); return err }) }, then)
}

// drains is a step that drains the group.
func (n *nest) drains(grace time.Duration, then func(error) error) step {
	return call0(
		func() rt.Awaitable[struct{}] { return n.g.DrainAsync(grace) },
		func() error { return n.g.Drain(grace) }, then)
}

// limits is a step that sets the limit of the group.
func (n *nest) limits(most int) step { return do(func() { n.g.Limit(most) }) }

func TestSupervise(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		w.runs(20, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				do(func() { misuse(w, func() { n.supervises().end() }) }),
				do(func() {
					n.g.OnError(func(err error) { w.log("%s@%d:%v", kindOf(err), w.clock.Now(), rt.Context().Value(key("k"))) })
				}),
				n.supervises(sets("k", 1), sleep(5), fail(boom)),
				n.supervises(sleep(7), fail(&rt.Canceled{})),
				n.supervises(sleep(8), timeout(1, nil, w.forever("late", false))),
				n.supervises(fail(errors.Join(boom, &rt.Canceled{}))),
				n.supervises(sleep(20), w.says("served")),
				sleep(10), w.says("body"),
			}
		}))
		w.traced("boom@0:<nil> boom@5:1 late:canceled timeout1@9:<nil> body served nursery:nil")
	})
	// A panic cancels the others, and so do the errors of Go.
	inBothForms(t, func(w *world) {
		defer func() {
			if p := recover(); p != "boom" {
				w.Errorf("panicked with %v", p)
			}
			w.traced("other:canceled")
		}()
		w.run(w.spawn(w.nursery(nil, func(n *nest) []step {
			return []step{
				do(func() { n.g.OnError(func(error) { w.Error("reported") }) }),
				n.supervises(w.forever("other", false)),
				n.supervises(yield(), do(func() { panic("boom") })),
			}
		})))
	})
	// A report that panics is a callback that does.
	inBothForms(t, func(w *world) {
		w2, failures := handled(t)
		w2.plain = w.plain
		err := w2.run(w2.spawn(w2.nursery(nil, func(n *nest) []step {
			return []step{
				do(func() { n.g.OnError(func(err error) { panic(err) }) }),
				n.supervises(fail(boom)),
				n.begins(sleep(3), w2.says("goes_on")),
			}
		})))
		if err != nil || len(*failures) != 1 || (*failures)[0].Value != boom {
			w2.Errorf("error %v, failures %v", err, *failures)
		}
		w2.traced("unhandled:boom goes_on")
	})
}

func TestStart(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		w.runs(9, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.starts(w.came("start"), func(ready step) []step {
					return []step{sleep(3), w.says("listens"), ready, ready, sleep(6), w.says("served")}
				}),
				do(func() { w.log("at:%d", w.clock.Now()) }),
			}
		}))
		w.traced("listens start:nil at:3 served nursery:nil")
	})
	// What it comes to before it is ready is the caller's; after that, the group's.
	inBothForms(t, func(w *world) {
		w.runs(2, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.starts(func(err error) error { w.log("%v", err == boom); return nil }, func(step) []step { return []step{sleep(1), fail(boom)} }),
				n.starts(func(err error) error { w.log("%v", err == rt.ErrNotReady); return nil }, func(step) []step { return nil }),
				n.begins(w.forever("other", false)),
				n.starts(w.came("start"), func(ready step) []step { return []step{ready, sleep(1), fail(boom)} }),
				w.forever("body", false),
			}
		}))
		w.traced("true true start:nil body:canceled other:canceled nursery:boom")
	})
	// A panic comes out of the start.
	inBothForms(t, func(w *world) {
		defer func() {
			if p := recover(); p != "boom" {
				w.Errorf("panicked with %v", p)
			}
		}()
		w.run(w.spawn(w.nursery(nil, func(n *nest) []step {
			return []step{n.starts(nil, func(step) []step { return []step{yield(), do(func() { panic("boom") })} }), w.says("never")}
		})))
	})
}

func TestStartThatIsCancelled(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		// Before it is ready: the function is cancelled and waited for; ready is too late.
		w.runs(7, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				timeout(5, w.came("timeout"), n.starts(w.came("start"), func(ready step) []step {
					return []step{w.forever("f", true), ready, shield(nil, sleep(2)), w.next()}
				})),
				timeout(0, func(err error) error { w.log("%v", errors.Is(err, boom)); return nil },
					n.starts(nil, func(ready step) []step { return []step{fail(boom)} })),
				n.starts(w.came("again"), func(ready step) []step { return []step{ready} }),
			}
		}))
		// The third had no time: it is not begun.
		w.traced("f:canceled next:canceled start:canceled timeout:nil false again:nil nursery:nil")
	})
	inBothForms(t, func(w *world) {
		// An error while it is cancelled is joined; after ready the caller's timeout does not reach it, but the group's cancel does.
		w.runs(12, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				timeout(5, func(err error) error { w.log("%v", errors.Is(err, boom)); return nil },
					n.starts(nil, func(ready step) []step { return []step{w.forever("f", true), fail(boom)} })),
				timeout(5, w.came("timeout"),
					n.starts(nil, func(ready step) []step { return []step{timeout(100, nil, ready, w.forever("g", false))} }),
					w.forever("body", false)),
				sleep(2), n.cancels(nil),
			}
		}))
		w.traced("f:canceled true body:canceled timeout:timeout5 g:canceled nursery:nil")
	})
	inBothForms(t, func(w *world) {
		// From behind a shield in a group that is cancelled.
		w.runs(0, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.cancels(nil),
				shield(nil, n.starts(w.came("start"), func(ready step) []step { return []step{yield(), ready, w.forever("f", false)} })),
			}
		}))
		w.traced("f:canceled start:nil nursery:nil")
	})
}

func TestLimit(t *testing.T) {
	inBothForms(t, func(w *world) {
		running, most := 0, 0
		job := func(name string, d time.Duration) []step {
			return []step{
				do(func() { running++; most = max(most, running) }), w.shows(name, "k"), sleep(d), do(func() { running-- }),
			}
		}
		w.runs(14, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.limits(2), sets("k", 1),
				n.begins(job("a", 4)...), n.begins(job("b", 6)...), // to 4, 6
				sets("k", 2),
				n.begins(job("c", 5)...),                // from 4 to 9
				n.waits(w.came("wait"), job("d", 4)...), // from 6 to 10
				do(func() { w.log("at:%d", w.clock.Now()) }),
				n.waits(w.came("wait"), job("e", 4)...), // from 9 to 13
				n.starts(w.came("start"), func(ready step) []step { // from 10 to 14
					return append(job("f", 2), ready, do(func() { running++ }), sleep(2), do(func() { running-- }))
				}),
				n.waits(nil, do(func() { w.log("g@%d", w.clock.Now()) })), // beside f
			}
		}))
		if most != 2 {
			w.Errorf("%d ran at a time, want 2", most)
		}
		w.traced("a:k=1 b:k=1 c:k=2 d:k=2 wait:nil at:6 e:k=2 wait:nil f:k=2 start:nil g@13 nursery:nil")
	})
	// A limit that is lifted, and one that comes late.
	inBothForms(t, func(w *world) {
		w.runs(3, w.nursery(nil, func(n *nest) []step {
			return []step{
				n.begins(sleep(3), w.says("a")), n.begins(sleep(3), w.says("b")), n.limits(1),
				n.begins(w.says("c")), yield(), yield(), n.limits(0), yield(), yield(), w.says("lifted"),
			}
		}))
		w.traced("c lifted a b")
	})
	// A Start that fails, and one that is cancelled before its turn, leave their places to others.
	inBothForms(t, func(w *world) {
		boom := errors.New("boom")
		w.runs(9, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.limits(1),
				n.starts(func(err error) error { w.log("%v", err == boom); return nil }, func(step) []step { return []step{sleep(1), fail(boom)} }),
				n.begins(sleep(5), w.says("a")), // to 6
				timeout(2, w.came("timeout"), n.starts(w.came("start"), func(step) []step { return []step{w.says("never")} })),
				n.starts(w.came("start"), func(ready step) []step { return []step{sleep(1), ready, sleep(2)} }),
				do(func() { w.log("at:%d", w.clock.Now()) }),
			}
		}))
		w.traced("true start:canceled timeout:nil a start:nil at:7 nursery:nil")
	})
	// A wait that is cancelled begins nothing; what Go was given begins, and can clean up.
	inBothForms(t, func(w *world) {
		w.runs(5, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.limits(1), n.begins(w.forever("a", false)),
				n.begins(w.says("b"), yield(), w.says("never")),
				timeout(5, w.came("timeout"), n.waits(w.came("wait"), w.says("never"))),
				n.cancels(nil),
				n.waits(w.came("wait"), w.says("never")),
			}
		}))
		w.traced("wait:canceled timeout:nil wait:canceled a:canceled b nursery:nil")
	})
}

// An accept loop that supervises what it accepts is held back by the limit.
func TestSuperviseWait(t *testing.T) {
	boom := errors.New("boom")
	inBothForms(t, func(w *world) {
		accepted, served := 0, 0
		w.runs(12, w.nursery(w.came("nursery"), func(n *nest) []step {
			steps := []step{
				n.limits(2), sets("k", 1),
				do(func() {
					n.g.OnError(func(err error) { w.log("%s@%d:%v", kindOf(err), w.clock.Now(), rt.Context().Value(key("k"))) })
				}),
			}
			for range 6 {
				steps = append(steps,
					do(func() {
						if accepted++; accepted > served+3 {
							w.Errorf("%d are accepted, %d served", accepted, served)
						}
					}),
					n.superviseWaits(nil, sleep(4), do(func() { served++ }), fail(boom)))
			}
			return append(steps, do(func() { w.log("at:%d", w.clock.Now()) }))
		}))
		w.traced("boom@4:1 boom@4:1 boom@8:1 boom@8:1 at:8 boom@12:1 boom@12:1 nursery:nil")
	})
	// A wait that is cancelled begins nothing; without OnError it is refused.
	inBothForms(t, func(w *world) {
		w.runs(5, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				do(func() { misuse(w, func() { n.superviseWaits(nil).try(w) }) }),
				do(func() { n.g.OnError(func(error) { w.Error("reported") }) }),
				n.limits(1), n.superviseWaits(nil, w.forever("a", false)),
				timeout(5, w.came("timeout"), n.superviseWaits(w.came("wait"), w.says("never"))),
				n.cancels(nil),
				n.superviseWaits(w.came("wait"), w.says("never")),
			}
		}))
		w.traced("wait:canceled timeout:nil wait:canceled a:canceled nursery:nil")
	})
}

func TestDrain(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		w.runs(9, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.drains(10, w.came("nothing")),
				n.begins(sleep(9), w.says("late")), n.begins(sleep(3), w.says("a")),
				n.drains(10, w.came("drain")), w.next(),
				n.begins(w.says("after")), n.drains(10, w.came("again")),
			}
		}))
		w.traced("nothing:nil a late drain:nil next:nil after again:nil nursery:nil")
		// Those that do not end in time are cancelled, and waited for.
		w.runs(9+13, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(sleep(4), w.says("a")), n.begins(w.forever("b", true), shield(nil, sleep(3)), w.says("cleaned")),
				n.drains(10, w.came("drain")), w.next(),
			}
		}), w.next())
		w.traced("a b:canceled cleaned drain:timeout10 next:canceled nursery:nil next:nil")
		w.runs(9+13, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{n.begins(w.forever("b", false)), n.drains(0, nil)}
		}))
		w.traced("b:canceled nursery:timeout0")
	})
	// Cancels and errors that come while it waits, and before.
	inBothForms(t, func(w *world) {
		for _, early := range []bool{false, true} {
			task := w.spawn(w.nursery(nil, func(n *nest) []step {
				steps := []step{n.begins(w.forever("a", true), shield(nil, sleep(3)), w.says("cleaned"))}
				if early {
					steps = append(steps, w.forever("body", true), n.cancels(nil))
				}
				return append(steps, n.drains(10, func(err error) error { w.log("drain:%v", errors.Is(err, cause)); return err }))
			}))
			w.turns(2)
			task.Cancel(cause)
			if err := w.run(task); !early && !errors.Is(err, cause) {
				w.Errorf("error %v", err)
			}
		}
		w.traced("a:canceled cleaned drain:true body:canceled a:canceled cleaned drain:false")
		begin := w.clock.Now()
		w.runs(begin+2, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				n.begins(sleep(2), fail(cause)), n.begins(w.forever("a", false)),
				n.drains(10, func(err error) error { w.log("drain:%v", errors.Is(err, cause)); return err }),
			}
		}))
		w.traced("a:canceled drain:true nursery:cause")
		// It is the body's.
		w.runs(begin+2, w.nursery(nil, func(n *nest) []step {
			return []step{n.begins(do(func() { misuse(w, func() { n.drains(1, nil).try(w) }) })), yield()}
		}))
	})
}

// try makes the step outside its form, for one that panics at once.
func (s step) try(w *world) {
	if w.plain {
		s.block()
	} else {
		s.begin(w.loop.Current(), nil)
	}
}

func TestGroupsAwaitedOutsideTasks(t *testing.T) {
	rt.Nursery(func(g *rt.Group) error {
		refused := make(chan rt.Misuse)
		go func() {
			for _, f := range []func(){
				func() { g.GoWait(func() error { return nil }) },
				func() { g.SuperviseWait(func() error { return nil }) },
				func() { g.Start(func(func()) error { return nil }) },
				func() { g.Drain(0) },
			} {
				refused <- misuse(t, f)
			}
		}()
		for _, what := range []string{"GoWait", "SuperviseWait", "Start", "Drain"} {
			if m := <-refused; !strings.HasPrefix(string(m), "rt: group."+what) {
				t.Errorf("%s: %s", what, m)
			}
		}
		return nil
	})
}

// Group.Tasks are those that have begun, however they were given to the group, and not ended; those of a group inside are not.
func TestGroupTasks(t *testing.T) {
	inBothForms(t, func(w *world) {
		w.runs(1, w.nursery(w.came("nursery"), func(n *nest) []step {
			return []step{
				do(func() { n.g.OnError(func(error) {}) }),
				n.begins(w.nursery(nil, func(inner *nest) []step { return []step{inner.begins(w.forever("inner", false))} })),
				n.supervises(w.forever("supervised", false)),
				n.starts(nil, func(ready step) []step { return []step{ready, w.forever("started", false)} }),
				n.begins(),
				n.limits(2),
				n.begins(w.forever("queued", false)),
				sleep(1),
				do(func() {
					tasks := n.g.Tasks()
					for i := range tasks {
						w.log("%s", tasks[i].State)
					}
					if len(tasks) > 0 && tasks[0].String() == "" {
						w.Error("a task without a text")
					}
					n.g.Cancel(nil)
				}),
			}
		}))
		w.traced("waiting waiting waiting supervised:canceled inner:canceled started:canceled queued:canceled nursery:nil")
	})
}
