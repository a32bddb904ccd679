package rt_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// handled is a world whose loop hands unhandled panics to the trace.
func handled(t *testing.T) (w *world, failures *[]*rt.Failure) {
	clock := new(rttest.Clock)
	poller := rttest.NewPoller(clock)
	failures = new([]*rt.Failure)
	w = &world{TB: t, clock: clock, poller: poller}
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: poller, Clock: clock, Unhandled: func(x *rt.Failure) {
		*failures = append(*failures, x)
		w.log("unhandled:%v", x.Value)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { loop.Close() })
	w.loop = loop
	return w, failures
}

// thrower panics; its name is looked for in stacks.
func thrower() { panic("boom") }

// stackOf returns the functions on x's stack, separated by blanks.
func stackOf(x *rt.Failure) string {
	var names []string
	frames := runtime.CallersFrames(x.Stack)
	for {
		frame, more := frames.Next()
		names = append(names, frame.Function)
		if !more {
			return strings.Join(names, " ")
		}
	}
}

// CPython, with exceptions and an exception handler, whose context has exception, handle and message: a boom b boom boom boom c, those of
// the call from elsewhere and the done callback before that of the timer.
func TestC007_PanicOfACallback(t *testing.T) {
	w, failures := handled(t)
	w.loop.CallSoon(w.logs("a"))
	w.loop.CallSoon(thrower)
	w.loop.CallSoon(w.logs("b"))
	w.loop.CallLater(0, thrower)
	if err := w.loop.Post(thrower); err != nil {
		t.Fatal(err)
	}
	f := rt.NewFutureOn[int](w.loop)
	f.AddDoneCallback(func(*rt.Future[int]) { thrower() })
	f.SetResult(1)
	w.loop.CallLater(0, w.logs("c"))
	w.turns(2)
	if len(w.trace) != 7 || w.trace[0] != "a" {
		t.Errorf("trace %v, want a, b and c and four panics", w.trace)
	}
	for _, x := range *failures {
		if x.Value != "boom" || !strings.Contains(stackOf(x), "thrower") {
			t.Errorf("a panic with %v, stack %s", x.Value, stackOf(x))
		}
	}
}

// CPython, an exception, which its handler is told of: a handler b. KeyboardInterrupt: a KeyboardInterrupt('boom') | b; SystemExit escapes
// as well.
func TestC008_PanicThatNobodyHandlesEscapes(t *testing.T) {
	w := newWorld(t)
	w.loop.CallSoon(w.logs("a"))
	w.loop.CallSoon(thrower)
	w.loop.CallSoon(w.logs("b"))
	func() {
		defer func() { w.log("%v", recover()) }()
		w.turns(1)
	}()
	w.log("|")
	w.turns(1)
	// At once: what was ready is not lost, and runs when the loop runs again.
	w.traced("a boom | b")

	// runtime.Goexit, as by t.Fatal, ends the goroutine of the loop.
	w.loop.CallSoon(runtime.Goexit)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		w.turns(1)
		ended <- true
	}()
	if <-ended {
		t.Error("Run returned")
	}
	w.turns(1)
}

// CPython, a handler that raises: a handler:boom b, and "Unhandled error in exception handler" is logged. Without a handler the loop here
// ends with a panic (008), so it does with that of the handler, which is not asked about itself.
func TestC024_HandlerThatPanics(t *testing.T) {
	inBothForms(t, func(w *world) {
		loop, err := rt.NewLoop(rt.LoopOptions{Poller: w.poller, Clock: w.clock, Unhandled: func(x *rt.Failure) {
			w.log("unhandled:%v", x.Value)
			panic("handler")
		}})
		if err != nil {
			w.Fatal(err)
		}
		defer loop.Close()
		w.loop = loop
		turn := func() {
			defer func() { w.log("%v", recover()) }()
			w.turns(1)
		}
		w.loop.CallSoon(w.logs("a"))
		w.loop.CallSoon(thrower)
		w.loop.CallSoon(w.logs("b"))
		turn()
		turn()
		w.traced("a unhandled:boom handler b <nil>")
		task := w.spawn(do(thrower))
		w.spawn(w.says("other"))
		turn()
		turn()
		w.traced("unhandled:boom handler other <nil>")
		if !task.Done() || w.loop.Running() {
			w.Errorf("done %v, running %v", task.Done(), w.loop.Running())
		}
	})
}

// CPython, raise ValueError('boom'): if nobody awaits it, "Task exception was never retrieved" once it is collected; else recovered:boom
// goes_on, and result() raises it. Only KeyboardInterrupt and SystemExit escape the loop besides, at once; in
// the next run: recovered:KeyboardInterrupt('boom') goes_on. A panic is as any other exception here.
func TestC079_PanicOfATask(t *testing.T) {
	for _, form := range []string{"coroutine", "plain"} {
		t.Run(form, func(t *testing.T) {
			w, failures := handled(t)
			w.plain = form == "plain"
			for _, later := range []bool{false, true} {
				steps := []step{do(thrower)}
				if later {
					steps = []step{yield(), do(thrower)}
				}
				// Nobody awaits it: it is reported, with the place of the panic.
				w.spawn(steps...)
				w.spawn(yield(), w.says("other"))
				w.turns(3)
				if len(*failures) != 1 || !strings.Contains(stackOf((*failures)[0]), "thrower") {
					t.Errorf("failures %v", *failures)
				}
				*failures = nil
				w.trace = nil

				// Somebody does: it panics there, and is handled. A task that is awaited only after its panic is too late for
				// that, so this one begins with an await.
				task := w.spawn(append([]step{yield()}, steps...)...)
				w.spawn(await(
					func() rt.Awaitable[struct{}] { return guarded{task.WaitAsync(), w} },
					func(struct{}, error) error { w.log("goes_on"); return nil },
				))
				w.turns(5)
				w.traced("recovered:boom goes_on")
				func() {
					defer func() { w.log("%v", recover()) }()
					task.Result()
				}()
				w.traced("boom")
			}
		})
	}
}

// guarded recovers a panic of what it awaits.
type guarded struct {
	rt.Awaitable[struct{}]
	w *world
}

func (g guarded) Result() (struct{}, error) {
	defer func() { g.w.log("recovered:%v", recover()) }()
	return g.Awaitable.Result()
}
