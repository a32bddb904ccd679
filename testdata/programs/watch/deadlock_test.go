package watch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// forms calls test with a way to run either form of f.
func forms(t *testing.T, test func(t *testing.T, run func(plain func() error, async rt.Awaitable[struct{}]) error)) {
	t.Run("plain", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, func(plain func() error, _ rt.Awaitable[struct{}]) error { return rt.Run0(plain) })
		})
	})
	t.Run("generated", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, func(_ func() error, async rt.Awaitable[struct{}]) error { return rt.RunAsync0(async) })
		})
	})
}

// reported checks that err is a report of a deadlock with these texts in it.
func reported(t *testing.T, err error, want ...string) {
	t.Helper()
	var d *rt.DeadlockError
	if !errors.As(err, &d) {
		t.Fatalf("it returned %v, want a DeadlockError", err)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("no %q in\n%v", w, err)
		}
	}
}

// Two tasks that wait for each other's lock are reported, with the lines of both (F35).
func TestDeadlockOfLocks(t *testing.T) {
	forms(t, func(t *testing.T, run func(func() error, rt.Awaitable[struct{}]) error) {
		left, right := rt.NewLock(), rt.NewLock()
		err := run(func() error { return philosophers(left, right) }, philosophersAsync(left, right))
		reported(t, err, "cycle: Task-2 -> Task-3 -> Task-2\n",
			"Task-2 waits in watch.dine watch.go:32 for a lock, taken by Task-3", "Task-3 waits in watch.dine watch.go:32 for a lock, taken by Task-2")
	})
}

// A queue that nobody puts anything into is reported, too, without a cycle.
func TestDeadlockOfConsumers(t *testing.T) {
	forms(t, func(t *testing.T, run func(func() error, rt.Awaitable[struct{}]) error) {
		q := rt.NewQueue[int](0)
		err := run(func() error { return consumers(q) }, consumersAsync(q))
		reported(t, err, "watch.consumers watch.go:73", "an item of a queue, place 2")
		if strings.Contains(err.Error(), "cycle") {
			t.Errorf("there is no cycle in\n%v", err)
		}
	})
}

// What comes from a goroutine, late as it may be, is no deadlock.
func TestNoDeadlock(t *testing.T) {
	forms(t, func(t *testing.T, run func(func() error, rt.Awaitable[struct{}]) error) {
		q := rt.NewQueue[int](0)
		late, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Hour, cancel)
		for what, test := range map[string]struct {
			plain func() error
			async rt.Awaitable[struct{}]
		}{
			"a goroutine of Blocking":    {func() error { return outside(q) }, outsideAsync(q)},
			"a context":                  {func() error { return bounded(late, q) }, boundedAsync(late, q)},
			"who has asked for the loop": {posted, postedAsync()},
			"a timer":                    {func() error { return rt.Sleep(time.Hour) }, rt.SleepAsync(time.Hour)},
		} {
			if err := run(test.plain, test.async); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// On a goroutine that is no task, what belongs to a loop that nobody has is refused: the loop would not know of the goroutine.
func TestGoroutinesAreRefusedOnAPrivateLoop(t *testing.T) {
	q := rt.NewQueue[int](1)
	refused := make(chan any)
	err := rt.Run0(func() error {
		q.Put(1) // makes it the loop's
		go func() {
			defer func() { refused <- recover() }()
			q.Put(2)
		}()
		if m, ok := (<-refused).(rt.Misuse); !ok || !strings.Contains(string(m), "rt.NewQueueOn") {
			t.Errorf("it was refused with %v, want what to write instead", m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// On a loop that others have, deadlocks are reported if that is asked for, and if nobody holds it.
func TestHold(t *testing.T) {
	clock := new(rttest.Clock)
	l, err := rt.NewLoop(rt.LoopOptions{Poller: rttest.NewPoller(clock), Clock: clock, Deadlocks: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := rt.NewFutureOn[int](l)
	release := l.Hold()
	go func() {
		l.Post(func() { f.SetResult(1) })
		release()
	}()
	if _, err := rt.RunUntil(l, rt.SpawnOn(l, f.WaitAsync())); err != nil {
		t.Errorf("a loop that is held: %v", err)
	}
	task := rt.SpawnOn(l, rt.NewFutureOn[int](l).WaitAsync())
	_, err = rt.RunUntil(l, task)
	reported(t, err, "a future")
	task.Cancel(nil)
	rt.RunUntil(l, task)
}
