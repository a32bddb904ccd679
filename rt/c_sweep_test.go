package rt_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
)

// A sweep runs a scenario again and again, each time interrupting another one, or two, of its tasks in another turn of the loop, by
// a cancel or by an error that is thrown into them. Whatever is interrupted wherever it stands, nothing may be lost and nobody may
// be left.

// interruptions are the ways to interrupt a task.
var interruptions = map[string]func(*rt.Task[struct{}]){
	"cancelled": func(task *rt.Task[struct{}]) { task.Cancel(nil) },
	"thrown into": func() func(*rt.Task[struct{}]) {
		thrown := errors.New("thrown")
		return func(task *rt.Task[struct{}]) { task.Fiber().Throw(thrown) }
	}(),
}

// sweep runs scenario, which spawns tasks and returns them with a check for when they have ended.
func sweep(t *testing.T, turns int, scenario func(w *world) (tasks []*rt.Task[struct{}], check func())) {
	inBothForms(t, func(w *world) {
		turns := turns
		if w.plain {
			turns /= 2 // a switch takes some 10 µs
		}
		for how, interrupt := range interruptions {
			for turn := range turns {
				for victim, all := 0, 1; victim <= all; victim++ {
					all = sweepOnce(t, w.plain, turns, turn, victim, interrupt, scenario)
					if t.Failed() {
						t.Fatalf("with victim %d %s after turn %d", victim, how, turn)
					}
				}
			}
		}
	})
}

// sweepOnce runs scenario and interrupts the victim, or two neighbours at once if there is none of that number, after turn. It
// returns how many tasks there are.
func sweepOnce(t *testing.T, plain bool, turns, turn, victim int, interrupt func(*rt.Task[struct{}]),
	scenario func(w *world) (tasks []*rt.Task[struct{}], check func())) (all int) {
	w := newWorld(t)
	w.plain = plain
	tasks, check := scenario(w)
	all = len(tasks)
	w.turns(turn)
	if victim < all {
		interrupt(tasks[victim])
	} else {
		interrupt(tasks[turn%all])
		interrupt(tasks[(turn+1)%all])
	}
	w.turns(2 * turns)
	check()
	for _, task := range tasks { // who waits for what will not come
		task.Cancel(nil)
	}
	w.turns(8)
	if n := w.loop.Tasks(); n > 0 {
		t.Errorf("%d tasks are left", n)
	}
	for _, inLine := range w.lines {
		if n := inLine(); n > 0 {
			t.Errorf("%d are left in a line", n)
		}
	}
	return all
}

// ignored is a step that lets others run, whatever comes of it.
func ignored() step {
	return await(rt.YieldNowAsync, func(struct{}, error) error { return nil })
}

// inside are steps of a critical section that at most most tasks may be in.
func inside(w *world, n *int, most int, leave func()) []step {
	return []step{
		do(func() {
			if *n++; *n > most {
				w.Errorf("%d tasks are in a place for %d", *n, most)
			}
		}),
		ignored(), ignored(),
		do(func() { *n--; leave() }),
	}
}

func TestSweepOfALock(t *testing.T) {
	sweep(t, 24, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		l, n := rt.NewLock(), 0
		w.lines = append(w.lines, l.InLine)
		for range 3 {
			steps := []step{call0(l.LockAsync, l.Lock, nil)}
			steps = append(steps, inside(w, &n, 1, l.Unlock)...)
			steps = append(steps, call0(l.LockAsync, l.Lock, nil))
			tasks = append(tasks, w.spawn(append(steps, inside(w, &n, 1, l.Unlock)...)...))
		}
		return tasks, func() {
			if l.Locked() || n != 0 {
				w.Errorf("locked %v, %d inside", l.Locked(), n)
			}
		}
	})
}

func TestSweepOfASemaphore(t *testing.T) {
	sweep(t, 16, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		s, n := rt.NewSemaphore(2), 0
		w.lines = append(w.lines, s.InLine)
		for range 5 {
			steps := []step{call0(s.AcquireAsync, s.Acquire, nil)}
			tasks = append(tasks, w.spawn(append(steps, inside(w, &n, 2, s.Release)...)...))
		}
		return tasks, func() {
			if s.Available() != 2 || n != 0 {
				w.Errorf("%d permits, %d inside", s.Available(), n)
			}
		}
	})
}

func TestSweepOfACondition(t *testing.T) {
	sweep(t, 20, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		l := rt.NewLock()
		c := rt.NewCondition(l)
		w.lines = append(w.lines, l.InLine, c.InLine)
		tokens, taken := 0, 0
		some := func() bool { return tokens > 0 }
		for range 3 {
			failed := false
			tasks = append(tasks, w.spawn(
				call0(l.LockAsync, l.Lock, nil),
				call0(func() rt.Awaitable[struct{}] { return c.WaitForAsync(some) }, func() error { return c.WaitFor(some) },
					func(err error) error { failed = err != nil; return nil }),
				do(func() {
					if !l.Locked() {
						w.Error("a wait has returned without the lock")
					}
					if !failed {
						if tokens--; tokens < 0 {
							w.Error("two tasks took a token")
						}
						taken++
					}
				}),
				ignored(),
				do(l.Unlock)))
		}
		for range 2 { // fewer than consumers: a lost notification is missed
			tasks = append(tasks, w.spawn(
				yield(),
				call0(l.LockAsync, l.Lock, nil),
				do(func() { tokens++; c.Notify(1) }),
				ignored(),
				do(l.Unlock)))
		}
		return tasks, func() {
			if l.Locked() {
				w.Error("still locked")
			}
			for _, consumer := range tasks[:3] {
				if tokens > 0 && !consumer.Done() {
					w.Error("a consumer waits though there is a token: the notification was lost")
				}
			}
		}
	})
}

func TestSweepOfAPipeline(t *testing.T) {
	boom := errors.New("boom")
	for _, fails := range []bool{false, true} {
		sweep(t, 16, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
			in, s := rt.NewQueue[int](1), rt.NewSemaphore(2)
			w.lines = append(w.lines, in.InLine, s.InLine)
			var put, got []int
			last := func() error { return nil }
			if fails {
				last = func() error { return boom }
			}
			tasks = append(tasks, w.spawn(w.nursery(nil, func(n *nest) []step {
				worker := func() step {
					return n.begins(
						call0(s.AcquireAsync, s.Acquire, nil),
						call(in.GetAsync, in.Get, func(v int, err error) error {
							if err == nil {
								got = append(got, v)
							}
							return nil
						}),
						shield(nil, yield()),
						do(s.Release))
				}
				steps := []step{worker(), worker(), worker(), worker()}
				for v := range 4 {
					steps = append(steps, call0(func() rt.Awaitable[struct{}] { return in.PutAsync(v) }, func() error { return in.Put(v) },
						func(err error) error {
							if err == nil {
								put = append(put, v)
							}
							return err
						}))
				}
				return append(steps, step{end: last})
			})))
			return tasks, func() {
				for v, ok := in.TryGet(); ok; v, ok = in.TryGet() {
					got = append(got, v)
				}
				slices.Sort(got)
				if !slices.Equal(put, got) || s.Available() != 2 || !tasks[0].Done() {
					w.Errorf("put %v, got %v, %d permits, done %v", put, got, s.Available(), tasks[0].Done())
				}
			}
		})
	}
}

func ExampleQueue() {
	words := rt.NewQueue[string](1)
	err := rt.Nursery(func(g *rt.Group) error {
		g.Go(func() error {
			for {
				word, err := words.Get()
				if errors.Is(err, rt.ErrClosed) {
					return nil
				}
				if err != nil {
					return err
				}
				fmt.Println(word)
			}
		})
		defer words.Close()
		for _, word := range []string{"one", "two", "three"} {
			if err := words.Put(word); err != nil {
				return err
			}
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// one
	// two
	// three
	// <nil>
}
