package rt_test

import (
	"context"
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

func TestBlockingAbandonedPanics(t *testing.T) {
	w, failures := handled(t)
	release := make(chan struct{})
	task := w.spawn(await(func() rt.Awaitable[int] {
		return rt.BlockingAsync(func(context.Context) (int, error) { <-release; thrower(); return 0, nil })
	}, nil))
	w.turns(1)
	task.Cancel(nil)
	w.turns(1)
	if !task.Canceled() {
		t.Error("not cancelled at once")
	}
	// Nobody waits for it any more, and still its panic is heard.
	w.loop.CallSoon(func() {
		w.poller.OnWait(1, func() { close(release) })
	})
	for len(*failures) == 0 {
		stop := make(chan struct{})
		go func() { w.loop.Post(w.loop.Stop); close(stop) }()
		if err := w.loop.Run(); err != nil {
			t.Fatal(err)
		}
		<-stop
	}
	if (*failures)[0].Value != "boom" {
		t.Errorf("panicked with %v", (*failures)[0].Value)
	}
}

func TestBlockingEdges(t *testing.T) {
	// Canceled before it begins, f is not called.
	inBothForms(t, func(w *world) {
		task := w.spawn(await(func() rt.Awaitable[int] {
			return rt.BlockingAsync(func(context.Context) (int, error) { panic("called") })
		}, nil))
		task.Cancel(nil)
		w.turns(2)
		if !task.Canceled() {
			w.Error("not cancelled")
		}
	})
	// Any other error that is thrown in is the context's cause, too.
	inBothForms(t, func(w *world) {
		boom := errors.New("boom")
		cause := make(chan error, 1)
		aw := rt.BlockingAsync(func(ctx context.Context) (int, error) {
			<-ctx.Done()
			cause <- context.Cause(ctx)
			return 0, nil
		})
		root := newScript([]step{await(func() rt.Awaitable[int] { return aw }, nil)})
		task := rt.SpawnOn[struct{}](w.loop, root)
		w.turns(1)
		rt.Throw(root, boom)
		if err := w.run(task); err != boom {
			w.Errorf("error %v, want %v", err, boom)
		}
		if err := <-cause; err != boom {
			w.Errorf("cause %v, want %v", err, boom)
		}
	})
	// As the root of a task; its result may be read twice.
	w := newWorld(t)
	task := rt.SpawnOn(w.loop, rt.BlockingAsync(func(context.Context) (int, error) { return 7, nil }))
	for range 2 {
		if v, err := rt.RunUntil(w.loop, task); v != 7 || err != nil {
			t.Errorf("got %d, %v", v, err)
		}
	}
	// By hand there is no loop to come back to.
	co := rt.Drive(rt.Blocking0Async(func(context.Context) error { return nil }))
	co.Send()
	misuse(t, func() { co.Result() })
}
