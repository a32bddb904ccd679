package rttest_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

func TestF22_ClockJumps(t *testing.T) {
	loop, clock := rttest.NewLoop(t)
	begin := time.Now()
	if _, err := rt.RunUntil(loop, rt.SpawnOn(loop, rt.SleepAsync(1000*time.Hour))); err != nil {
		t.Fatal(err)
	}
	if clock.Now() != 1000*time.Hour || loop.Time() != clock.Now() {
		t.Errorf("the clock shows %v, the loop's time is %v", clock.Now(), loop.Time())
	}
	if time.Since(begin) > time.Hour {
		t.Error("slept in earnest")
	}
	defer func() {
		if recover() == nil {
			t.Error("the clock went back")
		}
	}()
	clock.Advance(-1)
}

func TestPollerScripts(t *testing.T) {
	loop, clock := rttest.NewLoop(t)
	poller := loop.Poller().(*rttest.Poller)
	var trace []string
	ready := rt.NewFutureOn[int](loop)
	poller.OnWait(2, func() { trace = append(trace, "second"); ready.SetResult(7) })
	poller.OnWait(1, func() { trace = append(trace, "first") })
	timer := loop.CallLater(time.Hour, func() { t.Error("the timer fired") })
	task := rt.SpawnOn(loop, ready.WaitAsync())
	if v, err := rt.RunUntil(loop, task); v != 7 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	timer.Cancel()
	if want := []string{"first", "second"}; !slices.Equal(trace, want) {
		t.Errorf("trace %v, want %v", trace, want)
	}
	if clock.Now() != 0 {
		t.Errorf("the clock shows %v: a wait that made something ready does not take time", clock.Now())
	}
	if waits := poller.Waits(); waits[0] != 0 || waits[1] != time.Hour {
		t.Errorf("waits %v, want 0 and then 1h", waits)
	}
}

func TestPollerIsWoken(t *testing.T) {
	loop, clock := rttest.NewLoop(t)
	poller := loop.Poller().(*rttest.Poller)
	// Nothing to wait for but a post.
	poller.OnWait(1, func() {
		go func() {
			if err := loop.Post(loop.Stop); err != nil {
				t.Error(err)
			}
		}()
	})
	if err := loop.Run(); err != nil {
		t.Fatal(err)
	}
	// A wake that came before the wait is not lost, and no time passes.
	poller.Prepare()
	poller.Wake()
	poller.Wake()
	if err := poller.Wait(time.Hour); err != nil || clock.Now() != 0 {
		t.Errorf("Wait: %v, at %v", err, clock.Now())
	}
	// Prepare forgets one.
	poller.Wake()
	poller.Prepare()
	if err := poller.Wait(time.Hour); err != nil || clock.Now() != time.Hour {
		t.Errorf("Wait: %v, at %v", err, clock.Now())
	}
}

// fakeT records what a test would report.
type fakeT struct {
	testing.TB
	cleanups []func()
	failed   bool
}

func (t *fakeT) Helper()               {}
func (t *fakeT) Cleanup(f func())      { t.cleanups = append(t.cleanups, f) }
func (t *fakeT) Errorf(string, ...any) { t.failed = true }

func (t *fakeT) end() {
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

func TestNewLoopReportsTasksThatAreLeft(t *testing.T) {
	for _, left := range []bool{false, true} {
		fake := &fakeT{TB: t}
		loop, _ := rttest.NewLoop(fake)
		task := rt.SpawnOn(loop, rt.SleepAsync(time.Hour))
		if !left {
			if _, err := rt.RunUntil(loop, task); err != nil {
				t.Fatal(err)
			}
		}
		fake.end()
		if fake.failed != left || !loop.Closed() {
			t.Errorf("with a task left %v: failed %v, closed %v", left, fake.failed, loop.Closed())
		}
	}
}

// failures are what a test reports that is run to see it fail.
type failures struct {
	testing.TB
	lines []string
}

// failing runs test, which must fail, and returns what it said.
func failing(t *testing.T, test func(t testing.TB)) *failures {
	t.Helper()
	f := &failures{TB: t}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		test(f)
	}()
	<-ended
	if len(f.lines) == 0 {
		t.Error("nothing was found")
	}
	return f
}

func (f *failures) Helper()                           {}
func (f *failures) Log(args ...any)                   { f.lines = append(f.lines, fmt.Sprint(args...)) }
func (f *failures) Errorf(format string, args ...any) { f.Log(fmt.Sprintf(format, args...)) }
func (f *failures) FailNow()                          { runtime.Goexit() }
func (f *failures) Fatal(args ...any)                 { f.Log(args...); f.FailNow() }
func (f *failures) Fatalf(format string, args ...any) { f.Errorf(format, args...); f.FailNow() }

func (f *failures) has(part string) bool {
	return slices.ContainsFunc(f.lines, func(l string) bool { return strings.Contains(l, part) })
}
