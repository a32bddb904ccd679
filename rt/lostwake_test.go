package rt

import (
	"testing"
	"time"
)

// hookedPoller calls a function at each step of the loop's way to sleep.
type hookedPoller struct {
	*timersPoller
	prepare func()
	wait    func(timeout time.Duration)
	wake    func()
}

func (p *hookedPoller) Prepare() {
	if p.prepare != nil {
		p.prepare()
	}
	p.timersPoller.Prepare()
}

func (p *hookedPoller) Wait(timeout time.Duration) error {
	if p.wait != nil {
		p.wait(timeout)
	}
	return p.timersPoller.Wait(timeout)
}

func (p *hookedPoller) Wake() {
	if p.wake != nil {
		p.wake()
	}
	p.timersPoller.Wake()
}

func newHooked(t *testing.T) (*Loop, *hookedPoller) {
	p := &hookedPoller{timersPoller: newTimersPoller()}
	l, err := NewLoop(LoopOptions{Poller: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, p
}

// elsewhere calls f on another goroutine and waits for its return.
func elsewhere(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// postStop posts the end of l's run.
func postStop(t *testing.T, l *Loop) {
	if err := l.Post(l.Stop); err != nil {
		t.Error(err)
	}
}

// TestF26_WakeFollowsThePost: what Wake announces is to be seen by then. A loop that was woken any earlier might look at the door in
// vain and sleep again, with nobody left to wake it.
func TestF26_WakeFollowsThePost(t *testing.T) {
	l, p := newHooked(t)
	wakes, announced := 0, false
	p.wake = func() {
		wakes++
		announced = l.door.full.Load() && len(l.door.queue) == 1 // Post holds the lock
	}
	p.wait = func(timeout time.Duration) {
		elsewhere(func() { postStop(t, l) })
		if wakes == 0 { // it would hang
			t.Error("no Wake by a post to a loop that waits")
			p.timersPoller.Wake()
		}
	}
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	if wakes != 1 || !announced {
		t.Errorf("%d wakes, want 1; what was posted was in the queue: %v", wakes, announced)
	}
}

// TestF26_PostOnTheWayToSleep: a post that comes before the sleep is announced wakes nobody; the loop itself has to see it before it
// waits.
func TestF26_PostOnTheWayToSleep(t *testing.T) {
	l, p := newHooked(t)
	wakes := 0
	p.wake = func() { wakes++ }
	p.prepare = func() {
		p.prepare = nil
		elsewhere(func() { postStop(t, l) })
		if wakes != 0 {
			t.Error("Wake by a post before Prepare has returned, which forgets it")
		}
	}
	waits := 0
	p.wait = func(timeout time.Duration) {
		if waits++; waits == 1 && timeout != 0 {
			t.Errorf("the loop waits for %v with a post in the queue", timeout)
			p.timersPoller.Wake()
		}
	}
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	if wakes != 0 {
		t.Errorf("%d wakes, want none", wakes)
	}
}

// TestF26_PostAfterTheLastLook: once the loop has looked at the door for the last time, a post wakes it.
func TestF26_PostAfterTheLastLook(t *testing.T) {
	l, p := newHooked(t)
	wakes := 0
	p.wake = func() { wakes++ }
	l.SetTrace(func(e TraceEvent) {
		if e.Kind == TraceWait && wakes == 0 {
			elsewhere(func() { postStop(t, l) })
		}
	})
	p.wait = func(timeout time.Duration) {
		if wakes != 1 {
			t.Errorf("%d wakes by a post after the last look, want 1", wakes)
			p.timersPoller.Wake()
		}
	}
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
}

// TestSleepIsOver: a loop that has returned from its wait is not woken.
func TestSleepIsOver(t *testing.T) {
	l, p := newHooked(t)
	p.wake = func() { t.Error("Wake while the loop runs") }
	l.CallLater(time.Millisecond, func() {
		elsewhere(func() { postStop(t, l) })
	})
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
}

// TestIdleLoopRests: a loop with tasks that wait and nothing to do turns no more often than something happens: its poller waits once
// for each post and each timer, and is never asked not to wait.
func TestIdleLoopRests(t *testing.T) {
	l, p := newHooked(t)
	for i := range 1000 {
		SpawnOn(l, SleepAsync(time.Hour+time.Duration(i)))
		SpawnOn(l, NewFutureOn[int](l).WaitAsync())
	}
	l.Stop()
	if err := l.Run(); err != nil { // the tasks get to their first await
		t.Fatal(err)
	}
	const posts = 5
	waits, polls := 0, 0
	p.wait = func(timeout time.Duration) {
		if timeout == 0 {
			polls++
			return
		}
		if waits++; waits <= posts {
			elsewhere(func() {
				if err := l.Post(func() {}); err != nil {
					t.Error(err)
				}
			})
			return
		}
		elsewhere(func() { postStop(t, l) })
	}
	before := l.counts.turns
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	if turns := l.counts.turns - before; waits != posts+1 || polls != 0 || turns != posts+1 {
		t.Errorf("%d turns, %d waits and %d polls for %d posts", turns, waits, polls, posts+1)
	}
}
