package rt_test

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
)

type ints = rt.AsyncGenerator[int, struct{}, struct{}]

// naturals yields 1 to n, awaits before each, and at its end, and then returns err.
func naturals(l *logged, n int, err error) func(yield rt.Yield[int, struct{}]) error {
	return func(yield rt.Yield[int, struct{}]) error {
		defer func() { l.log("ends", rt.Shield0(func() error { return rt.Sleep(time.Second) })) }()
		for v := range n {
			if err := rt.Sleep(time.Second); err != nil {
				return err
			}
			if _, err := yield(v + 1); err != nil {
				return err
			}
		}
		return err
	}
}

// onALoop runs a loop on a goroutine of its own while f runs.
func onALoop(t *testing.T, f func(l *rt.Loop)) {
	l, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error)
	go func() { ran <- l.Run() }()
	f(l)
	l.Post(l.Stop)
	if err := <-ran; err != nil {
		t.Error(err)
	}
	l.Close()
}

// each has a source ranged over outside all tasks, in each of the ways that there are: also by the generated form, which stands for a
// held generator here.
func each(t *testing.T, source func(l *logged) func(yield rt.Yield[int, struct{}]) error, test func(l *logged, values iter.Seq2[int, error])) {
	held := func(l *logged) func() *ints {
		return func() *ints { return rt.AsyncPull0(source(l)).AllAsync() }
	}
	for name, run := range map[string]func(l *logged){
		"RunEach":      func(l *logged) { test(l, rt.RunEach(source(l))) },
		"RunEachAsync": func(l *logged) { test(l, rt.RunEachAsync(held(l))) },
		"EachOn":       func(l *logged) { onALoop(l.T, func(loop *rt.Loop) { test(l, rt.EachOn(loop, source(l))) }) },
		"EachOnAsync":  func(l *logged) { onALoop(l.T, func(loop *rt.Loop) { test(l, rt.EachOnAsync(loop, held(l))) }) },
		"All in a task": func(l *logged) {
			if err := rt.Run0(func() error { test(l, rt.Each(rt.AsyncPull0(source(l)).All)); return nil }); err != nil {
				l.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { run(&logged{T: t}) })
		})
	}
}

func TestEachOutsideTasks(t *testing.T) {
	boom := errors.New("boom")
	each(t, func(l *logged) func(rt.Yield[int, struct{}]) error { return naturals(l, 2, boom) },
		func(l *logged, values iter.Seq2[int, error]) {
			for v, err := range values {
				l.log(v, err)
			}
			l.expect("1 <nil>", "2 <nil>", "ends <nil>", "0 boom")
		})
	each(t, func(l *logged) func(rt.Yield[int, struct{}]) error { return naturals(l, 1, nil) },
		func(l *logged, values iter.Seq2[int, error]) {
			for v, err := range values {
				l.log(v, err)
			}
			l.expect("1 <nil>", "ends <nil>")
		})
}

// Leaving the loop closes the source, whose deferred calls have awaited when the loop is left, by break and by a panic.
func TestEachOutsideTasksIsLeft(t *testing.T) {
	endless := func(l *logged) func(rt.Yield[int, struct{}]) error { return naturals(l, 1<<30, nil) }
	each(t, endless, func(l *logged, values iter.Seq2[int, error]) {
		for v := range values {
			if l.log(v); v == 2 {
				break
			}
		}
		l.log("left")
		l.expect("1", "2", "ends <nil>", "left")
	})
	each(t, endless, func(l *logged, values iter.Seq2[int, error]) {
		func() {
			defer func() { l.log("recovered", recover()) }()
			for range values {
				panic("boom")
			}
		}()
		l.expect("ends <nil>", "recovered boom")
	})
}

// A panic of the source comes out of the loop.
func TestEachOutsideTasksPanics(t *testing.T) {
	each(t, func(*logged) func(rt.Yield[int, struct{}]) error {
		return func(yield rt.Yield[int, struct{}]) error {
			yield(1)
			panic("boom")
		}
	}, func(l *logged, values iter.Seq2[int, error]) {
		func() {
			defer func() { l.log("recovered", recover()) }()
			for v := range values {
				l.log(v)
			}
		}()
		l.expect("1", "recovered boom")
	})
}

// In an async function a held generator is a source as any, from where it stands.
func TestAllOfAnAsyncGeneratorThatHasBegun(t *testing.T) {
	l := &logged{T: t}
	g := l.naturals()
	l.run(func() error {
		l.log(g.Next())
		all := g.AllAsync()
		l.log(all.Next())
		l.log(all.Close())
		l.log(g.Next())
		return nil
	}, "1 true <nil>", "got  <nil>", "2 true <nil>", "got  "+rt.ErrGeneratorExit.Error(), rt.ErrCloseIgnored.Error(),
		"got  <nil>", "4 true <nil>")
}

func TestEachWhereItCannotRun(t *testing.T) {
	l := &logged{T: t}
	q := rt.NewQueue[int](0)
	l.run(func() error {
		for v, err := range rt.RunEach(q.All) {
			l.log(v, err == rt.ErrLoopRunning)
		}
		misuse(t, func() {
			for range rt.EachOn(rt.RunningLoop(), q.All) {
			}
		})
		return nil
	}, "0 true")
	// A loop that closes ends it.
	w := newWorld(t)
	q = rt.NewQueueOn[int](w.loop, 0)
	ended := make(chan error)
	go func() {
		var last error
		for _, err := range rt.EachOnAsync(w.loop, q.AllAsync) {
			last = err
		}
		ended <- last
	}()
	w.turnUntil(func() bool { return q.InLine() == 1 })
	q.TryPut(1)
	w.turnUntil(func() bool { return q.Len() == 0 && q.InLine() == 1 })
	w.loop.Close()
	if err := <-ended; err != rt.ErrLoopClosed {
		t.Errorf("it ended with %v, want ErrLoopClosed", err)
	}
}

// The options are the loop's, and the grace is that of the tasks which source leaves behind.
func TestRunEachWith(t *testing.T) {
	for form, run := range map[string]func(rt.RunOptions, func(rt.Yield[int, struct{}]) error) iter.Seq2[int, error]{
		"plain": rt.RunEachWith[int],
		"async": func(opts rt.RunOptions, source func(rt.Yield[int, struct{}]) error) iter.Seq2[int, error] {
			return rt.RunEachAsyncWith(opts, func() *ints { return rt.AsyncPull0(source) })
		},
	} {
		t.Run(form, func(t *testing.T) {
			for _, leave := range []bool{false, true} {
				w := newWorld(t)
				var told any
				opts := rt.RunOptions{Grace: 5, Loop: rt.LoopOptions{
					Clock: w.clock, Poller: w.poller, Unhandled: func(x *rt.Failure) { told = x.Value },
				}}
				var year int
				var last error
				for v, err := range run(opts, func(yield rt.Yield[int, struct{}]) error {
					year = rt.Now().Year()
					rt.Spawn0(func() error { return rt.Shield0(func() error { return rt.Sleep(1000) }) }).SetName("left")
					rt.Spawn0(func() error { panic("boom") })
					rt.Sleep(10)
					_, err := yield(1)
					return err
				}) {
					if v == 1 && leave {
						break
					}
					last = err
				}
				if year != 2000 || told != "boom" || w.clock.Now() != 15 || !w.poller.Closed() {
					t.Errorf("the year %d, told %v, at %v", year, told, w.clock.Now())
				}
				if left := namesLeft(last); !leave && !slices.Equal(left, []string{"left"}) || leave && last != nil {
					t.Errorf("left by the body: %v; the last error is %v", leave, last)
				}
			}
		})
	}
}
