package rt_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// look returns what the tasks of w's loop do.
func (w *world) look() *rt.Snapshot { return w.loop.Look() }

// task returns what s says about the task of that name.
func (w *world) task(s *rt.Snapshot, name string) rt.TaskInfo {
	w.Helper()
	i := slices.IndexFunc(s.Tasks, func(t rt.TaskInfo) bool { return t.Name == name })
	if i < 0 {
		w.Fatalf("no task %s in\n%s", name, s)
	}
	return s.Tasks[i]
}

// awaits expects the task of that name to wait for what.
func (w *world) awaits(s *rt.Snapshot, name, what string) {
	w.Helper()
	t := w.task(s, name)
	got := t.State
	if t.Waiting != nil {
		got = t.Waiting.String()
	}
	if got != what {
		w.Errorf("%s waits for %q, want %q", name, got, what)
	}
}

// CPython 3.11, reprs without the coroutine's place:
//
//	f     <Future pending>, <Future pending cb=[Task.task_wakeup()]>, <Future finished result=7>
//	good  <Task pending name='good' coro=…>, the same with wait_for=<Future pending …>, <Task finished name='good' coro=… result=None>
//	g     <Future finished exception=ValueError('no luck')>, <Future cancelled>, <Future finished result='xxxxxxxxxxxx...xxxxxxxxxxxxx'>
func TestC058_StringOfFuturesAndTasks(t *testing.T) {
	inBothForms(t, func(w *world) {
		f := rt.NewFutureOn[int](w.loop)
		says := func(v fmt.Stringer, want string) {
			t.Helper()
			if got := v.String(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		says(f, "future: pending")
		good := w.spawn(await(f.WaitAsync, nil))
		good.SetName("good")
		bad := w.spawn(fail(errors.New("no luck")))
		stopped := w.spawn(w.forever("stopped", false))
		start, step1 := "", "" // of a plain task that would be looked up among the goroutines
		if !w.plain {
			start, step1 = " in rt_test.script start", " in rt_test.script step 1"
		}
		says(good, "good: ready"+start)
		w.turns(1)
		says(f, "future: pending, 1 waiting")
		says(good, "good: waiting"+step1+" for a future, place 1")
		says(bad, "Task-2: failed: no luck")
		stopped.Cancel(errors.New("enough"))
		f.SetResult(7)
		w.turns(2)
		says(f, "future: done: 7")
		says(good, "good: done: {}")
		says(stopped, "Task-3: cancelled: rt: canceled: enough")

		for text, end := range map[string]func(*rt.Future[string]){
			"future: failed: no luck":                        func(f *rt.Future[string]) { f.SetError(errors.New("no luck")) },
			"future: cancelled: rt: canceled":                func(f *rt.Future[string]) { f.Cancel(nil) },
			"future: done: " + strings.Repeat("x", 60) + "…": func(f *rt.Future[string]) { f.SetResult(strings.Repeat("x", 61)) },
		} {
			g := rt.NewFutureOn[string](w.loop)
			end(g)
			says(g, text)
		}
	})
}

// CPython: Task-1, bee, Task-3, and no name at all after set_name of an empty one. It numbers tasks when they are made; a task here has no
// name until somebody asks.
func TestC071_Names(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.spawn(yield()), w.spawn(yield()), w.spawn(yield())
	b.SetName("bee")
	got := []string{a.Name(), b.Name(), c.Name(), a.Fiber().Name()}
	if want := []string{"Task-2", "bee", "Task-3", "Task-2"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q: numbers are given when they are asked for", got, want)
	}
	b.SetName("")
	if got := b.Name(); got != "Task-1" {
		t.Errorf("without a name it is %q, want Task-1", got)
	}
	w.turns(3)
}

// CPython, get_stack(): the frame of the outer coroutine alone, here also of what that awaits; [] after its end.
func TestC074_StackOfATask(t *testing.T) {
	w := newWorld(t)
	inner := rt.SpawnOn[struct{}](w.loop, &tickerOuter{})
	w.turns(1)
	stack := w.task(w.look(), "Task-1").Stack
	want := []rt.Call{{Func: "rt_test.tickerInner", Position: "inner.go:2"}, {Func: "rt_test.tickerOuter", Position: "outer.go:2"}}
	if !slices.Equal(stack, want) {
		t.Errorf("stack %v, want %v", stack, want)
	}
	if err := w.run(inner); err != nil {
		t.Fatal(err)
	}
	if s := w.look(); len(s.Tasks) != 0 {
		t.Errorf("after its end there is\n%s", s)
	}
}

// CPython: all_tasks() a, c; at the end none.
func TestC075_AllTasks(t *testing.T) {
	inBothForms(t, func(w *world) {
		stop := rt.NewFutureOn[int](w.loop)
		wait := await(stop.WaitAsync, nil)
		a := w.spawn(wait)
		a.SetName("a")
		w.spawn(yield()).SetName("b")
		w.turns(4) // b ends
		w.spawn().SetName("c")
		s := w.look()
		w.awaits(s, "a", "a future, place 1")
		w.awaits(s, "c", "ready")
		if len(s.Tasks) != 2 {
			t.Errorf("tasks\n%s\nwant a and c", s)
		}
		stop.SetResult(1)
		w.turns(3)
	})
}

// Names of what is waited for, in both forms; those of generated code are in testdata/programs/watch.
// Not in CPython 3.11.
func TestC248_WhatTasksWaitFor(t *testing.T) {
	inBothForms(t, func(w *world) {
		lock, sem, event := rt.NewLock(), rt.NewSemaphore(1), rt.NewEvent()
		cond, full, empty := rt.NewCondition(lock), rt.NewQueue[int](1), rt.NewQueue[int](0)
		full.TryPut(1)
		named := func(name string, steps ...step) *rt.Task[struct{}] {
			task := w.spawn(steps...)
			task.SetName(name)
			return task
		}
		tasks := []*rt.Task[struct{}]{
			named("cond", await(lock.LockAsync, nil), await(cond.WaitAsync, nil)),
			named("holder", await(lock.LockAsync, nil), await(sem.AcquireAsync, nil), w.forever("holder", false)),
			named("lock", await(lock.LockAsync, nil)),
			named("semaphore", await(sem.AcquireAsync, nil)),
			named("unbounded", await(rt.NewUnboundedSemaphore(0).AcquireAsync, nil)),
			named("event", await(event.WaitAsync, nil)),
			named("put", await(func() rt.Awaitable[struct{}] { return full.PutAsync(2) }, nil)),
			named("get", await(empty.GetAsync, nil)),
			named("barrier", await(rt.NewBarrier(2).WaitAsync, nil)),
			named("join", await(full.JoinAsync, nil)),
			named("sleep", await(func() rt.Awaitable[struct{}] { return rt.SleepAsync(time.Minute) }, nil)),
			named("blocking", await(func() rt.Awaitable[int] {
				return rt.BlockingAsync(func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, nil })
			}, nil)),
		}
		tasks = append(tasks, named("task", await(tasks[0].WaitAsync, nil)))
		w.turns(4)
		s := w.look()
		for name, what := range map[string]string{
			"cond": "a condition, place 1", "holder": "a future, place 1", "lock": "a lock, taken by holder, place 1",
			"semaphore": "one of 1 permits of a semaphore, place 1",
			"unbounded": "a permit of a semaphore, place 1", "event": "an event, place 1", "put": "room in a queue of 1, place 1",
			"get": "an item of a queue, place 1", "sleep": "a timer, due in 1m0s", "blocking": "a goroutine of Blocking",
			"task": "the end of cond, place 1", "barrier": "a barrier, to which 1 of 2 have come",
			"join": "a queue of which 1 items are unfinished, place 1",
		} {
			w.awaits(s, name, what)
		}
		for _, task := range tasks {
			task.Cancel(nil)
		}
		lock.Unlock() // that holder has, and cond takes again
		w.turns(4)
	})
}

// Not in CPython 3.11: print_stack of first shows its own frame, its repr wait_for=<Task pending name='inner' ...>.
func TestC247_TreeOfAwaits(t *testing.T) {
	w := newWorld(t)
	inner := w.spawn(w.forever("inner", false))
	inner.SetName("inner")
	for _, name := range []string{"first", "second"} {
		w.spawn(await(inner.WaitAsync, nil)).SetName(name)
	}
	w.turns(1)
	const want = `3 tasks at 0s
├── first: waiting
│   └── rt_test.script step 1
│       └── the end of inner, place 1
│           └── inner: waiting
│               └── rt_test.script step 1
│                   └── a future, place 1
└── second: waiting
    └── rt_test.script step 1
        └── the end of inner, place 2
            └── inner: see above
`
	spawned := regexp.MustCompile(", spawned in [^\n]*") // in debug mode
	if got := spawned.ReplaceAllString(w.look().String(), ""); got != want {
		t.Errorf("tree\n%s\nwant\n%s", got, want)
	}
	inner.Cancel(nil)
	w.turns(3)
}

// Not in CPython 3.11.
func TestC249_WhoIsAwaitedByWhom(t *testing.T) {
	inBothForms(t, func(w *world) {
		inner := w.spawn(w.forever("inner", false))
		inner.SetName("inner")
		outer := w.spawn(await(inner.WaitAsync, nil))
		outer.SetName("outer")
		w.turns(1)
		s := w.look()
		in, out := w.task(s, "inner"), w.task(s, "outer")
		if !slices.Equal(in.AwaitedBy, []uint64{out.Number}) || !slices.Equal(out.Awaits, []uint64{in.Number}) {
			t.Errorf("inner is awaited by %v and outer awaits %v; their numbers are %d and %d", in.AwaitedBy, out.Awaits, in.Number, out.Number)
		}
		inner.Cancel(nil)
		w.turns(3)
	})
}

// CPython: current_task() None, all_tasks() Task-1.
func TestC250_TasksSeenFromACallback(t *testing.T) {
	w := newWorld(t)
	w.spawn(yield())
	w.loop.CallSoon(func() {
		if w.loop.Current() != nil || rt.CurrentTask() != nil {
			t.Error("a callback is a task")
		}
		s, err := w.loop.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.awaits(s, "Task-1", "ready")
	})
	w.turns(2)
}

// Other goroutines look through the door.
func TestSnapshotFromAnotherGoroutine(t *testing.T) {
	w := newWorld(t)
	task := w.spawn(w.forever("task", false))
	done := make(chan struct{})
	go func() {
		defer close(done)
		s, err := w.loop.Snapshot(t.Context())
		if err != nil || len(s.Tasks) != 1 {
			t.Errorf("snapshot %v, %v; want one task", s, err)
		}
		var all strings.Builder
		if err := rt.Dump(t.Context(), &all); err != nil || !strings.Contains(all.String(), "a future") {
			t.Errorf("dump %q, %v", all.String(), err)
		}
		w.loop.Post(func() { task.Cancel(nil) })
	}()
	w.run(task)
	<-done
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.loop.Snapshot(over); !errors.Is(err, context.Canceled) {
		t.Errorf("a loop that does not run answers with %v, want the context's error", err)
	}
	w.loop.Close()
	if _, err := w.loop.Snapshot(t.Context()); !errors.Is(err, rt.ErrLoopClosed) {
		t.Errorf("a closed loop answers with %v, want ErrLoopClosed", err)
	}
}

// tickerOuter awaits a tickerInner, as generated code does, with made-up positions.
type tickerOuter struct {
	rt.Frame
	call1 tickerInner
}

func (co *tickerOuter) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *tickerOuter) Result() (struct{}, error)                    { co.Check(); return struct{}{}, nil }
func (co *tickerOuter) Where() string                                { return co.Position("outer.go:1", "outer.go:2") }

func (co *tickerOuter) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 0 && !co.call1.Start(fb, co) {
		return co.Suspend(1)
	}
	return co.End()
}

type tickerInner struct {
	rt.Frame
	call1 rt.SleepOp
}

func (co *tickerInner) Start(fb *rt.Fiber, parent rt.Resumable) bool { return rt.Begin(fb, co, parent) }
func (co *tickerInner) Where() string                                { return co.Position("inner.go:1", "inner.go:2") }

func (co *tickerInner) Resume(fb *rt.Fiber) (done bool) {
	if co.Enter() == 0 {
		co.call1.Init(time.Second)
		if !co.call1.Start(fb, co) {
			return co.Suspend(1)
		}
	}
	return co.End()
}
