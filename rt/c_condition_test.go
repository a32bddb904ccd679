package rt_test

import (
	"errors"
	"testing"

	"github.com/goasync/goasync/rt"
)

// waits is a step that waits for c, logs name and what came, and goes on.
func (w *world) waits(c *rt.Condition, l *rt.Lock, name string) step {
	return call0(c.WaitAsync, c.Wait, func(err error) error {
		w.log("%s:%s", name, kindOf(err))
		if !l.Locked() {
			w.Errorf("%s does not have the lock again", name)
		}
		return nil
	})
}

// waiting is steps that wait for c under its lock.
func (w *world) waiting(c *rt.Condition, l *rt.Lock, name string) []step {
	return []step{call0(l.LockAsync, l.Lock, nil), w.waits(c, l, name), do(l.Unlock)}
}

func newCondition() (*rt.Condition, *rt.Lock) {
	l := rt.NewLock()
	return rt.NewCondition(l), l
}

// CPython: RuntimeError "cannot notify on un-acquired lock", twice, "cannot wait on un-acquired lock" for wait, and for wait_for unless the
// predicate is true, when it does not look at the lock.
func TestC157_ConditionWithoutTheLock(t *testing.T) {
	inBothForms(t, func(w *world) {
		c, l := newCondition()
		misuse(w, func() { c.Notify(1) })
		misuse(w, c.NotifyAll)
		misuse(w, func() { w.run(w.spawn(w.waits(c, l, "a"))) })
		misuse(w, func() {
			yes := func() bool { return true }
			w.run(w.spawn(call0(func() rt.Awaitable[struct{}] { return c.WaitForAsync(yes) }, func() error { return c.WaitFor(yes) }, nil)))
		})
	})
}

// CPython: a:canceled; b:canceled next:nil once it has the lock, in 3.11 without a message, not locked; a cancel that is due: canceled, not
// locked after the release.
func TestC158_WaitTakesTheLockAgainAlsoIfCancelled(t *testing.T) {
	inBothForms(t, func(w *world) {
		c, l := newCondition()
		first, last := errors.New("first"), errors.New("last")
		// The lock is free: the cancel takes it at once.
		a := w.spawn(w.waiting(c, l, "a")...)
		w.turns(1)
		if l.Locked() {
			w.Error("waiting does not free the lock")
		}
		a.Cancel(nil)
		if !l.Locked() {
			w.Error("the lock is free while a cancelled wait returns")
		}
		w.turns(1)
		w.traced("a:canceled")

		// It is taken: the wait goes on, whatever else comes, and returns the last cancel.
		b := w.spawn(call0(l.LockAsync, l.Lock, nil), call0(c.WaitAsync, c.Wait, func(err error) error {
			w.log("b:%v:%v", errors.Is(err, first), errors.Is(err, last))
			return nil
		}), w.next(), do(l.Unlock))
		w.turns(1)
		l.TryLock()
		b.Cancel(first)
		w.turns(2)
		b.Cancel(last)
		w.turns(2)
		w.traced("")
		l.Unlock()
		w.turns(2)
		w.traced("b:false:true next:nil")
		if l.Locked() {
			w.Error("still locked")
		}
		// A cancel that is due before the wait begins: the lock stays where it is.
		d := w.spawn(call0(l.LockAsync, l.Lock, nil), do(func() {}), yield(), w.waits(c, l, "d"), do(l.Unlock))
		w.turns(1)
		w.loop.CallSoon(func() {})
		d.Cancel(nil)
		w.turns(2)
		w.traced("d:canceled")
		if l.Locked() {
			w.Error("still locked")
		}
	})
}

// CPython 3.11: a:canceled next:nil b:nil, since a notifies; b waits for ever if it does not. From 3.13 on the runtime notifies b for it.
// Here a was notified and says so, and its next await fails, see [!] of 084: what it was to do, it has to leave to another, as after any
// error. Then d:canceled e:nil.
func TestC159_NotificationIsNotLostToACancel(t *testing.T) {
	inBothForms(t, func(w *world) {
		c, l := newCondition()
		// Notified, and cancelled before it runs: it is woken by the notification, which it can pass on.
		a := w.spawn(call0(l.LockAsync, l.Lock, nil), w.waits(c, l, "a"), w.next(), do(func() { c.Notify(1); l.Unlock() }))
		w.spawn(w.waiting(c, l, "b")...)
		w.turns(1)
		l.TryLock()
		c.Notify(1)
		a.Cancel(nil)
		w.turns(1)
		w.traced("")
		l.Unlock()
		w.turns(4)
		w.traced("a:nil next:canceled b:nil")

		// Canceled, and notified before it has the lock: the notification is another's.
		d := w.spawn(w.waiting(c, l, "d")...)
		w.spawn(w.waiting(c, l, "e")...)
		w.turns(1)
		l.TryLock()
		d.Cancel(nil)
		c.Notify(1)
		l.Unlock()
		w.turns(3)
		w.traced("d:canceled e:nil")
	})
}

// CPython: a:nil b:nil, nothing, c:nil d:nil, e:nil, f:nil g:nil.
func TestC160_NotifyIsFIFOAndBounded(t *testing.T) {
	inBothForms(t, func(w *world) {
		c, l := newCondition()
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			w.spawn(w.waiting(c, l, name)...)
		}
		w.turns(1)
		notify := func(f func()) {
			l.TryLock()
			f()
			l.Unlock()
			w.turns(4)
		}
		notify(func() { c.Notify(2) })
		w.traced("a:nil b:nil")
		notify(func() { c.Notify(0); c.Notify(-1) })
		w.traced("")
		notify(func() { c.Notify(1); c.Notify(1) })
		w.traced("c:nil d:nil")
		notify(func() { c.Notify(9) })
		w.traced("e:nil")
		w.spawn(w.waiting(c, l, "f")...)
		w.spawn(w.waiting(c, l, "g")...)
		w.turns(1)
		notify(c.NotifyAll)
		w.traced("f:nil g:nil")
	})
}

// CPython: "a? a:True b?", "b?", "b? b:True c?", c:canceled; e? e:canceled timeout:nil, where asking again is [!] of 084. 300 that are true
// at once: done other; that the other comes first is the budget of 182 [!].
func TestC161_WaitForAPredicate(t *testing.T) {
	inBothForms(t, func(w *world) {
		c, l := newCondition()
		n := 0
		until := func(want int, name string) step {
			pred := func() bool { w.log("%s?", name); return n >= want }
			return call0(func() rt.Awaitable[struct{}] { return c.WaitForAsync(pred) },
				func() error { return c.WaitFor(pred) },
				func(err error) error { w.log("%s:%s", name, kindOf(err)); return nil })
		}
		change := func() {
			l.TryLock()
			n++
			c.NotifyAll()
			l.Unlock()
			w.turns(2)
		}
		task := w.spawn(call0(l.LockAsync, l.Lock, nil), until(0, "a"), until(2, "b"), until(5, "c"), do(l.Unlock))
		w.turns(1)
		w.traced("a? a:nil b?")
		change()
		w.traced("b?")
		change()
		w.traced("b? b:nil c?")
		task.Cancel(nil)
		w.turns(1)
		w.traced("c:canceled")
		if l.Locked() {
			w.Error("still locked")
		}
		// Notified, and cancelled before it has the lock: it asks again, and the next wait fails at once.
		w.spawn(timeout(10, w.came("timeout"),
			call0(l.LockAsync, l.Lock, nil), until(9, "e"), do(l.Unlock)))
		w.turns(1)
		l.TryLock()
		c.Notify(1)
		w.clock.Advance(10)
		w.turns(1)
		l.Unlock()
		w.turns(2)
		w.traced("e? e? e:canceled timeout:nil")
		// A point where a cancel comes in, though there is nothing to wait for; others run between two that are ready.
		task = w.spawn(call0(l.LockAsync, l.Lock, nil), yield(), until(0, "d"), do(l.Unlock))
		w.turns(1)
		task.Cancel(nil)
		w.turns(1)
		w.traced("d:canceled")
	})
	inBothForms(t, func(w *world) {
		c, l := newCondition()
		yes := func() bool { return true }
		steps := []step{call0(l.LockAsync, l.Lock, nil)}
		for range 300 {
			steps = append(steps, call0(func() rt.Awaitable[struct{}] { return c.WaitForAsync(yes) }, func() error { return c.WaitFor(yes) }, nil))
		}
		w.spawn(append(steps, w.says("done"))...)
		w.loop.CallSoon(w.logs("other"))
		w.turns(2)
		w.traced("other done")
	})
}
