package rt_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

func TestWhoIsHere(t *testing.T) {
	w := newWorld(t)
	says := func(where string) func() {
		return func() {
			w.log("%s:task=%v,loop=%v,running=%v", where, rt.InTask(), rt.OnLoop(), rt.RunningLoop() == w.loop)
		}
	}
	says("outside")()
	w.loop.CallSoon(says("callback"))
	w.spawn(do(says("coroutine")))
	rt.SpawnOn(w.loop, rt.PlainAsync(func() (struct{}, error) {
		says("plain")()
		err := rt.YieldNow()
		says("resumed")()
		var other sync.WaitGroup
		other.Go(says("goroutine"))
		other.Wait()
		return struct{}{}, err
	}))
	w.turns(2)
	says("after")()
	w.traced(`outside:task=false,loop=false,running=false
		callback:task=false,loop=true,running=true
		coroutine:task=false,loop=true,running=true
		plain:task=true,loop=false,running=true
		resumed:task=true,loop=false,running=true
		goroutine:task=false,loop=false,running=false
		after:task=false,loop=false,running=false`)
}

func TestBlockingFormsOnTheLoopAreRefused(t *testing.T) {
	w := newWorld(t)
	w.loop.CallSoon(func() {
		for name, call := range map[string]func(){
			"rt.Sleep":      func() { rt.Sleep(1) },
			"future.Wait()": func() { rt.NewFutureOn[int](w.loop).Wait() },
			"rt.Gather":     func() { rt.Gather(func() (int, error) { return 0, nil }) },
		} {
			if m := string(misuse(t, call)); !strings.Contains(m, name) || !strings.Contains(m, "rt.Await(") {
				t.Errorf("%s: %q must say what was called and what to write instead", name, m)
			}
		}
	})
	w.turns(1)
	if m := misuse(t, func() { rt.Block(rt.YieldNowAsync()) }); !strings.Contains(string(m), "InTask") {
		t.Errorf("Block outside a task: %q", m)
	}
	if m := misuse(t, func() { rt.Spawn0(func() error { return nil }) }); !strings.Contains(string(m), "rt.Run") {
		t.Errorf("Spawn outside a loop: %q", m)
	}
}

func TestGatherOutsideATask(t *testing.T) {
	boom := errors.New("boom")
	values, err := rt.Gather(
		func() (int, error) { return 1, rt.YieldNow() },
		func() (int, error) { return 2, nil },
	)
	if len(values) != 2 || values[0] != 1 || values[1] != 2 || err != nil {
		t.Errorf("got %v, %v", values, err)
	}
	err = rt.Gather0(
		func() error { return boom },
		func() error { return rt.Sleep(time.Hour) },
	)
	if err != boom {
		t.Errorf("error %v, want %v", err, boom)
	}
}

// TestPlainTaskAwaitsCoroutines has a plain task drive generated code: its frames run on the task's goroutine until they first
// suspend, and on the loop's after that.
func TestPlainTaskAwaitsCoroutines(t *testing.T) {
	boom := errors.New("boom")
	w := newWorld(t)
	task := rt.SpawnOn(w.loop, rt.PlainAsync(func() (struct{}, error) {
		_, err := rt.Block[struct{}](newScript([]step{w.says("a"), yield(), w.says("b"), fail(boom)}))
		w.log("%v", err)
		for _, steps := range [][]step{{do(thrower)}, {yield(), do(thrower)}} {
			func() {
				defer func() { w.log("recovered:%v", recover()) }()
				rt.Block[struct{}](newScript(steps))
			}()
		}
		return struct{}{}, rt.YieldNow()
	}))
	if err := w.run(task); err != nil {
		t.Error(err)
	}
	w.traced("a b boom recovered:boom recovered:boom")
}

func TestManyPlainTasks(t *testing.T) {
	const tasks, rounds = 200, 50
	shared := 0 // no lock: one task runs at a time
	err := rt.Run0(func() error {
		var all []*rt.Task[struct{}]
		for range tasks {
			all = append(all, rt.Spawn0(func() error {
				for range rounds {
					before := shared
					shared = before + 1
					if err := rt.YieldNow(); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		for _, task := range all {
			if _, err := task.Wait(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || shared != tasks*rounds {
		t.Errorf("error %v, %d steps, want %d", err, shared, tasks*rounds)
	}
	if rt.InTask() {
		t.Error("still in a task")
	}
}

func BenchmarkInTask(b *testing.B) {
	for b.Loop() {
		if rt.InTask() {
			b.Fatal("in a task")
		}
	}
}

func BenchmarkPlainSwitch(b *testing.B) {
	rt.Run0(func() error {
		for b.Loop() {
			if err := rt.YieldNow(); err != nil {
				return err
			}
		}
		return nil
	})
}
