package rt_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// F35: tasks that take two locks in different orders do not sleep for ever: the report names the circle, and the lines at which they wait.
func TestF35_LockCycle(t *testing.T) {
	clock := new(rttest.Clock)
	p := &sleepless{Poller: rttest.NewPoller(clock)}
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: p, Clock: clock, Deadlocks: true})
	if err != nil {
		t.Fatal(err)
	}
	p.idle = func() {
		t.Error("the loop sleeps for ever")
		loop.Stop()
	}
	a, b := rt.NewLockOn(loop), rt.NewLockOn(loop)
	var tasks [2]*rt.Task[struct{}]
	loop.CallSoon(func() {
		tasks[0] = rt.Spawn0(func() error {
			rt.Await0(a.Lock())
			rt.Await0(rt.YieldNow())
			return rt.Await0(b.Lock())
		})
		tasks[1] = rt.Spawn0(func() error {
			rt.Await0(b.Lock())
			rt.Await0(rt.YieldNow())
			return rt.Await0(a.Lock())
		})
		loop.Stop()
	})
	loop.Run()
	_, err = rt.RunUntil(loop, tasks[0])
	dead, ok := errors.AsType[*rt.DeadlockError](err)
	if !ok {
		t.Fatalf("the loop ended with %v, want a deadlock", err)
	}
	if len(dead.Snapshot.Cycles) != 1 {
		t.Errorf("%d circles, want one", len(dead.Snapshot.Cycles))
	}
	for _, line := range []string{"f_deadlock_test.go:30", "f_deadlock_test.go:35"} {
		if !strings.Contains(err.Error(), line) {
			t.Errorf("the report does not name %s:\n%v", line, err)
		}
	}
	if err := loop.Shutdown(-1); err != nil {
		t.Error(err)
	}
}
