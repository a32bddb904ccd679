package watch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// Wherever a function panics, its deferred calls run, the loop and the other tasks go on, and the failure has both stacks (F24).
func TestPanicAtEveryAwait(t *testing.T) {
	calls := map[int][]int{1: {1, 5}, 2: {1, 2, 4, 5}, 3: {1, 2, 3, 4, 5}, 4: {1, 2, 3, 4, 5}, 5: {1, 2, 3, 4, 5}}
	for k := 1; k <= 5; k++ {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d,late=%v", k, late), func(t *testing.T) {
				v := &voyage{k: k, late: late}
				x := failed(t, v.sailAsync())
				if x.Value != "raised" || !strings.Contains(x.Error(), "watch.raise\n\t") {
					t.Errorf("failed with %v", x)
				}
				if late && k != 4 && !strings.Contains(x.Error(), "\nawaited by watch.voyageSail") {
					t.Errorf("failed without the functions that awaited it:\n%v", x)
				}
				if !slices.Equal(v.log, calls[k]) {
					t.Errorf("called %v, want %v", v.log, calls[k])
				}
			})
		}
	}
}

// failed runs a task of aw, which is to panic, beside one that is to end well.
func failed(t *testing.T, aw rt.Awaitable[struct{}]) *rt.Failure {
	t.Helper()
	var failures []*rt.Failure
	clock := new(rttest.Clock)
	l, err := rt.NewLoop(rt.LoopOptions{Poller: rttest.NewPoller(clock), Clock: clock, Unhandled: func(x *rt.Failure) {
		failures = append(failures, x)
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	other := rt.SpawnOn(l, napAsync(3))
	rt.SpawnOn(l, aw)
	if _, err := rt.RunUntil(l, other); err != nil {
		t.Fatal(err)
	}
	if len(failures) != 1 || l.Tasks() != 0 {
		t.Fatalf("%d panics were reported and %d tasks are left; want one and none", len(failures), l.Tasks())
	}
	return failures[0]
}

// A policy makes a panic the error of Run.
func TestPanicAsError(t *testing.T) {
	l, err := rt.NewLoop(rt.LoopOptions{PanicErrors: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = rt.RunUntil(l, rt.SpawnOn(l, failsAsync(2, true)))
	var x *rt.Failure
	if !errors.As(err, &x) || strings.Count(x.Error(), "\nawaited by watch.fails watch.go:85") != 2 {
		t.Errorf("RunUntil returned %v, want a failure awaited twice", err)
	}
	rt.SpawnOn(l, failsAsync(0, false))
	if err := l.Run(); !errors.As(err, &x) {
		t.Errorf("Run returned %v, want the panic of a task that nobody awaits", err)
	}
}

// With this variable set, the test binary runs what is to crash.
const crashing = "WATCH_TEST_CRASH"

func TestMain(m *testing.M) {
	switch os.Getenv(crashing) {
	case "root":
		rt.RunAsync(failsAsync(2, true))
	case "task":
		rt.Run0(func() error {
			rt.Spawn0(func() error { return fails(2, true) })
			return nap(1)
		})
	default:
		os.Exit(m.Run())
	}
}

// A crash shows who panicked, and who awaited that, whether it is the root of the program or a task that nobody awaits.
func TestCrashShowsTheStackOfThePanic(t *testing.T) {
	for what, awaits := range map[string]string{"root": "awaited by watch.fails watch.go:85", "task": "watch.fails\n"} {
		t.Run(what, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), crashing+"="+what)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 2 {
				t.Errorf("it ended with %v, want Go's exit code of a panic", err)
			}
			if !strings.HasPrefix(string(out), "panic: raised\n") {
				t.Errorf("it does not begin as Go's crashes do:\n%s", out)
			}
			for _, want := range []string{"watch.raise\n", awaits} {
				if !strings.Contains(string(out), want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

// Who recovers what comes out of Run gets the value itself.
func TestRecoverGetsTheValue(t *testing.T) {
	defer func() {
		if p := recover(); p != "raised" {
			t.Errorf("recovered %v (%[1]T), want the value", p)
		}
	}()
	rt.RunAsync(failsAsync(2, true))
}

// The line that called Map is shown, in both forms, although the panic is another task's.
func TestPanicShowsWhoCalledMap(t *testing.T) {
	for _, late := range []bool{false, true} {
		var plain *rt.Failure
		rt.Run0(func() (err error) {
			defer func() { plain = rt.Recovered(recover()) }()
			return fleet(late)
		})
		for form, x := range map[string]*rt.Failure{"generated": failed(t, fleetAsync(late)), "plain": plain} {
			n := strings.Count(x.Error(), "\nawaited by watch.fleet watch.go:187")
			if n != 1 || !strings.Contains(x.Error(), "watch.raise\n\t") {
				t.Errorf("%s, late %v: the line is shown %d times in\n%v", form, late, n, x)
			}
		}
	}
}
