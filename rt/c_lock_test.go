package rt_test

import (
	"testing"

	"github.com/goasync/goasync/rt"
)

// locks is a step that takes l, and logs name and what came.
func (w *world) locks(l *rt.Lock, name string) step {
	return call0(l.LockAsync, l.Lock, func(err error) error {
		w.log("%s:%s", name, kindOf(err))
		return err
	})
}

// CPython: a:nil b:nil c:nil c_again:nil at_once, not locked at the end, nor between a release and the iteration of who is woken.
func TestC149_LockIsFIFO(t *testing.T) {
	inBothForms(t, func(w *world) {
		l := rt.NewLock()
		w.spawn(w.locks(l, "a"), yield(), do(l.Unlock))
		w.spawn(w.locks(l, "b"), yield(), do(l.Unlock))
		w.spawn(w.locks(l, "c"), do(l.Unlock), w.locks(l, "c_again"), w.says("at_once"), do(l.Unlock))
		w.turns(1)
		w.traced("a:nil")
		if !l.Locked() || l.TryLock() {
			w.Error("the lock is free while a has it")
		}
		w.turns(1)
		w.traced("")
		w.turns(1)
		w.traced("b:nil")
		w.turns(2)
		w.traced("c:nil c_again:nil at_once")
		if l.Locked() || !l.TryLock() || l.TryLock() {
			w.Error("the lock is not free, or free twice")
		}
	})
}

// CPython: a:nil, locked() False after the release, 1:nil 2:nil barge:nil.
func TestC150_NoBarging(t *testing.T) {
	inBothForms(t, func(w *world) {
		l := rt.NewLock()
		w.spawn(w.locks(l, "a"), yield(),
			do(func() {
				l.Unlock()
				if l.TryLock() {
					w.Error("taken from the one that it was handed to")
				}
			}),
			w.locks(l, "barge"), do(l.Unlock))
		w.spawn(w.locks(l, "1"), yield(), do(l.Unlock))
		w.spawn(w.locks(l, "2"), yield(), do(l.Unlock))
		w.turns(8)
		w.traced("a:nil 1:nil 2:nil barge:nil")
	})
}

// CPython: the first release, by another task, passes; the second is RuntimeError "Lock is not acquired.".
func TestC151_UnlockOfAFreeLock(t *testing.T) {
	inBothForms(t, func(w *world) {
		l := rt.NewLock()
		w.spawn(w.locks(l, "a"))
		w.spawn(yield(), do(func() {
			l.Unlock() // it has no owner
			misuse(w, l.Unlock)
		}))
		w.turns(2)
		if l.Locked() {
			w.Error("still locked")
		}
	})
}

// CPython: a:nil b:canceled, c:nil, not locked.
func TestC152_CancelledWaiterIsSkipped(t *testing.T) {
	inBothForms(t, func(w *world) {
		l := rt.NewLock()
		w.spawn(w.locks(l, "a"), yield(), yield(), do(l.Unlock))
		b := w.spawn(w.locks(l, "b"))
		w.spawn(w.locks(l, "c"), do(l.Unlock))
		w.turns(1)
		b.Cancel(nil)
		w.turns(1)
		w.traced("a:nil b:canceled")
		w.turns(2)
		w.traced("c:nil")
		if l.Locked() {
			w.Error("still locked")
		}
	})
}

// CPython: b:canceled c:nil, not locked, as b does not get it. Here it was handed over: b has it, and its next await fails, so that b gives
// it back as after any error; see [!] of 084.
func TestC153_WaiterWokenAndCancelledHasTheLock(t *testing.T) {
	inBothForms(t, func(w *world) {
		l := rt.NewLock()
		l.TryLock()
		b := w.spawn(w.locks(l, "b"), w.next(), do(l.Unlock))
		w.spawn(w.locks(l, "c"), do(l.Unlock))
		w.turns(1)
		l.Unlock()
		b.Cancel(nil)
		if !l.Locked() || l.TryLock() {
			w.Error("the lock that was handed over is free")
		}
		w.turns(1)
		w.traced("b:nil next:canceled")
		w.turns(2)
		w.traced("c:nil")
		if l.Locked() {
			w.Error("still locked")
		}
	})
}

// CPython, both orders: b:canceled c:nil d:nil, never two at once, not locked; b:nil is [!] of 084.
func TestC154_CancelAndUnlockAtOnce(t *testing.T) {
	inBothForms(t, func(w *world) {
		for _, first := range []string{"cancel", "unlock"} {
			l := rt.NewLock()
			l.TryLock()
			holders := 0
			use := func(name string) []step {
				return []step{w.locks(l, name), do(func() {
					if holders++; holders > 1 {
						w.Error("two tasks have the lock")
					}
				}), yield(), do(func() { holders--; l.Unlock() })}
			}
			b := w.spawn(use("b")...)
			w.spawn(use("c")...)
			w.turns(1)
			if first == "cancel" {
				b.Cancel(nil)
				l.Unlock()
			} else {
				l.Unlock()
				b.Cancel(nil)
			}
			w.spawn(use("d")...)
			w.turns(8)
			if first == "cancel" {
				w.traced("b:canceled c:nil d:nil")
				continue
			}
			w.traced("b:nil")
			if !l.Locked() || !b.Canceled() {
				w.Error("the lock that was handed over was lost")
			}
			holders-- // b has given up at its yield, with the lock
			l.Unlock()
			w.turns(8)
			w.traced("c:nil d:nil")
			if l.Locked() || holders != 0 {
				w.Errorf("locked %v, %d tasks have the lock", l.Locked(), holders)
			}
		}
	})
}

// CPython, who has to wait, of each kind: RuntimeError "... is bound to a different event loop", also after the first loop was closed; here
// a closed loop lets go.
func TestC168_PrimitivesBelongToOneLoop(t *testing.T) {
	inBothForms(t, func(w *world) {
		other := newWorld(t)
		other.plain = w.plain
		l, f, q, s := rt.NewLock(), rt.NewEvent(), rt.NewQueue[int](1), rt.NewSemaphore(1)
		b, jobs, news := rt.NewBarrier(1), rt.NewLIFOQueue[int](1), rt.NewBroadcast[int]()
		sub := news.Subscribe(2, rt.DropOldest)
		c := rt.NewCondition(l)
		waits := call0(c.WaitAsync, c.Wait, nil)
		uses := []step{
			w.locks(l, "lock"),
			call0(f.WaitAsync, f.Wait, nil),
			call0(func() rt.Awaitable[struct{}] { return q.PutAsync(1) }, func() error { return q.Put(1) }, nil),
			call(q.GetAsync, q.Get, nil),
			call0(s.AcquireAsync, s.Acquire, nil),
			call(b.WaitAsync, b.Wait, nil),
			call0(jobs.JoinAsync, jobs.Join, nil),
			call(sub.GetAsync, sub.Get, nil),
		}
		f.Set()
		w.sends(news, 1, 2)
		w.run(w.spawn(uses...))
		late := news.Subscribe(1, rt.DropOldest)
		for _, use := range append(uses, waits, call(late.GetAsync, late.Get, nil)) {
			misuse(w, func() { other.run(other.spawn(use)) })
		}
		// A loop that is closed lets go of them.
		if err := w.loop.Close(); err != nil {
			w.Fatal(err)
		}
		l.Unlock()
		s.Release()
		if err := other.run(other.spawn(uses...)); err != nil {
			w.Error(err)
		}
		l.Unlock()
		waiter := other.spawn(call0(l.LockAsync, l.Lock, nil), waits, do(l.Unlock))
		other.turns(1)
		l.TryLock()
		c.NotifyAll()
		l.Unlock()
		other.turns(1)
		if !waiter.Done() || l.Locked() {
			w.Error("the condition of a closed loop does not work on another")
		}
		other.loop.Close()
	})
}
