package rtdebug

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// labelled reports whether one of the program's goroutines has exactly these labels, as a profile writes them.
func labelled(labels string) bool {
	var profile bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&profile, 1)
	return strings.Contains(profile.String(), "# labels: {"+labels+"}\n")
}

// tasks reports whether one of the program's goroutines has the label of a task.
func tasks() bool {
	var profile bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&profile, 1)
	return strings.Contains(profile.String(), `"task":`)
}

// asked is a task of one step, which notes whether a goroutine has the labels.
func asked(loop *rt.Loop, labels string, found *[]bool) *rt.Task[struct{}] {
	look := func() { *found = append(*found, labelled(labels)) }
	return rt.SpawnOn(loop, rt.Func(func() (struct{}, error) { look(); return struct{}{}, nil }))
}

// The label of a task is on its steps alone; what the goroutine was labelled with before stays, and is there afterwards.
func TestFollowLabels(t *testing.T) {
	loop, _ := rttest.NewLoop(t)
	const own, task = `"app":"test"`, `"app":"test", "task":"the followed"`
	pprof.Do(t.Context(), pprof.Labels("app", "test"), func(ctx context.Context) {
		stop := Follow(ctx, loop)
		var steps []bool
		asked(loop, task, &steps).SetName("the followed")
		between := 0
		look := func() {
			if tasks() || !labelled(own) {
				t.Error("a callback has the labels of a task, or none")
			}
			between++
		}
		loop.CallSoon(look) // after the task in the same turn
		loop.Post(look)
		f := rt.NewFutureOn[int](loop)
		f.AddDoneCallback(func(*rt.Future[int]) { look() })
		f.SetResult(1)
		poller := loop.Poller().(*rttest.Poller)
		poller.OnWait(2, look)
		asked(loop, task, &steps).SetName("the followed")
		loop.CallLater(0, look)
		loop.CallLater(1, func() { look(); loop.Stop() })
		if err := loop.Run(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(steps, []bool{true, true}) || between != 6 {
			t.Errorf("the steps of the task had its label: %v; looked %d times between", steps, between)
		}
		stop()
		if tasks() || !labelled(own) {
			t.Error("after the end the goroutine has the labels of a task, or none")
		}
		stopAgain := Follow(ctx, loop)
		stop() // is nothing any more
		asked(loop, task, &steps).SetName("the followed")
		loop.CallLater(1, loop.Stop)
		if err := loop.Run(); err != nil {
			t.Fatal(err)
		}
		stopAgain()
		if !slices.Equal(steps, []bool{true, true, true}) {
			t.Errorf("a stop that was called before has ended what follows: %v", steps)
		}
	})
}

// The goroutine of a plain task has its label from the first step on.
func TestFollowPlainTask(t *testing.T) {
	loop, _ := rttest.NewLoop(t)
	defer Follow(context.Background(), loop)()
	var found []bool
	loop.CallSoon(func() {
		task := rt.Spawn0(func() error {
			defer loop.Stop()
			found = append(found, labelled(`"task":"plain"`))
			err := rt.YieldNow()
			found = append(found, labelled(`"task":"plain"`))
			return err
		})
		task.SetName("plain")
	})
	if err := loop.Run(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, []bool{true, true}) {
		t.Errorf("the goroutine had the label: %v", found)
	}
}

// traceOf returns the user events of a trace that is taken while f runs, as go tool trace writes them, one a line.
func traceOf(t *testing.T, f func()) (events []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	w, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := trace.Start(w); err != nil {
		t.Fatal(err)
	}
	f()
	trace.Stop()
	out, err := exec.Command("go", "tool", "trace", "-d=parsed", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		for _, kind := range []string{"TaskBegin", "TaskEnd", "RegionBegin"} {
			if strings.Contains(line, " "+kind+" ") {
				events = append(events, line)
			}
		}
	}
	return events
}

// field returns what stands in a line of traceOf behind name=.
func field(line, name string) string {
	_, value, _ := strings.Cut(line, " "+name+"=")
	value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
	return strings.Trim(value, `"`)
}

// userTasks returns the user-defined tasks of a trace, as child<parent of those that have begun and ended, and how many steps each
// has; "" is no parent.
func userTasks(events []string) (trees []string, steps map[string]int) {
	names, parents := map[string]string{}, map[string]string{}
	steps = make(map[string]int)
	for _, line := range events {
		switch id := field(line, "ID"); {
		case strings.Contains(line, " TaskBegin "):
			names[id], parents[id] = field(line, "Type"), field(line, "Parent")
		case strings.Contains(line, " TaskEnd "):
			trees = append(trees, names[id]+"<"+names[parents[id]])
		default:
			steps[names[field(line, "Task")]]++
		}
	}
	slices.Sort(trees)
	return trees, steps
}

// Each task is a user-defined task of the trace, inside the one that spawned it; also a function of a Map that began when another had
// made room for it. What was spawned before the trace has no parent. Callbacks are no part of any.
func TestFollowTrace(t *testing.T) {
	loop, _ := rttest.NewLoop(t)
	stop := Follow(context.Background(), loop)
	defer stop()
	named := func(name string) { loop.Current().SetName(name) }
	main := func() error {
		named("main")
		early := rt.Spawn0(func() error { named("early"); return rt.Sleep(5) })
		early.SetName("early")
		_, err := rt.Map(1, []string{"a", "b"}, func(name string) (string, error) {
			named(name)
			return name, rt.YieldNow()
		})
		if err != nil {
			return err
		}
		_, err = early.Wait()
		return err
	}
	begin := func() {
		loop.CallSoon(func() {
			task := rt.Spawn0(main)
			task.SetName("main")
			task.AddDoneCallback(func(*rt.Task[struct{}]) { loop.Stop() })
		})
		if err := loop.Run(); err != nil {
			t.Error(err)
		}
	}
	begin() // without a trace
	for range 2 {
		trees, steps := userTasks(traceOf(t, begin))
		// The functions of Map have the names of tasks without one when they begin.
		if len(trees) != 4 || trees[2] != "early<main" || trees[3] != "main<" ||
			!strings.HasSuffix(trees[0], "<main") || !strings.HasSuffix(trees[1], "<main") {
			t.Errorf("the user-defined tasks of the trace, child<parent: %q", trees)
		}
		if steps["early"] != 2 || steps["main"] != 3 || len(steps) != 4 {
			t.Errorf("steps of tasks: %v", steps)
		}
	}
}
