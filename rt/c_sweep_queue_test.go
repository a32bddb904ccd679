package rt_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/goasync/goasync/rt"
)

// traffic is what went into a queue, and what came out.
type traffic struct{ put, got []int }

// puts is a step that puts v into q.
func (f *traffic) puts(q *rt.Queue[int], v int) step {
	return call0(func() rt.Awaitable[struct{}] { return q.PutAsync(v) }, func() error { return q.Put(v) }, func(err error) error {
		if err == nil {
			f.put = append(f.put, v)
		}
		return err
	})
}

// gets is a step that gets an item from q, and calls then if it got one.
func (f *traffic) gets(q *rt.Queue[int], then func()) step {
	return call(q.GetAsync, q.Get, func(v int, err error) error {
		if err == nil {
			f.got = append(f.got, v)
			then()
		}
		return err
	})
}

// drain gets what is left in q.
func (f *traffic) drain(q *rt.Queue[int]) {
	for v, ok := q.TryGet(); ok; v, ok = q.TryGet() {
		f.got = append(f.got, v)
	}
}

// balanced reports whether what was put is what was got.
func (f *traffic) balanced() bool {
	slices.Sort(f.put)
	slices.Sort(f.got)
	return slices.Equal(f.put, f.got)
}

func TestSweepOfAQueue(t *testing.T) {
	ends := map[string]func(q *rt.Queue[int], f *traffic){
		"stays open": nil,
		"is closed":  func(q *rt.Queue[int], f *traffic) { q.Close() },
		"is dropped": func(q *rt.Queue[int], f *traffic) { f.got = append(f.got, q.CloseNow()...) },
	}
	orders := map[string]func() *rt.Queue[int]{
		"FIFO":     func() *rt.Queue[int] { return rt.NewQueue[int](2) },
		"LIFO":     func() *rt.Queue[int] { return rt.NewLIFOQueue[int](2) },
		"priority": func() *rt.Queue[int] { return rt.NewPriorityQueue(2, cmp.Less[int]) },
	}
	for order, create := range orders {
		for end, ends := range ends {
			if order != "FIFO" && end == "stays open" {
				continue // what the orders have in common is swept once
			}
			t.Run(order+" "+end, func(t *testing.T) {
				sweep(t, 16, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
					return sweptQueue(w, create(), ends)
				})
			})
		}
	}
}

// sweptQueue has two tasks put more into q than three get from it, and, unless end is nil, another call that.
func sweptQueue(w *world, q *rt.Queue[int], end func(*rt.Queue[int], *traffic)) (tasks []*rt.Task[struct{}], check func()) {
	w.lines = append(w.lines, q.InLine)
	f := new(traffic)
	for producer := range 2 {
		var steps []step
		for i := range 5 {
			steps = append(steps, f.puts(q, 10*producer+i), ignored())
		}
		tasks = append(tasks, w.spawn(steps...))
	}
	for range 3 {
		var steps []step
		for range 3 {
			steps = append(steps, f.gets(q, func() {}), ignored())
		}
		tasks = append(tasks, w.spawn(steps...))
	}
	if end != nil {
		tasks = append(tasks, w.spawn(yield(), yield(), yield(), yield(), do(func() { end(q, f) })))
	}
	return tasks, func() {
		f.drain(q)
		for _, waits := range tasks[:2] { // their items had no room; now there is
			waits.Cancel(nil)
		}
		w.turns(2)
		f.drain(q)
		if !f.balanced() {
			w.Errorf("put %v, got %v", f.put, f.got)
		}
	}
}

func TestSweepOfAJoin(t *testing.T) {
	sweep(t, 16, func(w *world) (tasks []*rt.Task[struct{}], check func()) {
		q := rt.NewQueue[int](1)
		w.lines = append(w.lines, q.InLine)
		f := new(traffic)
		tasks = append(tasks, w.spawn(f.puts(q, 1), f.puts(q, 2), f.puts(q, 3), f.puts(q, 4)))
		for range 2 { // more than are put, and so they wait at the end
			works := func() []step { return []step{f.gets(q, func() {}), ignored(), do(q.TaskDone)} }
			tasks = append(tasks, w.spawn(slices.Concat(works(), works(), works())...))
		}
		for range 2 {
			tasks = append(tasks, w.spawn(yield(), call0(q.JoinAsync, q.Join, nil)))
		}
		return tasks, func() {
			for _, waits := range tasks[:3] { // to see what they leave behind
				waits.Cancel(nil)
			}
			w.turns(4)
			f.drain(q)
			if !f.balanced() {
				w.Errorf("put %v, got %v", f.put, f.got)
			}
			for range f.got { // those of workers that were interrupted, and of the drain
				if q.Unfinished() > 0 {
					q.TaskDone()
				}
			}
			w.turns(2)
			if !tasks[3].Done() || !tasks[4].Done() || q.Unfinished() > 0 {
				w.Errorf("%d wait for items, %d of which are not done", q.InLine(), q.Unfinished())
			}
		}
	})
}
