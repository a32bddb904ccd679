package selects

import (
	"errors"
	"fmt"
	"time"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// WaitFirst waits for one of its tasks after the other.
//
// async
func WaitFirst(w *harness.World) (s string, err error) {
	var pending []*rt.Task[int]
	for i := range 3 {
		pending = append(pending, rt.Spawn(func() (int, error) {
			n := 0
			for range i + 1 {
				v, err := rt.Await(w.Get(i))
				if err != nil {
					return n, err
				}
				n += v
			}
			return n, nil
		}))
	}
	for len(pending) > 0 {
		var done []*rt.Task[int]
		done, pending, err = rt.Await2(rt.Wait(rt.UntilFirst, pending...))
		if err != nil {
			w.Err("wait", err)
			return s, err
		}
		for _, t := range done {
			v, err := t.Result()
			s += fmt.Sprint(v, harness.Show(err), " ")
		}
	}
	return s, nil
}

// WaitMixed waits for tasks and futures of several types, until the first error, and for an hour at most.
//
// async
func WaitMixed(w *harness.World) (string, error) {
	f := rt.NewFuture[string]()
	n := rt.Spawn(func() (int, error) { return rt.Await(w.Get(3)) })
	rt.Spawn0(func() error {
		text, err := rt.Await(w.Text("late"))
		if err != nil {
			return f.SetError(err)
		}
		return f.SetResult(text)
	})
	done, pending, err := rt.Await2(rt.WaitWithin[rt.Awaited](time.Hour, rt.UntilError, n, f))
	w.Trace("waited", len(done), len(pending))
	if err != nil {
		return "", err
	}
	if len(pending) > 0 && rt.Await0(w.Do("anyway")) != nil {
		return "nothing", nil
	}
	v, errN := rt.Await(n.Wait())
	text, errF := rt.Await(f.Wait())
	return fmt.Sprint(v, text), errors.Join(errN, errF)
}

// WaitEnds looks at its tasks as they end, and leaves at the first that failed.
//
// async
func WaitEnds(w *harness.World) (sum int, err error) {
	one := func(i int) (int, error) { return rt.Await(w.Get(10 * i)) }
	tasks := []*rt.Task[int]{
		rt.Spawn(func() (int, error) { return rt.Await(one(1)) }),
		rt.Spawn(func() (int, error) { return rt.Await(one(2)) }),
		rt.Spawn(func() (int, error) {
			if err := rt.Await0(w.Do("third")); err != nil {
				return 0, err
			}
			return rt.Await(one(3))
		}),
	}
	for t, err := range rt.Each(rt.AsCompleted(tasks...).All) {
		if err != nil {
			w.Err("ends", err)
			return sum, err
		}
		v, err := t.Result()
		if err != nil {
			return sum, fmt.Errorf("task: %w", err)
		}
		sum += v
		if err := rt.Await0(w.Do(fmt.Sprint("had", v))); err != nil {
			continue
		}
		w.Trace("seen", v)
	}
	return sum, nil
}
