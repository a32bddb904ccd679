package rttest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
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

// atTheEnd is a test whose end, as NewLoop has it, can be looked at.
type atTheEnd struct {
	*failures
	cleanups []func()
}

func (t *atTheEnd) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

func (t *atTheEnd) end() {
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

// Tasks that a test leaves behind are named, with the awaits that they stand at. Looking at them does not run them.
func TestNewLoopReportsTasksThatAreLeft(t *testing.T) {
	for _, left := range []bool{false, true} {
		fake := &atTheEnd{failures: &failures{TB: t}}
		loop, _ := rttest.NewLoop(fake)
		q := rt.NewQueueOn[int](loop, 1)
		begun := false
		loop.CallSoon(func() {
			rt.Spawn0(func() error { return receive(q) }).SetName("plain")
			rt.Spawn0(func() error { begun = true; return nil }).SetName("last")
			loop.Stop()
		})
		rt.SpawnOn(loop, receiveAsync(q)).SetName("generated")
		if err := loop.Run(); err != nil {
			t.Fatal(err)
		}
		if !left {
			if err := loop.Shutdown(-1); err != nil {
				t.Fatal(err)
			}
		}
		fake.end()
		if failed := len(fake.lines) > 0; failed != left || begun == left || !loop.Closed() {
			t.Errorf("with tasks left %v: it says %q; the last began %v, closed %v", left, fake.lines, begun, loop.Closed())
		}
		for _, want := range []string{`3 tasks .*loop\.Shutdown\(-1\)`, `\tgenerated, waiting in \S+ scenario_test\.go:\d+ for an item`, `\tplain, ready`, `\tlast, ready`} {
			if left && !fake.matches(want) {
				t.Errorf("it says %q, want %q", fake.lines, want)
			}
		}
	}
}

// Of many tasks some are named.
func TestNewLoopNamesSomeOfManyTasks(t *testing.T) {
	fake := &atTheEnd{failures: &failures{TB: t}}
	loop, _ := rttest.NewLoop(fake)
	for range 13 {
		rt.SpawnOn(loop, rt.SleepAsync(time.Hour))
	}
	fake.end()
	if !fake.matches(`13 tasks behind(.|\n)*Task-10, ready(.|\n)*and 3 more$`) || fake.has("Task-11") {
		t.Errorf("it says %q", fake.lines)
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
func (f *failures) Error(args ...any)                 { f.Log(args...) }
func (f *failures) Errorf(format string, args ...any) { f.Log(fmt.Sprintf(format, args...)) }
func (f *failures) Output() io.Writer                 { return f }
func (f *failures) Write(p []byte) (int, error)       { f.Log(string(p)); return len(p), nil }
func (f *failures) FailNow()                          { runtime.Goexit() }
func (f *failures) Fatal(args ...any)                 { f.Log(args...); f.FailNow() }
func (f *failures) Fatalf(format string, args ...any) { f.Errorf(format, args...); f.FailNow() }

func (f *failures) matches(pattern string) bool {
	return regexp.MustCompile(pattern).MatchString(strings.Join(f.lines, "\n"))
}

func (f *failures) has(part string) bool {
	return slices.ContainsFunc(f.lines, func(l string) bool { return strings.Contains(l, part) })
}

// noting is a poller that tells when the loop has nothing to do: at once where it is to wait for ever, else when it has waited.
type noting struct {
	*rttest.Poller
	idle chan struct{} // of the next time; the loop's
}

// next returns what is closed the next time that the loop has nothing to do.
func (p *noting) next() <-chan struct{} {
	p.idle = make(chan struct{})
	return p.idle
}

func (p *noting) Wait(timeout time.Duration) error {
	if timeout > 0 {
		defer p.note()
	} else if timeout < 0 {
		p.note()
	}
	return p.Poller.Wait(timeout)
}

func (p *noting) note() {
	if p.idle != nil {
		close(p.idle)
		p.idle = nil
	}
}

// inEarnest runs f on a loop of Run with a fake clock, in debug mode and not, and returns what the clock shows then.
func inEarnest(t *testing.T, f func(p *noting) error) (shows []time.Duration) {
	for _, debug := range []bool{false, true} {
		var clock rttest.Clock
		p := &noting{Poller: rttest.NewPoller(&clock)}
		opts := rt.RunOptions{Loop: rt.LoopOptions{Clock: &clock, Poller: p, Debug: debug, Log: slog.New(slog.DiscardHandler)}}
		if err := rt.RunWith0(opts, func() error { return f(p) }); err != nil {
			t.Error(err)
		}
		shows = append(shows, clock.Now())
	}
	return shows
}

// A loop of Run that waits for another goroutine, and for no timer, takes no time of the fake clock.
func TestWaitsInEarnestForOtherGoroutines(t *testing.T) {
	blocking := func(p *noting) error {
		idle := p.next()
		return rt.Blocking0(func(context.Context) error { <-idle; return nil })
	}
	shows := inEarnest(t, func(p *noting) error { return errors.Join(blocking(p), blocking(p)) })
	if !slices.Equal(shows, []time.Duration{0, 0}) {
		t.Errorf("after two calls of Blocking the clock shows %v, want 0", shows)
	}
	// In debug mode the loop says that it may be a deadlock, once its user has it.
	shows = inEarnest(t, func(p *noting) error {
		loop, e, idle := rt.RunningLoop(), rt.NewEvent(), p.next()
		go func() { <-idle; loop.Post(e.Set) }()
		return e.Wait()
	})
	if !slices.Equal(shows, []time.Duration{0, 0}) {
		t.Errorf("after a post the clock shows %v, want 0", shows)
	}
	// One that waits for a timer as well jumps.
	shows = inEarnest(t, func(p *noting) error {
		return rt.Gather0(func() error { return blocking(p) }, func() error { return rt.Sleep(time.Minute) })
	})
	if !slices.Equal(shows, []time.Duration{time.Minute, time.Minute}) {
		t.Errorf("after Blocking beside a Sleep of a minute the clock shows %v", shows)
	}
}
