// Package selects holds programs that wait for several things at once.
package selects

import (
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// SelectMerge merges two queues, the first preferred, until both are closed.
//
// async
func SelectMerge(w *harness.World) (s string, err error) {
	a, b := rt.NewQueue[int](1), rt.NewQueue[string](0)
	rt.Spawn0(func() error {
		defer a.Close()
		for i := range 3 {
			if v, err := rt.Await(w.Get(i)); err == nil {
				if err := rt.Await0(a.Put(v)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	rt.Spawn0(func() error {
		defer b.Close()
		for range 2 {
			text, err := rt.Await(w.Text("b"))
			if err != nil {
				return err
			}
			b.TryPut(text)
		}
		return nil
	})
	openA, openB := true, true
	for openA || openB {
		var fromA, fromB rt.Waiter // nil is never ready
		getA, getB := a.GetOp(), b.GetOp()
		if openA {
			fromA = getA
		}
		if openB {
			fromB = getB
		}
		switch i, err := rt.Await(rt.SelectInOrder(fromA, fromB)); {
		case err != nil:
			w.Err("select", err)
			return s, err
		case i == 0:
			v, err := getA.Result()
			openA = !errors.Is(err, rt.ErrClosed)
			s += fmt.Sprint("a", v, openA, " ")
		default:
			v, err := getB.Result()
			openB = !errors.Is(err, rt.ErrClosed)
			s += fmt.Sprint(v, openB, " ")
		}
	}
	return s, nil
}

// SelectLoop serves requests until it is told to stop, with a deadline that all its turns share.
//
// async
func SelectLoop(w *harness.World) (int, error) {
	requests, stop := rt.NewQueue[int](0), rt.NewEvent()
	ends := rt.Spawn(func() (string, error) {
		defer stop.Set()
		for i := range 3 {
			if err := rt.Await0(w.Do("request")); err != nil {
				return "", err
			}
			requests.TryPut(i)
		}
		return rt.Await(w.Text("end"))
	})
	served, deadline := 0, rt.After(time.Hour)
	defer func() { w.Trace("served", served) }()
	for {
		request, stopped, ended := requests.GetOp(), stop.WaitOp(), ends.WaitOp()
		switch i, err := rt.Await(rt.SelectInOrder(request, ended, stopped, deadline)); {
		case err != nil:
			return served, err
		case i == 0:
			v, err := request.Result()
			if err != nil {
				return served, err
			}
			v, err = rt.Await(w.Get(v))
			w.Trace("request", v, harness.Show(err))
			served++
		case i == 1:
			text, err := ended.Result()
			w.Trace("ended", text, harness.Show(err))
			return served, err
		case i == 2:
			_, err := stopped.Result()
			w.Trace("stopped", harness.Show(err))
			if err := rt.Await0(rt.YieldNow()); err != nil {
				return served, err
			}
		default:
			return served, errors.New("an hour has passed")
		}
	}
}

// SelectLocks takes a lock or a permit, whichever is free, of several each, in a literal, under a timeout.
//
// async
func SelectLocks(w *harness.World) (string, error) {
	lock, sem := rt.NewLock(), rt.NewSemaphore(1)
	if err := rt.Await0(lock.Lock()); err != nil {
		return "", err
	}
	sem.TryAcquire()
	takes := func(name string) (string, error) {
		i, err := rt.Await(rt.Select(lock.LockOp(), sem.AcquireOp(), rt.After(time.Hour)))
		if err != nil {
			return name, err
		}
		defer []func(){lock.Unlock, sem.Release}[i]()
		return rt.Await(w.Text(fmt.Sprint(name, i)))
	}
	first := rt.Spawn(func() (string, error) { return rt.Await(takes("x")) })
	second := rt.Spawn(func() (string, error) { return rt.Await(takes("y")) })
	err := rt.Await0(w.Do("work"))
	lock.Unlock()
	if err != nil {
		w.Err("work", err)
	}
	a, errA := rt.Await(first.Wait())
	b, errB := rt.Await(second.Wait())
	return fmt.Sprint(a, b, lock.Locked(), sem.Available()), errors.Join(err, errA, errB)
}
