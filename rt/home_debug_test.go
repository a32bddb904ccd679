package rt_test

import (
	"strings"
	"testing"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/rt/rttest"
)

// onNoLoop calls call on a goroutine that runs nothing, and returns how it was refused.
func onNoLoop(t *testing.T, call func()) (m rt.Misuse) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		m = misuse(t, call)
	}()
	<-done
	return m
}

// onOtherLoop calls call in a plain task of another loop, and returns how it was refused.
func onOtherLoop(t *testing.T, call func()) (m rt.Misuse) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := rt.Run0(func() error { m = misuse(t, call); return nil }); err != nil {
			t.Error(err)
		}
	}()
	<-done
	return m
}

// In debug mode all that changes something of a loop is refused elsewhere while that runs, before anything has changed.
func TestC168_ChangesFromAWrongGoroutine(t *testing.T) {
	w, _ := debugged(t)
	lock, sem, event := rt.NewLockOn(w.loop), rt.NewSemaphoreOn(w.loop, 2), rt.NewEventOn(w.loop)
	cond, barrier, q := rt.NewCondition(lock), rt.NewBarrierOn(w.loop, 2), rt.NewQueueOn[int](w.loop, 0)
	news, f := rt.NewBroadcastOn[int](w.loop), rt.NewFutureOn[int](w.loop)
	sub := news.Subscribe(1, rt.DropOldest)
	task := w.spawn(w.forever("task", false))
	told := rt.NewCallback(func(*rt.Future[int]) {})
	lock.TryLock()
	sem.TryAcquire()
	q.TryPut(1)
	var g *rt.Group
	w.spawn(w.nursery(nil, func(n *nest) []step {
		return []step{do(func() { g = n.g; g.OnError(func(error) {}) }), n.begins(w.forever("child", false))}
	}))
	timer := w.loop.CallLater(10, func() { w.log("timer") })
	calls := map[string]func(){
		"lock.TryLock": func() { lock.TryLock() }, "lock.Unlock": lock.Unlock,
		"semaphore.TryAcquire": func() { sem.TryAcquire() }, "semaphore.Release": sem.Release,
		"event.Set": event.Set, "event.Clear": event.Clear,
		"condition.Notify": func() { cond.Notify(1) }, "condition.NotifyAll": cond.NotifyAll,
		"barrier.Abort": barrier.Abort, "barrier.Reset": barrier.Reset,
		"queue.TryPut": func() { q.TryPut(2) }, "queue.TryGet": func() { q.TryGet() }, "queue.TaskDone": q.TaskDone,
		"queue.Close": q.Close, "queue.CloseNow": func() { q.CloseNow() },
		"broadcast.Send": func() { news.Send(1) }, "broadcast.Subscribe": func() { news.Subscribe(1, rt.DropOldest) },
		"broadcast.Close": news.Close, "subscription.Close": sub.Close,
		"future.SetResult": func() { f.SetResult(1) }, "future.SetError": func() { f.SetError(rt.ErrClosed) },
		"future.Cancel": func() { f.Cancel(nil) }, "future.AddCallback": func() { f.AddCallback(told) },
		"future.RemoveDoneCallback": func() { f.RemoveDoneCallback(told) },
		"task.Cancel":               func() { task.Cancel(nil) }, "task.Uncancel": func() { task.Uncancel() },
		"task.AddCallback":        func() { task.AddDoneCallback(func(*rt.Task[struct{}]) {}) },
		"task.RemoveDoneCallback": func() { task.RemoveDoneCallback(nil) },
		"group.Go":                func() { g.Go(func() error { return nil }) }, "group.Cancel": func() { g.Cancel(nil) },
		"group.Supervise": func() { g.Supervise(func() error { return nil }) }, "group.Limit": func() { g.Limit(1) },
		"timer.Cancel": timer.Cancel,
	}
	w.loop.CallLater(1, func() {
		for what, call := range calls {
			for _, elsewhere := range []func(*testing.T, func()) rt.Misuse{onNoLoop, onOtherLoop} {
				if m := elsewhere(t, call); !strings.HasPrefix(string(m), "rt: "+what+" ") || !strings.Contains(string(m), "Loop.Post") {
					t.Errorf("%s: %s", what, m)
				}
			}
		}
		if !lock.Locked() || sem.Available() != 1 || event.IsSet() || barrier.Broken() || q.Len() != 1 || q.Closed() || sub.Len() != 0 ||
			news.Closed() || f.Done() || task.Canceling() != 0 || len(g.Tasks()) != 1 {
			t.Error("a call that was refused has changed something")
		}
	})
	w.loop.CallLater(20, w.loop.Stop)
	w.loop.Run()
	w.traced("timer")
	// Nothing else uses the loop now.
	for _, what := range []string{"event.Set", "queue.TryPut", "future.SetResult", "task.Cancel", "group.Cancel"} {
		calls[what]()
	}
	w.turns(4)
	w.traced("task:canceled child:canceled")
}

// What is done may still be the goroutine's of its loop, until that is closed.
func TestC054_WhatIsDoneOnAnotherLoop(t *testing.T) {
	inBothForms(t, func(w *world) {
		loop, _ := rttest.NewLoop(t)
		f := rt.NewFutureOn[int](loop)
		f.SetResult(1)
		task := rt.SpawnOn(loop, f.WaitAsync())
		if _, err := rt.RunUntil(loop, task); err != nil {
			w.Fatal(err)
		}
		both := func() rt.Awaitable[rt.Pair[[]rt.Awaited, []rt.Awaited]] {
			return rt.WaitAsync[rt.Awaited](rt.UntilAll, f, task)
		}
		uses := []step{
			call(f.WaitAsync, f.Wait, nil), call(task.WaitAsync, task.Wait, nil),
			await(both, nil),
			selects(among(f.WaitOp()), nil), selects(among(rt.NewEvent().WaitOp(), task.WaitOp()), nil),
		}
		for _, use := range uses[:3] {
			if m := misuse(w, func() { w.run(w.spawn(use)) }); !strings.Contains(string(m), "another loop") {
				w.Error(m)
			}
		}
		for _, use := range uses[3:] {
			misuse(w, func() { w.run(w.spawn(use)) })
		}
		if err := loop.Close(); err != nil {
			w.Fatal(err)
		}
		if err := w.run(w.spawn(uses...)); err != nil {
			w.Error(err)
		}
		// One that belongs to no loop, and is done, stays so.
		free := rt.NewFuture[int]()
		free.SetResult(1)
		other, _ := rttest.NewLoop(t)
		if err := w.run(w.spawn(await(free.WaitAsync, nil))); err != nil {
			w.Error(err)
		}
		if v, err := rt.RunUntil(other, rt.SpawnOn(other, free.WaitAsync())); err != nil {
			w.Error(v, err)
		}
	})
}
