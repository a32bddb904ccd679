// Package tasks holds programs that start and wait for others.
package tasks

import (
	"context"
	"errors"
	"fmt"

	"github.com/goasync/goasync/rt"
	"github.com/goasync/goasync/testdata/lang/harness"
)

// TaskSpawn spawns literals, functions and methods, in loops.
//
// async
func TaskSpawn(w *harness.World) (string, error) {
	var tasks []*rt.Task[int]
	for i := range 3 {
		tasks = append(tasks, rt.Spawn(func() (int, error) { return rt.Await(work(w, i)) }))
	}
	m := &worker{w, 5}
	tasks = append(tasks, rt.Spawn(m.run))
	m.n = 6
	t0 := rt.Spawn0(func() error { return rt.Await0(w.Do("zero")) })
	sum := 0
	for i, t := range tasks {
		v, err := rt.Await(t.Wait())
		w.Trace("task", i, v, harness.Show(err))
		sum += v
	}
	_, err := rt.Await(t0.Wait())
	return fmt.Sprint(sum), err
}

// async
func work(w *harness.World, i int) (n int, err error) {
	defer func() { w.Trace("worked", i, n) }()
	for range i {
		if n, err = rt.Await(w.Get(n + i)); err != nil {
			return n, err
		}
	}
	return n * 10, nil
}

type worker struct {
	w *harness.World
	n int
}

// async
func (k *worker) run() (int, error) {
	v, err := rt.Await(k.w.Get(k.n))
	k.n++
	return v + k.n, err
}

// TaskGather gathers literals and functions.
//
// async
func TaskGather(w *harness.World) (string, error) {
	k := 3
	m := worker{w, 50}
	list, err := rt.Await(rt.Gather(func() (int, error) { return rt.Await(work(w, k)) }, m.run, func() (int, error) { return rt.Await(w.Get(7)) }))
	w.Trace("gathered", list, harness.Show(err))
	err = rt.Await0(rt.Gather0(func() error { return rt.Await0(w.Do("a")) }, func() error { return rt.Await0(w.Do("b")) }))
	none, err2 := rt.Await(rt.Gather[int]())
	return fmt.Sprint(k, m.n, len(none), err2), err
}

// TaskPanic waits for a task that panics.
//
// async
func TaskPanic(w *harness.World) (s string, err error) {
	t := rt.Spawn(func() (int, error) { return rt.Await(panics(w)) })
	defer func() {
		if p := recover(); p != nil {
			s = fmt.Sprint("recovered ", p)
		}
	}()
	n, err := rt.Await(t.Wait())
	return fmt.Sprint(n), err
}

// async
func panics(w *harness.World) (int, error) {
	if err := rt.Await0(w.Do("panics")); err != nil {
		return 0, err
	}
	panic("task")
}

// TaskCancel cancels a task that waits, and one that has not begun.
//
// async
func TaskCancel(w *harness.World) (string, error) {
	cause := errors.New("stop")
	t := rt.Spawn0(func() error { return rt.Await0(endless(w)) })
	if err := rt.Await0(rt.YieldNow()); err != nil {
		w.Err("yield", err)
	}
	t.Cancel(cause)
	_, err := rt.Await(t.Wait())
	w.Err("endless", err)
	u := rt.Spawn0(func() error { return rt.Await0(endless(w)) })
	u.Cancel(cause)
	_, err = rt.Await(u.Wait())
	w.Err("not begun", err)
	return "", rt.Await0(w.Do("end"))
}

// async
func endless(w *harness.World) error {
	defer w.Trace("endless ends")
	for i := 0; ; i++ {
		if err := rt.Await0(rt.YieldNow()); err != nil {
			w.Trace("cancelled", errors.Is(err, context.Canceled))
			return err
		}
		if i > 50 {
			return nil
		}
	}
}

// TaskFuture waits for a future that another task sets.
//
// async
func TaskFuture(w *harness.World) (string, error) {
	f := rt.NewFuture[string]()
	rt.Spawn0(func() error { return rt.Await0(fulfil(w, f)) })
	s, err := rt.Await(f.Wait())
	w.Trace("future", s, harness.Show(err))
	s, err = rt.Await(f.Wait())
	return s, err
}

// async
func fulfil(w *harness.World, f *rt.Future[string]) error {
	s, err := rt.Await(w.Text("value"))
	if err != nil {
		return f.SetError(err)
	}
	return f.SetResult(s)
}

// TaskBlocking runs code on goroutines.
//
// async
func TaskBlocking(w *harness.World) (int, error) {
	n, parts := 4, []int{1, 2}
	for i := range 2 {
		v, err := rt.Await(rt.Blocking(func(ctx context.Context) (int, error) { return n*10 + i + len(parts), ctx.Err() }))
		if err != nil {
			w.Err("blocking", err)
			return v, err
		}
		n += v
		parts = append(parts, v)
	}
	if err := rt.Await0(w.Do("between")); err != nil {
		return n, err
	}
	err := rt.Await0(rt.Blocking0(func(context.Context) error {
		if n > 3 {
			return errors.New("large")
		}
		return nil
	}))
	w.Err("blocking", err)
	return n, rt.Await0(rt.Sleep(0))
}

// blockingGivenUp has code on a goroutine that goes on, if it is given up,
// when the variable that it has captured has another value.
//
// async
func blockingGivenUp(begun, written chan struct{}, read chan<- int) error {
	n := 1
	err := rt.Await0(rt.Blocking0(func(context.Context) error {
		close(begun)
		<-written
		read <- n
		return nil
	}))
	n++
	if n == 2 {
		close(written)
	}
	return err
}

// TaskShared lets tasks write a variable of the function.
//
// async
func TaskShared(w *harness.World) (int, error) {
	total := 0
	names := []string{}
	add := func(n int) *int { total += n; names = append(names, fmt.Sprint(n)); return &total }
	var tasks []*rt.Task[struct{}]
	for i := 1; i < 4; i++ {
		tasks = append(tasks, rt.Spawn0(func() error { return rt.Await0(adds(w, i, add)) }))
	}
	total = 1000
	for _, t := range tasks {
		if _, err := rt.Await(t.Wait()); err != nil {
			w.Err("task", err)
		}
	}
	w.Trace("names", names)
	return total, nil
}

// async
func adds(w *harness.World, n int, add func(int) *int) error {
	*add(n) += 100
	if err := rt.Await0(w.Do("adds")); err != nil {
		*add(-n)--
		return err
	}
	add(n * 10)
	return nil
}

// TaskOn makes calls on a loop by name: its own, so that the order is certain.
//
// async
func TaskOn(w *harness.World) (s string, err error) {
	l := rt.RunningLoop()
	k := 2
	n, err := rt.Await(rt.On(l, func() (int, error) {
		k++
		v, err := rt.Await(work(w, k))
		w.Trace("there", v, harness.Show(err))
		return v + k, err
	}))
	w.Trace("back", n, harness.Show(err))
	defer func() {
		if p := recover(); p != nil {
			s = fmt.Sprint(s, " recovered ", p)
		}
	}()
	s = fmt.Sprint(n, k)
	_, err = rt.Await(rt.On(l, func() (int, error) { return rt.Await(panics(w)) }))
	return s, err
}
