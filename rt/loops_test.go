package rt_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goasync/goasync/rt"
)

// onLoops runs f on three loops in both forms; a nil coroutine stands for an f that has only a plain form.
func onLoops(t *testing.T, test func(t *testing.T, run func(f func(loops []*rt.Loop, i int) []step) error)) {
	t.Run("plain", func(t *testing.T) {
		test(t, func(f func([]*rt.Loop, int) []step) error {
			return rt.RunLoops(3, func(loops []*rt.Loop, i int) error {
				_, err := plainScript(f(loops, i))
				return err
			})
		})
	})
	t.Run("async", func(t *testing.T) {
		test(t, func(f func([]*rt.Loop, int) []step) error {
			return rt.RunLoopsAsync(3, func(loops []*rt.Loop, i int) rt.Awaitable[struct{}] {
				return newScript(f(loops, i))
			})
		})
	})
}

// on is a step that runs steps on another loop.
func on(l *rt.Loop, then func(error) error, steps ...step) step {
	return call0(
		func() rt.Awaitable[struct{}] {
			return rt.On0Async(l, func() rt.Awaitable[struct{}] { return newScript(steps) })
		},
		func() error {
			return rt.On0(l, func() error { _, err := plainScript(steps); return err })
		}, then)
}

// never is a step that waits for what does not come.
func never(then func(error) error) step {
	return await(func() rt.Awaitable[int] { return rt.NewFuture[int]().WaitAsync() }, func(_ int, err error) error {
		if then != nil {
			return then(err)
		}
		return err
	})
}

func TestRunLoopsRunsOneCallALoop(t *testing.T) {
	onLoops(t, func(t *testing.T, run func(func([]*rt.Loop, int) []step) error) {
		var on [3]atomic.Pointer[rt.Loop]
		err := run(func(loops []*rt.Loop, i int) []step {
			return []step{yield(), do(func() {
				if rt.RunningLoop() != loops[i] {
					t.Errorf("call %d runs on another loop", i)
				}
				on[i].Store(loops[i])
			})}
		})
		if err != nil || on[0].Load() == nil || on[1].Load() == nil || on[2].Load() == nil {
			t.Errorf("%v, %v", err, &on)
		}
		for i := range on {
			if !on[i].Load().Closed() {
				t.Errorf("loop %d is left open", i)
			}
		}
	})
}

func TestRunLoopsTakesAsManyAsThereAreCores(t *testing.T) {
	var calls atomic.Int64
	err := rt.RunLoops(0, func(loops []*rt.Loop, i int) error {
		calls.Add(1)
		if n := runtime.GOMAXPROCS(0); len(loops) != n || i >= n {
			t.Errorf("loop %d of %d, of %d cores", i, len(loops), n)
		}
		return nil
	})
	if err != nil || int(calls.Load()) != runtime.GOMAXPROCS(0) {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}

// A loop whose call has returned still serves the others.
func TestOnPassesResultsBetweenLoops(t *testing.T) {
	onLoops(t, func(t *testing.T, run func(func([]*rt.Loop, int) []step) error) {
		var order []int
		err := run(func(loops []*rt.Loop, i int) []step {
			if i > 0 {
				return nil
			}
			boom := errors.New("boom")
			return []step{
				yield(), yield(),
				on(loops[1], nil, do(func() { order = append(order, 1) }), yield(), do(func() {
					if rt.RunningLoop() != loops[1] {
						t.Error("runs on another loop")
					}
				})),
				on(loops[2], func(err error) error {
					if !errors.Is(err, boom) {
						t.Errorf("got %v", err)
					}
					return nil
				}, do(func() { order = append(order, 2) }), fail(boom)),
				on(loops[0], nil, do(func() { order = append(order, 0) })), // itself
			}
		})
		if err != nil || !slices.Equal(order, []int{1, 2, 0}) {
			t.Errorf("%v, %v", order, err)
		}
	})
}

// A cancel of the caller reaches the call on the other loop, and waits for its end; errors and results cross over, as
// TestOnPassesResultsBetweenLoops shows.
// CPython, wrap_future(run_coroutine_threadsafe(...)): caller: canceled, then callee: canceled, whose own error is logged as never
// retrieved. It does not wait for the callee, as we do by 090. Else boom and 7 cross over.
func TestC236_CancelOfACallOnAnotherLoop(t *testing.T) {
	onLoops(t, func(t *testing.T, run func(func([]*rt.Loop, int) []step) error) {
		var trace []string
		stop := errors.New("stop")
		err := run(func(loops []*rt.Loop, i int) []step {
			if i > 0 {
				return nil
			}
			var task *rt.Task[struct{}]
			caller := []step{on(loops[1], func(err error) error {
				trace = append(trace, fmt.Sprint("caller: ", err))
				return nil
			}, do(func() {
				loops[0].Post(func() { task.Cancel(stop) })
			}), never(func(err error) error {
				trace = append(trace, fmt.Sprint("callee: ", errors.Is(err, stop)))
				return errors.New("its own")
			}))}
			return []step{do(func() { task = rt.SpawnOn(loops[0], newScript(caller)) }), await(func() rt.Awaitable[struct{}] { return task.WaitAsync() }, nil)}
		})
		if err != nil || !slices.Equal(trace, []string{"callee: true", "caller: its own"}) {
			t.Errorf("%q, %v", trace, err)
		}
	})
}

func TestOnAClosedLoop(t *testing.T) {
	closed, err := rt.NewLoop(rt.LoopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	closing, err := rt.NewLoop(rt.LoopOptions{}) // never runs
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]func(l *rt.Loop) error{
		"plain": func(l *rt.Loop) error {
			return rt.Run0(func() error { return rt.On0(l, func() error { return nil }) })
		},
		"async": func(l *rt.Loop) error {
			return rt.RunAsync0(rt.On0Async(l, func() rt.Awaitable[struct{}] { return rt.YieldNowAsync() }))
		},
		"outside": func(l *rt.Loop) error { return rt.On0(l, func() error { return nil }) },
	}
	for name, call := range calls {
		if err := call(closed); err != rt.ErrLoopClosed {
			t.Errorf("%s: %v on a closed loop", name, err)
		}
	}
	ended := make(chan error)
	for _, call := range calls {
		go func() { ended <- call(closing) }()
	}
	runtime.Gosched() // some of them may get there before it closes
	closing.Close()
	for range calls {
		if err := <-ended; err != rt.ErrLoopClosed {
			t.Errorf("%v on a loop that closes", err)
		}
	}
}

func TestOnFromAGoroutine(t *testing.T) {
	err := rt.RunLoops(1, func(loops []*rt.Loop, i int) error {
		n, err := rt.Blocking(func(context.Context) (int, error) { // a goroutine that is no task
			return rt.On(loops[0], func() (int, error) { return 7, rt.YieldNow() })
		})
		if n != 7 {
			t.Errorf("got %d", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// What a Timeout cancels on another loop is its own: it returns a TimeoutError, also if f has wrapped what it got.
func TestOnTimesOut(t *testing.T) {
	onLoops(t, func(t *testing.T, run func(func([]*rt.Loop, int) []step) error) {
		err := run(func(loops []*rt.Loop, i int) []step {
			if i != 0 {
				return nil
			}
			call := []step{on(loops[1], func(err error) error { return fmt.Errorf("on this loop: %w", err) },
				never(func(err error) error { return fmt.Errorf("on the other: %w", err) }))}
			return []step{call0(
				func() rt.Awaitable[struct{}] {
					return rt.Timeout0Async(time.Millisecond, func() rt.Awaitable[struct{}] { return newScript(call) })
				},
				func() error {
					return rt.Timeout0(time.Millisecond, func() error { _, err := plainScript(call); return err })
				}, nil)}
		})
		var timeout *rt.TimeoutError
		if !errors.As(err, &timeout) || errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want a TimeoutError alone", err)
		}
	})
}

// The first error cancels all the others, whose cancels are not errors of RunLoops.
func TestRunLoopsFails(t *testing.T) {
	onLoops(t, func(t *testing.T, run func(func([]*rt.Loop, int) []step) error) {
		boom, late := errors.New("boom"), errors.New("late") // this comes beside the cancel of its loop
		err := run(func(loops []*rt.Loop, i int) []step {
			switch i {
			case 0:
				return []step{yield(), fail(boom)}
			case 1:
				return []step{never(nil)}
			}
			return []step{never(func(err error) error { return errors.Join(err, late) })}
		})
		if got := errs(err); !slices.Equal(got, []error{boom, late}) {
			t.Errorf("%v", err)
		}
	})
}

// errs takes errors that were joined apart.
func errs(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

func TestRunLoopsPanics(t *testing.T) {
	places := map[string]func(loops []*rt.Loop) []step{
		"in a call": func([]*rt.Loop) []step { return []step{yield(), do(func() { panic("boom") })} },
		"in a task": func(loops []*rt.Loop) []step {
			return []step{do(func() { rt.SpawnOn(loops[0], newScript([]step{do(func() { panic("boom") })})) }), never(nil)}
		},
		"on another loop": func(loops []*rt.Loop) []step { return []step{on(loops[1], nil, do(func() { panic("boom") }))} },
		"in a task of another": func(loops []*rt.Loop) []step {
			return []step{do(func() {
				loops[2].Post(func() { rt.SpawnOn(loops[2], newScript([]step{do(func() { panic("boom") })})) })
			}), never(nil)}
		},
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			onLoops(t, func(t *testing.T, run func(func([]*rt.Loop, int) []step) error) {
				defer func() {
					if p := recover(); p != "boom" {
						t.Errorf("recovered %v", p)
					}
				}()
				err := run(func(loops []*rt.Loop, i int) []step {
					if i > 0 {
						return []step{never(nil)}
					}
					return place(loops)
				})
				t.Errorf("it returned %v", err)
			})
		})
	}
}

func TestRunLoopsExits(t *testing.T) {
	onLoops(t, func(t *testing.T, run func(func([]*rt.Loop, int) []step) error) {
		exited := make(chan bool)
		go func() {
			returned := false
			defer func() { exited <- !returned && recover() == nil }()
			run(func(loops []*rt.Loop, i int) []step {
				if i > 0 {
					return []step{never(nil)}
				}
				return []step{yield(), do(runtime.Goexit)}
			})
			returned = true
		}()
		if !<-exited {
			t.Error("RunLoops returned or panicked")
		}
	})
}

func TestRunLoopsInALoop(t *testing.T) {
	err := rt.Run0(func() error { return rt.RunLoops(1, func([]*rt.Loop, int) error { return nil }) })
	if err != rt.ErrLoopRunning {
		t.Error(err)
	}
}

// What belongs to one loop is refused on another (statements 054 and 168).
func TestRunLoopsRefusesWhatBelongsToAnother(t *testing.T) {
	refused := func(what string, use func(loops []*rt.Loop) []step) {
		t.Run(what, func(t *testing.T) {
			defer func() {
				if p, ok := recover().(rt.Misuse); !ok {
					t.Errorf("recovered %v", p)
				}
			}()
			err := rt.RunLoopsAsync(2, func(loops []*rt.Loop, i int) rt.Awaitable[struct{}] {
				if i > 0 {
					return newScript([]step{never(nil)})
				}
				return newScript(use(loops))
			})
			t.Errorf("it returned %v", err)
		})
	}
	refused("future", func(loops []*rt.Loop) []step {
		f := rt.NewFutureOn[int](loops[1])
		return []step{await(f.WaitAsync, nil)}
	})
	refused("queue", func(loops []*rt.Loop) []step {
		q := rt.NewQueueOn[int](loops[1], 1)
		return []step{await(q.GetAsync, nil)}
	})
	refused("lock", func(loops []*rt.Loop) []step {
		l := rt.NewLockOn(loops[1])
		return []step{await(l.LockAsync, nil)}
	})
}

func ExampleRunLoops() {
	var total atomic.Int64
	err := rt.RunLoops(4, func(loops []*rt.Loop, i int) error {
		next := loops[(i+1)%len(loops)]
		n, err := rt.On(next, func() (int, error) { return i * i, rt.YieldNow() })
		total.Add(int64(n))
		return err
	})
	fmt.Println(total.Load(), err)
	// Output: 14 <nil>
}
