package rt_test

import (
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// loopThatChooses returns a loop whose Choose is choose.
func loopThatChooses(t *testing.T, choose func(n int) int) *rt.Loop {
	t.Helper()
	clock := new(rttest.Clock)
	l, err := rt.NewLoop(rt.LoopOptions{Poller: rttest.NewPoller(clock), Clock: clock, Choose: choose})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestChooseSaysWhatRunsNext(t *testing.T) {
	l := loopThatChooses(t, func(n int) int { return n - 1 })
	var trace []string
	note := func(what string) step { return do(func() { trace = append(trace, what) }) }
	for _, name := range []string{"a", "b", "c"} {
		rt.SpawnOn(l, newScript([]step{note(name), yield(), note(name + "2")}))
		l.CallSoon(func() { trace = append(trace, "call "+name) })
	}
	l.CallLater(1, l.Stop)
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	// Last to first in each turn, but the calls, which keep their order.
	want := []string{"call a", "c", "call b", "b", "call c", "a", "a2", "b2", "c2"}
	if !slices.Equal(trace, want) {
		t.Errorf("%v, want %v", trace, want)
	}
}

// A panic on its way up through the frames of a task is not overtaken.
func TestChooseDoesNotInterruptAPanic(t *testing.T) {
	l := loopThatChooses(t, func(n int) int { return n - 1 })
	var trace []string
	note := func(what string) step { return do(func() { trace = append(trace, what) }) }
	child := newScript([]step{yield(), note("panics"), do(func() { panic("boom") })})
	rt.SpawnOn(l, newScript([]step{
		{begin: func(fb *rt.Fiber, parent rt.Resumable) bool { return child.Start(fb, parent) },
			end: func() error {
				defer func() { trace = append(trace, recover().(string)) }()
				_, err := child.Result()
				return err
			}},
	}))
	rt.SpawnOn(l, newScript([]step{yield(), yield(), note("other")}))
	rt.SpawnOn(l, newScript([]step{yield(), note("other")}))
	l.CallLater(1, l.Stop)
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	if i := slices.Index(trace, "panics"); i < 0 || i+1 == len(trace) || trace[i+1] != "boom" {
		t.Errorf("%v: the panic was overtaken", trace)
	}
}

func TestChooseOutOfRange(t *testing.T) {
	l := loopThatChooses(t, func(n int) int { return n })
	l.CallSoon(func() {})
	defer func() {
		if m, ok := recover().(rt.Misuse); !ok {
			t.Errorf("recovered %v", m)
		}
	}()
	l.Run()
	t.Error("it ran")
}
