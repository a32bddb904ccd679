package rt_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goasync/goasync/rt"
)

// bounded is a world whose loop has two goroutines of Blocking at a time.
func bounded(w *world) *world {
	loop, err := rt.NewLoop(rt.LoopOptions{Poller: w.poller, Clock: w.clock, MaxBlocking: 2})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := loop.Shutdown(-1); err != nil {
			w.Error(err)
		}
		loop.Close()
	})
	return &world{TB: w.TB, loop: loop, clock: w.clock, poller: w.poller, plain: w.plain}
}

// held is a call of Blocking that runs until it is released, whatever its context says.
type held struct {
	begun, release chan struct{}
	task           *rt.Task[struct{}]
}

func (w *world) holds(name string) *held {
	h := &held{begun: make(chan struct{}), release: make(chan struct{})}
	f := func(context.Context) (int, error) {
		close(h.begun)
		<-h.release
		return 7, nil
	}
	h.task = w.spawn(call(
		func() rt.Awaitable[int] { return rt.BlockingAsync(f) },
		func() (int, error) { return rt.Blocking(f) },
		func(v int, err error) error { w.log("%s:%d:%s", name, v, kindOf(err)); return err }))
	h.task.SetName(name)
	return h
}

// runs reports whether the call was begun.
func (h *held) runs() bool {
	select {
	case <-h.begun:
		return true
	default:
		return false
	}
}

func TestBlockingIsBoundedAndFIFO(t *testing.T) {
	inBothForms(t, func(w *world) {
		w = bounded(w)
		var calls []*held
		for i := range 5 {
			calls = append(calls, w.holds(fmt.Sprint(i)))
		}
		w.turns(1)
		<-calls[0].begun
		<-calls[1].begun
		w.awaits(w.look(), "1", "a goroutine of Blocking")
		w.awaits(w.look(), "3", "one of 2 goroutines of Blocking to return, place 2")
		// Who is cancelled in line is never called, and those behind move up.
		calls[2].task.Cancel(nil)
		w.turns(1)
		w.traced("2:0:canceled")
		w.awaits(w.look(), "3", "one of 2 goroutines of Blocking to return, place 1")
		// A call that is abandoned keeps its place until it returns.
		calls[0].task.Cancel(nil)
		w.turns(2)
		w.traced("0:0:canceled")
		if calls[3].runs() {
			w.Error("three run where two may")
		}
		close(calls[0].release)
		w.turnUntil(calls[3].runs)
		close(calls[1].release)
		w.turnUntil(calls[4].runs)
		w.turnUntil(calls[1].task.Done)
		close(calls[3].release)
		w.turnUntil(calls[3].task.Done)
		close(calls[4].release)
		w.turnUntil(calls[4].task.Done)
		w.traced("1:7:nil 3:7:nil 4:7:nil")
		if calls[2].runs() {
			w.Error("a call that was cancelled in line was begun")
		}
		// All places are free again.
		a, b := w.holds("a"), w.holds("b")
		w.turnUntil(func() bool { return a.runs() && b.runs() })
		close(a.release)
		close(b.release)
		w.turnUntil(func() bool { return a.task.Done() && b.task.Done() })
	})
}

// A panic, and Goexit, free the place as a return does.
func TestBlockingThatPanicsFreesItsPlace(t *testing.T) {
	w := bounded(newWorld(t))
	for range 5 { // more than there are places
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("panicked with %v", p)
				}
			}()
			w.run(w.spawn(started(func() rt.Awaitable[int] {
				return rt.BlockingAsync(func(context.Context) (int, error) { panic("boom") })
			})))
		}()
	}
}

// Run waits for what a task behind a shield waits for, calls none that waited in line, and leaves an abandoned call to itself.
// CPython, asyncio.run with a shielded call, one that is abandoned, and one in line: it returns when the abandoned one has, the call in
// line did not begin; [!]. Later calls: RuntimeError "Executor shutdown has been called".
func TestC237_RunWaitsForTasksNotForAbandonedCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		told, release := make(chan error), make(chan struct{})
		sleeps := func(d time.Duration) func(context.Context) error {
			return func(context.Context) error { time.Sleep(d); return nil }
		}
		err := rt.RunWith0(rt.RunOptions{Loop: rt.LoopOptions{MaxBlocking: 2}}, func() error {
			rt.Spawn0(func() error { return rt.Shield0(func() error { return rt.Blocking0(sleeps(time.Second)) }) })
			rt.Spawn0(func() error {
				return rt.Blocking0(func(ctx context.Context) error {
					<-ctx.Done()
					<-release // whatever is cancelled
					told <- context.Cause(ctx)
					return nil
				})
			})
			rt.Spawn0(func() error {
				return rt.Blocking0(func(context.Context) error { t.Error("a call in line was begun at the end"); return nil })
			})
			return rt.Sleep(time.Millisecond)
		})
		if err != nil || time.Since(begin) != time.Second {
			t.Errorf("error %v after %v, want nil after 1s, when the shielded call has returned", err, time.Since(begin))
		}
		close(release)
		if err := <-told; err == nil || errors.Is(err, rt.ErrLoopClosed) {
			t.Errorf("the abandoned call's cause is %v, want that of the cancel at the end of Run", err)
		}
	})
}

func TestBlockingShare(t *testing.T) {
	for n, want := range map[int]int{1: 512, 16: 512, 17: 481, 8192: 1, 100_000: 1} {
		if got := rt.BlockingShare(n); got != want {
			t.Errorf("each of %d loops may have %d goroutines of Blocking, want %d", n, got, want)
		}
	}
}
