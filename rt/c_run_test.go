package rt_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
)

// CPython, to_thread: canceled('cause') at once, the thread runs on, not told, and its 7 is dropped.
func TestC235_CancelAbandonsBlocking(t *testing.T) {
	cause := errors.New("cause")
	inBothForms(t, func(w *world) {
		begun := make(chan struct{})
		told := make(chan error, 1)
		release := make(chan struct{})
		task := w.spawn(await(
			func() rt.Awaitable[int] {
				return rt.BlockingAsync(func(ctx context.Context) (int, error) {
					close(begun)
					<-ctx.Done()
					told <- context.Cause(ctx)
					<-release
					return 7, nil
				})
			},
			func(v int, err error) error { w.log("%d:%v", v, errors.Is(err, cause)); return err },
		))
		w.turns(1)
		<-begun
		task.Cancel(cause)
		w.turns(1) // at once: the goroutine is still held up
		w.traced("0:true")
		if err := <-told; err != cause {
			w.Errorf("the context's cause is %v, want %v", err, cause)
		}
		if !task.Canceled() {
			w.Error("not cancelled")
		}
		close(release)
		w.turns(2) // what it returns is dropped
	})
}

func TestBlocking(t *testing.T) {
	inBothForms(t, func(w *world) {
		boom := errors.New("boom")
		err := w.run(w.spawn(
			await(func() rt.Awaitable[int] {
				return rt.BlockingAsync(func(context.Context) (int, error) { return 7, boom })
			}, func(v int, err error) error { w.log("%d:%v", v, err); return nil }),
			await(func() rt.Awaitable[struct{}] {
				return rt.Blocking0Async(func(ctx context.Context) error { return ctx.Err() })
			}, func(_ struct{}, err error) error { w.log("%v", err); return nil }),
		))
		if err != nil {
			w.Error(err)
		}
		w.traced("7:boom <nil>")

		// A panic comes out at the await, with its value.
		defer func() {
			if p := recover(); p != boom {
				w.Errorf("panicked with %v, want %v", p, boom)
			}
		}()
		w.run(w.spawn(await(func() rt.Awaitable[int] {
			return rt.BlockingAsync(func(context.Context) (int, error) { panic(boom) })
		}, nil)))
		w.Error("no panic")
	})
}

func TestBlockingForms(t *testing.T) {
	// Outside a task it is a call.
	v, err := rt.Blocking(func(ctx context.Context) (int, error) { return 7, ctx.Err() })
	if v != 7 || err != nil {
		t.Errorf("outside: %d, %v", v, err)
	}
	// In a plain task others run meanwhile.
	err = rt.Run0(func() error {
		ch := make(chan int)
		sender := rt.Spawn0(func() error {
			return rt.Blocking0(func(context.Context) error { ch <- 8; return nil })
		})
		v, err := rt.Blocking(func(context.Context) (int, error) { return <-ch, nil })
		if v != 8 || err != nil {
			t.Errorf("in a task: %d, %v", v, err)
		}
		_, err = sender.Wait()
		return err
	})
	if err != nil {
		t.Error(err)
	}
	// On the goroutine of a loop it is refused.
	w := newWorld(t)
	w.loop.CallSoon(func() {
		misuse(t, func() { rt.Blocking0(func(context.Context) error { return nil }) })
	})
	w.turns(1)
}

// CPython, asyncio.run: root canceled left canceled left late late, the loop closed; a task that fails then is logged.
func TestC238_RunCancelsWhatIsLeft(t *testing.T) {
	for name, run := range map[string]func(func() error) error{
		"Run": rt.Run0,
		"RunAsync": func(f func() error) error {
			return rt.RunAsync0(rt.PlainAsync(func() (struct{}, error) { return struct{}{}, f() }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var trace []string
			var loop *rt.Loop
			err := run(func() error {
				loop = rt.RunningLoop()
				for range 2 {
					rt.Spawn0(func() error {
						defer func() { trace = append(trace, "left") }()
						err := rt.Sleep(time.Hour)
						if !errors.Is(err, context.Canceled) {
							t.Errorf("error %v, want a cancel", err)
						}
						rt.Spawn0(func() error { trace = append(trace, "late"); return rt.YieldNow() })
						return err
					})
				}
				trace = append(trace, "root")
				return rt.YieldNow()
			})
			if err != nil {
				t.Error(err)
			}
			if len(trace) != 5 || trace[0] != "root" || trace[4] != "late" {
				t.Errorf("trace %v", trace)
			}
			if !loop.Closed() {
				t.Error("the loop is open")
			}
		})
	}
}

// CPython: "unhandled exception during asyncio.run() shutdown", ValueError('boom'). Here in debug mode, as every error that nobody reads; a
// panic comes out of Run.
func TestC238_ErrorsOfWhatIsLeft(t *testing.T) {
	boom := errors.New("boom")
	for _, debug := range []bool{false, true} {
		log := new(lines)
		opts := rt.RunOptions{Loop: rt.LoopOptions{Debug: debug, Log: slog.New(slog.NewTextHandler(log, nil))}}
		err := rt.RunWith0(opts, func() error {
			rt.Spawn0(func() error { rt.Sleep(time.Hour); return boom })
			return rt.YieldNow()
		})
		if err != nil {
			t.Error(err)
		}
		if reported := strings.Contains(log.text.String(), "boom"); reported != (debug || rt.DebugAll()) {
			t.Errorf("in debug mode %v: logged\n%s", debug, log.text.String())
		}
	}
}

// TestRunEndsWhatGoesOn: the cancel at the end holds for every await, so code that takes one failure for a reason to try again
// later comes to its end.
func TestRunEndsWhatGoesOn(t *testing.T) {
	tries := 0
	err := rt.Run0(func() error {
		rt.Spawn0(func() error {
			for {
				tries++
				if _, err := rt.NewFuture[int]().Wait(); err == nil {
					return nil
				}
				if err := rt.Sleep(time.Hour); err != nil { // the pause before the next try
					return err
				}
			}
		})
		return rt.YieldNow()
	})
	if err != nil || tries != 1 {
		t.Errorf("error %v, %d tries", err, tries)
	}
}

// CPython: RuntimeError "asyncio.run() cannot be called from a running event loop"; one after the other 7 7.
func TestC239_RunInsideALoop(t *testing.T) {
	w := newWorld(t)
	refused := func() {
		if err := rt.Run0(func() error { return nil }); err != rt.ErrLoopRunning {
			t.Errorf("Run: %v, want %v", err, rt.ErrLoopRunning)
		}
		if err := rt.RunAsync0(w.awaitable()); err != rt.ErrLoopRunning {
			t.Errorf("RunAsync: %v, want %v", err, rt.ErrLoopRunning)
		}
	}
	w.loop.CallSoon(refused)
	w.turns(1)
	if err := rt.Run0(func() error { refused(); return nil }); err != nil {
		t.Error(err)
	}
	// One after the other is fine.
	for range 2 {
		if v, err := rt.Run(func() (int, error) { return 7, rt.YieldNow() }); v != 7 || err != nil {
			t.Errorf("Run: %d, %v", v, err)
		}
	}
}

func TestRunPanics(t *testing.T) {
	boom := errors.New("boom")
	for name, f := range map[string]func() error{
		"root":       func() error { panic(boom) },
		"root later": func() error { rt.Sleep(1); panic(boom) },
		"spawned":    func() error { rt.Spawn0(func() error { panic(boom) }); return rt.Sleep(time.Second) },
		"awaited":    func() error { _, err := rt.Spawn0(func() error { rt.Sleep(1); panic(boom) }).Wait(); return err },
		"left over":  func() error { rt.Spawn0(func() error { rt.Sleep(time.Second); panic(boom) }); return rt.YieldNow() },
		"gathered":   func() error { return rt.Gather0(func() error { rt.Sleep(1); panic(boom) }) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cleaned := false
				defer func() {
					if p := recover(); p != boom {
						t.Errorf("panicked with %v, want %v", p, boom)
					}
					if !cleaned {
						t.Error("the tasks that were left did not run to their end")
					}
					if rt.RunningLoop() != nil || rt.InTask() {
						t.Error("the goroutine still belongs to the loop")
					}
				}()
				rt.Run0(func() error {
					rt.Spawn0(func() error {
						defer func() { cleaned = true }()
						return rt.Sleep(time.Hour)
					})
					rt.YieldNow()
					return f()
				})
				t.Error("no panic")
			})
		})
	}
}

func TestRunGoexit(t *testing.T) {
	for name, f := range map[string]func() error{
		"root":       func() error { runtime.Goexit(); return nil },
		"root later": func() error { rt.Sleep(1); runtime.Goexit(); return nil },
		"spawned":    func() error { rt.Spawn0(func() error { runtime.Goexit(); return nil }); return rt.Sleep(time.Second) },
		"awaited": func() error {
			_, err := rt.Spawn0(func() error { rt.Sleep(1); runtime.Goexit(); return nil }).Wait()
			return err
		},
		"blocking": func() error {
			return rt.Blocking0(func(context.Context) error { runtime.Goexit(); return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var cleaned, returned, recovered, left bool
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					defer func() { recovered = recover() != nil }()
					rt.Run0(func() error {
						defer func() { left = recover() == nil }()
						rt.Spawn0(func() error {
							defer func() { cleaned = true }()
							return rt.Sleep(time.Hour)
						})
						rt.YieldNow()
						return f()
					})
					returned = true
				}()
				<-ended
				if returned || recovered || !cleaned || !left {
					t.Errorf("returned %v, recovered %v, want neither; others cleaned up %v, root left %v, want both", returned, recovered, cleaned, left)
				}
			})
		})
	}
}
