package rt

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// outcome runs f on a goroutine of its own and returns how f ended.
func outcome(f func()) (how string) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		exits := true
		defer func() {
			if exits {
				how += "exited"
			}
		}()
		func() {
			returned := false
			defer func() {
				if p := recover(); p != nil {
					how = fmt.Sprint("panicked with ", p, ", ")
				} else if returned {
					how = "returned, "
				}
			}()
			f()
			returned = true
		}()
		exits = false
	}()
	<-ended
	return how
}

// exitBody is what the functions of TestPanicInGoexit do: fail to wait, or call Goexit with deferred calls that panic.
type exitBody struct {
	name   string
	defers []func(trace *[]string)
}

func logs(trace *[]string) { *trace = append(*trace, fmt.Sprint("recovers ", recover())) }
func booms(*[]string)      { panic("boom") }
func bangs(*[]string)      { panic("bang") }
func exitsAgain(*[]string) { runtime.Goexit() }

var exitBodies = []exitBody{
	{"panics", []func(*[]string){booms}},
	{"panics twice", []func(*[]string){bangs, booms}},
	{"recovers", []func(*[]string){logs, booms}},
	{"recovers and panics", []func(*[]string){bangs, logs, booms}},
	{"recovers all", []func(*[]string){logs, logs, bangs, logs, booms}},
	{"exits over the panic", []func(*[]string){exitsAgain, booms}},
	{"panics after a second exit", []func(*[]string){bangs, exitsAgain, booms}},
}

// native calls Goexit in a function of Go's own.
func (b exitBody) native(trace *[]string) {
	for _, f := range b.defers {
		defer f(trace)
	}
	runtime.Goexit()
}

// plain is native in a plain task, once it has waited.
func (b exitBody) plain(trace *[]string, waits bool) error {
	for _, f := range b.defers {
		defer f(trace)
	}
	if waits {
		YieldNow()
	}
	runtime.Goexit()
	return nil
}

// async is the generated form of plain.
func (b exitBody) async(trace *[]string, waits bool) *coro {
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			for _, f := range b.defers {
				co.DeferCall(func(raise func()) { defer f(trace); raise() })
			}
			co.yield.Init()
			if waits && !co.yield.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		runtime.Goexit()
		return true
	})
}

// below has call await what it is given, and note what it recovers, if it recovers.
func below(inner *coro, trace *[]string, recovers bool) *coro {
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			if recovers {
				co.DeferCall(func(raise func()) { defer logs(trace); raise() })
			}
			if !inner.Start(fb, co) {
				return co.Suspend(1)
			}
		}
		inner.Result()
		*trace = append(*trace, "goes on")
		return true
	})
}

// TestPanicInGoexit has deferred calls panic while runtime.Goexit runs them, in the root of Run or in what the root calls: in
// both forms the panic comes out of Run as it comes out of a call in Go, and whoever recovers it, the goroutine goes on exiting.
func TestPanicInGoexit(t *testing.T) {
	for _, b := range exitBodies {
		for _, recovers := range []bool{false, true} {
			var want []string
			how := outcome(func() {
				if recovers {
					defer logs(&want)
				}
				b.native(&want)
			})
			for _, waits := range []bool{false, true} {
				var trace []string
				check := func(form, got string) {
					t.Helper()
					if got != how || !slices.Equal(trace, want) {
						t.Errorf("%s, %s form, waits %v, caller recovers %v:\n got %s %q\nwant %s %q", b.name, form, waits, recovers, got, trace, how, want)
					}
					trace = nil
				}
				check("plain", outcome(func() {
					Run0(func() error {
						if recovers {
							defer logs(&trace)
						}
						return b.plain(&trace, waits)
					})
				}))
				for _, visible := range []bool{false, true} {
					inner := b.async(&trace, waits)
					if !visible {
						embedded(inner)
					}
					check("generated", outcome(func() { RunAsync[int](below(inner, &trace, recovers)) }))
				}
			}
		}
	}
}

// TestPanicInGoexitOfATask has such a call in a task that the root has spawned. Go has nothing to compare with: the loop's
// goroutine goes on exiting, who waits for the task gets its panic, and what nobody recovers comes out of Run.
func TestPanicInGoexitOfATask(t *testing.T) {
	b := exitBodies[0]
	ended := fmt.Sprint(&Canceled{Cause: errEnding})
	for _, test := range []struct {
		what, root, how string
		trace           []string
	}{
		{"nobody waits", "sleeps", "panicked with boom, exited", []string{"sleep: " + ended, "recovers <nil>"}},
		{"the root waits and recovers", "recovers", "exited", []string{"recovers boom"}},
		{"the root waits", "waits", "panicked with boom, exited", nil},
		{"the root has returned", "returns", "panicked with boom, exited", nil},
	} {
		for _, form := range []string{"plain", "generated"} {
			var trace []string
			got := outcome(func() {
				if form == "plain" {
					Run0(func() error { return spawnsPlain(b, &trace, test.root) })
				} else {
					RunAsync[int](spawnsAsync(b, &trace, test.root))
				}
			})
			if got != test.how || !slices.Equal(trace, test.trace) {
				t.Errorf("%s, %s form:\n got %s %q\nwant %s %q", test.what, form, got, trace, test.how, test.trace)
			}
		}
	}
}

func spawnsPlain(b exitBody, trace *[]string, then string) error {
	if then == "recovers" || then == "sleeps" {
		defer logs(trace)
	}
	task := Spawn0(func() error { return b.plain(trace, true) })
	switch then {
	case "sleeps":
		if err := Sleep(1 << 40); err != nil {
			*trace = append(*trace, "sleep: "+err.Error())
		}
		return nil
	case "returns":
		return YieldNow()
	}
	task.Wait()
	*trace = append(*trace, "goes on")
	return nil
}

func spawnsAsync(b exitBody, trace *[]string, then string) *coro {
	return newDeferring(func(co *coro, fb *Fiber, state int32) bool {
		if state == 0 {
			if then == "recovers" || then == "sleeps" {
				co.DeferCall(func(raise func()) { defer logs(trace); raise() })
			}
			task := SpawnIn(fb, func() Awaitable[int] { return b.async(trace, true) })
			ready := false
			switch then {
			case "sleeps":
				co.sleep.Init(1 << 40)
				ready = co.sleep.Start(fb, co)
			case "returns":
				co.yield.Init()
				ready = co.yield.Start(fb, co)
			default:
				co.task.Init(task)
				ready = co.task.Start(fb, co)
			}
			if !ready {
				return co.Suspend(1)
			}
		}
		switch then {
		case "sleeps":
			if _, err := co.sleep.Result(); err != nil {
				*trace = append(*trace, "sleep: "+err.Error())
			}
		case "returns":
			co.yield.Result()
		default:
			co.task.Result()
			*trace = append(*trace, "goes on")
		}
		return true
	})
}

// TestPanicInGoexitOfALoop has such a call on one of two loops: the panic comes out of RunLoops, and the Goexit goes on.
func TestPanicInGoexitOfALoop(t *testing.T) {
	b := exitBodies[0]
	for _, form := range []string{"plain", "generated"} {
		var trace []string
		got := outcome(func() {
			if form == "plain" {
				RunLoops(2, func(_ []*Loop, i int) error {
					if i == 0 {
						return nil
					}
					return b.plain(&trace, true)
				})
				return
			}
			RunLoopsAsync(2, func(_ []*Loop, i int) Awaitable[struct{}] {
				co := newCoro(func(co *coro, _ *Fiber, _ int32) bool { return co.End() })
				if i == 1 {
					co = b.async(&trace, true)
				}
				return unit{co}
			})
		})
		if want := "panicked with boom, exited"; got != want {
			t.Errorf("%s form: %s, want %s", form, got, want)
		}
	}
}

// unit is co without its result.
type unit struct{ co *coro }

func (u unit) Start(fb *Fiber, parent Resumable) bool { return u.co.Start(fb, parent) }

func (u unit) Result() (none struct{}, err error) {
	_, err = u.co.Result()
	return none, err
}
