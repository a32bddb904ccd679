package rt_test

import (
	"sync"
	"testing"

	"github.com/goasync/goasync/rt"
)

// acquires is a step that takes a permit of s, and logs name and what came.
func (w *world) acquires(s *rt.Semaphore, name string) step {
	return call0(s.AcquireAsync, s.Acquire, func(err error) error {
		w.log("%s:%s", name, kindOf(err))
		return err
	})
}

// CPython: a:nil b:nil, value 0 and locked() after the releases, c:nil d:nil e:nil e_again:nil, value 2. Semaphore(0) is allowed; a bounded
// one without permits would never have any.
func TestC162_SemaphoreIsFIFO(t *testing.T) {
	inBothForms(t, func(w *world) {
		s := rt.NewSemaphore(2)
		for _, name := range []string{"a", "b", "c", "d"} {
			w.spawn(w.acquires(s, name), yield(), yield(), do(s.Release))
		}
		w.spawn(w.acquires(s, "e"), do(s.Release), w.acquires(s, "e_again"), do(s.Release))
		w.turns(1)
		w.traced("a:nil b:nil")
		if s.Available() != 0 || s.TryAcquire() {
			w.Error("a permit more than there are")
		}
		w.turns(2) // two are given back, and handed over
		if s.Available() != 0 || s.TryAcquire() {
			w.Error("a permit that was handed over can be taken")
		}
		w.turns(8)
		w.traced("c:nil d:nil e:nil e_again:nil")
		if s.Available() != 2 || !s.TryAcquire() || s.Available() != 1 {
			w.Errorf("%d permits", s.Available())
		}
	})
	misuse(t, func() { rt.NewSemaphore(0) })
}

// CPython: d:canceled b:canceled c:nil, value 1, as b does not get it. Here it was handed over: b has it, and its next await fails, so that
// b gives it back as after any error; see [!] of 084.
func TestC163_WokenWaiterThatIsCancelledHasItsPermit(t *testing.T) {
	inBothForms(t, func(w *world) {
		s := rt.NewSemaphore(1)
		s.TryAcquire()
		b := w.spawn(w.acquires(s, "b"), w.next(), do(s.Release))
		w.spawn(w.acquires(s, "c"), do(s.Release))
		skipped := w.spawn(w.acquires(s, "d"))
		w.turns(1)
		skipped.Cancel(nil)
		s.Release()
		b.Cancel(nil)
		if s.TryAcquire() {
			w.Error("the permit that was handed over is free")
		}
		w.turns(1)
		w.traced("d:canceled b:nil next:canceled")
		w.turns(2)
		w.traced("c:nil")
		if s.Available() != 1 {
			w.Errorf("%d permits, want 1", s.Available())
		}
	})
}

// CPython: a:nil b:nil, then c:nil.
func TestC164_ReleasesWakeSeveral(t *testing.T) {
	inBothForms(t, func(w *world) {
		s := rt.NewSemaphore(3)
		for range 3 {
			s.TryAcquire()
		}
		for _, name := range []string{"a", "b", "c"} {
			w.spawn(w.acquires(s, name))
		}
		w.turns(1)
		s.Release()
		s.Release()
		w.turns(1)
		w.traced("a:nil b:nil")
		s.Release()
		w.turns(1)
		w.traced("c:nil")
	})
}

// CPython, BoundedSemaphore(2): ValueError "BoundedSemaphore released too many times", value 2.
func TestC165_SemaphoreIsBounded(t *testing.T) {
	s := rt.NewSemaphore(2)
	misuse(t, s.Release)
	s.TryAcquire()
	s.Release()
	misuse(t, s.Release)
	if s.Available() != 2 {
		t.Errorf("%d permits, want 2", s.Available())
	}
}

// CPython, Semaphore(0): a:nil b:nil, then value 2; Semaphore(-1) raises ValueError "Semaphore initial value must be >= 0".
func TestC162_UnboundedSemaphore(t *testing.T) {
	inBothForms(t, func(w *world) {
		s := rt.NewUnboundedSemaphore(0)
		if s.TryAcquire() {
			w.Error("a permit of none")
		}
		w.spawn(w.acquires(s, "a"))
		skipped := w.spawn(w.acquires(s, "skipped"))
		w.spawn(w.acquires(s, "b"))
		w.turns(1)
		w.traced("")
		s.Release()
		if s.Available() != 0 || s.TryAcquire() {
			w.Error("a permit that was handed over can be taken")
		}
		skipped.Cancel(nil)
		s.Release()
		w.turns(1)
		w.traced("a:nil skipped:canceled b:nil")
		for range 2 {
			s.Release()
		}
		if s.Available() != 2 || !s.TryAcquire() || s.Available() != 1 {
			w.Errorf("%d permits", s.Available())
		}
	})
	if s := rt.NewUnboundedSemaphore(1); s.Available() != 1 {
		t.Errorf("%d permits, want 1", s.Available())
	}
	misuse(t, func() { rt.NewUnboundedSemaphore(-1) })
}

// Goroutines wait for permits of an unbounded semaphore as tasks do, and release by Post.
func TestGoroutinesAcquireOfAnUnboundedSemaphore(t *testing.T) {
	w := newWorld(t)
	const goroutines, rounds = 3, 20
	work, done := rt.NewUnboundedSemaphoreOn(w.loop, 0), rt.NewUnboundedSemaphoreOn(w.loop, 0)
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for range rounds {
				if err := work.Acquire(); err != nil {
					t.Error(err)
				}
				w.loop.Post(done.Release)
			}
		})
	}
	for range goroutines * rounds {
		work.Release()
	}
	w.turnUntil(func() bool { return done.Available() == goroutines*rounds })
	all.Wait()
	if work.Available() != 0 {
		t.Errorf("%d permits are left", work.Available())
	}
	misuse(t, func() { rt.NewUnboundedSemaphore(0).Acquire() })
}
