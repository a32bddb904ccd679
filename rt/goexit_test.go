package rt

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// exits runs f on a goroutine that f is to leave by Goexit.
func exits(t *testing.T, f func()) {
	t.Helper()
	ended, returned, panicked := make(chan struct{}), false, any(nil)
	go func() {
		defer close(ended)
		defer func() { panicked = recover() }()
		f()
		returned = true
	}()
	<-ended
	if returned || panicked != nil {
		t.Errorf("returned %v, panicked with %v: want Goexit", returned, panicked)
	}
}

// TestGoexitWithPanickingDefers has deferred calls panic, recover and exit again while runtime.Goexit runs them: all of them run,
// as under Go, and once the panic is recovered the Goexit goes on.
func TestGoexitWithPanickingDefers(t *testing.T) {
	var trace []string
	log := func(what string, p any) { trace = append(trace, fmt.Sprint(what, " ", p)) }
	levels := func(depth int, suspends, visible bool) *coro {
		var level func(n int) *coro
		level = func(n int) *coro {
			co := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
				if state == 0 {
					co.Defer(func() { log(fmt.Sprint("last ", n), recover()) })
					if n == depth {
						co.Defer(func() { log("outermost", recover()) })
					}
					if n == 0 {
						co.Defer(func() { log("between", nil) })
						co.Defer(func() { panic("two") })
						co.Defer(func() { log("recovers", recover()); runtime.Goexit() })
						co.Defer(func() { panic("one") })
						co.yield.Init()
						if suspends && !co.yield.Start(fb, co) {
							return co.Suspend(1)
						}
						runtime.Goexit()
					}
					if co.child = level(n - 1); !co.child.Start(fb, co) {
						return co.Suspend(1)
					}
				} else if n == 0 {
					runtime.Goexit()
				}
				co.child.Result()
				t.Errorf("level %d goes on", n)
				return true
			})
			if n == 0 {
				// The innermost lets the panic "two" through.
				body := co.body
				co.body = func(co *coro, fb *Fiber, state int32) bool {
					if state == 0 {
						co.Defer(func() { log("innermost", nil) })
					}
					return body(co, fb, state)
				}
			}
			if !visible {
				embedded(co)
			}
			return co
		}
		return level(depth)
	}
	want := []string{"recovers one", "between <nil>", "last 0 two", "innermost <nil>", "last 1 <nil>", "outermost <nil>", "last 2 <nil>"}
	for _, suspends := range []bool{false, true} {
		for _, visible := range []bool{false, true} {
			for _, by := range []string{"loop", "hand"} {
				trace = nil
				co := levels(2, suspends, visible)
				exits(t, func() {
					if by == "hand" {
						for _, done := Send(co); !done; _, done = Send(co) {
						}
						return
					}
					s := newStage(t)
					SpawnOn[int](s.Loop, co)
					s.settle()
				})
				if !slices.Equal(trace, want) {
					t.Errorf("suspends %v, visible %v, by %s:\n got %q\nwant %q", suspends, visible, by, trace, want)
				}
			}
		}
	}
}

// TestGoexitPanicReachesCaller has the panic of a deferred call that Goexit runs pass to the caller, which recovers it; then the
// Goexit goes on.
func TestGoexitPanicReachesCaller(t *testing.T) {
	for _, suspends := range []bool{false, true} {
		for _, visible := range []bool{false, true} {
			var trace []string
			inner := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
				if state == 0 {
					co.Defer(func() { panic("boom") })
					co.yield.Init()
					if suspends && !co.yield.Start(fb, co) {
						return co.Suspend(1)
					}
				}
				runtime.Goexit()
				return true
			})
			caller := func(child *coro, recovers bool) *coro {
				return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
					if state == 0 {
						co.Defer(func() {
							if recovers {
								trace = append(trace, fmt.Sprint(recover()))
							} else {
								trace = append(trace, "passes")
							}
						})
						if !child.Start(fb, co) {
							return co.Suspend(1)
						}
					}
					child.Result()
					t.Error("the caller goes on")
					return true
				})
			}
			middle := caller(inner, false)
			if !visible {
				embedded(inner)
				embedded(middle)
			}
			co := caller(caller(middle, true), true)
			exits(t, func() {
				s := newStage(t)
				SpawnOn[int](s.Loop, co)
				s.settle()
			})
			if want := []string{"passes", "boom", "<nil>"}; !slices.Equal(trace, want) {
				t.Errorf("suspends %v, visible %v: trace %q, want %q", suspends, visible, trace, want)
			}
		}
	}
}

// TestGoexitInDeferredCall has a deferred call of a function that returned call Goexit: the others run.
func TestGoexitInDeferredCall(t *testing.T) {
	var trace []string
	co := newDeferring(func(co *coro, _ *Fiber, _ int32) bool {
		co.Defer(func() { trace = append(trace, "last") })
		co.Defer(runtime.Goexit)
		co.Defer(func() { trace = append(trace, "first") })
		return true
	})
	exits(t, func() {
		s := newStage(t)
		SpawnOn[int](s.Loop, co)
		s.settle()
	})
	if want := []string{"first", "last"}; !slices.Equal(trace, want) {
		t.Errorf("trace %q, want %q", trace, want)
	}
}

// TestGoexitInDeferredCoroutine has deferred coroutines call Goexit, at once or after a suspension, while one is under way
// already: the deferred calls that are left run, and the goroutine ends.
func TestGoexitInDeferredCoroutine(t *testing.T) {
	for _, suspends := range []bool{false, true} {
		var trace []string
		log := func(what string) { trace = append(trace, what) }
		exiting := func(name string) *coro {
			return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
				if state == 0 {
					co.Defer(func() { log(name + " leaves") })
					co.yield.Init()
					if suspends && !co.yield.Start(fb, co) {
						return co.Suspend(1)
					}
				}
				log(name)
				runtime.Goexit()
				return true
			})
		}
		inner := newDeferring(func(co *coro, _ *Fiber, _ int32) bool {
			for _, name := range []string{"b", "a"} {
				co.deferCo(exiting(name))
			}
			runtime.Goexit()
			return true
		})
		outer := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				co.Defer(func() { log("last") })
				if !inner.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			inner.Result()
			log("goes on")
			return true
		})
		exits(t, func() { RunAsync[int](outer) })
		if want := []string{"a", "a leaves", "b", "b leaves", "last"}; !slices.Equal(trace, want) {
			t.Errorf("suspends %v: trace %q, want %q", suspends, trace, want)
		}
	}
}

// TestGoexitOfAnotherTask has a task call Goexit while another, which has called it, awaits in a deferred call: both run all their
// deferred calls.
func TestGoexitOfAnotherTask(t *testing.T) {
	for yields := range 4 { // of the second task before it exits
		var trace []string
		log := func(what string) { trace = append(trace, what) }
		waits := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if co.result++; co.result > 3 {
				log("waited")
				return true
			}
			co.yield.Init()
			if !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
			return true
		})
		first := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			co.Defer(func() { log("first leaves") })
			co.deferCo(waits)
			co.Defer(func() { log("first exits") })
			runtime.Goexit()
			return true
		})
		caller := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			co.Defer(func() { log("caller leaves") })
			if !first.Start(fb, co) {
				return co.Suspend(1)
			}
			log("goes on")
			return true
		})
		second := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				co.Defer(func() { log("second leaves") })
			}
			if co.result++; co.result <= yields {
				co.yield.Init()
				if !co.yield.Start(fb, co) {
					return co.Suspend(1)
				}
			}
			runtime.Goexit()
			return true
		})
		exits(t, func() {
			RunAsync[int](newCoro(func(co *coro, fb *Fiber, state int32) bool {
				if state > 0 {
					return co.End()
				}
				SpawnIn(fb, func() Awaitable[int] { return caller })
				SpawnIn(fb, func() Awaitable[int] { return second })
				co.sleep.Init(time.Hour)
				co.sleep.Start(fb, co)
				return co.Suspend(1)
			}))
		})
		slices.Sort(trace)
		if want := []string{"caller leaves", "first exits", "first leaves", "second leaves", "waited"}; !slices.Equal(trace, want) {
			t.Errorf("after %d yields: trace %q, want in some order %q", yields, trace, want)
		}
	}
}

// TestGoexitInSpawnedTask has the second of three tasks call Goexit: in both forms nothing else runs before the rest is
// cancelled, who waits for it is unwound, and all that is left runs to its end.
func TestGoexitInSpawnedTask(t *testing.T) {
	var trace []string
	log := func(format string, args ...any) { trace = append(trace, fmt.Sprintf(format, args...)) }
	exit := func(i int) error {
		log("%d begins", i)
		if i == 1 {
			runtime.Goexit()
		}
		return nil
	}
	plain := func() error {
		defer func() { log("root leaves, %v", recover()) }()
		var tasks []*Task[int]
		for i := range 3 {
			tasks = append(tasks, Spawn(func() (int, error) {
				defer log("%d leaves", i)
				if err := exit(i); err != nil {
					return i, err
				}
				for range 3 {
					if err := YieldNow(); err != nil {
						log("%d: %v", i, err)
						runtime.Goexit() // again, while the loop runs out
					}
				}
				return i, nil
			}))
		}
		v, err := tasks[1].Wait()
		log("the wait returned %v, %v", v, err)
		return nil
	}
	task := func(i int) *coro {
		n := 0
		return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
			if state == 0 {
				co.Defer(func() { log("%d leaves", i) })
				exit(i)
			} else if _, err := co.yield.Result(); err != nil {
				log("%d: %v", i, err)
				runtime.Goexit()
			}
			if n++; n > 3 {
				return true
			}
			co.yield.Init()
			if !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
			_, err := co.yield.Result()
			log("%d: %v", i, err)
			runtime.Goexit()
			return true
		})
	}
	generated := newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			co.Defer(func() { log("root leaves, %v", recover()) })
			var tasks []*Task[int]
			for i := range 3 {
				tasks = append(tasks, SpawnIn(fb, func() Awaitable[int] { return task(i) }))
			}
			co.task.Init(tasks[1])
			if !co.task.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		v, err := co.task.Result()
		log("the wait returned %v, %v", v, err)
		return true
	})
	ended := fmt.Sprint(&Canceled{Cause: errEnding})
	want := []string{"0 begins", "1 begins", "1 leaves", "2 begins", "2: " + ended, "2 leaves", "0: " + ended, "0 leaves", "root leaves, <nil>"}
	slices.Sort(want)
	var order []string
	for _, form := range []string{"plain", "generated"} {
		trace = nil
		exits(t, func() {
			if form == "plain" {
				Run0(plain)
			} else {
				RunAsync[int](generated)
			}
		})
		if order == nil {
			order = trace
		} else if !slices.Equal(order, trace) {
			t.Errorf("plain     %q\ngenerated %q", order, trace)
		}
		sorted := slices.Sorted(slices.Values(trace))
		if !slices.Equal(sorted, want) {
			t.Errorf("%s form: trace %q, want in some order %q", form, trace, want)
		}
	}
}
