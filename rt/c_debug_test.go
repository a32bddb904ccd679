package rt_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// reports is what debug mode has reported.
type reports struct {
	mu   sync.Mutex
	text strings.Builder
}

func (r *reports) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *reports) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// debugged is a world whose loop is in debug mode, and its reports.
func debugged(t *testing.T) (*world, *reports) {
	clock, found := new(rttest.Clock), new(reports)
	poller := rttest.NewPoller(clock)
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: poller, Clock: clock, Debug: true, Log: logTo(found)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { loop.Close() })
	return &world{TB: t, loop: loop, clock: clock, poller: poller}, found
}

func logTo(r *reports) *slog.Logger {
	return slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// reported checks what was reported so far: each of the texts, in as many lines.
func (r *reports) reported(t *testing.T, want ...string) {
	t.Helper()
	got := r.String()
	if n := strings.Count(got, "\n"); n != len(want) {
		t.Errorf("%d reports, want %d:\n%s", n, len(want), got)
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in\n%s", w, got)
		}
	}
}

// CPython, two loops, the first closed: one ResourceWarning 'unclosed event loop <_UnixSelectorEventLoop running=False closed=False
// debug=False>', where it is collected.
func TestC016_LoopThatIsNotClosed(t *testing.T) {
	found := new(reports)
	for _, closed := range []bool{true, false} {
		loop, err := rt.NewLoop(rt.LoopOptions{Poller: rttest.NewPoller(new(rttest.Clock)), Debug: true, Log: logTo(found)})
		if err != nil {
			t.Fatal(err)
		}
		if closed {
			loop.Close()
		}
	}
	for start := time.Now(); found.String() == ""; runtime.GC() {
		if time.Since(start) > 10*time.Second {
			t.Fatal("nothing was reported")
		}
	}
	found.reported(t, "a loop was not closed")
	if !strings.Contains(found.String(), "c_debug_test.go") {
		t.Errorf("it is not said where it was made:\n%s", found)
	}
}

// CPython, call_soon, call_at, create_task in another thread: RuntimeError 'Non-thread-safe operation invoked on an event loop other than
// the current one' from each in debug mode, nothing without it. [!]
func TestC021_CallsFromAWrongGoroutine(t *testing.T) {
	w, _ := debugged(t)
	f := rt.NewFutureOn[int](w.loop)
	task := w.spawn(await(f.WaitAsync, nil))
	elsewhere := func(call func()) (m rt.Misuse) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			m = misuse(t, call)
		}()
		<-done
		return m
	}
	w.loop.CallLater(1, func() {
		for what, call := range map[string]func(){
			"CallSoon": func() { w.loop.CallSoon(func() {}) },
			"CallAt":   func() { w.loop.CallAt(1, func() {}) },
			"SpawnOn":  func() { w.spawn() },
		} {
			if m := elsewhere(call); !strings.Contains(string(m), what) || !strings.Contains(string(m), "Loop.Post") {
				t.Errorf("%s: %s", what, m)
			}
		}
		w.loop.Post(func() { f.SetResult(1) })
	})
	if err := w.run(task); err != nil {
		t.Fatal(err)
	}
}

// A future that is set on another goroutine wakes nobody there.
func TestFutureSetOnAWrongGoroutine(t *testing.T) {
	w, _ := debugged(t)
	g := rt.NewFutureOn[int](w.loop)
	waits := w.spawn(await(g.WaitAsync, nil))
	w.loop.CallLater(1, func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			misuse(t, func() { g.SetResult(1) })
		}()
		<-done
		w.loop.Stop()
	})
	w.loop.Run()
	if waits.Done() {
		t.Error("the task was woken from another goroutine")
	}
}

// CPython, the same tasks and futures: nothing while the loop runs, nothing when it closes; 'Task exception was never retrieved' of a task,
// 'Future exception was never retrieved' of a future, both once they are collected. [!]
func TestC053_ErrorsThatNobodyReads(t *testing.T) {
	w, found := debugged(t)
	lost := w.spawn(fail(errors.New("of a task")))
	lost.SetName("lost")
	seen, awaited := w.spawn(fail(errors.New("seen"))), w.spawn(fail(errors.New("awaited")))
	w.spawn(await(awaited.WaitAsync, func(struct{}, error) error { return nil }))
	w.spawn(w.forever("f", false)).Cancel(nil)
	both := w.spawn(await(rt.NewFuture[int]().WaitAsync, func(_ int, err error) error { return fmt.Errorf("%w, beside %w", err, errors.New("its own")) }))
	both.SetName("both")
	both.Cancel(nil)
	w.turns(3)
	seen.Result()
	f, g := rt.NewFutureOn[int](w.loop), rt.NewFutureOn[int](w.loop)
	f.SetError(errors.New("of a future"))
	g.SetError(errors.New("read"))
	g.Result()
	found.reported(t)
	w.loop.Close()
	found.reported(t, `error="of a task" of=lost`, `error="rt: canceled, beside its own" of=both`, `error="of a future" of="a future"`)
	if _, err := lost.Result(); err == nil {
		t.Error("the error is gone")
	}
}

// CPython, debug mode: "Executing <Handle slow() ...> took 0.150 seconds", "Executing <Task pending name='sluggard' ...> took 0.150
// seconds", nothing of 99 ms or a sleep.
func TestC244_SlowSteps(t *testing.T) {
	w, found := debugged(t)
	slow := func() { w.clock.Advance(150 * time.Millisecond) }
	task := w.spawn(yield(), do(slow), yield())
	task.SetName("sluggard")
	w.loop.CallSoon(slow)
	w.loop.CallSoon(func() { w.clock.Advance(99 * time.Millisecond) })
	w.turns(4)
	found.reported(t, "a task kept the loop from everything else", "a callback kept the loop from everything else")
	for _, want := range []string{"took=150ms", "task=sluggard", "callback=\"rt_test.TestC244_SlowSteps"} {
		if !strings.Contains(found.String(), want) {
			t.Errorf("no %q in\n%s", want, found)
		}
	}
	began := found.String()
	rt.SpawnOn[struct{}](w.loop, &tickerOuter{})
	w.turns(1)
	w.loop.CallLater(time.Second, w.loop.Stop)
	w.loop.Run()
	if got := found.String(); got != began {
		t.Errorf("sleeping is no slow step:\n%s", got)
	}
}

// A slow step is reported with where it began and ended, also of a task that has just begun, and of one that ends.
func TestC244_PositionsOfSlowSteps(t *testing.T) {
	inBothForms(t, func(form *world) {
		w, found := debugged(t)
		w.plain = form.plain
		slow := func() { w.clock.Advance(time.Second) }
		var spawned, first, second string
		if w.plain {
			w.loop.CallSoon(func() {
				spawned = "what was spawned in rt_test.TestC244_PositionsOfSlowSteps.func1.2 " + nextLine()
				rt.Spawn0(func() error {
					slow()
					first = nextLine()
					if err := rt.YieldNow(); err != nil {
						return err
					}
					slow()
					second = nextLine()
					_, err := rt.Blocking(func(context.Context) (int, error) { return 1, nil })
					slow()
					return err
				}).AddDoneCallback(func(*rt.Task[struct{}]) { w.loop.Stop() })
			})
			if err := w.loop.Run(); err != nil {
				t.Fatal(err)
			}
		} else {
			spawned, first, second = "rt_test.script start", "rt_test.script step 2", "rt_test.script step 4"
			w.run(w.spawn(do(slow), yield(), do(slow), yield(), do(slow)))
		}
		steps := regexp.MustCompile(`from="(.*)" to="(.*)"\n`).FindAllStringSubmatch(found.String(), -1)
		if len(steps) != 3 {
			t.Fatalf("%d slow steps, want 3:\n%s", len(steps), found)
		}
		for i, want := range [][2]string{{spawned, first}, {first, second}, {second, "its end"}} {
			if from, to := steps[i][1], steps[i][2]; !strings.HasSuffix(from, want[0]) || !strings.HasSuffix(to, want[1]) {
				t.Errorf("step %d was from %q to %q, want %q to %q", i, from, to, want[0], want[1])
			}
		}
	})
}

// nextLine returns the position behind its caller's.
func nextLine() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line+1)
}

// In debug mode the ages of tasks are known, and where they were spawned.
func TestAgesInDebugMode(t *testing.T) {
	w, _ := debugged(t)
	task := w.spawn(w.forever("f", false))
	w.clock.Advance(3 * time.Second)
	info := w.task(w.loop.Look(), "Task-1")
	if info.Age != 3*time.Second || !strings.Contains(info.Spawned, "c_script_test.go") {
		t.Errorf("age %v, spawned in %s", info.Age, info.Spawned)
	}
	task.Cancel(nil)
	w.turns(2)
}

// With GOASYNCDEBUG set, the test binary makes calls that nobody awaits.
// CPython, debug mode: "RuntimeWarning: coroutine 'f' was never awaited", and where it was created.
func TestC246_CallsThatAreNeverAwaited(t *testing.T) {
	if os.Getenv("GOASYNCDEBUG") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestC246", "-test.v")
		cmd.Env = append(os.Environ(), "GOASYNCDEBUG=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	found := new(reports)
	slog.SetDefault(logTo(found))
	func() {
		closed, err := rt.NewLoop(rt.LoopOptions{})
		if err != nil {
			t.Fatal(err)
		}
		closed.Close()
		misuse(t, func() { rt.SpawnOn[struct{}](closed, newScript(nil)) }) // says so itself
		newScript(nil)                                                     // never awaited
		if err := rt.RunAsync0(newScript([]step{yield()})); err != nil {
			t.Fatal(err)
		}
		if _, err := rt.Run(func() (int, error) { return 1, rt.Sleep(1) }); err != nil {
			t.Fatal(err)
		}
		rt.Drive[struct{}](newScript(nil)).Send()
	}()
	for start := time.Now(); !strings.Contains(found.String(), "never awaited"); runtime.GC() {
		if time.Since(start) > 10*time.Second {
			t.Fatal("nothing was reported")
		}
	}
	for range 3 { // whatever else there is
		runtime.GC()
	}
	if got := found.String(); strings.Count(got, "never awaited") != 1 ||
		!strings.Contains(got, "call=rt_test.newScript in=\"rt_test.TestC246") {
		t.Error(fmt.Sprint("reports, of which there should be one, with a position:\n", got))
	}
}
